"""A text below the sheet that changes with each key: unlike a label, its room is fixed and nothing is laid out anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.support.language.text import one_line, tooltip
from viewer.support.painting import painting

LONGEST = 600
LEAST_PX = 48


class SheetLine(QWidget):
    """The text on a number of lines, shortened where it is larger than its room; its tooltip has all of it."""

    def __init__(
        self,
        role: QPalette.ColorRole = QPalette.ColorRole.WindowText,
        parent: QWidget | None = None,
        *,
        lines: int = 1,
    ) -> None:
        super().__init__(parent)
        self._text, self._role, self._below, self._lines = "", role, tuple[str, ...](), lines
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
        return QSize(LEAST_PX, self.fontMetrics().height() + (self._lines - 1) * self.fontMetrics().lineSpacing() + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def shown_text(self) -> str:
        """The text as it is painted: whole where it has room, else with an ellipsis at its end."""
        metrics, width = self.fontMetrics(), self.width()
        room = self._lines * width
        shown = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        while room > width and not self._fits(shown):
            room -= max(4 * metrics.averageCharWidth(), 1)  # whole words leave gaps at the ends of lines
            shown = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        return shown

    def _fits(self, text: str) -> bool:
        room = QRect(0, 0, self.width(), 1_000_000)
        return self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text).height() <= self.height()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        lines = Qt.TextFlag.TextWordWrap if self._lines > 1 else Qt.TextFlag.TextSingleLine
        beside = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        with painting(self) as painter:
            painter.setPen(self.palette().color(self._role))
            painter.drawText(self.rect(), lines | beside, self.shown_text())
