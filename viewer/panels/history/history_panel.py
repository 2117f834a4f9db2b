"""The panel of the history: who changed what, when and why, the newest first, with a button to take one change back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, override

from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QMenu,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.edit import Table
from layers.project.history.recorded_change import RecordedChange
from layers.project.saving.later_history import HistoryUnderWay
from layers.time.written_dates import written_date
from viewer.commands.reviewing.taking_back import take_back
from viewer.panels.context import ROW_FORMS, PanelContext
from viewer.panels.flowing_buttons import FlowingButtons
from viewer.panels.history.change_view import ChangeView
from viewer.panels.history.change_words import (
    Geometries,
    deed,
    field_lines,
    name_in_case,
    named_change,
    reason_words,
    row_noun,
)
from viewer.panels.history.history_filters import WIDE_PX, HistoryFilters
from viewer.panels.history.history_reading import ChangeDetails, HistoryAnswer, HistoryReading, PastStep
from viewer.panels.history.search_runs import ChangeRow, answered_words, listed_rows, row_sentence
from viewer.panels.reviewing.review_dialog import add_review
from viewer.panels.said_names import said_name
from viewer.panels.widgets.form_page import muted
from viewer.panels.widgets.icon_button import CompactButton
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import ListColumn, RowTable
from viewer.support.language.text import LONGEST, one_line, searched, tooltip
from viewer.support.language.translation import in_language

MARGIN_PX = 4
SHARES, NARROW_SHARES = (2, 1), (1, 1)
"""Shares of the list and of the chosen change in the width of a panel, and of a narrow one."""
FIRST_PX = 380
"""Least width of the changes themselves, before other columns stand beside them: an old likelihood fits whole."""
LEAST_ROWS = 40
"""Lines below which the next page is read at once: many changes may make one line."""
AGAIN_MS = 400
"""Milliseconds after an edit in which further ones may follow, before the newest page is read again."""
ARRIVING_MS = 500
"""Milliseconds between two looks at how much of a history is copied that is still on its way."""
_OPENED: frozenset[Table] = frozenset({"sites", "claims", "layers", *ROW_FORMS})
"""Tables whose rows have a form of their own."""

_IN_CUSTODY = frozenset({"chips", "source_files"})
"""Tables whose rows have a custody, by the names of the file's tables."""


class MiddleDelegate(QStyledItemDelegate):
    """Cuts a long text in the middle: of an organisation and a person, both stay to be seen."""

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        room = option.rect.width() - 2 * MARGIN_PX
        if room > 0:
            option.text = option.fontMetrics.elidedText(option.text, Qt.TextElideMode.ElideMiddle, room)


