"""Labels where lines meet the frame's edge: they overlap nothing that has to be seen, nor each other, and are never
cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from layers.geo.coordinates.utm_mgrs import write_mgrs
from layers.geo.crs import WGS84, transform_points
from layers.grid.graticules.grid_line import EdgeLabel, GridLine, Side, TakenBox
from layers.grid.tile_grid import View

type SizeOf = Callable[[str], tuple[float, float]]
"""Width and height of a text in pixels."""

GAP_PX = 4.0
"""Distance between two labels, and between a label and the edge, in logical pixels."""
_NEAR_EDGE_PX = 6.0
"""Distance from the frame's edge within which a line that ends, as at the edge of a zone, has its label there."""
_STEEPEST = math.sin(math.radians(40))
"""Sine of the flattest angle at which a line that meets the edge has a label: flatter, it is unclear whose it is."""
_MOST_THINNED = 7


class _End(NamedTuple):
    line: GridLine
    side: Side
    x: float
    y: float


def edge_labels(
    view: View,
    lines: Iterable[GridLine],
    size_of: SizeOf,
    sides: Sequence[Side],
    outside: bool,
    avoid: Sequence[TakenBox] = (),
) -> list[EdgeLabel]:
    """The labels, on each side the lines' of one kind thinned alike: every second, every fourth and so on."""
    families: dict[tuple[Side, str], list[EdgeLabel]] = {}
    ranks: dict[EdgeLabel, int] = {}
    for end in _ends(view, lines):
        if end.side in sides:
            label = _label(view, end, size_of, outside)
            if label is not None:
                families.setdefault((end.side, end.line.kind), []).append(label)
                ranks[label] = end.line.rank
    thinned = [label for family in families.values() for label in _thinned(family, ranks, view.ratio)]
    thinned.sort(key=lambda label: (-ranks[label], sides.index(label.side), label.at))
    kept: list[EdgeLabel] = []
    boxes = list(avoid)
    for label in thinned:
        if not any(label.box.meets(other, GAP_PX * view.ratio) for other in boxes):
            kept.append(label)
            boxes.append(label.box)
    return kept


def _ends(view: View, lines: Iterable[GridLine]) -> Iterator[_End]:
    for line in lines:
        for piece in line.pieces if line.text else ():
            for tip, inner in ((piece[0], piece[1]), (piece[-1], piece[-2])):
                x, y = float(tip[0]), float(tip[1])
                side = _side(view, x, y)
                if side is None:
                    continue
                dx, dy = float(tip[0] - inner[0]), float(tip[1] - inner[1])
                across = abs(dx) if side in ("left", "right") else abs(dy)
                if across >= _STEEPEST * math.hypot(dx, dy):
                    yield _End(line, side, x, y)


def _side(view: View, x: float, y: float) -> Side | None:
    away: dict[Side, float] = {"bottom": view.height - y, "top": y, "left": x, "right": view.width - x}
    nearest = min(away, key=lambda side: away[side])
    return nearest if away[nearest] <= _NEAR_EDGE_PX * view.ratio else None


def _label(view: View, end: _End, size_of: SizeOf, outside: bool) -> EdgeLabel | None:
    """Place the label of a line's end; None where it would reach beyond a corner of the frame."""
    line, side, at = end.line, end.side, (end.x, end.y)
    text = _square_text(view, line, at) if line.zone and line.crs and line.text.isdigit() else line.text
    if not text:
        return None
    width, height = size_of(text)
    gap = GAP_PX * view.ratio
    if side in ("top", "bottom"):
        left = end.x - width / 2
        is_above = (side == "top") == outside
        top = end.y - gap - height if is_above else end.y + gap
        is_whole = left >= 0 and left + width <= view.width
    else:
        top = end.y - height / 2
        is_before = (side == "left") == outside
        left = end.x - gap - width if is_before else end.x + gap
        is_whole = top >= 0 and top + height <= view.height
    return EdgeLabel(text, side, left, top, width, height, at, line.value, line.kind) if is_whole else None


def _square_text(view: View, line: GridLine, at: tuple[float, float]) -> str:
    """The letters of the square on the upper side of the line, then its digits: "DC 54"."""
    lon, lat = transform_points(view.grid.crs, WGS84, [view.to_world(*at)[0]], [view.to_world(*at)[1]])
    x, y = transform_points(WGS84, line.crs, lon, lat)
    easting, northing = float(x[0]), float(y[0])
    if not (math.isfinite(easting) and math.isfinite(northing)):
        return ""
    if line.kind == "easting":
        easting = line.value + 0.5
    else:
        northing = line.value + 0.5
    lon, lat = transform_points(line.crs, WGS84, [easting], [northing])
    if not math.isfinite(float(lon[0])):
        return ""
    square = write_mgrs(float(lon[0]), float(lat[0]), 0)
    zone, letters = square[:-2].strip(), square[-2:]
    return f"{letters} {line.text}" if zone == line.zone else ""


def _thinned(family: Sequence[EdgeLabel], ranks: dict[EdgeLabel, int], ratio: float) -> list[EdgeLabel]:
    for least in range(_MOST_THINNED):
        kept = [label for label in family if ranks[label] >= least]
        if not _any_meet(kept, GAP_PX * ratio):
            return kept
    return kept


def _any_meet(labels: Sequence[EdgeLabel], gap: float) -> bool:
    order = sorted(labels, key=lambda label: label.at)
    return any(label.box.meets(other.box, gap) for label, other in pairwise(order))
