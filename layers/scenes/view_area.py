"""The ground that a view of the map shows, as an area in longitude and latitude."""

from __future__ import annotations

import numpy as np
from shapely.geometry.base import BaseGeometry

from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_off_earth, is_unrolled, transform_bounds, transform_points, world_bounds
from layers.geo.longitudes import unwrap_longitudes
from layers.grid.tile_grid import View
from layers.scenes.footprint import EMPTY, footprint_of_box, footprint_of_ring

STEPS = 8
"""Stretches a side of the picture."""


def area_of_view(view: View) -> BaseGeometry:
    """Return the ground that a view shows, within -180..180; empty where it shows no ground of the Earth."""
    crs = view.grid.crs
    if is_off_earth(crs):
        return EMPTY
    step = np.arange(STEPS) / STEPS
    zero, one = np.zeros(STEPS), np.ones(STEPS)
    px = np.concatenate([step, one, 1 - step, zero]) * view.width
    py = np.concatenate([one, 1 - step, zero, step]) * view.height
    a, b, c, d, e, f = view.affine
    x, y = a * px + b * py + c, d * px + e * py + f
    if is_unrolled(crs):
        world = world_bounds(crs)
        y = np.clip(y, world.bottom, world.top)
        if y.min() >= y.max():
            return EMPTY
        if view.world_bounds().width >= world.width:
            lats = transform_points(crs, WGS84, np.zeros(2), np.array([y.min(), y.max()]))[1].tolist()
            return footprint_of_box(Bounds(-180.0, lats[0], 180.0, lats[1]))
        lon, lat = transform_points(crs, WGS84, x, y)
        return footprint_of_ring([(float(east), float(north)) for east, north in zip(lon, lat, strict=True)])
    lon, lat = transform_points(crs, WGS84, x, y)
    if np.isfinite(lon).all() and (np.abs(lat) <= 90.0).all():
        ring = zip(unwrap_longitudes(lon).tolist(), lat.tolist(), strict=True)
        return footprint_of_ring([(float(east), float(north)) for east, north in ring])
    try:
        return footprint_of_box(transform_bounds(crs, WGS84, view.world_bounds()))
    except CannotBePlaced:
        return EMPTY
