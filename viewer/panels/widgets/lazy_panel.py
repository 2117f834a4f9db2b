"""A stand-in for a panel, or a part of one, which makes it when it first becomes visible."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget


class LazyPanel(QWidget):
    """Takes the place of a panel until it is first shown or needed, so that the program starts with visible panels
    only.
    """

    def __init__(self, make: Callable[[], QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._panel: QWidget | None = None
        self._has_failed = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._make_if_seen)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def panel(self) -> QWidget:
        if self._panel is None:
            self._panel = self._make()
            self._layout.addWidget(self._panel)
            self._panel.show()
        return self._panel

    @property
    def is_made(self) -> bool:
        return self._panel is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Make the panel when it is painted, as every tab is shown for a moment while docks move."""
        if not self.is_made and not self._has_failed:
            self._soon.start()
        super().paintEvent(event)

    def _make_if_seen(self) -> None:
        if self.isVisible():
            self._has_failed = True  # unless it ends well: each repaint would fail again
            _made = self.panel
            self._has_failed = False
