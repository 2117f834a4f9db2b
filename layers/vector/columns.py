"""Attributes of a vector layer in columns: exact values, and few bytes a cell.

NULL is apart from empty text; integers are never rounded; text is kept as the bytes of its UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from layers.vector.texts import Texts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZONE = re.compile(r"([+-])([01][0-9]):([0-5][0-9])")


class Kind(StrEnum):
    """The kind of a column's cells."""

    INTEGER = "integer"
    """int64."""
    REAL = "real"
    """float64; a nan in the file counts as NULL."""
    BOOLEAN = "boolean"
    DATE = "date"
    """int64 days since 1970-01-01."""
    DATETIME = "datetime"
    """int64 milliseconds since 1970-01-01, in the column's zone."""
    TEXT = "text"

    @property
    def is_time(self) -> bool:
        return self in (Kind.DATE, Kind.DATETIME)

    @property
    def is_number(self) -> bool:
        return self in (Kind.INTEGER, Kind.REAL)


DTYPES: dict[Kind, type[np.generic]] = {
    Kind.INTEGER: np.int64,
    Kind.REAL: np.float64,
    Kind.BOOLEAN: np.bool_,
    Kind.DATE: np.int64,
    Kind.DATETIME: np.int64,
}


class Column(Struct, frozen=True, eq=False):
    """One attribute of all rows. Text is in `texts`, everything else in `values`.

    With `codes`, row i's text is ``texts[codes[i]]`` (few distinct texts are kept once); without, it is ``texts[i]``.
    """

    name: str
    kind: Kind
    values: NDArray[Any]
    valid: NDArray[np.bool_] | None = None
    """(n,) False where the cell is NULL; None where none is."""
    texts: Texts = field(default_factory=lambda: Texts.of(()))
    codes: NDArray[Any] | None = None
    zone: str = ""
    """Zone of a datetime column: UTC, +08:00, ...; empty where the file does not say."""
    rows: int = 0

    def __len__(self) -> int:
        return self.rows

    @property
    def nbytes(self) -> int:
        parts = (self.values, self.valid, self.codes, self.texts.data, self.texts.starts)
        return sum(int(part.nbytes) for part in parts if part is not None)

    def filled(self) -> NDArray[np.bool_]:
        """(n,) True where there is a value."""
        return np.ones(self.rows, bool) if self.valid is None else self.valid

    def is_null(self, row: int) -> bool:
        return self.valid is not None and not self.valid[row]

    def value(self, row: int) -> Any:
        """The cell, exact: int, float, bool, ISO 8601 text of a date, text, or None."""
        if self.is_null(row):
            return None
        match self.kind:
            case Kind.TEXT:
                return self.texts[int(row if self.codes is None else self.codes[row])]
            case Kind.DATE | Kind.DATETIME:
                return time_text(self.kind, int(self.values[row]), self.zone)
        return self.values[row].item()

    def shown(self, row: int, longest: int = 200) -> str:
        """The cell as text, cut at `longest`: a huge text is not decoded to show its beginning. NULL is empty."""
        if self.kind is Kind.TEXT and not self.is_null(row):
            return self.texts.beginning(int(row if self.codes is None else self.codes[row]), longest)
        value = self.value(row)
        if isinstance(value, bool):
            return "true" if value else "false"
        return "" if value is None else str(value)

    def taken(self, rows: NDArray[np.intp]) -> Column:
        """Some of the rows, in that order."""
        valid = None if self.valid is None else self.valid[rows]
        if self.kind is not Kind.TEXT:
            return Column(self.name, self.kind, self.values[rows], valid, zone=self.zone, rows=len(rows))
        if self.codes is None:
            return Column(self.name, self.kind, self.values, valid, self.texts.taken(rows), rows=len(rows))
        return Column(self.name, self.kind, self.values, valid, self.texts, self.codes[rows], rows=len(rows))


NO_VALUES: NDArray[Any] = np.empty(0, np.int64)


def number_column(
    name: str, kind: Kind, values: NDArray[Any], valid: NDArray[np.bool_] | None = None, zone: str = ""
) -> Column:
    """Make a column of anything but text. Values that are no finite number are kept, but nan is NULL."""
    values = np.ascontiguousarray(values, DTYPES[kind])
    if kind is Kind.REAL and np.isnan(values).any():
        valid = ~np.isnan(values) if valid is None else valid & ~np.isnan(values)
    return Column(name, kind, values, _some_null(valid), zone=zone, rows=len(values))


def text_column(name: str, texts: Texts, valid: NDArray[np.bool_] | None = None) -> Column:
    return Column(name, Kind.TEXT, NO_VALUES, _some_null(valid), texts, rows=len(texts))


def column_of(name: str, values: Sequence[Any]) -> Column:
    """A column of Python values of one kind (None = NULL); mixed kinds become text."""
    valid = np.array([value is not None for value in values], bool)
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return number_column(name, Kind.BOOLEAN, np.array([bool(v) for v in values]), valid)
    if kinds == {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):
        return number_column(name, Kind.INTEGER, np.array([v or 0 for v in values], np.int64), valid)
    if kinds in ({float}, {int, float}):
        return number_column(name, Kind.REAL, np.array([np.nan if v is None else float(v) for v in values]), valid)
    return text_column(name, Texts.of("" if value is None else str(value) for value in values), valid)


