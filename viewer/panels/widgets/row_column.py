"""Rows of widgets one below the other in a form: the first ones of a long list, and a button for more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from layers.text.counted import grouped
from viewer.panels.widgets.form_page import clear_layout, muted

AT_ONCE = 50
"""Most rows made at once: a widget takes a millisecond, and thousands would block the window for seconds."""


class RowColumn(QVBoxLayout):
    """A layout that makes a widget for each item it shows."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self.setSpacing(spacing)
        self._most = AT_ONCE
        self.more_button: QPushButton | None = None
        """The button that shows more rows; None where all are shown."""

    def fill[T](self, items: Sequence[T], make: Callable[[T], QWidget], nothing: str) -> None:
        """Show other items, with as many rows as were shown before. `nothing` is the sentence where there are none."""
        clear_layout(self)
        self._show(items, 0, make)
        if not items:
            self.addWidget(muted(nothing))

    def _show[T](self, items: Sequence[T], start: int, make: Callable[[T], QWidget]) -> None:
        for item in items[start : self._most]:
            self.addWidget(make(item))
        self.more_button = None
        left = len(items) - self._most
        if left > 0:
            words = self.tr("Show more (%1 are left)").replace("%1", grouped(left))
            button = self.more_button = QPushButton(words)
            button.setAccessibleName(words)
            button.clicked.connect(lambda: self._go_on(button, items, make))
            self.addWidget(button)

    def _go_on[T](self, button: QPushButton, items: Sequence[T], make: Callable[[T], QWidget]) -> None:
        self.removeWidget(button)
        button.hide()
        button.deleteLater()
        start = self._most
        self._most += AT_ONCE
        self._show(items, start, make)
