"""A view along an axis of time, which drags, the wheel and keys move and zoom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, override

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from layers.time.time_span import TimeSpan
from viewer.panels.axis.time_axis import TimeAxis

ZOOM_STEP = 1.25
DRAG_PX = 5
PAN_PX = 80.0
_NO_MATTER = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
"""Modifiers with which plus and digits may come: from the keypad, and on keyboards where they want Shift."""
_ZOOM_KEYS = frozenset({Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Equal, Qt.Key.Key_0})


class AxisView(QWidget):
    """A view whose axis shows all that is dated, until the analyst moves or zooms it.

    A view of a kind lays itself out anew in `_lay_out` and says what lies under the pointer. `tip_wanted` carries
    that, or None, and its place on the screen.
    """

    tip_wanted = Signal(object, QPoint)
    _keys: ClassVar[frozenset[Qt.Key]] = frozenset()
    """Keys of a kind of view besides those that zoom; the map has some of them, too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axis: TimeAxis | None = None
        """The axis of time; None until something dated is shown."""
        self._is_moved = False
        """True once the analyst has zoomed or moved the axis, which then stays."""
        self._pressed: QPointF | None = None
        self._is_dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def axis(self) -> TimeAxis | None:
        return self._axis

    def fit(self) -> None:
        """Show all dates again."""
        self._is_moved = False
        self._lay_out()

    def zoom(self, factor: float, at_px: float | None = None) -> None:
        """Zoom by a factor about a place of the axis in logical pixels, by default that of the current mark."""
        if self._axis is None:
            return
        if at_px is None:
            current = self._current_px()
            is_in_sight = current is not None and 0 <= current <= self._axis.width
            at_px = current if current is not None and is_in_sight else self._axis.width / 2
        self._move_to(self._axis.zoomed(factor, at_px))

    def pan(self, by_px: float) -> None:
        """Move along the axis by logical pixels; positive values show later times."""
        if self._axis is not None:
            self._move_to(self._axis.moved(by_px))

    def _move_to(self, axis: TimeAxis) -> None:
        """Show another stretch of time, as the analyst wishes it."""
        self._axis, self._is_moved = axis, True
        self._lay_out()

    def _suit_axis(self, spans: Iterable[TimeSpan], width: float) -> None:
        """Give the axis a width in logical pixels, and all these times unless the analyst has moved it."""
        dated = list(spans)
        if not dated:
            self._axis = None
        elif self._axis is None or not self._is_moved:
            self._axis = TimeAxis.around(dated, width)
        else:
            self._axis = self._axis.resized(width)

    def _describe(self, *parts: str) -> None:
        """Tell screen readers what is shown and which keys lead through it."""
        text = ". ".join(filter(None, parts))
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    # -- parts of a kind of view --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Place all marks along the axis anew."""
        raise NotImplementedError

    def _current_px(self) -> float | None:
        """The place of the current mark on the axis; None for none."""
        raise NotImplementedError

    def _is_mark_at(self, at: QPointF) -> bool:
        """True where a click does something."""
        raise NotImplementedError

    def _click(self, at: QPointF) -> None:
        raise NotImplementedError

    def _under(self, at: QPointF) -> object:
        """The thing that a tip tells of; None for none."""
        raise NotImplementedError

    @property
    def _left_px(self) -> float:
        """The place of the axis' begin in the widget."""
        return 0.0

    # -- events -------------------------------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def is_key(self, key: int) -> bool:
        """True for a key that means something in the view."""
        return key in _ZOOM_KEYS or key in self._keys

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_own = self.is_key(event.key())
            if is_own and not event.modifiers() & ~_NO_MATTER:
                event.accept()
                return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self.tip_wanted.emit(self._under(QPointF(event.pos())), event.globalPos())
            return True
        return super().event(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._is_dragged = event.position(), False

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            is_mark = self._is_mark_at(event.position())
            self.setCursor(Qt.CursorShape.PointingHandCursor if is_mark else Qt.CursorShape.ArrowCursor)
            return
        by = self._pressed.x() - event.position().x()
        if abs(by) >= DRAG_PX or self._is_dragged:
            self._is_dragged, self._pressed = True, event.position()
            self.pan(by)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_pressed, self._pressed = self._pressed is not None, None
        if event.button() == Qt.MouseButton.LeftButton and was_pressed and not self._is_dragged:
            self._click(event.position())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, aside = event.angleDelta().y(), event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(aside) > abs(turned):
            self.pan(-PAN_PX * (aside or turned) / 120.0)
        elif turned:
            self.zoom(ZOOM_STEP ** (turned / 120.0), event.position().x() - self._left_px)
        event.accept()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
