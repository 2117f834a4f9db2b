"""The answers of a search in a list of changes: those that follow each other are one line, which opens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from layers.document.document import Document
from layers.document.rows import Row
from layers.observing.search_cells import sheet_in
from layers.project.history.recorded_change import RecordedChange, ToldValue
from viewer.panels.history.change_words import SHORT_NAME, change_sentence, named_change, shortened
from viewer.support.language.translation import translate

CELLS, SEARCHES = "cells_json", "searches"
_MARKS = frozenset({"site_point", "site_line", "site_polygon"})
LEAST = 2
"""Fewest changes of a search's cells that become one line."""


class ChangeRow(Row, frozen=True, kw_only=True):
    """A line of the list: a change by its place in the history, or a run of changes, of which it has the newest."""

    change: RecordedChange
    run: tuple[RecordedChange, ...] = ()
    """The changes of a run, the newest first; none for a change of its own."""
    is_open: bool = False
    """True for a run whose changes are listed below it."""
    is_of_run: bool = False
    """True for a change that is listed below its run."""


def listed_rows(changes: Iterable[RecordedChange], opened: Collection[str]) -> dict[str, ChangeRow]:
    """The lines of changes, which come the newest first, by uuid; a run is open where `opened` has a change of it."""
    rows: dict[str, ChangeRow] = {}
    for run in _runs(changes):
        is_run = sum(_is_of_cells(change) for change in run) >= LEAST
        is_open = is_run and any(change.uuid in opened for change in run)
        if is_run:
            uuid = f"run {run[-1].uuid}"
            rows[uuid] = ChangeRow(uuid=uuid, change=run[0], run=tuple(run), is_open=is_open)
        if is_open or not is_run:
            rows |= {change.uuid: ChangeRow(uuid=change.uuid, change=change, is_of_run=is_run) for change in run}
    return rows


def row_sentence(row: ChangeRow, document: Document) -> str:
    """A line in words: that of a run says how many cells were answered."""
    if not row.run:
        sentence = change_sentence(row.change, document)
        return f"    {sentence}" if row.is_of_run else sentence
    name = shortened(named_change(row.change, document), SHORT_NAME)
    sign = "▾" if row.is_open else "▸"
    return " · ".join(filter(None, (f"{sign} {answered_words(row.run)}", name)))


def answered_words(run: tuple[RecordedChange, ...]) -> str:
    """The number of cells whose answer differs after a run of changes; other words where none does."""
    cells = [change for change in run if _is_of_cells(change)]
    (before, _), (_, after) = _sides(cells[-1]), _sides(cells[0])
    count = sum(answer != before.get(at, "") for at, answer in after.items())
    if not count:
        return translate("History", "{count} changes of cells", "{count} change of cells", len(cells))
    return translate("History", "{count} cells answered", "{count} cell answered", count)


def _runs(changes: Iterable[RecordedChange]) -> Iterator[list[RecordedChange]]:
    """The changes in their order: answers of one search by one person together, with the marks that they made."""
    run: list[RecordedChange] = []
    for change in changes:
        is_of_run = bool(run) and _is_of_cells(run[0]) and change.actor == run[0].actor
        goes_on = _is_of_cells(change) and change.row_uuid == run[0].row_uuid if is_of_run else False
        is_mark = is_of_run and change.table_name in _MARKS and change.kind == "insert"
        if goes_on or (is_mark and change.txn_uuid == run[-1].txn_uuid):
            run.append(change)
            continue
        if run:
            yield run
        run = [change]
    if run:
        yield run


def _is_of_cells(change: RecordedChange) -> bool:
    """True for an answer to a cell, which nothing has undone or taken back."""
    is_told_apart = bool(change.way or change.reason or change.is_taken_back)
    is_of_cells = change.table_name == SEARCHES and change.kind == "update" and not is_told_apart
    return is_of_cells and any(field.column == CELLS for field in change.fields)


def _sides(change: RecordedChange) -> tuple[dict[tuple[int, int], str], dict[tuple[int, int], str]]:
    """The answers by cell before a change and after it."""
    field = next(field for field in change.fields if field.column == CELLS)
    return _answers(field.before), _answers(field.after)


def _answers(text: ToldValue) -> dict[tuple[int, int], str]:
    sheet = sheet_in(text) if isinstance(text, str) else None
    return {} if sheet is None else {(cell.row, cell.column): cell.answer for cell in sheet.cells}
