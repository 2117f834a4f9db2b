"""The scale of a map as people write it (1 : 25 000), on a screen or a page of 96 logical pixels an inch."""

from __future__ import annotations

import math

from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View

LOGICAL_PIXEL_M = 0.0254 / 96
"""Edge of a logical pixel, in metres."""


def map_scale(view: View) -> float:
    """The map is 1 : this, in the middle of the view; 0 where that is no place on Earth."""
    middle = view.to_world(view.width / 2, view.height / 2)
    metres = ground_resolution_m(view.grid.crs, *middle, view.grid.resolution)
    return metres * view.ratio / LOGICAL_PIXEL_M if math.isfinite(metres) else 0.0
