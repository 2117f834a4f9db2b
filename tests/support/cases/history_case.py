"""A case with a history that a test makes edit by edit, by named people, at stated times."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.project.history.history_reader import HistoryFilter, HistoryPage, opened_history, read_page
from layers.project.history.recorded_change import RecordedChange
from layers.project.storage.row_writer import RowStamp, RowWriter
from layers.project.storage.schema import create_schema


class HistoryCase:
    """A case with a history, and the edits that make one."""

    def __init__(self, path: Path) -> None:
        self.path, self.document = path, Document()
        self._connection = sqlite3.connect(path, isolation_level=None)
        create_schema(self._connection, "project")
        self._connection.execute("COMMIT")
        self._writer = RowWriter(self._connection)

    def edit(self, *changes: Change, by: str = "Anna", at: str = "2026-11-02T08:00:00Z", reason: str = "") -> Edit:
        """Apply changes to the document, and write them."""
        edit = Edit("edit", changes, reason)
        self.document.apply(edit)
        self.write(edit, by=by, at=at)
        return edit

    def write(self, edit: Edit, *, by: str, at: str) -> None:
        """Write an edit into the history."""
        self._writer.write_edit(edit, RowStamp(by, at))

    def baseline(self, document: Document) -> None:
        """Write rows as they stand, as the beginnings of their histories."""
        self._writer.write_baseline(document)

    def page(self, *, before: int | None = None, rows: int = 200, **wanted: object) -> HistoryPage:
        with opened_history(self.path) as connection:
            return read_page(connection, HistoryFilter(**wanted), before=before, rows=rows)  # type: ignore[arg-type]

    def changes(self, **wanted: object) -> list[RecordedChange]:
        return list(self.page(**wanted).changes)

    def execute(self, sql: str, *values: object) -> None:
        self._connection.execute(sql, values)

    def close(self) -> None:
        self._connection.close()
