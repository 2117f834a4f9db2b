"""The fields of one form bound to the columns of one row: shown together, committed one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, override

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QFormLayout, QLabel, QLineEdit, QWidget

from layers.errors import InvalidValue
from viewer.panels.widgets.color_field import ColorField
from viewer.panels.widgets.fields import REFUSED, ChoiceField, Field, LineField, TextField
from viewer.panels.widgets.fold_section import unfold_to
from viewer.panels.widgets.refusal import Refusal
from viewer.panels.widgets.slider_field import SliderField
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

LONGEST_TYPED = 60
COLUMN = "column"
"""The property of a field that names its column."""
_COMES_BACK = Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason
type CommitTyped = Callable[[str, Any, str], str]
"""Takes a column, its new value and the series of the edit; returns the reason of a refusal, or empty text."""
LABEL_PX = 74
"""Width of labels in logical pixels, so that the fields of a page are aligned."""


def lead_to_column(form: QWidget, column: str) -> None:
    """Focus the field of a column, unfolded; without one, the first field of the form."""
    bound = [field for field in form.findChildren(QWidget) if field.property(COLUMN)]
    wanted = [
        field for field in bound if field.property(COLUMN) == column and field.isEnabled() and not field.isHidden()
    ]
    field = next(iter(wanted), None) or next(
        (field for field in bound if field.isVisible() and field.isEnabled()), form
    )
    unfold_to(field)
    field.setFocus(Qt.FocusReason.OtherFocusReason)


class Dropped(Struct, frozen=True):
    """Refused entries for a row that is no longer shown: the reason, the row, and the typed texts by column."""

    why: str
    uuid: str
    typed: Mapping[str, str]


class FieldSet(QObject):
    """Labels and fields in a form layout; `refusal` shows at a field why its value was refused.

    A refused text stays in its field until it is corrected or taken back, the value changes, or another row is shown.
    """

    dropped = Signal(object)
    """Emitted with `Dropped` refusals that were neither corrected nor taken back."""
    mended = Signal()
    """Emitted when a field that `dropped` reported has a value again."""
    discarded = Signal(str, str)
    """Emitted with the name of a field and its refused text, when that was taken back: no undo restores it."""
    given_up = Signal(str, str, object)
    """Emitted before typing is taken back: its series, the name of its field, and a callable that commits it."""

    def __init__(self, form: QFormLayout, commit: Callable[[str, Any], str], parent: QObject) -> None:
        """`commit` takes a column and its new value, and returns the reason of a refusal, or empty text."""
        super().__init__(parent)
        self.fields: dict[str, Any] = {}
        self.labels: dict[str, QLabel] = {}
        self.refusal = Refusal()
        self.refusal.dismissed.connect(lambda: self.refuse(""))
        self._commit = commit
        self._reasons: dict[str, str] = {}
        """The reasons of the present refusals, by column; the newest last."""
        self._told: set[str] = set()
        self._commit_typed: CommitTyped | None = None
        self._about = ""
        """The uuid of the row that is shown; empty where it has none."""
        self._is_flushing = False
        self._partners: dict[str, str] = {}
        self._commit_pair: Callable[[Mapping[str, Any]], str] = lambda values: ""
        self.go_on_in(form)

    def keep_typing(self, commit: CommitTyped) -> None:
        """Commit texts during typing too, whenever it rests.

        `commit` also takes the series of the edits of one text, which are one step to undo.
        """
        self._commit_typed = commit

    def pair(self, low: str, high: str, commit: Callable[[Mapping[str, Any]], str]) -> None:
        """Make a pair of two columns that mean nothing alone: they are committed together.

        The first that is typed is held while the focus is in the other one, which is still empty.
        """
        self._partners, self._commit_pair = {low: high, high: low}, commit
        for column in (low, high):
            self.fields[column].installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Commit a held value of the pair once the focus has left the pair."""
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _COMES_BACK:
            pair = [self.fields[column] for column in self._partners]
            if QApplication.focusWidget() not in pair:
                for field in pair:
                    field.flush()
        return False

    def typed_pair(self) -> dict[str, Any]:
        """Values typed into the fields of the pair. Raises InvalidValue where one cannot be read."""
        return {column: self.fields[column].as_value(self.fields[column].text()) for column in self._partners}

    def go_on_in(self, form: QFormLayout) -> None:
        """Add the fields that follow to this form layout."""
        self._form = form
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(5)

    def add(self, column: str, label: str, field: Field | ColorField | SliderField, tip: str = "") -> None:
        """Add a row with a label; long text is under its label, over the full width."""
        caption = self.bind(column, label, field, tip)
        if isinstance(field, TextField):
            caption.setWordWrap(True)
            self._form.addRow(caption)
            self._form.addRow(field)
        else:
            self._form.addRow(caption, field)

    def bind(self, column: str, label: str, field: Field | ColorField | SliderField, tip: str = "") -> QLabel:
        """Bind a field that is laid out elsewhere, and return the label to put beside it."""
        caption = plain_label(label)
        caption.setBuddy(field)
        field.setProperty(COLUMN, column)
        field.setAccessibleName(label)
        field.setToolTip(tooltip(tip))
        caption.setToolTip(field.toolTip())
        caption.setMinimumWidth(LABEL_PX)
        self.fields[column], self.labels[column] = field, caption
        if isinstance(field, TextField | LineField) and field.says_something_midway:
            field.rested.connect(lambda text: self._keep_text(column, field, text))
            field.committed.connect(lambda text: self._commit_text(column, field, text))
        else:
            field.committed.connect(lambda value: self._committed(column, value))
        if isinstance(field, LineField):
            field.unreadable.connect(
                lambda sentence: self._refused(column, f"{self.labels[column].text()}: {sentence}")
            )
        part = _typed_part(field)
        part.taken_back.connect(lambda: self._taken_back(column))
        part.given_up.connect(lambda: self._give_up(column, field, part))
        return caption

    def add_below(self, widget: QWidget) -> None:
        """Add a widget under the field that was added last."""
        self._form.addRow("", widget)

    def set_visible(self, column: str, is_visible: bool) -> None:
        """Show or hide a row."""
        self.labels[column].setVisible(is_visible)
        self.fields[column].setVisible(is_visible)

    def add_widget(self, label: str, widget: QWidget) -> None:
        """Add a row that is no column."""
        caption = plain_label(label)
        caption.setBuddy(widget)
        self._form.addRow(caption, widget)

    def show_row(self, row: object) -> None:
        """Show all columns of `row`."""
        refused = {column: _typed_in(self.fields[column]) for column in self._refused_columns()}
        for column, field in self.fields.items():
            field.show_value(getattr(row, column))
        if self._reasons:
            kept = self._refused_columns()
            self._drop(
                {
                    column: typed
                    for column, typed in refused.items()
                    if typed != _typed_in(self.fields[column]) and column not in kept
                }
            )

    def show_other(self, row: object) -> None:
        """Show another row; typing and refusals for the one before are dropped."""
        self.forget()
        self._about = str(getattr(row, "uuid", ""))
        for column, field in self.fields.items():
            field.show_other(getattr(row, column))

    def forget(self) -> None:
        """Report refusals as dropped, as the row is no longer shown."""
        if not self._reasons and not self.refusal.is_said:
            return
        self._drop({column: _typed_in(self.fields[column]) for column in self._refused_columns()})
        self.refuse("")

    def retype(self, typed: Mapping[str, str]) -> None:
        """Type dropped texts again, with the focus in the first of the fields, so that the refusals are shown again."""
        there = [(self.fields[column], text) for column, text in typed.items() if column in self.fields]
        for field, text in there:
            _type_into(field, text)
        for field, _ in there[:1]:
            unfold_to(field)
            field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.flush()

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        self._is_flushing = True
        for field in self.fields.values():
            field.flush()
        self._is_flushing = False

    def refuse(self, sentence: str, at: QWidget | None = None) -> None:
        """Show the reason of a refusal at a widget, or at the first field; empty text removes all refusals."""
        if not sentence:
            self._reasons.clear()
            for field in self.fields.values():
                if _is_refused(field):
                    field.reset()
        self.refusal.say(plain(sentence), at or next(iter(self.fields.values()), None))

    def _keep_text(self, column: str, field: LineField | TextField, text: str) -> None:
        """Commit a text whenever typing rests, in case the program ends; a refusal is shown when the field is left."""
        if self._commit_typed is not None:
            self._commit_typed(column, text, self._series(column, field))

    def _commit_text(self, column: str, field: LineField | TextField, text: str) -> None:
        self._committed(column, text, self._series(column, field))

    def _give_up(self, column: str, field: Field | ColorField | SliderField, part: Field) -> None:
        typed, name = one_line(_typed_in(field), LONGEST_TYPED), field.accessibleName()
        self.given_up.emit(self._series(column, part), name, field.flush)
        if _is_refused(field):
            self.discarded.emit(name, typed)

    def _series(self, column: str, part: Field) -> str:
        """The series of all that is typed into a field during one focus; a choice commits each entry by itself."""
        sitting = 0 if isinstance(part, ChoiceField) else part.rest.sitting
        return f"typing {self._about} {column} {sitting}"

    def _committed(self, column: str, value: Any, series: str = "") -> None:
        partner = self._partners.get(column)
        if partner is not None and self._holds(column, value, partner):
            return
        for name in (column, partner):
            self._reasons.pop(name or "", None)
        try:
            if partner is None and series and self._commit_typed is not None:
                sentence = self._commit_typed(column, value, series)
            elif partner is None:
                sentence = self._commit(column, value)
            else:
                sentence = self._commit_pair(self.typed_pair() | {column: value})
        except InvalidValue as error:  # in the partner's text
            sentence = error.sentence
        if sentence:
            typed, reason = one_line(_typed_in(self.fields[column]), LONGEST_TYPED), in_language(sentence)
            self._refused(column, reason if typed in reason else f"“{typed}”: {reason}")
            return
        if partner is not None and not self.fields[partner].hasFocus():
            self.fields[partner].reset()
        self._mend(column, partner or column)

    def _holds(self, column: str, value: Any, partner: str) -> bool:
        """Hold a value of the pair while the focus is in its partner, which is still empty."""
        other = self.fields[partner]
        if self._is_flushing or value is None or other.text().strip() or QApplication.focusWidget() is not other:
            return False
        self.fields[column].hold()
        return True

    def _mend(self, *columns: str) -> None:
        """Clear the refusals of these columns, and do not report them as dropped; those of other fields stay."""
        if self._told.intersection(columns):
            self._told.clear()
            self.mended.emit()
        self._say_newest()

    def _taken_back(self, column: str) -> None:
        if self._reasons.pop(column, None):
            self._say_newest()

    def _say_newest(self) -> None:
        column, reason = next(reversed(self._reasons.items()), ("", ""))
        if not reason:
            self.refuse("")
        elif self.refusal.text() != plain(reason) or not self.refusal.is_said:
            self.refusal.say(plain(reason), self.fields[column])

    def _refused_columns(self) -> list[str]:
        return [column for column in self._reasons if _is_refused(self.fields[column])]

    def _drop(self, typed: Mapping[str, str]) -> None:
        """Report refusals whose typing is still there as dropped; those that were taken back are not reported."""
        reasons = []
        for column in typed:
            name, reason = self.fields[column].accessibleName(), self._reasons[column]
            reasons.append(reason if reason.startswith(f"{name}:") else f"{name}: {reason}")
        left = self._refused_columns()
        self._reasons = {column: self._reasons[column] for column in left if column not in typed}
        if reasons:
            self._told = set(typed)
            self.dropped.emit(Dropped(" ".join(reasons), self._about, typed))
        self._say_newest()

    def _refused(self, column: str, sentence: str) -> None:
        self.fields[column].refuse()
        self._reasons.pop(column, None)
        if _is_refused(self.fields[column]):
            self._reasons[column] = sentence
        self.refusal.say(plain(sentence), self.fields[column])


def _typed_part(field: Field | ColorField | SliderField) -> Field:
    """The part of a field that is typed into."""
    if isinstance(field, ColorField):
        return field.line
    return field.number if isinstance(field, SliderField) else field


def _is_refused(field: QWidget) -> bool:
    return bool(field.property(REFUSED) or (isinstance(field, ColorField) and field.line.property(REFUSED)))


def _type_into(field: QWidget, text: str) -> None:
    """Set the text of a field as if it were typed."""
    if isinstance(field, TextField):
        field.setPlainText(text)
        field.document().setModified(True)
        return
    line = (
        field.line if isinstance(field, ColorField) else field.lineEdit() if isinstance(field, ChoiceField) else field
    )
    if isinstance(line, QLineEdit):
        line.setText(text)
        line.setModified(True)


def _typed_in(field: QWidget) -> str:
    """The text in a field; empty where nothing can be typed."""
    if isinstance(field, ColorField):
        return field.line.text()
    if isinstance(field, ChoiceField):
        return field.currentText() if field.isEditable() else ""
    if isinstance(field, TextField):
        return field.toPlainText()
    return field.text() if isinstance(field, LineField) else ""
