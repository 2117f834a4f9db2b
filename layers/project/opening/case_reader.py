"""The window's side of the process that reads a case apart: it asks, and gets values."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from msgspec import Struct

from layers.errors import CaseDamaged
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.pool.protocol import Answer
from layers.project.opening.case_process import Asks, CaseProcess
from layers.project.opening.foreign import Foreign
from layers.project.storage.fingerprint import Fingerprint
from layers.project.storage.fsops import scratch_folder
from layers.project.storage.integrity import Integrity

READ_S = 120.0
"""Longest time for the answer to one question, however large the case."""
PIECE_BYTES = 1 << 24
_PLAIN = {str, int, float, type(None)}
"""Types of SQLite's values in JSON, bytes aside."""


class Unfit(Struct, frozen=True):
    """A value that did not cross as it stands. `text` is what is left of it, `what` says why."""

    what: str
    text: str = ""


class OpenedCase(Struct, frozen=True):
    """An opened case, before its rows are read."""

    meta: Mapping[str, str]
    mark: Fingerprint
    integrity: Integrity
    tables: Mapping[str, frozenset[str]]
    """The plain columns of each plain table."""
    foreign: Foreign
    problems: tuple[str, ...]


class Chunk(Struct, frozen=True):
    """Some rows of a table, by columns. `refused` are by index the values that are no bytes, or no geometry that its
    guard lets pass, as they stood; they are empty bytes in their column.
    """

    numbers: list[int]
    columns: dict[str, list[Any]]
    refused: Mapping[int, Any]


class Value(Struct, frozen=True):
    """A single value as bytes, a piece at a time."""

    size: int
    is_text: bool
    pieces: Iterator[bytes]


class CaseReader:
    """Reads one case by values. Blocks, so never in the window's thread."""

    def __init__(self, asks: Asks, opened: OpenedCase) -> None:
        self._asks = asks
        self.opened = opened

    @classmethod
    @contextmanager
    def open(
        cls, path: Path, *, copy: Path | None = None, asks: Asks | None = None, timeout_s: float = READ_S
    ) -> Iterator[Self]:
        """Open the case at `path`, held still meanwhile; with `copy`, from a recovered copy that is made there.

        Raises FileMissing, NotAFile, NotAllowed, UnsupportedFormat, TooLarge, CaseDamaged, CaseInUse or ReaderTimeout.
        """
        asks = asks or CaseProcess()
        try:
            with scratch_folder() as scratch:
                params = {
                    "path": os.path.realpath(path),
                    "copy": "" if copy is None else os.path.abspath(copy),
                    "scratch": str(scratch),
                    "deadline_s": timeout_s,
                }
                answer = asks.ask("open", params, timeout_s + 2, _nothing)
                yield cls(asks, _opened(answer.header, path))
        finally:
            asks.close()

    def is_sound(self, tables: Sequence[str]) -> bool:
        """SQLite's quick check of tables."""
        return bool(self._ask("check", {"tables": list(tables)})["is_sound"])

    def count(self, table: str) -> int:
        return int(self._ask("count", {"table": table})["count"])

    def count_boxes(self, rtree: str) -> int | None:
        """Number of boxes in a spatial index; None where there is none."""
        count = self._ask("count_boxes", {"table": rtree})["count"]
        return None if count is None else int(count)

    def filled(self, table: str, columns: Sequence[str], only: Sequence[int] | None = None) -> dict[str, int]:
        """Columns among `columns` that hold anything, with the bytes of the largest value; of `only` these rows."""
        told = self._ask("filled", {"table": table, "columns": list(columns), "only": only})["columns"]
        return {name: int(told[name]) for name in columns if name in told}

    def near(self, table: str, bounds: Bounds | None, most: int) -> tuple[list[int], int]:
        """(row numbers of geometries that may lie inside bounds in lon, lat, at most `most`; number of all)."""
        sides = None if bounds is None else [bounds.left, bounds.bottom, bounds.right, bounds.top]
        told = self._ask("near", {"table": table, "bounds": sides, "most": most})
        numbers, count = told.get("numbers"), told.get("count")
        if not isinstance(numbers, list) or len(numbers) > most or not set(map(type, numbers)) <= {int}:
            raise _babble()
        if not isinstance(count, int):
            raise _babble()
        return numbers, count

    def each_chunk(
        self,
        table: str,
        columns: Mapping[str, int],
        take: Callable[[Chunk], None],
        geometry: str = "",
        blob: str = "",
        only: Sequence[int] | None = None,
    ) -> None:
        """Give all rows to `take`, in the file's order. The process reads on while a chunk is being taken.

        `columns` as `filled` gives them. `geometry` is the one whose values a guard judges, `blob` one of plain bytes;
        with `only` these rows alone are given.
        """
        after: int | None = None
        waiting: list[Chunk] = []

        def take_waiting() -> None:
            while waiting:
                take(waiting.pop())

        while True:
            params = {
                "table": table,
                "columns": dict(columns),
                "geometry": geometry,
                "blob": blob,
                "after": after,
                "only": only,
            }
            answer = self._asks.ask("rows", params, READ_S, take_waiting)
            chunk = _chunk(answer, columns, geometry or blob)
            if chunk.numbers:
                waiting.append(chunk)
            if answer.header["is_last"] or not chunk.numbers:
                take_waiting()
                return
            if after is not None and chunk.numbers[-1] <= after:
                raise _babble()
            after = chunk.numbers[-1]

    def value(self, table: str, column: str, row: int) -> Value:
        """The bytes of one value, as it stands in the file."""
        params = {"table": table, "column": column, "row": row, "offset": 0, "length": PIECE_BYTES}
        answer = self._asks.ask("piece", params, READ_S, _nothing)
        size = int(answer.header["size"])

        def pieces() -> Iterator[bytes]:
            piece, offset = answer.arrays[0].tobytes(), 0
            while piece:
                yield piece
                offset += len(piece)
                if offset >= size:
                    return
                following = self._asks.ask("piece", {**params, "offset": offset}, READ_S, _nothing)
                piece = following.arrays[0].tobytes()

        return Value(size, bool(answer.header["is_text"]), pieces())

    def _ask(self, op: str, params: dict[str, Any]) -> dict[str, Any]:
        return self._asks.ask(op, params, READ_S, _nothing).header


