"""A flat button with a line icon, drawn anew when light turns to dark."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QToolButton, QWidget

from viewer.support.icons import line_icon
from viewer.support.text import plain, tooltip


class IconButton(QToolButton):
    """`name` is both its tooltip and what a screen reader says."""

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setAutoRaise(True)
        self.setAccessibleName(plain(name))
        self.setToolTip(tooltip(name))
        self._draw()

    def show_icon(self, icon: str) -> None:
        self._icon = icon
        self._draw()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        self.setIcon(line_icon(self._icon, self.palette()))
