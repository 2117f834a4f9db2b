"""Finds text anywhere in a table: each column's cells are kept as lower-case bytes, and a search is one pass."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from layers.formula.budget import Budget
from layers.vector.columns import Column, Kind
from layers.vector.texts import PIECE_BYTES, CancelToken, Texts, never_cancelled

FEW_OF = 3
"""Number of cells of which fewer than one beginning of a needle makes it less work to check these one by one."""
_CELLS_A_PIECE = 20_000
_SEPARATOR = 0xFF
"""A byte that no UTF-8 contains."""


class Haystack(Struct, frozen=True, eq=False):
    """A column's cells folded, end to end, with a separator after each; `codes` as in its column."""

    data: bytes
    starts: NDArray[np.integer]
    """(n,)"""
    codes: NDArray[np.unsignedinteger] | None
    valid: NDArray[np.bool_] | None

    @classmethod
    def of(cls, column: Column, cancel_token: CancelToken = never_cancelled, *, folds: bool = True) -> Haystack:
        """Fold the cells of a column; with `folds` False they stay as they are. `cancel_token` is called between
        pieces of work, and raises to cancel.
        """
        texts, codes = (column.texts, column.codes) if column.kind is Kind.TEXT else _written(column, cancel_token)
        cancel_token()
        folded = texts.folded(cancel_token) if folds else texts
        starts = folded.starts[:-1].astype(np.int64) + np.arange(len(folded))
        parts = []
        for first, last in folded.pieces():
            cancel_token()
            parts.append(_separated(folded, first, last))
        data = b"".join(parts)
        return cls(data, starts.astype(np.int32 if len(data) < 2**31 else np.int64), codes, column.valid)

    @property
    def nbytes(self) -> int:
        return len(self.data) + self.starts.nbytes + (self.codes.nbytes if self.codes is not None else 0)

    def rows_with(self, needle: bytes, budget: Budget | None = None) -> NDArray[np.bool_]:
        """(n,) True where a cell holds the bytes; NULL holds none. Raises InvalidValue where that is too much work."""
        rows = len(self.starts) if self.codes is None else len(self.codes)
        if not needle:
            return np.ones(rows, bool)
        matches = self._cells_with(needle, budget or Budget())
        if self.codes is not None:
            matches = matches[self.codes]
        if self.valid is not None:
            matches &= self.valid
        return matches

    def _cells_with(self, needle: bytes, budget: Budget) -> NDArray[np.bool_]:
        """(cells,) piece by piece, each of whole cells."""
        data, ends = np.frombuffer(self.data, np.uint8), np.append(self.starts, len(self.data))
        matches, first = np.zeros(len(self.starts), bool), 0
        while first < len(self.starts):
            full = int(np.searchsorted(ends, ends[first] + PIECE_BYTES, side="right")) - 1
            last = max(first + 1, full)
            budget.begin(int(ends[last] - ends[first]))
            piece, cells = data[ends[first] : ends[last]], self.starts[first:last] - self.starts[first]
            hits = piece == needle[0]
            if len(needle) > 1:
                hits[:-1] &= piece[1:] == needle[1]  # its end is a separator, which is no byte of it
            if np.count_nonzero(hits) * FEW_OF < last - first:
                at = np.flatnonzero(hits)
                for offset, byte in enumerate(needle[2:], start=2):
                    if not len(at):
                        break
                    budget.spend(len(at))
                    at = at[piece.take(at + offset, mode="clip") == byte]
                matches[first + np.searchsorted(cells, at.astype(cells.dtype), side="right") - 1] = True
            else:  # no step asks how many hits there are
                for offset, byte in enumerate(needle[2:], start=2):
                    if offset >= len(piece):
                        hits[:] = False
                        break
                    budget.spend(len(piece))
                    hits[:-offset] &= piece[offset:] == byte
                matches[first:last] = np.logical_or.reduceat(hits, cells)
            first = last
        return matches


class QuickSearch(Struct, eq=False):
    """Keeps the haystacks of a table's columns, made when they are first searched; thread-safe."""

    columns: Mapping[str, Column]
    _made: dict[str, Haystack] = field(default_factory=dict)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self, cancel_token: CancelToken = never_cancelled) -> None:
        """Make all haystacks now."""
        for name in self.columns:
            self._haystack(name, cancel_token)

    def mask(self, text: str, budget: Budget | None = None) -> NDArray[np.bool_]:
        """(n,) True where every word of `text` stands in some column, in any case.

        Raises InvalidValue where the text is too long to be looked for.
        """
        budget = budget or Budget()
        rows = len(next(iter(self.columns.values()))) if self.columns else 0
        matches = np.ones(rows, bool)
        for word in dict.fromkeys(text.casefold().split()):
            needle = word.encode("utf-8", "replace")
            holds = np.zeros(rows, bool)
            for name in self.columns:
                holds |= self._haystack(name, budget.cancel_token).rows_with(needle, budget)
            matches &= holds
        return matches

    def _haystack(self, name: str, cancel_token: CancelToken) -> Haystack:
        with self._making:
            if name not in self._made:
                self._made[name] = Haystack.of(self.columns[name], cancel_token)
            return self._made[name]


def _separated(texts: Texts, first: int, last: int) -> bytes:
    """These texts with a separator after each."""
    low, high = int(texts.starts[first]), int(texts.starts[last])
    data = np.full(high - low + last - first, _SEPARATOR, np.uint8)
    data[np.arange(high - low) + np.repeat(np.arange(last - first), texts.lengths()[first:last])] = texts.data[low:high]
    return data.tobytes()


def _written(column: Column, cancel_token: CancelToken) -> tuple[Texts, NDArray[np.unsignedinteger] | None]:
    """Numbers and dates as the table shows them; each distinct one is written once."""
    distinct, codes = np.unique(column.values, return_inverse=True)
    few = Column(column.name, column.kind, distinct, zone=column.zone, rows=len(distinct))
    if column.kind is Kind.INTEGER:
        return _written_integers(distinct, cancel_token), codes.astype(np.uint32)
    parts = []
    for first in range(0, len(distinct), _CELLS_A_PIECE):
        cancel_token()
        parts.append(Texts.of(few.shown(row) for row in range(first, min(first + _CELLS_A_PIECE, len(distinct)))))
    return (Texts.joined(parts) if parts else Texts.of(())), codes.astype(np.uint32)


def _written_integers(values: NDArray[np.int64], cancel_token: CancelToken) -> Texts:
    parts = []
    for first in range(0, len(values), _CELLS_A_PIECE):
        cancel_token()
        wide = values[first : first + _CELLS_A_PIECE].astype("S21")
        grid = wide.view(np.uint8).reshape(len(wide), -1)
        filled = grid != 0
        parts.append(Texts.of_starts(grid[filled], np.concatenate(([0], np.cumsum(filled.sum(axis=1))))))
    return Texts.joined(parts) if parts else Texts.of(())
