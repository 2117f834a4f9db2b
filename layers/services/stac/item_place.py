"""The ground that a STAC item covers: footprint and bounds in longitude and latitude, judged, also over +-180."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.errors import InvalidValue
from layers.geo.antimeridian import boxes_of, split_geometry
from layers.geo.bounds import Bounds
from layers.geo.geojson_geometry import geometry_of
from layers.geo.lon_extent import narrowest
from layers.phrase import Phrase
from layers.scenes.footprint import footprint_of_box
from layers.services.stac.foreign_values import listed, number

_UTM = re.compile(r"(?:EPSG:)?(?:326|327)\d\d", re.IGNORECASE)
_NARROWEST_BELT = 1 / 60
"""Height to width of a belt round the Earth, below which it is taken for an area that crosses the antimeridian."""
_FARTHEST_LON = 540.0
_NUMBERS = (float, int)
MOST_POSITIONS = 20_000
"""Most positions of a footprint: thousands of outlines of labels take seconds to be made valid and are no image's."""


class ItemPlace(Struct, frozen=True):
    """Footprint, cut at the antimeridian, and bounds, which run on over it; None where they are not known."""

    footprint: BaseGeometry | None = None
    bounds_lonlat: Bounds | None = None
    problems: tuple[Phrase, ...] = ()


def place_of(geometry: Any, bbox: Any, crs: Callable[[], str] = str) -> ItemPlace:
    """The place that an item states by its geometry and its box.

    `crs` gives that of its image, which tells that an area round the Earth cannot be meant.
    """
    problems: tuple[Phrase, ...] = ()
    box = bounds_of(bbox)
    if bbox is not None and box is None:
        problems += (Phrase("Its box is none that is understood."),)
    footprint = None
    if geometry is None:
        problems += (Phrase("It states no footprint."),)
    else:
        try:
            footprint = _footprint(geometry, lambda: _UTM.fullmatch(crs()) is not None)
        except (InvalidValue, shapely.errors.GEOSException) as error:
            problems += (Phrase("Its footprint cannot be used: {why}", why=str(error)),)
    if footprint is not None and box is not None and not footprint_of_box(box).intersects(footprint):
        problems += (Phrase("Its footprint lies outside its box: it is listed without a footprint."),)
        return ItemPlace(None, box, problems)
    if footprint is not None:
        is_whole = footprint.geom_type == "Polygon"
        box = Bounds(*footprint.bounds) if is_whole else narrowest(boxes_of(shapely.get_parts(footprint)))
    return ItemPlace(footprint, box, problems)


def places_of(stated: Sequence[tuple[Any, Any]]) -> list[ItemPlace | None]:
    """The places of many items at once, by geometry and box of each; None for each that `place_of` has to judge.

    Those here are areas with one outline within -180..180 and no wider than half the Earth, as nearly all are.
    """
    rings = [_plain_ring(geometry) for geometry, _ in stated]
    boxes = [None if bbox is None else bounds_of(bbox) for _, bbox in stated]
    plain = [
        at for at, ring in enumerate(rings) if ring is not None and (boxes[at] is not None or stated[at][1] is None)
    ]
    places: list[ItemPlace | None] = [None] * len(stated)
    if not plain:
        return places
    lengths = [len(rings[at] or ()) for at in plain]
    positions = np.array([position for at in plain for position in rings[at] or ()], dtype=np.float64)
    areas = shapely.polygons(shapely.linearrings(positions, indices=np.repeat(np.arange(len(plain)), lengths)))
    around = shapely.bounds(areas)
    is_plain = shapely.is_valid(areas) & (around[:, 2] - around[:, 0] <= 180.0) & (shapely.area(areas) > 0)
    is_plain &= (np.abs(around[:, [0, 2]]) <= 180.0).all(axis=1) & (np.abs(around[:, [1, 3]]) <= 90.0).all(axis=1)
    for at, area, corners, plainly in zip(plain, areas, around.tolist(), is_plain.tolist(), strict=True):
        box = boxes[at]
        if plainly and (box is None or _meets_box(Bounds(*corners), box, area)):
            places[at] = ItemPlace(area, Bounds(*corners))
    return places


