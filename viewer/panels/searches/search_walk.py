"""The way through the cells of a search: moves the map from cell to cell, and watches what of each was shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import shapely
from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.search import Search
from layers.errors import GeoloupeError, InvalidValue
from layers.geo.crs import WGS84, is_off_earth, transform_points
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View
from layers.observing.search_cells import SHOWN, SearchCell, SearchSheet, next_open, sheet_of
from layers.observing.search_grid import CellPlace
from layers.observing.shown_ground import FULL, ShownGround
from layers.phrase import Phrase
from layers.scenes.view_area import area_of_view
from viewer.canvas.image_below import images_below
from viewer.canvas.widget import MapCanvas

_MARGIN = 1.06
"""Part of a view that a cell fills at most, as its inverse: its outline stays in sight."""
_CLOSEST = 8.0
"""Pixels of the screen along one of the image's, at most: a closer view shows no more."""
_STAYED_PX = 2.0
"""Pixels by which the middle of the map may move when its size changes, and nobody moved it."""
_LEAST_IN_SIGHT = 1.0 / 3.0
"""Least part of the cell in hand, or of the view, that shows it for the cell to be what the analyst looks at."""
_SQUARE_DEG = 1.0
"""Turn from which a grid lies aslant in the view."""


class CellProgress(NamedTuple):
    """Number of the cell in hand, from 1, of all cells, and how many have an answer."""

    number: int
    cells: int
    answered: int


