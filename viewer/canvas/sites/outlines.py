"""The projected outline of one geometry: its parts in columns, thinned to those that a picture can tell apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.vector.drawing.strokes import Legs, clipped

Floats = NDArray[np.float64]
MOST_PARTS = 3000
"""Most parts in view that are all drawn. Of more, small ones are drawn as dots, or one for all at the same place."""
MOST_VERTICES = 20_000
"""Most vertices of a line in view. Of more, those within half a pixel of the one before are left out, then others."""
_FEW_PARTS, _FEW_VERTICES = 16, 2000
"""Numbers of parts and of vertices that are few enough to handle whole."""
_COARSEST_PX, _DOT_PX = 8.0, 3.0
"""Largest cell in which vertices are thinned out, and extent of a part below which it is a dot."""
_MOST_INK, _PIECE_VERTICES, _AROUND_PX = 2.0, 100, 200.0
"""Times that lines may cover a picture that is no scribble; vertices of a piece; margin round a picture."""


class WorldPart(NamedTuple):
    """One line, or one polygon with its holes, in world coordinates: arrays (n, 2)."""

    rings: tuple[Floats, ...]
    is_polygon: bool


class Outline(Struct, frozen=True, eq=False):
    """Part i has the rings ``first_ring[i]:first_ring[i + 1]``, ring j begins at ``places[first_place[j]]``."""

    places: Floats
    first_place: NDArray[np.int64]
    """(rings + 1,) Index of the first place of each ring."""
    first_ring: NDArray[np.int64]
    """(parts + 1,) Index of the first ring of each part."""
    is_polygon: NDArray[np.bool_]
    boxes: Floats
    """(parts, 4) Boxes of the parts: left, bottom, right, top."""
    source: NDArray[np.intp]
    """(parts,) Number of the part of the geometry that each part is, or was cut from."""
    bounds: Bounds | None
    """Bounds of all parts of the geometry, also where this outline holds only some of them."""
    largest: Bounds | None
    """Box of the largest of all parts."""
    _made: list[tuple[WorldPart, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, parts: Iterable[tuple[int, WorldPart]]) -> Outline:
        """Make an outline of parts, each with the number of its part of the geometry."""
        numbered_parts = list(parts)
        rings = [ring for _, part in numbered_parts for ring in part.rings]
        if not rings:
            return NOTHING
        places = np.concatenate(rings)
        first_place = _firsts([len(ring) for ring in rings])
        first_ring = _firsts([len(part.rings) for _, part in numbered_parts])
        begins = first_place[first_ring[:-1]]
        boxes = np.column_stack([np.minimum.reduceat(places, begins), np.maximum.reduceat(places, begins)])
        sizes = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        return cls(
            places,
            first_place,
            first_ring,
            np.array([part.is_polygon for _, part in numbered_parts]),
            boxes,
            np.array([number for number, _ in numbered_parts]),
            Bounds.of_points(places[:, 0], places[:, 1]),
            Bounds(*boxes[int(np.argmax(sizes))].tolist()),
        )

    @classmethod
    def of_rings(
        cls, places: Floats, first_place: NDArray[np.int64], part: NDArray[np.intp], is_polygon: NDArray[np.bool_]
    ) -> Outline:
        """Make an outline of rings one after the other, each with its part's number; those of a part side by side."""
        if not len(part):
            return NOTHING
        first_ring = np.flatnonzero(np.diff(np.concatenate([[-1], part, [-1]])))
        begins = first_place[first_ring[:-1]]
        boxes = np.column_stack([np.minimum.reduceat(places, begins), np.maximum.reduceat(places, begins)])
        sizes = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        source = part[first_ring[:-1]]
        return cls(
            places,
            first_place,
            first_ring,
            is_polygon[source],
            boxes,
            source,
            Bounds.of_points(places[:, 0], places[:, 1]),
            Bounds(*boxes[int(np.argmax(sizes))].tolist()),
        )

    @classmethod
    def joined(cls, outline: Outline, other: Outline) -> Outline:
        """Join two outlines of parts of the same geometry."""
        if not len(outline) or not len(other):
            return outline if len(outline) else other
        assert outline.bounds is not None
        assert other.bounds is not None
        both = [bounds for bounds in (outline.largest, other.largest) if bounds is not None]
        return cls(
            np.concatenate([outline.places, other.places]),
            np.concatenate([outline.first_place, other.first_place[1:] + outline.first_place[-1]]),
            np.concatenate([outline.first_ring, other.first_ring[1:] + outline.first_ring[-1]]),
            np.concatenate([outline.is_polygon, other.is_polygon]),
            np.concatenate([outline.boxes, other.boxes]),
            np.concatenate([outline.source, other.source]),
            outline.bounds.union(other.bounds),
            max(both, key=lambda bounds: bounds.width * bounds.height),
        )

    def __len__(self) -> int:
        return len(self.is_polygon)

    @property
    def parts(self) -> tuple[WorldPart, ...]:
        if not self._made:
            rings = [
                self.places[start:end] for start, end in zip(self.first_place[:-1], self.first_place[1:], strict=True)
            ]
            spans = zip(self.first_ring[:-1], self.first_ring[1:], self.is_polygon.tolist(), strict=True)
            self._made.append(tuple(WorldPart(tuple(rings[start:end]), is_polygon) for start, end, is_polygon in spans))
        return self._made[0]

    def near(self, around: Bounds) -> Outline:
        """The parts whose boxes touch these bounds."""
        if len(self) <= _FEW_PARTS:
            return self
        left, bottom, right, top = self.boxes.T
        seen = (right >= around.left) & (left <= around.right) & (top >= around.bottom) & (bottom <= around.top)
        return self if seen.all() else self.taken(np.flatnonzero(seen))

    def dots(self, resolution: float) -> tuple[Outline, Floats]:
        """The parts larger than a few pixels, and the middles (n, 2) of the smaller ones; all parts where there are
        few.
        """
        if len(self) <= MOST_PARTS:
            return self, np.zeros((0, 2))
        sizes = np.maximum(self.boxes[:, 2] - self.boxes[:, 0], self.boxes[:, 3] - self.boxes[:, 1])
        is_dot = sizes < _DOT_PX * resolution
        middles = (self.boxes[is_dot, :2] + self.boxes[is_dot, 2:]) / 2
        return self.taken(np.flatnonzero(~is_dot)).shown(resolution), middles

    def shown(self, resolution: float, most: int = MOST_PARTS) -> Outline:
        """The parts, `most` of them at most, that a picture of `resolution` world units a pixel can tell apart.

        Of small parts one is kept in each cell of one pixel, of two, of four, until they are few enough. The cells stay
        at their places when the map pans.
        """
        if len(self) <= most:
            return self
        sizes = np.maximum(self.boxes[:, 2] - self.boxes[:, 0], self.boxes[:, 3] - self.boxes[:, 1]) / resolution
        middles = (self.boxes[:, :2] + self.boxes[:, 2:]) / (2 * resolution)
        order = np.argsort(-sizes, kind="stable")
        chosen, cell = order, 1.0
        while len(chosen) > most and cell <= 64.0:
            small = sizes[order] < cell
            column, row = np.floor(middles[order[small]] / cell).astype(np.int64).T
            _, first = np.unique((row << 32) + column, return_index=True)
            chosen, cell = np.concatenate([order[~small], order[small][np.sort(first)]]), cell * 2
        return self.taken(np.sort(chosen[:most]))

    def taken(self, parts: NDArray[np.intp]) -> Outline:
        """Some of the parts, in the order of the indexes."""
        rings, first_ring = _spread(self.first_ring, parts)
        places, first_place = _spread(self.first_place, rings)
        return replace(
            self,
            places=self.places[places],
            first_place=first_place,
            first_ring=first_ring,
            is_polygon=self.is_polygon[parts],
            boxes=self.boxes[parts],
            source=self.source[parts],
            _made=[],
        )


