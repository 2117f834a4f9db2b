"""The grid of a search: equal cells over an area of any shape, in an equal-area projection about the area's middle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, NamedTuple

import numpy as np
import shapely
from msgspec import Meta, Struct
from numpy.typing import NDArray
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from layers.errors import GeoloupeError, InvalidValue
from layers.geo.antimeridian import in_one_piece
from layers.geo.crs import WGS84, transform_points
from layers.geo.longitudes import all_near
from layers.phrase import Phrase

MOST_CELLS = 400
"""Most cells of a search: nobody looks at more of them one by one, and each answer keeps all of them."""
NORTH_UP_DEG = 90.0
"""Bearing of the rows of a grid whose columns run south."""
_FARTHEST_M = 2_000_000.0
"""Farthest that an area may reach from its middle, in metres: one that is larger is not looked at cell by cell."""
_STEP_DEG = 0.25
"""Longest stretch of an outline that is projected as a straight line, in degrees."""
_SIDE_STEPS = 8
"""Stretches of a side of a cell: it is straight on the ground, and bent on most maps."""
_LONGEST_STEP_M = 5000.0
_TOUCHES = 1e-6
"""Least part of a cell that lies in the area, for the cell to belong to the search: less is rounding."""

type _Count = Annotated[int, Meta(ge=1, le=MOST_CELLS)]


class CellPlace(NamedTuple):
    """A cell that belongs to a search, by its row and column from 1, with its part of the area, 0 to 1."""

    row: int
    column: int
    share: float


class SearchGrid(Struct, frozen=True):
    """Rows and columns over an area. Rows run along `row_bearing_deg`, clockwise from north at `lon`, `lat`; columns a
    quarter turn further. `left_m` and `top_m` are the corner of the first cell along both, from that middle.
    """

    lon: float
    lat: float
    left_m: float
    top_m: float
    width_m: Annotated[float, Meta(gt=0)]
    """Length of a cell along its row."""
    height_m: Annotated[float, Meta(gt=0)]
    rows: _Count
    columns: _Count
    row_bearing_deg: float = NORTH_UP_DEG

    @property
    def size(self) -> int:
        """Number of cells, those outside the area included."""
        return self.rows * self.columns

    def on_grid(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in lon, lat as metres along rows and down columns. Raises InvalidValue for one that reaches too far
        to be looked at cell by cell.
        """
        whole = _together(shape)
        dense = shapely.segmentize(whole, _STEP_DEG) if not whole.is_empty else whole
        placed = shapely.transform(dense, self._places_on)
        if not placed.is_empty and not np.isfinite(placed.bounds).all():
            raise InvalidValue("The area is too large to be searched cell by cell: draw smaller ones.")
        return placed if placed.is_valid else shapely.make_valid(placed)

    def cell(self, row: int, column: int) -> BaseGeometry:
        """The square of a cell in metres along rows and down columns."""
        left, top = self.left_m + (column - 1) * self.width_m, self.top_m + (row - 1) * self.height_m
        return shapely.box(left, top, left + self.width_m, top + self.height_m)

    def middle(self, row: int, column: int) -> tuple[float, float]:
        """Longitude and latitude of the middle of a cell."""
        x = self.left_m + (column - 0.5) * self.width_m
        y = self.top_m + (row - 0.5) * self.height_m
        return self.lonlat(x, y)

    def lonlat(self, along_m: float, down_m: float) -> tuple[float, float]:
        """Longitude and latitude of a place on the grid."""
        ((lon, lat),) = self._lonlats(np.array([[along_m, down_m]])).tolist()
        return lon, lat

    def outline(self, row: int, column: int) -> BaseGeometry:
        """The outline of a cell in lon, lat; longitudes run on over the antimeridian."""
        return self.on_earth(self.cell(row, column))

    def on_earth(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in metres along rows and down columns as longitudes and latitudes, which run on over the
        antimeridian.
        """
        if shape.is_empty:
            return shape
        step = min(max(self.width_m, self.height_m) / _SIDE_STEPS, _LONGEST_STEP_M)
        return shapely.transform(shapely.segmentize(shape, step), self._lonlats)

    def cell_at(self, lon: float, lat: float) -> tuple[int, int] | None:
        """Row and column of the cell at a place; None beside the grid."""
        ((row, column),) = self.cells_at(np.array([[lon, lat]])).tolist()
        return (row, column) if row else None

    def cells_at(self, lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
        """(n, 2) Rows and columns of the cells at places (n, 2); 0, 0 beside the grid."""
        is_place = np.isfinite(lonlat).all(axis=1)
        on_grid = self._places_on(np.where(is_place[:, None], lonlat, (self.lon, self.lat)))
        corner, size = np.array([self.top_m, self.left_m]), np.array([self.height_m, self.width_m])
        with np.errstate(invalid="ignore"):
            cells = np.floor((on_grid[:, ::-1] - corner) / size) + 1
        inside = is_place & (cells >= 1).all(axis=1) & (cells <= (self.rows, self.columns)).all(axis=1)
        return np.where(inside[:, None], cells, 0).astype(np.int64)

    def cells_of(self, area: BaseGeometry) -> tuple[CellPlace, ...]:
        """The cells that belong to a search of an area, row by row. Raises InvalidValue for an area without ground."""
        return _cells_of(self, area)

    def _places_on(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        lon = all_near(lonlat[:, 0], self.lon)
        x, y = transform_points(WGS84, _projection(self.lon, self.lat), lon, lonlat[:, 1])
        turn = math.radians(self.row_bearing_deg)
        along, down = x * math.sin(turn) + y * math.cos(turn), x * math.cos(turn) - y * math.sin(turn)
        return np.column_stack([along, down])

    def _lonlats(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        turn = math.radians(self.row_bearing_deg)
        along, down = places[:, 0], places[:, 1]
        x, y = along * math.sin(turn) + down * math.cos(turn), along * math.cos(turn) - down * math.sin(turn)
        lon, lat = transform_points(_projection(self.lon, self.lat), WGS84, x, y)
        return np.column_stack([all_near(lon, self.lon), lat])


def grid_over(area: BaseGeometry, rows: int, columns: int, *, row_bearing_deg: float = NORTH_UP_DEG) -> SearchGrid:
    """A grid of so many rows and columns around an area in lon, lat. Raises InvalidValue."""
    if not (rows >= 1 and columns >= 1 and rows * columns <= MOST_CELLS):
        raise InvalidValue("A search has between 1 and {most} cells.", most=MOST_CELLS)
    unit, (left, top, right, bottom) = _fitted(area, row_bearing_deg)
    return SearchGrid(
        unit.lon,
        unit.lat,
        left,
        top,
        (right - left) / columns,
        (bottom - top) / rows,
        rows,
        columns,
        row_bearing_deg,
    )


def _fitted(area: BaseGeometry, row_bearing_deg: float) -> tuple[SearchGrid, tuple[float, float, float, float]]:
    """A grid about the middle of an area, and the area's bounds on it."""
    if shapely.get_dimensions(area) < 2 or area.is_empty:
        raise InvalidValue("A search is of an area: choose one that has an inside.")
    left, bottom, right, top = _together(area).bounds
    if not (-90 <= bottom <= top <= 90) or right - left > 180:
        raise InvalidValue("The area is too large to be searched cell by cell: draw smaller ones.")
    unit = SearchGrid((left + right) / 2, (bottom + top) / 2, 0.0, 0.0, 1.0, 1.0, 1, 1, row_bearing_deg)
    try:
        bounds = unit.on_grid(area).bounds
    except GeoloupeError as error:
        raise InvalidValue("The area is too large to be searched cell by cell: draw smaller ones.") from error
    if max(map(abs, bounds)) > _FARTHEST_M:
        raise InvalidValue("The area is too large to be searched cell by cell: draw smaller ones.")
    if not (bounds[2] > bounds[0] and bounds[3] > bounds[1]):
        raise InvalidValue("A search is of an area: choose one that has an inside.")
    return unit, bounds


def _together(shape: BaseGeometry) -> BaseGeometry:
    """A shape whose parts lie beside each other, also over the antimeridian."""
    whole = in_one_piece(shapely.force_2d(shape))
    parts = shapely.get_parts(whole)
    if len(parts) < 2:
        return whole
    first = parts[0].centroid.x
    steps = [float(all_near(np.array([part.centroid.x]), first)[0]) - part.centroid.x for part in parts]
    moved = [translate(part, by) for part, by in zip(parts, steps, strict=True)]
    return type(whole)(moved)


@lru_cache(64)
def _projection(lon: float, lat: float) -> str:
    return f"+proj=laea +lon_0={lon:.9f} +lat_0={lat:.9f} +datum=WGS84 +units=m +no_defs"


@lru_cache(16)
def _cells_of(grid: SearchGrid, area: BaseGeometry) -> tuple[CellPlace, ...]:
    return tuple(_cells(grid, area))


def _cells(grid: SearchGrid, area: BaseGeometry) -> Iterator[CellPlace]:
    ground = grid.on_grid(area)
    whole = float(ground.area)
    if whole <= 0:
        raise InvalidValue("A search is of an area: choose one that has an inside.")
    places = [(row, column) for row in range(1, grid.rows + 1) for column in range(1, grid.columns + 1)]
    squares = np.array([grid.cell(*place) for place in places], dtype=object)
    shapely.prepare(ground)
    parts = shapely.area(shapely.intersection(squares, ground))
    for (row, column), part in zip(places, parts.tolist(), strict=True):
        if part > _TOUCHES * grid.width_m * grid.height_m:
            yield CellPlace(row, column, part / whole)


def cell_name(row: int, column: int) -> Phrase:
    """The name of a cell in a sentence."""
    return Phrase("row {row}, column {column}", row=row, column=column)
