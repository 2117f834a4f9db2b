"""Converts coordinates into the canvas's int32 steps, by a closed formula where there is one."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from layers.geo.crs import (
    EARTH_RADIUS_M,
    MERCATOR_MAX_LAT,
    WEB_MERCATOR,
    WGS84,
    is_geographic,
    is_off_earth,
    parse_crs,
    same_crs,
    transform_points,
    world_bounds,
)
from layers.geo.lon_extent import MAX_LAT
from layers.readers.geometry.albers import albers_of

_POLE_M = 10_002_000.0
"""Metres from the equator to a pole, rounded up."""
_SEAM_PART = 0.25
"""Part of the width of a map of the Earth that no leg of a line spans: one that does runs over the map's edge."""
STEP_DEGREES = 1e-7
STEP_UNITS = 0.01
MAX_STEPS = 2**31 - 1
MANY_POINTS = 4_000
"""Number of points from which it pays to look for a closed formula."""


def step_of(canvas: str) -> float:
    """World units in one step of the canvas."""
    return STEP_DEGREES if is_geographic(canvas) else STEP_UNITS


@lru_cache(maxsize=64)
def seam_length(canvas: str) -> float:
    """The least leg, in units of the canvas, that runs over the edge of a map of the Earth; else infinite.

    The formulas of a transverse Mercator projection go on over the poles, and the other side of the Earth has an edge
    at its equator: a line across it would jump over all the map.
    """
    if is_off_earth(canvas):
        return math.inf
    operation = parse_crs(canvas).coordinate_operation
    method = "" if operation is None else operation.method_name
    if method == "Transverse Mercator":
        return _POLE_M
    return _SEAM_PART * world_bounds(canvas).width if method == "Equal Earth" else math.inf


def to_steps(
    source: str, canvas: str, xy: NDArray[np.float64], step: float | None = None
) -> tuple[NDArray[np.int32], NDArray[np.bool_] | None]:
    """(n, 2) steps, and where there is a place at all (None: everywhere); elsewhere the steps are 0. A step is that of
    the canvas where none is given.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # marks for no place are as large as numbers get
        world = _world(source, canvas, xy)
        world /= step or step_of(canvas)
    if len(xy) and is_geographic(source) and not (xy[:, 1].max() <= MAX_LAT and xy[:, 1].min() >= -MAX_LAT):
        world[np.abs(xy[:, 1]) > MAX_LAT] = np.nan  # the formulas would put it at the edge of the map
    # nan in any of them makes these comparisons false
    if not len(world) or (world.min() > -MAX_STEPS and world.max() < MAX_STEPS):
        return np.rint(world, out=world).astype(np.int32), None
    with np.errstate(invalid="ignore"):
        good = (np.abs(world) < MAX_STEPS).all(axis=1)
    world[~good] = 0.0
    return np.rint(world, out=world).astype(np.int32), good


def _world(source: str, canvas: str, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    world, lonlat = np.empty_like(xy), same_crs(source, WGS84)
    if not (lonlat and same_crs(canvas, WEB_MERCATOR)):
        albers = albers_of(canvas) if lonlat and len(xy) >= MANY_POINTS else None
        if albers is not None and albers.covers(xy[:, 0], xy[:, 1]):
            world[:, 0], world[:, 1] = albers.forward(xy[:, 0], xy[:, 1])
        else:
            world[:, 0], world[:, 1] = transform_points(source, canvas, xy[:, 0], xy[:, 1])
        return world
    # The formula of `transform_points` without its copies: this is most of what reading a large layer costs.
    np.multiply(xy[:, 0], np.pi / 180 * EARTH_RADIUS_M, out=world[:, 0])
    lat = np.clip(xy[:, 1], -MERCATOR_MAX_LAT, MERCATOR_MAX_LAT)
    np.multiply(lat, np.pi / 180, out=lat)
    np.arcsinh(np.tan(lat, out=lat), out=lat)
    np.multiply(lat, EARTH_RADIUS_M, out=world[:, 1])
    return world
