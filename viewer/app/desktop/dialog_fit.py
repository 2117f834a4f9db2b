"""Fits each dialog of a window to its screen and to what it shows, so that its buttons are in reach and nothing is
squeezed.
"""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QDialog, QWidget

FRAME = (8, 40)
"""Width and height that the system's frame and title bar add, in pixels."""


_CHANGES = (QEvent.Type.Show, QEvent.Type.Resize, QEvent.Type.LayoutRequest)


class DialogFit(QObject):
    """Fits the dialogs of a window to its screen, and the dialogs that they open in turn.

    One that shows more than before grows: Qt would squeeze its fields below their own heights.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ChildPolished:
            child = event.child()  # type: ignore[attr-defined]
            if isinstance(child, QDialog):
                child.installEventFilter(self)
        elif isinstance(watched, QDialog) and event.type() in _CHANGES:
            if event.type() != QEvent.Type.Resize:
                grow(watched, room_for(watched))
            fit(watched, room_for(watched))
        return False


def room_for(dialog: QWidget) -> QSize:
    """Largest size that a dialog can have on its screen."""
    free = dialog.screen().availableGeometry().size()
    return QSize(free.width() - FRAME[0], free.height() - FRAME[1])


def grow(dialog: QWidget, room: QSize) -> None:
    """Make a dialog as high as its parts need at its width, as far as there is room; a higher one stays."""
    layout = dialog.layout()
    if layout is None or not dialog.isVisible():
        return
    width = dialog.width()
    needed = layout.totalMinimumHeightForWidth(width) if layout.hasHeightForWidth() else layout.minimumSize().height()
    if dialog.height() < min(needed, room.height()):
        dialog.resize(width, min(needed, room.height()))


def fit(dialog: QWidget, room: QSize) -> None:
    """Shrink a dialog to the largest size it can have."""
    if dialog.minimumSize().boundedTo(room) != dialog.minimumSize():
        dialog.setMinimumSize(dialog.minimumSize().boundedTo(room))
    if dialog.size().boundedTo(room) != dialog.size():
        dialog.resize(dialog.size().boundedTo(room))
