"""The page of a form: it scrolls vertically only, and shows a quiet hint when there is nothing to fill in."""

from __future__ import annotations

from typing import override

import shiboken6
from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from viewer.support.plain_label import plain_label

EDGES_PX = (10, 8, 10, 10)
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
        self._scroll.verticalScrollBar().rangeChanged.connect(self._put_back)

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
            self._held = None
            if self._below_px:
                self._leave_below(0)
            self._scroll.verticalScrollBar().setValue(0)

    def hold(self, part: QWidget) -> None:
        """Keep a part at its place on the screen while the parts above are laid out, as far as the page scrolls."""
        self._held = part, part.mapTo(self, QPoint()).y()
        self._let_go.start()

    def _put_back(self) -> None:
        if self._held is not None and shiboken6.isValid(self._held[0]):
            part, top = self._held
            bar = self._scroll.verticalScrollBar()
            wanted = bar.value() + part.mapTo(self, QPoint()).y() - top
            if wanted > bar.maximum():
                self._leave_below(self._below_px + wanted - bar.maximum())
            bar.setValue(wanted)

    def _leave_below(self, px: int) -> None:
        """Leave empty ground below the form, so that it can be scrolled that far."""
        self._below_px = px
        self.content.setContentsMargins(*EDGES_PX[:3], EDGES_PX[3] + px)

    def _forget_held(self) -> None:
        self._put_back()
        self._held = None

    def show_from(self, part: QWidget) -> None:
        """Scroll so that a part of the form is at the top."""
        self.content.activate()
        self._scroll.verticalScrollBar().setValue(part.y())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)


def page_of(widget: QWidget) -> FormPage | None:
    """The page that holds a widget, or the field whose open list it is; None without a page."""
    parent: QWidget | None = widget
    while parent is not None and not isinstance(parent, FormPage):
        parent = parent.parentWidget()
    return parent


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
