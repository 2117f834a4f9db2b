"""The fields of one form bound to the columns of one row: shown together, committed one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from viewer.panels.widgets.color_field import ColorField
from viewer.panels.widgets.fields import Field, TextField
from viewer.panels.widgets.slider_field import SliderField
from viewer.support.plain_label import plain_label
from viewer.support.text import plain, tooltip

LABEL_PX = 74
"""So that the fields of one page stand in line."""


class FieldSet(QObject):
    """Labels and fields in a form layout, and a line beneath that says why a value was refused."""

    def __init__(self, form: QFormLayout, commit: Callable[[str, Any], str], parent: QObject) -> None:
        """`commit` takes a column and its new value, and returns why not, or empty text."""
        super().__init__(parent)
        self.fields: dict[str, Any] = {}
        self.labels: dict[str, QLabel] = {}
        self.refusal = plain_label()
        self.refusal.setObjectName("refusal")
        self.refusal.setWordWrap(True)
        self.refusal.hide()
        self._commit = commit
        self.go_on_in(form)

    def go_on_in(self, form: QFormLayout) -> None:
        """Lay the fields that follow out in this form layout."""
        self._form = form
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(5)

    def add(self, column: str, label: str, field: Field | ColorField | SliderField, tip: str = "") -> None:
        """A row with a label; long text stands under its label, over the full width."""
        caption = self.bind(column, label, field, tip)
        if isinstance(field, TextField):
            self._form.addRow(caption)
            self._form.addRow(field)
        else:
            self._form.addRow(caption, field)

    def bind(self, column: str, label: str, field: Field | ColorField | SliderField, tip: str = "") -> QLabel:
        """Bind a field that is laid out elsewhere; the label to put beside it."""
        caption = plain_label(label)
        caption.setBuddy(field)
        field.setAccessibleName(label)
        field.setToolTip(tooltip(tip))
        caption.setToolTip(field.toolTip())
        caption.setMinimumWidth(LABEL_PX)
        self.fields[column], self.labels[column] = field, caption
        field.committed.connect(lambda value: self._committed(column, value))
        return caption

    def add_widget(self, label: str, widget: QWidget) -> None:
        """A row that is not a column by itself."""
        caption = plain_label(label)
        caption.setBuddy(widget)
        self._form.addRow(caption, widget)

    def show_row(self, row: object) -> None:
        """Show all columns of `row`."""
        for column, field in self.fields.items():
            field.show_value(getattr(row, column))

    def show_other(self, row: object) -> None:
        """Show another row: nothing typed and nothing refused is kept from the one before."""
        self.refuse("")
        for column, field in self.fields.items():
            field.show_value(getattr(row, column))
            field.reset()

    def flush(self) -> None:
        """Commit what is typed and not entered yet."""
        for field in self.fields.values():
            field.flush()

    def refuse(self, sentence: str) -> None:
        """Say why a value was not taken; empty text takes the line away."""
        self.refusal.setText(plain(sentence))
        self.refusal.setVisible(bool(sentence))

    def _committed(self, column: str, value: Any) -> None:
        sentence = self._commit(column, value)
        self.refuse(sentence)
        if sentence:
            self.fields[column].reset()
