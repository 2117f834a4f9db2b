"""A line of text that leads somewhere: a click, Enter or Space goes there."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from viewer.support.painting import painting
from viewer.support.text import breakable, one_line, tooltip

_WRAPPED = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
_WRAPPED |= int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
"""Between words, and within one where it is wider than the line."""
_EDGE_PX = 2


class LinkButton(QAbstractButton):
    """Underlined, on as many lines as it needs; `name` is its tooltip and what a screen reader says."""

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
        room = QRect(0, 0, max(width - 2 * _EDGE_PX, 1), 10_000)
        return self.fontMetrics().boundingRect(room, _WRAPPED, breakable(self.text())).height() + 2 * _EDGE_PX

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.rect().adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
        with painting(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.Link))
            painter.drawText(room, _WRAPPED, breakable(self.text()))
            if self.hasFocus():
                painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
                painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)
