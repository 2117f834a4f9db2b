"""Numbers on a photograph, drawn as the numbered markers of a map are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import shapely
from PySide6.QtGui import QPainter

from layers.document.marks.mark_shape import Numbered
from layers.document.site import Site
from layers.grid.tile_grid import View
from viewer.canvas.sites.mark_painter import MarkPainter, SignAt
from viewer.canvas.sites.mark_signs import sign_of

_MARKER = Site(uuid="", geometry=shapely.Point(0, 0))
"""Site that gives the default look of a number."""


class NumberAt(NamedTuple):
    """A number at its place: column and row of a photograph, or longitude and latitude."""

    number: int
    x: float
    y: float

    @property
    def at(self) -> tuple[float, float]:
        return self.x, self.y


def paint_numbers(painter: QPainter, view: View, numbers: Sequence[NumberAt], chosen: int = 0) -> None:
    """Paint numbers on a view in pixel space, where rows go down from 0; the chosen one stands out."""
    signs = [
        _sign(place.number, *view.to_pixel(place.x, -place.y), selected=place.number == chosen) for place in numbers
    ]
    MarkPainter().paint(painter, signs, view.ratio)


def paint_number_at(painter: QPainter, view: View, number: int, px: float, py: float) -> None:
    """Paint one number that stands out, at a pixel of any view."""
    MarkPainter().paint(painter, [_sign(number, px, py, selected=True)], view.ratio)


def _sign(number: int, px: float, py: float, *, selected: bool) -> SignAt:
    sign = sign_of(_MARKER, Numbered(number))
    assert sign is not None
    return SignAt(sign, px, py, selected=selected)
