"""Says why an entry was refused: at its field, over what stands beneath, so that nothing moves.

When the keyboard goes on it stands over what is above the field, never over the field that has the keyboard.
"""

from __future__ import annotations

from typing import override

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from viewer.support.plain_label import PlainLabel

_EDGE_PX, _GAP_PX = 8, 3
_MOVES = (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Move)


class Refusal(PlainLabel):
    """Hidden while it says nothing, while its field is hidden, and while it could only cover where one types."""

    dismissed = Signal()
    """It should go, and what was refused with it."""

    def __init__(self) -> None:
        super().__init__()
        self._at: QWidget | None = None
        self.setObjectName("refusal")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._keyboard_moved)

    @property
    def is_said(self) -> bool:
        """True while a refusal stands, also where it is hidden."""
        return self._at is not None

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
        if watched is self._at and event.type() == QEvent.Type.Hide:
            self.hide()
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
        places = [QRect(left, y, width, height) for y in (top + self._at.height() + _GAP_PX, top - height - _GAP_PX)]
        has_keyboard, typed_in = self._keyboard(host)
        ordered = places if has_keyboard else places[::-1]
        whole = [place for place in ordered if place.top() >= 0 and place.bottom() < host.height()] or places[:1]
        free = [place for place in whole if not place.intersects(typed_in)]
        if free:
            self.setGeometry(free[0])
            self.raise_()
        self.setVisible(bool(free) and self._at.isVisible())

    def _keyboard(self, host: QWidget) -> tuple[bool, QRect]:
        """True while the keyboard is in the field; where it is in the form otherwise."""
        focused = QApplication.focusWidget()
        if focused is None or focused is self._at or (self._at is not None and self._at.isAncestorOf(focused)):
            return True, QRect()
        is_inside = host.isAncestorOf(focused)
        return False, QRect(focused.mapTo(host, QPoint()), focused.size()) if is_inside else QRect()

    def _keyboard_moved(self) -> None:
        if self._at is not None and shiboken6.isValid(self._at):
            self._stand()

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
