"""A slider that shows its value: every move is previewed, one commit comes when the hand lets go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import Slider

STEPS = 200
KEYS_MS = 400
"""Steps by key within this time are one commit."""


class SliderField(QWidget):
    """Behaves as the other fields do, and emits `previewed` while it is dragged."""

    committed = Signal(object)
    previewed = Signal(float)

    def __init__(self, low: float, high: float, text: Callable[[float], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high, self._text = low, high, text
        self._shown = low
        self._pending = False
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.label = plain_label()
        self.label.setMinimumWidth(self.label.fontMetrics().horizontalAdvance("−0.00 %"))
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.label)
        self.setFocusProxy(self.slider)
        self._timer = QTimer(self, singleShot=True, interval=KEYS_MS)
        self._timer.timeout.connect(self.flush)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self.flush)
        self.show_value(low)

    def value(self) -> float:
        return self._low + (self._high - self._low) * self.slider.value() / STEPS

    def show_value(self, value: Any) -> None:
        """Show a value without committing it, at the nearer end where it is beyond; a drag under way stays."""
        self._shown = min(max(float(value), self._low), self._high) if value == value else self._high  # nan
        if not (self._pending or self.slider.isSliderDown()):
            self.reset()

    def reset(self) -> None:
        """Back to the value shown last."""
        self._pending = False
        self._timer.stop()
        self.slider.blockSignals(True)
        self.slider.setValue(round((self._shown - self._low) / (self._high - self._low) * STEPS))
        self.slider.blockSignals(False)
        self.label.setText(self._text(self._shown))

    def flush(self) -> None:
        """Commit a move that is not committed yet."""
        self._timer.stop()
        if self._pending:
            self._pending = False
            self.committed.emit(round(self.value(), 4))

    def _moved(self) -> None:
        self._pending = True
        self.label.setText(self._text(self.value()))
        self.previewed.emit(round(self.value(), 4))
        if not self.slider.isSliderDown():
            self._timer.start()

    @override
    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.slider.setAccessibleName(name)


def percent(value: float) -> str:
    return f"{value * 100:.0f} %"


def factor(value: float) -> str:
    return f"{value:.2f}"
