"""A label for text from files: never taken for markup, and long words are broken at the label's edge."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from viewer.support.language.text import breakable, plain, unbroken


class PlainLabel(QLabel):
    """Shows plain text; a word that is wider than the label is broken."""

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
    """Make a `PlainLabel` with this text."""
    label = PlainLabel(parent)
    label.setText(text)
    return label
