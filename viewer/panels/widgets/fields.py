"""Form fields: each shows one value and says when the analyst has finished changing it. No Edit is built here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, override

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QStyle, QWidget

from layers.errors import InvalidValue
from layers.geo.legs import length_of, metres_per
from layers.phrase import Phrase
from layers.time.typed_dates import typed_date
from viewer.support.language.translation import in_language
from viewer.support.still_boxes import ComboBox
from viewer.support.text import plain

LONGEST_LINE, LONGEST_TEXT = 10_000, 100_000
"""Characters that can be edited in a form; Qt cuts longer lines, and lays out longer texts for seconds."""

REST_MS = 700
"""Typing rests when no key has come for so long."""

_COMES_BACK = Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason

REFUSED = "refused"
"""The property of a field in which something stands that was refused."""


class _Rest(QTimer):
    """Calls `tell` when typing in a field rests. `sitting` counts how often the keyboard came to the field: what is
    typed in between belongs together.
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
    """Esc, in any field: what was typed into it since the keyboard came is taken back.

    Before that the field tells `given_up` to those who can have undo bring the typing back.
    """
    field.given_up.emit()
    field.reset()
    field.taken_back.emit()


class LineField(QLineEdit):
    """One line of text, committed by Enter or by leaving the field."""

    committed = Signal(object)
    rested = Signal(object)
    """The value so far, when typing rests for a moment: to be kept, while the field goes on to show what is typed."""
    unreadable = Signal(str)
    """Why what was typed is no value at all."""
    given_up = Signal()
    """The typing is about to be taken back, with all that was kept of it whenever it rested."""
    taken_back = Signal()
    """Emitted when the value that was shown before is shown again."""

    says_something_midway = True
    """False for fields where half of a text is another value, or none: half of a year."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown, self._is_cut, self._is_held = "", False, False
        self._kept = ""
        """The text as it stood in the line when a value was shown, or when typing last rested."""
        self.rest = _Rest(self, self._tell_rest)
        self.leads_back = False
        """True while Enter goes back to the map: the keyboard came from there for this field alone."""
        self.editingFinished.connect(self.flush)

    def show_value(self, value: Any) -> None:
        """Show a value without committing it; typing that is not finished stays.

        Of what is longer than a line can hold the beginning is shown, which cannot be changed: the rest would be lost.
        """
        is_typed, before = self._is_typed(), self._shown
        self._take(value)
        is_kept = self.hasFocus() or (self.is_waiting and before == self._shown)
        if not (is_kept and is_typed):
            self.reset()

    def show_other(self, value: Any) -> None:
        """Show the value of another row: nothing typed about the one before stays."""
        self._take(value)
        self.reset()

    def _take(self, value: Any) -> None:
        self._shown = self.as_text(value)
        self._is_cut = len(self._shown) > LONGEST_LINE
        self.setReadOnly(self._is_cut)

    def reset(self) -> None:
        """Back to the value shown last."""
        text = plain(self._shown) if self._is_cut else self._shown
        is_touched = self.isModified() or self.isUndoAvailable() or self.isRedoAvailable()
        if is_touched or self.text() != text:  # a form of many lines is shown anew with each mark
            self.setText(text)
        self.setCursorPosition(0)
        self._kept = self.text()
        self._is_held = False
        _mark_refused(self, False)

    def refuse(self) -> None:
        """Keep what was typed, to be mended or taken back."""
        self.setModified(True)
        _mark_refused(self, True)

    def hold(self) -> None:
        """Keep what was typed for later: it is committed with what belongs to it, or by the next `flush`."""
        self.setModified(True)
        self._is_held = True

    @property
    def is_waiting(self) -> bool:
        """True while something stands here that was refused, or is held."""
        return self._is_held or bool(self.property(REFUSED))

    def flush(self) -> None:
        """Commit typing that is not committed yet."""
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
        """True also where the field's own undo has led from what was kept back to the text before it."""
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
        """The text of the value that was shown last."""
        return self._shown

    def is_as_shown(self, value: Any) -> bool:
        """True where the text shown would be read as this value; it may have fewer digits than what is kept."""
        try:
            return bool(value == self.as_value(self._shown))
        except InvalidValue:  # it stands in the case, and cannot be typed
            return False

    def as_text(self, value: Any) -> str:
        return str(value)

    def as_value(self, text: str) -> Any:
        """The value of what was typed. Raises InvalidValue where it is none; a command may refuse it all the same."""
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
    """A number or nothing: empty text is None, "not said"."""

    says_something_midway = False

    def __init__(self, whole: bool = False, digits: int = 10, unit: str = "", parent: QWidget | None = None) -> None:
        """`digits` that count are shown. The number is one of a `unit`, which may be typed behind it.

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
    """A date, as far as it is known: "28 April 2016" is taken as 2016-04-28. A command judges all other texts."""

    says_something_midway = False

    def __init__(self, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)

    @override
    def as_value(self, text: str) -> Any:
        return typed_date(text)


class TextField(QPlainTextEdit):
    """Some lines of text, as tall as they need, committed by leaving the field or by Ctrl+Enter."""

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
        """The text as it stood here when the value was shown, or when typing last rested."""
        self.rest = _Rest(self, self._tell_rest)
        self._lines, self._most_lines = lines, most_lines
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(3)
        self._rewrap = QTimer(self, singleShot=True, interval=0)
        self._rewrap.timeout.connect(self._wrap_anew)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def show_value(self, value: Any) -> None:
        """Show a value without committing it; typing that is not finished stays. Long texts as in `LineField`."""
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
        """Back to the value shown last."""
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
        """Commit typing that is not committed yet."""
        if self._is_typed():
            self.document().setModified(False)
            self._kept = self.toPlainText()
            _mark_refused(self, False)
            if self._kept.strip() != self._shown.strip() and not self._is_cut:
                self.committed.emit(self._kept.strip())

    def _is_typed(self) -> bool:
        """True also where the field's own undo has led from what was kept back to the text before it."""
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
        # Qt leaves lines as they were wrapped before the bar came, whose ends it then covers.
        is_longer = self.document().size().height() > self._most_lines
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if is_longer else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() != policy:
            self.setVerticalScrollBarPolicy(policy)
            self._rewrap.start()
        if self.height() != self._wanted_height() or self.minimumHeight() != self._wanted_height():
            self.setFixedHeight(self._wanted_height())

    def _wrap_anew(self) -> None:
        for mode in (QPlainTextEdit.LineWrapMode.NoWrap, QPlainTextEdit.LineWrapMode.WidgetWidth):
            self.setLineWrapMode(mode)

    def _wanted_height(self) -> int:
        # a plain text document measures its height in lines
        lines = min(max(int(self.document().size().height()), self._lines), self._most_lines)
        edges = max(0, self.height() - self.viewport().height())  # of the style sheet's frame
        return lines * self.fontMetrics().lineSpacing() + edges + 2 * int(self.document().documentMargin())


