"""The ground of searches as maps show it: hidden from view, not searched, and in the window what was seen there."""

from __future__ import annotations

from collections.abc import Container, Sequence

import shapely
from msgspec import Struct
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.search import Search
from layers.errors import GeoloupeError
from layers.geo.longitudes import Place
from layers.observing.search_cells import FOUND, LEAST_HIDDEN, NOTHING, sheet_of

_SNAP_M = 1e-3
"""Distance at which sides of cells are one: their corners are computed, and differ by rounding."""


class SearchHatch(Struct, frozen=True):
    """The ground of one search in lon, lat: what was looked at and hidden, and where nobody looked."""

    search: str
    area: str
    """Uuid of the mark that was searched."""
    obscured: BaseGeometry
    missed: BaseGeometry


def hatches_in(document: Document, marks: Container[str]) -> tuple[SearchHatch, ...]:
    """The hatches of searches of these marks in which nothing was seen, in the order of the case."""
    searches = (row for row in document.searches.values() if row.result == "none seen" and row.area_uuid in marks)
    hatches = (_hatch(document, search) for search in searches)
    return tuple(hatch for hatch in hatches if hatch is not None)


class ShownSearch(Struct, frozen=True):
    """The ground of one search in lon, lat, as the window's map shows it."""

    hatch: SearchHatch
    nothing: BaseGeometry
    """The ground that somebody looked at and saw nothing on, in one outline."""
    marked: tuple[BaseGeometry, ...]
    """The ground of each cell in which something was found."""
    signs: tuple[tuple[str, Place], ...]
    """The answers of its cells, each with a place in the cell for its sign."""
    cell: BaseGeometry
    """The outline of one cell, by whose size signs are left out."""


def shown_search(search: Search, area: BaseGeometry) -> ShownSearch | None:
    """The ground of a search as the window shows it; None without cells, or where its area was drawn anew since."""
    sheet = sheet_of(search)
    if sheet is None:
        return None
    try:
        ground = sheet.grid.on_grid(area)
        places = [(place.row, place.column) for place in sheet.grid.cells_of(area)]
    except GeoloupeError:
        return None
    squares = {place: sheet.grid.cell(*place) for place in places}
    cells = {place: sheet.cell(*place) for place in places}
    obscured = [squares[place] for place, cell in cells.items() if cell.obscured >= LEAST_HIDDEN]
    missed = [squares[place] for place, cell in cells.items() if cell.obscured < LEAST_HIDDEN and not cell.is_searched]
    nothing = [squares[place] for place, cell in cells.items() if cell.is_searched and cell.answer == NOTHING]
    found_squares = [squares[place] for place, cell in cells.items() if cell.answer == FOUND]
    hidden, unseen, seen = (sheet.grid.on_earth(_ground_of(parts, ground)) for parts in (obscured, missed, nothing))
    marked = tuple(sheet.grid.on_earth(_ground_of([square], ground)) for square in found_squares)
    parts = ((cells[place].answer, shapely.intersection(square, ground)) for place, square in squares.items())
    signs = tuple((answer, sheet.grid.lonlat(*_inside(part))) for answer, part in parts if answer)
    hatch = SearchHatch(search.uuid, search.area_uuid, hidden, unseen)
    return ShownSearch(hatch, seen, marked, signs, sheet.grid.outline(*places[0]))


def _inside(part: BaseGeometry) -> tuple[float, float]:
    """A place within a part of a cell: its middle, where that belongs to it."""
    middle = part.centroid
    place = middle if part.contains(middle) else part.representative_point()
    return place.x, place.y


def _hatch(document: Document, search: Search) -> SearchHatch | None:
    site = document.sites.get(search.area_uuid)
    shown = None if site is None else shown_search(search, site.geometry)
    return None if shown is None else shown.hatch


def _ground_of(squares: Sequence[BaseGeometry], ground: BaseGeometry) -> BaseGeometry:
    """The part of the ground in these cells: areas alone."""
    if not squares:
        return shapely.MultiPolygon()
    part = shapely.intersection(shapely.union_all(squares, grid_size=_SNAP_M), ground)
    areas = [piece for piece in shapely.get_parts(part) if piece.geom_type == "Polygon"]
    return shapely.MultiPolygon(areas)
