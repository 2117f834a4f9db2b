"""Chooses the projection of a printed map by the part of the Earth that it shows.

A site is shown in its UTM zone, which keeps angles; a country or a continent in an equal-area projection about its
middle, so that what is compared on the page has its true size; the whole Earth in Equal Earth. Degrees are rounded, so
that a frame that moves a little keeps its projection.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from layers.geo.bounds import Bounds
from layers.geo.crs import CHOSEN_REMARK, crs_name, parse_crs, utm_crs, utm_zone
from layers.geo.longitudes import normalise_lon
from layers.phrase import Phrase

LOCAL_DEG = 5.0
"""Greatest extent of a map in a UTM zone, in degrees of latitude or as long on the ground."""
_UTM_SOUTH, _UTM_NORTH = -80.0, 84.0
_FARTHEST_IN_ZONE_DEG = 4.5
"""Greatest distance of a map's edge from its zone's meridian, in degrees of longitude."""
_CONIC_SOUTH, _CONIC_NORTH = 15.0, 72.0
"""Latitudes, north or south, between which a conic projection is used: else its cone opens, or ends in an arc."""
_CONIC_WIDEST_DEG, _CONIC_RATIO = 100.0, 1.3
"""Greatest width in degrees of a map in a conic projection, and its least ratio of width to height on the ground."""
_ABOUT_THE_POLE = 75.0
"""Latitude up to which a map of more than half of all longitudes reaches that is centred on the pole."""
_FARTHEST_DEG = 85.0
"""Greatest distance from the middle of a map in an azimuthal projection: farther off shapes are pressed flat."""

_EQUAL_EARTHS = {"EPSG:8857": 0.0, "EPSG:8859": 150.0, "EPSG:8858": -90.0}
"""The codes of Equal Earth with their meridians: a GeoTIFF holds it by its code only."""
_LATITUDE, _LONGITUDE = 8801, 8802
"""Codes of EPSG for the parameters of a projection: latitude and longitude of its origin."""
_CONIC_LONGITUDE, _FIRST_PARALLEL, _SECOND_PARALLEL = 8822, 8823, 8824
_FALSE_ORIGIN = {
    8806: ("False easting", "False northing"),
    8826: ("Easting at false origin", "Northing at false origin"),
}
"""Names of the parameters that are 0, by the code of the first."""
_BASE = (
    'BASEGEOGCRS["WGS 84",DATUM["World Geodetic System 1984",'
    'ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],ID["EPSG",4326]]'
)


def suited_crs(lonlat: Bounds) -> str:
    """The CRS that suits a map of this part of the Earth: the code of a UTM zone, else WKT on WGS 84."""
    lonlat = Bounds(lonlat.left, max(lonlat.bottom, -90.0), lonlat.right, min(lonlat.top, 90.0))
    middle_lon, middle_lat = normalise_lon((lonlat.left + lonlat.right) / 2), (lonlat.bottom + lonlat.top) / 2
    across = lonlat.width * math.cos(math.radians(_nearest_the_equator(lonlat)))
    if max(across, lonlat.height) <= LOCAL_DEG:
        if _is_in_zone(lonlat, middle_lon, middle_lat):
            return utm_crs(middle_lon, middle_lat)
        return azimuthal(_rounded(middle_lon, 0.1), _rounded(middle_lat, 0.1))
    low, high = sorted((abs(lonlat.bottom), abs(lonlat.top)))
    is_one_side = lonlat.bottom >= 0.0 or lonlat.top <= 0.0
    is_between = is_one_side and low >= _CONIC_SOUTH and high <= _CONIC_NORTH and lonlat.width <= _CONIC_WIDEST_DEG
    if is_between and lonlat.width * math.cos(math.radians(middle_lat)) >= _CONIC_RATIO * lonlat.height:
        return conic(_rounded(middle_lon, 1.0), round(lonlat.bottom), round(lonlat.top))
    if lonlat.width > 180.0 and high >= _ABOUT_THE_POLE and is_one_side:
        return azimuthal(_rounded(middle_lon, 1.0), math.copysign(90.0, middle_lat))
    if _farthest_deg(lonlat) <= _FARTHEST_DEG:
        return azimuthal(_rounded(middle_lon, 1.0), _rounded(middle_lat, 1.0))
    return min(_EQUAL_EARTHS, key=lambda crs: abs((middle_lon - _EQUAL_EARTHS[crs] + 180.0) % 360.0 - 180.0))


def azimuthal(lon: float, lat: float) -> str:
    """WKT of the Lambert azimuthal equal-area projection about a place."""
    parameters = (("Latitude of natural origin", _LATITUDE, lat), ("Longitude of natural origin", _LONGITUDE, lon))
    return _wkt("Lambert Azimuthal Equal Area", 9820, parameters, (8806, 8807))


def conic(lon: float, south: float, north: float) -> str:
    """WKT of Albers' equal-area conic projection of the latitudes from south to north about a meridian."""
    sixth = (north - south) / 6
    parameters = (
        ("Latitude of false origin", 8821, round((south + north) / 2)),
        ("Longitude of false origin", _CONIC_LONGITUDE, lon),
        ("Latitude of 1st standard parallel", _FIRST_PARALLEL, round(south + sixth)),
        ("Latitude of 2nd standard parallel", _SECOND_PARALLEL, round(north - sixth)),
    )
    return _wkt("Albers Equal Area", 9822, parameters, (8826, 8827))


