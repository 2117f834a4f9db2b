"""The sun's azimuth and elevation at a place and an instant, after NOAA's calculator, which uses Meeus's series.

Within about 0.02° of the truth from 1900 to 2100, most of which is the equation of time. The difference between UTC and
dynamical time, about a minute, moves the sun by less than 0.001° and is left out; so is the sun's parallax, 0.002°.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DISC_DEG = 0.267
"""Half the width of the sun's disc."""
_J2000_S = datetime(2000, 1, 1, 12, tzinfo=UTC).timestamp()
_DAY_S, _CENTURY_DAYS = 86400.0, 36525.0
_LEAST_REFRACTED_DEG = -1.0
"""Elevation below which refraction no longer matters: the sun has set."""


class Suns(NamedTuple):
    """The same as `Sun`, for many instants."""

    azimuth_deg: Floats
    elevation_deg: Floats
    apparent_elevation_deg: Floats


def suns_at(timestamps_s: ArrayLike, lon: ArrayLike, lat: ArrayLike) -> Suns:
    """The sun at seconds since 1970 UTC; places and instants may be arrays that go with each other."""
    days = (np.asarray(timestamps_s, dtype=np.float64) - _J2000_S) / _DAY_S
    declination, equation_deg = _declination_and_equation(days / _CENTURY_DAYS)
    turn = 360.0 * np.mod(days, 1.0)  # since noon in Greenwich
    hour_angle = np.radians(turn + np.asarray(lon, dtype=np.float64) + equation_deg)
    latitude = np.radians(np.asarray(lat, dtype=np.float64))
    up = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    east = -np.cos(declination) * np.sin(hour_angle)
    north = np.cos(latitude) * np.sin(declination) - np.sin(latitude) * np.cos(declination) * np.cos(hour_angle)
    elevation = np.degrees(np.arctan2(up, np.hypot(east, north)))
    azimuth = np.degrees(np.arctan2(east, north)) % 360.0
    return Suns(azimuth, elevation, elevation + refraction_deg(elevation))


def solar_hours(timestamp_s: float, lon: float) -> float:
    """Hours of the sundial at a longitude, 0 to 24, at seconds since 1970 UTC: at 12 the sun stands highest."""
    days = (timestamp_s - _J2000_S) / _DAY_S
    _, equation_deg = _declination_and_equation(np.asarray(days / _CENTURY_DAYS))
    turn = 360.0 * (days % 1.0) + lon + float(equation_deg)
    return (turn / 15.0 + 12.0) % 24.0


def refraction_deg(elevation_deg: ArrayLike) -> Floats:
    """The lift of the sun by the air of an ordinary day at sea level, after Sæmundsson; 0 well below the horizon."""
    elevation = np.asarray(elevation_deg, dtype=np.float64)
    height = np.clip(elevation, _LEAST_REFRACTED_DEG, 89.9)
    lift = 1.02 / 60.0 / np.tan(np.radians(height + 10.3 / (height + 5.11)))
    return np.asarray(np.where(elevation < _LEAST_REFRACTED_DEG, 0.0, np.clip(lift, 0.0, None)))


def _declination_and_equation(centuries: Floats) -> tuple[Floats, Floats]:
    """The sun's declination in radians, and the equation of time in degrees, centuries after noon of 2000-01-01."""
    t = centuries
    mean_longitude = 280.46646 + t * (36000.76983 + t * 0.0003032)
    anomaly = np.radians(357.52911 + t * (35999.05029 - t * 0.0001537))
    centre = (
        np.sin(anomaly) * (1.914602 - t * (0.004817 + t * 0.000014))
        + np.sin(2 * anomaly) * (0.019993 - t * 0.000101)
        + np.sin(3 * anomaly) * 0.000289
    )
    node = np.radians(125.04 - 1934.136 * t)
    longitude = np.radians(mean_longitude + centre - 0.00569 - 0.00478 * np.sin(node))
    mean_tilt = 23.43929111 - t * (0.013004167 + t * (1.64e-7 - t * 5.04e-7))
    tilt = np.radians(mean_tilt + 0.00256 * np.cos(node))
    twice = 2.0 * np.radians(mean_longitude)
    eccentricity = 0.016708634 - t * (0.000042037 + t * 0.0000001267)
    y = np.tan(tilt / 2.0) ** 2
    equation = (
        y * np.sin(twice)
        - 2.0 * eccentricity * np.sin(anomaly)
        + 4.0 * eccentricity * y * np.sin(anomaly) * np.cos(twice)
        - 0.5 * y**2 * np.sin(2.0 * twice)
        - 1.25 * eccentricity**2 * np.sin(2.0 * anomaly)
    )
    return np.arcsin(np.sin(tilt) * np.sin(longitude)), np.degrees(equation)
