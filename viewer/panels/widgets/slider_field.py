"""A slider with its number, which can be typed: every move is previewed, and the end of a drag is committed once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, override

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from viewer.panels.widgets.fields import LineField
from viewer.support.still_boxes import Slider

STEPS = 200
_MARGIN_PX = 9
_NUMBER = re.compile(r"[-−]?\d{1,9}(?:[.,]\d{1,9})?|[-−]?[.,]\d{1,9}", re.ASCII)
KEYS_MS = 400
"""Milliseconds within which steps by key are one commit."""


class SliderField(QWidget):
    """The field, with the methods of other fields; `previewed` is emitted during a drag."""

    committed = Signal(object)
    previewed = Signal(float)

    def __init__(self, low: float, high: float, text: Callable[[float], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high, self._text = low, high, text
        self._shown = low
        self._pending = False
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self._unit = _number(text(high)) / high
        """Factor from a value to the number that is shown: 100 for percent."""
        self.slider.setSingleStep(max(1, round(STEPS * _last_digit(text(high)) / (self._unit * (high - low)))))
        self.slider.setPageStep(10 * self.slider.singleStep())
        self.number = LineField()
        self.number.setFixedWidth(self.number.fontMetrics().horizontalAdvance("−0.00 %") + 2 * _MARGIN_PX)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.number.committed.connect(self._typed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.number)
        self.setFocusProxy(self.slider)
        self._timer = QTimer(self, singleShot=True, interval=KEYS_MS)
        self._timer.timeout.connect(self.flush)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self.flush)
        self.show_value(low)

    def value(self) -> float:
        return self._low + (self._high - self._low) * self.slider.value() / STEPS

    def show_value(self, value: Any) -> None:
        """Show a value without committing it, limited to the range; a drag in progress stays."""
        self._shown = min(max(float(value), self._low), self._high) if value == value else self._high  # nan
        if not (self._pending or self.slider.isSliderDown()):
            self.reset()

    def show_other(self, value: Any) -> None:
        """Show the value of another row; see `LineField.show_other`."""
        self.show_value(value)
        self.reset()

    def reset(self) -> None:
        """Show the last value again."""
        self._pending = False
        self._timer.stop()
        self.slider.blockSignals(True)
        self.slider.setValue(round((self._shown - self._low) / (self._high - self._low) * STEPS))
        self.slider.blockSignals(False)
        self.number.show_value(self._text(self._shown))

    def refuse(self) -> None:
        """Return to the value before a refused one."""
        self.reset()

    def flush(self) -> None:
        """Commit a move, or typing, that has not been committed."""
        self._timer.stop()
        self.number.flush()
        if self._pending:
            self._pending = False
            self.committed.emit(round(self.value(), 4))

    def _moved(self) -> None:
        self._pending = True
        self.number.show_value(self._text(self.value()))
        self.previewed.emit(round(self.value(), 4))
        if not self.slider.isSliderDown():
            self._timer.start()

    def _typed(self, text: str) -> None:
        """Commit a typed number, limited to the range; text without a number is reset."""
        value = self._value_of(text)
        self.number.reset()
        if math.isfinite(value):
            self.committed.emit(round(min(max(value, self._low), self._high), 4))

    def _value_of(self, text: str) -> float:
        """Value of a number in the unit that is shown, with or without the unit; nan for other text."""
        if text.strip().casefold() == self._text(self._low).casefold():
            return self._low
        return _number(text) / self._unit

    @override
    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.slider.setAccessibleName(name)
        self.number.setAccessibleName(self.tr("{0}, as a number").format(name))


def _number(text: str) -> float:
    """The first number in a text; nan where there is none."""
    match = _NUMBER.search(text)
    return float(match[0].replace("−", "-").replace(",", ".")) if match else math.nan


def _last_digit(text: str) -> float:
    """The worth of the last digit of the number in a text: 0.1 in "2.5 px"."""
    match = _NUMBER.search(text)
    return 10.0 ** -len(match[0].partition(".")[2]) if match else 1.0


def percent(value: float) -> str:
    return f"{value * 100:.0f} %"


def factor(value: float) -> str:
    return f"{value:.2f}"