class Attributes(Struct, frozen=True, eq=False):
    """Columns of one layer, rows in the order of its file."""

    fids: NDArray[np.int64]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.fids)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    @property
    def nbytes(self) -> int:
        return int(self.fids.nbytes) + sum(column.nbytes for column in self.columns.values())

    def rows_of(self, fids: NDArray[np.int64] | Sequence[int]) -> NDArray[np.intp]:
        """Rows of these features, ascending; features that are not here are left out."""
        wanted = ascending(fids)
        if not len(wanted) or not len(self.fids):
            return np.empty(0, np.intp)
        if bool((self.fids[1:] > self.fids[:-1]).all()):
            at = np.minimum(np.searchsorted(self.fids, wanted), len(self.fids) - 1)
            return at[self.fids[at] == wanted]
        return np.flatnonzero(np.isin(self.fids, wanted))

    def row(self, row: int) -> dict[str, Any]:
        """All values of a row by name, exact."""
        return {name: column.value(row) for name, column in self.columns.items()}

    def joined(self, other: Attributes) -> Attributes:
        """Return these attributes together with the columns of `other`, which has the same rows."""
        return Attributes(self.fids, {**self.columns, **other.columns})


def ascending(fids: NDArray[np.int64] | Sequence[int]) -> NDArray[np.int64]:
    """Sort values, each once. Most are sorted already, which takes a millisecond for a million, unlike `np.unique`."""
    values = np.asarray(fids, np.int64)
    if bool((values[1:] > values[:-1]).all()):
        return values
    values = np.sort(values, kind="stable")
    return values[np.concatenate(([True], values[1:] != values[:-1]))]


def whole_column(parts: Sequence[Column]) -> Column:
    """Join the chunks of one column; few distinct texts are kept once.

    Times of several zones become those of UTC, and texts where only some chunks state a zone.
    """
    first = parts[0]
    rows = sum(len(part) for part in parts)
    zones = {part.zone for part in parts if part.filled().any()} if first.kind is Kind.DATETIME else {""}
    tells_apart = len(zones) > 1 and "" in zones
    kind = first.kind if len({part.kind for part in parts}) == 1 and not tells_apart else Kind.TEXT
    valid = None
    if any(part.valid is not None for part in parts):
        valid = np.concatenate([part.filled() for part in parts])
    if kind is not Kind.TEXT:
        values = np.concatenate([part.values for part in parts])
        zone = first.zone if not zones else "UTC" if len(zones) > 1 else zones.pop()
        return Column(first.name, kind, values, valid, zone=zone, rows=rows)
    texts = Texts.joined([_row_texts(part) for part in parts])
    shared = texts.shared()
    if shared is None:
        return Column(first.name, kind, NO_VALUES, valid, texts, rows=rows)
    return Column(first.name, kind, NO_VALUES, valid, shared[0], shared[1], rows=rows)


def time_text(kind: Kind, value: int, zone: str = "") -> str:
    """ISO 8601; the number itself where it is outside the years 1 to 9999."""
    try:
        timestamp = EPOCH + (timedelta(days=value) if kind is Kind.DATE else timedelta(milliseconds=value))
    except OverflowError:
        return str(value)
    if kind is Kind.DATE:
        return timestamp.date().isoformat()
    timestamp += _offset(zone)
    text = timestamp.replace(tzinfo=None).isoformat(timespec="milliseconds" if timestamp.microsecond else "seconds")
    return text + ("Z" if zone in ("UTC", "Z") else zone)


def time_value(kind: Kind, text: str) -> int | None:
    """The number of a date or datetime as `Column.values` holds it; None where the text is none."""
    try:
        timestamp = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    # As `Column.values` of a column without a zone: the clock's own reading, else UTC.
    timestamp = timestamp.replace(tzinfo=UTC) if timestamp.tzinfo is None else timestamp.astimezone(UTC)
    since = timestamp - EPOCH
    return since.days if kind is Kind.DATE else round(since / timedelta(milliseconds=1))


def _offset(zone: str) -> timedelta:
    """Parse a zone such as +08:00 into its offset: the numbers of a column with a zone are those of UTC."""
    match = _ZONE.fullmatch(zone)
    if match is None:
        return timedelta()
    distance = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -distance if match[1] == "-" else distance


def _row_texts(column: Column) -> Texts:
    """A text a row, whatever the column's kind."""
    if column.kind is Kind.TEXT and column.codes is None:
        return column.texts
    if column.codes is not None:
        return column.texts.taken(column.codes.astype(np.intp))
    return Texts.of(column.shown(row) for row in range(len(column)))


def _some_null(valid: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    return None if valid is None or bool(valid.all()) else valid


def attributes_of(fids: Sequence[int] | NDArray[np.int64], columns: Iterable[Column]) -> Attributes:
    return Attributes(np.asarray(fids, np.int64), {column.name: column for column in columns})
