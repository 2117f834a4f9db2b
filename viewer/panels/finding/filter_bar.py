"""The bar above the map while a filter hides marks: what it asks for, how many marks are left, and the way back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from layers.document.changes import Changes
from layers.text.counted import grouped
from viewer.panels.context import PanelContext
from viewer.panels.widgets.icon_button import CompactButton
from viewer.support.language.text import one_line, tooltip
from viewer.support.plain_label import plain_label

LONGEST_FILTER = 90


class FilterBar(QWidget):
    """The bar; hidden while all marks are shown."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setAccessibleName(self.tr("Filter of the marks"))
        self.setObjectName("filterBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.says = plain_label()
        self.clear_button = CompactButton(self.tr("Clear"))
        says = self.tr("Show all marks again, on the map and in the list")
        self.clear_button.setAccessibleName(says)
        self.clear_button.setToolTip(tooltip(says))
        self.clear_button.clicked.connect(context.mark_filter.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 8, 4)
        row.addWidget(self.says, 1)
        row.addWidget(self.clear_button)
        context.mark_filter.changed.connect(self._show)
        context.changed.connect(self._follow)
        self._show()

    def _follow(self, changes: Changes) -> None:
        if changes.touches("sites") and self._context.mark_filter.is_on:
            self._show()

    def _show(self) -> None:
        mark_filter = self._context.mark_filter
        self.setVisible(mark_filter.is_on)
        shown = mark_filter.shown
        if shown is None:
            return
        marks = self._context.listed_marks().made
        hides_none = len(marks) == len(self._context.document.sites)
        count = len(shown) if hides_none else len(marks.keys() & shown)  # of 100,000 marks 20 ms
        words = self.tr("Filter: {0} — {1} of {2} marks are shown; products print all of them.")
        asks = one_line(mark_filter.words, LONGEST_FILTER)
        self.says.setText(words.format(asks, grouped(count), grouped(len(marks))))
