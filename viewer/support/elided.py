"""Labels that end their text with … where it is larger than the label: of one line, and of as many as have room."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent, QPalette
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


class FittedLabel(ElidedLabel):
    """Shows a text in as many lines as have room, shortened where these do not hold it; its tooltip has the whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_PX, self.fontMetrics().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        rect = self.contentsRect()
        shown = fitted(self.text(), rect.size(), self.fontMetrics())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading | Qt.TextFlag.TextWordWrap
        with painting(self) as painter:
            self.style().drawItemText(
                painter, rect, int(flags), self.palette(), self.isEnabled(), shown, QPalette.ColorRole.WindowText
            )


def fitted(text: str, room: QSize, metrics: QFontMetrics) -> str:
    """A text, shortened with … to what fits into a box in lines that end between words."""

    def cut(count: int) -> str:
        return text if count >= len(text) else f"{text[:count].rstrip(' ;,')}…"

    least, most = 0, len(text) + 1
    while least + 1 < most:
        middle = (least + most) // 2
        bounds = metrics.boundingRect(QRect(0, 0, room.width(), 0), Qt.TextFlag.TextWordWrap, cut(middle))
        fits = bounds.height() <= room.height() and bounds.width() <= room.width()
        least, most = (middle, most) if fits else (least, middle)
    return cut(least)
