"""A look as legends, lists and buttons show it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPixmap, QPolygonF

from layers.vector.look import Look
from viewer.rendering.look_painter import marker_radius_px, paint_area, paint_arrows, paint_lines, paint_marker

WIDTH_PX, HEIGHT_PX = 26, 18
_LINE = ((-11.0, 2.5), (-3.5, -2.5), (3.5, 2.5), (11.0, -2.5))
_AREA = ((-10.0, 6.0), (-8.0, -5.0), (4.0, -7.0), (10.5, 0.0), (6.5, 7.0))


def paint_sample(painter: QPainter, look: Look, geometry: str, x: float, y: float, ratio: float = 1.0) -> None:
    """A sign, a line or an area about (x, y), in a box of WIDTH_PX by HEIGHT_PX logical pixels."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(x, y)
    painter.scale(ratio, ratio)
    painter.setClipRect(-WIDTH_PX // 2, -HEIGHT_PX // 2, WIDTH_PX, HEIGHT_PX)
    if "Line" in geometry:
        line = QPolygonF([QPointF(px, py) for px, py in _LINE])
        paint_lines(painter, look, [line])
        paint_arrows(painter, look, [np.array(_LINE)])
    elif "Polygon" in geometry:
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(px, py) for px, py in _AREA]))
        path.closeSubpath()
        paint_area(painter, look, path)
    else:
        largest = marker_radius_px(look)
        small = min(1.0, (HEIGHT_PX / 2 - 0.5) / largest)
        painter.scale(small, small)
        paint_marker(painter, look)
    painter.restore()


def sample_icon(look: Look | None, geometry: str, ratio: float = 2.0) -> QIcon:
    """An icon of a look; empty for what is not drawn."""
    pixmap = QPixmap(round(WIDTH_PX * ratio), round(HEIGHT_PX * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    if look is not None:
        painter = QPainter(pixmap)
        paint_sample(painter, look, geometry, pixmap.width() / 2, pixmap.height() / 2, ratio)
        painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return QIcon(pixmap)
