"""A colour map from low to high, as it is shown on the map."""

from __future__ import annotations

from typing import override

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from layers.geo.bounds import Bounds
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.style import RasterStyle, Stretch, colorize
from viewer.support.painting import painting

STEPS = 256
BAR_PX = 14
_PLAIN = RasterInfo(
    "", "", STEPS, 1, (BandInfo(1, "float32", low=0.0, high=1.0),), "", (1, 0, 0, 0, 1, 0), Bounds(0, 0, 1, 1), None
)


class ColorBar(QWidget):
    """The bar, painted by the map's own colouring, gamma included, so that both always agree."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: RasterStyle | None = None
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colours from low to high"))

    def show_style(self, style: RasterStyle) -> None:
        """Show the colours of a style with one band."""
        if style == self._style:
            return
        self._style = style
        stretch = style.stretches[0]
        ramp = np.linspace(0.0, 1.0, STEPS, dtype=np.float32).reshape(1, 1, STEPS)
        plain = RasterStyle(
            (1,), (Stretch(0.0, 1.0, stretch.gamma),), style.colormap, style.invert, style.brightness, style.contrast
        )
        self._image = QImage(STEPS, 1, QImage.Format.Format_RGB32)
        np.frombuffer(self._image.bits(), dtype=np.uint32).reshape(1, STEPS)[:] = colorize(ramp, None, plain, _PLAIN)
        self.setToolTip(f"{stretch.low:.6g} – {stretch.high:.6g}")
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, BAR_PX + self.fontMetrics().height() + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None:
            return
        with painting(self) as painter:
            painter.drawImage(QRectF(0, 0, self.width(), BAR_PX), self._image)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, BAR_PX - 1))
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            stretch, below = self._style.stretches[0], BAR_PX + self.fontMetrics().ascent() + 1
            high = f"{stretch.high:.6g}"
            painter.drawText(0, below, f"{stretch.low:.6g}")
            painter.drawText(self.width() - self.fontMetrics().horizontalAdvance(high), below, high)
