"""The fields of one form bound to the columns of one row: shown together, committed one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from viewer.panels.widgets.color_field import ColorField
from viewer.panels.widgets.fields import REFUSED, ChoiceField, Field, LineField, TextField
from viewer.panels.widgets.refusal import Refusal
from viewer.panels.widgets.slider_field import SliderField
from viewer.support.plain_label import plain_label
from viewer.support.text import one_line, plain, tooltip

LONGEST_TYPED = 60
LABEL_PX = 74
"""So that the fields of one page stand in line."""


class FieldSet(QObject):
    """Labels and fields in a form layout; `refusal` says at a field why its value was refused."""

    dropped = Signal(str)
    """The field and reason of a refusal that goes without having been mended or taken back."""

    def __init__(self, form: QFormLayout, commit: Callable[[str, Any], str], parent: QObject) -> None:
        """`commit` takes a column and its new value, and returns why not, or empty text."""
        super().__init__(parent)
        self.fields: dict[str, Any] = {}
        self.labels: dict[str, QLabel] = {}
        self.refusal = Refusal()
        self.refusal.dismissed.connect(lambda: self.refuse(""))
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
        if isinstance(field, LineField):
            field.unreadable.connect(
                lambda sentence: self._refused(column, f"{self.labels[column].text()}: {sentence}")
            )
        return caption

    def add_below(self, widget: QWidget) -> None:
        """A widget under the field that was added last."""
        self._form.addRow("", widget)

    def set_visible(self, column: str, is_visible: bool) -> None:
        """Show or hide a row."""
        self.labels[column].setVisible(is_visible)
        self.fields[column].setVisible(is_visible)

    def add_widget(self, label: str, widget: QWidget) -> None:
        """A row that is not a column by itself."""
        caption = plain_label(label)
        caption.setBuddy(widget)
        self._form.addRow(caption, widget)

    def show_row(self, row: object) -> None:
        """Show all columns of `row`."""
        refused = self._refused_names()
        for column, field in self.fields.items():
            field.show_value(getattr(row, column))
        if refused and not self._refused_names():
            self._drop(refused)

    def show_other(self, row: object) -> None:
        """Show another row: nothing typed and nothing refused is kept from the one before."""
        self._drop(self._refused_names())
        for column, field in self.fields.items():
            field.show_value(getattr(row, column))
            field.reset()

    def flush(self) -> None:
        """Commit what is typed and not entered yet."""
        for field in self.fields.values():
            field.flush()

    def refuse(self, sentence: str, at: QWidget | None = None) -> None:
        """Say at a widget, else at the first field, why something was not done; empty text takes it away."""
        if not sentence:
            for field in self.fields.values():
                if _is_refused(field):
                    field.reset()
        self.refusal.say(plain(sentence), at or next(iter(self.fields.values()), None))

    def _committed(self, column: str, value: Any) -> None:
        sentence = self._commit(column, value)
        if not sentence:
            self._drop(self._refused_names())
            return
        typed = one_line(_typed_in(self.fields[column]), LONGEST_TYPED)
        self._refused(column, sentence if typed in sentence else f"“{typed}”: {sentence}")

    def _refused_names(self) -> list[str]:
        return [field.accessibleName() for field in self.fields.values() if _is_refused(field)]

    def _drop(self, refused: list[str]) -> None:
        """Take away what was refused in the fields of these names, and tell of it."""
        if refused and self.refusal.is_said:
            self.dropped.emit(f"{refused[0]}: {self.refusal.text()}")
        self.refuse("")

    def _refused(self, column: str, sentence: str) -> None:
        self.refuse(sentence, self.fields[column])
        self.fields[column].refuse()


def _is_refused(field: QWidget) -> bool:
    return bool(field.property(REFUSED) or (isinstance(field, ColorField) and field.line.property(REFUSED)))


def _typed_in(field: QWidget) -> str:
    """The text that stands in a field; none where nothing can be typed."""
    if isinstance(field, ColorField):
        return field.line.text()
    if isinstance(field, ChoiceField):
        return field.currentText() if field.isEditable() else ""
    if isinstance(field, TextField):
        return field.toPlainText()
    return field.text() if isinstance(field, LineField) else ""
