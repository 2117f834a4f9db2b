"""The content of a vector layer on a canvas: its features, the filter of those shown, and the symbol of each."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.vector.style.symbol import Symbol
from layers.vector.table import FeatureTable

_LARGE_SHARE = 8
"""Number of features of which one in view is a large share."""


class FeatureClasses(Struct, frozen=True, eq=False):
    """The class of each feature: an index into the symbols of a content. Missing features have the last symbol."""

    fids: NDArray[np.int64]
    """Fids of the features, ascending."""
    codes: NDArray[np.uint16]

    def has_others(self, other: int, features: int) -> bool:
        """True where any of this many features is in no class (`other`)."""
        return len(self.fids) < features or bool((self.codes == other).any())

    def codes_of(self, fids: NDArray[np.int64], other: int) -> NDArray[np.uint16]:
        """The classes of some features; `other` where none is known."""
        if not len(self.fids):
            return np.full(len(fids), other, np.uint16)
        at = np.minimum(np.searchsorted(self.fids, fids), len(self.fids) - 1)
        codes = np.minimum(self.codes[at], np.uint16(other))  # they may be those of a style of more classes
        return np.where(self.fids[at] == fids, codes, np.uint16(other)).astype(np.uint16)


class VectorContent(Struct, frozen=True, eq=False):
    """The content of a layer as a frozen value: a change makes a new one. Safe to use on several threads."""

    tables: tuple[FeatureTable, ...] = ()
    """Tables in painting order."""
    symbols: tuple[Symbol | None, ...] = (Symbol(),)
    """Symbols by class, the last for those in no class; None is not painted. Without `classes` all have the first."""
    classes: FeatureClasses | None = None
    shown: NDArray[np.int64] | None = None
    """Ascending fids of a filter; None shows everything."""
    _known: dict[tuple[str, int], NDArray[Any]] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        """True where all facts about single features are computed."""
        needed = [] if self.shown is None else ["shown"]
        needed += [] if self.classes is None or not len(self.classes.fids) else ["codes"]
        return all((name, id(table)) in self._known for name in needed for table in self.tables)

    def prepared(self) -> VectorContent:
        """The content itself, once all facts about single features are computed: for a job."""
        for table in self.tables:
            _ = table.index
            if self.shown is not None:
                self._mask(table)
            if self.classes is not None:
                self._codes(table)
        return self

    def rows_in(self, table: FeatureTable, bounds: Bounds) -> NDArray[np.int32]:
        """Rows that are shown and touch world bounds, ascending."""
        rows = table.rows_in(bounds)
        if self.shown is None or not rows.size:
            return rows
        return rows[self._mask(table)[rows]]

    def codes_of(self, table: FeatureTable, rows: NDArray[Any]) -> NDArray[np.uint16] | None:
        """The class of each of these rows; None: all have the first symbol."""
        return None if self.classes is None else self._codes(table)[rows]

    def count_near(self, bounds: Bounds) -> int:
        """Return an upper limit of how many features touch world bounds, quickly; filters are ignored."""
        return sum(table.index.count_near(table.to_steps(bounds)) for table in self.tables)

    def is_largely_in(self, bounds: Bounds) -> bool:
        """True where so much of it lies in world bounds that it pays to simplify all of it."""
        return _LARGE_SHARE * self.count_near(bounds) >= sum(len(table) for table in self.tables)

    def world_bounds(self) -> Bounds | None:
        """Bounds of all features, in canvas CRS units."""
        whole = None
        for table in self.tables:
            bounds = table.world_bounds()
            if bounds is not None:
                whole = bounds if whole is None else whole.union(bounds)
        return whole

    def _mask(self, table: FeatureTable) -> NDArray[np.bool_]:
        mask = self._known.get(("shown", id(table)))
        if mask is None:
            mask = np.zeros(len(table), bool)
            if self.shown is not None:
                mask[table.rows_of(self.shown)] = True
            self._known["shown", id(table)] = mask
        return mask

    def _codes(self, table: FeatureTable) -> NDArray[np.uint16]:
        codes = self._known.get(("codes", id(table)))
        if codes is None:
            other = len(self.symbols) - 1
            empty = self.classes is None or not len(self.classes.fids)
            codes = np.broadcast_to(np.uint16(other), len(table)) if empty else self.classes.codes_of(table.fid, other)  # type: ignore[union-attr]
            self._known["codes", id(table)] = codes
        return codes
