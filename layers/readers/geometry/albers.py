"""Albers' equal-area conic projection on WGS 84 as a closed formula: PROJ takes three times as long for many points."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.geo.crs import WGS84, parse_crs, transform_points

_METHOD = 9822
_PARAMETERS = 8821, 8822, 8823, 8824
"""Codes of EPSG for the method, and for its parameters: the origin's latitude and longitude, and two parallels."""
AXIS_M = 6_378_137.0
"""Half the longer axis of WGS 84, in metres."""
_FLATTENING = 1 / 298.257223563
_E2 = _FLATTENING * (2 - _FLATTENING)
_E = math.sqrt(_E2)
AT_ONCE = 2**14
"""Points that are projected at a time: their numbers stay in the processor's cache."""
_LEAST_CONE = 1e-6
"""Sine of the cone's angle below which the formula fails, as the parallels are straight."""


_MOST_OFF_M = 1e-6
"""Greatest distance between a place by the formula and by PROJ, in metres: a ten-thousandth of a step."""
_TRIED = [(lon, lat) for lon in range(-150, 151, 30) for lat in range(-75, 90, 15)]
"""Degrees from the meridian, and of latitude, of places at which the formula is tried against PROJ."""


class Albers(Struct, frozen=True):
    """The projection of a cone: `cone` is the sine of its angle, and `radius_m` the map's radius at its origin."""

    cone: float
    constant: float
    lon: float
    radius_m: float

    @classmethod
    def of(cls, lat: float, lon: float, first: float, second: float) -> Albers | None:
        """The projection about an origin, true at two parallels; all in degrees. None where there is no cone."""
        q, q1, q2 = (float(_q(np.float64(math.sin(math.radians(value))))) for value in (lat, first, second))
        m1, m2 = (_squared_width(math.radians(value)) for value in (first, second))
        cone = (m1 - m2) / (q2 - q1) if abs(q2 - q1) > _LEAST_CONE else math.sin(math.radians(first))
        constant = m1 + cone * q1
        if abs(cone) < _LEAST_CONE or constant < cone * q:
            return None
        return cls(cone, constant, lon, AXIS_M * math.sqrt(constant - cone * q) / cone)

    def covers(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> bool:
        """True where all points are on the Earth, and none is to be turned about it: the formula goes on there."""
        near = float(np.abs(lon - self.lon).max(initial=0.0)) < 180.0
        return near and float(np.abs(lat).max(initial=0.0)) <= 90.0

    def forward(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Metres on the map, of degrees on WGS 84, both one after the other: (n,)."""
        x, y = np.empty(lon.shape), np.empty(lon.shape)
        for first in range(0, len(lon), AT_ONCE):
            part = slice(first, first + AT_ONCE)
            radius = _q(np.sin(np.radians(lat[part])))
            radius *= -self.cone
            radius += self.constant
            np.sqrt(radius, out=radius)
            radius *= AXIS_M / self.cone
            angle = (lon[part] - self.lon) * math.radians(self.cone)
            np.multiply(radius, np.sin(angle), out=x[part])
            np.subtract(self.radius_m, radius * np.cos(angle), out=y[part])
        return x, y


@lru_cache(maxsize=16)
def albers_of(crs: str) -> Albers | None:
    """The formula of a CRS; None where it is in another projection, or where PROJ has its places elsewhere."""
    known = parse_crs(crs)
    operation = known.coordinate_operation
    if operation is None or str(operation.method_code) != str(_METHOD):
        return None
    values = {int(parameter.code or 0): float(parameter.value) for parameter in operation.params}
    if any(code not in values for code in _PARAMETERS):
        return None
    formula = Albers.of(*(values[code] for code in _PARAMETERS))
    if formula is None:
        return None
    lon, lat = np.array(_TRIED, float).T
    lon += formula.lon
    tried, right = np.stack(formula.forward(lon, lat)), np.stack(transform_points(WGS84, crs, lon, lat))
    return formula if np.abs(tried - right).max() <= _MOST_OFF_M else None


def _q(sine: Any) -> Any:
    """Twice the area from the equator to a latitude of this sine, for each radian and squared axis."""
    small = _E * sine
    return (1 - _E2) * (sine / (1 - small * small) + np.arctanh(small) / _E)


def _squared_width(lat: float) -> float:
    """The squared radius of a parallel, in axes."""
    return math.cos(lat) ** 2 / (1 - _E2 * math.sin(lat) ** 2)
