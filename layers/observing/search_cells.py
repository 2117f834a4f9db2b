"""The cells of a search: what each showed to whom, and the shares of the area that follow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct
from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.decoding import decoded_or_none, encoded
from layers.document.search import Search
from layers.observing.search_grid import MOST_CELLS, CellPlace, SearchGrid

NOTHING, FOUND, CANNOT_TELL, SKIPPED = "nothing seen", "found", "cannot tell", "skipped"
SHOWN = 0.995
"""Part of a cell that has to have been on the screen at full resolution: the rest is rounding of edges."""
LEAST_DARK = 0.6
"""Part of a cell at the noise floor of a radar image from which radar shadow is suggested."""
LEAST_HIDDEN = 0.5
"""Part of a cell under cloud, in shadow or without data from which that is suggested as the reason."""

_TRACE = 1e-4
"""Least part of an area that counts: less is rounding."""

type _Part = Annotated[float, Meta(ge=0, le=1)]
type CellState = Literal["", "nothing seen", "found", "cannot tell", "skipped"]


class SearchCell(Struct, frozen=True, omit_defaults=True):
    """A cell of a search with what it showed. Parts are of the cell, from 0 to 1."""

    row: Annotated[int, Meta(ge=1)]
    column: Annotated[int, Meta(ge=1)]
    answer: CellState = ""
    why: str = ""
    """The reason why it cannot be told, a word of the vocabulary."""
    words: str = ""
    """The reason in words, where the vocabulary has none."""
    by: str = ""
    at: str = ""
    shown: _Part = 0.0
    """Part that was on the screen at full resolution, with the picture complete."""
    no_data: _Part = 0.0
    """Part where the image has no data."""
    cloud: _Part = 0.0
    """Part under cloud or in its shadow, by the image's own mask."""
    dark: _Part = 0.0
    """Part at the noise floor of a radar image."""
    marks: tuple[str, ...] = ()
    """Uuids of the marks of what was found."""

    @property
    def is_searched(self) -> bool:
        """True where somebody looked at all of it and could tell."""
        return self.answer in (NOTHING, FOUND) and self.shown >= SHOWN

    @property
    def obscured(self) -> float:
        """Part that was looked at and hidden from view: all of it where it cannot be told."""
        if self.answer == CANNOT_TELL:
            return 1.0
        return min(1.0, self.no_data + self.cloud) if self.is_searched else 0.0

    @property
    def assessed(self) -> float:
        """Part that was looked at and could be told."""
        return 1.0 - self.obscured if self.is_searched else 0.0

    @property
    def suggested(self) -> str:
        """The reason why it may not be told, by its pixels; empty for none. Only the analyst can say that it is so."""
        if self.no_data >= LEAST_HIDDEN:
            return "not covered"
        if self.cloud >= LEAST_HIDDEN:
            return "cloud"
        return "radar shadow" if self.dark >= LEAST_DARK else ""


class SearchSheet(Struct, frozen=True):
    """The grid of a search with the cells that were looked at: the column `cells_json`."""

    grid: SearchGrid
    cells: tuple[SearchCell, ...] = ()

    def cell(self, row: int, column: int) -> SearchCell:
        """A cell; one without an answer where nobody has looked at it."""
        return _by_place(self).get((row, column), SearchCell(row, column))

    def with_cell(self, cell: SearchCell) -> SearchSheet:
        """The same with another cell in the place of one."""
        others = (known for known in self.cells if (known.row, known.column) != (cell.row, cell.column))
        return replace(self, cells=tuple(sorted((*others, cell), key=lambda known: (known.row, known.column))))

    @property
    def text(self) -> str:
        """The sheet as the column holds it."""
        return json.dumps(encoded(self), ensure_ascii=False, separators=(",", ":"))


class SearchShares(NamedTuple):
    """Shares of the searched area in per cent, in tenths; together they are 100."""

    assessed_pct: float
    obscured_pct: float
    not_searched_pct: float


def sheet_of(search: Search) -> SearchSheet | None:
    """The grid and cells of a search; None for one without a grid of ours."""
    return sheet_in(search.cells_json) if search.cells_json else None


@lru_cache(64)
def sheet_in(text: str) -> SearchSheet | None:
    """The grid and cells that a text of the column holds; None for any other text."""
    try:
        sheet = decoded_or_none(json.loads(text), SearchSheet)
    except (ValueError, RecursionError):
        return None
    return sheet if sheet is not None and _is_sound(sheet.grid) else None


def _is_sound(grid: SearchGrid) -> bool:
    numbers = (grid.left_m, grid.top_m, grid.width_m, grid.height_m, grid.row_bearing_deg)
    return (
        grid.size <= MOST_CELLS
        and abs(grid.lat) <= 90
        and abs(grid.lon) <= 540
        and all(abs(number) < 1e8 for number in numbers)
    )


@lru_cache(16)
def _by_place(sheet: SearchSheet) -> Mapping[tuple[int, int], SearchCell]:
    return {(cell.row, cell.column): cell for cell in sheet.cells}


def shares_of(sheet: SearchSheet, area: BaseGeometry) -> SearchShares:
    """The shares of an area that were assessed, obscured and not searched.

    No share is rounded to all of it while there is a rest.
    """
    cells = [(place.share, sheet.cell(place.row, place.column)) for place in sheet.grid.cells_of(area)]
    whole = sum(share for share, _ in cells) or 1.0
    assessed = _tenths(sum(share * cell.assessed for share, cell in cells) / whole)
    obscured = min(_tenths(sum(share * cell.obscured for share, cell in cells) / whole), 1000 - assessed)
    return SearchShares(assessed / 10, obscured / 10, (1000 - assessed - obscured) / 10)


def _tenths(part: float) -> int:
    """A part in tenths of a per cent; neither all nor nothing where it is a little less or more."""
    nearest = round(1000 * part)
    return max(nearest, 1) if part > _TRACE and nearest < 1000 else min(nearest, 999) if part < 1 - _TRACE else nearest


def result_of(sheet: SearchSheet) -> str:
    """The result that the cells give: found, none seen, not assessable; empty while nobody has looked."""
    if any(cell.answer == FOUND for cell in sheet.cells):
        return "found"
    if any(cell.assessed > 0 for cell in sheet.cells):
        return "none seen"
    return "not assessable" if any(cell.obscured > 0 for cell in sheet.cells) else ""


def next_open(sheet: SearchSheet, places: Iterable[CellPlace], after: tuple[int, int] = (0, 0)) -> CellPlace | None:
    """The first cell without an answer after a place, row by row, and then from the beginning; None where all have
    one.
    """
    waiting = [place for place in places if not sheet.cell(place.row, place.column).answer]
    later = (place for place in waiting if (place.row, place.column) > after)
    return next(later, waiting[0] if waiting else None)
