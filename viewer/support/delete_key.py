"""The Delete key in a list: it is the list's own there, before the menu's command that deletes the selected marks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def keeps_delete(event: QEvent) -> bool:
    """Accept the question whether Delete is a shortcut, so that the widget with the keyboard gets the key itself."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() != Qt.Key.Key_Delete or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    event.accept()
    return True
