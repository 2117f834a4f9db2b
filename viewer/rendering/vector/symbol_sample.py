"""Paints a symbol as legends, lists and buttons show it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPainterPath, QPixmap, QPolygonF

from layers.vector.style.symbol import Symbol, marker_radius_px
from viewer.rendering.vector.symbol_painter import paint_area, paint_arrows, paint_lines, paint_marker
from viewer.support.painting import painting

WIDTH_PX, HEIGHT_PX = 26, 18
_ICON_RATIO = 2.0
"""Pixels of an icon for a logical one."""
LIGHTEST, DARKEST = 215.0, 40.0
"""Brightness (0 black, 255 white) above and below which a symbol hardly shows on a list, and gets a plate."""
_LINE = ((-11.0, 2.5), (-3.5, -2.5), (3.5, 2.5), (11.0, -2.5))
_AREA = ((-10.0, 6.0), (-8.0, -5.0), (4.0, -7.0), (10.5, 0.0), (6.5, 7.0))


def paint_sample(painter: QPainter, symbol: Symbol, geometry: str, x: float, y: float, ratio: float = 1.0) -> None:
    """Paint a sign, a line or an area about (x, y), in a box of WIDTH_PX by HEIGHT_PX logical pixels."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(x, y)
    painter.scale(ratio, ratio)
    painter.setClipRect(-WIDTH_PX // 2, -HEIGHT_PX // 2, WIDTH_PX, HEIGHT_PX)
    if "Line" in geometry:
        line = QPolygonF([QPointF(px, py) for px, py in _LINE])
        paint_lines(painter, symbol, [line])
        paint_arrows(painter, symbol, [np.array(_LINE)])
    elif "Polygon" in geometry:
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(px, py) for px, py in _AREA]))
        path.closeSubpath()
        paint_area(painter, symbol, path)
    else:
        largest = marker_radius_px(symbol)
        small = min(1.0, (HEIGHT_PX / 2 - 0.5) / largest)
        painter.scale(small, small)
        paint_marker(painter, symbol)
    painter.restore()


def sample_icon(symbol: Symbol | None, geometry: str) -> QIcon:
    """An icon of a symbol; empty for one that is not drawn. A very light or very dark symbol has a plate."""
    picture = _blank()
    if symbol is not None:
        with painting(picture) as painter:
            paint_sample(painter, symbol, geometry, picture.width() / 2, picture.height() / 2, _ICON_RATIO)
        plate = _plate(picture)
        if plate is not None:
            bare, picture = picture, _blank()
            with painting(picture) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(plate)
                painter.drawRoundedRect(picture.rect(), 3 * _ICON_RATIO, 3 * _ICON_RATIO)
                painter.drawImage(0, 0, bare)
    pixmap = QPixmap.fromImage(picture)
    pixmap.setDevicePixelRatio(_ICON_RATIO)
    return QIcon(pixmap)


def _blank() -> QImage:
    picture = QImage(
        round(WIDTH_PX * _ICON_RATIO), round(HEIGHT_PX * _ICON_RATIO), QImage.Format.Format_ARGB32_Premultiplied
    )
    picture.fill(Qt.GlobalColor.transparent)
    return picture


def _plate(picture: QImage) -> QColor | None:
    """The colour of a plate under a picture that is nearly white or nearly black; None where none is needed."""
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4).astype(float)
    weight = pixels[..., 3].sum()
    light = pixels[..., :3].mean(axis=2).sum() * 255 / weight if weight else 128.0
    if light > LIGHTEST:
        return QColor("#46535f")
    return QColor("#e6e9ec") if light < DARKEST else None
