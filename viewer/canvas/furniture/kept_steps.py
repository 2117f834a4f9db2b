"""Keeps pictures of paintings that repeat from frame to frame, such as the scale bar: one for each step of painting.

A step sets each pixel once, in one colour: its picture laid upon the map gives the same bytes as the step itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPaintEngine, QPainter, QPainterPath, QPen, QTransform

from viewer.support.painting import painting

_MOST_PIXELS = 400_000
"""Most pixels of a kept picture."""
_SLACK = 1e-6
"""Distance from a whole pixel within which an offset counts as whole."""

type PaintStep = Callable[[QPainter], None]


class PaintSteps(NamedTuple):
    """A painting in steps, all of it inside `box`."""

    box: QRectF
    steps: tuple[PaintStep, ...]


def paint_kept(painter: QPainter, steps_of: Callable[..., PaintSteps], *inputs: Hashable) -> None:
    """Paint the steps of `steps_of(*inputs)` in the painter's coordinates, from kept pictures where possible."""
    pictures = _pictures(steps_of, inputs, _is_smooth(painter)) if keeps_pixels(painter) else None
    if pictures is not None:
        at, images = pictures
        for image in images:
            painter.drawImage(at, image)
        return
    for step in steps_of(*inputs).steps:
        step(painter)


def stroke(path: QPainterPath, pen: QPen) -> PaintStep:
    """A step that strokes a path."""
    return lambda painter: painter.strokePath(path, pen)


def fill(path: QPainterPath, color: QColor) -> PaintStep:
    """A step that fills a path."""
    return lambda painter: painter.fillPath(path, QBrush(color))


def _is_smooth(painter: QPainter) -> bool:
    return painter.testRenderHint(QPainter.RenderHint.Antialiasing)


def keeps_pixels(painter: QPainter) -> bool:
    """True where a picture laid at whole numbers lies on whole pixels and is not clipped."""
    engine = painter.paintEngine()
    if engine is None or engine.type() != QPaintEngine.Type.Raster or painter.opacity() != 1.0:
        return False
    if painter.compositionMode() != QPainter.CompositionMode.CompositionMode_SourceOver:
        return False
    turn = painter.deviceTransform()
    kind = QTransform.TransformationType
    return turn.type() in (kind.TxNone, kind.TxTranslate) and all(
        abs(way - round(way)) < _SLACK for way in (turn.dx(), turn.dy())
    )


@lru_cache(maxsize=96)
def _pictures(
    steps_of: Callable[..., PaintSteps], inputs: tuple[Hashable, ...], is_smooth: bool
) -> tuple[QPoint, list[QImage]] | None:
    """The pictures of a painting's steps, and where they lie; None for a painting that is too large to keep."""
    box, steps = steps_of(*inputs)
    left, top = math.floor(box.left()) - 1, math.floor(box.top()) - 1
    width, height = math.ceil(box.right()) + 1 - left, math.ceil(box.bottom()) + 1 - top
    if width * height > _MOST_PIXELS:
        return None
    images = []
    for step in steps:
        image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        with painting(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_smooth)
            painter.translate(-left, -top)
            step(painter)
        images.append(image)
    return QPoint(left, top), images
