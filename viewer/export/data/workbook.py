"""Writes a case as a spreadsheet: a reader process writes the tables into an empty folder, then the file is moved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile
from layers.project.storage.fsops import move_whole, scratch_folder, write_whole
from layers.requests.features import WriteWorkbook
from viewer.export.data.tables import DataTable

_DEADLINE_S = 120.0


def save_workbook(pool: ReaderPool, tables: Sequence[DataTable], target: Path) -> None:
    """Write one sheet for each table. The file appears under its name only when it is whole. Blocks.

    Raises ExportFailed, NotAllowed or DiskFull, and what the reader raises.
    """
    with scratch_folder() as folder:
        tables_path, made = folder / "tables.json", folder / "tables.xlsx"
        data = [{"name": table.name, "columns": table.columns, "rows": table.rows} for table in tables]
        write_whole(tables_path, json.dumps(data).encode())
        pool.ask(WriteWorkbook(str(tables_path), str(made)), _DEADLINE_S, Profile.WRITER)
        move_whole(made, target)
