"""Lines of a form that lead to other rows: a heading, a link for each row, and how many more there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.panels.widgets.form_page import clear_layout, heading, muted
from viewer.panels.widgets.link_button import LinkButton


class LinkLine(Struct, frozen=True):
    """A row in words, what its link says to a screen reader, and what tells the row."""

    text: str
    spoken: str
    row: object


class LinkLines(QWidget):
    """The lines; hidden without any, unless `none` is a sentence for that. `opened` carries the row of a line."""

    opened = Signal(object)

    def __init__(self, title: str, most: int, none: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most, self._none = most, none
        self._shown: list[LinkLine] | None = None
        self.links: list[LinkButton] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading(title))
        layout.addLayout(self._lines)
        if not none:
            self.hide()

    def show_lines(self, lines: Sequence[LinkLine]) -> None:
        """Show other lines; equal ones stay as they are, with the keyboard in them."""
        if list(lines) == self._shown:
            return
        self._shown = list(lines)
        clear_layout(self._lines)
        self.links = [self._link(line) for line in lines[: self._most]]
        for link in self.links:
            self._lines.addWidget(link)
        if len(lines) > self._most:
            self._lines.addWidget(muted(self.tr("and {0} more").format(len(lines) - self._most)))
        if not lines and self._none:
            self._lines.addWidget(muted(self._none))
        if not self._none:
            self.setVisible(bool(lines))

    def _link(self, line: LinkLine) -> LinkButton:
        link = LinkButton(line.text, line.spoken)
        link.clicked.connect(partial(self._open, line.row))
        return link

    def _open(self, row: object, _checked: bool = False) -> None:
        self.opened.emit(row)
