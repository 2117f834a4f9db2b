"""Lengths, areas, directions and circles on the WGS 84 ellipsoid. Inputs are longitudes and latitudes in degrees.

Nothing here is taken from projected coordinates: at 51.9 N Web Mercator is 1.62 times too long.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_geographic, transform_points
from layers.geo.longitudes import shift_near
from layers.geo.proj import pyproj

Floats = NDArray[np.float64]
Points = tuple[Floats, Floats]

GEOD = pyproj.Geod(ellps="WGS84")
HALF_ROUND_M = 20_003_931.0
"""Distance from pole to pole: a circle with this radius holds all of the Earth."""


def distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """The geodesic distance in metres."""
    return float(GEOD.inv(lon1, lat1, lon2, lat2)[2])


def azimuth_deg(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """The direction at the first point towards the second, 0..360 clockwise from true north."""
    return float(GEOD.inv(lon1, lat1, lon2, lat2)[0]) % 360.0


def destination(lon: float, lat: float, azimuth_deg: float, distance_m: float) -> tuple[float, float]:
    """The point `distance_m` away along `azimuth_deg`, as (lon, lat) with the longitude near the given one."""
    new_lon, new_lat, _ = GEOD.fwd(lon, lat, azimuth_deg, distance_m)
    return shift_near(float(new_lon), lon), float(new_lat)


def segment_lengths_m(lons: ArrayLike, lats: ArrayLike) -> NDArray[np.float64]:
    """The length of each segment in metres: one value fewer than points."""
    lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    if lon.size < 2:
        return np.zeros(0)
    return np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2], dtype=np.float64)


def length_m(lons: ArrayLike, lats: ArrayLike) -> float:
    """The length of a line in metres."""
    return float(segment_lengths_m(lons, lats).sum())


def perimeter_m(lons: ArrayLike, lats: ArrayLike) -> float:
    """The length round a ring in metres; the ring may be closed or not."""
    lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    return length_m(np.append(lon, lon[:1]), np.append(lat, lat[:1]))


def area_m2(lons: ArrayLike, lats: ArrayLike) -> float:
    """The area of a ring in square metres, never negative, also across the antimeridian and around a pole."""
    lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    if lon.size < 3:
        return 0.0
    return abs(float(GEOD.polygon_area_perimeter(lon, lat)[0]))


def geometry_length_m(geometry: BaseGeometry) -> float:
    """The length of all lines, and the length round all polygons with their holes, in metres. Points have none."""
    return math.fsum(length_m(*_lonlat(line)) for part in _simple_parts(geometry) for line in _lines(part))


def geometry_area_m2(geometry: BaseGeometry) -> float:
    """The area of all polygons less their holes, in square metres. Lines and points have none."""
    total = 0.0
    for part in _simple_parts(geometry):
        if part.geom_type == "Polygon" and not part.is_empty:
            shell, *holes = (area_m2(*_lonlat(ring)) for ring in shapely.get_rings(part))
            total += shell - math.fsum(holes)
    return total


def circle(lon: float, lat: float, radius_m: float, points: int = 72) -> Points:
    """`points` places at `radius_m` around the centre, clockwise from north, not closed.

    Longitudes are continuous and near `lon`; around a pole they run through the full 360 degrees. A radius beyond the
    antipode is cut there.
    """
    lons, lats = circles(np.array([lon]), np.array([lat]), np.array([radius_m]), points)[0].T
    return lons, lats


def circles(lon: Floats, lat: Floats, radius_m: Floats, points: int) -> Floats:
    """(n, points, 2) the places of many circles, each as `circle` gives those of one."""
    azimuths = np.tile(np.arange(points) * (360.0 / points), len(lon))
    lons, lats, reach = (np.repeat(values, points) for values in (lon, lat, np.minimum(radius_m, HALF_ROUND_M)))
    lons, lats, _ = GEOD.fwd(lons, lats, azimuths, reach)
    places = np.stack([lons, lats], axis=1).reshape(len(lon), points, 2)
    if points:
        first = zip(places[:, 0, 0].tolist(), lon.tolist(), strict=True)
        places[:, 0, 0] = [shift_near(degrees, near) for degrees, near in first]
        steps = np.diff(places[:, :, 0], axis=1)
        turns = np.sign(steps) * np.ceil((np.abs(steps) - 180.0) / 360.0).clip(min=0.0)
        places[:, 1:, 0] -= 360.0 * np.cumsum(turns, axis=1)
    return places


def circle_bounds(lon: float, lat: float, radius_m: float) -> Bounds:
    """Bounds of the circle, in degrees near `lon`; with a pole in it, the half of the Earth that faces the centre."""
    lons, lats = circle(lon, lat, radius_m)
    poles = [pole for pole in (-90.0, 90.0) if distance_m(lon, lat, lon, pole) <= radius_m]
    left, right = (lon - 90.0, lon + 90.0) if poles else (float(lons.min()), float(lons.max()))
    return Bounds(left, min([*poles, float(lats.min())]), right, max([*poles, float(lats.max())]))


def ground_resolution_m(crs: str, x: float, y: float, resolution: float) -> float:
    """True metres on the ground that one pixel of `resolution` world units spans along x at that place.

    nan where the point has no place on Earth. Raises BadCRS.
    """
    # A step far smaller than the Earth: at world scale a pixel may be 150 km, or reach beyond the edge.
    step = min(resolution, 0.01 if is_geographic(crs) else 1000.0)
    if not step > 0:
        return math.nan
    lons, lats = transform_points(crs, WGS84, [x - step / 2, x + step / 2], [y, y])
    return float(GEOD.inv(lons[0], lats[0], lons[1], lats[1])[2]) / step * resolution


def nice_scale_bar(metres_per_pixel: float, max_px: float) -> tuple[float, float, str]:
    """The longest bar of 1, 2 or 5 times a power of ten that fits `max_px`: (length_m, width_px, label).

    (0.0, 0.0, "") when there is no scale: not finite, or not positive.
    """
    room_m = metres_per_pixel * max_px
    if not (math.isfinite(room_m) and room_m > 0 and metres_per_pixel > 0):
        return 0.0, 0.0, ""
    power = math.floor(math.log10(room_m))
    steps = [mantissa * 10.0**exponent for exponent in (power - 1, power, power + 1) for mantissa in (1, 2, 5)]
    length = max(step for step in steps if step <= room_m * (1 + 1e-9))
    return length, length / metres_per_pixel, _length_label(length)


def _length_label(length_m: float) -> str:
    for factor, unit in ((1000.0, "km"), (1.0, "m"), (0.01, "cm")):
        if length_m >= factor:
            return f"{round(length_m / factor)} {unit}"
    return f"{length_m * 1000:.3g} mm"


def _simple_parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    parts, waiting = [], [geometry]
    while waiting:
        part = waiting.pop()
        if part.geom_type.startswith("Multi") or part.geom_type == "GeometryCollection":
            waiting.extend(shapely.get_parts(part))
        else:
            parts.append(part)
    return parts


def _lines(part: BaseGeometry) -> list[BaseGeometry]:
    if part.geom_type == "Polygon":
        return list(shapely.get_rings(part))
    return [] if part.geom_type == "Point" else [part]


def _lonlat(line: BaseGeometry) -> Points:
    coordinates = shapely.get_coordinates(line)
    return coordinates[:, 0], coordinates[:, 1]
