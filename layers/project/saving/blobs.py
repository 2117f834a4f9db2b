"""The bytes of chips and kept files: in the session's folder or in the case as it was opened, never in memory.

A row of the document says by its table and uuid which bytes are its own. They go into the file when it is saved.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from layers.project.opening.case_reader import CaseReader, Chunk, Unfit, Value
from layers.project.storage.fsops import FileSystem
from layers.project.storage.tables import SPECS, TableSpec

BLOB_SPECS = tuple(spec for spec in SPECS if spec.blob)


class SessionBlobs:
    """Bytes that no saved case holds, each in a file of its own in `folder`."""

    def __init__(self, folder: Path, fs: FileSystem) -> None:
        self._folder, self._fs = folder, fs

    def put(self, table: str, uuid: str, data: bytes) -> None:
        """Keep the bytes of a row, durably, before the row itself. Raises OSError."""
        self._fs.mkdir(self._folder)
        place = self._place(table, uuid)
        with self._fs.open(place, "wb") as file:
            self._fs.write_all(file, data)
        self._fs.fsync_file(place)

    def keep(self, table: str, uuid: str, value: Value) -> None:
        """Keep the bytes of a row that the next save will not hold. Raises OSError."""
        self._fs.mkdir(self._folder)
        with self._fs.open(self._place(table, uuid), "wb") as file:
            for piece in value.pieces:
                self._fs.write_all(file, piece)

    def find(self, table: str, uuid: str) -> Path | None:
        place = self._place(table, uuid)
        return place if place.is_file() else None

    def _place(self, table: str, uuid: str) -> Path:
        # a uuid of a file is any text
        return self._folder / hashlib.sha256(f"{table}\0{uuid}".encode("utf-8", "replace")).hexdigest()


def has_blobs(connection: sqlite3.Connection) -> bool:
    """True where a case has rows with bytes."""
    return any(connection.execute(f"SELECT 1 FROM {spec.name} LIMIT 1").fetchone() for spec in BLOB_SPECS)


def fill_blobs(new: sqlite3.Connection, session: SessionBlobs, base: CaseReader | None) -> None:
    """Put the bytes of all rows into a file that is about to be saved. Raises OSError and what `base` raises."""
    for spec in BLOB_SPECS:
        wanted = {uuid: key for key, uuid in new.execute(f"SELECT {spec.key}, uuid FROM {spec.name}")}
        for uuid in [uuid for uuid in wanted if session.find(spec.name, uuid) is not None]:
            place = session.find(spec.name, uuid)
            assert place is not None
            _write(new, spec, wanted.pop(uuid), _value_of(place))
        if wanted and base is not None:
            _each_blob(base, spec, partial(_write_wanted, new, spec, wanted))


def keep_deleted(new: sqlite3.Connection, session: SessionBlobs, base: CaseReader) -> None:
    """Keep the bytes of rows that the next save leaves out: an undo may bring them back. Raises as `fill_blobs`."""
    for spec in BLOB_SPECS:
        there = {uuid for (uuid,) in new.execute(f"SELECT uuid FROM {spec.name}")}
        for uuid, number in rows_by_uuid(base, spec.name).items():
            if uuid not in there and session.find(spec.name, uuid) is None:
                session.keep(spec.name, uuid, base.value(spec.name, spec.blob, number))


def rows_by_uuid(case: CaseReader, table: str) -> dict[str, int]:
    """Row numbers of a table by uuid, the first where a uuid stands twice."""
    found: dict[str, int] = {}

    def take(chunk: Chunk) -> None:
        for uuid, number in zip(chunk.columns["uuid"], chunk.numbers, strict=True):
            if isinstance(uuid, str):
                found.setdefault(uuid, number)

    if "uuid" in case.opened.tables.get(table, frozenset()):
        case.each_chunk(table, {"uuid": 100}, take)
    return found


def _each_blob(base: CaseReader, spec: TableSpec, take: Callable[[str, Value], None]) -> None:
    """Give the uuid and the bytes of each row to `take`."""
    if not {"uuid", spec.blob} <= base.opened.tables.get(spec.name, frozenset()):
        return
    large: list[tuple[str, int]] = []

    def take_chunk(chunk: Chunk) -> None:
        rows = zip(chunk.columns["uuid"], chunk.columns[spec.blob], chunk.numbers, strict=True)
        for index, (uuid, data, number) in enumerate(rows):
            if isinstance(chunk.refused.get(index), Unfit):
                large.append((str(uuid), number))
            else:
                take(str(uuid), Value(len(data), False, iter((data,))))

    columns = base.filled(spec.name, ["uuid", spec.blob])
    if len(columns) == 2:
        base.each_chunk(spec.name, columns, take_chunk, blob=spec.blob)
    for uuid, number in large:
        take(uuid, base.value(spec.name, spec.blob, number))


def _write_wanted(new: sqlite3.Connection, spec: TableSpec, wanted: dict[str, int], uuid: str, value: Value) -> None:
    key = wanted.pop(uuid, None)
    if key is not None:
        _write(new, spec, key, value)


def _value_of(place: Path) -> Value:
    def pieces() -> Iterator[bytes]:
        with place.open("rb") as file:
            while piece := file.read(1 << 22):
                yield piece

    return Value(place.stat().st_size, False, pieces())


def _write(new: sqlite3.Connection, spec: TableSpec, key: int, value: Value) -> None:
    new.execute(f"UPDATE {spec.name} SET {spec.blob} = zeroblob(?) WHERE {spec.key} = ?", (value.size, key))
    if value.size:
        with new.blobopen(spec.name, spec.blob, key) as blob:
            for piece in value.pieces:
                blob.write(piece)
