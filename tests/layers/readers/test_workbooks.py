"""Excel workbooks: titles above the names of columns, dates with their time of day."""

import re
from pathlib import Path

import pyogrio.raw
import pytest

from layers.errors import NotReadable
from layers.pool.pool import ReaderPool
from layers.readers.vector_source import rows_of, source_of
from layers.vector.table import VectorInfo
from tests.layers.readers.tiny_workbooks import Styled, altered, workbook

POOL = ReaderPool(inline=True)
HEADER = ["name", "lat", "lon", "n", "ok"]


def probe(path: Path, **more) -> VectorInfo:
    (found,) = POOL.ask("probe", {"path": str(path), **more}).header["layers"]
    return VectorInfo.from_json(found)


def columns_of(path: Path, **options) -> dict[str, list]:
    return rows_of(source_of({"path": str(path), "options": options}), 0, 1000, None).columns


@pytest.mark.parametrize("preview", [False, True])
def test_titles_above_the_names_are_left_out_and_said(tmp_path, preview):
    """As where A1:D1 are merged: one cell is filled."""
    rows = [["Sites"], [None], HEADER, ["a", 51.5, 128.25, 1, True], [None], ["b", "x", 128, 2, False]]
    path = workbook(tmp_path / "a.xlsx", rows)
    info = probe(path, preview=preview)
    assert [name for name, _ in info.fields] == HEADER
    assert dict(info.fields)["lat"] == "text"
    assert {name: kind for name, kind in info.fields if name in ("lon", "n")} == {"lon": "real", "n": "integer"}
    assert (info.reading["header_row"], info.reading["placed"]) == (3, 1)
    said = " ".join(info.problems)
    assert "Row 1 stands above the names of the columns and is left out: “Sites”." in said
    assert "Row 6: “lat: x lon: 128”" in said
    assert columns_of(path)["name"] == ["a", None, "b"]
    assert list(columns_of(path, header_row=4, x="128.25", y="51.5")) == ["a", "51.5", "128.25", "1", "1 (2)"]


def test_names_in_the_first_row_are_as_before(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, ["a", 51.5, 128.25, 1, True], ["b", 51, 128, 2, False]])
    info = probe(path)
    assert dict(info.fields) == dict(zip(HEADER, ["text", "real", "real", "integer", "boolean"], strict=True))
    assert (info.reading["header_row"], info.problems) == (1, ())
    assert columns_of(path)["ok"] == [True, False]
    assert list(columns_of(path, header=False, x="Field3", y="Field2")) == [f"Field{n}" for n in range(1, 6)]


NOON, MORNING = 45413.5, 45414 + 7 / 24 + 30 / 1440
TIMES, DAYS = ["2024-05-01T12:00:00", "2024-05-02T07:30:00"], ["2024-05-01", "2024-05-02"]


@pytest.mark.parametrize("above", [[], [["Sightings"], [None]]])
@pytest.mark.parametrize(
    "code",
    [
        "yyyy-mm-dd h:mm:ss", "yyyy-mm-dd hh:mm:ss", "dd/mm/yyyy", "14", "22", "31",
        "[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;",
    ],
)  # fmt: skip
def test_times_keep_their_time_of_day_and_days_stay_days(tmp_path, code, above):
    header = ["lat", "lon", "when", "day", "ok"]
    cells = [
        [51, 128, Styled(NOON, 1), Styled(45413, 1), True],
        [None],
        [51, 128, Styled(MORNING, 1), Styled(45414, 1), False],
    ]
    path = workbook(tmp_path / "a.xlsx", [*above, header, *cells, [51, 128]], [code])
    info = probe(path)
    assert {name: kind for name, kind in info.fields if name not in ("lat", "lon")} == {
        "when": "datetime", "day": "date", "ok": "boolean",
    }  # fmt: skip
    columns = columns_of(path)
    assert columns["when"] == [TIMES[0], None, TIMES[1], None]
    assert columns["day"] == [DAYS[0], None, DAYS[1], None]
    assert columns["ok"] == [True, None, False, None]
    assert probe(path, preview=True).fields == info.fields


def test_days_may_count_from_1904_and_fractions_of_seconds_stay(tmp_path):
    rows = [["lat", "lon", "when"], [51, 128, Styled(43951.5, 1)], [51, 128, Styled(43952 + 1.5 / 86400, 1)]]
    path = workbook(tmp_path / "a.xlsx", rows, ["yyyy-mm-dd h:mm"], is_1904=True)
    assert columns_of(path)["when"] == ["2024-05-01T12:00:00", "2024-05-02T00:00:01.500"]
    first = workbook(tmp_path / "b.xlsx", [["lat", "lon", "when"], [51, 128, Styled(1.25, 1)]], ["d.m.yy"])
    assert columns_of(first)["when"] == ["1900-01-01T06:00:00"]


