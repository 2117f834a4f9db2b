"""Lists the rows that publishing would leave out of data, and lets the analyst review them in one step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from layers.document.document import Document
from layers.product.case_facts import facts_of_case
from layers.product.content import ProductContent
from layers.product.lint.check import findings, unexplained
from layers.product.lint.groups import REVIEW, WITHHELD, Group, groups_of
from layers.product.spec import ProductSpec
from viewer.app.keys.button_keys import ENTER
from viewer.app.products.findings.bulk_cures import bulk_cure
from viewer.commands.named_order import LONGEST_NAME
from viewer.panels.widgets.form_page import clear_layout, muted
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

LONGEST = 160


def taken_away(document: Document, content: ProductContent, marking: str) -> list[Group]:
    """Group the rows left out of published data by their cure; `marking` is that of the data."""
    page = ProductSpec(marking=marking, publish=True)
    page_findings = findings(page, content, facts_of_case(document, page, (), None))
    return groups_of((finding for finding in unexplained(page_findings) if finding.rule == WITHHELD), in_language)


class _NameLine(QLineEdit):
    """Line that keeps Enter for itself: in a dialog it would export."""

    entered = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class TakenAway(QWidget):
    """Lists the rows left out; hidden where there are none. `reviewed`: a group, and the name of its reviewer."""

    reviewed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self.buttons: list[QPushButton] = []
        self._group: Group | None = None
        self.name_line = _NameLine()
        self.name_line.setMaxLength(LONGEST_NAME)
        self.name_line.setAccessibleName(self.tr("Name of the reviewer"))
        self.name_line.setPlaceholderText(self.tr("Name of the reviewer; Enter reviews all"))
        self.name_line.entered.connect(self._review)
        self.name_line.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._lines)
        layout.addWidget(self.name_line)
        self.hide()

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show each group, with a button where a review cures all of it."""
        clear_layout(self._lines)
        self.buttons = []
        self.name_line.hide()
        for group in groups:
            self._lines.addWidget(muted(one_line(group.sentence, LONGEST)))
            cure = bulk_cure(group) if group.cure == REVIEW else None
            if cure is not None:
                button = QPushButton(cure.text)
                button.setAutoDefault(False)
                button.setAccessibleName(cure.text.rstrip("…"))
                button.clicked.connect(partial(self._ask, group))
                self.buttons.append(button)
                self._lines.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(bool(groups))

    def _ask(self, group: Group, _checked: bool = False) -> None:
        self._group = group
        self.name_line.show()
        self.name_line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _review(self) -> None:
        name = self.name_line.text().strip()
        if self._group is not None and name:
            self.reviewed.emit(self._group, name)
