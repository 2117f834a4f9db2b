"""Keeps where the window and its panels stand, and brings them back at the next start."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QRect
from PySide6.QtWidgets import QMainWindow

from viewer.app.arranging.arrangement import Arrangement
from viewer.support.settings import Settings

FRAME = (8, 40)
"""Pixels that the system's frame and title bar take, width and height: not known before the window stands."""


class WindowPlace(QObject):
    """Panels are kept whenever they have come to rest, the window's own place when it is closed."""

    def __init__(self, window: QMainWindow, arrangement: Arrangement, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._arrangement, self._settings = window, arrangement, settings
        arrangement.changed.connect(self.keep_panels)

    def fit_screen(self, free: QRect) -> None:
        """Shrink the window, with its frame, to this part of a screen, and centre it there."""
        window, room = self._window, free.adjusted(0, 0, -FRAME[0], -FRAME[1])
        window.resize(window.size().boundedTo(room.size()).expandedTo(window.minimumSize()))
        left, top = (room.width() - window.width()) // 2, (room.height() - window.height()) // 2
        window.move(free.left() + max(0, left), free.top() + max(0, top))

    def restore(self) -> None:
        """Window and panels as they were left; Qt moves what would be off the screen, and leaves what is broken."""
        geometry = self._settings.get("window_geometry").encode("ascii", "ignore")
        if not self._window.restoreGeometry(QByteArray.fromBase64(geometry)):
            self.fit_screen(self._window.screen().availableGeometry())
        self._arrangement.restore(self._settings.get("panels"))

    def keep(self) -> None:
        """Remember window and panels as they are left."""
        geometry = bytes(self._window.saveGeometry().toBase64().data()).decode("ascii")
        self._settings.set("window_geometry", geometry)
        self.keep_panels()

    def keep_panels(self) -> None:
        self._settings.change("panels", self._arrangement.kept_over)
