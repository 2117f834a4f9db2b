"""Rows of facts about a thing, with a name and a text; each text can be copied."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QSizePolicy, QWidget

from viewer.panels.widgets.copy_label import CopyLabel
from viewer.panels.widgets.field_set import LABEL_PX
from viewer.support.language.text import plain
from viewer.support.plain_label import plain_label


class FactRows(QWidget):
    """Rows that are kept and get other texts: new labels cost more, and would lose a selection."""

    def __init__(self, spacing_px: int = 4) -> None:
        super().__init__()
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(8)
        self._form.setVerticalSpacing(spacing_px)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._rows: list[tuple[QLabel, CopyLabel]] = []
        self._facts: list[tuple[str, str]] = []

    def facts(self) -> list[tuple[str, str]]:
        """The facts in the rows."""
        shown = [row for at, row in enumerate(self._rows) if self._form.isRowVisible(at)]
        return [(name.text(), text.text()) for name, text in shown]

    def show_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Show these facts, and no others."""
        facts = list(facts)
        if facts == self._facts:
            return
        self._facts = facts
        while len(self._rows) < len(facts):
            name = plain_label()
            name.setObjectName("muted")
            name.setMinimumWidth(LABEL_PX)
            name.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)  # beside the first line
            self._rows.append((name, CopyLabel()))
            self._form.addRow(*self._rows[-1])
        for at, (name, text) in enumerate(self._rows):
            self._form.setRowVisible(at, at < len(facts))
            if at < len(facts):
                name.setText(plain(facts[at][0]))
                text.setText(facts[at][1])
                text.setAccessibleName(plain(facts[at][0]))
