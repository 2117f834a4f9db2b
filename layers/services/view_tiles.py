"""The few tiles of a service that make a small picture of a view, and the detail it has in the view's middle."""

from __future__ import annotations

import math

from msgspec import Struct

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds, transform_points
from layers.grid.tile_grid import View
from layers.services.matrix import level_for, level_resolution, unit_m
from layers.services.scales import unit_m as crs_unit_m
from layers.services.tile_service import TileService

MOST_TILES = 12
_DOUBTFUL_M = 0.05
"""Pixels smaller than that on the ground are those of a grid, and not of imagery."""
LEAST_PX = 24
"""Less than that on a side, and an image is a speck on the map in which nothing can be seen."""


class PlacedTile(Struct, frozen=True):
    """A tile, and its rectangle in pixels of the picture, from the upper left corner."""

    level: int
    column: int
    row: int
    left: float
    top: float
    width: float
    height: float


def tiles_of_picture(service: TileService, view: View, width: int, height: int) -> tuple[PlacedTile, ...]:
    """The tiles of a picture that holds the view, in the CRS of the service; none where the view lies elsewhere."""
    try:
        bounds = transform_bounds(view.grid.crs, service.crs, view.world_bounds())
    except GeoloupeError:
        return ()
    if not bounds.is_finite() or bounds.is_empty:
        return ()
    resolution = max(bounds.width / width, bounds.height / height)
    x, y = bounds.centre
    picture = Bounds(
        x - width * resolution / 2, y - height * resolution / 2, x + width * resolution / 2, y + height * resolution / 2
    )
    level = level_for(resolution, service) if resolution > 0 else service.max_level
    for coarser in range(level, service.min_level - 1, -1):
        tiles = _tiles_at(service, coarser, picture, resolution)
        if len(tiles) <= MOST_TILES:
            return tiles
    return ()


def _tiles_at(service: TileService, level: int, picture: Bounds, resolution: float) -> tuple[PlacedTile, ...]:
    """The tiles of a level; more than `MOST_TILES` where they are too many."""
    matrix = service.matrices.matrices[level]
    first_column, last_column, first_row, last_row = matrix.tile_range
    width, height = matrix.tile_width * matrix.resolution, matrix.tile_height * matrix.resolution
    goes_round = service.matrices.goes_round(level)
    columns = [math.floor((edge - matrix.left) / width) for edge in (picture.left, picture.right)]
    rows = [math.floor((matrix.top - edge) / height) for edge in (picture.top, picture.bottom)]
    if not goes_round:
        columns = [max(columns[0], first_column), min(columns[1], last_column)]
    rows = [max(rows[0], first_row), min(rows[1], last_row)]
    tiles = []
    for row in range(rows[0], rows[1] + 1):
        for column in range(columns[0], columns[1] + 1):
            bounds = matrix.tile_bounds(column, row)
            left, top = (bounds.left - picture.left) / resolution, (picture.top - bounds.top) / resolution
            inside = column % matrix.columns if goes_round else column
            size = bounds.width / resolution, bounds.height / resolution
            if first_column <= inside <= last_column:
                tiles.append(PlacedTile(level, inside, row, left, top, *size))
            if len(tiles) > MOST_TILES:
                return tuple(tiles)
    return tuple(tiles)


def finest_detail_m(service: TileService, view: View) -> float | None:
    """Metres on the ground of a pixel of the finest level, in the middle of the view; None where that is outside."""
    try:
        x, y = view.to_world(view.width / 2, view.height / 2)
        lon, lat = (float(value) for value in transform_points(view.grid.crs, WGS84, x, y))
        if not (math.isfinite(lon) and math.isfinite(lat)) or not _holds(service, lon, lat):
            return None
        size_m = unit_m(service, lon, lat) * level_resolution(service.max_level, service)
    except GeoloupeError:
        return None
    return size_m if math.isfinite(size_m) and size_m > 0 else None


def draws_any_scale(service: TileService) -> bool:
    """True for maps that are drawn on request down to more detail than imagery has: nobody has said what there is."""
    return not service.is_tiled and service.scales is None and _finest_m(service) < _DOUBTFUL_M


def _finest_m(service: TileService) -> float:
    """Metres of a pixel of the finest level, as services reckon."""
    return level_resolution(service.max_level, service) * crs_unit_m(service.crs)


def is_speck(service: TileService, view: View) -> bool:
    """True where all that the service has lies in the view, and is too small there to see anything of it."""
    return service.bounds is not None and are_speck(service.bounds, view)


def are_speck(lonlat: Bounds, view: View) -> bool:
    """True where bounds in longitude and latitude lie in the view, and are too small there to see anything in them."""
    bounds = _bounds_in(view, lonlat)
    if bounds is None:
        return False
    shown = view.world_bounds()
    return shown.contains(bounds) and max(bounds.width, bounds.height) < LEAST_PX * shown.width / view.width


def view_when_added(service: TileService, view: View) -> View:
    """The view of the map once the service is added: of all that it has, where that is a speck in `view`."""
    bounds = None if service.bounds is None else _bounds_in(view, service.bounds)
    if bounds is None or not is_speck(service, view):
        return view
    return View.of_bounds(view.grid.crs, bounds, view.width, view.height)


def _bounds_in(view: View, lonlat: Bounds) -> Bounds | None:
    """Bounds in the CRS of a view; None where they have no place in it."""
    try:
        bounds = transform_bounds(WGS84, view.grid.crs, lonlat)
    except GeoloupeError:
        return None
    return bounds if bounds.is_finite() else None


def _holds(service: TileService, lon: float, lat: float) -> bool:
    """False where the service says that it has nothing at a place."""
    if service.bounds is not None:
        turns = (lon - 360, lon, lon + 360)
        return any(service.bounds.contains_point(turned, lat) for turned in turns)
    x, y = (float(value) for value in transform_points(WGS84, service.crs, lon, lat))
    if not (math.isfinite(x) and math.isfinite(y)):
        return False
    bounds = service.matrices.bounds
    return bounds.bottom <= y <= bounds.top and (bool(service.matrices.turn) or bounds.left <= x <= bounds.right)
