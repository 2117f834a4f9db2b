"""Shows views of Google Earth as the map can, from above with the same direction up, and views of the map as it can."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from layers.document.kept_view import KeptView
from layers.errors import GeoloupeError
from layers.geo.crs import PIXEL_SPACE, WGS84, transform_points
from layers.geo.measure import distance_m
from layers.requests.earth_file import EarthView

MAP_CRS, MOST_NORTH = "EPSG:3857", 84.0
ACROSS_PX = 1000
"""Pixels over which a view of Google Earth reaches: its windows are about as wide."""
_HALF_ANGLE_DEG = 30.0
"""Half the angle that Google Earth sees from side to side."""


def viewport_json(view: EarthView) -> str:
    """A view of Google Earth as the map shows it: from above, as wide, with the same direction up."""
    lat = min(max(view.lat, -MOST_NORTH), MOST_NORTH)
    xs, ys = transform_points(WGS84, MAP_CRS, [view.lon], [lat])
    width_m = 2 * view.range_m * math.tan(math.radians(_HALF_ANGLE_DEG))
    resolution = width_m / math.cos(math.radians(lat)) / ACROSS_PX
    kept: Mapping[str, Any] = {"crs": MAP_CRS, "x": float(xs[0]), "y": float(ys[0]), "resolution": resolution}
    return json.dumps({**kept, "rotation_deg": -view.heading_deg % 360.0})


def earth_view(name: str, text: str) -> EarthView | None:
    """A view that a bookmark keeps as Google Earth shows it; None for one without a place on the Earth."""
    try:
        view = KeptView.from_json(text)
        if view.crs == PIXEL_SPACE:
            return None
        if (box := view.bounds_lonlat) is not None:
            lon, lat = (box.left + box.right) / 2, (box.bottom + box.top) / 2
            width_m = distance_m(box.left, lat, box.right, lat)
            return EarthView(name, "place", 0, lon, lat, _range_m(width_m))
        half = view.resolution * ACROSS_PX / 2
        lons, lats = transform_points(view.crs, WGS84, [view.x], [view.y])
        if view.crs == MAP_CRS:
            width_m = 2 * half * math.cos(math.radians(float(lats[0])))
        else:
            sides, heights = transform_points(view.crs, WGS84, [view.x - half, view.x + half], [view.y, view.y])
            width_m = distance_m(float(sides[0]), float(heights[0]), float(sides[1]), float(heights[1]))
    except GeoloupeError:
        return None
    place = float(lons[0]), float(lats[0]), _range_m(width_m)
    if not all(map(math.isfinite, place)):
        return None
    return EarthView(name, "place", 0, *place, heading_deg=-view.rotation_deg % 360.0)


def _range_m(width_m: float) -> float:
    """The distance from which Google Earth sees a width."""
    return width_m / (2 * math.tan(math.radians(_HALF_ANGLE_DEG)))
