"""Judges whether a geometry in degrees is a place on the Earth, and says why not: swapped axes, metres, no numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.geo.lon_extent import MAX_LAT, MAX_LON
from layers.phrase import Phrase

MOST_TURNS_LON = 3600.0
"""Largest longitude of a line in running longitudes, which may go round several times; larger ones are mistakes."""


def why_off_earth(geometry: BaseGeometry) -> str:
    """Why a geometry in lon, lat lies nowhere on the Earth, as part of a sentence; empty where it can be drawn."""
    places = shapely.get_coordinates(geometry)
    if not len(places):
        return ""
    if not np.isfinite(places).all():
        return Phrase("a coordinate is no number")
    lon, lat = np.abs(places).max(axis=0).tolist()
    farthest = MOST_TURNS_LON if shapely.get_dimensions(geometry) else MAX_LON
    if lon <= farthest and lat <= MAX_LAT:
        return ""
    if lon > farthest and (lat > farthest or lon > 1e5):
        return Phrase("its coordinates are no degrees; they seem to be metres of a map")
    if lat <= MAX_LAT:
        return Phrase("its longitude of {lon} is no place on the Earth", lon=f"{lon:.6g}")
    swapped = lon <= MAX_LAT and lat <= MAX_LON
    return Phrase(
        "its latitude of {lat} is beyond the poles{swapped}",
        lat=f"{lat:.6g}",
        swapped=Phrase("; longitude and latitude seem to be swapped") if swapped else "",
    )


def off_earth(geometries: Sequence[BaseGeometry]) -> dict[int, str]:
    """Reasons for which some of many geometries cannot be drawn, by their places in the sequence."""
    places, owner = shapely.get_coordinates(np.array(geometries, dtype=object), return_index=True)
    with np.errstate(invalid="ignore"):
        is_sound = (np.abs(places) <= (MAX_LON, MAX_LAT)).all(axis=1)
    suspects = sorted(set(owner[~is_sound].tolist()))  # np.unique would import numpy.ma, while the window starts
    reasons = {at: why_off_earth(geometries[at]) for at in suspects}
    return {at: why for at, why in reasons.items() if why}
