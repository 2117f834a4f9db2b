"""Counts things on an image by clicks: each sets a tick with the next number."""

from __future__ import annotations

import math
from typing import override

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import paint_crosshair
from viewer.canvas.pointer import PointerEvent
from viewer.tools.tool import Tool, ToolContext

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class CountTool(Tool):
    """Counts for the current cell of the sheet of observations, which is told of each click. It stays in hand."""

    name = "count"
    cursor = Qt.CursorShape.CrossCursor
    has_crosshair = True
    ticked = Signal(float, float)
    """Emitted with the longitude and latitude of a new tick."""
    taken_back = Signal()
    """Emitted to take the last tick back."""
    stepped = Signal(int)
    """Emitted with 1 for the next image of the sheet, -1 for the one before."""

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._words, self._number = "", 0

    def say(self, words: str, number: int) -> None:
        """Show what is counted where, and how many ticks there are; empty words for no cell."""
        self._words, self._number = words, number
        self.hint_changed.emit()

    @property
    def hint(self) -> str:
        if self.off_earth:
            return self.off_earth
        if not self._words:
            return self.tr("Choose a cell of the sheet of observations: a site and the image to count on.")
        sentence = self.tr(
            "{0}: {1} counted. Click or press Enter to count the next. Backspace: one back. Shift+Right: next image. "
            "Esc: end."
        )
        return sentence.format(self._words, self._number)

    @property
    def own_keys(self) -> frozenset[int]:
        return frozenset({*_ENTER, Qt.Key.Key_Backspace})

    def click(self, event: PointerEvent) -> None:
        if event.button == Qt.MouseButton.LeftButton:
            self._tick(event.lon, event.lat)

    def double_click(self, event: PointerEvent) -> None:
        """Count the second click too: things may stand close together."""
        self._tick(event.lon, event.lat)

    @override
    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key in _ENTER:
            self._tick(*self.canvas.viewport.centre_lonlat())
        elif key == Qt.Key.Key_Backspace:
            self.taken_back.emit()
        elif key in _STEPS and modifiers == Qt.KeyboardModifier.ShiftModifier:
            self.stepped.emit(_STEPS[Qt.Key(key)])
        else:
            return False
        return True

    def paint(self, painter: QPainter, view: View) -> None:
        if not self.off_earth:
            paint_crosshair(painter, view)

    def _tick(self, lon: float, lat: float) -> None:
        if not self._words or self.off_earth:
            self.context.message(self.hint)
        elif math.isfinite(lon) and math.isfinite(lat):
            self.ticked.emit(lon, lat)