def test_dates_among_texts_and_numbers_that_are_no_dates(tmp_path):
    rows = [
        ["lat", "lon", "when", "share", "how long"], [51, 128, Styled(NOON, 1), Styled(0.5, 2), Styled(1.5, 3)],
        [51, 128, "unknown", Styled(0.25, 2), Styled(2.5, 3)],
    ]  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", rows, ["yyyy-mm-dd h:mm", "0.0%;[Red]-0.0%", "[h]:mm"])
    columns = columns_of(path)
    assert columns["when"] == ["2024-05-01T12:00:00", "unknown"]
    assert columns["share"] == [0.5, 0.25]
    assert dict(probe(path).fields)["when"] == "text"
    assert dict(probe(path).fields)["how long"] not in ("date", "datetime")


def timed(path: Path) -> Path:
    return workbook(path, [["name", "lat", "lon", "when"], ["a", 51, 128, Styled(NOON, 1)]], ["yyyy-mm-dd h:mm:ss"])


@pytest.mark.parametrize("declared", ["<!DOCTYPE worksheet>", '<!DOCTYPE worksheet SYSTEM "http://127.0.0.1:9/a.dtd">'])
def test_a_document_type_that_declares_nothing_costs_no_time_of_day(tmp_path, declared):
    path = altered(timed(tmp_path / "a.xlsx"), lambda name, text: text.replace("?>", f"?>{declared}", 1))
    assert columns_of(path)["when"] == TIMES[:1]
    assert probe(path).problems == ()


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
@pytest.mark.parametrize("entity", ['"expanded"', 'SYSTEM "file:///etc/hostname"'])
def test_entities_are_neither_put_in_nor_fetched(tmp_path, part, entity):
    def change(name: str, text: str) -> str:
        declared = f"?><!DOCTYPE x [<!ENTITY q {entity}>]>"
        return text.replace("?>", declared, 1).replace("<t>a</t>", "<t>&q;</t>") if name == part else text

    with pytest.raises(NotReadable, match=r"it declares a document type or entities, which no workbook does"):
        probe(altered(timed(tmp_path / "a.xlsx"), change))


def test_times_that_may_be_lost_are_said(tmp_path):
    def change(name: str, text: str) -> str:
        deep = "<a>" * 70 + "</a>" * 70
        return text.replace("</styleSheet>", f"{deep}</styleSheet>") if name == "xl/styles.xml" else text

    path = altered(timed(tmp_path / "a.xlsx"), change)
    said = "S1 cannot be looked at cell by cell (it is nested too deeply): its dates may lack their time of day."
    assert probe(path).problems == (said,)


@pytest.mark.parametrize(
    ("rows", "times", "names"),
    [
        ([["name", "lat", "lon"], ["a", 51, 128]], 1, ["name", "lat", "lon"]),
        ([["name", None, "lat", "lon"], ["a", 7, 51, 128]], 1, ["name", "Field2", "lat", "lon"]),
        ([["name", "lat", "lon"], ["a", 51, 128, "more"]], 1, ["name", "lat", "lon", "Field4"]),
        ([["Sites", None, None], ["name", "lat", "lon"], ["a", 51, 128]], 3, ["name", "lat", "lon"]),
        ([[None], ["name", "lat", "lon"], ["a", 51, 128]], 3, ["name", "lat", "lon"]),
    ],
)
def test_a_sheet_is_read_once_where_its_first_row_names_the_columns(tmp_path, monkeypatch, rows, times, names):
    reads = []
    read = pyogrio.raw.read
    monkeypatch.setattr(pyogrio.raw, "read", lambda *args, **how: reads.append(how) or read(*args, **how))
    path = workbook(tmp_path / "a.xlsx", rows)
    columns = columns_of(path)
    assert (len(reads), list(columns)) == (times, names)
    assert (columns["name"], columns["lat"]) == (["a"], [51])
    assert probe(path).reading["rows"] == 1


def test_cells_without_a_place_follow_on_each_other(tmp_path):
    """As some programs write: only the first of a row says where it is, or none."""
    rows = [["lat", "lon", "x", "when", "ok"], [51, 128, "q", Styled(NOON, 1), True]]
    path = altered(
        workbook(tmp_path / "a.xlsx", rows, ["yyyy-mm-dd h:mm:ss"]), lambda _, text: re.sub(' r="[B-E][0-9]"', "", text)
    )
    assert columns_of(path)["when"] == TIMES[:1]
    assert columns_of(path)["ok"] == [True]
