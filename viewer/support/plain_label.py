"""A label for text from files: shown unchanged, never as markup, and never wider than its place."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from viewer.support.language.text import breakable, plain, unbroken


class PlainLabel(QLabel):
    """Shows its text unchanged, never as markup; a word that is wider than the label is broken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    @override
    def setText(self, text: str) -> None:
        super().setText(breakable(plain(text)))

    @override
    def text(self) -> str:
        return unbroken(super().text())


def plain_label(text: str = "", parent: QWidget | None = None) -> QLabel:
    """Make a label that shows its text unchanged, never as markup."""
    label = PlainLabel(parent)
    label.setText(text)
    return label