def _plain_ring(geometry: Any) -> list[list[float]] | None:
    """The outline of an area that has no holes, as it is stated; None of anything else, and of what has heights."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Polygon":
        return None
    rings = geometry.get("coordinates")
    ring = rings[0] if isinstance(rings, list) and len(rings) == 1 else None
    if not isinstance(ring, list) or not 4 <= len(ring) <= MOST_POSITIONS or ring[0] != ring[-1]:
        return None
    for position in ring:
        if type(position) is not list or len(position) != 2:
            return None
        lon, lat = position
        if type(lon) not in _NUMBERS or type(lat) not in _NUMBERS or not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return None
    return ring


def _meets_box(own: Bounds, box: Bounds, area: BaseGeometry) -> bool:
    """True where an area within `own` shares ground with a box that does not run on over the antimeridian."""
    if box == own:
        return True
    return box.right <= 180.0 and box.left >= -180.0 and bool(footprint_of_box(box).intersects(area))


def bounds_of(bbox: Any) -> Bounds | None:
    """The bounds that a box of four or six numbers states, also one of two corners; None for anything else.

    A west that is greater than the east goes over the antimeridian.
    """
    corners = listed(bbox)
    if len(corners) == 1 and isinstance(corners[0], list):
        corners = corners[0]
    if len(corners) == 2 and all(isinstance(corner, list) for corner in corners):
        corners = [*corners[0], *corners[1]]
    if len(corners) == 6:
        corners = [*corners[0:2], *corners[3:5]]
    if len(corners) != 4:
        return None
    west, east = (number(corners[at], -_FARTHEST_LON, _FARTHEST_LON) for at in (0, 2))
    south, north = (number(corners[at], -90.0, 90.0) for at in (1, 3))
    if west is None or south is None or east is None or north is None or south > north:
        return None
    if -180.0 <= west <= east <= 180.0:
        return Bounds(west, south, east, north)
    while east < west:
        east += 360.0
    return narrowest([Bounds(west, south, east, north)])


def _footprint(value: Any, is_small: Callable[[], bool]) -> BaseGeometry:
    """The footprint, valid and cut at the antimeridian. Raises InvalidValue."""
    geometry = geometry_of(value)
    if shapely.get_num_coordinates(geometry) > MOST_POSITIONS:
        raise InvalidValue("It has more than {most} positions.", most=MOST_POSITIONS)
    geometry = split_geometry(_unbelted(geometry, is_small))
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
        parts = [part for part in shapely.get_parts(geometry) if shapely.get_dimensions(part) == 2]
        geometry = shapely.union_all(parts) if parts else geometry
    if geometry.is_empty:
        raise InvalidValue("It holds no area.")
    return geometry


def _unbelted(geometry: BaseGeometry, is_small: Callable[[], bool]) -> BaseGeometry:
    """The same, where a belt round the world was meant as an area that crosses the antimeridian: turned into that.

    A program that sorts the corners of such an area from west to east makes it go the long way round.
    """
    if shapely.get_dimensions(geometry) != 2:
        return geometry
    parts = [_short_way(part, is_small) for part in shapely.get_parts(geometry)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _short_way(polygon: BaseGeometry, is_small: Callable[[], bool]) -> BaseGeometry:
    west, south, east, north = polygon.bounds
    if east - west <= 180.0 or west < -180.0 or east > 180.0:
        return polygon
    if (north - south) >= (east - west) * _NARROWEST_BELT and not is_small():
        return polygon
    moved = shapely.transform(polygon, _east_of_greenwich)
    left, _, right, _ = moved.bounds
    if not 0 < right - left <= 180.0:
        raise InvalidValue("It goes round the Earth, and its image does not.")
    return moved


def _east_of_greenwich(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.where(places[:, 0] < 0, places[:, 0] + 360.0, places[:, 0]), places[:, 1]])
