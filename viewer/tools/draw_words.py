"""Draws texts, callouts and numbered markers; their words are written in the form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.marks.mark_shape import Callout, MarkShape, Numbered, TextMark
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.longitudes import Place
from layers.grid.tile_grid import View
from viewer.canvas.sites.mark_painter import MarkPainter, SignAt
from viewer.canvas.sites.mark_signs import sign_of
from viewer.commands.mark_numbers import next_number
from viewer.tools.draw_shape import ShapeTool
from viewer.tools.sketch import pixels_of


class TextTool(ShapeTool):
    """Draws a text at one place."""

    id = "text"
    steps: tuple[Any, ...] = (QT_TRANSLATE_NOOP("Shapes", "a text"),)

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        return TextMark("")

    def geometry(self, places: Sequence[Place], shape: MarkShape) -> BaseGeometry:
        return shapely.Point(places[0])


class NumberTool(TextTool):
    """Draws the next number at one place."""

    id = "numbered_marker"
    steps: tuple[Any, ...] = (QT_TRANSLATE_NOOP("Shapes", "the next number"),)

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        try:
            return Numbered(next_number(self.context.document))
        except InvalidValue:
            return None

    def refusal(self) -> str:
        return self.tr("There is no number left.")


class CalloutTool(TextTool):
    """Draws a callout from its subject to the place of its words."""

    id = "callout"
    places_wanted: int | None = 2
    steps: tuple[Any, ...] = (
        QT_TRANSLATE_NOOP("Shapes", "what the words are about"),
        QT_TRANSLATE_NOOP("Shapes", "where the words stand"),
    )

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        try:
            return Callout("", places[1]) if places[0] != places[1] else None
        except InvalidValue:
            return None

    def preview(self, painter: QPainter, view: View, shape: MarkShape, geometry: BaseGeometry) -> None:
        assert isinstance(shape, Callout)
        sign = sign_of(Site(uuid="", geometry=geometry), shape)
        assert sign is not None
        foot, box = pixels_of(view, [(geometry.x, geometry.y), shape.leader])
        MarkPainter().paint(painter, [SignAt(sign, *box, foot=foot)], view.ratio)
