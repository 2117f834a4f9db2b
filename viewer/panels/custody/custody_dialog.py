"""The custody of a chip or a kept copy: its events in order, new ones to record, and the report as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.changes import Changes
from layers.document.vocabulary import COPY_KINDS
from layers.product.custody.custody_report import (
    NO_PAST,
    CustodyLine,
    CustodyReport,
    CustodyTable,
    PastDeed,
    PastEvent,
    PastRow,
    custody_of,
)
from layers.product.custody.report_file import report_bytes
from layers.project.history.recorded_change import ChangeKind, ChangeWay, RecordedChange, row_name
from layers.project.storage.fsops import write_whole
from viewer.commands.filing.custody import BY_HAND, record_custody, update_copy
from viewer.panels.companion import make_companion
from viewer.panels.context import PanelContext
from viewer.panels.history.change_words import reason_words
from viewer.panels.history.history_reading import HistoryReading, RowChanges
from viewer.panels.kept_files import verify
from viewer.panels.one_dialog import show_once
from viewer.panels.said_names import said_name
from viewer.panels.widgets.fact_rows import FactRows
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, DateField, LineField
from viewer.panels.widgets.form_page import FormPage, heading, muted
from viewer.panels.words import choices
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language, translate

TABLE_PX = 150
"""Least height of the table of events."""
NOTE_COLUMN = 4
AGAIN_MS = 500
"""Pause before the history is read again, after an edit or while it is still being copied."""
_DEEDS: Mapping[tuple[ChangeKind, ChangeWay], PastDeed] = {
    ("delete", ""): "deleted",
    ("delete", "undone"): "undone",
    ("delete", "redone"): "deleted again",
    ("insert", ""): "put back",
    ("insert", "undone"): "undeleted",
    ("insert", "redone"): "redone",
}
"""Events of the custody, by the kind of a change and the way it came about."""


class CustodyDialog(QDialog):
    """Shows the custody of one row, also of a deleted one. Not modal: the form can be used beside it."""

    def __init__(self, context: PanelContext, table: CustodyTable, uuid: str, parent: QWidget) -> None:
        super().__init__(parent)
        make_companion(self)
        self._context, self._table, self.uuid = context, table, uuid
        self._past = NO_PAST
        self._history = HistoryReading(context, self)
        self._history.row_read.connect(self._past_read)
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._ask_past)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.summary = muted()
        self.facts = FactRows()
        self.fields = FieldSet(QFormLayout(), self._commit, self)
        page = FormPage("")
        page.content.addWidget(self.summary)
        page.content.addWidget(self.facts)
        if table == "source_files":
            self.collected = QWidget()
            self.collected.setLayout(self._copy_fields())
            page.content.addWidget(heading(self.tr("Collected")))
            page.content.addWidget(self.collected)
        page.content.addWidget(heading(self.tr("Events")))
        self.events = self._events_table()
        page.content.addWidget(self.events, 1)
        self.recording = QWidget()
        self.recording.setLayout(self._event_form())
        page.content.addWidget(heading(self.tr("Record an event")))
        page.content.addWidget(self.recording)
        page.show_form()
        layout = QVBoxLayout(self)
        layout.addWidget(page, 1)
        layout.addLayout(self._buttons())
        context.changed.connect(self._heard)
        context.document_replaced.connect(self.close)
        context.flush_requested.connect(self.fields.flush)
        self.resize(760, 640)
        self._show()
        self._ask_past()

    @property
    def report(self) -> CustodyReport:
        """The report as the case stands now; a login name is in none."""
        document = self._context.document
        return custody_of(document, self._table, self.uuid, lambda who: said_name(who, document), self._past)

    # -- building ------------------------------------------------------------------------------------------------

    def _copy_fields(self) -> QFormLayout:
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        kinds = ChoiceField(choices(("", *COPY_KINDS)))
        tip = self.tr("The evidentiary copy stays as it was taken; work is done on another")
        self.fields.add("copy_kind", self.tr("Copy"), kinds, tip)
        when = self.tr("When it was collected, UTC; leave it empty rather than guess")
        self.fields.add("collected_at", self.tr("Collected"), DateField("2024-04-12T08:30Z"), when)
        self.fields.add("collected_by", self.tr("Collected by"), LineField(), self.tr("The person who took it"))
        how = self.tr("How it was taken: saved by a browser, received by mail, photographed")
        self.fields.add("method", self.tr("Method"), LineField(), how)
        self.fields.add("tool", self.tr("Tool"), LineField(), self.tr("The program or device, with its version"))
        return form

    def _events_table(self) -> QTableWidget:
        table = QTableWidget(0, NOTE_COLUMN + 1)
        names = (self.tr("Time (UTC)"), self.tr("Event"), self.tr("By"), self.tr("Hash"), self.tr("Note"))
        table.setHorizontalHeaderLabels(list(names))
        table.setAccessibleName(self.tr("Events of the custody, in order"))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.setWordWrap(True)
        table.setMinimumHeight(TABLE_PX)
        table.setTabKeyNavigation(False)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NOTE_COLUMN, QHeaderView.ResizeMode.Stretch)
        return table

    def _event_form(self) -> QFormLayout:
        form = QFormLayout()
        self.kind = ChoiceField(choices((*BY_HAND[1:], BY_HAND[0])))
        self.kind.show_value(BY_HAND[1])
        self.note, self.by, self.at = LineField(), LineField(), DateField("2024-04-12T08:30Z")
        self.note.setPlaceholderText(self.tr("To whom, or from whom, and how"))
        self.by.setPlaceholderText(self.tr("Empty: you"))
        self.at.setToolTip(tooltip(self.tr("When it happened, UTC; empty: now")))
        for title, field in (
            (self.tr("Event"), self.kind),
            (self.tr("Note"), self.note),
            (self.tr("By"), self.by),
            (self.tr("Time"), self.at),
        ):
            field.setAccessibleName(title)
            form.addRow(title, field)
        self.record_button = QPushButton(self.tr("Record"))
        self.record_button.setAutoDefault(False)
        self.record_button.setAccessibleName(self.tr("Record the event"))
        self.record_button.clicked.connect(self._record)
        self.refusal = muted()
        self.refusal.hide()
        form.addRow(self.refusal)
        form.addRow("", self.record_button)
        return form

    def _buttons(self) -> QHBoxLayout:
        self.verify_button = QPushButton(self.tr("Verify the hash"))
        self.save_button = QPushButton(self.tr("Save the report…"))
        close = QPushButton(self.tr("Close"))
        self.verify_button.clicked.connect(lambda: verify(self._context, [(self._table, self.uuid)]))
        self.save_button.clicked.connect(self._save)
        close.clicked.connect(self.close)
        ends = QHBoxLayout()
        for button in (self.verify_button, self.save_button, close):
            button.setAutoDefault(False)
            button.setAccessibleName(button.text())
            if button is close:
                ends.addStretch(1)
            ends.addWidget(button)
        return ends

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        report = self.report
        self.setWindowTitle(plain(in_language(report.title)))
        self.summary.setText(plain(in_language(report.summary)))
        row = self._context.document.table(self._table).get(self.uuid)
        own = {"Copy", "Collected", "Collected by", "Method", "Tool"} if self._table == "source_files" else set()
        facts = [
            (in_language(name), one_line(in_language(text), 200)) for name, text in report.facts if name not in own
        ]
        self.facts.show_facts(facts)
        if row is not None and self._table == "source_files":
            self.fields.show_row(row)
        self.events.setRowCount(len(report.lines))
        for number, line in enumerate(report.lines):
            for column, text in enumerate(_cells(line)):
                item = QTableWidgetItem(plain(text))
                item.setToolTip(tooltip(text))
                self.events.setItem(number, column, item)
        self.events.resizeRowsToContents()
        for part in (self.recording, self.verify_button, *([self.collected] if own else [])):
            part.setEnabled(row is not None)

    def _heard(self, changes: Changes) -> None:
        if changes.touches("custody", self._table):
            self._show()
            self._again.start()

    def _ask_past(self) -> None:
        """Read from the history when the row left the case and came back."""
        self._history.ask_row(self._table, self.uuid)

    def _past_read(self, answer: RowChanges) -> None:
        self._past = past_row(answer.changes, is_whole=answer.under_way is None)
        self._show()
        if answer.under_way is not None:
            self._history.follow()
            self._again.start()

    # -- doing ---------------------------------------------------------------------------------------------------

    def _commit(self, column: str, value: Any) -> str:
        if self.uuid not in self._context.document.table(self._table):
            return ""
        return self._context.attempt(update_copy, self.uuid, **{column: value})

    def _record(self) -> None:
        fields = {"at": self.at.as_value(self.at.text().strip()), "by": self.by.text(), "note": self.note.text()}
        sentence = self._context.attempt(record_custody, self._table, self.uuid, self.kind.currentData(), **fields)
        self.refusal.setText(plain(sentence))
        self.refusal.setVisible(bool(sentence))
        if not sentence:
            for field in (self.note, self.by, self.at):
                field.clear()

    def _save(self) -> None:
        kinds = ";;".join((self.tr("Web page (*.html)"), self.tr("Text (*.txt)"), self.tr("Table (*.csv)")))
        text, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the report"), str(Path.home() / "custody.html"), kinds
        )
        if text:
            path, report = Path(text), self.report
            notice = translate("KeptFiles", "Written: {0}").format(path)
            self._context.run(
                lambda: write_whole(path, report_bytes((report,), path)),
                lambda _: self._context.messages.tell(notice),
                self.tr("Writing the report"),
            )


def _cells(line: CustodyLine) -> tuple[str, ...]:
    result = in_language(line.result)
    outcome = f"{result}: {line.sha256[:12]}…" if line.matches is False and line.sha256 else result
    note = ", ".join(filter(None, (in_language(line.note), line.tool)))
    return in_language(line.when), word(line.deed), one_line(line.by, 60) or "–", outcome, one_line(note, 200)


def past_row(changes: Sequence[RecordedChange], *, is_whole: bool) -> PastRow:
    """The times at which a row left the case or came back, from its changes, the newest first."""
    events = list[PastEvent]()
    for change in reversed(changes):
        deed = _DEEDS.get((change.kind, change.way))
        if deed is not None and (deed != "put back" or events):  # the first insertion is told by the custody
            events.append(PastEvent(deed, change.at, change.actor, reason_words(change)))
    left = next((change for change in changes if change.kind == "delete"), None)
    values = {} if left is None else left.values
    name = "" if left is None else row_name(left.table_name, values)
    return PastRow(tuple(events), one_line(name, 80), str(values.get("sha256") or ""), is_whole)


def show_custody(context: PanelContext, table: CustodyTable, uuid: str, window: QWidget) -> CustodyDialog:
    """Show the custody of a row, or bring its open dialog to the front."""
    return show_once(
        window,
        CustodyDialog,
        lambda: CustodyDialog(context, table, uuid, window),
        lambda dialog: dialog.uuid == uuid,
    )
