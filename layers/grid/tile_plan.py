"""Decides which display tiles a view shows, wants and keeps, as one pure function: no I/O, no clock, no state."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View

COARSE_LEVEL = 3
"""The one coarse level: a tile of it covers 8 x 8 exact ones, so that one read covers a whole screen."""

COARSE_PAYS = 12
"""Fewest missing exact tiles for which a coarse tile is worth its read: the strip of a pan has fewer."""


class PixelBounds(NamedTuple):
    """A rectangle in a grid's level 0 pixels, y downwards, edges included."""

    left: float
    top: float
    right: float
    bottom: float


class Plan(NamedTuple):
    """`show` in painting order (coarse, then exact), `want` best first, `keep`: tiles that no cache should drop now."""

    show: tuple[TileKey, ...]
    want: tuple[TileKey, ...]
    keep: frozenset[TileKey]


def plan_tiles(
    view: View,
    have: Callable[[TileKey], bool],
    cursor: tuple[float, float] | None = None,
    within: PixelBounds | None = None,
    coarse: bool = True,
) -> Plan:
    """Plans the tiles to draw now, to fetch next and to keep for `view`.

    `have` tells which tiles are at hand; `cursor` is in picture pixels (None: the middle); `within` is where the layer
    has data at all (None: everywhere); without `coarse` only exact tiles are planned.
    """
    exact = list(tiles_in(view, within))
    missing = [key for key in exact if not have(key)]
    covers = dict.fromkeys(_coarse_of(key) for key in exact) if coarse else {}
    under: dict[TileKey, int] = {}
    for key in missing:
        over = _coarse_of(key)
        under[over] = under.get(over, 0) + 1
    show_coarse = [key for key in covers if key in under and have(key)]
    want_coarse = [key for key in covers if under.get(key, 0) > COARSE_PAYS and not have(key)]
    lacking = set(missing)
    show = (*show_coarse, *(key for key in exact if key not in lacking))
    px, py = cursor if cursor is not None else (view.width / 2, view.height / 2)
    px, py = px + view.left, py + view.top

    def distance(key: TileKey) -> float:
        size = TILE_PX * 2.0**key.level
        return (size * (key.col + 0.5) - px) ** 2 + (size * (key.row + 0.5) - py) ** 2

    want = (*sorted(want_coarse, key=distance), *sorted(missing, key=distance))
    return Plan(show, want, frozenset((*exact, *covers)))


def tiles_in(view: View, within: PixelBounds | None = None) -> Iterator[TileKey]:
    """The exact tiles of a view that lie where the layer has data, row by row."""
    left, top, right, bottom = view.left, view.top, view.left + view.width, view.top + view.height
    if within is not None:
        left, top = max(left, math.floor(within.left)), max(top, math.floor(within.top))
        right, bottom = min(right, math.ceil(within.right)), min(bottom, math.ceil(within.bottom))
    if left >= right or top >= bottom:
        return
    for row in range(top // TILE_PX, (bottom - 1) // TILE_PX + 1):
        for col in range(left // TILE_PX, (right - 1) // TILE_PX + 1):
            yield TileKey(0, col, row)


def tiles_around(view: View, within: PixelBounds | None = None) -> list[TileKey]:
    """The ring of exact tiles just outside a view, where the layer has data; the nearest to its middle first."""
    seen = set(tiles_in(view))
    wider = View(
        view.grid, view.left - TILE_PX, view.top - TILE_PX, view.width + 2 * TILE_PX, view.height + 2 * TILE_PX
    )
    px, py = view.left + view.width / 2, view.top + view.height / 2

    def distance(key: TileKey) -> float:
        return (TILE_PX * (key.col + 0.5) - px) ** 2 + (TILE_PX * (key.row + 0.5) - py) ** 2

    return sorted((key for key in tiles_in(wider, within) if key not in seen), key=distance)


def pixel_bounds(grid: TileGrid, bounds: Bounds) -> PixelBounds:
    """World bounds in the grid's CRS as a rectangle of its pixels; on a turned grid the rectangle around it."""
    inverse = grid.affine().inverse()
    corners = [inverse.apply(x, y) for x in (bounds.left, bounds.right) for y in (bounds.bottom, bounds.top)]
    xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return PixelBounds(min(xs), min(ys), max(xs), max(ys))


def _coarse_of(key: TileKey) -> TileKey:
    return TileKey(COARSE_LEVEL, key.col >> COARSE_LEVEL, key.row >> COARSE_LEVEL)
