"""Excel workbooks: titles above the names of columns, dates with their time of day."""

import re
import zipfile
from pathlib import Path

import pyogrio.raw
import pytest

from layers.errors import NotReadable
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import OfLayer
from tests.support.readers.probed import probed_layer
from tests.support.readers.tiny_workbooks import Styled, altered, workbook

POOL = ReaderPool(inline=True)
HEADER = ["name", "lat", "lon", "n", "ok"]


def columns_of(path: Path, **options) -> dict[str, list]:
    return rows_of(source_of(OfLayer.of({"path": str(path), "options": options})), 0, 1000, None).columns


@pytest.mark.parametrize("preview", [False, True])
def test_titles_above_the_names_are_left_out_and_said(tmp_path, preview):
    """As where A1:D1 are merged: one cell is filled."""
    rows = [["Sites"], [None], HEADER, ["a", 51.5, 128.25, 1, True], [None], ["b", "x", 128, 2, False]]
    path = workbook(tmp_path / "a.xlsx", rows)
    info = probed_layer(path, preview=preview)
    assert [name for name, _ in info.fields] == HEADER
    assert dict(info.fields)["lat"] == "text"
    assert {name: kind for name, kind in info.fields if name in ("lon", "n")} == {"lon": "real", "n": "integer"}
    assert (info.reading["header_row"], info.reading["placed"]) == (3, 1)
    said = " ".join(info.problems)
    assert "Row 1 stands above the names of the columns and is left out: “Sites”." in said
    assert "Row 6: “lat: x lon: 128”" in said
    assert columns_of(path)["name"] == ["a", "b"]
    assert list(columns_of(path, header_row=4, x="128.25", y="51.5")) == ["a", "51.5", "128.25", "1", "true"]


@pytest.mark.parametrize("preview", [False, True])
def test_names_may_stand_in_two_rows_and_blank_columns_are_none(tmp_path, preview):
    rows = [["Sites"], [None, "name", "place", None, "n"], [None, None, "lat", "lon"], [None, "a", 51.5, 128.25, 1]]
    path = workbook(tmp_path / "a.xlsx", [*rows, [None, "b", 51, 128, 2]])
    info = probed_layer(path, preview=preview)
    assert info.fields == (("name", "text"), ("lat", "real"), ("lon", "real"), ("n", "integer"))
    assert (info.reading["header_row"], info.reading["placed"]) == (3, 2)
    assert info.problems == ("Row 1 stands above the names of the columns and is left out: “Sites”.",)
    path = workbook(tmp_path / "b.xlsx", [["name", None, "lat", "lon", None], ["a", None, 1, 2, "more"]])
    assert [name for name, _ in probed_layer(path, preview=preview).fields] == ["name", "lat", "lon", "Field5"]


def test_names_in_the_first_row_are_as_before(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, ["a", 51.5, 128.25, 1, True], ["b", 51, 128, 2, False]])
    info = probed_layer(path)
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
        "yyyy-mm-dd h:mm:ss",
        "yyyy-mm-dd hh:mm:ss",
        "dd/mm/yyyy",
        "14",
        "22",
        "31",
        "[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;",
    ],
)
def test_times_keep_their_time_of_day_and_days_stay_days(tmp_path, code, above):
    header = ["lat", "lon", "when", "day", "ok"]
    cells = [
        [51, 128, Styled(NOON, 1), Styled(45413, 1), True],
        [None],
        [51, 128, Styled(MORNING, 1), Styled(45414, 1), False],
    ]
    path = workbook(tmp_path / "a.xlsx", [*above, header, *cells, [51, 128]], [code])
    info = probed_layer(path)
    assert {name: kind for name, kind in info.fields if name not in ("lat", "lon")} == {
        "when": "datetime",
        "day": "date",
        "ok": "boolean",
    }
    columns = columns_of(path)
    assert columns["when"] == [TIMES[0], TIMES[1], None]
    assert columns["day"] == [DAYS[0], DAYS[1], None]
    assert columns["ok"] == [True, False, None]
    assert probed_layer(path, preview=True).fields == info.fields


def test_days_may_count_from_1904_and_fractions_of_seconds_stay(tmp_path):
    rows = [["lat", "lon", "when"], [51, 128, Styled(43951.5, 1)], [51, 128, Styled(43952 + 1.5 / 86400, 1)]]
    path = workbook(tmp_path / "a.xlsx", rows, ["yyyy-mm-dd h:mm"], is_1904=True)
    assert columns_of(path)["when"] == ["2024-05-01T12:00:00", "2024-05-02T00:00:01.500"]
    first = workbook(tmp_path / "b.xlsx", [["lat", "lon", "when"], [51, 128, Styled(1.25, 1)]], ["d.m.yy"])
    assert columns_of(first)["when"] == ["1900-01-01T06:00:00"]