_NONE = np.zeros(0, np.int64)
_ONE = np.zeros(1, np.int64)
NOTHING = Outline(np.zeros((0, 2)), _ONE, _ONE, np.zeros(0, bool), np.zeros((0, 4)), _NONE, None, None)


def fewer_vertices(points: Floats) -> Floats:
    """Thin out a line of very many vertices, in pixels, to about MOST_VERTICES; its ends stay.

    A vertex in the same cell as the one before is left out: cells of half a pixel, then one, two, four. If that is not
    enough, every n-th of the rest is kept.
    """
    cell, thinned = 0.5, points
    while len(thinned) > (MOST_VERTICES if cell > 0.5 else _FEW_VERTICES) and cell <= _COARSEST_PX:
        cells = np.floor(points / cell)
        kept = np.append((cells[1:] != cells[:-1]).any(axis=1), True)
        kept[0] = True
        thinned, cell = points[kept], cell * 2
    if len(thinned) > MOST_VERTICES:
        thinned = np.concatenate([thinned[: -1 : -(-len(thinned) // MOST_VERTICES)], thinned[-1:]])
    return thinned


type StrokedLines = list[tuple[Floats, float]]
"""Lines in pixels, each with its distance along the whole line."""


def strokes_of(
    lines: Sequence[tuple[Floats, float]], width: int, height: int, pen_px: float
) -> tuple[StrokedLines, bool]:
    """Lines as they are stroked on a picture of that size, and True where they are a scribble, whose dashes would not
    show.

    A long line comes in pieces, as Qt takes many times as long for one path of very many vertices. Lines are a scribble
    where pens `pen_px` wide together would cover the picture twice: only every second, third, ... leg of it is drawn.
    """
    shown = [(fewer_vertices(points), start) for points, start in lines]
    if sum(len(points) for points, _ in shown) <= _FEW_VERTICES:
        return shown, False
    along = [
        start + np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))]) for points, start in shown
    ]
    x0, y0 = np.concatenate([points[:-1] for points, _ in shown]).T
    x1, y1 = np.concatenate([points[1:] for points, _ in shown]).T
    legs = Legs(x0, y0, x1, y1, np.concatenate([far[:-1] for far in along]))
    inside = clipped(legs, (-_AROUND_PX, -_AROUND_PX, width + _AROUND_PX, height + _AROUND_PX))
    length_px = float(np.hypot(inside.x1 - inside.x0, inside.y1 - inside.y0).sum())
    step = math.ceil(length_px * pen_px / (width * height * _MOST_INK))
    if step > 1:
        assert inside.along is not None
        ends = np.stack([inside.x0, inside.y0, inside.x1, inside.y1], axis=1)[::step].reshape(-1, 2, 2)
        return list(zip(ends, inside.along[::step].tolist(), strict=True)), True
    pieces: StrokedLines = []
    for (points, _), far in zip(shown, along, strict=True):
        firsts = range(0, len(points) - 1, _PIECE_VERTICES)
        pieces += [(points[first : first + _PIECE_VERTICES + 1], float(far[first])) for first in firsts]
    return pieces, False


def _firsts(counts: list[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _spread(firsts: NDArray[np.int64], chosen: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(items of the chosen ones, index at which each of these begins)."""
    counts = np.diff(firsts)[chosen]
    starts = np.concatenate([[0], np.cumsum(counts)])
    return np.repeat(firsts[:-1][chosen] - starts[:-1], counts) + np.arange(int(starts[-1])), starts