def _nothing() -> None:
    """Between question and answer there is nothing to do."""


def _opened(header: Mapping[str, Any], path: Path) -> OpenedCase:
    """Raises CaseDamaged for what is no answer."""
    try:
        mark = Fingerprint.from_json(header["mark"])
        assert mark is not None
        return OpenedCase(
            {str(key): str(value) for key, value in header["meta"].items()},
            mark,
            Integrity(header["integrity"]),
            {str(table): frozenset(map(str, columns)) for table, columns in header["tables"].items()},
            Foreign.from_json(header["foreign"]),
            tuple(map(str, header["problems"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
        raise _babble() from error


def _chunk(answer: Answer, columns: Mapping[str, int], in_arrays: str) -> Chunk:
    """Raises CaseDamaged for what does not fit together."""
    try:
        numbers = answer.header["numbers"]
        told = answer.header["columns"]
        found: dict[str, list[Any]] = {}
        refused: dict[int, Any] = {}
        for name in columns:
            if name == in_arrays:
                data, ends = answer.arrays
                refused = {int(index): _value(cell) for index, cell in told[name]["refused"]}
                found[name] = _blobs(data.tobytes(), ends.tolist())
            else:
                found[name] = _unpacked(told[name])
        fits = all(len(values) == len(numbers) for values in found.values()) and set(map(type, numbers)) <= {int}
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _babble() from error
    if not fits:
        raise _babble()
    return Chunk(numbers, found, refused)


def _blobs(data: bytes, ends: list[int]) -> list[bytes]:
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _unpacked(told: Any) -> list[Any]:
    if isinstance(told, dict):
        texts = [_value(cell) for cell in told["texts"]]
        return list(map(texts.__getitem__, told["of"]))
    if set(map(type, told)) <= _PLAIN:
        return list(told)
    return [_value(cell) for cell in told]


def _value(cell: Any) -> Any:
    """A value from JSON. Raises ValueError where it is none that SQLite has."""
    if isinstance(cell, dict):
        if "bytes" in cell:
            try:
                return base64.b64decode(cell["bytes"], validate=True)
            except binascii.Error as error:
                raise ValueError("no base64") from error
        if "spoiled" in cell:
            return Unfit("no text in UTF-8", str(cell["spoiled"]))
        return Unfit(Phrase("too large ({cell} bytes)", cell=f"{int(cell['size']):,}"))
    if type(cell) in _PLAIN:
        return cell
    raise ValueError("no value of SQLite")


def _babble() -> CaseDamaged:
    return CaseDamaged("The process that read the case answered nothing that fits: the case is damaged. Open a backup.")
