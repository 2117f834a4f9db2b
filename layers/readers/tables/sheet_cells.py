"""Reads the cells of spreadsheets and text tables as texts, whether or not their rows have places."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from layers.errors import TooLarge, UnsupportedFormat
from layers.readers.files import Content, content_of, regular_file
from layers.readers.rows.source_rows import VectorSource
from layers.readers.tables.coordinate_tables import raw_tables
from layers.readers.tables.delimited import RawTable
from layers.requests.features import ReadSheets, SheetOfCells
from layers.text.counted import grouped

MOST_ROWS = 200_000
"""Most rows of a file: more are data rather than what an analyst wrote down."""
LONGEST_CELL = 4_000
"""Most characters that are read of a cell."""


def read_sheets(question: ReadSheets) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Answer with `SheetFacts`. Raises UnsupportedFormat for other files, TooLarge, and what reading raises."""
    path = regular_file(question.path)
    content = content_of(path)
    source = VectorSource(path, content, "", path)
    if content not in (Content.TABLE, Content.WORKBOOK):
        raise UnsupportedFormat("{name} is no table: choose a CSV or an XLSX file.", name=source.name)
    tables = raw_tables(source)
    if sum(map(len, tables)) > MOST_ROWS:
        raise TooLarge(
            "{name} has more than {most} rows: take a part of it.", name=source.name, most=grouped(MOST_ROWS)
        )
    sheets = [_sheet(table) for table in tables if len(table)]
    return {"sheets": [asdict(sheet) for sheet in sheets]}, ()


def _sheet(table: RawTable) -> SheetOfCells:
    rows = len(table)
    columns = {name: [_text(cell) for cell in cells] for name, cells in table.columns.items()}
    return SheetOfCells(table.name, columns, list(table.numbers or range(2, rows + 2)), table.problems)


def _text(cell: Any) -> str:
    """A cell as a person reads it: 3 rather than 3.0."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)[:LONGEST_CELL]
