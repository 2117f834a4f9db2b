"""Finds the wrapped world copies in a view: the map ends at the antimeridian, the world goes on there."""

from __future__ import annotations

import math
from functools import lru_cache

from msgspec.structs import replace

from layers.geo.crs import is_unrolled, world_bounds
from layers.grid.tile_grid import View

type Views = tuple[View, ...]

_MOST_TURNS = 3
"""Most turns to each side: the screen shows fewer, however far it is zoomed out."""


@lru_cache(maxsize=16)
def world_copies(view: View) -> Views:
    """The copies of the world that a view sees over the antimeridian, each as a view of its own of the same size.

    The nearest comes first; empty where the view does not reach over it. The grid of a copy begins whole turns of the
    Earth further: the name of a tile, which holds its grid, tells the copies apart.
    """
    crs = view.grid.crs
    if not is_unrolled(crs):
        return ()
    seen, world, pixel = view.world_bounds(), world_bounds(crs), view.grid.resolution
    first = math.floor((seen.left + pixel / 2 - world.left) / world.width)
    last = math.ceil((seen.right - pixel / 2 - world.right) / world.width)
    turns = sorted((turn for turn in range(max(first, -_MOST_TURNS), min(last, _MOST_TURNS) + 1) if turn), key=abs)
    origin_x = view.grid.origin_x
    return tuple(replace(view, grid=replace(view.grid, origin_x=origin_x - turn * world.width)) for turn in turns)


def wrapped_views(view: View) -> Views:
    """The view itself, and after it the copies of the world that are seen in it."""
    return (view, *world_copies(view))