class ChoiceField(ComboBox):
    """One of some words, or free text with suggestions; the wheel scrolls the form, never the value."""

    committed = Signal(object)
    given_up = Signal()
    taken_back = Signal()
    """Emitted as `LineField.taken_back`; a choice is not typed, and stays."""

    def __init__(
        self, choices: Iterable[tuple[Any, str]] = (), free: bool = False, parent: QWidget | None = None
    ) -> None:
        """`choices` are (value, text) pairs; a `free` field also takes what is typed."""
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

    def set_choices(self, choices: Iterable[tuple[Any, str]]) -> None:
        """Offer other values; the one shown stays."""
        offered = [(value, plain(text)) for value, text in choices]
        if offered != self._offered or self.count() != len(offered):  # a form asks with each row that it shows
            self._offered = offered
            self.clear()
            for value, text in offered:
                self.addItem(text, value)
        self.show_value(self._value)

    def show_value(self, value: Any) -> None:
        """Show a value without committing it. A value that is no choice shows as it is; None shows nothing."""
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
        """Back to the value shown last."""
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
        """A text too long to be typed in stays as it is, but for another choice."""
        self._is_cut = is_cut
        if self._free:
            self._line().setReadOnly(is_cut)

    def flush(self) -> None:
        """Commit typing that is not committed yet."""
        if self._free and self._line().isModified() and not self._is_cut:
            self._line().setModified(False)
            _mark_refused(self, False)
            text = self.currentText().strip()
            index = self.findText(text)
            self._commit(self.itemData(index) if index >= 0 else text)

    @override
    def showPopup(self) -> None:
        """The list is as wide as its words need; only the closed field may have to cut them."""
        scroll = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + scroll)
        super().showPopup()

    def _line(self) -> QLineEdit:
        line = self.lineEdit()
        assert line is not None, "only a free field has a line to type in"
        return line

    def _chosen(self, index: int) -> None:
        if self._free:
            self._line().setModified(False)
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
    """True for files and links that are dragged over a field: those are for the form, not to be typed in."""
    if not event.mimeData().hasUrls():
        return False
    event.ignore()
    return True


def _mark_refused(field: QWidget, is_refused: bool) -> None:
    """Show by its frame whether what stands in a field was refused."""
    if bool(field.property(REFUSED)) != is_refused:
        field.setProperty(REFUSED, is_refused)
        field.style().unpolish(field)
        field.style().polish(field)


type Field = LineField | TextField | ChoiceField
