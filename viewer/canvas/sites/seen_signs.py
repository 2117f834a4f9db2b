"""Paints over marks how they were seen on the image that is shown: struck out where absent, a "?" where unknown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from layers.grid.tile_grid import View
from layers.observing.seen_then import DIFFERING

REACH_PX, CURRENT_PX = 9.0, 20.0
"""Half sizes of a strike and of the brackets around a mark whose place is looked at, in logical pixels."""
_ARM_PART, _SMALL = 0.35, 0.6
"""Length of a bracket's arms as a part of its half size; size of the sign beside brackets."""
UNSURE = ("cannot tell", DIFFERING)
_HALO, _UNKNOWN, _CURRENT = (QColor(name) for name in ("#0b1117", "#ffffff", "#ffd54a"))


class SeenInk(NamedTuple):
    """The colours and widths of a strike, in logical pixels: loud on the screen, quiet on a page."""

    color: str
    halo: str
    width: float
    halo_width: float


ON_SCREEN = SeenInk("#ff8a65", "#0b1117", 2.5, 5.0)


def ink_of_page(color: str, halo: str) -> SeenInk:
    """Thin strokes in the ink of a page, which do not outshine what they strike out."""
    return SeenInk(color, halo, 1.3, 2.6)


class SeenAt(NamedTuple):
    """A mark at a pixel of the view, with what was seen of it there: a word of `PRESENCES`, or empty text."""

    x: float
    y: float
    presence: str
    is_current: bool


def paint_seen(
    painter: QPainter, view: View, marks: Iterable[SeenAt], ink: SeenInk = ON_SCREEN, symbol_scale: float = 1.0
) -> None:
    """Paint the signs of the marks in view; what is present needs none.

    `symbol_scale`: the size of their symbols beside the screen's.
    """
    ratio = view.ratio
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in marks:
        if not (0 <= mark.x < view.width and 0 <= mark.y < view.height):
            continue
        at = QPointF(mark.x, mark.y)
        if mark.is_current:
            paint_brackets(painter, at, ratio)
            beside = CURRENT_PX * ratio
            paint_presence(painter, at + QPointF(beside, -beside), mark.presence, _SMALL * ratio, ink)
        else:
            paint_presence(painter, at, mark.presence, ratio, ink, symbol_scale)
    painter.restore()


def paint_presence(
    painter: QPainter,
    at: QPointF,
    presence: str,
    scale: float,
    ink: SeenInk = ON_SCREEN,
    symbol_scale: float = 1.0,
) -> None:
    """Paint the sign of a presence around a point; none for what is present.

    `scale`: the width of its strokes beside the screen's, and its size for a symbol of the screen's size.
    """
    if presence == "absent":
        _strike(painter, at, REACH_PX * scale * symbol_scale, scale, ink)
    elif presence in UNSURE:
        _question(painter, at, REACH_PX * scale * symbol_scale, scale * symbol_scale)


def paint_brackets(painter: QPainter, at: QPointF, ratio: float) -> None:
    """Paint four corners around a mark: what lies at its place stays free to be seen."""
    reach, arm = CURRENT_PX * ratio, CURRENT_PX * _ARM_PART * ratio
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, wide in ((_HALO, 4.0), (_CURRENT, 1.8)):
        painter.setPen(QPen(color, wide * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for right, down in product((-1, 1), (-1, 1)):
            corner = at + QPointF(right * reach, down * reach)
            ends = corner - QPointF(right * arm, 0.0), corner, corner - QPointF(0.0, down * arm)
            painter.drawPolyline(QPolygonF(ends))


def _strike(painter: QPainter, at: QPointF, reach: float, ratio: float, ink: SeenInk) -> None:
    for color, wide in ((ink.halo, ink.halo_width), (ink.color, ink.width)):
        painter.setPen(QPen(QColor(color), wide * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(at + QPointF(-reach, -reach), at + QPointF(reach, reach))
        painter.drawLine(at + QPointF(-reach, reach), at + QPointF(reach, -reach))


def _question(painter: QPainter, at: QPointF, reach: float, ratio: float) -> None:
    painter.setBrush(_HALO)
    painter.setPen(QPen(_UNKNOWN, 1.2 * ratio, Qt.PenStyle.DashLine))
    painter.drawEllipse(at, reach, reach)
    font = painter.font()
    font.setPixelSize(round(13 * ratio))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(_UNKNOWN)
    painter.drawText(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach), Qt.AlignmentFlag.AlignCenter, "?")
