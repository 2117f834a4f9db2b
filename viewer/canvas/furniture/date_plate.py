"""The plate on the map with the sentence on the date that its marks are drawn of."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import wrapped_lines
from viewer.canvas.labels.fonts import map_font

_TEXT_PX, _EDGE_PX, _TOP_PX = 12.5, 9.0, 44.0
"""Size of the letters of a sentence, its edge, and its distance from the top of the map, where messages come in, in
logical pixels.
"""
_LOW_PX, _LOW_TEXT_PX, _LOW_EDGE_PX = 260.0, 11.0, 4.0
"""Height below which a map is low: there the sentence stands at its very top in smaller letters, in logical pixels."""
_BELOW_PX, MOST_LINES = 6.0, 2
"""Room between messages and the sentence in logical pixels, and the most lines of it."""
_GROUND, _FRAME, _INK = QColor(11, 20, 28, 225), QColor("#ffd54a"), QColor("#ffffff")


class SentencePlate(NamedTuple):
    """The plate of a sentence in picture pixels, the lines on it, and the size of their letters."""

    rect: QRectF
    lines: tuple[str, ...]
    size_px: float


def sentence_plate(view: View, sentence: str, arrow_px: float, taken_px: float) -> SentencePlate:
    """The place of the sentence on the date that marks are of: at the upper edge, below the `taken_px` logical pixels
    that messages take, and beside the north arrow, which takes a square of `arrow_px` in the right corner.

    In a low map it stands as high as it can. A long one takes a second line.
    """
    ratio = view.ratio
    is_low = view.height < _LOW_PX * ratio
    size_px = (_LOW_TEXT_PX if is_low else _TEXT_PX) * ratio
    metrics, edge = QFontMetricsF(map_font(size_px)), (_LOW_EDGE_PX if is_low else _EDGE_PX) * ratio
    across = view.width - arrow_px * ratio
    lines = wrapped_lines(sentence, metrics, across - 4 * edge, MOST_LINES)
    width = max((metrics.horizontalAdvance(line) for line in lines), default=0.0) + 2 * edge
    top = max(1.0 if is_low else _TOP_PX, taken_px + _BELOW_PX if taken_px else 0.0) * ratio
    left = min((view.width - width) / 2, across - width)
    return SentencePlate(QRectF(left, top, width, len(lines) * metrics.height() + edge), tuple(lines), size_px)


def paint_sentence(painter: QPainter, view: View, plate: SentencePlate) -> None:
    """Paint on its plate which date the marks are of, in the colour of their signs."""
    ratio = view.ratio
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(_GROUND)
    painter.setPen(QPen(_FRAME, 1.2 * ratio))
    painter.drawRoundedRect(plate.rect, 4 * ratio, 4 * ratio)
    painter.setFont(map_font(plate.size_px))
    painter.setPen(_INK)
    painter.drawText(plate.rect, Qt.AlignmentFlag.AlignCenter, "\n".join(plate.lines))
    painter.restore()
