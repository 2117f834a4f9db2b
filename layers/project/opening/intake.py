"""The door for cases, ours and doubtful ones: import, never open. What is read becomes values of ours, nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from layers.counted import counted
from layers.document.document import Document
from layers.errors import CaseTooNew, GeoloupeError, UnsupportedFormat
from layers.project.opening.guarded import allow_only, audit, check_sqlite, damaged, opened
from layers.project.storage import integrity
from layers.project.storage.fingerprint import Fingerprint, fingerprint
from layers.project.storage.integrity import Integrity
from layers.project.storage.row_reader import read_document
from layers.project.storage.save_errors import shown
from layers.project.storage.schema import PRIVATE_TABLES, SCHEMA_VERSION
from layers.project.storage.tables import SPECS

_READ_TABLES = frozenset({spec.name for spec in SPECS} | set(PRIVATE_TABLES))


EDITED_SENTENCE = "Another program has edited this case since Geoloupe saved it."
UNKNOWN_SENTENCE = "The case carries no hash of its bytes, so damage would not be noticed. Save it once."


@dataclass(frozen=True, slots=True)
class Intake:
    """A case as it was read. `problems` are sentences about what could not be taken as it stands."""

    document: Document
    project_uuid: str
    fingerprint: Fingerprint
    problems: tuple[str, ...]
    read_only: bool
    schema_version: int
    integrity: Integrity


@dataclass(frozen=True, slots=True)
class Admission:
    """What an SQLite file is. Whoever reads its layers names them: a listing would run its views."""

    is_case: bool
    tables: tuple[str, ...]
    problems: tuple[str, ...]


def is_case(path: Path) -> bool:
    """True for an SQLite file with our loupe_meta; False for everything else, also what is not there."""
    try:
        return admit(path).is_case
    except GeoloupeError:
        return False


def admit(path: Path) -> Admission:
    """Look at the schema of a GeoPackage without executing any of it.

    Raises FileMissing, NotAFile, NotAllowed, UnsupportedFormat, CaseDamaged or CaseInUse.
    """
    with opened(path, deadline_s=2) as connection:
        seen = audit(connection)
    problems = []
    for what, names in (("view", seen.views), ("trigger", _foreign_triggers(seen.triggers))):
        if names:
            ignored = counted(len(names), f"{what} of the file is ignored", f"{what}s of the file are ignored")
            problems.append(f"{ignored}: {', '.join(sorted(names)[:3])}.")
    return Admission("loupe_meta" in seen.tables, tuple(seen.tables), tuple(problems))


def read_case(path: Path, *, accept_damage: bool = False, deadline_s: float = 120) -> Intake:
    """Read a case.

    Raises FileMissing, NotAFile, NotAllowed, CaseInUse, UnsupportedFormat (no case), CaseTooNew or CaseDamaged.
    `accept_damage` reads what is left of a case whose bytes are not what was saved, and says so in the problems.
    """
    mark_before = fingerprint(path) if check_sqlite(path) else None
    with opened(path, deadline_s) as connection:
        seen = audit(connection)
        if "loupe_meta" not in seen.tables:
            if "gpkg_contents" in seen.tables:
                raise UnsupportedFormat(
                    f"“{shown(path)}” is a GeoPackage, but no Geoloupe case. Add it to a case as a layer."
                )
            raise UnsupportedFormat(f"“{shown(path)}” is an SQLite file, but no Geoloupe case. Choose another file.")
        allow_only(connection, _READ_TABLES)
        meta = _plain_meta(connection)
        _check_reader(path, meta)
        problems: list[str] = []
        state = _check_bytes(path, connection, meta, problems, seen.tables.keys(), accept_damage=accept_damage)
        rows = read_document(connection, seen.tables)
    foreign = [*seen.views, *_foreign_triggers(seen.triggers)]
    if foreign:
        one, many = "view or trigger of another program is", "views or triggers of another program are"
        ignored = counted(len(foreign), one, many)
        problems.append(f"{ignored} ignored.")
    assert mark_before is not None
    return Intake(
        rows.document,
        meta.get("project_uuid", ""),
        mark_before,
        (*problems, *rows.problems),
        _version(meta, "min_writer_version") > SCHEMA_VERSION,
        _version(meta, "schema_version"),
        state,
    )


def _plain_meta(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT key, value FROM loupe_meta WHERE typeof(key) = 'text' AND typeof(value) = 'text'")
    return dict(rows.fetchall())


def _version(meta: dict[str, str], key: str) -> int:
    text = meta.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _check_reader(path: Path, meta: dict[str, str]) -> None:
    if _version(meta, "min_reader_version") > SCHEMA_VERSION:
        raise CaseTooNew(
            f"“{shown(path)}” was written by a later Geoloupe, and this one cannot read it. Install the later version."
        )


def _check_bytes(
    path: Path,
    connection: sqlite3.Connection,
    meta: dict[str, str],
    problems: list[str],
    there: Set[str],
    *,
    accept_damage: bool,
) -> Integrity:
    state = integrity.check(path, meta.get("integrity", ""))
    if state is Integrity.INTACT:
        return state
    if state is not Integrity.DAMAGED:
        # only tables that are read: a foreign virtual table has checks of its own
        checks = [
            connection.execute(f"PRAGMA quick_check({table})").fetchone() for table in sorted(_READ_TABLES & there)
        ]
        if any(answer != ("ok",) for answer in checks):
            state = Integrity.DAMAGED
    if state is Integrity.DAMAGED and not accept_damage:
        raise damaged(path, "its bytes are not what was saved")
    if state is Integrity.DAMAGED:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        problems.append("The file is damaged: values may be wrong or missing. Compare with a backup.")
    elif state is Integrity.EDITED:
        problems.append(EDITED_SENTENCE)
    else:
        problems.append(UNKNOWN_SENTENCE)
    return state


def _foreign_triggers(names: tuple[str, ...]) -> tuple[str, ...]:
    """Triggers that no GeoPackage writer makes for itself."""
    usual = ("rtree_", "trigger_insert_feature_count_", "trigger_delete_feature_count_", "gpkg_", "fgti_", "fgtu_")
    return tuple(name for name in names if not name.startswith(usual))
