"""Finds the wrapped world copies in a view: the map ends at the antimeridian, the world goes on there."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from layers.geo.crs import is_unrolled, world_bounds
from layers.grid.tile_grid import View

type Views = tuple[View, ...]


@lru_cache(maxsize=16)
def world_copies(view: View) -> Views:
    """The copy of the world that a view sees over the antimeridian, as a view of its own of the same size.

    Empty where the view does not reach over it, and where the whole world is in view: nothing is to be seen twice. The
    grid of a copy begins a whole turn of the Earth further: the name of a tile, which holds its grid, tells the copies
    apart.
    """
    crs = view.grid.crs
    if not is_unrolled(crs):
        return ()
    seen, world = view.world_bounds(), world_bounds(crs)
    if seen.width >= world.width or world.left <= seen.left <= seen.right <= world.right:
        return ()
    turn = -world.width if seen.right > world.right else world.width
    return (replace(view, grid=replace(view.grid, origin_x=view.grid.origin_x + turn)),)


def wrapped_views(view: View) -> Views:
    """The view itself, and after it the copies of the world that are seen in it."""
    return (view, *world_copies(view))
