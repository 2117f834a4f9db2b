"""The symbol of one feature: the colours, strokes and marker an analyst chose, before any scale is known."""

from __future__ import annotations

import re

from msgspec import Struct

from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.vector.style.markers import MARKERS

ARROWS = ("none", "end", "both", "along")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")


class Symbol(Struct, frozen=True, rename={"marker": "symbol"}):
    """Colours are "#rrggbb" or "#aarrggbb"; an empty `fill_color` fills nothing. Sizes in pixels of the screen.

    `dash` is drawn and left lengths in turn, in stroke widths; empty: a whole line.
    """

    stroke_color: str = "#e6550d"
    stroke_width_px: float = 1.4
    fill_color: str = ""
    dash: tuple[float, ...] = ()
    marker: str = "circle"
    size_px: float = 7.0
    casing_color: str = ""
    """A stroke below a line that sets it off from imagery; empty: none."""
    casing_width_px: float = 1.4
    """Width of it that shows on either side."""
    ground_color: str = ""
    """A whole stroke below a dashed one (railways); empty: none."""
    arrow: str = "none"
    """Arrowheads of a line: none, end, both, along."""

    def __post_init__(self) -> None:
        if not _COLOR.fullmatch(self.stroke_color):
            raise InvalidValue("A colour is written as #rrggbb or #aarrggbb.")
        for color in (self.fill_color, self.casing_color, self.ground_color):
            if color and not _COLOR.fullmatch(color):
                raise InvalidValue("A colour is written as #rrggbb or #aarrggbb.")
        if not (0 <= self.stroke_width_px <= 100 and 0 < self.size_px <= 200 and 0 <= self.casing_width_px <= 50):
            raise InvalidValue("A line is 0 to 100 pixels wide, a symbol up to 200 pixels large.")
        if len(self.dash) % 2 or any(not 0 < part <= 1000 for part in self.dash):
            raise InvalidValue("A dash pattern is pairs of lengths above 0: drawn, left out.")
        if self.marker not in MARKERS:
            raise InvalidValue("A marker is one of {markers}.", markers=", ".join(MARKERS))
        if self.arrow not in ARROWS:
            raise InvalidValue("Arrowheads are one of {arrows}.", arrows=", ".join(ARROWS))


def style_fault(member: str) -> Phrase:
    """The sentence on a member of a style that does not fit its type."""
    if not member:
        return Phrase("A part of the style is no JSON object.")
    return Phrase("The style's {key} is not of the right kind.", key=member)


def marker_radius_px(symbol: Symbol) -> float:
    """Half of what a sign covers, its stroke included, in logical pixels."""
    reach = 1.2 if symbol.marker in ("triangle", "star", "diamond") else 1.0
    return symbol.size_px / 2 * reach + symbol.stroke_width_px / 2
