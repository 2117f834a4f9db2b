"""A colour as #rrggbb beside a swatch that offers the colours of the house."""

from __future__ import annotations

from typing import Any, override

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from viewer.panels.widgets.fields import LineField

PRESETS = ("#e4572e", "#f3a712", "#f7e733", "#4cb944", "#2e86ab", "#5e60ce", "#d81e5b", "#ffffff", "#8d99ae", "#111111")


class ColorField(QWidget):
    """A field for a colour, with the methods of other fields: `show_value`, `reset`, `flush`, `committed`."""

    committed = Signal(object)

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        """`empty` is the meaning of no colour."""
        super().__init__(parent)
        self._empty = empty
        self._color: str | None = None
        self.line = LineField()
        self.line.setMaxLength(9)
        self.line.setPlaceholderText(empty)
        self.line.committed.connect(self.committed)
        self.swatch = QToolButton()
        self.swatch.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.swatch.setMenu(self._menu())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.swatch)
        layout.addWidget(self.line, 1)
        self.setFocusProxy(self.line)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for color in ("", *PRESETS):
            action = QAction(_icon(color), color or self._empty, menu)
            action.triggered.connect(lambda _checked, color=color: self.committed.emit(color))
            menu.addAction(action)
        return menu

    def show_value(self, value: Any) -> None:
        self.line.show_value(value)
        self._color_swatch(value)

    def show_other(self, value: Any) -> None:
        """Show the value of another row; see `LineField.show_other`."""
        self.line.show_other(value)
        self._color_swatch(value)

    def _color_swatch(self, value: Any) -> None:
        color = str(value)[:_LONGEST_NAME]
        if color != self._color:
            self._color = color
            self.swatch.setIcon(_icon(color))

    def reset(self) -> None:
        self.line.reset()

    def refuse(self) -> None:
        """Keep a refused text; see `LineField.refuse`."""
        self.line.refuse()

    def flush(self) -> None:
        self.line.flush()

    @override
    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)
        self.swatch.setAccessibleName(self.tr("%1: colours").replace("%1", name))


_LONGEST_NAME = 40
"""Most characters of a colour's name."""


def _icon(color: str) -> QIcon:
    pixmap = QPixmap(14, 14)
    pixmap.fill(QColor(color) if QColor.isValidColorName(color) else QColor(0, 0, 0, 0))
    return QIcon(pixmap)
