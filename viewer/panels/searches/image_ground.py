"""A ground to search, and the one that an image covers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from msgspec import Struct
from shapely.geometry.base import BaseGeometry

from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, transform_points
from layers.geo.measure import azimuth_deg
from layers.geo.picture_outline import picture_outline
from layers.observing.search_grid import NORTH_UP_DEG
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing


class GroundChoice(Struct, frozen=True, eq=False):
    """A ground to go through: a mark of the case by its uuid, else a shape that becomes a search area."""

    area: str | BaseGeometry
    shape: BaseGeometry
    row_bearing_deg: float = NORTH_UP_DEG


def ground_of_image(drawing: LayerDrawing | None) -> GroundChoice | None:
    """All of an image, with the rows and columns of a grid along its own; None for one without an outline."""
    info = drawing.info if isinstance(drawing, RasterDrawing) else None
    if info is None or drawing is None or drawing.nudge is not None:
        return None
    crs = drawing.layer.crs or info.crs
    try:
        ring = picture_outline(crs, info.transform, (info.width, info.height)) if crs else []
        if len(ring) < 3:
            return None
        shape = shapely.Polygon(ring)
        return GroundChoice(shape, shape, _row_bearing(crs, info.transform, info.width, info.height))
    except GeoloupeError:
        return None


def _row_bearing(crs: str, transform: Sequence[float], width: int, height: int) -> float:
    """The bearing in which the columns of a picture follow each other, in its middle."""
    a, b, c, d, e, f = transform
    across = np.array([width * 0.4, width * 0.6])
    x, y = a * across + b * height / 2 + c, d * across + e * height / 2 + f
    lon, lat = transform_points(crs, WGS84, x, y)
    bearing = azimuth_deg(float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1])) % 360.0
    return bearing if math.isfinite(bearing) else NORTH_UP_DEG
