"""The histogram of a band with its stretch: low, middle and high can be dragged, with the effect shown on the map."""

from __future__ import annotations

import math
from typing import override

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from layers.raster.histogram import Histogram
from layers.raster.style import Stretch
from viewer.panels.widgets.slider_field import KEYS_MS
from viewer.support.language.text import tooltip
from viewer.support.painting import painting

HEIGHT_PX = 64
GRIP_PX, REACH_PX = 5, 9
SIDE_PX = 6
LEAST_GAMMA, MOST_GAMMA = 0.2, 4.0
LOW, MIDDLE, HIGH = range(3)


class HistogramView(QWidget):
    """The view. `previewed` is emitted while a handle moves, `committed` once at the end; both carry a Stretch."""

    previewed = Signal(object)
    committed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = ""
        self._histogram: Histogram | None = None
        self._later: Histogram | None = None
        self._shown = self._stretch = Stretch(0.0, 1.0)
        self._is_log = False
        self._handle = LOW
        self._is_dragged = self._is_pending = False
        self._grip_px = 0.0
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        text = self.tr(
            "Drag the low, middle and high handles; or choose one with Up and Down, move it with Left and Right"
        )
        self.setToolTip(tooltip(text))
        self.setAccessibleDescription(text)
        self._keys = QTimer(self, singleShot=True, interval=KEYS_MS)
        self._keys.timeout.connect(self.flush)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def stretch(self) -> Stretch:
        """The stretch as it is now, with a drag in progress."""
        return self._stretch

    def show_histogram(self, histogram: Histogram | None) -> None:
        """Show a histogram; the axis stays while a handle is dragged."""
        self._later = histogram
        if not self._is_dragged:
            self._histogram = histogram
            self.update()

    def show_stretch(self, stretch: Stretch) -> None:
        """Show a stretch without committing it; a drag in progress stays."""
        self._shown = stretch
        if not (self._is_dragged or self._is_pending):
            self._stretch = stretch
            self.update()

    def set_color(self, color: str) -> None:
        """Set the colour of the bars; empty for that of the text."""
        self._color = color
        self.update()

    def set_log(self, is_log: bool) -> None:
        """Show heights by the logarithm of the counts, so that rare values are visible."""
        self._is_log = is_log
        self.update()

    def flush(self) -> None:
        """Commit a move that has not been committed."""
        self._keys.stop()
        if self._is_pending:
            self._is_pending = False
            if self._stretch != self._shown:
                self.committed.emit(self._stretch)

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT_PX)

    # -- places -------------------------------------------------------------------------------------------------

    def _axis(self) -> tuple[float, float]:
        if self._histogram is not None:
            return self._histogram.low, self._histogram.high
        low, high = sorted((self._shown.low, self._shown.high))
        margin = (high - low) * 0.1 or 0.5
        return low - margin, high + margin

    def _to_px(self, value: float) -> float:
        low, high = self._axis()
        return SIDE_PX + (value - low) / (high - low) * (self.width() - 2 * SIDE_PX)

    def _to_value(self, px: float) -> float:
        low, high = self._axis()
        return low + (px - SIDE_PX) / (self.width() - 2 * SIDE_PX) * (high - low)

    def handle_px(self, handle: int) -> float:
        """The place of a handle, from the left; handles beyond the axis are at its end."""
        stretch = self._stretch
        # The middle is where the stretch gives half its light.
        values = stretch.low, stretch.low + (stretch.high - stretch.low) * 0.5**stretch.gamma, stretch.high
        return min(max(self._to_px(values[handle]), SIDE_PX), self.width() - SIDE_PX)

    def _handle_at(self, px: float) -> int | None:
        """The nearest handle; of two in one place, the one that can move."""
        distances = [abs(self.handle_px(handle) - px) for handle in (LOW, MIDDLE, HIGH)]
        best = min(distances)
        if best > REACH_PX:
            return None
        return HIGH if distances[HIGH] == best and px >= self.handle_px(HIGH) else distances.index(best)

    def _move(self, px: float) -> None:
        low, high, gamma = self._stretch.low, self._stretch.high, self._stretch.gamma
        value = self._to_value(min(max(px, SIDE_PX), self.width() - SIDE_PX))
        least = (self._axis()[1] - self._axis()[0]) / 500
        if self._handle == LOW:
            low = min(value, high - least)
        elif self._handle == HIGH:
            high = max(value, low + least)
        elif high != low:
            unit = min(max((value - low) / (high - low), 1e-6), 1 - 1e-6)
            gamma = min(max(math.log(unit) / math.log(0.5), LEAST_GAMMA), MOST_GAMMA)
        moved = Stretch(_short(low, least), _short(high, least), round(gamma, 3))
        if moved != self._stretch and moved.low < moved.high:
            self._stretch = moved
            self._is_pending = True
            self.update()
            self.previewed.emit(moved)

    # -- hands --------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        handle = self._handle_at(event.position().x())
        if handle is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._handle, self._is_dragged = handle, True
        self._grip_px = event.position().x() - self.handle_px(handle)
        self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragged:
            self._move(event.position().x() - self._grip_px)
            return
        over = self._handle_at(event.position().x())
        self.setCursor(Qt.CursorShape.ArrowCursor if over is None else Qt.CursorShape.SizeHorCursor)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_dragged:
            self._is_dragged = False
            self.flush()
            self.show_histogram(self._later)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            wide = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self._move(self.handle_px(self._handle) + steps[Qt.Key(event.key())] * wide * max(1.0, self.width() / 200))
            self._keys.start()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._handle = (self._handle + (1 if event.key() == Qt.Key.Key_Up else -1)) % 3
            self.update()
        elif event.key() == Qt.Key.Key_Escape and self._is_pending:
            self._keys.stop()
            self._is_pending = self._is_dragged = False
            self.show_stretch(self._shown)
            self.previewed.emit(self._shown)
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.flush()
        super().focusOutEvent(event)

    # -- painting -----------------------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        role = QPalette.ColorRole
        palette = self.palette()
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(QPen(palette.color(role.Accent if self.hasFocus() else role.Mid), 1))
            painter.setBrush(palette.color(role.Base))
            painter.drawRoundedRect(frame, 4, 4)
            floor = self.height() - 12.0
            self._paint_bars(painter, floor)
            self._paint_curve(painter, floor)
            for handle in (LOW, HIGH, MIDDLE):
                self._paint_handle(painter, handle, floor)

    def _paint_bars(self, painter: QPainter, floor: float) -> None:
        if self._histogram is not None:
            color = QColor(self._color) if self._color else self.palette().color(QPalette.ColorRole.Text)
            span = SIDE_PX, self.width() - SIDE_PX
            paint_bars(painter, self._histogram.counts, span, floor, color, is_log=self._is_log)

    def _paint_curve(self, painter: QPainter, floor: float) -> None:
        """Paint the curve of the stretch: from black below to white above."""
        stretch = self._stretch
        units = np.linspace(0, 1, 33)
        points = [QPointF(SIDE_PX, floor if stretch.low <= stretch.high else 4.0)]
        for unit, light in zip(units, units ** (1 / stretch.gamma), strict=True):
            px = self._to_px(stretch.low + (stretch.high - stretch.low) * unit)
            points.append(QPointF(min(max(px, SIDE_PX), self.width() - SIDE_PX), floor - light * (floor - 4)))
        points.append(QPointF(self.width() - SIDE_PX, 4.0 if stretch.low <= stretch.high else floor))
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points if stretch.low <= stretch.high else points[1:-1]))

    def _paint_handle(self, painter: QPainter, handle: int, floor: float) -> None:
        role = QPalette.ColorRole
        px = self.handle_px(handle)
        chosen = handle == self._handle and (self.hasFocus() or self._is_dragged)
        ink = self.palette().color(role.Accent if chosen else role.Text)
        if handle != MIDDLE:
            painter.setPen(QPen(ink, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(px, 4), QPointF(px, floor))
        fill = {LOW: QColor("#000000"), MIDDLE: QColor("#808080"), HIGH: QColor("#ffffff")}[handle]
        painter.setPen(QPen(ink, 1.2))
        painter.setBrush(fill)
        top, bottom = floor, self.height() - 2.5
        painter.drawPolygon(QPolygonF([QPointF(px, top), QPointF(px + GRIP_PX, bottom), QPointF(px - GRIP_PX, bottom)]))


def _short(value: float, step: float) -> float:
    """A value rounded to about a tenth of a pixel's worth, for readable numbers."""
    return round(value, max(0, 1 - math.floor(math.log10(step)))) if step > 0 else value


def paint_bars(
    painter: QPainter,
    counts: NDArray[np.int64],
    span: tuple[float, float],
    floor: float,
    color: QColor,
    *,
    is_log: bool = False,
) -> None:
    """Paint bars of counts from the left to the right of `span`, standing on `floor`."""
    if not counts.any():
        return
    sizes = np.log1p(counts) if is_log else counts.astype(float)
    # One value that fills half the view (water, a mask) must not flatten all the others.
    tallest = float(sizes.max()) if is_log else float(min(sizes.max(), 4 * np.percentile(sizes, 90) + 1))
    heights = np.minimum(sizes / tallest, 1.0) * (floor - 4)
    fill = QColor(color)
    fill.setAlphaF(0.55)
    edges = np.linspace(*span, heights.size + 1)
    outline = [QPointF(edges[0], floor)]
    for left, right, height in zip(edges[:-1], edges[1:], heights, strict=True):
        outline += [QPointF(left, floor - height), QPointF(right, floor - height)]
    outline.append(QPointF(edges[-1], floor))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(QPolygonF(outline))
