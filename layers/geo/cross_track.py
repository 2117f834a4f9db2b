"""The distance of a place from a geodesic line, and the foot of the perpendicular, on the WGS 84 ellipsoid."""

from __future__ import annotations

import math
from typing import NamedTuple

from layers.geo.longitudes import shift_near
from layers.geo.measure import GEOD

_RADIUS_M = 6_371_008.8
_MOST_STEPS = 60
_SETTLED_M = 1e-7

type _Place = tuple[float, float]


class CrossTrack(NamedTuple):
    """`offset_m` is positive at the right of the line, `along_m` is from its first place to the foot, behind it < 0."""

    offset_m: float
    along_m: float
    foot: _Place


def cross_track(start: _Place, towards: _Place, place: _Place) -> CrossTrack:
    """The distance of a place from the geodesic from `start` through `towards`, which runs on where it has to.

    Of the several perpendiculars that a place may have round the Earth it is the one found nearest to `start`.
    """
    azimuth, _, _ = GEOD.inv(*start, *towards)
    along = 0.0
    for _ in range(_MOST_STEPS):
        lon, lat, heading = _at(start, azimuth, along)
        bearing, _, far = GEOD.inv(lon, lat, *place)
        turn = math.radians(bearing - heading)
        # On a sphere this is the rest of the way to the foot at once; on the ellipsoid it soon is.
        step = _RADIUS_M * math.atan2(math.sin(far / _RADIUS_M) * math.cos(turn), math.cos(far / _RADIUS_M))
        along += step
        if abs(step) < _SETTLED_M:
            break
    lon, lat, heading = _at(start, azimuth, along)
    bearing, _, far = GEOD.inv(lon, lat, *place)
    side = math.copysign(1.0, math.sin(math.radians(bearing - heading)))
    return CrossTrack(side * far, along, (shift_near(lon, start[0]), lat))


def _at(start: _Place, azimuth: float, along_m: float) -> tuple[float, float, float]:
    """Longitude, latitude and heading on the line so far from its first place."""
    lon, lat, back = GEOD.fwd(*start, azimuth, along_m)
    return float(lon), float(lat), float(back) + 180.0
