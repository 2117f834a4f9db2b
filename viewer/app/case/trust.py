"""Permissions that the analyst gave each case. They are in the settings, as a case must not grant its own."""

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
    """Identity of a case for its permissions: the canonical path of its file and the uuid inside it.

    The path is empty before the first save. Another case at this path, or this case at another, has no permissions.
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
    """Entry of the settings: a case with its permissions."""

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
    """Stores the permissions of cases in the settings, newest first.

    The oldest are forgotten, and asked for again. Damaged entries and those of other versions stay as they are.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def find(self, key: CaseKey) -> Trust:
        """Return the permissions of a case; empty ones for an unknown case."""
        entries = (decoded_or_none(row, _Entry) for row in self._settings.get(KEY))
        return next((entry.trust for entry in entries if entry is not None and entry.key == key), Trust())

    def keep(self, key: CaseKey, trust: Trust) -> None:
        """Store the permissions of a case in place of its former ones."""
        if not key.project_uuid:
            return

        kept = encoded(_Entry(key.path, key.project_uuid, trust.folders, trust.private_hosts))

        def with_it(stored: list[Any]) -> list[Any]:
            others = [row for row in stored if (entry := decoded_or_none(row, _Entry)) is None or entry.key != key]
            return ([kept, *others] if trust != Trust() else others)[:MOST_CASES]

        self._settings.change(KEY, with_it)
