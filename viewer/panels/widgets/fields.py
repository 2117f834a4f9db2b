"""Form fields: each shows a value, and emits the new one when the analyst has finished changing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, override

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QFocusEvent, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from layers.errors import InvalidValue
from layers.geo.legs import length_of, metres_per
from layers.phrase import Phrase
from layers.time.dates import is_partial
from layers.time.typed_dates import typed_date
from viewer.support.language.text import plain
from viewer.support.language.translation import in_language
from viewer.support.still_boxes import ComboBox

LONGEST_LINE, LONGEST_TEXT = 10_000, 100_000
"""Most characters of a line and of a text in a form: Qt cuts longer lines, and lays out longer texts for seconds."""

REST_MS = 700
"""Milliseconds without a key after which typing rests."""

_COMES_BACK = Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason

REFUSED = "refused"
"""The property of a field with a refused text."""


class _Rest(QTimer):
    """Calls `tell` when typing in a field has paused. `sitting` counts the times that the field got the focus.

    All that is typed during one focus belongs together.
    """

    def __init__(self, field: QLineEdit | QPlainTextEdit, tell: Callable[[], None]) -> None:
        super().__init__(field, singleShot=True, interval=REST_MS)
        self._field, self._tell, self.sitting = field, tell, 0
        field.textChanged.connect(self._wait)
        self.timeout.connect(self._told)

    def begin(self, event: QFocusEvent) -> None:
        if event.reason() not in _COMES_BACK:
            self.sitting += 1

    def _wait(self) -> None:
        if self._field.hasFocus():
            self.start()

    def _told(self) -> None:
        if self._field.hasFocus():
            self._tell()


def take_back(field: Field) -> None:
    """Take back what was typed into a field since it got the focus, as for Esc.

    Before that the field emits `given_up`, so that undo can restore the typing.
    """
    field.given_up.emit()
    field.reset()
    field.taken_back.emit()


class LineField(QLineEdit):
    """One line of text, committed by Enter or by leaving the field."""

    committed = Signal(object)
    rested = Signal(object)
    """Emitted with the value when typing pauses, so that it is kept in case the program ends."""
    unreadable = Signal(str)
    """Emitted with the reason why the typed text is no valid value."""
    given_up = Signal()
    """Emitted before typing is taken back, also what `rested` has carried of it."""
    taken_back = Signal()
    """Emitted when the value that was shown before is shown again."""

    says_something_midway = True
    """False for fields whose text means another value, or none, while it is half typed, such as a year."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown, self._is_cut, self._is_held = "", False, False
        self._kept = ""
        """The text of the line when a value was last shown, or typing last rested."""
        self.rest = _Rest(self, self._tell_rest)
        self.leads_back = False
        """True while Enter returns to the map, as the focus came from there for this field alone."""
        self.editingFinished.connect(self.flush)

    def show_value(self, value: Any) -> None:
        """Show a value without committing it; unfinished typing stays.

        A value too long for the line is shown shortened, and cannot be changed: the rest would be lost.
        """
        is_typed, before = self._is_typed(), self._shown
        self._take(value)
        is_kept = self.hasFocus() or (self.is_waiting and before == self._shown)
        if not (is_kept and is_typed):
            self.reset()

    def show_other(self, value: Any) -> None:
        """Show the value of another row; unfinished typing is dropped."""
        self._take(value)
        self.reset()

    def _take(self, value: Any) -> None:
        self._shown = self.as_text(value)
        self._is_cut = len(self._shown) > LONGEST_LINE
        self.setReadOnly(self._is_cut)

    def reset(self) -> None:
        """Show the last value again."""
        text = plain(self._shown) if self._is_cut else self._shown
        is_touched = self.isModified() or self.isUndoAvailable() or self.isRedoAvailable()
        if is_touched or self.text() != text:  # a form of many lines is shown anew with each mark
            self.setText(text)
        self.setCursorPosition(0)
        self._kept = self.text()
        self._is_held = False
        _mark_refused(self, False)

    def refuse(self) -> None:
        """Keep the typed text, to be corrected or taken back."""
        self.setModified(True)
        _mark_refused(self, True)

    def hold(self) -> None:
        """Hold the typed text: it is committed with its partner, or by the next `flush`."""
        self.setModified(True)
        self._is_held = True

    @property
    def is_waiting(self) -> bool:
        """True while a text is refused or held."""
        return self._is_held or bool(self.property(REFUSED))

    def flush(self) -> None:
        """Commit typing that has not been committed."""
        if self._is_typed():
            self.setModified(False)
            self._kept = self.text()
            self._is_held = False
            if self._is_cut:
                return
            _mark_refused(self, False)
            try:
                value = self.as_value(self.text())
            except InvalidValue as error:
                self.unreadable.emit(in_language(error.sentence))
                return
            if self.is_as_shown(value):
                self.reset()
                self.taken_back.emit()
            else:
                self.committed.emit(value)

    def _is_typed(self) -> bool:
        """True also where the field's own undo has led from the kept text back to the one before."""
        return self.isModified() or self.text() != self._kept

    def _tell_rest(self) -> None:
        if not self._is_typed() or self._is_cut or self.is_waiting or not self.says_something_midway:
            return
        self._kept = self.text()
        value = self.as_value(self._kept)
        if not self.is_as_shown(value):
            self.rested.emit(value)

    @property
    def shown(self) -> str:
        """The text of the last value."""
        return self._shown

    def is_as_shown(self, value: Any) -> bool:
        """True where the shown text would be read as this value, of which it may have fewer digits."""
        try:
            return bool(value == self.as_value(self._shown))
        except InvalidValue:  # it stands in the case, and cannot be typed
            return False

    def as_text(self, value: Any) -> str:
        return str(value)

    def as_value(self, text: str) -> Any:
        """The value of a typed text. Raises InvalidValue where it has none; a command may still refuse it."""
        return text.strip()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not left_to_form(event):
            super().dragEnterEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._is_typed():
            take_back(self)
            event.accept()
            return
        super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.rest.begin(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _COMES_BACK:
            self.leads_back = False


class NumberField(LineField):
    """A field for a number, or for None as empty text."""

    says_something_midway = False

    def __init__(self, whole: bool = False, digits: int = 10, unit: str = "", parent: QWidget | None = None) -> None:
        """Shows `digits` significant digits. The number has a `unit`, which may be typed behind it.

        A length may be typed in any other unit of length.
        """
        super().__init__(parent)
        self._whole, self._digits, self._unit = whole, digits, unit.strip()

    @override
    def as_text(self, value: Any) -> str:
        return "" if value is None else f"{value:.{self._digits}g}"

    @override
    def as_value(self, text: str) -> Any:
        typed, text = text.strip(), "".join(text.split()).replace(",", ".")
        if not text:
            return None
        is_said = bool(self._unit) and text.casefold().endswith(self._unit.casefold())
        number = text[: -len(self._unit)] if is_said else text
        try:
            return int(number) if self._whole else float(number)
        except ValueError:
            pass
        metres = metres_per(self._unit)
        if metres is not None:
            length_m = length_of(text.removeprefix("-"), plain(typed))
            return float(f"{(-length_m if text.startswith('-') else length_m) / metres:.12g}")
        unit = f" in {self._unit}" if self._unit else ""
        raise InvalidValue(
            "“{typed}” is no {value}number{unit}.",
            typed=plain(typed),
            value=Phrase("whole ") if self._whole else "",
            unit=unit,
        )


class DateField(LineField):
    """A field for a date: "28 April 2016" becomes 2016-04-28. A command judges all other texts."""

    says_something_midway = False

    def __init__(self, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)

    @override
    def as_value(self, text: str) -> Any:
        return typed_date(text)


class DayField(DateField):
    """A field for a year, month or day that a filter asks for; other words are refused."""

    chosen = Signal()
    """Emitted when another day, or none, is asked for."""
    complaint = Signal(str)
    """Emitted with a sentence when words are refused."""

    def __init__(self, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(hint, parent)
        self.day = ""
        """The day that is asked for, ISO 8601, or a part of it; empty for any."""
        self.committed.connect(self._ask_for)

    def show_day(self, day: str) -> None:
        """Show another day without asking for it."""
        self.day = day
        self.show_other(day)

    def _ask_for(self, value: object) -> None:
        day = str(value or "").strip()
        if day and not is_partial(day):
            self.refuse()
            self.complaint.emit(self.tr("“{0}” is no date: write 2024, 2024-04 or 2024-04-12.").format(day))
            return
        is_other = day != self.day
        self.show_day(day)
        if is_other:
            self.chosen.emit()


class TextField(QPlainTextEdit):
    """A field for some lines of text, as tall as they need, committed by leaving it or by Ctrl+Enter."""

    committed = Signal(object)
    rested = Signal(object)
    given_up = Signal()
    taken_back = Signal()
    """Emitted when the value that was shown before is shown again."""
    says_something_midway = True

    def __init__(self, lines: int = 2, most_lines: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown, self._is_cut = "", False
        self._kept = ""
        """The text of the field when a value was last shown, or typing last rested."""
        self.rest = _Rest(self, self._tell_rest)
        self._lines, self._most_lines = lines, most_lines
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(3)
        self._is_wrapping = False
        self._rewrap = QTimer(self, singleShot=True, interval=0)
        self._rewrap.timeout.connect(self._wrap_anew)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def show_value(self, value: Any) -> None:
        """Show a value without committing it; unfinished typing stays. Long texts as in `LineField`."""
        is_typed, before = self._is_typed(), self._shown
        self._take(value)
        is_waiting = self.hasFocus() or (bool(self.property(REFUSED)) and before == self._shown)
        if not (is_waiting and is_typed):
            self.reset()

    def show_other(self, value: Any) -> None:
        """Show the value of another row; see `LineField.show_other`."""
        self._take(value)
        self.reset()

    def _take(self, value: Any) -> None:
        self._shown = str(value)
        is_cut = len(self._shown) > LONGEST_TEXT
        if is_cut != self._is_cut:  # Qt sets up the whole editor anew
            self._is_cut = is_cut
            self.setReadOnly(is_cut)

    def reset(self) -> None:
        """Show the last value again."""
        shown = plain(self._shown) if self._is_cut else self._shown
        if self.toPlainText() != shown:
            self.setPlainText(shown)
        self.document().clearUndoRedoStacks()  # the case undoes what is committed
        self.document().setModified(False)
        self._kept = self.toPlainText()
        _mark_refused(self, False)

    def refuse(self) -> None:
        """Keep a refused text; see `LineField.refuse`."""
        self.document().setModified(True)
        _mark_refused(self, True)

    def flush(self) -> None:
        """Commit typing that has not been committed."""
        if self._is_typed():
            self.document().setModified(False)
            self._kept = self.toPlainText()
            _mark_refused(self, False)
            if self._kept.strip() != self._shown.strip() and not self._is_cut:
                self.committed.emit(self._kept.strip())

    def _is_typed(self) -> bool:
        """True also where the field's own undo has led from the kept text back to the one before."""
        return self.document().isModified() or self.toPlainText() != self._kept

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not left_to_form(event):
            super().dragEnterEvent(event)

    def _tell_rest(self) -> None:
        if not self._is_typed() or self._is_cut:
            return
        self._kept = self.toPlainText()
        if self._kept.strip() != self._shown.strip():
            self.rested.emit(self._kept.strip())

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.rest.begin(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.flush()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.flush()
        elif event.key() == Qt.Key.Key_Escape and self._is_typed():
            take_back(self)
        else:
            super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the form, unless the field is in use and longer than it shows."""
        if self.hasFocus() and self.verticalScrollBar().isVisible():
            super().wheelEvent(event)
        else:
            event.ignore()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._wanted_height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._wanted_height())

    def _fit(self, *_: Any) -> None:
        if self._is_wrapping:
            return  # a text that is unwrapped for a moment has few lines: the bar would go and come without end
        # Qt leaves lines as they were wrapped before the bar came, whose ends it then covers.
        is_longer = self.document().size().height() > self._most_lines
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if is_longer else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() != policy:
            self.setVerticalScrollBarPolicy(policy)
            self._rewrap.start()
        if self.height() != self._wanted_height() or self.minimumHeight() != self._wanted_height():
            self.setFixedHeight(self._wanted_height())

    def _wrap_anew(self) -> None:
        self._is_wrapping = True
        for mode in (QPlainTextEdit.LineWrapMode.NoWrap, QPlainTextEdit.LineWrapMode.WidgetWidth):
            self.setLineWrapMode(mode)
        self._is_wrapping = False
        self._fit()

    def _wanted_height(self) -> int:
        # a plain text document measures its height in lines
        lines = min(max(int(self.document().size().height()), self._lines), self._most_lines)
        edges = max(0, self.height() - self.viewport().height())  # of the style sheet's frame
        return lines * self.fontMetrics().lineSpacing() + edges + 2 * int(self.document().documentMargin())


_ASKS = "\0asks"
"""Data of an entry that asks for more: no value of a row has such a text."""


class ChoiceField(ComboBox):
    """A choice among words, or free text with suggestions; the wheel scrolls the form, never the value."""

    committed = Signal(object)
    given_up = Signal()
    taken_back = Signal()
    """Emitted as `LineField.taken_back`; a choice is not typed, and stays."""
    more_wanted = Signal()
    """Emitted where the entry was chosen, which is no value but asks for more."""

    def __init__(
        self, choices: Iterable[tuple[Any, str]] = (), free: bool = False, parent: QWidget | None = None
    ) -> None:
        """`choices` are (value, text) pairs; a `free` field also takes typed text."""
        super().__init__(parent)
        self._value: Any = None
        self._is_cut = False
        self._offered: list[tuple[Any, str]] | None = None
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._free = free
        self.setEditable(free)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.set_choices(choices)
        self.activated.connect(self._chosen)
        if free:
            self._line().editingFinished.connect(self.flush)

    def set_choices(self, choices: Iterable[tuple[Any, str]], ask: str = "") -> None:
        """Offer other values; the present one stays. `ask` is the text of a first entry: it emits `more_wanted`."""
        offered = [(value, plain(text)) for value, text in choices]
        offered = [(_ASKS, ask), *offered] if ask else offered  # before a list that is longer than it opens
        if offered != self._offered or self.count() != len(offered):  # a form asks with each row that it shows
            self._offered = offered
            self.clear()
            for value, text in offered:
                self.addItem(text, value)
        self.show_value(self._value)

    def show_value(self, value: Any) -> None:
        """Show a value without committing it. A value that is no choice is shown unchanged; None shows nothing."""
        is_refused = bool(self.property(REFUSED)) and value == self._value
        self._take(value)
        if not (self._free and (self._line().hasFocus() or is_refused) and self._line().isModified()):
            self.reset()

    def show_other(self, value: Any) -> None:
        """Show the value of another row; see `LineField.show_other`."""
        self._take(value)
        self.reset()

    def _take(self, value: Any) -> None:
        self._value = value
        self._set_cut(isinstance(value, str) and len(value) > LONGEST_LINE)

    def reset(self) -> None:
        """Show the last value again."""
        value = plain(self._value) if self._is_cut else self._value  # stands for it among the choices
        index = self.findData(value)
        if index < 0 and not self._free and value not in (None, ""):
            self.addItem(plain(str(value)), value)
            index = self.count() - 1
        self.setCurrentIndex(index)
        if not self._free:
            return
        _mark_refused(self, False)
        self.setEditText(self.itemText(index) if index >= 0 else str(value or ""))
        self._line().setCursorPosition(0)

    def refuse(self) -> None:
        """Keep a refused text, see `LineField.refuse`; a choice returns to the one before."""
        if self._free:
            self._line().setModified(True)
            _mark_refused(self, True)
        else:
            self.reset()

    def _set_cut(self, is_cut: bool) -> None:
        """Lock a text that is too long to be typed in; another choice can still be made."""
        self._is_cut = is_cut
        if self._free:
            self._line().setReadOnly(is_cut)

    def flush(self) -> None:
        """Commit typing that has not been committed."""
        if self._free and self._line().isModified() and not self._is_cut:
            self._line().setModified(False)
            _mark_refused(self, False)
            text = self.currentText().strip()
            index = self.findText(text)
            self._commit(self.itemData(index) if index >= 0 else text)

    def _line(self) -> QLineEdit:
        line = self.lineEdit()
        assert line is not None, "only a free field has a line to type in"
        return line

    def _chosen(self, index: int) -> None:
        if self._free:
            self._line().setModified(False)
        if self.itemData(index) == _ASKS:
            self.reset()
            self.more_wanted.emit()
            return
        self._commit(self.itemData(index))

    def _commit(self, value: Any) -> None:
        if value != self._value:
            self.committed.emit(value)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled() and self._free:
            self.reset()


def left_to_form(event: QDragEnterEvent) -> bool:
    """True for files and links dragged over a field, which are for the form and not to be typed in."""
    if not event.mimeData().hasUrls():
        return False
    event.ignore()
    return True


def _mark_refused(field: QWidget, is_refused: bool) -> None:
    """Show by the frame of a field whether its text was refused."""
    if bool(field.property(REFUSED)) != is_refused:
        field.setProperty(REFUSED, is_refused)
        field.style().unpolish(field)
        field.style().polish(field)


type Field = LineField | TextField | ChoiceField
