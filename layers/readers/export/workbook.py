"""Writes tables as a spreadsheet (XLSX): numbers as numbers, every text as text, so that none is a formula."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw

from layers.errors import ExportFailed
from layers.requests.features import WriteWorkbook

MOST_ROWS = 1_048_575
"""Most rows of a sheet below its names."""


def write_workbook(question: WriteWorkbook) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """One sheet a table, as `WriteWorkbook` says. Raises ExportFailed, and what pyogrio raises."""
    tables = json.loads(Path(question.path).read_text("utf-8"))
    for number, table in enumerate(tables):
        rows = table["rows"]
        if len(rows) > MOST_ROWS:
            raise ExportFailed(
                "A spreadsheet holds {most_rows} rows a sheet: export {table} as CSV.",
                most_rows=f"{MOST_ROWS:,}",
                table=table["name"],
            )
        columns = [[row[at] for row in rows] for at in range(len(table["columns"]))]
        pyogrio.raw.write(
            question.out,
            None,
            [_cells(column) for column in columns],
            table["columns"],
            field_mask=[np.array([value is None for value in column], bool) for column in columns],
            layer=table["name"],
            driver="XLSX",
            append=number > 0,
        )
    return {"rows": [len(table["rows"]) for table in tables]}, ()


def _cells(column: list[Any]) -> np.ndarray[Any, Any]:
    """Return the cells of a column, as numbers where all are."""
    if column and all(isinstance(value, int | float) or value is None for value in column):
        return np.array([np.nan if value is None else float(value) for value in column], np.float64)
    return np.array(["" if value is None else str(value) for value in column], dtype=object)
