"""A one-line label that ends its text with … where the text is wider than the label."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from viewer.support.language.text import one_line, tooltip
from viewer.support.painting import painting

LEAST_PX = 48


class ElidedLabel(QLabel):
    """Shows a text shortened; its tooltip has the whole text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def say(self, text: str) -> None:
        """Show a text from any source."""
        self.setText(one_line(text))
        self.setToolTip(tooltip(text))

    @override
    def minimumSizeHint(self) -> QSize:
        size = super().minimumSizeHint()
        return QSize(min(size.width(), LEAST_PX), size.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        rect = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, rect.width())
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading)
        with painting(self) as painter:
            self.style().drawItemText(
                painter, rect, flags, self.palette(), self.isEnabled(), shown, QPalette.ColorRole.WindowText
            )
