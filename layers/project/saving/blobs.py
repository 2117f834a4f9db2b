"""The bytes of chips and kept files: in the session's folder or in the case as it was opened, never in memory.

A row of the document says by its table and uuid which bytes are its own. They go into the file when it is saved.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from layers.project.opening.case_bytes import each_blob, has_column, rows_by_uuid
from layers.project.opening.case_reader import CaseReader, Value
from layers.project.storage.fsops import FileSystem
from layers.project.storage.tables import DATA, SPECS, TableSpec

MOST_BYTES = 1 << 24
"""Largest blob that is read whole into memory."""
_COLUMNS = tuple((spec, column) for spec in SPECS for column in spec.blobs)


class SessionBlobs:
    """Bytes that no saved case holds, each in a file of its own in `folder`."""

    def __init__(self, folder: Path, fs: FileSystem) -> None:
        self._folder, self._fs = folder, fs

    def put(self, table: str, uuid: str, data: bytes, column: str = DATA) -> None:
        """Keep the bytes of a row, durably, before the row itself. Raises OSError."""
        self._fs.mkdir(self._folder)
        place = self._place(table, uuid, column)
        with self._fs.open(place, "wb") as file:
            self._fs.write_all(file, data)
        self._fs.fsync_file(place)

    def put_pieces(self, table: str, uuid: str, pieces: Iterable[bytes], column: str = DATA) -> None:
        """Keep bytes as `put` does, a piece at a time; what `pieces` raises leaves nothing. Raises OSError."""
        self._fs.mkdir(self._folder)
        place = self._place(table, uuid, column)
        try:
            with self._fs.open(place, "wb") as file:
                for piece in pieces:
                    self._fs.write_all(file, piece)
            self._fs.fsync_file(place)
        except BaseException:
            self._fs.unlink(place)
            raise

    def keep(self, table: str, uuid: str, value: Value, column: str = DATA) -> None:
        """Keep the bytes of a row that the next save leaves out. Raises OSError."""
        if not value.size and column != DATA:
            return
        self._fs.mkdir(self._folder)
        with self._fs.open(self._place(table, uuid, column), "wb") as file:
            for piece in value.pieces:
                self._fs.write_all(file, piece)

    def find(self, table: str, uuid: str, column: str = DATA) -> Path | None:
        place = self._place(table, uuid, column)
        return place if place.is_file() else None

    def size(self) -> int:
        """Number of all bytes. Raises OSError."""
        return (
            sum(self._fs.stat(place).st_size for place in self._fs.listdir(self._folder))
            if self._folder.is_dir()
            else 0
        )

    def _place(self, table: str, uuid: str, column: str) -> Path:
        # a uuid of a file is any text; sessions that an older version left know no other column than the data's
        name = f"{table}\0{uuid}" if column == DATA else f"{table}\0{uuid}\0{column}"
        return self._folder / hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


def read_blobs(
    session: SessionBlobs,
    base: Path | None,
    table: str,
    uuids: Iterable[str],
    column: str = DATA,
) -> dict[str, bytes]:
    """Read the bytes of some rows, from the session or from the case as it was opened; too large or missing ones are
    left out.

    Blocks. Raises OSError and what reading the case raises.
    """
    blobs: dict[str, bytes] = {}
    elsewhere = []
    for uuid in dict.fromkeys(uuids):
        place = session.find(table, uuid, column)
        if place is None:
            elsewhere.append(uuid)
        elif place.stat().st_size <= MOST_BYTES:
            blobs[uuid] = place.read_bytes()
    if not elsewhere or base is None:
        return blobs
    with CaseReader.open(base, is_judged=False) as case:
        numbers = rows_by_uuid(case, table) if has_column(case, table, column) else {}
        for uuid in elsewhere:
            value = case.value(table, column, numbers[uuid]) if uuid in numbers else None
            if value is not None and value.size <= MOST_BYTES and not value.is_text:
                blobs[uuid] = b"".join(value.pieces)
    return blobs


def has_blobs(connection: sqlite3.Connection) -> bool:
    """True where a case has rows with bytes."""
    return any(connection.execute(f"SELECT 1 FROM {spec.name} LIMIT 1").fetchone() for spec, _column in _COLUMNS)


def blob_columns(case: CaseReader) -> list[tuple[str, str]]:
    """(table, column) of bytes that a case has: an older one has no small pictures."""
    columns = [(spec.name, column) for spec, column in _COLUMNS]
    return [(table, column) for table, column in columns if has_column(case, table, column)]


def fill_blobs(
    new: sqlite3.Connection,
    session: SessionBlobs,
    base: CaseReader | None,
    tell: Callable[[int], None] = lambda size: None,
) -> None:
    """Put the bytes of all rows into a file that is about to be saved; `tell` takes the bytes of each piece. Raises
    OSError and what `base` raises.
    """
    for spec, column in _COLUMNS:
        wanted = {uuid: key for key, uuid in new.execute(f"SELECT {spec.key}, uuid FROM {spec.name}")}
        for uuid in [uuid for uuid in wanted if session.find(spec.name, uuid, column) is not None]:
            place = session.find(spec.name, uuid, column)
            assert place is not None
            _write(new, spec, column, wanted.pop(uuid), _told(_value_of(place), tell))
        if wanted and base is not None:
            each_blob(base, spec.name, column, partial(_write_wanted, new, spec, column, wanted, tell))


def keep_deleted(new: sqlite3.Connection, session: SessionBlobs, base: CaseReader) -> None:
    """Keep the bytes of rows that the next save leaves out: an undo may bring them back. Raises as `fill_blobs`."""
    for table, column in blob_columns(base):
        there = {uuid for (uuid,) in new.execute(f"SELECT uuid FROM {table}")}
        for uuid, number in rows_by_uuid(base, table).items():
            if uuid not in there and session.find(table, uuid, column) is None:
                session.keep(table, uuid, base.value(table, column, number), column)


def _write_wanted(
    new: sqlite3.Connection,
    spec: TableSpec,
    column: str,
    wanted: dict[str, int],
    tell: Callable[[int], None],
    uuid: str,
    value: Value,
) -> None:
    key = wanted.pop(uuid, None)
    if key is not None:
        _write(new, spec, column, key, _told(value, tell))


def _told(value: Value, tell: Callable[[int], None]) -> Value:
    """A value whose pieces are reported when they have been written."""

    def pieces() -> Iterator[bytes]:
        for piece in value.pieces:
            yield piece
            tell(len(piece))

    return Value(value.size, value.is_text, pieces())


def _value_of(place: Path) -> Value:
    def pieces() -> Iterator[bytes]:
        with place.open("rb") as file:
            while piece := file.read(1 << 22):
                yield piece

    return Value(place.stat().st_size, False, pieces())


def _write(new: sqlite3.Connection, spec: TableSpec, column: str, key: int, value: Value) -> None:
    update = f"UPDATE {spec.name} SET {column} = {{}} WHERE {spec.key} = ?"
    if value.size <= MOST_BYTES:
        new.execute(update.format("?"), (b"".join(value.pieces), key))
        return
    new.execute(update.format("zeroblob(?)"), (value.size, key))  # writes them twice: too large to be held in memory
    with new.blobopen(spec.name, column, key) as blob:
        for piece in value.pieces:
            blob.write(piece)
