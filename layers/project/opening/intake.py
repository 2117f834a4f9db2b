"""Imports cases after a check, also damaged and hostile ones. The window's process never opens one itself, except for
the shipped demo.

In this order: `storage.sqlite_file` walks the header without SQLite, a separate process (`case_file`) holds the file
still and checks its schema, and `take_rows` makes rows of the values that come, while `storage.integrity` compares the
file's bytes with those that were saved. Nothing of a case is shown before these are known: all bytes, or of a case with
very many in pictures and kept files those that its rows are read from. The others are judged before they are read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from layers.document.document import Document
from layers.errors import CaseDamaged, CaseTooNew, TooLarge, UnsupportedFormat
from layers.phrase import Phrase
from layers.project.opening.case_file import damaged
from layers.project.opening.case_process import Asks, ended_by_refusal
from layers.project.opening.case_reader import CaseReader, ReadBytes, UnreadCase
from layers.project.opening.foreign import Foreign, renamed_sentences
from layers.project.opening.glimpse import Told, glimpse_of
from layers.project.opening.left_out_keys import leave_out_keys
from layers.project.opening.migrations import migrate
from layers.project.opening.opening_watch import OpeningStep, OpeningWatch
from layers.project.opening.qgis_rows import code_sentences
from layers.project.opening.rows import CaseRows, Tables, read_rows
from layers.project.storage.fingerprint import Fingerprint
from layers.project.storage.integrity import Integrity
from layers.project.storage.save_errors import shown
from layers.project.storage.schema import PRIVATE_TABLES, SCHEMA_VERSION
from layers.project.storage.sqlite_file import check_sqlite
from layers.project.storage.tables import SPECS
from layers.project.storage.versions import schema_version_in, version_in

_READ_TABLES = tuple(dict.fromkeys([spec.name for spec in SPECS] + list(PRIVATE_TABLES)))

SOON_READ_BYTES = 1 << 26
"""Most bytes of a case that are waited for before its rows are read: they are read in a few hundredths of a second."""
EDITED_SENTENCE = Phrase("Another program has edited this case since Geoloupe saved it.")
UNKNOWN_SENTENCE = Phrase("The case carries no hash of its bytes, so damage would not be noticed. Save it once.")
DAMAGED_SENTENCE = Phrase("The file is damaged: values may be wrong or missing. Compare with a backup.")


class Intake(Struct, frozen=True):
    """A case as it was read. `problems` are sentences about values that could not be taken as they stand."""

    rows: CaseRows
    project_uuid: str
    fingerprint: Fingerprint
    problems: tuple[str, ...]
    read_only: bool
    schema_version: int
    integrity: Integrity
    foreign: Foreign
    held_code: bool = False
    """True where its styles or projects hold code of other programs, which our saves leave out."""

    @property
    def document(self) -> Document:
        return self.rows.document


def read_case(
    path: Path, *, accept_damage: bool = False, asks: Asks | None = None, watch: OpeningWatch | None = None
) -> Intake:
    """Read a case.

    `accept_damage` reads the rest of a case whose bytes differ from the saved ones, and says so in the problems. Raises
    FileMissing, NotAFile, NotAllowed, CaseInUse, UnsupportedFormat (no case), CaseTooNew, TooLarge, CaseDamaged or
    ReaderTimeout.
    """
    with ended_by_refusal(asks):
        check_sqlite(path)
    with CaseReader.open(path, asks=asks) as reader:
        intake = take_rows(path, reader, accept_damage=accept_damage, watch=watch).judged()
    migrate(intake.document, intake.schema_version, shown(path))
    return replace(intake, problems=(*intake.problems, *leave_out_keys(intake.document)))


class UnjudgedCase(NamedTuple):
    """The rows of a case whose bytes may still be read."""

    intake: Intake
    """The case with the integrity that its header tells: where that is INTACT, it is damaged or intact."""
    judged: Callable[[], Intake]
    """Waits for the last of the bytes, and returns the case with what they say. Raises CaseDamaged."""
    tell_copied: Callable[[int, int], None]
    """Takes how many of the sites have been copied, for the watch."""


def take_rows(
    path: Path, reader: CaseReader, *, accept_damage: bool = False, watch: OpeningWatch | None = None
) -> UnjudgedCase:
    """The case that a reader has open, in the version in which it was written. Raises as `read_case`, and what `watch`
    raises.

    Most of a large case's bytes are in its pictures: who goes on with its rows asks for `judged` before anybody sees
    them.
    """
    opened = reader.opened
    _refuse_others(path, opened)
    foreign = {table: [column.name for column in columns] for table, columns in opened.foreign.columns.items()}
    version = schema_version_in(opened.meta)
    tables: Tables = reader
    try:
        glimpse = None if watch is None else glimpse_of(reader, watch.size_px, shown(path))
        if watch is not None and glimpse is not None:
            watched = Told(reader, watch, glimpse, partial(_judged, path, reader, accept_damage=accept_damage))
            if opened.mark.size <= SOON_READ_BYTES or reader.known() is not None:
                watched.judge_and_show()
            tables = watched
        rows, code = read_rows(tables, opened.tables, foreign, version), code_sentences(reader)
    except (CaseDamaged, TooLarge):
        _judged(path, reader, accept_damage=accept_damage)
        raise
    unjudged = Intake(
        rows,
        opened.meta.get("project_uuid", ""),
        opened.mark,
        (*opened.problems, *rows.problems, *opened.foreign.lost, *renamed_sentences(opened.foreign), *code),
        version_in(opened.meta, "min_writer_version") > SCHEMA_VERSION,
        version,
        opened.expected,
        opened.foreign,
        bool(code),
    )

    def judge() -> Intake:
        # the bytes are read while the rows are: what was read counts from here on
        judged = _judged(path, reader, accept_damage=accept_damage)
        state = judged.integrity
        if opened.expected is Integrity.INTACT and state not in (Integrity.INTACT, Integrity.DAMAGED):
            raise damaged(path, Phrase("its bytes are not what was saved"))
        if isinstance(tables, Told):
            tables.show()
        notes = [_STATES[state]] if state in _STATES else []
        return replace(unjudged, fingerprint=judged.mark, integrity=state, problems=(*notes, *unjudged.problems))

    if isinstance(tables, Told):
        return UnjudgedCase(unjudged, judge, tables.tell_copied)
    return UnjudgedCase(unjudged, judge, _untold if watch is None else partial(watch.tell, OpeningStep.COPIED))


def _refuse_others(path: Path, opened: UnreadCase) -> None:
    """Raise UnsupportedFormat for a file that is no case, CaseTooNew for one of a later version that keeps us out."""
    if "loupe_meta" not in opened.tables:
        if "gpkg_contents" in opened.tables:
            raise UnsupportedFormat(
                "“{path}” is a GeoPackage, but no Geoloupe case. Add it to a case as a layer.", path=shown(path)
            )
        raise UnsupportedFormat(
            "“{path}” is an SQLite file, but no Geoloupe case. Choose another file.", path=shown(path)
        )
    if version_in(opened.meta, "min_reader_version") > SCHEMA_VERSION:
        raise CaseTooNew(
            "“{path}” was written by a later Geoloupe, and this one cannot read it. Install the later version.",
            path=shown(path),
        )


def _untold(done: int, of: int) -> None:
    """Report nothing: nobody watches."""


_STATES = {
    Integrity.DAMAGED: DAMAGED_SENTENCE,
    Integrity.EDITED: EDITED_SENTENCE,
    Integrity.UNKNOWN: UNKNOWN_SENTENCE,
}


def _judged(path: Path, reader: CaseReader, *, accept_damage: bool) -> ReadBytes:
    """Return what the bytes say. Raises CaseDamaged where they are not those that were saved and nobody accepts it."""
    judged = reader.read_bytes()
    if judged.integrity in (Integrity.EDITED, Integrity.UNKNOWN) and not reader.is_sound(_READ_TABLES):
        judged = replace(judged, integrity=Integrity.DAMAGED)
    if judged.integrity is Integrity.DAMAGED and not accept_damage:
        raise damaged(path, Phrase("its bytes are not what was saved"))
    return judged
