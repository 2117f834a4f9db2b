"""The place of a map's frame as a PDF states it: its corners in degrees, and its CRS."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyproj
from pyproj.enums import WktVersion
from pyproj.exceptions import CRSError, ProjError

from layers.geo.crs import CHOSEN_REMARK, is_off_earth, parse_crs

type Corner = tuple[float, float]
_TOLERANCE = 1e-4
"""Greatest error of a corner after conversion to degrees and back, as a share of the frame's diagonal."""


class MapMeasure(NamedTuple):
    """`corners` are lon and lat on the CRS's own datum, in the order of the corners asked for."""

    corners: tuple[Corner, ...]
    wkt: str
    epsg: int | None
    is_projected: bool


def map_measure(crs: str, corners: tuple[Corner, ...]) -> MapMeasure | None:
    """The measure of a frame with these corners; None where they do not stand for themselves in degrees: beyond the
    edge of a world map, off the Earth.
    """
    if is_off_earth(crs):
        return None
    try:
        own = parse_crs(crs)
        geodetic = own.geodetic_crs
        if geodetic is None:
            return None
        way = pyproj.Transformer.from_crs(own, geodetic, always_xy=True)
        x, y = np.array(corners, float).T
        lon, lat = way.transform(x, y)
        back = np.array(way.transform(lon, lat, direction="INVERSE"))
        wkt = _wkt(own)
    except (CRSError, ProjError):
        return None
    far = np.hypot(*(back - np.array([x, y])))
    if not wkt or not np.isfinite(far).all() or far.max() > _TOLERANCE * np.hypot(np.ptp(x), np.ptp(y)):
        return None
    places = tuple((float(east), float(north)) for east, north in zip(lon, lat, strict=True))
    code = own.to_epsg() if own.remarks != CHOSEN_REMARK else None
    return MapMeasure(places, wkt, code, own.is_projected)


def _wkt(crs: pyproj.CRS) -> str:
    for version in (WktVersion.WKT1_ESRI, WktVersion.WKT1_GDAL):
        try:
            text = crs.to_wkt(version)
        except CRSError:
            continue
        if text:
            return str(text)
    return ""
