"""The index of the words of the open case: made when it is first needed, it follows the edits from then on."""

from __future__ import annotations

import threading
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.edit import Table
from layers.finding.case_index import CaseIndex
from layers.finding.case_text import SEARCHED, CaseText, text_of, text_of_gone, texts_of
from layers.project.history.history_reader import GoneRow, opened_history, read_gone, read_reasons
from layers.project.saving.later_history import RecordedHistory
from viewer.panels.context import PanelContext
from viewer.panels.kept_words import kept_words
from viewer.support.jobs import Job, JobContext

FEW_ROWS = 2000
"""Rows that are indexed by the first search itself, in milliseconds; of more, a job does it beforehand."""
ARRIVED_MS = 300
"""Milliseconds after which words that have arrived are searched: many copies come one after the other."""
MOST_CHANGED = 5000
"""Rows that may change before the whole index is made anew."""


class KeptIndex(QObject):
    """Holds the index. `present` is for a job's thread, the rest of it for the window's."""

    ready = Signal()
    """Emitted when the index of a large case is made: what was asked before can be asked again."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._context = context
        self._index: CaseIndex | None = None
        self._job: Job | None = None
        self._lock = threading.Lock()
        self._changed: set[tuple[Table, str]] = set()
        self.revision = 0
        """Number of the states of the case since the index was first asked for."""
        self._reasons: Mapping[str, str] = {}
        """Reasons of changes by the uuid of the changed row; they stand in the history, not in the row."""
        self._are_reasons_read = False
        self._gone: dict[tuple[Table, str], CaseText] = {}
        """Reasons of rows that are no longer in the case, by table and uuid."""
        self._words = kept_words(context)
        self._words.arrived.connect(self._take_words)
        self._pause = QTimer(self, singleShot=True, interval=ARRIVED_MS)
        self._pause.timeout.connect(self.ready)
        context.changed.connect(self._take_changes)
        context.document_replaced.connect(self._forget)

    def prepare(self) -> None:
        """Begin to index a large case, unless that is done, and to read the kept copies that are not known yet."""
        self._words.prepare()
        if not self._are_reasons_read:
            self._read_reasons()
        document, jobs, texts = self._context.document, self._context.case.jobs, self._kept
        if jobs is not None and self._index is None and self._job is None and row_count(document) > FEW_ROWS:
            self._job = jobs.run(lambda job: CaseIndex(_checked(texts_of(document, texts), job)), self._take_index)

    def present(self, document: Document) -> CaseIndex | None:
        """The index with all edits of the document; None while a large case is being indexed."""
        with self._lock:
            index = self._index
            if index is None and (row_count(document) <= FEW_ROWS or self._context.case.jobs is None):
                index = self._index = CaseIndex(texts_of(document))
                # long texts of kept copies come afterwards, while the window need not wait for the lock
                self._changed.update(("source_files", uuid) for uuid in self._words.texts)
                self._changed.update(_changed_rows(document, self._reasons), self._gone)
            changed, self._changed = self._changed, set()
        if index is not None:
            _update(index, document, changed, self._kept, self._gone)
        return index

    def _take_index(self, index: CaseIndex) -> None:
        self._job, self._index = None, index
        self.ready.emit()

    @property
    def _kept(self) -> Mapping[str, str]:
        """Words that do not stand in the rows, by the uuid of their row."""
        return ChainMap(dict(self._reasons), dict(self._words.texts))

    def _read_reasons(self) -> None:
        """Read the reasons of changes, in a job: the history may be long."""
        case = self._context.case
        if case.jobs is not None:
            self._are_reasons_read = True
            case.jobs.run(
                lambda job: _reasons_in(case.history(), job), self._take_reasons, lambda _error: None, of_case=True
            )

    def _take_reasons(self, answer: tuple[Mapping[str, str], Sequence[GoneRow]]) -> None:
        reasons, rows = answer
        before, self._reasons = self._reasons, reasons
        self._gone |= {
            (row.table, row.uuid): text_of_gone(row.table, row.uuid, row.name, reasons[row.uuid])
            for row in rows
            if row.table in SEARCHED
        }
        other = {uuid for uuid in (*before, *reasons) if before.get(uuid) != reasons.get(uuid)}
        if other:
            self.revision += 1
            with self._lock:
                if self._index is not None or self._job is not None:
                    self._changed.update(_changed_rows(self._context.document, other), self._gone)
            self.ready.emit()

    def _take_words(self, uuid: str) -> None:
        """Take the words of a kept copy, and let what was asked be asked again, not for each of many copies."""
        self.revision += 1
        with self._lock:
            if self._index is not None or self._job is not None:
                self._changed.add(("source_files", uuid))
        if not self._pause.isActive():
            self._pause.start()

    def _take_changes(self, changes: Changes) -> None:
        self.revision += 1
        self._keep_gone(changes)
        if changes.edit is None and self._are_reasons_read:
            self._read_reasons()  # one was given for an edit that was made before
        if self._index is None and self._job is None:
            return
        with self._lock:
            self._changed.update((table, uuid) for table in SEARCHED for uuid in changes.uuids(table))
            are_many = len(self._changed) > MOST_CHANGED
        if are_many:
            self._forget()

    def _keep_gone(self, changes: Changes) -> None:
        """Keep the reasons of rows that are deleted, with the names that they have left."""
        for change in changes.edit.changes if changes.edit is not None else ():
            if change.after is None and change.table in SEARCHED and change.uuid in self._reasons:
                text = text_of(change.table, change.row)
                name = text.title if text is not None else ""
                gone = text_of_gone(change.table, change.uuid, name, self._reasons[change.uuid])
                self._gone[change.table, change.uuid] = gone

    def _forget(self) -> None:
        self.revision += 1
        if self._job is not None:
            self._job.cancel()
        with self._lock:
            self._job, self._index = None, None
            self._changed = set()
        self._reasons, self._are_reasons_read, self._gone = {}, False, {}


def kept_index(context: PanelContext) -> KeptIndex:
    """The one index of a window, which all that search in it share."""
    return context.findChild(KeptIndex) or KeptIndex(context)


def row_count(document: Document) -> int:
    """Number of rows of the tables that are searched."""
    return sum(len(document.table(table)) for table in SEARCHED)


def _reasons_in(history: RecordedHistory | None, job: JobContext) -> tuple[dict[str, str], list[GoneRow]]:
    """The reasons of changes in a working copy, and those of their rows that are no longer in the case."""
    if history is None:
        return {}, []
    history.wait()  # a reason may stand in any of its rows
    with opened_history(history.path, lambda: job.cancelled) as connection:
        reasons = read_reasons(connection)
        return reasons, read_gone(connection, reasons)


def _changed_rows(document: Document, uuids: Iterable[str]) -> Iterator[tuple[Table, str]]:
    """The rows of a case with these uuids, of the tables that are searched."""
    return ((table, uuid) for uuid in uuids for table in SEARCHED if uuid in document.table(table))


def _checked(texts: Iterator[CaseText], job: JobContext) -> Iterator[CaseText]:
    """The same texts, until the job is cancelled."""
    for text in texts:
        job.check()
        yield text


def _update(
    index: CaseIndex,
    document: Document,
    changed: set[tuple[Table, str]],
    kept: Mapping[str, str],
    gone: Mapping[tuple[Table, str], CaseText],
) -> None:
    """Let the index have the present words of changed rows, and the reasons of those that are gone."""
    texts = {}
    for table, uuid in changed:
        row = document.table(table).get(uuid)
        texts[table, uuid] = text_of(table, row, kept) if row is not None else gone.get((table, uuid))
    index.put(filter(None, texts.values()))
    index.drop(key for key, text in texts.items() if text is None)
