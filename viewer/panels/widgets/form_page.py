"""The page of a form: it scrolls vertically only, and shows a quiet hint when there is nothing to fill in."""

from __future__ import annotations

from typing import override

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.support.plain_label import plain_label

EDGES_PX = (10, 8, 10, 10)
FIELD_EDGES_PX = 18
USUAL_LETTERS = 22
"""Letters of a name, and of a coordinate known to a metre: 51.88412° N, 128.33415° E."""
HOLD_MS = 400
"""Milliseconds for which a part is held: new rows get their heights in a few steps."""


class FormPage(QStackedWidget):
    """The page. `content` is the layout of the form; `show_form` and `show_hint` choose what is visible."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hint = plain_label(hint)
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.hint.setContentsMargins(12, 12, 12, 12)
        self._scroll = _UprightScroll()
        inside = QWidget()
        self.content = QVBoxLayout(inside)
        self._below_px = 0
        self.content.setContentsMargins(*EDGES_PX)
        self.content.setSpacing(6)
        self._scroll.setWidget(inside)
        self.addWidget(self.hint)
        self.addWidget(self._scroll)
        self._held: tuple[QWidget, int] | None = None
        """The part that is held, and its place on the page."""
        self._let_go = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._let_go.timeout.connect(self._forget_held)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._put_back)
        self._watched: list[QWidget] = []
        """The part that is held and what it lies in: where one of these moves, the page is scrolled by as much."""
        self._focus_pointer = QPoint()
        """The pointer on the screen when the focus last came to a part of the page."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_came)
        self._is_putting = False
        bar = self._scroll.verticalScrollBar()
        bar.rangeChanged.connect(self._put_back)
        bar.valueChanged.connect(self._scrolled)

    @property
    def is_empty(self) -> bool:
        """True while there is nothing to fill in."""
        return self.currentWidget() is self.hint

    @property
    def is_holding(self) -> bool:
        """True while a part is kept where it is on the screen."""
        return self._let_go.isActive()

    def show_hint(self) -> None:
        self.setCurrentWidget(self.hint)

    def show_form(self, from_top: bool = False) -> None:
        self.setCurrentWidget(self._scroll)
        if from_top:
            self._watch(None)
            if self._below_px:
                self._leave_below(0)
            self._scroll.verticalScrollBar().setValue(0)

    def hold(self, part: QWidget) -> None:
        """Keep a part at its place on the screen while the parts above are laid out, as far as the page scrolls."""
        self._watch(part)
        self._let_go.start()

    def keep_still(self) -> None:
        """Keep what the analyst is about to press where it is, while lines come and go above it.

        That is the part under the pointer, if it has moved since the focus came; else the part with the focus.
        """
        inside, pointer = self._scroll.widget(), QCursor.pos()
        if inside is None or not self.isVisible() or self.is_empty:
            return
        part: QWidget | None = inside.focusWidget()
        part = part if part is not None and part.hasFocus() else None
        if pointer != self._focus_pointer and self._scroll.viewport().rect().contains(
            self._scroll.viewport().mapFromGlobal(pointer)
        ):
            part = inside.childAt(inside.mapFromGlobal(pointer)) or part
        if part is not None:
            self.hold(part)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Move:
            self._put_back(to_end=False)
            self._soon.start()
        return False

    def _focus_came(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            self._focus_pointer = QCursor.pos()

    def _watch(self, part: QWidget | None) -> None:
        """Hold a part from now on, or none."""
        for widget in self._watched:
            if shiboken6.isValid(widget):
                widget.removeEventFilter(self)
        self._watched, self._held = [], None
        self._soon.stop()
        if part is None:
            return
        self._held = part, part.mapTo(self, QPoint()).y()
        around: QWidget | None = part
        while around is not None and around is not self._scroll.widget():
            around.installEventFilter(self)
            self._watched.append(around)
            around = around.parentWidget()

    def _put_back(self, *_range: int, to_end: bool = True) -> None:
        """Scroll the part that is held back to its place; `to_end` leaves ground below the form where it is needed."""
        if self._held is None or not shiboken6.isValid(self._held[0]) or self._held[0].isHidden():
            return
        part, top = self._held
        bar = self._scroll.verticalScrollBar()
        wanted = bar.value() + part.mapTo(self, QPoint()).y() - top
        self._is_putting = True
        if to_end and wanted > bar.maximum():
            self._leave_below(self._below_px + wanted - bar.maximum())
        bar.setValue(wanted)
        self._is_putting = False

    def _scrolled(self) -> None:
        """Hold nothing any longer where somebody else scrolls."""
        if not self._is_putting:
            self._watch(None)

    def _leave_below(self, px: int) -> None:
        """Leave empty ground below the form, so that it can be scrolled that far."""
        self._below_px = px
        self.content.setContentsMargins(*EDGES_PX[:3], EDGES_PX[3] + px)

    def _forget_held(self) -> None:
        self._put_back()
        self._watch(None)

    def show_from(self, part: QWidget) -> None:
        """Scroll so that a part of the form is at the top."""
        self.content.activate()
        top = part.mapTo(self, QPoint()).y() - self._scroll.viewport().mapTo(self, QPoint()).y()
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.value() + top)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)


