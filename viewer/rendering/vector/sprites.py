"""Signs as small pictures, painted once for each symbol."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from layers.vector.drawing.stamps import Sprite
from layers.vector.style.symbol import Symbol, marker_radius_px
from viewer.rendering.vector.symbol_painter import paint_marker
from viewer.support.painting import painting


@lru_cache(maxsize=512)
def sprite_of(symbol: Symbol, scale: float) -> Sprite:
    """The sign of a symbol at `scale` picture pixels a logical pixel."""
    image = sprite_image(symbol, scale)
    side = image.width()
    return Sprite(np.frombuffer(image.constBits(), np.uint32).reshape(side, side).copy())


@lru_cache(maxsize=512)
def sprite_image(symbol: Symbol, scale: float) -> QImage:
    """The sign of a symbol as a picture, the sign's place in its middle."""
    reach = max(1, math.ceil(marker_radius_px(symbol) * scale + 0.5))
    image = QImage(2 * reach, 2 * reach, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(reach, reach)
        paint_marker(painter, symbol, scale)
    return image
