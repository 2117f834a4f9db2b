"""Keeps the places of the window and its panels, and restores them at the next start."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QRect
from PySide6.QtWidgets import QMainWindow

from viewer.app.arranging.arrangement import Arrangement
from viewer.support.settings import Settings

FRAME = (8, 40)
"""Width and height that the system's frame and title bar add, in pixels: a guess, as they are not known at first."""


class WindowPlace(QObject):
    """Keeps the panels' places whenever they come to rest, and the window's own when it is closed."""

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
        """Restore window and panels as they were left. Qt moves what would be off the screen, and ignores damage."""
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
