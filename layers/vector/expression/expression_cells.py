"""Values of an expression for all rows at once, and how they compare: the types SQL would have, with NULL."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.errors import InvalidValue
from layers.vector.columns import Column, Kind, time_value
from layers.vector.texts import CancelToken, Texts, never_cancelled

DAY_MS = 86_400_000
_LARGEST = float(2**63)
ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


class CellType(StrEnum):
    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"
    TIME = "date"
    """Milliseconds since 1970."""
    NULL = "NULL"


class Cells(Struct, frozen=True, eq=False):
    """`values` and `valid` have n rows, or are one value for all. Texts are in `texts`, behind `codes` as in a column.

    A constant text is also in `text`.
    """

    type: CellType
    values: NDArray[Any]
    valid: NDArray[np.bool_]
    texts: Texts | None = None
    codes: NDArray[Any] | None = None
    text: str | None = None

    @property
    def is_constant(self) -> bool:
        return self.type is CellType.NULL or (
            self.text is not None if self.type is CellType.TEXT else self.values.ndim == 0
        )

    def per_row(self, per_text: NDArray[Any]) -> NDArray[Any]:
        """Spreads a result for each of `texts` over the rows."""
        if self.text is not None:
            return np.asarray(per_text[0])
        return per_text if self.codes is None else per_text[self.codes]

    def text_bytes(self, rows: int) -> int:
        """Number of bytes in the texts of all rows together."""
        assert self.texts is not None
        if self.text is not None:
            return len(self.texts.data) * rows
        return int(self.per_row(self.texts.lengths()).sum())

    def row_texts(self, rows: int, cancel_token: CancelToken = never_cancelled) -> list[str]:
        """A Python text for each row, for functions that need it."""
        assert self.texts is not None
        if self.text is not None:
            return [self.text] * rows
        each = self.texts.all(cancel_token)
        return each if self.codes is None else [each[code] for code in self.codes.tolist()]


_TRUE = np.asarray(True)
_NO_VALUES = np.zeros(0)


def numbers(values: Any, valid: Any = _TRUE) -> Cells:
    """Return numbers; results that are nan or infinite become NULL."""
    values, valid = np.asarray(values), np.asarray(valid, bool)
    if values.dtype.kind == "f":
        valid = valid & np.isfinite(values)
    return Cells(CellType.NUMBER, values, valid)


def truths(values: Any, valid: Any = _TRUE) -> Cells:
    return Cells(CellType.TRUTH, np.asarray(values, bool), np.asarray(valid, bool))


def texts_of(texts: Texts, codes: NDArray[Any] | None = None, valid: Any = _TRUE) -> Cells:
    return Cells(CellType.TEXT, _NO_VALUES, np.asarray(valid, bool), texts, codes)


def constant(value: int | float | str | bool | None) -> Cells:
    match value:
        case None:
            return Cells(CellType.NULL, np.asarray(0), np.asarray(False))
        case bool():
            return truths(value)
        case str():
            return Cells(CellType.TEXT, _NO_VALUES, _TRUE, Texts.of([value]), None, value)
    return numbers(np.asarray(value, np.int64 if isinstance(value, int) else np.float64))


def cells_of(column: Column) -> Cells:
    """A column as it is, not copied."""
    valid = _TRUE if column.valid is None else column.valid
    match column.kind:
        case Kind.TEXT:
            return texts_of(column.texts, column.codes, valid)
        case Kind.BOOLEAN:
            return truths(column.values, valid)
        case Kind.DATE:
            return Cells(CellType.TIME, column.values * DAY_MS, np.asarray(valid))
        case Kind.DATETIME:
            return Cells(CellType.TIME, column.values, np.asarray(valid))
    if column.values.dtype.kind == "f":  # infinite numbers are numbers, as the table shows them
        valid = valid & ~np.isnan(column.values)
    return Cells(CellType.NUMBER, column.values, np.asarray(valid))


def compared(sign: str, left: Cells, right: Cells, cancel_token: CancelToken = never_cancelled) -> Cells:
    """``left sign right``; NULL where either is. Raises InvalidValue where the two cannot be compared."""
    if CellType.NULL in (left.type, right.type):
        return truths(False, False)
    valid = left.valid & right.valid
    types = {left.type, right.type}
    if types == {CellType.TEXT}:
        return _compared_texts(sign, left, right, valid, cancel_token)
    if CellType.TIME in types and CellType.TEXT in types:
        left, right = as_time(left, cancel_token), as_time(right, cancel_token)
    elif types <= {CellType.NUMBER, CellType.TRUTH, CellType.TEXT}:
        left, right = as_number(left, cancel_token), as_number(right, cancel_token)
    elif types != {CellType.TIME}:
        raise InvalidValue("A date is compared with a date, written as '2024-04-12'.")
    valid = left.valid & right.valid
    return truths(_ordered(sign, left.values, right.values), valid)


def as_number(cells: Cells, cancel_token: CancelToken = never_cancelled) -> Cells:
    """Numbers; text that is none is NULL. Raises InvalidValue for a date, or a constant that is no number."""
    match cells.type:
        case CellType.NUMBER:
            return cells
        case CellType.NULL:
            return numbers(np.asarray(0), False)
        case CellType.TRUTH:
            return numbers(cells.values.astype(np.int64), cells.valid)
        case CellType.TIME:
            raise InvalidValue("A date is no number: use year(column) or month(column).")
    assert cells.texts is not None
    floats = [_number(text) for text in cells.texts.all(cancel_token)]
    if cells.text is not None and math.isnan(floats[0]):
        raise InvalidValue("“{text}” is no number.", text=cells.text[:60])
    values = cells.per_row(np.array(floats, np.float64))
    return numbers(values, cells.valid)


def as_time(cells: Cells, cancel_token: CancelToken = never_cancelled) -> Cells:
    """Dates; text that is none is NULL. Raises InvalidValue for a constant that is none, and for numbers."""
    match cells.type:
        case CellType.TIME:
            return cells
        case CellType.NULL:
            return Cells(CellType.TIME, np.asarray(0), np.asarray(False))
        case CellType.TEXT:
            assert cells.texts is not None
            times = [time_value(Kind.DATETIME, text) for text in cells.texts.all(cancel_token)]
            if cells.text is not None and times[0] is None:
                raise InvalidValue("“{text}” is no date: write 2024-04-12 or 2024-04-12T08:30.", text=cells.text[:60])
            values = np.array([value or 0 for value in times], np.int64)
            known = np.array([value is not None for value in times], bool)
            return Cells(CellType.TIME, cells.per_row(values), cells.valid & cells.per_row(known))
    raise InvalidValue("A number is no date.")


def as_truth(cells: Cells) -> Cells:
    """Yes or no; a number is yes where it is not 0. Raises InvalidValue for text and dates."""
    match cells.type:
        case CellType.TRUTH:
            return cells
        case CellType.NULL:
            return truths(False, False)
        case CellType.NUMBER:
            return truths(cells.values != 0, cells.valid)
    raise InvalidValue("A condition is needed where a {type} stands: compare it with something.", type=cells.type)


def as_text(cells: Cells, rows: int, cancel_token: CancelToken = never_cancelled) -> Cells:
    """Text; numbers and truths are written out."""
    match cells.type:
        case CellType.TEXT:
            return cells
        case CellType.NULL:
            return replace(constant(""), valid=np.asarray(False))
        case CellType.TIME:
            raise InvalidValue("A date is compared with = < >, not searched as text.")
    words = {True: "true", False: "false"}
    distinct, codes = np.unique(np.broadcast_to(cells.values, (rows,)), return_inverse=True)
    cancel_token()
    written = [words[value] if isinstance(value, bool) else str(value) for value in distinct.tolist()]
    cancel_token()
    return texts_of(Texts.of(written), codes, np.broadcast_to(cells.valid, (rows,)))


def computed(sign: str, left: Cells, right: Cells) -> Cells:
    """Arithmetic: whole numbers stay exact, except where they grow beyond 64 bits; division by 0 is NULL."""
    left, right = as_number(left), as_number(right)
    a, b, valid = left.values, right.values, left.valid & right.valid
    with np.errstate(all="ignore"):
        match sign:
            case "/":
                return numbers(a / b, valid)
            case "%":
                zero = b == 0
                return numbers(np.where(zero, 0, a % np.where(zero, 1, b)), valid & ~zero)
            case "^":
                return numbers(np.power(a.astype(np.float64), b.astype(np.float64)), valid)
        apply: Callable[[Any, Any], Any] = {"+": np.add, "-": np.subtract, "*": np.multiply}[sign]
        about = apply(a.astype(np.float64), b.astype(np.float64))
        if a.dtype.kind == b.dtype.kind == "i" and not (np.abs(about) >= _LARGEST / 2).any():
            return numbers(apply(a, b), valid)
    return numbers(about, valid)


def _compared_texts(sign: str, left: Cells, right: Cells, valid: NDArray[np.bool_], cancel_token: CancelToken) -> Cells:
    assert left.texts is not None
    assert right.texts is not None
    if left.text is not None and right.text is None:
        turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
        return _compared_texts(turned, right, left, valid, cancel_token)
    if sign in ("=", "!=") and right.text is not None:
        same = left.per_row(left.texts.equal_to(right.text))
    elif sign in ("=", "!="):
        both = Texts.joined([left.texts, right.texts]).hashes(cancel_token)
        same = left.per_row(both[: len(left.texts)]) == right.per_row(both[len(left.texts) :])
    else:
        ranks = Texts.joined([left.texts, right.texts]).ranks(cancel_token)
        ranked = ORDERS[sign](left.per_row(ranks[: len(left.texts)]), right.per_row(ranks[len(left.texts) :]))
        return truths(ranked, valid)
    return truths(same if sign == "=" else ~same, valid)


def _ordered(sign: str, left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.bool_]:
    """Whole numbers with a whole constant stay whole: as floats, large ones would be rounded."""
    left, right = _whole(left), _whole(right)
    mask: NDArray[np.bool_] = ORDERS[sign](left, right)
    return mask


def _whole(values: NDArray[Any]) -> NDArray[Any]:
    if values.ndim == 0 and values.dtype.kind == "f" and abs(values) < _LARGEST / 2 and float(values).is_integer():
        return np.asarray(int(values), np.int64)
    return values


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
