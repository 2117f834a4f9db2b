"""The ground of a search that was on the screen at full resolution, and what of a cell is still to come."""

from __future__ import annotations

import math

import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import GeoloupeError
from layers.observing.search_cells import SHOWN
from layers.observing.search_grid import SearchGrid

FULL = 1.01
"""Greatest size of a pixel of the screen, in pixels of the image, that counts as full resolution: more is coarser."""
_OVERLAP = 0.04
"""Part of a view that the next part of a cell shows again."""


class ShownGround:
    """Gathers the views of one search. Nothing of it is kept in the case but the part of each cell."""

    def __init__(self, grid: SearchGrid, area: BaseGeometry) -> None:
        self._grid = grid
        ground = grid.on_grid(area)
        self._cells = {
            (place.row, place.column): shapely.intersection(grid.cell(place.row, place.column), ground)
            for place in grid.cells_of(area)
        }
        self._shown: dict[tuple[int, int], BaseGeometry] = {}

    def add(self, seen: BaseGeometry) -> None:
        """Take in the ground of a view, in lon, lat, whose picture is complete and as fine as the image."""
        try:
            on_grid = self._grid.on_grid(seen)
        except GeoloupeError:
            return
        if on_grid.is_empty:
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
        part = shapely.intersection(ground, seen)
        before = self._shown.get((row, column))
        self._shown[row, column] = part if before is None else shapely.union(before, part)

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
        missing = ground if shown is None else shapely.difference(ground, shown)
        wide, high = width_m * (1 - _OVERLAP), height_m * (1 - _OVERLAP)
        top = missing.bounds[1]
        strip = shapely.clip_by_rect(missing, missing.bounds[0], top, missing.bounds[2], top + high)
        left = (missing if strip.is_empty else strip).bounds[0]
        bounds = ground.bounds
        along = _held(left + wide / 2, wide, bounds[0], bounds[2])
        down = _held(top + high / 2, high, bounds[1], bounds[3])
        return self._grid.lonlat(along, down)


def _held(middle: float, length: float, low: float, high: float) -> float:
    """The middle of a stretch that stays between two ends, or lies between them where it is the longer."""
    if length >= high - low:
        return (low + high) / 2
    return min(max(middle, low + length / 2), high - length / 2)
