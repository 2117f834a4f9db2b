"""Picks the features of a view that need a label, the most important first: bounded work for any number."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.vector.columns import Attributes, Column, Kind
from layers.vector.drawing.content import VectorContent
from layers.vector.style.template import MOST_CHARS, template_of
from layers.vector.table import FeatureTable

type Floats = NDArray[np.float64]

MOST_POINTS = 1500
"""Most points in a view of which labels keep clear."""
MOST_LABELS = 180
"""Most labels that fit a picture."""
_TOP = 4096
"""Number of the most important features of the whole layer that are tried before the view is searched."""
_MIX = np.uint64(0x9E3779B97F4A7C15)


class LabelledFeature(Struct, frozen=True):
    """`parts` are its pieces in canvas CRS units."""

    fid: int
    text: str
    kind: int
    class_index: int
    parts: tuple[Floats, ...]


class LabelSource(Struct, frozen=True, eq=False):
    """The features of one layer in order of importance. It equals only itself, so that it can be part of a key."""

    content: VectorContent
    attributes: Attributes
    rows: tuple[NDArray[np.intp], ...]
    """Rows of the features' attributes, an array for each table; -1 where a feature has none."""
    ranks: tuple[NDArray[np.uint64], ...]
    """Ranks of the features, an array for each table; the smallest is the most important."""
    top: tuple[NDArray[np.intp], ...]
    """The most important rows of the layer, an array for each table."""
    is_all_top: bool
    text: str

    @classmethod
    def of(cls, content: VectorContent, attributes: Attributes, text: str, priority: str = "") -> LabelSource:
        """Takes tens of milliseconds for a hundred thousand features: make it in a job."""
        rows = tuple(rows_for(attributes, table.fid) for table in content.tables)
        weight = _weights(attributes, priority)
        ranks = tuple(_ranks(table.fid, row, weight) for table, row in zip(content.tables, rows, strict=True))
        top, is_all = _top_rows(content, ranks)
        return cls(content, attributes, rows, ranks, top, is_all, text)

    def within(self, bounds: Bounds, most: int = MOST_LABELS) -> list[LabelledFeature]:
        """The `most` important features with a text that touch world bounds, each fid once."""
        candidates = self._candidates(bounds, 2 * most)
        template, seen, chosen = template_of(self.text), set[int](), list[LabelledFeature]()
        for _, index, row in candidates:
            table = self.content.tables[index]
            fid, place = int(table.fids_of(np.array([row]))[0]), int(self.rows[index][row])
            class_index = self._class_of(table, row)
            if fid in seen or place < 0 or self.content.symbols[class_index] is None:
                continue
            columns = self.attributes.columns
            text = template.text({name: _value(columns[name], place) for name in template.columns if name in columns})
            if text:
                seen.add(fid)
                chosen.append(LabelledFeature(fid, text, int(table.kind[row]), class_index, _parts(table, row)))
            if len(chosen) >= most:
                break
        return chosen

    def points_within(self, bounds: Bounds) -> tuple[Floats, NDArray[np.uint16]]:
        """(n, 2) world places of points that touch the bounds and (n,) their classes, where they are not more than
        `MOST_POINTS`; else none.
        """
        places: list[Floats] = [np.empty((0, 2))]
        classes = [np.empty(0, np.uint16)]
        for table in self.content.tables:
            if table.is_single:
                rows = self.content.rows_in(table, bounds)
                codes = self.content.codes_of(table, rows)
                places.append(np.asarray(table.xy[rows] * table.step + (table.origin_x, table.origin_y), np.float64))
                classes.append(np.zeros(len(rows), np.uint16) if codes is None else codes)
        if sum(map(len, classes)) > MOST_POINTS:
            return places[0], classes[0]
        return np.concatenate(places), np.concatenate(classes)

    def _class_of(self, table: FeatureTable, row: int) -> int:
        codes = self.content.codes_of(table, np.array([row]))
        return 0 if codes is None else int(codes[0])

    def _candidates(self, bounds: Bounds, most: int) -> list[tuple[int, int, int]]:
        """(rank, table, row), the most important first. The top of the layer is enough where it fills the view."""
        candidates: list[tuple[int, int, int]] = []
        for rows_of in (self._top_in, self._all_in):
            candidates = []
            for index in range(len(self.content.tables)):
                rows = rows_of(index, bounds)
                ranks = self.ranks[index][rows]
                if len(rows) > most:
                    nearest = np.argpartition(ranks, most)[:most]
                    rows, ranks = rows[nearest], ranks[nearest]
                candidates += zip(ranks.tolist(), [index] * len(rows), rows.tolist(), strict=True)
            if len(candidates) >= most or self.is_all_top:
                break
        candidates.sort()
        return candidates[:most]

    def _top_in(self, index: int, bounds: Bounds) -> NDArray[Any]:
        table, rows = self.content.tables[index], self.top[index]
        if not len(rows):
            return rows
        left, bottom, right, top = table.to_steps(bounds)
        if table.is_single:
            x, y = table.xy[rows, 0], table.xy[rows, 1]
            return rows[(x >= left) & (x <= right) & (y >= bottom) & (y <= top)]
        box = table.bounds[rows]
        return rows[(box[:, 0] <= right) & (box[:, 2] >= left) & (box[:, 1] <= top) & (box[:, 3] >= bottom)]

    def _all_in(self, index: int, bounds: Bounds) -> NDArray[Any]:
        return self.content.rows_in(self.content.tables[index], bounds)


