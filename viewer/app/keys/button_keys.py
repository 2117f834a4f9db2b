"""Lets Enter press the focused button, as Space does: Qt itself does so in dialogs only."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QDialog, QToolButton, QWidget

from viewer.support.focus_filter import FocusFilter

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ButtonKeys(FocusFilter):
    """Presses focused buttons at Enter, except in dialogs."""

    @override
    def concerns(self, widget: QWidget) -> bool:
        return isinstance(widget, QAbstractButton) and not isinstance(widget.window(), QDialog)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or event.key() not in ENTER:
            return False
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not isinstance(watched, QAbstractButton):
            return False
        if isinstance(watched, QToolButton) and watched.popupMode() == QToolButton.ToolButtonPopupMode.InstantPopup:
            watched.showMenu()
        else:
            watched.click()
        return True
