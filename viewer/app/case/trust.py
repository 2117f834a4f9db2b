"""The permissions of each case, as the analyst gave them: kept in the settings, as a case has no say in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from msgspec import Struct

from layers.decoding import decoded_or_none, encoded
from viewer.support.settings import Settings

KEY = "trusted_cases"
MOST_CASES = 200
MOST_NAMES = 500


class CaseKey(Struct, frozen=True):
    """A case by the canonical path of its file, empty before the first save, and by the uuid inside it: another case in
    the place of this one, or this one in another place, is not known.
    """

    path: str
    project_uuid: str


class Trust(Struct, frozen=True):
    """Folders outside the case's own that it may read, and private hosts that it may contact."""

    folders: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, folders: Iterable[str], private_hosts: Iterable[str]) -> Self:
        return cls(tuple(sorted(folders))[:MOST_NAMES], tuple(sorted(private_hosts))[:MOST_NAMES])


class _Entry(Struct):
    """A case with its permissions, as the settings have them."""

    path: str
    uuid: str
    folders: tuple[str, ...]
    hosts: tuple[str, ...]

    @property
    def key(self) -> CaseKey:
        return CaseKey(self.path, self.uuid)

    @property
    def trust(self) -> Trust:
        return Trust(self.folders, self.hosts)


class TrustStore:
    """The newest first; the oldest are forgotten, and asked about again. An entry that is none, or another version's,
    stays as it is.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def find(self, key: CaseKey) -> Trust:
        """The permissions of a case; none where it is not known."""
        entries = (decoded_or_none(one, _Entry) for one in self._settings.get(KEY))
        return next((entry.trust for entry in entries if entry is not None and entry.key == key), Trust())

    def keep(self, key: CaseKey, trust: Trust) -> None:
        """Remember it in the place of what was known of the case."""
        if not key.project_uuid:
            return

        kept = encoded(_Entry(key.path, key.project_uuid, trust.folders, trust.private_hosts))

        def with_it(stored: list[Any]) -> list[Any]:
            others = [one for one in stored if (entry := decoded_or_none(one, _Entry)) is None or entry.key != key]
            return ([kept, *others] if trust != Trust() else others)[:MOST_CASES]

        self._settings.change(KEY, with_it)
