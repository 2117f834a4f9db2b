"""Rows of the case that are dragged from one panel to another, by their tables and uuids."""

from __future__ import annotations

import json
from collections.abc import Iterable

from PySide6.QtCore import QMimeData

ROWS_TYPE = "application/x-geoloupe-rows"
MOST_ROWS, _MOST_BYTES = 100, 100_000


def rows_data(rows: Iterable[tuple[str, str]]) -> QMimeData:
    """Dragged data of rows, each as the document's table and its uuid."""
    data = QMimeData()
    data.setData(ROWS_TYPE, json.dumps(list(rows)[:MOST_ROWS]).encode())
    return data


def rows_in(data: QMimeData | None) -> list[tuple[str, str]]:
    """The rows in dragged data; empty for anything else."""
    text = bytes(data.data(ROWS_TYPE).data()) if data is not None and data.hasFormat(ROWS_TYPE) else b""
    try:
        rows = json.loads(text) if len(text) <= _MOST_BYTES else []
    except (ValueError, RecursionError):
        return []
    if not isinstance(rows, list):
        return []
    pairs = [row for row in rows[:MOST_ROWS] if isinstance(row, list) and len(row) == 2]
    return [(table, uuid) for table, uuid in pairs if isinstance(table, str) and isinstance(uuid, str)]
