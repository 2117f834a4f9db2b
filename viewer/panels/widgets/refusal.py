"""Says why an entry was refused: at its field, over what stands beneath, so that nothing moves."""

from __future__ import annotations

from typing import override

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from viewer.support.plain_label import PlainLabel

_EDGE_PX, _GAP_PX = 8, 3
_MOVES = (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Move)


class Refusal(PlainLabel):
    """Hidden while it says nothing, and while its field is hidden."""

    def __init__(self) -> None:
        super().__init__()
        self._at: QWidget | None = None
        self.setObjectName("refusal")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, sentence: str, at: QWidget | None = None) -> None:
        """Show a sentence at a widget; an empty one takes it away."""
        self._leave()
        self.setText(sentence)
        if not sentence or at is None:
            self.hide()
            return
        host = _host_of(at)
        self._at = at
        if self.parentWidget() is not host:
            self.setParent(host)
        for watched in {host, at}:
            watched.installEventFilter(self)
        at.destroyed.connect(self.deleteLater)
        at.setAccessibleDescription(sentence)
        self.setVisible(at.isVisible())
        self._stand()
        QTimer.singleShot(0, self, self._show_whole)

    def _leave(self) -> None:
        if self._at is not None and shiboken6.isValid(self._at):
            self._at.setAccessibleDescription("")
            self._at.destroyed.disconnect(self.deleteLater)
            for watched in (self.parentWidget(), self._at):
                if watched is not None:
                    watched.removeEventFilter(self)
        self._at = None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._at is None:
            return False
        if watched is self._at and event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self.setVisible(event.type() == QEvent.Type.Show)
        if event.type() in _MOVES or event.type() == QEvent.Type.Show:
            QTimer.singleShot(0, self, self._stand)  # once the layout is done
        return False

    def _stand(self) -> None:
        host = self.parentWidget()
        if self._at is None or host is None:
            return
        width = max(host.width() - 2 * _EDGE_PX, 80)
        left = _EDGE_PX
        if isinstance(host, QWidget) and host.isWindow():  # a dialog, or the whole window: as wide as the field
            width = max(self._at.width(), 200)
            left = max(min(self._at.mapTo(host, QPoint()).x(), host.width() - width - _EDGE_PX), 0)
        height = max(self.heightForWidth(width), self.sizeHint().height())
        top = self._at.mapTo(host, QPoint()).y()
        below = top + self._at.height() + _GAP_PX
        is_above = below + height > host.height() and top - height - _GAP_PX >= 0
        self.setGeometry(left, top - height - _GAP_PX if is_above else below, width, height)
        self.raise_()

    def _show_whole(self) -> None:
        host = self.parentWidget()
        area = None if host is None else host.parentWidget()
        area = None if area is None else area.parentWidget()
        if isinstance(area, QScrollArea) and self.isVisible():
            area.ensureWidgetVisible(self, 0, _GAP_PX)


def _host_of(widget: QWidget) -> QWidget:
    """The widget that scrolls with this one, else its window."""
    parent = widget.parentWidget()
    while parent is not None:
        area = parent.parentWidget()
        area = None if area is None else area.parentWidget()
        if isinstance(area, QScrollArea) and area.widget() is parent:
            return parent
        parent = parent.parentWidget()
    return widget.window()
