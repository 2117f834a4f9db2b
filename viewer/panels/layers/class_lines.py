"""The classes of a vector layer as the layer tree shows them: a sample and a name each."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QIcon

from layers.document.json_fields import json_object
from layers.document.layer import Layer
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.symbol import Symbol
from layers.vector.table import VectorInfo
from viewer.panels.context import PanelContext
from viewer.rendering.vector.symbol_sample import sample_icon
from viewer.rendering.vector.vector_drawing import VectorDrawing

MOST_LINES = 12

type Lines = list[tuple[QIcon | None, str]]
"""Lines of a sample and its words; None for words without a sample."""


def style_shown(layer: Layer, context: PanelContext) -> tuple[VectorStyle, str] | None:
    """The style of a layer and its kind of geometry; None where it is no vector layer, or has not been read."""
    info, drawing = context.layers.info_of(layer.uuid), context.layers.drawing_of(layer.uuid)
    if layer.kind != "vector" or not isinstance(info, VectorInfo):
        return None
    if not isinstance(drawing, VectorDrawing):
        return (_parsed(layer.style_json), info.geometry) if layer.style_json else None
    return _parsed(layer.style_json) if layer.style_json else drawing.style, drawing.geometry


def layer_icon(layer: Layer, context: PanelContext) -> QIcon | None:
    """A sample of a layer's single symbol; None where it has classes, or is no vector layer."""
    shown = style_shown(layer, context)
    if shown is None or shown[0].mode != "single":
        return None
    return _icon(shown[0].own_symbol, shown[1])


def read_of(drawing: object) -> tuple[object, ...]:
    """State of a vector layer's drawing on which its icon and lines depend."""
    return (drawing.geometry, drawing.symbology.others_known) if isinstance(drawing, VectorDrawing) else ()


def class_lines(layer: Layer, context: PanelContext, others: str, more: str) -> Lines:
    """The lines of the classes that are drawn.

    `others` is the text for features of no class, `more` the text with the number of lines left out for "{0}".
    """
    shown = style_shown(layer, context)
    if shown is None or shown[0].mode == "single":
        return []
    style, geometry = shown
    lines: Lines = [
        (_icon(style_class.symbol, geometry), style_class.title(style.mode))
        for style_class in style.classes
        if style_class.shown
    ]
    drawing = context.layers.drawing_of(layer.uuid)
    known = drawing.symbology.others_known if isinstance(drawing, VectorDrawing) else None
    if style.show_other and (known is None or known != (style.class_key, False)):
        lines.append((_icon(style.other_symbol, geometry), others))
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[: MOST_LINES - 1], (None, more.format(len(lines) - MOST_LINES + 1))]


@lru_cache(maxsize=64)
def _parsed(style_json: str) -> VectorStyle:
    try:
        return VectorStyle.from_json(json_object(style_json, Phrase("The style")))
    except InvalidValue:
        return VectorStyle()


@lru_cache(maxsize=512)
def _icon(look: Symbol, geometry: str) -> QIcon:
    return sample_icon(look, geometry)
