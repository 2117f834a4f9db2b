"""Fits each dialog of a window to its screen, so that its buttons are in reach."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QDialog, QWidget

FRAME = (8, 40)
"""Width and height that the system's frame and title bar add, in pixels."""


class DialogFit(QObject):
    """Fits the dialogs of a window to its screen, and the dialogs that they open in turn."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ChildPolished:
            child = event.child()  # type: ignore[attr-defined]
            if isinstance(child, QDialog):
                child.installEventFilter(self)
        elif event.type() in (QEvent.Type.Show, QEvent.Type.Resize) and isinstance(watched, QDialog):
            fit(watched, room_for(watched))
        return False


def room_for(dialog: QWidget) -> QSize:
    """Largest size that a dialog can have on its screen."""
    free = dialog.screen().availableGeometry().size()
    return QSize(free.width() - FRAME[0], free.height() - FRAME[1])


def fit(dialog: QWidget, room: QSize) -> None:
    """Shrink a dialog to the largest size it can have."""
    if dialog.minimumSize().boundedTo(room) != dialog.minimumSize():
        dialog.setMinimumSize(dialog.minimumSize().boundedTo(room))
    if dialog.size().boundedTo(room) != dialog.size():
        dialog.resize(dialog.size().boundedTo(room))
