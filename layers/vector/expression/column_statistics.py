"""Statistics of a column: counts, extremes, the most frequent values."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.vector.columns import Column, Kind

MOST_FREQUENT = 10
_LONGEST = 200


class ColumnStatistics(Struct, frozen=True):
    """Values as `Column.value` gives them; None where there is none, or where it means nothing for the kind.

    The mean of large integers is of floats; least and greatest are exact.
    """

    rows: int
    nulls: int
    distinct: int
    least: Any = None
    greatest: Any = None
    mean: float | None = None
    deviation: float | None = None
    """Standard deviation of the whole, not of a sample."""
    median: float | None = None
    total: int | float | None = None
    empty: int = 0
    """Texts that are empty, which is not NULL."""
    frequent: tuple[tuple[Any, int], ...] = ()
    """(value, how often), the most frequent first."""

    @property
    def count(self) -> int:
        return self.rows - self.nulls


def statistics_of(column: Column, rows: NDArray[np.intp] | None = None) -> ColumnStatistics:
    """Compute the statistics of `rows` (None: all)."""
    wanted = np.arange(len(column)) if rows is None else rows
    filled = wanted[column.filled()[wanted]]
    nulls = len(wanted) - len(filled)
    if not len(filled):
        return ColumnStatistics(len(wanted), nulls, 0)
    if column.kind is Kind.TEXT:
        return _of_texts(column, filled, len(wanted), nulls)
    values = column.values[filled]
    distinct, first, counts = np.unique(values, return_index=True, return_counts=True)
    frequent = _frequent(column, filled[first], counts)
    least, greatest = column.value(int(filled[first[0]])), column.value(int(filled[first[-1]]))
    if not column.kind.is_number:
        return ColumnStatistics(len(wanted), nulls, len(distinct), least, greatest, frequent=frequent)
    finite = values[np.isfinite(values)].astype(np.float64)
    if not len(finite):
        return ColumnStatistics(len(wanted), nulls, len(distinct), least, greatest, frequent=frequent)
    total = _exact_sum(values) if column.kind is Kind.INTEGER else float(finite.sum())
    return ColumnStatistics(
        len(wanted),
        nulls,
        len(distinct),
        least,
        greatest,
        float(finite.mean()),
        float(finite.std()),
        float(np.median(finite)),
        total,
        frequent=frequent,
    )


def _of_texts(column: Column, filled: NDArray[np.intp], rows: int, nulls: int) -> ColumnStatistics:
    lengths = column.texts.lengths()
    if column.codes is not None:
        codes = column.codes[filled]
        _, first, counts = np.unique(codes, return_index=True, return_counts=True)
        empty = int((lengths[codes] == 0).sum())
    else:
        _, first, counts = np.unique(column.texts.hashes()[filled], return_index=True, return_counts=True)
        empty = int((lengths[filled] == 0).sum())
    ones = filled[first]
    distinct = column.texts.taken(ones if column.codes is None else column.codes[ones].astype(np.intp))
    ranks = distinct.ranks()
    least, greatest = (column.shown(int(ones[at]), _LONGEST) for at in (np.argmin(ranks), np.argmax(ranks)))
    frequent = _frequent(column, ones, counts)
    return ColumnStatistics(rows, nulls, len(ones), least, greatest, empty=empty, frequent=frequent)


def _frequent(column: Column, rows: NDArray[np.intp], counts: NDArray[np.intp]) -> tuple[tuple[Any, int], ...]:
    top = np.argsort(-counts, kind="stable")[:MOST_FREQUENT]
    shown = column.kind is Kind.TEXT
    return tuple(
        (column.shown(int(rows[at]), _LONGEST) if shown else column.value(int(rows[at])), int(counts[at])) for at in top
    )


def _exact_sum(values: NDArray[Any]) -> int:
    """Sum int64 without overflow: the high and the low halves apart."""
    whole = values.astype(np.int64)
    return (int((whole >> 32).sum()) << 32) + int((whole & 0xFFFFFFFF).sum())
