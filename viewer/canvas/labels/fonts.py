"""The font of the map, and the outlines of its letters."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QPainterPath, QTransform

from viewer.support.fonts import font

_LARGE_PX = 1000


def map_font(size_px: float, *, bold: bool = False, italic: bool = False) -> QFont:
    """The font of labels and overlays, in picture pixels."""
    chosen = font(size_px, bold=bold)
    chosen.setItalic(italic)
    # A ligature in a PDF is one odd character: nobody would find "field" in it.
    chosen.setFeature(QFont.Tag("liga"), 0)
    return chosen


def letters_path(at: QPointF, chosen: QFont, text: str) -> QPainterPath:
    """The outlines of a line of text, `at` its baseline.

    They are made large and scaled down: at a few pixels Qt's letters stand a 64th of a pixel elsewhere when other
    sizes were drawn before, and a picture would not be the same twice.
    """
    large, path = QFont(chosen), QPainterPath()
    large.setPixelSize(_LARGE_PX)
    path.addText(QPointF(), large, text)
    scale = chosen.pixelSize() / _LARGE_PX
    return QTransform.fromTranslate(at.x(), at.y()).scale(scale, scale).map(path)
