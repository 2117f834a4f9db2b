"""Reads pages of the case's history in jobs, for one panel: only the newest question is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct
from PySide6.QtCore import QObject, Signal
from shapely.geometry.base import BaseGeometry
from shiboken6 import isValid

from layers.errors import GeoloupeError
from layers.project.history.history_reader import (
    HistoryFilter,
    HistoryPage,
    count_deleted,
    opened_history,
    read_deleted,
    read_geometries,
    read_page,
    read_people,
    read_row,
    read_step,
)
from layers.project.history.recorded_change import RecordedChange
from layers.project.saving.later_history import HistoryUnderWay
from layers.project.storage.tables import DATA
from viewer.commands.reviewing.taking_back import PastChange
from viewer.panels.access import CaseAccess
from viewer.panels.context import PanelContext
from viewer.support.jobs import Job


class HistoryQuestion(Struct, frozen=True):
    """A question to the history: what is listed, and from which place on."""

    wanted: HistoryFilter = HistoryFilter()
    of_traces: bool = False
    """True for the rows that are no longer in the case, instead of changes."""
    before: int | None = None


class HistoryAnswer(Struct, frozen=True):
    """A page, with everybody who has changed the case; the names come with a first page only."""

    question: HistoryQuestion
    page: HistoryPage
    people: tuple[str, ...] = ()
    is_there: bool = True
    """False for a case without a working copy."""
    under_way: HistoryUnderWay | None = None
    """The older rows that are still being copied: until they are there, only changes after them are listed."""


class PastStep(Struct, frozen=True):
    """A change with all that is needed to take it back."""

    past: PastChange
    step: tuple[PastChange, ...]
    lost: frozenset[str]
    """Rows whose bytes the case no longer has."""


class ChangeDetails(Struct, frozen=True):
    """Details of a change that lists leave out: its geometries, and whether its bytes are gone for good."""

    seq: int
    geometries: tuple[BaseGeometry | None, BaseGeometry | None] = (None, None)
    is_lost: bool = False
    """True for a deleted row whose bytes the case no longer has."""


class RowChanges(Struct, frozen=True):
    """The newest changes of one row, the newest first."""

    uuid: str
    changes: tuple[RecordedChange, ...] = ()
    under_way: HistoryUnderWay | None = None
    """The older rows of the history that are still being copied, among which there may be more."""


class HistoryReading(QObject):
    """Reads in jobs; `answered` carries an `HistoryAnswer`, `read_past` a `PastStep`, `failed` a sentence."""

    answered = Signal(object)
    detailed = Signal(object)
    """Emitted with `ChangeDetails`."""
    deleted_counted = Signal(int)
    row_read = Signal(object)
    """Emitted with `RowChanges`."""
    read_past = Signal(object)
    failed = Signal(str)

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._waiting: Job | None = None
        context.document_replaced.connect(self._forget)

    @property
    def is_reading(self) -> bool:
        return self._job is not None and not self._job.is_finished and not self._job.cancelled

    def ask(self, question: HistoryQuestion) -> None:
        """Read a page; an earlier question is no longer answered."""
        if self._job is not None and not self._job.is_finished:
            self._job.cancel()
        case = self._context.case
        self._job = self._run(lambda is_cancelled: _read(case, question, is_cancelled), self.answered.emit)

    def ask_row(self, table_name: str, uuid: str) -> None:
        """Read the newest changes of one row; an earlier question is no longer answered."""
        if self._job is not None and not self._job.is_finished:
            self._job.cancel()
        case = self._context.case
        self._job = self._run(lambda is_cancelled: _read_row(case, table_name, uuid, is_cancelled), self.row_read.emit)

    def _forget(self) -> None:
        self._waiting = None

    def follow(self) -> None:
        """Have the older rows of the history copied, should nobody do so, as after a crash; `failed` says once why they
        cannot be.
        """
        if self._waiting is None:
            case = self._context.case
            self._waiting = self._run(lambda _is_cancelled: _await_older(case), lambda _done: None, is_awaited=False)

    def ask_details(self, change: RecordedChange) -> None:
        """Read what the list leaves out of a change, where that is anything."""
        spec, case = change.spec, self._context.case
        has_bytes = change.kind == "delete" and spec is not None and DATA in spec.blobs
        if change.has_geometry or has_bytes:
            self._run(lambda is_cancelled: _read_details(case, change, is_cancelled), self.detailed.emit)

    def count_deleted(self, table_name: str) -> None:
        """Count the rows of a table that are no longer in the case."""
        case = self._context.case
        self._run(lambda is_cancelled: _count_deleted(case, table_name, is_cancelled), self.deleted_counted.emit)

    def ask_past(self, change: RecordedChange) -> None:
        """Read what is needed to take a change back."""
        case = self._context.case
        self._run(lambda is_cancelled: _read_past(case, change, is_cancelled), self.read_past.emit)

    def _run[T](
        self, work: Callable[[Callable[[], bool]], T], done: Callable[[T], None], *, is_awaited: bool = True
    ) -> Job | None:
        jobs = self._context.case.jobs
        if jobs is not None:
            return jobs.run(
                lambda job: work(lambda: job.cancelled),
                lambda result: done(result) if isValid(self) else None,  # its dialog may be closed meanwhile
                lambda error: self._say(error) if isValid(self) else None,
                apart=True,
                of_case=True,
                is_awaited=is_awaited,
            )
        try:
            done(work(lambda: False))
        except GeoloupeError as error:
            self._say(error)
        return None

    def _say(self, error: GeoloupeError) -> None:
        self.failed.emit(error.sentence)


def _read(case: CaseAccess, question: HistoryQuestion, is_cancelled: Callable[[], bool]) -> HistoryAnswer:
    history = case.history()
    if history is None:
        return HistoryAnswer(question, HistoryPage(), is_there=False)
    under_way = history.under_way()
    with opened_history(history.path, is_cancelled) as connection:
        if not question.of_traces:
            after = 0 if under_way is None else under_way.newest
            page = read_page(connection, question.wanted, before=question.before, after=after)
        elif under_way is None:
            page = read_deleted(connection, before=question.before)
        else:
            page = HistoryPage()  # who deleted them is told by the rows that are to come
        people = read_people(connection) if question.before is None else ()
        return HistoryAnswer(question, page, people, under_way=under_way)


def _read_row(case: CaseAccess, table_name: str, uuid: str, is_cancelled: Callable[[], bool]) -> RowChanges:
    history = case.history()
    if history is None:
        return RowChanges(uuid)
    under_way = history.under_way()
    with opened_history(history.path, is_cancelled) as connection:
        changes = read_row(connection, table_name, uuid)
    if under_way is not None:
        changes = tuple(change for change in changes if change.seq > under_way.newest)
    return RowChanges(uuid, changes, under_way)


def _await_older(case: CaseAccess) -> None:
    history = case.history()
    if history is not None:
        history.wait()


def _read_details(case: CaseAccess, change: RecordedChange, is_cancelled: Callable[[], bool]) -> ChangeDetails:
    history, is_lost = case.history(), any(_lost(case, (change,)))
    if history is None or change.seq < 0 or not change.has_geometry:
        return ChangeDetails(change.seq, is_lost=is_lost)
    with opened_history(history.path, is_cancelled) as connection:
        return ChangeDetails(change.seq, read_geometries(connection, change.seq), is_lost)


def _count_deleted(case: CaseAccess, table_name: str, is_cancelled: Callable[[], bool]) -> int:
    history = case.history()
    if history is None:
        return 0
    with opened_history(history.path, is_cancelled) as connection:
        return count_deleted(connection, table_name)


def _read_past(case: CaseAccess, change: RecordedChange, is_cancelled: Callable[[], bool]) -> PastStep:
    history = case.history()
    if history is None or change.seq < 0:  # a trace without a history
        return PastStep(PastChange(change), (), frozenset())
    with opened_history(history.path, is_cancelled) as connection:
        step = read_step(connection, change.txn_uuid, change.seq)
        past = tuple(
            PastChange(item, *(read_geometries(connection, item.seq) if item.has_geometry else (None, None)))
            for item in step
        )
    mine = next((item for item in past if item.change.seq == change.seq), PastChange(change))
    return PastStep(mine, past, frozenset(_lost(case, step)))


def _lost(case: CaseAccess, step: Iterable[RecordedChange]) -> Iterable[str]:
    read = case.blob_reader()
    for item in step:
        has_data = item.spec is not None and DATA in item.spec.blobs
        if item.kind == "delete" and has_data and not read(item.table_name, (item.row_uuid,), DATA).get(item.row_uuid):
            yield item.row_uuid
