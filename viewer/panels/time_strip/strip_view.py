"""The strip itself: scenes as ticks along a line of time, chosen and zoomed by keys, mouse and wheel."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from layers.scenes.passes import Pass
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
from viewer.panels.time_strip.time_axis import TimeAxis
from viewer.support.painting import painting

REACH_PX = 6.0
ZOOM_STEP = 1.25
DRAG_PX = 5


class StripView(QWidget):
    """The strip. `stepped` carries a number of ticks, `jumped` True for the last, `chosen` and `used` a tick's key.

    `tip_wanted` carries a tick, an observation, a line on a thing, or None, and its place on the screen.
    """

    stepped = Signal(int)
    jumped = Signal(bool)
    chosen = Signal(str)
    used = Signal(str)
    tip_wanted = Signal(object, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticks: list[Pass] = []
        self._seen = SeenThings()
        self._current, self._pointed = "", ""
        self._axis: TimeAxis | None = None
        """The axis of time; None until something dated is shown."""
        self._is_moved = False
        """True once the analyst has zoomed or moved the axis, which then stays."""
        self._pressed: QPointF | None = None
        self._is_dragged = False
        self._places = StripPlaces()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(LEAST_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Time strip"))
        self._say_current("")

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def places(self) -> StripPlaces:
        """The present places of the ticks."""
        return self._places

    @property
    def axis(self) -> TimeAxis | None:
        return self._axis

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

    def fit(self) -> None:
        """Show all dates on the axis again."""
        self._is_moved = False
        self._lay_out()

    def zoom(self, factor: float, at_px: float | None = None) -> None:
        """Zoom the axis by a factor about a place in logical pixels, by default that of the current tick."""
        if self._axis is None:
            return
        placed = self._places.of(self._current)
        if at_px is None:
            at_px = placed.at if placed is not None and 0 <= placed.at <= self._axis.width else self._axis.width / 2
        self._axis, self._is_moved = self._axis.zoomed(factor, at_px), True
        self._lay_out()

    def _lay_out(self) -> None:
        width = float(self.width())
        divider = divider_of(self._ticks, width)
        spans = [tick.span for tick in self._ticks if tick.span is not None]
        spans += [mark.span for mark in self._seen.marks if mark.span is not None]
        length = max(divider - GAP_PX, 1.0)
        if not spans:
            self._axis = None
        elif self._axis is None or not self._is_moved:
            self._axis = TimeAxis.around(spans, length)
        else:
            self._axis = self._axis.resized(length)
        axis = self._axis or TimeAxis(0.0, 1.0, length)
        self._places = places_of(self._ticks, axis, width, self._current)
        self.update()

    def _say_current(self, words: str) -> None:
        keys = self.tr(
            "Left and Right step, Home and End lead to the first and the last, Enter adds the scene, plus and minus"
            " zoom the time, 0 shows all."
        )
        text = ". ".join(filter(None, (*self._seen.lines, words, keys)))
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

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
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_mine = event.key() in _OWN_KEYS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            is_mine = is_mine or event.key() == Qt.Key.Key_Plus
            if is_mine:  # the map has these keys, too
                event.accept()
                return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self.tip_wanted.emit(self._under(QPointF(event.pos())), event.globalPos())
            return True
        return super().event(event)

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
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.tip_wanted.emit(None, QPoint())
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._is_dragged = event.position(), False

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            hit = self._places.near(event.position().x(), REACH_PX)
            self.setCursor(Qt.CursorShape.PointingHandCursor if hit is not None else Qt.CursorShape.ArrowCursor)
            return
        by = self._pressed.x() - event.position().x()
        if abs(by) >= DRAG_PX or self._is_dragged:
            self._is_dragged = True
            if self._axis is not None:
                self._axis, self._is_moved = self._axis.moved(by), True
                self._pressed = event.position()
                self._lay_out()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_pressed, self._pressed = self._pressed is not None, None
        if event.button() == Qt.MouseButton.LeftButton and was_pressed and not self._is_dragged:
            placed = self._places.near(event.position().x(), REACH_PX)
            if placed is not None:
                self.used.emit(placed.tick.key)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120.0
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().x():
            by = (event.angleDelta().x() or event.angleDelta().y()) / 120.0
            if self._axis is not None:
                self._axis, self._is_moved = self._axis.moved(-60.0 * by), True
                self._lay_out()
        elif steps:
            self.zoom(ZOOM_STEP**steps, event.position().x())
        event.accept()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.tip_wanted.emit(None, QPoint())
        super().leaveEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            paint_strip(painter, self, self._places, self._axis, self._seen, self._current)
            placed = self._places.of(self._pointed)
            if placed is not None:
                paint_pointed(painter, self, placed)


_OWN_KEYS = frozenset(
    {
        *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
        *(Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Equal),
        Qt.Key.Key_0,
    }
)
