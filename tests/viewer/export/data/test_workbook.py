"""The spreadsheet: openpyxl reads every sheet, numbers are numbers, and no cell is a formula."""

from __future__ import annotations

import tempfile
from pathlib import Path

import openpyxl
import pytest

from layers.disk.scratch import scratch_prefix
from layers.document.document import Document
from layers.document.site import Site
from layers.errors import ExportFailed
from layers.pool.pool import ReaderPool
from layers.product.gathering import content_of
from tests.viewer.export.data.conftest import ENTITIES, without_site
from viewer.export.data.tables import NOTATIONS, case_tables
from viewer.export.data.workbook import save_workbook

type Sheet = list[dict[str, object]]


def read(path: Path) -> dict[str, Sheet]:
    book = openpyxl.load_workbook(path)
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    sheets = {}
    for sheet in book:
        names, *rows = sheet.values
        sheets[sheet.title] = [dict(zip(names, row, strict=True)) for row in rows]
    return sheets


def test_every_sheet_opens_and_says_what_the_case_says(case: Document, pool: ReaderPool, tmp_path: Path) -> None:
    told = content_of(case, case.sites)
    save_workbook(pool, case_tables(case, told), tmp_path / "x.xlsx")
    sheets = read(tmp_path / "x.xlsx")
    assert list(sheets) == ["Sites", "Claims", "Responses", "Sources", "Imagery", "About"]
    assert [row["name"] for row in sheets["Sites"]] == [site.name for site in told.sites]
    by_name = {row["name"]: row for row in sheets["Sites"]}
    port, firm = by_name["=Port"], by_name[ENTITIES]
    assert (port["lat"], port["lon"], port["position_error_m"]) == (50.5012, 10.5012, 40.0)
    assert isinstance(port["lat"], float)
    for notation in NOTATIONS:
        assert port[notation.value.lower()], notation
    assert port["mgrs"].startswith("32U PA")
    assert port["likelihood"].endswith("likely (55–80 %)")
    assert port["confidence"].endswith("Confidence: moderate")
    assert "inferred by us" in firm["place_inferred"]
    assert by_name["Pad (planned 2030)"]["lifecycle"] == "planned 2030"
    judged = next(row for row in sheets["Claims"] if row["state"] == "assessed")
    assert (judged["likelihood"], judged["confidence"]) == ("likely (55–80 %)", "Confidence: moderate")
    assert {row["likelihood"] or "" for row in sheets["Claims"]} == {"", "likely (55–80 %)"}
    assert len(sheets["Responses"]) == len(case.responses)
    assert len(sheets["Sources"]) == len(case.sources)
    said = [(row["what"], row["words"]) for row in sheets["About"]]
    assert ("marking", "UNCLASSIFIED // TLP:RED") in said
    assert ("credit", "© A Provider · CC BY") in said


def test_a_formula_in_a_name_stays_text(case: Document, pool: ReaderPool, tmp_path: Path) -> None:
    for number, start in enumerate("=+-@\t\r\ud800\uffff"):
        document = without_site(case, "port", label=f"{start}HYPERLINK(1)")
        path = tmp_path / f"{number}.xlsx"
        save_workbook(pool, case_tables(document, content_of(document, document.sites)), path)
        read(path)


def test_more_rows_than_a_sheet_holds_are_refused_in_words(
    case: Document, pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.readers.export.workbook.MOST_ROWS", 3)
    with pytest.raises(ExportFailed, match="CSV"):
        save_workbook(pool, case_tables(case, content_of(case, case.sites)), tmp_path / "x.xlsx")
    assert not list(tmp_path.iterdir())


def test_of_nothing_there_is_a_book_all_the_same(pool: ReaderPool, tmp_path: Path) -> None:
    document = Document({"sites": list[Site]()})
    save_workbook(pool, case_tables(document, content_of(document, ())), tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames == ["Sites", "About"]


def test_the_tables_of_a_killed_export_are_swept(
    case: Document, pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their folder is named as those that the next start looks for."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen: list[str] = []

    def ask(*_: object) -> None:
        seen.extend(path.name for path in tmp_path.iterdir())
        raise ExportFailed("no")

    monkeypatch.setattr(pool, "ask", ask)
    with pytest.raises(ExportFailed):
        save_workbook(pool, case_tables(case, content_of(case, case.sites)), tmp_path / "x.xlsx")
    assert [name.startswith(scratch_prefix()) for name in seen] == [True]
    assert list(tmp_path.iterdir()) == []
