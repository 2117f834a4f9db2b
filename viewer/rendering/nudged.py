"""Draws nudged layers shifted: the only place where a view of the map becomes a view of a layer's own ground.

A nudge is metres east and north at a place of the layer. On a map it is one step for the whole layer, of the length
and direction that these metres have there. A view moved back by that step shows the layer's own ground where the map
shows the layer.
"""

from __future__ import annotations

import math
from functools import lru_cache

from msgspec.structs import replace

from layers.document.placing.nudge import Nudge
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_off_earth, transform_points
from layers.geo.ground_offset import world_offset
from layers.grid.tile_grid import View

_PARTS = 1024
"""Parts of a pixel to which steps are rounded, so that no rounding error begins another grid."""


@lru_cache(maxsize=256)
def step_of(nudge: Nudge | None, crs: str) -> tuple[float, float]:
    """Offset of a layer on a map of this CRS from its own ground, in units of the CRS.

    (0, 0) for a layer that is not nudged, and where the CRS has no place for the nudge.
    """
    try:
        if nudge is None or is_off_earth(crs):
            return 0.0, 0.0
        step = world_offset(crs, nudge.lon, nudge.lat, nudge.dx_m, nudge.dy_m)
    except GeoloupeError:
        return 0.0, 0.0
    return step if all(map(math.isfinite, step)) else (0.0, 0.0)


@lru_cache(maxsize=64)
def own_view(view: View, nudge: Nudge) -> View:
    """The view of a layer's own ground that a view of the map shows.

    Whole pixels of the step move the view over its grid, whose tiles stay good; only the rest moves the grid.
    """
    x, y = step_of(nudge, view.grid.crs)
    back = view.grid.affine().inverse()
    px, py = (round(coordinate * _PARTS) / _PARTS for coordinate in (back.a * x + back.b * y, back.d * x + back.e * y))
    whole_x, whole_y = math.floor(px), math.floor(py)
    to_world = view.grid.affine()
    rest_x, rest_y = px - whole_x, py - whole_y
    grid = replace(
        view.grid,
        origin_x=view.grid.origin_x - (to_world.a * rest_x + to_world.b * rest_y),
        origin_y=view.grid.origin_y - (to_world.d * rest_x + to_world.e * rest_y),
    )
    return replace(view, grid=grid, left=view.left - whole_x, top=view.top - whole_y)


def shown_bounds(bounds: Bounds, nudge: Nudge, crs: str = WGS84) -> Bounds:
    """Bounds on the map for `bounds` on a layer's own ground."""
    x, y = step_of(nudge, crs)
    return Bounds(bounds.left + x, bounds.bottom + y, bounds.right + x, bounds.top + y)


def own_place(lon: float, lat: float, nudge: Nudge, crs: str) -> tuple[float, float]:
    """The place on a layer's own ground that is drawn at a place on a map of this CRS."""
    step_x, step_y = step_of(nudge, crs)
    x, y = (float(coordinate) for coordinate in transform_points(WGS84, crs, lon, lat))
    own_lon, own_lat = (float(coordinate) for coordinate in transform_points(crs, WGS84, x - step_x, y - step_y))
    return own_lon, own_lat
