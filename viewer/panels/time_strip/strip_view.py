"""The strip itself: scenes as ticks along a line of time, chosen and zoomed by keys, mouse and wheel."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from layers.scenes.passes import Pass
from viewer.panels.axis.axis_view import AxisView
from viewer.panels.axis.time_axis import TimeAxis
from viewer.panels.time_strip.seen_marks import SeenMark, SeenThings
from viewer.panels.time_strip.strip_painter import (
    HEIGHT_PX,
    LEAST_HEIGHT_PX,
    SEEN_PX,
    THING_PX,
    paint_pointed,
    paint_strip,
    seen_height,
    seen_x,
    seen_y,
)
from viewer.panels.time_strip.strip_places import GAP_PX, StripPlaces, divider_of, places_of
from viewer.support.painting import painting

REACH_PX = 6.0


class StripView(AxisView):
    """The strip. `stepped` carries a number of ticks, `jumped` True for the last, `chosen` and `used` a tick's key.

    `tip_wanted` carries a tick, an observation, a line on a thing, or None, and its place on the screen.
    """

    stepped = Signal(int)
    jumped = Signal(bool)
    chosen = Signal(str)
    used = Signal(str)
    _keys = frozenset(
        {
            *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp),
            *(Qt.Key.Key_PageDown, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space),
        }
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticks: list[Pass] = []
        self._seen = SeenThings()
        self._current, self._pointed = "", ""
        self._places = StripPlaces()
        self.setMinimumHeight(LEAST_HEIGHT_PX)
        self.setAccessibleName(self.tr("Time strip"))
        self._say_current("")

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def places(self) -> StripPlaces:
        """The present places of the ticks."""
        return self._places

    @property
    def seen(self) -> SeenThings:
        return self._seen

    def show_ticks(self, ticks: list[Pass], seen: SeenThings) -> None:
        """Show ticks, and observations above them. The axis shows all of them, unless the analyst has moved it."""
        self._ticks, self._seen = ticks, seen
        self.setMinimumHeight(LEAST_HEIGHT_PX + self.more_px)
        if not ticks:
            self._is_moved = False
        self._lay_out()

    @property
    def more_px(self) -> int:
        """Height that the rows of several things take besides that of one, in logical pixels."""
        return round(max(seen_height(self._seen) - SEEN_PX, 0.0))

    def show_current(self, key: str, words: str) -> None:
        """Mark the tick with this key as the current one, and bring it into sight; `words` are for screen readers."""
        before, axis = self._current, self._axis
        self._current = key
        tick = next((tick for tick in self._ticks if tick.key == key), None) if key else None
        if tick is not None and tick.span is not None and axis is not None:
            self._axis = axis.showing(tick.span)
        self._say_current(words)
        if key != before or self._axis != axis:
            self._lay_out()

    def show_pointed(self, key: str) -> None:
        """Mark the tick that has the scene with this key, as a list points at it; an empty key marks none."""
        tick = next((tick for tick in self._ticks if any(scene.key == key for scene in tick.scenes)), None)
        pointed = "" if tick is None or not key else tick.key
        if pointed != self._pointed:
            self._pointed = pointed
            self.update()

    @property
    def pointed(self) -> str:
        """The key of the tick that a list points at; empty for none."""
        return self._pointed

    @override
    def _lay_out(self) -> None:
        width = float(self.width())
        divider = divider_of(self._ticks, width)
        spans = [tick.span for tick in self._ticks if tick.span is not None]
        spans += [mark.span for mark in self._seen.marks if mark.span is not None]
        length = max(divider - GAP_PX, 1.0)
        self._suit_axis(spans, length)
        axis = self._axis or TimeAxis(0.0, 1.0, length)
        self._places = places_of(self._ticks, axis, width, self._current)
        self.update()

    def _say_current(self, words: str) -> None:
        keys = self.tr(
            "Left and Right step, Home and End lead to the first and the last, Enter adds the scene, plus and minus"
            " zoom the time, 0 shows all."
        )
        self._describe(*self._seen.lines, words, keys)

    @override
    def _current_px(self) -> float | None:
        placed = self._places.of(self._current)
        return None if placed is None else placed.at

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, HEIGHT_PX)

    # -- events -------------------------------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        key = Qt.Key(event.key())
        if key in steps:
            self.stepped.emit(steps[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.jumped.emit(key == Qt.Key.Key_End)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._current:
                self.used.emit(self._current)
        else:
            super().keyPressEvent(event)

    @override
    def _under(self, at: QPointF) -> Pass | SeenMark | str | None:
        mark = self._seen_at(at)
        if mark is not None:
            return mark
        placed = self._places.near(at.x(), REACH_PX)
        return None if placed is None else placed.tick

    def _seen_at(self, at: QPointF) -> SeenMark | str | None:
        """The observation at a place, or else the line on its thing."""
        if at.y() > seen_height(self._seen) or self._axis is None:
            return None
        marks = [
            (abs(seen_x(mark, self._axis) - at.x()), mark)
            for mark in self._seen.marks
            if abs(seen_y(mark, self._seen) - at.y()) <= SEEN_PX / 2
        ]
        far, mark = min(marks, key=lambda entry: entry[0], default=(REACH_PX + 1, None))
        if far <= REACH_PX:
            return mark
        row = int(at.y() // THING_PX)
        return self._seen.lines[row] if row < len(self._seen.lines) else None

    @override
    def _is_mark_at(self, at: QPointF) -> bool:
        return self._places.near(at.x(), REACH_PX) is not None

    @override
    def _click(self, at: QPointF) -> None:
        placed = self._places.near(at.x(), REACH_PX)
        if placed is not None:
            self.used.emit(placed.tick.key)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.tip_wanted.emit(None, QPoint())
        super().mousePressEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.tip_wanted.emit(None, QPoint())
        super().leaveEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            paint_strip(painter, self, self._places, self._axis, self._seen, self._current)
            placed = self._places.of(self._pointed)
            if placed is not None:
                paint_pointed(painter, self, placed)
