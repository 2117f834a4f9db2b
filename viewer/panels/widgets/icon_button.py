"""Buttons for panels: flat ones with a line icon that follows the theme, and narrow ones with a text."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from viewer.support.icons import line_icon
from viewer.support.language.text import plain, tooltip


class IconButton(QToolButton):
    """A button with an icon. `name` is its tooltip and its name for screen readers."""

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


_EDGES_PX = 18
"""Width left and right of the text, together, in logical pixels."""


class CompactButton(QPushButton):
    """A push button no wider than its text needs: the style makes each at least 80 pixels wide, too much in a panel."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + _EDGES_PX, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
