"""The style of labels: their text, its letters and halo, and where it may stand."""

from __future__ import annotations

import math

from msgspec import Struct

from layers.errors import InvalidValue
from layers.vector.style.symbol import Symbol
from layers.vector.style.template import template_of

LABEL_LAYOUTS = ("automatic", "around", "over", "along")
WRAP_AFTER = 26
"""Number of letters from which names are set in two or three lines, except along lines."""


class LabelStyle(Struct, frozen=True, rename={"layout": "placement"}):
    """`text` is a column or a template; empty: no labels. Sizes in pixels of the screen, scales as 1 : so many."""

    text: str = ""
    size_px: float = 12.0
    color: str = "#ffffff"
    halo_color: str = "#e10b141c"
    halo_width_px: float = 1.7
    bold: bool = False
    italic: bool = False
    layout: str = "automatic"
    """Place of labels: around a point, over its middle, along a line and its bends; automatic: by the geometry."""
    priority: str = ""
    """A column of numbers: the greatest is placed first; empty: as the features come."""
    leader: bool = True
    """A thin line to a label that found no place beside its mark."""
    visible_from: float = 0.0
    """Smallest scale, as the denominator of 1 : n, at which there are labels; 0: no limit."""

    def __post_init__(self) -> None:
        template_of(self.text)
        Symbol(self.color, fill_color=self.halo_color)
        if self.layout not in LABEL_LAYOUTS:
            raise InvalidValue("A label's layout is one of {label_layouts}.", label_layouts=", ".join(LABEL_LAYOUTS))
        if not (4 <= self.size_px <= 100 and 0 <= self.halo_width_px <= 20):
            raise InvalidValue("Letters are 4 to 100 pixels high, with a halo of up to 20 pixels.")
        if not (math.isfinite(self.visible_from) and self.visible_from >= 0):
            raise InvalidValue("A scale is a number above 0.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns its text and its priority need."""
        names = template_of(self.text).columns
        return tuple(dict.fromkeys((*names, self.priority))) if self.priority and names else names
