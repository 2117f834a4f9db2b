"""Datums of pasted coordinates, and their conversion to WGS 84 and back, each with its error.

GCJ-02 has no published definition: the formula is the one that went public in 2010 and agrees with the services to a
few metres. BD-09 adds Baidu's own shift to it. Where these maps shift at all is not published either.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from importlib.resources import files

import pyproj
import shapely
from msgspec import Struct
from pyproj.transformer import TransformerGroup

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, parse_crs
from layers.geo.measure import distance_m

GCJ02_ERROR_M = 5.0
BD09_ERROR_M = 10.0
UNKNOWN_PULKOVO_ERROR_M = 100.0
"""Error outside the areas that published transformations are meant for."""
DOUBTFUL_DEG = 0.05
"""Distance inside the outline of the shifted area, in degrees, below which it is unknown whether a service shifts."""
FORMULA_BOX = Bounds(72.004, 0.8293, 137.8347, 55.8271)
"""The area in which published programs apply the formula, half of it in other countries, where it is unknown whether it
applies.
"""

_PULKOVO = "EPSG:4284"
_KRASOVSKY_M, _KRASOVSKY_E2 = 6378245.0, 0.00669342162296594323
_BAIDU_TURNS = math.pi * 3000.0 / 180.0
_CLOSE_DEG = 1e-9
_MOST_STEPS = 30


class Datum(StrEnum):
    """The datum on which a coordinate's degrees are counted."""

    WGS84 = "WGS 84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"
    PULKOVO = "Pulkovo 1942"


class Conversion(Struct, frozen=True):
    """A place after a conversion of datum; `error_m` is the radius within which the conversion itself is known."""

    lon: float
    lat: float
    error_m: float


Shift = Callable[[float, float], tuple[float, float]]


def to_wgs84(lon: float, lat: float, datum: Datum) -> Conversion:
    """A place in `datum` as WGS 84."""
    if datum is Datum.WGS84:
        return Conversion(lon, lat, 0.0)
    if datum is Datum.PULKOVO:
        return _by_proj(lon, lat, _PULKOVO, WGS84)
    middle = _inverse(_baidu_shift, lon, lat) if datum is Datum.BD09 else (lon, lat)
    place = _inverse(_gcj02_shift, *middle)
    if not is_shifted(*place) and not is_shifted(*middle):
        return Conversion(lon, lat, _area_error_m(lon, lat, datum))
    return Conversion(*place, _area_error_m(*place, datum) + _service_error_m(datum))


def from_wgs84(lon: float, lat: float, datum: Datum) -> Conversion:
    """A place in WGS 84 as `datum` has it."""
    if datum is Datum.WGS84:
        return Conversion(lon, lat, 0.0)
    if datum is Datum.PULKOVO:
        return _by_proj(lon, lat, WGS84, _PULKOVO)
    error_m = _area_error_m(lon, lat, datum)
    if not is_shifted(lon, lat):
        return Conversion(lon, lat, error_m)
    return Conversion(*_shifted(lon, lat, datum), error_m + _service_error_m(datum))


def is_shifted(lon: float, lat: float) -> bool:
    """True where Chinese web maps differ from WGS 84."""
    return bool(_area().contains(shapely.Point(lon, lat)))


def _service_error_m(datum: Datum) -> float:
    return BD09_ERROR_M if datum is Datum.BD09 else GCJ02_ERROR_M


def _area_error_m(lon: float, lat: float, datum: Datum) -> float:
    """Return the whole shift where it is unknown whether there is one, else 0."""
    if is_shifted(lon, lat):
        is_sure = _area().boundary.distance(shapely.Point(lon, lat)) > DOUBTFUL_DEG
    else:
        is_sure = not FORMULA_BOX.contains_point(lon, lat)
    if is_sure:
        return 0.0
    return distance_m(lon, lat, *_shifted(lon, lat, datum))