def page_of(widget: QWidget) -> FormPage | None:
    """The page that holds a widget, or the field whose open list it is; None without a page."""
    parent: QWidget | None = widget
    while parent is not None and not isinstance(parent, FormPage):
        parent = parent.parentWidget()
    return parent


def keep_still(widget: QWidget) -> None:
    """Keep what the analyst is about to press in the form around a widget where it is, as lines come and go."""
    page = page_of(widget)
    if page is not None:
        page.keep_still()


class _UprightScroll(QScrollArea):
    """A scroll area whose content is exactly as wide as its view."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.widget()
        if inside is not None:
            inside.setMaximumWidth(self.viewport().width())


def heading(text: str) -> QLabel:
    """A caption over a part of a form."""
    label = plain_label(text)
    label.setObjectName("heading")
    label.setContentsMargins(0, 8, 0, 0)
    return label


def muted(text: str = "") -> QLabel:
    """A label for a quiet sentence, which wraps."""
    label = plain_label(text)
    label.setObjectName("muted")
    label.setWordWrap(True)
    return label


def wrapped(text: str) -> QLabel:
    """A label for text from the case, which wraps, and can be copied."""
    label = plain_label(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def wrapping_form() -> QFormLayout:
    """A form whose fields go below their labels where they have no room beside these."""
    form = QFormLayout()
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    return form


def with_room[Field: QLineEdit](field: Field, letters: int = USUAL_LETTERS) -> Field:
    """The field, which is at least as wide as some letters: in a narrow `wrapping_form` it goes below its label.

    The number is that of usual texts, whatever the text is: a form must not move with what is typed.
    """
    field.setMinimumWidth(letters * field.fontMetrics().averageCharWidth() + FIELD_EDGES_PX)
    return field


def side_by_side(*widgets: QWidget, stretch: int = -1) -> QHBoxLayout:
    """Widgets in a row; the one at `stretch` takes the remaining room; -1 for none."""
    row = QHBoxLayout()
    row.setSpacing(6)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, 1 if place == stretch else 0)
    if stretch < 0:
        row.addStretch(1)
    return row


def laid_out(layout: QLayout) -> list[QWidget]:
    """The widgets of a layout, from the first to the last."""
    # Not by the layout's items: PySide's wrapper of an item outlives it and spoils the heap.
    holder = layout.parentWidget()
    children = holder.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly) if holder else []
    return sorted((child for child in children if layout.indexOf(child) >= 0), key=layout.indexOf)


def clear_layout(layout: QLayout) -> None:
    """Remove and delete all widgets of a layout that holds nothing else."""
    for widget in laid_out(layout):
        layout.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
