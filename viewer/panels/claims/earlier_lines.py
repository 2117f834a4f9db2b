"""Lines of the claim's form under fields that were changed: what each was, and when, by whom and why it changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from layers.document.changes import Changes
from layers.project.history.earlier_values import NO_SITTING, SITTING, last_change
from layers.project.history.recorded_change import RecordedChange
from layers.project.saving.later_history import HistoryUnderWay
from layers.time.written_dates import written_date
from viewer.panels.context import PanelContext
from viewer.panels.history.change_words import field_lines, reason_words, shortened
from viewer.panels.history.history_reading import HistoryReading, RowChanges
from viewer.panels.said_names import said_name
from viewer.panels.widgets.form_page import keep_still, muted
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, plain

LOOK_MS = 300
"""Pause after which the history is read: claims are gone through by keys, and texts are typed."""
ARRIVING_MS = 1000
"""Pause between two looks at a history that is still being copied."""
LONGEST_VALUE, LONGEST_REASON = 120, 200
GROUPS: Mapping[str, tuple[str, ...]] = {
    "likelihood_term": ("likelihood_term", "likelihood_low", "likelihood_high"),
    **{
        column: (column,)
        for column in (
            *("source_wording", "made_by", "made_at", "statement", "state", "confidence", "confidence_reason"),
            *("alternatives", "assumptions", "indicators"),
        )
    },
}
"""Columns that have a line, each with those that are changed with it."""
CHOSEN = frozenset({"likelihood_term", "state", "confidence"})
"""Columns that are chosen and not typed: each change of them counts."""


class EarlierLine(QWidget):
    """One line with the way to the history of its field; it takes no room where there is nothing to say."""

    def __init__(self, column: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = column
        self.words = muted("")
        self.words.setWordWrap(True)
        self.link = LinkButton(self.tr("History"), self.tr("List the changes of this field"))
        self.link.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(4)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.link, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_words(self, words: str) -> None:
        """Show the words; empty hides the line."""
        self.words.setText(plain(words))
        self.setVisible(bool(words))


class EarlierLines(QObject):
    """The lines of one form, read in a job whenever its claim or the claim's history changes."""

    def __init__(self, context: PanelContext, form: QWidget) -> None:
        super().__init__(form)
        self._context, self._form, self._uuid = context, form, ""
        self.lines = {column: EarlierLine(column) for column in GROUPS}
        for column, line in self.lines.items():
            line.link.clicked.connect(partial(self._show_history, column))
        self.note = muted()
        """A line for the whole form: earlier values are not known yet."""
        self.note.hide()
        self.reading = HistoryReading(context, self)
        self.reading.row_read.connect(self._answered)
        self._soon = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._soon.timeout.connect(self._ask)
        self._arrived = QTimer(self, singleShot=True, interval=ARRIVING_MS)
        self._arrived.timeout.connect(self._ask)
        context.changed.connect(self._heard)

    def show_claim(self, uuid: str) -> None:
        """Show what the fields of a claim were before; empty for no claim."""
        if uuid != self._uuid:
            self._uuid = uuid
            for line in self.lines.values():
                line.show_words("")
            self.look_soon()

    def look_soon(self) -> None:
        """Read the history once the form rests, where it can be seen."""
        if self._uuid and self._form.isVisible():
            self._soon.start()

    def _heard(self, changes: Changes) -> None:
        # Changes without a table tell that a reason was given: it stands in the history alone.
        if changes.everything or not changes.touched or self._uuid in changes.uuids("claims"):
            self.look_soon()

    def _ask(self) -> None:
        if self._uuid:
            self.reading.ask_row("claims", self._uuid)

    def _answered(self, answer: RowChanges) -> None:
        if answer.uuid != self._uuid:
            return
        self._note_on(answer.under_way)
        keep_still(self.note)
        steps = set[str]()
        for column, line in self.lines.items():
            change = last_change(answer.changes, GROUPS[column], NO_SITTING if column in CHOSEN else SITTING)
            line.show_words("" if change is None else self._words(change, is_first=change.txn_uuid not in steps))
            steps |= {change.txn_uuid} if change is not None else set()

    def _note_on(self, under_way: HistoryUnderWay | None) -> None:
        """Say that earlier values are not known yet, and look again."""
        self.note.setVisible(under_way is not None)
        if under_way is not None:
            sentence = self.tr("Earlier values of this claim follow: {0} of the case's history is here.")
            self.note.setText(plain(sentence.format(f"{under_way.share:.0%}")))
            self.reading.follow()
            if self._form.isVisible():
                self._arrived.start()

    def _words(self, change: RecordedChange, *, is_first: bool) -> str:
        """The sentence on the last change of a field, with its reason at the first field that it changed."""
        document = self._context.document
        shown = next(iter(field_lines(change, document, longest=2 * LONGEST_VALUE)), None)
        old = "" if shown is None else shortened(shown.old, LONGEST_VALUE)
        if not old:
            return ""
        name = said_name(change.actor, document)
        reason = one_line(reason_words(change), LONGEST_REASON) if is_first else ""
        by_whom, by_nobody = (
            self.tr("Was: {0}. Changed on {1} (UTC) by {2}."),
            self.tr("Was: {0}. Changed on {1} (UTC)."),
        )
        sentence = (by_whom if name else by_nobody).format(old, written_date(change.at[:10]), name)
        return self.tr("{0} Reason: {1}").format(sentence, reason) if reason else sentence

    def _show_history(self, column: str) -> None:
        self._context.history_wanted.emit("claims", self._uuid)
        self._context.history_field_wanted.emit(column)
