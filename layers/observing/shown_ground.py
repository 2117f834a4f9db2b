"""The ground of a search that was on the screen at full resolution, and what of a cell is still to come."""

from __future__ import annotations

import math
from collections.abc import Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import GeoloupeError
from layers.geo.longitudes import Place
from layers.observing.search_cells import SHOWN
from layers.observing.search_grid import SearchGrid

FULL = 1.01
"""Greatest size of a pixel of the screen, in pixels of the image, that counts as full resolution: more is coarser."""
_OVERLAP = 0.04
"""Part of a view that the next part of a cell shows again."""
_GRAIN = 1e-6
"""Part of a cell's longer side to which ground is rounded: finer coordinates leave threads that are no ground."""
_ROUNDED = 2.0
"""Grains along the edge of a cell's ground within which what is left over is what rounding has moved."""
_THREAD = 0.005
"""Part of a view's shorter side: thinner ground is looked at last, as it may be what rounding has left over."""


class ShownGround:
    """Gathers the views of one search. Nothing of it is kept in the case but the part of each cell."""

    def __init__(self, grid: SearchGrid, area: BaseGeometry, image: BaseGeometry | None = None) -> None:
        """`area` and `image`, the outline of the image that is searched, in lon, lat; ground outside the image need
        not be shown. None for an image without an outline.
        """
        self._grid = grid
        self._grain = max(grid.width_m, grid.height_m) * _GRAIN
        ground, picture = grid.on_grid(area), None if image is None else _on_grid_or_none(grid, image)
        self._cells: dict[tuple[int, int], BaseGeometry] = {}
        self._outside: dict[tuple[int, int], float] = {}
        for place in grid.cells_of(area):
            whole = self._common(grid.cell(place.row, place.column), ground)
            inside = whole if picture is None else self._common(whole, picture)
            self._cells[place.row, place.column] = inside
            covered = inside.area / whole.area if whole.area else 1.0
            self._outside[place.row, place.column] = 1.0 - covered if covered < SHOWN else 0.0
        self._shown: dict[tuple[int, int], BaseGeometry] = {}

    def _common(self, shape: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
        return _areas(shapely.intersection(_areas(shape), _areas(other), grid_size=self._grain))

    def add(self, seen: BaseGeometry) -> None:
        """Take in the ground of a view, in lon, lat, whose picture is complete and as fine as the image."""
        on_grid = _on_grid_or_none(self._grid, seen)
        if on_grid is None or on_grid.is_empty:
            return
        left, top, right, bottom = on_grid.bounds
        grid = self._grid
        first, last = (math.floor((y - grid.top_m) / grid.height_m) + 1 for y in (top, bottom))
        begin, end = (math.floor((x - grid.left_m) / grid.width_m) + 1 for x in (left, right))
        for row in range(max(first, 1), min(last, grid.rows) + 1):
            for column in range(max(begin, 1), min(end, grid.columns) + 1):
                self._add_to(row, column, on_grid)

    def _add_to(self, row: int, column: int, seen: BaseGeometry) -> None:
        ground = self._cells.get((row, column))
        if ground is None or self.part_of(row, column) >= SHOWN:
            return
        part, before = self._common(ground, seen), self._shown.get((row, column))
        if before is not None:
            part = _areas(shapely.union(before, part, grid_size=self._grain))
        # Of a sliver of ground rounding leaves more than SHOWN allows, and no view would ever show it.
        rounded_off = _ROUNDED * self._grain * ground.length
        is_rest_rounding = not part.is_empty and ground.area - part.area <= rounded_off
        self._shown[row, column] = ground if is_rest_rounding else part

    def outside(self, row: int, column: int) -> float:
        """The part of a cell that lies outside the image, 0 to 1."""
        return self._outside.get((row, column), 0.0)

    def holds(self, row: int, column: int, place: Place) -> bool:
        """True where a place in lon, lat lies in a cell, on the area and on the image."""
        ground, on_grid = self._cells.get((row, column)), _on_grid_or_none(self._grid, shapely.Point(place))
        return ground is not None and on_grid is not None and bool(shapely.dwithin(ground, on_grid, self._grain))

    def place_in(self, row: int, column: int, seen: BaseGeometry) -> tuple[float, float] | None:
        """Longitude and latitude of a place of a cell that lies in a view's ground; None where none does."""
        ground, on_grid = self._cells.get((row, column)), _on_grid_or_none(self._grid, seen)
        common = None if ground is None or on_grid is None else self._common(ground, on_grid)
        return None if common is None or common.is_empty else self._grid.lonlat(*_place_in_largest(common))

    def part_of(self, row: int, column: int) -> float:
        """The part of a cell that was shown, 0 to 1."""
        ground, shown = self._cells.get((row, column)), self._shown.get((row, column))
        if ground is None or shown is None or not ground.area:
            return 0.0
        return min(1.0, float(shown.area / ground.area))

    def next_middle(self, row: int, column: int, width_m: float, height_m: float) -> tuple[float, float] | None:
        """Longitude and latitude of the middle of the next view of a cell, which shows `width_m` along its rows and
        `height_m` down its columns; None where all of it was shown.
        """
        ground = self._cells.get((row, column))
        if ground is None or self.part_of(row, column) >= SHOWN:
            return None
        shown = self._shown.get((row, column))
        missing = ground if shown is None else _areas(shapely.difference(ground, shown, grid_size=self._grain))
        if missing.is_empty:
            return None
        thread = _THREAD * min(width_m, height_m)
        thick = _areas(shapely.buffer(missing, -thread, join_style="mitre"))
        if thick.is_empty:
            return self._grid.lonlat(*_place_in_largest(missing))
        wide, high = width_m * (1 - _OVERLAP), height_m * (1 - _OVERLAP)
        left, top, right, _ = thick.bounds
        strip = self._common(thick, shapely.box(left, top, right, top + high))
        begin = (thick if strip.is_empty else strip).bounds[0] - thread
        bounds = ground.bounds
        along = _held(begin + wide / 2, wide, bounds[0], bounds[2])
        down = _held(top - thread + high / 2, high, bounds[1], bounds[3])
        view = shapely.box(along - wide / 2, down - high / 2, along + wide / 2, down + high / 2)
        if self._common(thick, view).is_empty:
            along, down = _place_in_largest(thick)
        return self._grid.lonlat(along, down)


def _areas(shape: BaseGeometry) -> BaseGeometry:
    """The parts of a shape that have an area: operations leave points and lines where shapes touch."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape if shape.is_valid else _areas(shapely.make_valid(shape))
    parts = [part for part in _pieces(shape) if part.area > 0]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _pieces(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in shapely.get_parts(shape):
        if part.geom_type in ("MultiPolygon", "GeometryCollection"):
            yield from _pieces(part)
        elif part.geom_type == "Polygon":
            yield part


def _place_in_largest(shape: BaseGeometry) -> tuple[float, float]:
    """A place inside the largest part of a shape."""
    place = max(_pieces(shape), key=lambda part: part.area).representative_point()
    return place.x, place.y


def _on_grid_or_none(grid: SearchGrid, shape: BaseGeometry) -> BaseGeometry | None:
    """A shape in lon, lat on a grid; None for one that reaches too far."""
    try:
        return grid.on_grid(shape)
    except GeoloupeError:
        return None


def _held(middle: float, length: float, low: float, high: float) -> float:
    """The middle of a stretch that stays between two ends, or lies between them where it is the longer."""
    if length >= high - low:
        return (low + high) / 2
    return min(max(middle, low + length / 2), high - length / 2)
