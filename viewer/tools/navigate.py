"""Move about: the left button drags the map."""

from __future__ import annotations

from PySide6.QtCore import Qt

from viewer.canvas.pointer import PointerEvent
from viewer.tools.tool import Tool


class NavigateTool(Tool):
    """Drag to pan, double-click to zoom in (with Control: out)."""

    name = "navigate"
    cursor = Qt.CursorShape.OpenHandCursor

    _from: PointerEvent | None = None
    _panned = (0, 0)

    @property
    def hint(self) -> str:
        return self.tr("Drag to pan, turn the wheel to zoom, Shift+drag a box to zoom into it, Alt+wheel to rotate.")

    def drag_start(self, event: PointerEvent) -> None:
        self._from, self._panned = event, (0, 0)
        self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def drag_move(self, event: PointerEvent) -> None:
        if self._from is None:
            return
        wanted = round(self._from.px - event.px), round(self._from.py - event.py)
        step = wanted[0] - self._panned[0], wanted[1] - self._panned[1]
        self._panned = wanted
        if step != (0, 0):
            self.canvas.motion.pan_by(*step, resting=False)

    def drag_end(self, event: PointerEvent) -> None:
        self.drag_move(event)
        self._from = None
        self.canvas.motion.come_to_rest()

    def double_click(self, event: PointerEvent) -> None:
        factor = 0.5 if event.has(Qt.KeyboardModifier.ControlModifier) else 2.0
        self.canvas.viewport.zoom_about(event.px, event.py, factor)
        self.canvas.motion.come_to_rest()

    def cancel(self) -> None:
        self._from = None
