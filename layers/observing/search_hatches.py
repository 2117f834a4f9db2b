"""The ground of searches that found nothing, as maps hatch it: hidden from view, and not searched."""

from __future__ import annotations

from collections.abc import Container, Sequence

import shapely
from msgspec import Struct
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.search import Search
from layers.errors import GeoloupeError
from layers.observing.search_cells import LEAST_HIDDEN, sheet_of

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


def _hatch(document: Document, search: Search) -> SearchHatch | None:
    sheet, site = sheet_of(search), document.sites.get(search.area_uuid)
    if sheet is None or site is None:
        return None
    obscured, missed = [], []
    try:
        ground = sheet.grid.on_grid(site.geometry)
        for place in sheet.grid.cells_of(site.geometry):
            cell = sheet.cell(place.row, place.column)
            square = sheet.grid.cell(place.row, place.column)
            if cell.obscured >= LEAST_HIDDEN:
                obscured.append(square)
            elif not cell.is_searched:
                missed.append(square)
    except GeoloupeError:
        return None  # its area was drawn otherwise since
    parts = (_ground_of(squares, ground) for squares in (obscured, missed))
    return SearchHatch(search.uuid, search.area_uuid, *(sheet.grid.on_earth(part) for part in parts))


def _ground_of(squares: Sequence[BaseGeometry], ground: BaseGeometry) -> BaseGeometry:
    """The part of the ground in these cells: areas alone."""
    if not squares:
        return shapely.MultiPolygon()
    part = shapely.intersection(shapely.union_all(squares, grid_size=_SNAP_M), ground)
    areas = [piece for piece in shapely.get_parts(part) if piece.geom_type == "Polygon"]
    return shapely.MultiPolygon(areas)
