"""A line of text below the sheet that changes with each key: unlike a label, it has nothing laid out anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.support.language.text import one_line, tooltip
from viewer.support.painting import painting

LONGEST = 600
LEAST_PX = 48


class SheetLine(QWidget):
    """The line, shortened where it is larger than its room; its tooltip has the whole text."""

    def __init__(self, role: QPalette.ColorRole = QPalette.ColorRole.WindowText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._role, self._below = "", role, tuple[str, ...]()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._text

    def say(self, text: str, more: Sequence[str] = ()) -> None:
        """Show a text from any source; its tooltip has lines more."""
        line, below = one_line(text, LONGEST), tuple(one_line(each, LONGEST) for each in more)
        if (line, below) != (self._text, self._below):
            self._text, self._below = line, below
            self.setToolTip(tooltip("\n".join((line, *below))))
            self.setAccessibleDescription(" ".join((line, *below)))
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(LEAST_PX, self.fontMetrics().height() + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        with painting(self) as painter:
            painter.setPen(self.palette().color(self._role))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
