"""Spreadsheets and text tables read as texts, whether or not their rows have places."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.errors import NotReadable, UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.readers.tables import sheet_cells
from layers.requests.features import ReadSheets, SheetFacts
from tests.support.readers.tiny_workbooks import workbook

POOL = ReaderPool(inline=True)


def sheets_of(path: Path) -> SheetFacts:
    facts: SheetFacts = POOL.ask(ReadSheets(str(path))).facts
    return facts


def test_a_text_table_without_places(tmp_path: Path) -> None:
    path = tmp_path / "seen.csv"
    path.write_text('site;date;presence;words\nPad 1;2024-04-12;+;two; \n\nPad 2;2024-06-01;-;"a\nb"\n', "utf-8")
    (sheet,) = sheets_of(path).sheets
    assert sheet.name == "seen"
    assert sheet.columns["presence"] == ["+", "-"]
    assert sheet.columns["words"] == ["two", "a\nb"]
    assert sheet.numbers == [2, 4]


def test_sheets_of_a_workbook_with_numbers_and_dates(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "seen.xlsx", [["site", "date", "count"], ["Pad 1", "2024-04-12", 3], ["Pad 2", "2024", 4]]
    )
    (sheet,) = sheets_of(path).sheets
    assert sheet.columns == {"site": ["Pad 1", "Pad 2"], "date": ["2024-04-12", "2024"], "count": ["3", "4"]}
    assert sheet.numbers == [2, 3]


def test_other_files_and_empty_tables_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(30))
    with pytest.raises(UnsupportedFormat, match=r"a\.png is no table: choose a CSV or an XLSX file\."):
        sheets_of(picture)
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises((NotReadable, UnsupportedFormat)):
        sheets_of(empty)
    many = tmp_path / "many.csv"
    many.write_text("site,date\n" + "a,2024\n" * 5)
    monkeypatch.setattr(sheet_cells, "MOST_ROWS", 4)
    with pytest.raises(Exception, match="more than 4 rows"):
        sheets_of(many)
