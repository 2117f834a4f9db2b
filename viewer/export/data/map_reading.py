"""The values that make a zoomed map readable: signs, circles of loosely known places, legend, projection, scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field


class LegendLine(Struct, frozen=True):
    """A row of the legend: its words, and its sign as PNG; a heading or a note without one."""

    text: str
    sign: bytes = b""
    is_note: bool = False


class ScaleAt(Struct, frozen=True):
    """Metres a pixel, latitude, and true north in degrees clockwise from up, at one place; -1 metres: no place."""

    metres: float
    latitude: float
    north: float


class MapReading(Struct, frozen=True):
    """Everything on a zoomed map and beside it. Signs and circles are by uuid of their mark, in picture pixels;
    a circle has several open pieces where the edge of the projection cuts it.
    """

    ratio: float = 1.0
    """Pixels of the picture for each pixel of the page, where the map is shown whole."""
    signs: Mapping[str, bytes] = field(default_factory=dict)
    circles: Mapping[str, Sequence[Sequence[tuple[float, float]]]] = field(default_factory=dict)
    legend: Sequence[LegendLine] = ()
    projection: str = ""
    bar: str = ""
    """Words of the scale bar of the whole map."""
    bar_px: float = 0.0
    scale: Sequence[ScaleAt] = ()
    """The scale at places from the upper left to the lower right, row by row."""