class SearchWalk:
    """One search that is gone through, on one canvas. The case changes by its desk alone."""

    def __init__(
        self,
        search: Search,
        area: BaseGeometry,
        image_layer: str,
        canvas: MapCanvas,
        image_outline: BaseGeometry | None = None,
    ) -> None:
        """`area` and `image_outline` in lon, lat; `image_layer` is the uuid of the layer that is searched. Raises
        InvalidValue for an area beside the cells.
        """
        sheet = sheet_of(search)
        assert sheet is not None, "only searches with cells are gone through"
        self.uuid, self.area, self.image_layer = search.uuid, area, image_layer
        self.sheet: SearchSheet = sheet
        self.pixel_m = search.gsd_m or 0.0
        self.places: tuple[CellPlace, ...] = sheet.grid.cells_of(area)
        self.shown = ShownGround(sheet.grid, area, image_outline)
        self._canvas = canvas
        self._placed: tuple[tuple[float, float], tuple[int, int]] | None = None
        """Middle and size of the map as the last part was shown; None before the first."""
        if not self.places:
            raise InvalidValue("No cell of the search lies in its area.")
        first = next_open(sheet, self.places) or self.places[0]
        self.at = first.row, first.column

    # -- where it is ----------------------------------------------------------------------------------------------

    @property
    def cell(self) -> SearchCell:
        """The cell in hand, as the case has it; what of it lies outside the image is without data."""
        cell = self.sheet.cell(*self.at)
        outside = round(self.outside, 4)
        return replace(cell, no_data=outside) if cell.no_data < outside else cell

    @property
    def outside(self) -> float:
        """The part of the cell in hand that lies outside the image, 0 to 1."""
        return self.shown.outside(*self.at)

    @property
    def part_shown(self) -> float:
        """The part of the cell in hand that was shown at full resolution, now or when it was answered."""
        return max(self.shown.part_of(*self.at), self.cell.shown)

    @property
    def is_shown(self) -> bool:
        """True where all of the cell in hand was shown at full resolution."""
        return self.part_shown >= SHOWN

    @property
    def progress(self) -> CellProgress:
        numbers = [(place.row, place.column) for place in self.places]
        answered = sum(bool(self.sheet.cell(*place).answer) for place in numbers)
        return CellProgress(numbers.index(self.at) + 1, len(numbers), answered)

    def follow(self, document: Document) -> bool:
        """Take in the row of the search as the case has it now; False where it is gone."""
        search = document.searches.get(self.uuid)
        sheet = None if search is None else sheet_of(search)
        if sheet is None or sheet.grid != self.sheet.grid:
            return False
        self.sheet = sheet
        return True

    # -- moves ----------------------------------------------------------------------------------------------------

    def go_on(self) -> bool:
        """Go to the next cell without an answer; False where all have one."""
        place = next_open(self.sheet, self.places, self.at)
        if place is None:
            return False
        self.go_to(place.row, place.column)
        return True

    def step(self, by: int) -> None:
        """Go to the next cell, or the one before, whether or not it has an answer."""
        numbers = [(place.row, place.column) for place in self.places]
        self.go_to(*numbers[(numbers.index(self.at) + by) % len(numbers)])

    def go_to(self, row: int, column: int) -> None:
        """Take a cell in hand and show it."""
        self.at = row, column
        self.show()

    def show(self) -> None:
        """Show the cell in hand at full resolution: all of it, or the next part that was not shown."""
        viewport = self._canvas.viewport
        crs = viewport.crs
        if is_off_earth(crs):
            return
        needed = self._needed_m()
        finest = self.pixel_m / _CLOSEST
        if needed is not None and needed <= self.pixel_m:
            self._centre(self.sheet.grid.middle(*self.at), max(needed, finest))
            return
        middle = self.shown.next_middle(*self.at, *self._window_m(self.pixel_m))
        self._centre(middle or self.sheet.grid.middle(*self.at), self.pixel_m)

    def _centre(self, lonlat: tuple[float, float], resolution_m: float) -> None:
        canvas = self._canvas
        x, y = (float(number) for number in transform_points(WGS84, canvas.viewport.crs, *lonlat))
        unit_m = ground_resolution_m(canvas.viewport.crs, x, y, 1.0)
        if math.isfinite(x) and math.isfinite(y) and unit_m > 0:
            canvas.viewport.centre_on(x, y, resolution_m / unit_m)
            canvas.motion.come_to_rest()
            self._placed = canvas.viewport.centre, canvas.viewport.size

    def fit_again(self) -> bool:
        """Show the cell in hand anew where the map has another size since and was not moved, as when the bar appears
        above it; True where that was so.
        """
        placed, viewport = self._placed, self._canvas.viewport
        if placed is None or placed[1] == viewport.size or self.is_shown:
            return False
        off = max(abs(now - then) for now, then in zip(viewport.centre, placed[0], strict=True))
        if off > _STAYED_PX * viewport.resolution:
            return False
        self.show()
        return True

    def is_in_sight(self, view: View) -> bool:
        """True where a view shows the cell in hand as what is looked at: in its middle, or a good part of it."""
        corners = [self._pixel(view, place) for place in self.sheet.grid.outline(*self.at).exterior.coords]
        if not all(math.isfinite(number) for corner in corners for number in corner):
            return False
        cell, frame = shapely.make_valid(shapely.Polygon(corners)), shapely.box(0, 0, view.width, view.height)
        seen = shapely.intersection(cell, frame).area
        is_middle = bool(shapely.intersects(cell, shapely.Point(view.width / 2, view.height / 2)))
        return is_middle or seen >= _LEAST_IN_SIGHT * min(cell.area, frame.area)

    def _needed_m(self) -> float | None:
        """Ground metres of a pixel of the screen at which all of the cell in hand is in view; None off the map."""
        view = self._canvas.viewport.view()
        corners = [self._pixel(view, place) for place in self.sheet.grid.outline(*self.at).exterior.coords]
        if not all(math.isfinite(number) for corner in corners for number in corner):
            return None
        wide = max(corner[0] for corner in corners) - min(corner[0] for corner in corners)
        high = max(corner[1] for corner in corners) - min(corner[1] for corner in corners)
        metres = self._metres_here(view)
        return None if metres is None else metres * _MARGIN * max(wide / view.width, high / view.height)

    def _metres_here(self, view: View) -> float | None:
        x, y = (float(number) for number in transform_points(WGS84, view.grid.crs, *self.sheet.grid.middle(*self.at)))
        metres = ground_resolution_m(view.grid.crs, x, y, view.grid.resolution)
        return metres if math.isfinite(metres) and metres > 0 else None

    def _window_m(self, resolution_m: float) -> tuple[float, float]:
        """Metres along the rows and down the columns of the grid that a view shows, however it is turned."""
        view, grid, (row, column) = self._canvas.viewport.view(), self.sheet.grid, self.at
        along, down = grid.left_m + (column - 0.5) * grid.width_m, grid.top_m + (row - 0.5) * grid.height_m
        begin = self._pixel(view, grid.lonlat(along, down))
        end = self._pixel(view, grid.lonlat(along + grid.width_m / 4, down))
        turn = math.degrees(math.atan2(end[1] - begin[1], end[0] - begin[0])) % 180.0
        wide, high = view.width * resolution_m, view.height * resolution_m
        if min(turn, 180.0 - turn) <= _SQUARE_DEG:
            return wide, high
        if abs(turn - 90.0) <= _SQUARE_DEG:
            return high, wide
        side = min(wide, high) / (abs(math.cos(math.radians(turn))) + abs(math.sin(math.radians(turn))))
        return side, side

    @staticmethod
    def _pixel(view: View, lonlat: tuple[float, ...]) -> tuple[float, float]:
        x, y = (float(number) for number in transform_points(WGS84, view.grid.crs, lonlat[0], lonlat[1]))
        return view.to_pixel(x, y)

    # -- what was shown -------------------------------------------------------------------------------------------

    def look(self) -> Phrase | None:
        """Count what is on the screen now; returns why it does not count, None where it does.

        It counts at full resolution, with the picture complete and the searched image on top.
        """
        canvas = self._canvas
        view = canvas.viewport.view()
        if is_off_earth(view.grid.crs):
            return Phrase("This map has no place on the Earth: show the image on a map.")
        metres = ground_resolution_m(view.grid.crs, *canvas.viewport.centre, view.grid.resolution)
        if not metres <= self.pixel_m * FULL:
            return Phrase("Too far away to count: zoom in until a pixel of the image is a pixel of the screen.")
        if not (canvas.motion.is_resting and canvas.is_idle()):
            return Phrase("The picture is being read.")
        seen = area_of_view(view)
        try:
            below = images_below(canvas.pane.shown, view, *self._judged_place(seen))
        except GeoloupeError:
            return Phrase("The picture is being read.")
        drawing = canvas.scene.drawings.get(self.image_layer)
        if drawing is None or self._is_hidden() or drawing.has_failed_in(drawing.seen(view)):
            return Phrase("The image that is searched is not shown: switch its layer on.")
        problem = self._covered_by(below.layers)
        if problem is None:
            self.shown.add(seen)
        return problem

    def _judged_place(self, seen: BaseGeometry) -> tuple[float, float]:
        """The place of a view at which it is judged which image lies on top: one of the cell in hand, on the image."""
        return self.shown.place_in(*self.at, seen) or self._canvas.viewport.centre_lonlat()

    def _covered_by(self, layers: Sequence[str]) -> Phrase | None:
        """The reason why images seen at a place, the topmost first, keep it from counting; None where they do not.

        Images below that show through a hole in the one that is searched, or beside it, do not matter.
        """
        order = list(self._canvas.scene.stack.visible())
        own = order.index(self.image_layer)
        if any(uuid in order and order.index(uuid) > own for uuid in layers):
            return Phrase("Another image lies over the one that is searched: switch that off.")
        if self.image_layer in layers and len(layers) > 1:
            return Phrase("Images below show through the one that is searched: set its opacity to 100 %.")
        return None

    def _is_hidden(self) -> bool:
        return self.image_layer not in self._canvas.scene.stack.visible()
