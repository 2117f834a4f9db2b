"""Shows views of Google Earth as the map can: from above, with the same direction up."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from layers.geo.crs import WGS84, transform_points
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
