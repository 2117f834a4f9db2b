"""Views of KML, of an eye in the air or of a place looked at, as one kind: the place on the ground and the distance."""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element

from layers.geo.measure import destination
from layers.requests.earth_file import EarthView

_STEEPEST_DEG = 75.0
"""Most tilt of an eye from straight down for which the place that it looks at counts: above, it sees the horizon."""
_NEAREST_M, _FARTHEST_M = 1.0, 5e7


def view_in(element: Element, name: str, owner: str, folder: int) -> EarthView | None:
    """The view of a LookAt or Camera, whose owner has this name and folder; None without a place on the Earth."""
    lon, lat = _number(element, "longitude"), _number(element, "latitude")
    heading, tilt = _number(element, "heading") or 0.0, _number(element, "tilt") or 0.0
    if lon is None or lat is None or not (abs(lat) <= 90 and abs(lon) <= 540):
        return None
    if element.tag == "LookAt":
        distance = (_number(element, "range") or 0.0) + max(_number(element, "altitude") or 0.0, 0.0)
    else:
        height = max(_number(element, "altitude") or 0.0, _NEAREST_M)
        distance = height
        if 0 < tilt <= _STEEPEST_DEG:
            lon, lat = destination(lon, lat, heading, min(height * math.tan(math.radians(tilt)), _FARTHEST_M))
            distance = height / math.cos(math.radians(tilt))
    range_m, tilt = min(max(distance, _NEAREST_M), _FARTHEST_M), min(max(tilt, 0.0), 180.0)
    return EarthView(name, owner, folder, lon, lat, range_m, heading % 360.0, tilt)


def _number(element: Element, tag: str) -> float | None:
    try:
        number = float(element.findtext(tag) or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
