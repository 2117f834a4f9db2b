"""The window's side of the separate process that reads a case: sends questions, and receives values."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Self

from msgspec import Meta, Struct

from layers.decoding import decoded_or_none
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
"""Most seconds for the answer to one question, however large the case."""
PIECE_BYTES = 1 << 24
_PLAIN = {str, int, float, type(None)}
"""Types of SQLite's values in JSON, bytes aside."""


class Unfit(Struct, frozen=True):
    """A value that could not be sent as it stands. `text` is its rest, `what` the reason."""

    what: str
    text: str = ""


class UnreadCase(Struct, frozen=True):
    """An opened case, before its rows are read."""

    meta: Mapping[str, str]
    tables: Mapping[str, frozenset[str]]
    """The plain columns of each plain table."""
    foreign: Foreign
    problems: tuple[str, ...]
    mark: Fingerprint
    """Its fingerprint, without its hash."""
    expected: Integrity
    """Its state by its header: INTACT where only the hash of its bytes can tell that it is damaged."""


class ReadBytes(Struct, frozen=True):
    """The fingerprint of a case, and if its bytes are those that were saved."""

    mark: Fingerprint
    integrity: Integrity


class ReadRest(Struct, frozen=True):
    """Progress of reading the bytes of a case that no row is read from, and of making its copy."""

    done_bytes: Annotated[int, Meta(ge=0)]
    """Bytes hashed or copied so far."""
    is_done: bool
    integrity: Integrity | None
    """State of the case by all its bytes; None as long as they are being read."""


class Chunk(Struct, frozen=True):
    """Some rows of a table, by columns.

    `refused` are, by index, values as they stood that are no bytes, or geometries that the guard refuses; their columns
    have empty bytes in their place.
    """

    numbers: list[int]
    columns: dict[str, list[Any]]
    refused: Mapping[int, Any]
    is_last: bool = False
    known: Integrity | None = None
    """State of the whole file by its bytes, where these were read by then."""


class _Rows(Struct):
    numbers: list[int]
    columns: dict[str, Any]
    """Cells by column, as `_unpacked` takes them."""
    is_last: bool
    known: Integrity | None = None


class _InArrays(Struct):
    """A column whose values come as arrays."""

    refused: list[tuple[int, Any]]
    """(index, cell) of values that are not in the arrays."""


class _TooLong(Struct):
    size: Annotated[int, Meta(ge=0, le=2**62)]


class _Done(Struct):
    """An answer that says nothing more."""


class _Known(Struct):
    known: Integrity | None


class _Checked(Struct):
    is_sound: bool


class _Counted(Struct):
    count: Annotated[int, Meta(ge=0)] | None


class _Filled(Struct):
    columns: dict[str, Annotated[int, Meta(ge=0)]]


class _Near(Struct):
    numbers: list[int]
    count: Annotated[int, Meta(ge=0)]


class _Piece(Struct):
    size: Annotated[int, Meta(ge=0)]
    is_text: bool


class Value(Struct, frozen=True):
    """A single value as bytes, a piece at a time."""

    size: int
    is_text: bool
    pieces: Iterator[bytes]


