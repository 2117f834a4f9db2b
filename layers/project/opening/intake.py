"""Imports cases after a check, also damaged and hostile ones. The window's process never opens one itself, except for
the shipped demo.

In this order: `storage.sqlite_file` walks the header without SQLite, a separate process (`case_file`) holds the file
still and checks its schema, `storage.integrity` compares its bytes with those that were saved, and `take_in` makes rows
of the values that come.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from layers.document.document import Document
from layers.errors import CaseDamaged, CaseTooNew, TooLarge, UnsupportedFormat
from layers.phrase import Phrase
from layers.project.opening.case_file import damaged
from layers.project.opening.case_process import Asks, ended_by_refusal
from layers.project.opening.case_reader import CaseReader, ReadBytes
from layers.project.opening.foreign import Foreign, renamed_sentences
from layers.project.opening.glimpse import Told, glimpse_of
from layers.project.opening.left_out_keys import leave_out_keys
from layers.project.opening.migrations import migrate
from layers.project.opening.opening_watch import OpeningWatch
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
        intake = take_in(path, reader, accept_damage=accept_damage, watch=watch)
    migrate(intake.document, intake.schema_version, shown(path))
    return replace(intake, problems=(*intake.problems, *leave_out_keys(intake.document)))


def take_in(
    path: Path, reader: CaseReader, *, accept_damage: bool = False, watch: OpeningWatch | None = None
) -> Intake:
    """The case that a reader has open, in the version in which it was written. Raises as `read_case`, and what `watch`
    raises.
    """
    opened = reader.opened
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
    foreign = {table: [column.name for column in columns] for table, columns in opened.foreign.columns.items()}
    version = schema_version_in(opened.meta)
    tables: Tables = reader
    try:
        glimpse = None if watch is None else glimpse_of(reader, watch.size_px, shown(path))
        if watch is not None and glimpse is not None:
            watched = Told(reader, watch, glimpse, partial(_judged, path, reader, accept_damage=accept_damage))
            if opened.size <= SOON_READ_BYTES:
                watched.judge_and_show()
            tables = watched
        rows = read_rows(tables, opened.tables, foreign, version)
    except (CaseDamaged, TooLarge):
        _judged(path, reader, accept_damage=accept_damage)
        raise
    # the bytes are read while the rows are: what was read counts from here on
    judged = _judged(path, reader, accept_damage=accept_damage)
    if isinstance(tables, Told):
        tables.show()  # the working copy is made now, which takes as long as the rows did
    state = judged.integrity
    notes, code = [_STATES[state]] if state in _STATES else [], code_sentences(reader)
    return Intake(
        rows,
        opened.meta.get("project_uuid", ""),
        judged.mark,
        (*notes, *opened.problems, *rows.problems, *opened.foreign.lost, *renamed_sentences(opened.foreign), *code),
        version_in(opened.meta, "min_writer_version") > SCHEMA_VERSION,
        version,
        state,
        opened.foreign,
        bool(code),
    )


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