@lru_cache(maxsize=64)
def projection_words(crs: str) -> str:
    """The projection of a map for people: a suited one with its centre, any other by the name of its CRS."""
    known = parse_crs(crs)
    if known.remarks != CHOSEN_REMARK or known.coordinate_operation is None:
        return crs_name(crs)
    values = {int(parameter.code): float(parameter.value) for parameter in known.coordinate_operation.params}
    if _FIRST_PARALLEL in values:
        return Phrase(
            "WGS 84, Albers equal-area conic about {longitude}, true at {first} and {second}",
            longitude=_longitude(values[_CONIC_LONGITUDE]),
            first=_latitude(values[_FIRST_PARALLEL]),
            second=_latitude(values[_SECOND_PARALLEL]),
        )
    longitude = _longitude(values[_LONGITUDE])
    latitude = _latitude(values[_LATITUDE])
    place = latitude if abs(values[_LATITUDE]) == 90.0 else f"{latitude} {longitude}"
    return Phrase("WGS 84, Lambert azimuthal equal-area about {place}", place=place)


def _wkt(method: str, code: int, parameters: Sequence[tuple[str, int, float]], zeros: tuple[int, int]) -> str:
    """WKT of a projection on WGS 84 in metres. `zeros`: codes of its false easting and northing, which are 0."""
    angle, metre = 'ANGLEUNIT["degree",0.0174532925199433]', 'LENGTHUNIT["metre",1]'
    named = [f'PARAMETER["{name}",{value:g},{angle},ID["EPSG",{number}]]' for name, number, value in parameters]
    named += [
        f'PARAMETER["{name}",0,{metre},ID["EPSG",{number}]]'
        for name, number in zip(_FALSE_ORIGIN[zeros[0]], zeros, strict=True)
    ]
    conversion = f'CONVERSION["{method}",METHOD["{method}",ID["EPSG",{code}]],{",".join(named)}]'
    axes = f'CS[Cartesian,2],AXIS["(E)",east,ORDER[1],{metre}],AXIS["(N)",north,ORDER[2],{metre}]'
    return f'PROJCRS["WGS 84 / {method}",{_BASE},{conversion},{axes},REMARK["{CHOSEN_REMARK}"]]'


def _is_in_zone(lonlat: Bounds, lon: float, lat: float) -> bool:
    meridian = 6.0 * utm_zone(lon, lat) - 183.0
    off = abs((lon - meridian + 180.0) % 360.0 - 180.0) + lonlat.width / 2
    return lonlat.bottom >= _UTM_SOUTH and lonlat.top <= _UTM_NORTH and off <= _FARTHEST_IN_ZONE_DEG


def _nearest_the_equator(lonlat: Bounds) -> float:
    return 0.0 if lonlat.bottom <= 0.0 <= lonlat.top else min(abs(lonlat.bottom), abs(lonlat.top))


def _farthest_deg(lonlat: Bounds) -> float:
    """Greatest angle at the Earth's middle between the middle of bounds and a place on their edge."""
    middle, half = math.radians((lonlat.bottom + lonlat.top) / 2), math.radians(min(lonlat.width / 2, 180.0))
    farthest = 0.0
    for lat in (lonlat.bottom, lonlat.top, *((0.0,) if lonlat.bottom < 0.0 < lonlat.top else ())):
        across = math.radians(lat)
        cosine = math.sin(middle) * math.sin(across) + math.cos(middle) * math.cos(across) * math.cos(half)
        farthest = max(farthest, math.degrees(math.acos(min(max(cosine, -1.0), 1.0))))
    return farthest


def _rounded(value: float, step: float) -> float:
    return round(round(value / step) * step, 1) + 0.0


def _latitude(lat: float) -> str:
    return f"{abs(lat):g}° {'S' if lat < 0 else 'N'}"


def _longitude(lon: float) -> str:
    return f"{abs(lon):g}° {'W' if lon < 0 else 'E'}"
