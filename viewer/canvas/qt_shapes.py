"""From arrays of pixels to Qt's shapes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPolygonF

_VECTOR_ENGINES = (QPaintEngine.Type.Pdf, QPaintEngine.Type.SVG, QPaintEngine.Type.Picture)


def polygon_of(points: NDArray[np.float64]) -> QPolygonF:
    """(n, 2) pixels as a polygon or polyline."""
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def path_of(rings: tuple[NDArray[np.float64], ...]) -> QPainterPath:
    """A polygon with holes."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in rings:
        path.addPolygon(polygon_of(ring))
        path.closeSubpath()
    return path


def is_vector_device(painter: QPainter) -> bool:
    """True where lines and text must stay lines and text (PDF, SVG)."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in _VECTOR_ENGINES
