"""Interactions counted from the events that are delivered, whatever a test believes to have done."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

Key = Qt.Key
MODIFIERS = (Key.Key_Control, Key.Key_Shift, Key.Key_Alt, Key.Key_Meta)


class Counter(QObject):
    """Counts what is delivered to widgets: a click, a chord, and a run of letters into one field are one each.

    The Enter that ends a field belongs to the field; a choice is a field, too, whose letters find an entry of its list.
    An event that travels on to a parent is the same event.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self.told: list[str] = []
        self._held: set[object] = set()
        self._typed_in: QWidget | None = None
        application.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if not isinstance(watched, QWidget):
            return False
        if isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseButtonPress:
            self._press(event.button(), f"click {watched.accessibleName() or type(watched).__name__}")
        elif isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseButtonRelease:
            self._held.discard(event.button())
        elif isinstance(event, QKeyEvent) and kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            self._key(event)
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyRelease:
            self._held.discard(event.key())
        return False

    def _key(self, event: QKeyEvent) -> None:
        if event.key() in MODIFIERS or event.key() in self._held:
            return
        focused = QApplication.focusWidget()
        field = _choice_of(focused) or focused
        is_chord = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier) or not event.text()
        is_field = isinstance(field, QLineEdit | QPlainTextEdit | QComboBox) and not is_chord
        if is_field and field is self._typed_in:
            self._held.add(event.key())
            return
        name = QKeySequence(event.keyCombination()).toString()
        self._press(event.key(), f"text into {field.accessibleName()}" if is_field and field else f"key {name}")
        self._typed_in = field if is_field else None

    def _press(self, what: object, told: str) -> None:
        if what not in self._held:
            self._held.add(what)
            self._typed_in = None
            self.told.append(told)


def _choice_of(widget: QWidget | None) -> QComboBox | None:
    """The choice whose open list a widget is; None for anything else."""
    while isinstance(widget, QWidget) and not isinstance(widget, QComboBox):
        widget = widget.parentWidget() if isinstance(widget, QAbstractItemView) or widget.isWindow() else None
        if widget is not None and widget.isWindow() and not isinstance(widget.parentWidget(), QComboBox):
            return None
    return widget
