"""The permissions of each case, as the analyst gave them: kept in the settings, as a case has no say in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from msgspec import Struct

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


class TrustStore:
    """The newest first; the oldest are forgotten, and asked about again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def find(self, key: CaseKey) -> Trust:
        """The permissions of a case; none where it is not known."""
        return next((trust for known, trust in _entries(self._settings.get(KEY)) if known == key), Trust())

    def keep(self, key: CaseKey, trust: Trust) -> None:
        """Remember it in the place of what was known of the case."""
        if not key.project_uuid:
            return

        def with_it(stored: list[Any]) -> list[Any]:
            others = [(known, kept) for known, kept in _entries(stored) if known != key]
            entries = [(key, trust), *others] if trust != Trust() else others
            return [_to_json(known, kept) for known, kept in entries[:MOST_CASES]]

        self._settings.change(KEY, with_it)


def _entries(stored: list[Any]) -> list[tuple[CaseKey, Trust]]:
    found = map(_from_json, stored)
    return [entry for entry in found if entry is not None]


def _to_json(key: CaseKey, trust: Trust) -> dict[str, Any]:
    return {
        "path": key.path,
        "uuid": key.project_uuid,
        "folders": list(trust.folders),
        "hosts": list(trust.private_hosts),
    }


def _from_json(entry: object) -> tuple[CaseKey, Trust] | None:
    """None for what was not written by us."""
    if not isinstance(entry, dict):
        return None
    path, uuid = entry.get("path"), entry.get("uuid")
    folders, hosts = _texts(entry.get("folders")), _texts(entry.get("hosts"))
    if not (isinstance(path, str) and isinstance(uuid, str)) or folders is None or hosts is None:
        return None
    return CaseKey(path, uuid), Trust(folders, hosts)


def _texts(value: object) -> tuple[str, ...] | None:
    is_good = isinstance(value, list) and all(isinstance(text, str) for text in value)
    return tuple(value) if is_good and isinstance(value, list) else None
