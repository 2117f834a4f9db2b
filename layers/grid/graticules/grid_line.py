"""A line of a graticule, a name within it, and a text at the edge of the frame."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

type Side = Literal["left", "right", "top", "bottom"]
SIDES: tuple[Side, ...] = ("bottom", "left", "top", "right")


class GridLine(NamedTuple):
    """`kind`: *meridian*, *parallel*, *easting*, *northing* or *edge* (of a zone).

    `value` is in degrees or metres; `zone` names that of an easting or northing, whose CRS is `crs`.
    """

    kind: str
    value: float
    text: str
    """Text of its label; empty: it has none."""
    pieces: tuple[NDArray[np.float64], ...]
    """(n, 2) pixels each, inside the frame."""
    rank: int = 0
    """Rank among the lines with labels: those divided by a higher power of two keep theirs where room is short."""
    zone: str = ""
    crs: str = ""
    is_square: bool = False
    """The edge of a 100 km square of MGRS."""

    @property
    def is_heavy(self) -> bool:
        """True for the edge of a zone or a 100 km square."""
        return self.kind == "edge" or self.is_square


class TakenBox(NamedTuple):
    """A box in pixels that nothing may be written on."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: TakenBox, gap: float = 0.0) -> bool:
        """True where the two are nearer to each other than the gap."""
        return (
            self.x < other.x + other.width + gap
            and other.x < self.x + self.width + gap
            and self.y < other.y + other.height + gap
            and other.y < self.y + self.height + gap
        )


class CellName(NamedTuple):
    """The name of a zone or a 100 km square, its lower left corner at x, y in pixels."""

    text: str
    x: float
    y: float
    width: float
    height: float

    @property
    def box(self) -> TakenBox:
        """The room that it takes."""
        return TakenBox(self.x, self.y, self.width, self.height)


class EdgeLabel(NamedTuple):
    """A text beside the frame's edge, or just inside it; x, y is the upper left corner of its box, in pixels."""

    text: str
    side: Side
    x: float
    y: float
    width: float
    height: float
    at: tuple[float, float]
    """The place on the edge where its line ends."""
    value: float = 0.0
    kind: str = ""

    @property
    def box(self) -> TakenBox:
        """The room that it takes."""
        return TakenBox(self.x, self.y, self.width, self.height)