def _shifted(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    place = _gcj02_shift(lon, lat)
    return _baidu_shift(*place) if datum is Datum.BD09 else place


@cache
def _area() -> shapely.Polygon:
    rings = json.loads((files("layers.geo") / "gcj02_area.json").read_text(encoding="utf-8"))["rings"]
    area = shapely.Polygon(rings[0], rings[1:])
    shapely.prepare(area)
    return area


def _gcj02_shift(lon: float, lat: float) -> tuple[float, float]:
    """Compute the shift by the published formula; x and y are degrees from 105 E, 35 N."""
    x, y = lon - 105.0, lat - 35.0
    root, both = math.sqrt(abs(x)), (20.0 * _sin_pi(6 * x) + 20.0 * _sin_pi(2 * x)) * 2 / 3
    north_m = -100.0 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    north_m += (20.0 * _sin_pi(y) + 40.0 * _sin_pi(y / 3)) * 2 / 3
    north_m += (160.0 * _sin_pi(y / 12) + 320.0 * _sin_pi(y / 30)) * 2 / 3
    east_m = 300.0 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    east_m += (20.0 * _sin_pi(x) + 40.0 * _sin_pi(x / 3)) * 2 / 3
    east_m += (150.0 * _sin_pi(x / 12) + 300.0 * _sin_pi(x / 30)) * 2 / 3
    phi = math.radians(lat)
    flat = 1.0 - _KRASOVSKY_E2 * math.sin(phi) ** 2
    meridian_m = _KRASOVSKY_M * (1.0 - _KRASOVSKY_E2) / (flat * math.sqrt(flat))
    parallel_m = _KRASOVSKY_M / math.sqrt(flat) * math.cos(phi)
    return lon + math.degrees(east_m / parallel_m), lat + math.degrees(north_m / meridian_m)


def _sin_pi(value: float) -> float:
    return math.sin(value * math.pi)


def _baidu_shift(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 to BD-09."""
    length = math.hypot(lon, lat) + 2e-5 * math.sin(lat * _BAIDU_TURNS)
    angle = math.atan2(lat, lon) + 3e-6 * math.cos(lon * _BAIDU_TURNS)
    return length * math.cos(angle) + 0.0065, length * math.sin(angle) + 0.006


_FAR_DEG = 2.0
"""Degrees, more than any map shifts."""


def _inverse(shift: Shift, lon: float, lat: float) -> tuple[float, float]:
    """Find the place that `shift` moves to lon, lat: the shift changes slowly, so that subtracting the error converges
    fast.
    """
    x, y = lon, lat
    for _ in range(_MOST_STEPS):
        there_x, there_y = shift(x, y)
        x, y = x - (there_x - lon), y - (there_y - lat)
        if not (abs(x - lon) < _FAR_DEG and abs(y - lat) < _FAR_DEG):
            return lon, lat  # about the poles the formula says nothing: no map shifts there
        if max(abs(there_x - lon), abs(there_y - lat)) < _CLOSE_DEG:
            break
    return x, y


class _ThreadWays(threading.local):
    """Each thread's own transformers: pyproj's are not to be shared between threads."""

    def __init__(self) -> None:
        self.get = cache(lambda source, target: _transformer(source, target))


def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(parse_crs(source), parse_crs(target), always_xy=True)


_ways = _ThreadWays()


def _by_proj(lon: float, lat: float, source: str, target: str) -> Conversion:
    x, y = _ways.get(source, target).transform(lon, lat)
    return Conversion(x, y, _pulkovo_error_m(lon, lat))


def _pulkovo_error_m(lon: float, lat: float) -> float:
    """EPSG's accuracy at a place: of the operations whose box holds it the worst, as boxes overlap far into others."""
    accuracies = [
        accuracy
        for west, south, east, north, accuracy in _pulkovo_ways()
        if south <= lat <= north and (west <= lon <= east if west <= east else lon >= west or lon <= east)
    ]
    return max(accuracies, default=UNKNOWN_PULKOVO_ERROR_M)


@cache
def _pulkovo_ways() -> tuple[tuple[float, float, float, float, float], ...]:
    """(west, south, east, north, accuracy in metres) of the operations whose accuracy EPSG knows."""
    group = TransformerGroup(_PULKOVO, WGS84, always_xy=True)
    return tuple(
        (area.west, area.south, area.east, area.north, way.accuracy)
        for way in group.transformers
        if (area := way.area_of_use) is not None and way.accuracy > 0
    )
