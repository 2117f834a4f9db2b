"""A line that asks why likelihood, confidence or state of a claim were changed, for the history; it may be skipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, override

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.claim import Claim
from layers.product.judging.reissue import lacks_change_note, newest_judgement
from viewer.commands.claims import update_claim
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import muted
from viewer.support.still_boxes import ComboBox

ASKED: Mapping[str, tuple[str, ...]] = {
    "likelihood_term": ("likelihood_term", "likelihood_low", "likelihood_high"),
    "confidence": ("confidence",),
    "state": ("state",),
}
"""Columns whose change is asked about, once they were stated before, by the field that a question stands below."""
LONGEST_REASON = 600


class ReasonField(QLineEdit):
    """One line of text; Enter gives the reason, Esc skips it. Before a letter is typed, Undo is that of the case."""

    skipped = Signal()

    @override
    def event(self, event: QEvent) -> bool:
        if not self.text() and _asks_to_undo(event):
            event.ignore()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.skipped.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class QuestionLine(QWidget):
    """A question with its field, hidden until something is asked.

    It takes the keyboard from the list in which the change was made, so that what is typed next is the answer and
    neither a shortcut nor another entry of the list, and gives it back; from elsewhere it does not take it.
    """

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._uuid = ""
        self._beside: QWidget | None = None
        """The list that the keyboard was taken from."""
        self.question = muted()
        self.field = ReasonField()
        self.field.setMaxLength(LONGEST_REASON)
        self.field.setAccessibleName(self.tr("Reason for the change"))
        self.field.setPlaceholderText(self.tr("Reason (Enter keeps, Esc skips)"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.question)
        layout.addWidget(self.field)
        self.field.returnPressed.connect(self.give)
        self.field.skipped.connect(self.skip)
        context.changed.connect(self._heard)
        self.hide()

    def ask(self, question: str) -> None:
        """Ask a question."""
        self.question.setText(question)
        self.field.setAccessibleName(question)
        self.show()
        chosen_in = self._list_with_keyboard()
        if chosen_in is not None and self.window().isActiveWindow():
            self._beside = chosen_in
            self.field.setFocus()

    def _list_with_keyboard(self) -> QWidget | None:
        """The list with the keyboard whose changes are asked about here, if any."""
        raise NotImplementedError

    def give(self) -> None:
        """Keep the reason with the change, and be gone."""
        raise NotImplementedError

    def skip(self) -> None:
        """Ask no longer."""
        if self._beside is not None and self.field.hasFocus():
            self._beside.setFocus()
        self._beside = None
        self.field.clear()
        self.hide()

    def _keep(self, uuids: Iterable[str], columns: Sequence[str]) -> None:
        """Keep the reason with the newest change of these columns of rows; without any, with their deletion."""
        reason = " ".join(self.field.text().split())
        if reason:
            for uuid in uuids:
                self._context.case.give_reason(uuid, columns, reason)
            self._context.changed.emit(Changes())  # the history has another reason now
        self.skip()

    def _heard(self, changes: Changes) -> None:
        raise NotImplementedError


class ChipReasonLine(QuestionLine):
    """The question why a chip was deleted; it goes with the next step, or when the deletion is undone."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, beside: QWidget | None = None) -> None:
        """`beside` is the list of the chips; without one the keyboard stays where it is."""
        super().__init__(context, parent)
        self._chips = beside
        self._gone: tuple[str, ...] = ()
        """The deleted chips: the view and the pixels of one capture go together."""

    @override
    def _list_with_keyboard(self) -> QWidget | None:
        return self._chips

    def give(self) -> None:
        """Keep the reason with the deletion, and be gone."""
        if self._gone and self._context.case.is_last(self._gone[0]):
            self._keep(self._gone, ())
        else:
            self.skip()

    def _heard(self, changes: Changes) -> None:
        edit = changes.edit
        deleted = () if edit is None else (change for change in edit.changes if change.after is None)
        self._gone = tuple(change.uuid for change in deleted if change.table == "chips")
        if edit is not None and self._gone and not edit.reason and self._context.case.is_last(self._gone[0]):
            self.ask(self.tr("Why was the chip deleted?"))
        elif not self.isHidden():
            self.skip()


class ReasonLine(QuestionLine):
    """The question why likelihood, confidence or state of a claim was changed, directly below that field."""

    def __init__(self, context: PanelContext, column: str, parent: QWidget | None = None) -> None:
        """`column` is one of `ASKED`."""
        super().__init__(context, parent)
        self._columns = ASKED[column]
        self._words = {
            "state": self.tr("Why did the state change?"),
            "confidence": self.tr("Why did the confidence change?"),
        }.get(column, self.tr("Why did the likelihood change?"))
        self._before: tuple[Any, ...] = ()
        """The values before the change that is asked about."""

    def show_claim(self, claim: Claim) -> None:
        """Ask about another claim from now on; an unanswered question about the one before is dropped."""
        if claim.uuid != self._uuid:
            self._uuid = claim.uuid
            self.skip()

    def give(self) -> None:
        """Keep the reason with the change, and be gone; of an issued judgement, also as what its reissue prints."""
        if self._uuid not in self._context.document.claims:
            self.skip()
            return
        reason = " ".join(self.field.text().split())
        self._keep((self._uuid,), self._columns)
        if reason and self._is_wanted_in_print():
            self._context.do(update_claim, self._uuid, change_note=reason)

    @override
    def _list_with_keyboard(self) -> QWidget | None:
        focused = self.window().focusWidget()
        form = self.parentWidget()
        return focused if isinstance(focused, ComboBox) and form is not None and form.isAncestorOf(focused) else None

    def _is_wanted_in_print(self) -> bool:
        """True where an issued product has printed another judgement, and no words say yet why it changed."""
        document = self._context.document
        earlier = newest_judgement(document, self._uuid)
        return earlier is not None and lacks_change_note(earlier, document.claims[self._uuid])

    def skip(self) -> None:
        """Ask no longer."""
        self._before = ()
        super().skip()

    def _heard(self, changes: Changes) -> None:
        claim = self._context.document.claims.get(self._uuid)
        if claim is None or self._uuid not in changes.uuids("claims"):
            return
        if self._before and self._values(claim) == self._before:  # it was taken back
            self.skip()
            return
        edit = changes.edit
        own = [change for change in edit.changes if change.uuid == self._uuid] if edit is not None else []
        if edit is None or edit.reason or not own or not self._context.case.is_last(self._uuid):
            return
        before, after = own[0].before, own[0].after
        if isinstance(before, Claim) and isinstance(after, Claim) and self._has_changed(before, after):
            self._before = self._before or self._values(before)
            printed = self.tr("The next version of its product prints this reason.")
            self.ask(f"{self._words} {printed}" if self._is_wanted_in_print() else self._words)

    def _values(self, claim: Claim) -> tuple[Any, ...]:
        return tuple(getattr(claim, column) for column in self._columns)

    def _has_changed(self, before: Claim, after: Claim) -> bool:
        """True where a value that was stated before is another one now."""
        pairs = zip(self._values(before), self._values(after), strict=True)
        return any(old not in ("", None) and old != new for old, new in pairs)


def _asks_to_undo(event: QEvent) -> bool:
    """True for the question whether a field takes the keys of Undo itself."""
    is_asked = event.type() == QEvent.Type.ShortcutOverride
    return is_asked and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
