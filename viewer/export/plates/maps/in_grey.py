"""Checks legibility in grey: signs of a legend that only colour tells apart, and letters too close to their ground."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage

from layers.colour.palettes import contrast
from layers.phrase import Phrase
from layers.product.facts import Alike
from viewer.export.plates.maps.legend_content import LegendRow
from viewer.export.plates.maps.legend_rows import CHIP, paint_sign
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.rendering.images import argb_of_image
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.painting import painting

LEAST_LEVELS = 15.0
"""Least difference of two signs in levels of grey, on average over all pixels that either of them paints."""
LEAST_CONTRAST = 3.0
"""Least contrast of letters with their ground, as WCAG 2 measures it for large letters."""
_HEIGHT, _WIDTH, _MOST_ROWS, _INK = 42, 54, 40, 8
PAPER = "#ffffff"
type _Sign = tuple[NDArray[np.float32], NDArray[np.bool_]]


def alike_in_grey(rows: Sequence[LegendRow]) -> list[Alike]:
    """Pairs of signs that look the same without colour. A point is never taken for an area."""
    signs = [row for row in rows if row.has_symbol][:_MOST_ROWS]
    pictures = [_grey_picture(row) for row in signs]
    pairs = []
    for (row, a), (other, b) in combinations(zip(signs, pictures, strict=True), 2):
        if is_point(row) is is_point(other) and row.text != other.text and _levels(a, b) < LEAST_LEVELS:
            pairs.append(Alike(row.text, other.text))
    return pairs


def faint_in_grey(maps: Sequence[MapOnPage], style: HouseStyle) -> list[str]:
    """Names of letters that hardly show on their ground."""
    names = [name for name, ink, ground in _lettering(style) if _contrast(ink, ground) < LEAST_CONTRAST]
    for on_page in maps:
        for uuid in on_page.scene.stack.in_view(on_page.view):
            drawing = on_page.scene.drawings[uuid]
            if isinstance(drawing, VectorDrawing) and drawing.style.labels.text:
                labels = drawing.style.labels
                if labels.halo_color and _contrast(labels.color, labels.halo_color) < LEAST_CONTRAST:
                    names.append(Phrase("labels of {name}", name=drawing.layer.name))
    return list(dict.fromkeys(names))


def is_point(row: LegendRow) -> bool:
    """True for a sign that stands on the paper itself."""
    return row.sample.kind == "point" if row.sample is not None else "Point" in row.geometry


def _lettering(style: HouseStyle) -> Iterator[tuple[str, str, str]]:
    yield Phrase("text of the page"), style.ink, style.paper
    yield Phrase("small print"), style.quiet, style.paper
    yield Phrase("bottom line"), style.accent, style.paper
    yield Phrase("scale bar and north arrow"), style.plate_ink, style.plate
    yield "labels", style.label, style.halo or style.label
    yield Phrase("labels of who is named in a claim"), style.label_claim, style.halo or style.label_claim


def _contrast(color: str, other: str) -> float:
    """Contrast of two colours as Qt reads them."""
    return contrast(QColor(color).name(), QColor(other).name())


def _grey_picture(row: LegendRow) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The sign in levels of grey, and a mask of its ink: all pixels that are not the ground."""
    image = QImage(_WIDTH, _HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(PAPER))
    with painting(image) as painter:
        paint_sign(painter, QRectF(2.0, 0.0, _WIDTH - 2.0, _HEIGHT), row, float(_HEIGHT))
    argb = argb_of_image(image)
    red, green, blue = ((argb >> shift & 0xFF).astype(np.float32) for shift in (16, 8, 0))
    levels = np.float32(0.299) * red + np.float32(0.587) * green + np.float32(0.114) * blue
    ground = QColor(PAPER if is_point(row) else CHIP)
    away = np.abs(np.stack((red - ground.red(), green - ground.green(), blue - ground.blue()))).max(axis=0)
    return levels, (away > _INK) & (is_point(row) | (argb & 0xFFFFFF != QColor(PAPER).rgb() & 0xFFFFFF))


def _levels(sign: _Sign, other: _Sign) -> float:
    """Difference of two signs in levels of grey, on average over the ink of both."""
    ink = sign[1] | other[1]
    return float(np.abs(sign[0] - other[0])[ink].mean()) if ink.any() else 0.0