def test_dates_among_texts_and_numbers_that_are_no_dates(tmp_path):
    rows = [
        ["lat", "lon", "when", "share", "how long"],
        [51, 128, Styled(NOON, 1), Styled(0.5, 2), Styled(1.5, 3)],
        [51, 128, "unknown", Styled(0.25, 2), Styled(2.5, 3)],
    ]
    path = workbook(tmp_path / "a.xlsx", rows, ["yyyy-mm-dd h:mm", "0.0%;[Red]-0.0%", "[h]:mm"])
    columns = columns_of(path)
    assert columns["when"] == ["2024-05-01T12:00:00", "unknown"]
    assert columns["share"] == [0.5, 0.25]
    assert dict(probed_layer(path).fields)["when"] == "text"
    assert dict(probed_layer(path).fields)["how long"] not in ("date", "datetime")


def timed(path: Path) -> Path:
    return workbook(path, [["name", "lat", "lon", "when"], ["a", 51, 128, Styled(NOON, 1)]], ["yyyy-mm-dd h:mm:ss"])


@pytest.mark.parametrize("declared", ["<!DOCTYPE worksheet>", '<!DOCTYPE worksheet SYSTEM "http://127.0.0.1:9/a.dtd">'])
def test_a_document_type_that_declares_nothing_costs_no_time_of_day(tmp_path, declared):
    path = altered(timed(tmp_path / "a.xlsx"), lambda name, text: text.replace("?>", f"?>{declared}", 1))
    assert columns_of(path)["when"] == TIMES[:1]
    assert probed_layer(path).problems == ()


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
@pytest.mark.parametrize("entity", ['"expanded"', 'SYSTEM "file:///etc/hostname"'])
def test_entities_are_neither_put_in_nor_fetched(tmp_path, part, entity):
    def change(name: str, text: str) -> str:
        declared = f"?><!DOCTYPE x [<!ENTITY q {entity}>]>"
        return text.replace("?>", declared, 1).replace("<t>a</t>", "<t>&q;</t>") if name == part else text

    with pytest.raises(NotReadable, match=r"it declares a document type or entities, which no workbook does"):
        probed_layer(altered(timed(tmp_path / "a.xlsx"), change))


def test_times_that_may_be_lost_are_said(tmp_path):
    def change(name: str, text: str) -> str:
        deep = "<a>" * 70 + "</a>" * 70
        return text.replace("</styleSheet>", f"{deep}</styleSheet>") if name == "xl/styles.xml" else text

    path = altered(timed(tmp_path / "a.xlsx"), change)
    said = "S1 cannot be looked at cell by cell (it is nested too deeply): its dates may lack their time of day."
    assert probed_layer(path).problems == (said,)


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
    assert probed_layer(path).reading["rows"] == 1


def test_cells_without_a_place_follow_on_each_other(tmp_path):
    """As some programs write: only the first of a row says where it is, or none."""
    rows = [["lat", "lon", "x", "when", "ok"], [51, 128, "q", Styled(NOON, 1), True]]
    path = altered(
        workbook(tmp_path / "a.xlsx", rows, ["yyyy-mm-dd h:mm:ss"]), lambda _, text: re.sub(' r="[B-E][0-9]"', "", text)
    )
    assert columns_of(path)["when"] == TIMES[:1]
    assert columns_of(path)["ok"] == [True]


@pytest.mark.parametrize("code", ["[h]:mm", "[hh]:mm:ss", "[mm]:ss", "46"])
def test_a_span_of_time_keeps_its_days(tmp_path, code):
    rows = [["lat", "lon", "span"], [51, 128, Styled(1 + 6 / 24 + 5 / 1440, 1)], [51, 128, Styled(1 / 1440, 1)]]
    path = workbook(tmp_path / "a.xlsx", rows, [code])
    assert columns_of(path)["span"] == ["30:05:00", "00:01:00"]
    assert dict(probed_layer(path).fields)["span"] == "text"