class HistoryPanel(QWidget):
    """The panel. It reads while it can be seen, and reads further pages as its list is scrolled to the end."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.reading = HistoryReading(context, self)
        self.filters = HistoryFilters(context)
        self._is_stale = True
        self._are_sizes_kept = False
        """True once the analyst has divided the panel by hand."""
        self._next_before: int | None = None
        self._changes: dict[str, RecordedChange] = {}
        """The changes that were read, the newest first."""
        self._rows: dict[str, ChangeRow] = {}
        """The lines that they make, some of them for a run of changes."""
        self._opened = set[str]()
        """The changes of runs that are open."""
        self._details = ChangeDetails(0)
        self._again = QTimer(self, interval=AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._read)
        self._arrived = QTimer(self, interval=ARRIVING_MS, singleShot=True)
        self._arrived.timeout.connect(self._read)
        columns = [
            ListColumn(self.tr("Change"), lambda row: row_sentence(row, context.document)),
            ListColumn(self.tr("When (UTC)"), lambda row: _when(row.change), lambda row: row.change.at, 116),
            ListColumn(self.tr("Who"), self._who, None, 120),
            ListColumn(self.tr("Reason"), lambda row: one_line(reason_words(row.change)), None, 120),
        ]
        self.model = RowTable(columns, lambda row: searched(row.change.reason), self)
        self.list = RowList(self.model, self.tr("Changes"), first_px=FIRST_PX, first_shown=(1, 2))
        self.list.view.setItemDelegateForColumn(2, MiddleDelegate(self.list.view))
        self._build()
        self.filters.changed.connect(self._ask_anew)
        self.reading.answered.connect(self._answered)
        self.reading.read_past.connect(self._take_back_now)
        self.reading.detailed.connect(self._detailed)
        self.reading.failed.connect(lambda sentence: context.report(in_language(sentence)))
        self.list.chosen.connect(lambda _uuids: self._show_chosen())
        self.list.activated.connect(lambda _uuid: self.open_row())
        self.list.view.verticalScrollBar().valueChanged.connect(self._scrolled)
        context.changed.connect(lambda _changes: self._look_again())
        context.document_replaced.connect(self._begin_anew)
        context.history_field_wanted.connect(self.filters.choose_field)
        self._show_chosen()

    def _build(self) -> None:
        self.words, self.hint = ChangeView(), muted()
        self.words.setAccessibleName(self.tr("The chosen change"))
        self.back_button = self._button(
            self.tr("Take Back"), self.tr("Take this one change back, and leave all others"), self.take_back
        )
        self.open_button = self._button(self.tr("Open"), self.tr("Open the row in its form"), self.open_row)
        self.row_button = self._button(
            self.tr("Only This Row"), self.tr("List the changes of this row, and of what belongs to it"), self.only_row
        )
        self.custody_button = self._button(
            self.tr("Custody…"), self.tr("Show in order what became of this chip or kept copy"), self.show_custody
        )
        self.more_button = self._button(self.tr("Older"), self.tr("List older changes"), self.read_more)
        buttons = (self.back_button, self.open_button, self.row_button, self.custody_button, self.more_button)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words, 1)
        column.addWidget(FlowingButtons(*buttons))
        halves = self._halves = QSplitter(Qt.Orientation.Horizontal)
        halves.addWidget(self.list)
        halves.addWidget(beside)
        for at, share in enumerate(SHARES):
            halves.setStretchFactor(at, share)
        halves.setChildrenCollapsible(False)
        halves.splitterMoved.connect(self._keep_sizes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.filters)
        layout.addWidget(self.hint)
        layout.addWidget(halves, 1)
        self.list.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.view.customContextMenuRequested.connect(self.open_menu)

    def _button(self, text: str, tip: str, press: Callable[[], None]) -> CompactButton:
        button = CompactButton(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda: press())
        return button

    def begin(self) -> None:
        """Move the keyboard into the list."""
        self.list.view.setFocus()

    # -- what is listed ------------------------------------------------------------------------------------------

    def show_row(self, table: Table | Literal[""], uuid: str) -> None:
        """List the changes of a row of the document, and of what belongs to it; for an empty uuid the deletions of rows
        of a table, and for an empty table all changes.
        """
        if not uuid or not table:
            self.filters.show_case(table)
        else:
            self.filters.show_row(uuid, lambda: self._name_of(table, uuid))

    def _name_of(self, table: Table, uuid: str) -> str:
        document = self._context.document
        is_there = uuid in document.table(table)
        return name_in_case(table, uuid, document) if is_there else self.tr("a row that is gone")

    def only_row(self) -> None:
        """List the changes of the row of the chosen change."""
        change = self.chosen
        if change is not None:
            document = self._context.document
            self.filters.show_row(change.row_uuid, lambda: named_change(change, document) or row_noun(change, document))

    def read_more(self) -> None:
        """Read the next older page."""
        if self._next_before is not None and not self.reading.is_reading:
            self.reading.ask(replace(self.filters.question, before=self._next_before))

    @property
    def chosen(self) -> RecordedChange | None:
        """The only selected change; None without one."""
        uuids = self.list.selected()
        row = self._rows.get(next(iter(uuids))) if len(uuids) == 1 else None
        return None if row is None or row.run else row.change

    @property
    def chosen_run(self) -> ChangeRow | None:
        """The only selected line, where it is a run of changes."""
        uuids = self.list.selected()
        row = self._rows.get(next(iter(uuids))) if len(uuids) == 1 else None
        return row if row is not None and row.run else None

    def _ask_anew(self) -> None:
        self.list.select(())
        self._read()

    def _read(self) -> None:
        self._is_stale = not self.isVisible()
        if self.isVisible():
            self.reading.ask(self.filters.question)

    def _look_again(self) -> None:
        self._is_stale = True
        self.filters.name_anew()
        if self.isVisible():
            self._again.start()

    def _keep_sizes(self) -> None:
        self._are_sizes_kept = True

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._are_sizes_kept:
            shares = SHARES if self.width() >= WIDE_PX else NARROW_SHARES
            self._halves.setSizes([self.width() * share for share in shares])

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._again.start(0)

    def _begin_anew(self) -> None:
        self.list.select(())  # places in the history of another case
        self._changes, self._next_before, self._details = {}, None, ChangeDetails(0)
        self._rows = {}
        self._opened.clear()
        self.list.begin_anew()
        self.filters.begin_anew()
        self._show_chosen()
        self._look_again()

    def _scrolled(self, value: int) -> None:
        if value and value == self.list.view.verticalScrollBar().maximum():
            self.read_more()

    def _answered(self, answer: HistoryAnswer) -> None:
        changes = {change.uuid: change for change in answer.page.changes}
        self._next_before = answer.page.next_before
        is_further = answer.question.before is not None
        if not is_further:
            self.filters.offer_people(answer.people)
        self._changes = {**self._changes, **changes} if is_further else changes
        self._list_changes(is_further=is_further)
        if self.chosen is not None and answer.question.before is None:
            self.reading.ask_details(self.chosen)  # its bytes may have left the case since
        self.more_button.setVisible(self._next_before is not None)
        self.hint.setText(self._hint(answer))
        self.hint.setVisible(bool(self.hint.text()))
        self._show_chosen()
        if answer.under_way is not None:
            self.reading.follow()
            self._arrived.start()
        elif self._next_before is not None and len(self._rows) < LEAST_ROWS:
            self.read_more()  # no list is so short that it could not be scrolled to the next page

    def _list_changes(self, *, is_further: bool = False) -> None:
        """List the changes as they are known now, with the same lines selected, and in sight. Those of a further page
        go to the end, unless they belong to a run that is listed.
        """
        before, rows = self._rows, listed_rows(self._changes.values(), self._opened)
        kept, bar = self.list.selected() & rows.keys(), self.list.view.verticalScrollBar()
        at, self._rows = bar.value(), rows
        if is_further and list(rows)[: len(before)] == list(before):
            self.model.refresh(rows.keys() - before.keys(), rows)
        else:
            self.model.set_rows(rows)
            self.list.select(kept)
            bar.setValue(at)

    def switch_run(self) -> None:
        """List the changes of the chosen run below it, or no longer."""
        run = self.chosen_run
        if run is not None:
            members = {change.uuid for change in run.run}
            self._opened = self._opened - members if run.is_open else self._opened | members
            self._list_changes()
            self._show_chosen()

    def _hint(self, answer: HistoryAnswer) -> str:
        if answer.under_way is not None:
            return self._on_its_way(answer.under_way, of_traces=answer.question.of_traces)
        if not answer.is_there:
            return self.tr("There is no history to be read yet: it begins with the first change.")
        return "" if self._rows else self.tr("No change is as asked for.")

    def _on_its_way(self, under_way: HistoryUnderWay, *, of_traces: bool) -> str:
        """The sentence on older changes that are still being copied, and what is listed meanwhile."""
        count, percent = f"{under_way.newest:,}", f"{under_way.share:.0%}"
        sentence = self.tr("The {0} earlier changes of this case are on their way: {1} are here, the rest follows.")
        meanwhile = (
            self.tr("What was deleted is listed once they are whole.")
            if of_traces
            else self.tr("Until then, changes made since the case was opened are listed.")
        )
        return f"{sentence.format(count, percent)} {meanwhile}"

    # -- the chosen change ----------------------------------------------------------------------------------------

    def _show_chosen(self) -> None:
        change = self.chosen
        if change is not None and change.seq != self._details.seq:
            self._details = ChangeDetails(change.seq)
            self.reading.ask_details(change)
        why = "" if change is None else self._why_not_back(change)
        run = self.chosen_run
        if run is not None:
            self._show_run(run)
        elif change is None:
            self.words.show_hint(self._why_none())
        else:
            self._show_whole(change, self._details.geometries, why)
        self.back_button.setEnabled(change is not None and not why)
        tip = why or (self._why_none() if change is None else self.back_button.accessibleName())
        self.back_button.setToolTip(tooltip(tip))
        self.row_button.setEnabled(change is not None)
        self.row_button.setVisible(not self.filters.is_of_row)
        opens = self.tr("Open") if run is None else self.tr("Fold Up") if run.is_open else self.tr("List Cells")
        self.open_button.setText(opens)
        self.open_button.setEnabled(run is not None or (change is not None and self._can_open(change)))
        self.custody_button.setVisible(change is not None and change.table_name in _IN_CUSTODY)
        self.more_button.setVisible(self._next_before is not None)

    def _why_none(self) -> str:
        """The words in place of a change, while none or several are chosen."""
        if len(self.list.selected()) > 1:
            return self.tr("Choose one change at a time.")
        return self.tr("Choose a change to see it whole.")  # in one line: no hint is broken into several

    def _detailed(self, details: ChangeDetails) -> None:
        if self.chosen is not None and self.chosen.seq == details.seq:
            self._details = details
            self._show_chosen()

    def _why_not_back(self, change: RecordedChange) -> str:
        """The reason why a change cannot be taken back, as far as the list knows; empty for none."""
        if change.kind == "baseline":
            return self.tr("The history of this row begins here: there is nothing before it to go back to.")
        if change.is_taken_back:
            return self.tr("This change was taken back.")
        if self._details.is_lost:
            return self.tr("Its bytes left the case when it was saved: look for them in a backup of that day.")
        return ""

    def _show_run(self, run: ChangeRow) -> None:
        """Show from when to when the changes of a run were made, by whom, and the way to each of them."""
        first, last = (in_language(written_date(change.at)) for change in (run.run[-1], run.run[0]))
        when = first if first == last else self.tr("{0} to {1}").format(first, last)
        by = said_name(run.change.actor, self._context.document) or self.tr("(not named)")
        way = self.tr("Enter lists each answer, which can be taken back there, or folds them up.")
        self.words.show_change(answered_words(run.run), (f"{when}, {by}", way), (), is_update=False)

    def _show_whole(self, change: RecordedChange, geometries: Geometries, why_not: str) -> None:
        """Show all that is known of a change, field by field, and why it cannot be taken back."""
        document = self._context.document
        by = said_name(change.actor, document) or self.tr("(not named)")
        when = self.tr("{0}, by {1}").format(in_language(written_date(change.at)), by)
        why = self.tr("Reason: {0}").format(one_line(reason_words(change), 600)) if change.reason else ""
        lines = field_lines(change, document, geometries, LONGEST)
        self.words.show_change(deed(change, document), (when, why, why_not), lines, is_update=change.kind == "update")

    def _can_open(self, change: RecordedChange) -> bool:
        spec = change.spec
        return (
            spec is not None and spec.table in _OPENED and change.row_uuid in self._context.document.table(spec.table)
        )

    def open_row(self) -> None:
        """Open the row of the chosen change in its form, or a run of changes."""
        self.switch_run()
        change = self.chosen
        if change is not None and change.spec is not None and self._can_open(change):
            self._context.open_row(change.spec.table, change.row_uuid)

    def show_custody(self) -> None:
        """Show the custody of the row of the chosen change."""
        if self.chosen is not None:
            self._context.custody_wanted.emit(self.chosen.table_name, self.chosen.row_uuid)

    def take_back(self) -> None:
        """Take the chosen change back, as one step to undo."""
        if self.chosen is not None and self.back_button.isEnabled():
            self.reading.ask_past(self.chosen)

    def _take_back_now(self, read: PastStep) -> None:
        sentence = deed(read.past.change, self._context.document)
        if self._context.do(take_back, read.past, read.step, lost=read.lost):
            self._context.messages.deleted(self.tr("Taken back – {0}. Undo: Ctrl+Z").format(sentence))

    def open_menu(self, place: QPoint) -> QMenu | None:
        """The menu of the selected changes, whose rows are reviewed together; None without any."""
        chosen = [self._rows[uuid].change.row_uuid for uuid in self.list.selected() if uuid in self._rows]
        if not chosen:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, button in (
            (f"&{self.open_button.text()}", self.open_button),
            (self.tr("Only &This Row"), self.row_button),
            (self.tr("Take This Change &Back"), self.back_button),
            *([(self.tr("C&ustody…"), self.custody_button)] if not self.custody_button.isHidden() else []),
        ):
            menu.addAction(text, button.click).setEnabled(button.isEnabled())
        add_review(menu, self._context, chosen, self.window())
        menu.popup(self.list.view.viewport().mapToGlobal(place))
        return menu

    def _who(self, row: ChangeRow) -> str:
        return said_name(row.change.actor, self._context.document) or self.tr("(not named)")


def _when(change: RecordedChange) -> str:
    return one_line(change.at[:16].replace("T", " "), 40)
