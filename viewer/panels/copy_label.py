"""Facts that wrap wherever they must, and are copied as they are."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu

from viewer.support.text import plain

_BREAK = "\u200b"
"""Zero wide: a line may end here."""


class CopyLabel(QLabel):
    """Long names, paths and addresses get places where a line may end; the clipboard gets the text without them."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show another text, as it is."""
        self.setText(breakable(plain(text)))

    def whole(self) -> str:
        """All of the text, as it was given."""
        return self.text().replace(_BREAK, "")

    def copied(self) -> str:
        """What is selected, else all of it."""
        # Qt joins selected lines by paragraph separators.
        return (self.selectedText() or self.text()).replace(_BREAK, "").replace("\u2029", "\n")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy"), self._copy)
        menu.popup(event.globalPos())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.copied())


def breakable(text: str) -> str:
    """Long paths, names and addresses with places where a line may end."""
    return text.replace("/", "/" + _BREAK).replace("_", "_" + _BREAK).replace("-", "-" + _BREAK)