@pytest.mark.parametrize("code", ["h:mm", "hh:mm:ss", "[$-F400]h:mm:ss AM/PM", "20", "h&quot;时&quot;mm&quot;分&quot;"])
def test_a_time_of_day_is_one_and_a_moment_keeps_its_day(tmp_path, code):
    times, moments = [0.5, 7 / 24 + 1 / 86400], [NOON, MORNING]
    rows = [["lat", "lon", "t", "m", "both"]] + [
        [51, 128, Styled(t, 1), Styled(m, 1), Styled(x, 1)] for t, m, x in zip(times, moments, [0.5, NOON], strict=True)
    ]
    path = workbook(tmp_path / "a.xlsx", rows, [code])
    columns, kinds = columns_of(path), dict(probed_layer(path).fields)
    assert (columns["t"], kinds["t"]) == (["12:00:00", "07:00:01"], "time")
    assert (columns["m"], kinds["m"]) == (TIMES, "datetime")
    assert (columns["both"], kinds["both"]) == (["12:00:00", TIMES[0]], "text")


def test_no_day_is_invented_for_what_has_none(tmp_path):
    rows = [["lat", "lon", "d"], *([51, 128, Styled(days, 1)] for days in (0.5, 0, -3, 45413))]
    path = workbook(tmp_path / "a.xlsx", rows, ["yyyy-mm-dd hh:mm"])
    assert columns_of(path)["d"] == ["12:00:00", "00:00:00", "-3", "2024-05-01"]


def test_truth_values_among_texts_are_words(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["lat", "lon", "ok"], [51, 128, True], [51, 128, "maybe"]])
    assert columns_of(path)["ok"] == ["1", "maybe"], "OGR says no more where nothing else is to be looked at"
    rows = [["lat", "lon", "ok", "d"], [51, 128, True, Styled(NOON, 1)], [51, 128, "maybe", Styled(NOON, 1)]]
    path = workbook(tmp_path / "b.xlsx", rows, ["yyyy-mm-dd"])
    assert columns_of(path)["ok"] == ["true", "maybe"]


def test_a_column_may_be_named_by_a_day(tmp_path):
    rows = [["lat", "lon", Styled(45413, 1), Styled(45413, 1)], [51, 128, 1, 2]]
    assert list(columns_of(workbook(tmp_path / "a.xlsx", rows, ["dd.mm.yyyy"]))) == [
        "lat",
        "lon",
        "2024-05-01",
        "2024-05-01 (2)",
    ]


def test_rows_that_have_a_look_but_nothing_in_them_are_none(tmp_path):
    rows = [["name", "lat", "lon"], ["a", 51, 128], ["", None, None], [None], ["b", 51, 128]]
    path = altered(
        workbook(tmp_path / "a.xlsx", rows), lambda _, text: text.replace("</sheetData>", '<row r="9"/></sheetData>')
    )
    found = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None)
    assert (found.fids.tolist(), found.columns["name"]) == ([2, 5], ["a", "b"])
    assert probed_layer(path).problems == ()


RUNS = '<r><t xml:space="preserve">a </t></r><r><rPr><b/></rPr><t>bold</t></r><rPh sb="0" eb="1"><t>ei</t></rPh>'


def test_texts_in_several_fonts_are_whole_and_without_their_pronunciation(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["name", "lat", "lon"], ["AAA", 51, 128], ["b_x000D_c", 51, 128]])
    altered(path, lambda _, text: text.replace("<t>AAA</t>", RUNS))
    assert columns_of(path)["name"] == ["a bold", "b\rc"]


def test_shared_texts_are_without_their_pronunciation(tmp_path):
    names = ["東京", "plain", "種子島"]
    path = workbook(tmp_path / "a.xlsx", [["name", "lat", "lon"], *([name, 51, 128] for name in names)])
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"

    def change(name: str, text: str) -> str:
        if name == "[Content_Types].xml":
            return text.replace(
                "</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
            )
        if name.endswith("workbook.xml.rels"):
            more = f'<Relationship Id="rId9" Type="{relation}" Target="sharedStrings.xml"/></Relationships>'
            return text.replace("</Relationships>", more)
        for at, one in enumerate(names):
            text = text.replace(f't="inlineStr"><is><t>{one}</t></is>', f't="s"><v>{at}</v>')
        return text

    altered(path, change)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    spoken = '<rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>'
    texts = "".join(f"<si><t>{name}</t>{spoken if name != 'plain' else ''}</si>" for name in names)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{texts}</sst>')
    assert columns_of(path)["name"] == names


@pytest.mark.parametrize("preview", [False, True])
def test_a_number_among_truth_values_is_none_of_them(tmp_path, preview):
    rows = [["lat", "lon", "ok", "sure"], [51, 128, True, True], [51, 128, 5, None], [51, 128, None, False]]
    path = workbook(tmp_path / "a.xlsx", rows)
    columns = columns_of(path)
    assert (columns["ok"], columns["sure"]) == (["true", "5", None], [True, None, False])
    kinds = dict(probed_layer(path, preview=preview).fields)
    assert (kinds["ok"], kinds["sure"]) == ("text", "boolean")
