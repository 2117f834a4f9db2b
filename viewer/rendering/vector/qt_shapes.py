"""Converts arrays and boxes of pixels to Qt's shapes and back, and makes the pen that strokes them."""

from __future__ import annotations

from collections.abc import Buffer, Iterable
from typing import cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPainterPath, QPen, QPolygonF

from layers.vector.labels.label_layout import Box

_VECTOR_ENGINES = (QPaintEngine.Type.Pdf, QPaintEngine.Type.SVG, QPaintEngine.Type.Picture)


def polygon_of(points: NDArray[np.floating]) -> QPolygonF:
    """A polygon or polyline from (n, 2) pixels, filled at once: point by point takes a hundred times as long."""
    polygon = QPolygonF()
    if len(points):
        polygon.resize(len(points))
        address = shiboken6.getCppPointer(polygon.data())[0]
        memory = cast("Buffer", shiboken6.VoidPtr(address, len(points) * 16, True))  # type: ignore[call-arg]
        np.frombuffer(memory, dtype=np.float64).reshape(-1, 2)[:] = points
    return polygon


def path_of(rings: Iterable[NDArray[np.floating]]) -> QPainterPath:
    """A polygon with holes."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in rings:
        path.addPolygon(polygon_of(ring))
        path.closeSubpath()
    return path


def rect_of(box: Box) -> QRectF:
    """A box as a QRectF."""
    return QRectF(box.left, box.top, box.right - box.left, box.bottom - box.top)


def box_of(rect: QRectF) -> Box:
    """A QRectF as a box."""
    return Box(rect.left(), rect.top(), rect.right(), rect.bottom())


def round_pen(color: QColor, width: float) -> QPen:
    """A pen for a solid line whose ends and corners are round."""
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def is_vector_device(painter: QPainter) -> bool:
    """True where lines and text must stay lines and text, however many there are (PDF, SVG)."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in _VECTOR_ENGINES


def can_clip(painter: QPainter) -> bool:
    """True where the painter can clip. SVG Tiny cannot: shapes have to be cut before."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() != QPaintEngine.Type.SVG
