"""The editor of a filter: a row of column, comparison and value for each condition, and their expression."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from layers.errors import GeoloupeError
from layers.vector.columns import Column, Kind
from layers.vector.expression.conditions import OPERATORS, WITHOUT_VALUE, Condition, Operator, expression_for
from layers.vector.expression.language import parse_expression
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.words import example
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

TYPING_MS = 250
MOST_ROWS = 12
LEAST_PX = 80
"""Least width of a choice in a narrow panel, in logical pixels."""


class FilterRow(QWidget):
    """One condition: its column, its comparison and its value."""

    changed = Signal()
    removed = Signal()

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = list(columns)
        self._chosen = ""
        self.column = ComboBox()
        self.column.setAccessibleName(self.tr("Column"))
        self.column.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.column.setMinimumContentsLength(12)
        self.column.setMinimumWidth(LEAST_PX)
        for column in self._columns:
            self.column.addItem(one_line(column.name, 60))
        self.operator = ComboBox()
        self.operator.setAccessibleName(self.tr("Comparison"))
        self.operator.setMinimumWidth(LEAST_PX)
        self.value = QLineEdit()
        self.value.setMinimumWidth(LEAST_PX // 2)
        self.value.setAccessibleName(self.tr("Value"))
        self.remove = IconButton("minus", self.tr("Remove this condition"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.column)
        layout.addWidget(self.operator)
        layout.addWidget(self.value, 1)
        layout.addWidget(self.remove)
        self._offer_operators()
        self.column.currentIndexChanged.connect(self._column_changed)
        self.operator.currentIndexChanged.connect(self._operator_changed)
        self.operator.activated.connect(self._operator_chosen)
        self.value.textChanged.connect(self.changed)
        self.remove.clicked.connect(self.removed)

    def condition(self) -> Condition | None:
        """The condition of the row; None while its value has not been typed."""
        if not self._columns:
            return None
        column = self._columns[self.column.currentIndex()]
        operator: Operator = self.operator.currentData()
        if operator not in WITHOUT_VALUE and not self.value.text().strip():
            return None
        return Condition(column.name, column.kind, operator, self.value.text())

    def _column_changed(self) -> None:
        self._offer_operators()
        self.changed.emit()

    def _operator_changed(self) -> None:
        self._show_value()
        self.changed.emit()

    def _operator_chosen(self) -> None:
        """Remember a comparison that was chosen by hand, so that it stays when another column is chosen."""
        self._chosen = self.operator.currentData()

    def _offer_operators(self) -> None:
        if not self._columns:
            return
        kind = self._columns[self.column.currentIndex()].kind
        before = self._chosen
        self.operator.blockSignals(True)
        self.operator.clear()
        for operator in OPERATORS[kind]:
            self.operator.addItem(self.words(operator), operator)
        self.operator.setCurrentIndex(max(self.operator.findData(before), 0))
        self.operator.blockSignals(False)
        self._show_value()

    def _show_value(self) -> None:
        operator, kind = self.operator.currentData(), self._columns[self.column.currentIndex()].kind
        self.value.setEnabled(operator not in WITHOUT_VALUE)
        hint = ""
        if operator == "between":
            hint = self.tr("from; to")
        elif operator == "in list":
            hint = self.tr("values separated by ;")
        elif kind is Kind.DATE:
            hint = "2024-04-12"
        elif kind is Kind.DATETIME:
            hint = "2024-04-12T08:30"
        self.value.setPlaceholderText(example(hint) if hint else "")

    def words(self, operator: Operator) -> str:
        return {
            "contains": self.tr("contains"),
            "does not contain": self.tr("does not contain"),
            "starts with": self.tr("starts with"),
            "ends with": self.tr("ends with"),
            "between": self.tr("between"),
            "in list": self.tr("is one of"),
            "is NULL": self.tr("is NULL"),
            "is not NULL": self.tr("is not NULL"),
            "is true": self.tr("is true"),
            "is false": self.tr("is false"),
        }.get(operator, operator)


class FilterRows(QWidget):
    """Edits a filter. `changed` carries its expression after a pause in the typing; empty for no filter.

    The expression can be typed too. `refused` carries the reason why the filter is invalid, empty once it is valid.
    """

    changed = Signal(str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: list[Column] = []
        self.rows: list[FilterRow] = []
        self._text = ""
        self._soon = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._soon.timeout.connect(self._tell)
        self.join = ComboBox()
        self.join.setAccessibleName(self.tr("How the conditions are joined"))
        self.join.setMinimumWidth(LEAST_PX)
        self.join.addItem(self.tr("All conditions hold"), True)
        self.join.addItem(self.tr("Any condition holds"), False)
        self.add = QPushButton(self.tr("Add condition"))
        self.expression = QLineEdit()
        self.expression.setAccessibleName(self.tr("Filter expression"))
        self.expression.setPlaceholderText(self.tr("Or an expression, such as name contains 'pad' and $length > 1200"))
        self.expression.setClearButtonEnabled(True)
        self.problem = plain_label()
        self.problem.setObjectName("refusal")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        bottom = QHBoxLayout()
        bottom.addWidget(self.add)
        bottom.addWidget(self.join)
        bottom.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._list)
        layout.addLayout(bottom)
        layout.addWidget(self.expression)
        layout.addWidget(self.problem)
        self.add.clicked.connect(self.add_row)
        self.join.currentIndexChanged.connect(self._rows_changed)
        self.expression.textEdited.connect(self._typed)
        self.expression.textChanged.connect(self._soon.start)
        self.expression.returnPressed.connect(self.flush)

    @property
    def text(self) -> str:
        """The present expression, valid or empty."""
        return self._text

    @property
    def is_refused(self) -> bool:
        """True while something is wrong with the filter."""
        return bool(self.problem.text())

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show the columns of another table, without a filter."""
        self._columns = list(columns)
        self._drop_rows()
        self.expression.setText("")
        self.flush()

    def show_expression(self, text: str) -> None:
        """Set an expression as if it had been typed."""
        self._drop_rows()
        self.expression.setText(text)
        self.flush()

    def add_row(self) -> FilterRow:
        row = FilterRow(self._columns)
        row.changed.connect(self._rows_changed)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._list.addWidget(row)
        self.add.setEnabled(len(self.rows) < MOST_ROWS)
        row.column.setFocus()
        return row

    def flush(self) -> None:
        """Emit `changed` for what is typed now."""
        self._soon.stop()
        self._tell()

    def say(self, sentence: str) -> None:
        """Show what is wrong with the filter; empty when nothing is."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.refused.emit(in_language(sentence))

    def _remove(self, row: FilterRow) -> None:
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.add.setEnabled(True)
        self._rows_changed()

    def _drop_rows(self) -> None:
        for row in list(self.rows):
            self.rows.remove(row)
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.add.setEnabled(bool(self._columns))

    def _typed(self) -> None:
        """Drop the rows, as the expression is written by hand."""
        self._drop_rows()

    def _rows_changed(self) -> None:
        conditions = [condition for row in self.rows if (condition := row.condition()) is not None]
        try:
            self.expression.setText(expression_for(conditions, all_of=bool(self.join.currentData())))
        except GeoloupeError as error:
            self.say(error.sentence)

    def _tell(self) -> None:
        text = self.expression.text().strip()
        try:
            text = parse_expression(text).text if text else ""
        except GeoloupeError as error:
            self.say(error.sentence)
            return
        self.say("")
        if text != self._text:
            self._text = text
            self.changed.emit(text)
