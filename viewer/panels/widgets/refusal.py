"""Shows why an entry was refused, beside the form at the height of its field, so that nothing moves or is covered.

Where there is no room beside the form, as in most dialogs, it is below or above the field, over as few other fields as
possible, and never over the one with the focus.
"""

from __future__ import annotations

from typing import override

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from viewer.panels.widgets.fields import REFUSED
from viewer.support.plain_label import PlainLabel

_EDGE_PX, _GAP_PX = 8, 3
_LEAST_PX, _MOST_PX = 200, 320
"""Widths in logical pixels: with less room beside the form it is elsewhere, and longer lines are hard to read."""
_MOVES = (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Move, QEvent.Type.Show)
TYPED_IN = (QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox)
"""Classes of fields that are typed into."""


class Refusal(PlainLabel):
    """The label; hidden without words, while its field is out of sight, and where it would cover the field in use."""

    dismissed = Signal()
    """Emitted when it should go, with the refused entry."""

    def __init__(self) -> None:
        super().__init__()
        self._at: QWidget | None = None
        self._watched: set[QWidget] = set()
        self.setObjectName("refusal")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._keyboard_moved)

    @property
    def is_said(self) -> bool:
        """True while there is a refusal, even if hidden."""
        return self._at is not None

    @property
    def field(self) -> QWidget | None:
        """The field whose entry was refused; None without a refusal."""
        return self._at

    @property
    def is_of_typing(self) -> bool:
        """True where the refused text is still in the field, to be corrected."""
        parts = [] if self._at is None else [self._at, *self._at.findChildren(QLineEdit)]
        return any(part.property(REFUSED) for part in parts)

    @property
    def words(self) -> str:
        """The field and the reason."""
        name = "" if self._at is None else self._at.accessibleName()
        return self.text() if self.text().startswith(f"{name}:") else f"{name}: {self.text()}"

    def say(self, sentence: str, at: QWidget | None = None) -> None:
        """Show a sentence at a widget; an empty one takes it away."""
        self._leave()
        self.setText(sentence)
        if not sentence or at is None:
            self.hide()
            return
        self._at = at
        if self.parentWidget() is not at.window():
            self.setParent(at.window())
        self._watched = {at, at.window(), *filter(None, (_form_of(at), _scrolled_with(at)))}
        for watched in self._watched:
            watched.installEventFilter(self)
        at.destroyed.connect(self.deleteLater)
        at.setAccessibleDescription(sentence)
        self._stand()
        QTimer.singleShot(0, self, self._bring_in_sight)

    def _leave(self) -> None:
        if self._at is not None and shiboken6.isValid(self._at):
            self._at.setAccessibleDescription("")
            self._at.destroyed.disconnect(self.deleteLater)
            for watched in filter(shiboken6.isValid, self._watched):
                watched.removeEventFilter(self)
        self._at, self._watched = None, set()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._at is None:
            return False
        if watched is self._at and event.type() == QEvent.Type.Hide:
            self.hide()
        if event.type() in _MOVES:
            QTimer.singleShot(0, self, self._stand)  # once the layout is done
        return False

    def _stand(self) -> None:
        at, host = self._at, self.parentWidget()
        if at is None or host is None or not shiboken6.isValid(at):
            return
        if at.window() is not host:  # its panel floats now, or is on its way out of the window
            if not at.isVisible():
                self.hide()
                return
            host = at.window()
            self.setParent(host)
        place = self._beside(at, host) or self._over(at, host)
        is_seen = at.isVisible() and not at.visibleRegion().isEmpty()
        if place is not None:
            self.setGeometry(place)
            self.raise_()
        self.setVisible(place is not None and is_seen)

    def _beside(self, at: QWidget, host: QWidget) -> QRect | None:
        """The place left or right of the form, where the window has room."""
        form = _form_of(at)
        if form is None:
            return None
        edges = QRect(form.mapTo(host, QPoint()), form.size())
        left, right = edges.left() - 2 * _EDGE_PX, host.width() - edges.right() - 2 * _EDGE_PX
        width = min(max(left, right), _MOST_PX)
        if width < _LEAST_PX:
            return None
        x = edges.left() - _EDGE_PX - width if left >= right else edges.right() + _EDGE_PX
        height = max(self.heightForWidth(width), self.fontMetrics().height())
        y = at.mapTo(host, QPoint()).y() + (at.height() - height) // 2
        return QRect(x, max(min(y, host.height() - height - _EDGE_PX), _EDGE_PX), width, height)

    def _over(self, at: QWidget, host: QWidget) -> QRect | None:
        """The place below or above the field that covers least; None where both cover the field in use."""
        width = max(at.width(), _LEAST_PX)
        here = at.mapTo(host, QPoint())
        left = max(min(here.x(), host.width() - width - _EDGE_PX), 0)
        height = max(self.heightForWidth(width), self.sizeHint().height())
        tops = (here.y() + at.height() + _GAP_PX, here.y() - height - _GAP_PX)
        places = [QRect(left, top, width, height) for top in tops]
        whole = [place for place in places if place.top() >= 0 and place.bottom() < host.height()] or places[:1]
        focused = QApplication.focusWidget()
        fields = [
            field for kind in TYPED_IN for field in host.findChildren(kind) if field.isVisible() and field is not at
        ]
        covered = {field: QRect(field.mapTo(host, QPoint()), field.size()) for field in fields}
        free = [place for place in whole if focused not in covered or not place.intersects(covered[focused])]
        return min(free, key=lambda place: sum(map(place.intersects, covered.values())), default=None)

    def _bring_in_sight(self) -> None:
        form = None if self._at is None else _scrolled_with(self._at)
        viewport = None if form is None else form.parentWidget()
        area = None if viewport is None else viewport.parentWidget()
        if isinstance(area, QScrollArea) and self._at is not None and self._at.visibleRegion().isEmpty():
            area.ensureWidgetVisible(self._at, 0, _EDGE_PX)

    def _keyboard_moved(self) -> None:
        if self._at is not None:
            self._stand()


def refusals_in(part: QWidget) -> list[Refusal]:
    """The present refusals at fields of a form, or of all forms in a window."""
    refusals = [refusal for refusal in part.window().findChildren(Refusal) if refusal.field is not None]
    return [refusal for refusal in refusals if refusal.field is not None and part.isAncestorOf(refusal.field)]


def _form_of(field: QWidget) -> QWidget | None:
    """The panel of a field, or the part of its window that scrolls; None in most dialogs."""
    parent, scrolled = field.parentWidget(), None
    while parent is not None and not parent.isWindow():
        if isinstance(parent, QDockWidget):
            return parent
        if isinstance(parent, QScrollArea):
            scrolled = parent
        parent = parent.parentWidget()
    return scrolled


def _scrolled_with(field: QWidget) -> QWidget | None:
    """The widget that scrolls this one, and moves it without an event for it."""
    parent = field.parentWidget()
    while parent is not None:
        viewport = parent.parentWidget()
        area = None if viewport is None else viewport.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is viewport:
            return parent
        parent = viewport
    return None
