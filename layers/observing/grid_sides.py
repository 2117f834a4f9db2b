"""Compass words for a search grid that lies turned: the sides from which its rows and columns are counted."""

from __future__ import annotations

import math

from layers.observing.search_grid import NORTH_UP_DEG, SearchGrid
from layers.phrase import Phrase

_LEAST_TURN_DEG = 22.5
"""Turn from which row 1 is no longer the northern one, as a compass of eight winds has it."""
_WINDS = (
    Phrase("north"),
    Phrase("north-east"),
    Phrase("east"),
    Phrase("south-east"),
    Phrase("south"),
    Phrase("south-west"),
    Phrase("west"),
    Phrase("north-west"),
)
_MIDDLE = 0.25
"""Part of the grid about its middle, as a part of its sides, in which a cell lies on no side."""


def is_turned(grid: SearchGrid) -> bool:
    """True for a grid whose first row is not its northern one, as that of an image that lies turned on the map."""
    turn = (grid.row_bearing_deg - NORTH_UP_DEG + 180.0) % 360.0 - 180.0
    return abs(turn) > _LEAST_TURN_DEG


def counted_from(grid: SearchGrid) -> Phrase | None:
    """The sentence on the sides from which rows and columns are counted; None where they are counted from the north and
    the west, as one reads.
    """
    if not is_turned(grid):
        return None
    return Phrase(
        "The image lies turned: its rows are counted from the {rows}, its columns from the {columns}.",
        rows=wind_of(grid.row_bearing_deg - 90.0),
        columns=wind_of(grid.row_bearing_deg + 180.0),
    )


def side_of_cell(grid: SearchGrid, row: int, column: int) -> Phrase:
    """The side of the grid on which a cell lies: a wind of the compass, or its middle."""
    along = ((column - 0.5) / grid.columns - 0.5) * 2.0
    down = ((row - 0.5) / grid.rows - 0.5) * 2.0
    if max(abs(along), abs(down)) <= _MIDDLE:
        return Phrase("middle")
    turn = math.degrees(math.atan2(down * grid.rows * grid.height_m, along * grid.columns * grid.width_m))
    return wind_of(grid.row_bearing_deg + turn)


def wind_of(bearing_deg: float) -> Phrase:
    """The wind of the compass that is nearest to a bearing."""
    return _WINDS[math.floor(bearing_deg / 45.0 + 0.5) % len(_WINDS)]