class CaseReader:
    """Reads values of one case. It blocks: never use it in the window's thread."""

    def __init__(self, asks: Asks, opened: UnreadCase) -> None:
        self._asks = asks
        self.opened = opened

    @classmethod
    @contextmanager
    def open(
        cls,
        path: Path,
        *,
        copy: Path | None = None,
        asks: Asks | None = None,
        timeout_s: float = READ_S,
        is_judged: bool = True,
        rows_first: bool = False,
    ) -> Iterator[Self]:
        """Open the case at `path`, held still meanwhile. With `copy`, one without its journals is made there, which is
        whole once `wait_copied` has returned.

        `is_judged`: False for who asks for a few values only and never for all bytes, which are not read then.
        `rows_first`: a case that can be judged by the pages that rows are read from is judged by these, and the bytes
        of pictures and kept files are hashed and copied once `go_on` is called.
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
                    "is_judged": is_judged,
                    "rows_first": rows_first,
                }
                answer = asks.ask("open", params, timeout_s + 2, _nothing)
                yield cls(asks, _decode(answer.header, UnreadCase))
        finally:
            asks.close()

    def read_bytes(self) -> ReadBytes:
        """Wait for the last of its bytes, which are read beside all that is asked before, and tell what they say."""
        return self._ask("mark", {}, ReadBytes)

    def wait_copied(self) -> None:
        """Wait until the copy of its bytes is whole. Raises as `open` where it cannot be made."""
        self._ask("copied", {}, _Done)

    def go_on(self) -> None:
        """Let the bytes that are not judged yet be hashed, and the copy be made."""
        self._ask("go_on", {}, _Done)

    def rest(self) -> ReadRest:
        """Tell how far that is. Raises as `wait_copied`."""
        return self._ask("rest", {}, ReadRest)

    def known(self) -> Integrity | None:
        """The state of the file by its bytes; None while they are being read."""
        return self._ask("known", {}, _Known).known

    def is_sound(self, tables: Sequence[str]) -> bool:
        """True where SQLite's quick check of tables finds no fault."""
        return self._ask("check", {"tables": list(tables)}, _Checked).is_sound

    def count(self, table: str) -> int:
        return self._ask("count", {"table": table}, _Counted).count or 0

    def count_boxes(self, rtree: str) -> int | None:
        """Number of boxes in a spatial index; None where there is none."""
        return self._ask("count_boxes", {"table": rtree}, _Counted).count

    def filled(self, table: str, columns: Sequence[str], only: Sequence[int] | None = None) -> dict[str, int]:
        """Columns among `columns` that hold anything, with the bytes of the largest value; of `only` these rows."""
        sizes = self._ask("filled", {"table": table, "columns": list(columns), "only": only}, _Filled).columns
        return {name: sizes[name] for name in columns if name in sizes}

    def near(self, table: str, bounds: Bounds | None, most: int) -> tuple[list[int], int]:
        """(row numbers of geometries that may lie inside bounds in lon, lat, at most `most`; number of all)."""
        sides = None if bounds is None else [bounds.left, bounds.bottom, bounds.right, bounds.top]
        answer = self._ask("near", {"table": table, "bounds": sides, "most": most}, _Near)
        if len(answer.numbers) > most:
            raise _babble()
        return answer.numbers, answer.count

    def each_chunk(
        self,
        table: str,
        columns: Mapping[str, int],
        take: Callable[[Chunk], None],
        geometry: str = "",
        blob: str = "",
        only: Sequence[int] | None = None,
        after: int | None = None,
    ) -> None:
        """Give all rows to `take`, in the file's order. The process reads on while a chunk is being taken.

        `columns` as `filled` gives them. `geometry` is the one whose values a guard judges, `blob` one of plain bytes;
        with `only` these rows alone are given, with `after` those behind this row number.
        """
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
            if chunk.is_last or not chunk.numbers:
                take_waiting()
                return
            if after is not None and chunk.numbers[-1] <= after:
                raise _babble()
            after = chunk.numbers[-1]

    def value(self, table: str, column: str, row: int) -> Value:
        """The bytes of one value, as it stands in the file."""
        params = {"table": table, "column": column, "row": row, "offset": 0, "length": PIECE_BYTES}
        answer = self._asks.ask("piece", params, READ_S, _nothing)
        first = _decode(answer.header, _Piece)

        def pieces() -> Iterator[bytes]:
            piece, offset = _bytes_in(answer), 0
            while piece:
                yield piece
                offset += len(piece)
                if offset >= first.size:
                    return
                following = self._asks.ask("piece", {**params, "offset": offset}, READ_S, _nothing)
                piece = _bytes_in(following)

        return Value(first.size, first.is_text, pieces())

    def _ask[T: Struct](self, op: str, params: dict[str, Any], kind: type[T]) -> T:
        return _decode(self._asks.ask(op, params, READ_S, _nothing).header, kind)


def _nothing() -> None:
    """Do nothing between question and answer."""


def _decode[T: Struct](data: Any, kind: type[T]) -> T:
    """Decode a header, or a part of it, as the type asked for. Raises CaseDamaged for anything else."""
    content = decoded_or_none(data, kind)
    if content is None:
        raise _babble()
    return content


def _bytes_in(answer: Answer) -> bytes:
    return answer.arrays[0].tobytes() if answer.arrays else b""


def _chunk(answer: Answer, columns: Mapping[str, int], in_arrays: str) -> Chunk:
    """Decode a chunk of rows. Raises CaseDamaged where its parts do not fit together."""
    try:
        rows = _decode(answer.header, _Rows)
        numbers, cells = rows.numbers, rows.columns
        by_name: dict[str, list[Any]] = {}
        refused: dict[int, Any] = {}
        for name in columns:
            if name == in_arrays:
                data, ends = answer.arrays
                refused = {index: _value(cell) for index, cell in _decode(cells[name], _InArrays).refused}
                by_name[name] = _blobs(data.tobytes(), ends.tolist())
            else:
                by_name[name] = _unpacked(cells[name])
        fits = all(len(values) == len(numbers) for values in by_name.values())
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _babble() from error
    if not fits:
        raise _babble()
    return Chunk(numbers, by_name, refused, rows.is_last, rows.known)


def _blobs(data: bytes, ends: list[int]) -> list[bytes]:
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _unpacked(cells: Any) -> list[Any]:
    if isinstance(cells, dict):
        texts = [_value(cell) for cell in cells["texts"]]
        return list(map(texts.__getitem__, cells["of"]))
    if set(map(type, cells)) <= _PLAIN:
        return list(cells)
    return [_value(cell) for cell in cells]


def _value(cell: Any) -> Any:
    """Decode a value from JSON. Raises ValueError for one that SQLite does not have."""
    if isinstance(cell, dict):
        if "bytes" in cell:
            try:
                return base64.b64decode(cell["bytes"], validate=True)
            except binascii.Error as error:
                raise ValueError("no base64") from error
        if "spoiled" in cell:
            return Unfit("no text in UTF-8", str(cell["spoiled"]))
        return Unfit(Phrase("too large ({cell} bytes)", cell=f"{_decode(cell, _TooLong).size:,}"))
    if type(cell) in _PLAIN:
        return cell
    raise ValueError("no value of SQLite")


def _babble() -> CaseDamaged:
    return CaseDamaged("The process that read the case answered nothing that fits: the case is damaged. Open a backup.")
