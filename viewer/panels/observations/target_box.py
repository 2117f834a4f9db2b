"""The field of what is looked for, with a list of the things that there are rows about, and the line on those apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import override

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QSizePolicy, QWidget

from layers.observing.looked_for import LookedFor
from viewer.panels.observations.sheet_line import SheetLine
from viewer.panels.widgets.fields import LONGEST_LINE
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.words import example
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import translate
from viewer.support.still_boxes import ComboBox

LEAST_PX = 90
MOST_APART = 4
"""Most things that the line names: the list has all."""


class TargetBox(ComboBox):
    """The field. A name that is typed is looked for as it is written, whether the list has it or not."""

    list_wanted = Signal()
    """Emitted before the list is shown: it has to be filled."""
    named = Signal(str)
    """Emitted with the name that was typed or chosen; it may be the present one."""
    entered = Signal()
    """Emitted when Enter was pressed in the field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str]] = []
        """The things in the list, with the number of rows about each in words."""
        self.setEditable(True)
        self.setInsertPolicy(ComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        completer = self.completer()
        assert completer is not None
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)  # inline it would name another thing
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setAccessibleName(self.tr("Looked for"))
        self.setToolTip(
            tooltip(
                self.tr(
                    "What is looked for at each site. Rows about another thing stand apart: its name is in the list, or"
                    " type a new one."
                )
            )
        )
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText(example(self.tr("the main channel, not water")))
        line.setMaxLength(LONGEST_LINE)
        line.editingFinished.connect(lambda: self.named.emit(self.typed))
        line.returnPressed.connect(self.entered)
        self.activated.connect(lambda at: self.named.emit(self.itemData(at)))

    @property
    def typed(self) -> str:
        """The name in the field."""
        return self.currentText().strip()

    def show_name(self, name: str) -> None:
        """Show the thing that is looked for."""
        self.setEditText(one_line(name, LONGEST_LINE))
        line = self.lineEdit()
        if line is not None and not line.hasFocus():
            line.setCursorPosition(0)

    def fill(self, things: Iterable[LookedFor]) -> None:
        """Fill the list; the text in the field stays, and so does the list where it is the same."""
        rows = [(thing.name, translate("Sheet", "{count} rows", "{count} row", thing.rows)) for thing in things]
        if rows == self._rows:  # as when the focus comes back from the list, in which a thing is just being chosen
            return
        self._rows = rows
        text = self.currentText()
        self.blockSignals(True)
        self.clear()
        for name, counted in rows:
            self.addItem(one_line(name, LONGEST_LINE) or self.tr("(rows that say no thing)"), name)
            self.setItemData(self.count() - 1, tooltip(counted), Qt.ItemDataRole.ToolTipRole)
        self.setEditText(text)
        self.blockSignals(False)

    @override
    def showPopup(self) -> None:
        self.list_wanted.emit()
        super().showPopup()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self.list_wanted.emit()
        super().focusInEvent(event)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_PX, super().minimumSizeHint().height())


class ThingsApart(QWidget):
    """The line that says which thing the rows shown are about, and of which ones others stand apart."""

    naming_wanted = Signal()
    """Emitted to name the rows that say no thing."""
    joining_wanted = Signal()
    """Emitted to join the rows of two things that turn out to be one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = SheetLine()
        self.words.setAccessibleName(self.tr("Things looked for"))
        self.name_button = LinkButton("", self.tr("Give these rows the name that is looked for, as one step"))
        self.name_button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.name_button.clicked.connect(self.naming_wanted)
        self.join_button = LinkButton(
            self.tr("Join…"), self.tr("Where two names turn out to mean one thing: join their rows, as one step")
        )
        self.join_button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.join_button.clicked.connect(self.joining_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.name_button)
        row.addWidget(self.join_button)
        self.hide()

    def show_things(self, shown: LookedFor, apart: Sequence[LookedFor], unnamed: int) -> None:
        """Show the thing of the rows in sight, those with rows apart, and the number of rows that can be named."""
        parts = [_thing_words(thing) for thing in apart[:MOST_APART]]
        if len(apart) > MOST_APART:
            parts.append("…")
        self.words.say(
            self.tr("Rows shown: {0}. Apart, in the list above: {1}.").format(_thing_words(shown), ", ".join(parts))
        )
        self.name_button.setText(
            translate(
                "Sheet", "Name the {count} rows that say no thing", "Name the {count} row that says no thing", unnamed
            )
        )
        self.name_button.updateGeometry()
        self.name_button.setVisible(unnamed > 0)
        self.setVisible(bool(apart))


def _thing_words(thing: LookedFor) -> str:
    """A thing and the number of its rows."""
    name = f"“{one_line(thing.name, 40)}”" if thing.name else translate("Sheet", "no thing said")
    rows = translate("Sheet", "{count} rows", "{count} row", thing.rows)
    return translate("Sheet", "{0} ({1})").format(name, rows)
