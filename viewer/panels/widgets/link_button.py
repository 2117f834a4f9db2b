"""A line of text that works as a link, by a click, Enter or Space."""

from __future__ import annotations

import math
from typing import override

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPalette, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from viewer.support.language.text import breakable, one_line, tooltip
from viewer.support.painting import painting

_EDGE_PX = 2


class LinkButton(QAbstractButton):
    """An underlined text, on as many lines as it needs; `name` is its tooltip and its name for screen readers."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(one_line(text, 200))
        self.setAccessibleName(one_line(name, 200))
        self.setToolTip(tooltip(name))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        font = self.font()
        font.setUnderline(True)
        self.setFont(font)

    @override
    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * _EDGE_PX, metrics.height() + 2 * _EDGE_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    @override
    def heightForWidth(self, width: int) -> int:
        return math.ceil(self._laid_out(width).boundingRect().height()) + 2 * _EDGE_PX

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.Link))
            self._laid_out(self.width()).draw(painter, QPointF(_EDGE_PX, _EDGE_PX))
            if self.hasFocus():
                painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
                painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)

    def lines(self) -> list[str]:
        """The text by its lines."""
        laid = self._laid_out(self.width())
        parts = [laid.lineAt(at) for at in range(laid.lineCount())]
        return [laid.text()[part.textStart() : part.textStart() + part.textLength()] for part in parts]

    def _laid_out(self, width: int) -> QTextLayout:
        """The text in lines that end between words, or within a word that is wider than the line."""
        laid = QTextLayout(breakable(self.text()), self.font())
        wrapped = QTextOption(Qt.AlignmentFlag.AlignLeading)
        wrapped.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        laid.setTextOption(wrapped)
        laid.beginLayout()
        top = 0.0
        while (line := laid.createLine()).isValid():
            line.setLineWidth(max(width - 2 * _EDGE_PX, 1))
            line.setPosition(QPointF(0.0, top))
            top += line.height()
        laid.endLayout()
        return laid