def _value(column: Column, row: int) -> Any:
    """Return a cell; a long text is cut to what a label can show."""
    return column.shown(row, 2 * MOST_CHARS) if column.kind is Kind.TEXT else column.value(row)


def rows_for(attributes: Attributes, fids: NDArray[Any]) -> NDArray[np.intp]:
    """The row of each fid in the attributes, -1 where there is none."""
    known = attributes.fids
    if not len(known) or not len(fids):
        return np.full(len(fids), -1, dtype=np.intp)
    order = np.arange(len(known)) if bool((known[1:] > known[:-1]).all()) else np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known, fids, sorter=order), len(known) - 1)
    rows = order[at].astype(np.intp)
    rows[known[rows] != fids] = -1
    return rows


def _weights(attributes: Attributes, priority: str) -> NDArray[np.float64] | None:
    column = attributes.columns.get(priority) if priority else None
    if column is None or not column.kind.is_number:
        return None
    weight = column.values.astype(np.float64)
    return np.where(column.filled() & np.isfinite(weight), weight, -np.inf)


def _ranks(fids: NDArray[Any], rows: NDArray[np.intp], weight: NDArray[np.float64] | None) -> NDArray[np.uint64]:
    """Rank features by weight, the greatest first; without a weight, or with equal ones, in an order that spreads over
    the map.
    """
    mixed = (fids.astype(np.int64).view(np.uint64) + np.uint64(1)) * _MIX
    mixed ^= mixed >> np.uint64(32)
    if weight is None:
        return mixed
    own = np.where(rows >= 0, weight[np.maximum(rows, 0)], -np.inf).astype(np.float32)
    # The bits of a float, put in order: its sign turns them, the greatest becomes the smallest.
    bits = own.view(np.uint32).astype(np.uint64)
    ordered = np.where(bits >> np.uint64(31), bits, np.uint64(0x7FFFFFFF) - bits)
    return (ordered << np.uint64(32)) | (mixed & np.uint64(0xFFFFFFFF))


def _top_rows(content: VectorContent, ranks: Sequence[NDArray[np.uint64]]) -> tuple[tuple[NDArray[np.intp], ...], bool]:
    """The most important rows of each table, and whether they are all that a filter lets pass."""
    shown = [_shown(content, table) for table in content.tables]
    if sum(map(len, shown)) <= _TOP:
        return tuple(shown), True
    among = np.concatenate([rank[rows] for rank, rows in zip(ranks, shown, strict=True)])
    limit = np.partition(among, _TOP)[_TOP]
    return tuple(rows[rank[rows] < limit] for rank, rows in zip(ranks, shown, strict=True)), False


def _shown(content: VectorContent, table: FeatureTable) -> NDArray[np.intp]:
    """The rows that a filter lets pass."""
    return np.arange(len(table), dtype=np.intp) if content.shown is None else table.rows_of(content.shown)


def _parts(table: FeatureTable, row: int) -> tuple[Floats, ...]:
    origin = np.array([table.origin_x, table.origin_y])
    if table.is_single:
        return (table.xy[row : row + 1] * table.step + origin,)
    first, last = int(table.part_of[row]), int(table.part_of[row + 1])
    starts = table.start_of[first : last + 1].tolist()
    return tuple(table.xy[a:b] * table.step + origin for a, b in pairwise(starts))
