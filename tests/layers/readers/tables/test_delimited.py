"""Text tables: cells of any length, header rows, delimiters and what is said of rows."""

from pathlib import Path

import pytest
import shapely

from layers.errors import UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.readers.tables import delimited
from layers.readers.tables.delimited import read_delimited
from layers.readers.tables.header_row import header_at
from tests.support.readers.probed import probed_layer
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("rows", [1, 30])
def test_a_coastline_fits_into_a_cell(tmp_path, rows, preview):
    """A cell over Python's limit of 131,072 characters, and over what a preview looks at first."""
    line = shapely.LineString([(i / 1e4, 50 + (i % 7) / 7) for i in range(30_000)]).wkt
    assert len(line) > 2**19
    path = written(tmp_path / "coast.csv", "name,wkt\n" + "".join(f'coast {i},"{line}"\n' for i in range(rows)))
    info = probed_layer(path, preview=preview)
    assert (info.geometry, info.problems) == ("LineString", ())
    assert info.reading["placed"] == info.features
    assert rows if not preview else 0 < info.features <= rows


def test_a_preview_leaves_out_the_row_that_it_cuts(tmp_path):
    path = written(tmp_path / "a.csv", "name,lat,lon\n" + f"{'x' * 1000},51,128\n" * 900)
    table = read_delimited(str(path), {}, preview=True)
    assert 400 < len(table) < 900
    assert set(table.columns["lon"]) == {"128"}


@pytest.mark.parametrize("more", range(3))
def test_a_preview_that_ends_within_a_character_says_nothing_of_it(tmp_path, more):
    text = f"name,lat,lon\n{'x' * (300 + more)},1,2\n" + f"{'酒泉' * 200},51,128\n" * 900
    assert read_delimited(str(written(tmp_path / "a.csv", text)), {}, preview=True).problems == ()


def test_a_file_that_ends_within_a_character_says_so(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("name,lat,lon\nb,1,2\n酒,1,2\n泉".encode()[:-1])
    assert "1 character of a.csv is no utf-8: choose its encoding." in read_delimited(str(path), {}).problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_stray_nul_is_marked_in_its_cell(tmp_path, encoding):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path = written(tmp_path / "a.csv", mark + "name,lat,lon\na\0b,51.5,128.25\n" + "x,51,128\n" * 20, encoding)
    assert probed_layer(path).features == 21
    assert read_delimited(str(path), {}).columns["name"][0] == "a\ufffdb"


@pytest.mark.parametrize(
    "data", [b"name,lat\n\x00\x01\x02,5\n" * 20, b"n\0a\0m\0e\0,\0", bytes(range(256)) * 4, b"\0" * 99]
)
def test_what_is_binary_is_no_table(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(UnsupportedFormat, match="of no kind that Geoloupe opens"):
        probed_layer(path)


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("end", ["", "\n", 'f,"g\nh",9,9\n'])
def test_a_quotation_mark_that_is_never_closed_swallows_nothing(tmp_path, end, preview):
    text = 'name,note,lat,lon\na,"x\ny",1,2\n"b,z,3,4\nc,5" gun,5,6\n"d,,7,8\r\ne,"",7,8' + (end and "\n" + end)
    path = written(tmp_path / "a.csv", text)
    table = read_delimited(str(path), {}, preview=preview)
    more = ["f"] if end.startswith("f") else []
    assert table.columns["name"] == ["a", '"b', "c", '"d', "e", *more]
    assert table.columns["note"] == ["x\ny", "z", '5" gun', None, "", *(["g\nh"] if more else [])]
    said = [f"Row {row}: a quotation mark in it is never closed: it is taken as text." for row in (3, 5)]
    assert list(table.problems) == said
    assert probed_layer(path).reading["placed"] == len(table)


def test_many_marks_that_are_never_closed_take_no_time(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MOST_READ_AGAIN", 500)
    path = written(tmp_path / "a.csv", "name,lat,lon\n" + '"x,1,2\ny,1,2\n"' * 101)
    assert len(read_delimited(str(path), {})) > 0


WIDE = {
    "ru": "название;широта;долгота\nВосточный;51,88;128,33\nПлесецк;62,93;40,57\n",
    "zh": "名称\t纬度\t经度\n酒泉卫星发射中心\t40.96\t100.29\n文昌一\t19.61\t110.95\n",
    "en": "name,lat,lon\r\nBaikonur,45.96,63.3\r\nKourou,5.2,-52.7\r\n",
}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("language", WIDE)
def test_utf_16_and_32_without_a_mark_are_known_by_their_nuls(tmp_path, language, encoding):
    path, plain = (
        written(tmp_path / "a.csv", WIDE[language], encoding),
        written(tmp_path / "b.csv", "\ufeff" + WIDE[language]),
    )
    assert read_delimited(str(path), {}).columns == read_delimited(str(plain), {}).columns
    info = probed_layer(path)
    assert (info.features, info.reading["placed"], info.reading["encoding"]) == (2, 2, encoding)
    assert info.reading["encoding_evidence"] == "it has a NUL beside each delimiter"
    assert not info.problems


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_who_chooses_utf_16_need_not_know_the_order_of_its_bytes(tmp_path, encoding):
    info = probed_layer(written(tmp_path / "a.csv", WIDE["zh"], encoding), options={"encoding": "utf-16"})
    assert (info.reading["placed"], info.reading["encoding"]) == (2, encoding)
    assert info.reading["encoding_evidence"] == "chosen by hand"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-32-be"])
def test_a_mark_says_which_of_them_it_is(tmp_path, encoding):
    mark = "\ufeff" if encoding.endswith("be") else ""
    path = written(tmp_path / "a.csv", mark + WIDE["zh"], encoding)
    assert read_delimited(str(path), {}).columns["名称"] == ["酒泉卫星发射中心", "文昌一"]
    assert probed_layer(path).reading["encoding_evidence"] == "its first bytes say so"


TITLED = (
    "Sites of interest;;;\n\nas of;2024-05-01;;\nname;lat;lon;n\na;51.5;128.25;1\n\nb;nowhere;128;2\nc;51;128;3;4\n"
)


def test_titles_above_the_names_are_left_out_and_said(tmp_path):
    path = written(tmp_path / "a.csv", TITLED)
    info = probed_layer(path)
    assert [name for name, _ in info.fields] == ["name", "lat", "lon", "n"]
    assert dict(info.fields)["n"] == "integer"
    assert (info.features, info.reading["header_row"], info.reading["placed"]) == (3, 4, 2)
    said = " ".join(info.problems)
    assert "Row 1 stands above the names of the columns and is left out: “Sites of interest”." in said
    assert "Row 3 stands above the names of the columns and is left out: “as of 2024-05-01”." in said
    assert "Row 7: “lat: nowhere lon: 128”" in said, "as a spreadsheet counts, with the empty rows"
    assert "Row 8: it has 5 cells where the header has 4" in said
    listed = POOL.ask(raw("features", {"path": str(path), "crs": "EPSG:4326"})).header
    assert 7 in [row for row, _ in listed["lost"]]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"header_row": 4}, ["name", "lat", "lon", "n"]),
        ({"header_row": 5}, ["a", "51.5", "128.25", "1"]),
        ({"header": False}, ["column 1", "column 2", "column 3", "column 4"]),
        ({"header_row": 999}, ["c", "51", "128", "3", "4"]),
    ],
)
def test_the_row_of_names_can_be_chosen(tmp_path, options, names):
    assert list(read_delimited(str(written(tmp_path / "a.csv", TITLED)), options).columns) == names


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["name", "lat", "lon"], ["a", "1", "2"]], 0),
        ([["1", "2", "3"], ["4", "5", "6"]], 0),
        ([["title", None, None], ["name", "lat", "lon"], ["a", "1", "2"]], 1),
        ([["a"], ["b"], ["c"]], 0),
        ([["id", "", "", ""], ["1", "2", "3", "x"], ["4", "5", "6", "y"]], 0),
        ([["lat", "lon", ""], ["1", "2", "x"]], 0),
        ([["title"], ["names", "of", "it"]], 0),
        ([[None, None], ["lat", "lon"], ["1", "2"]], 1),
        ([["t", None, None], ["1", "2", "3"], ["name", "lat", "lon"], ["a", "1", "2"]], 2),
        ([], 0),
    ],
)
def test_where_the_names_are(rows, at):
    assert header_at(rows, range(1, len(rows) + 1), {}) == at


TWO_ROWS = "Report;;;\nname;place;;n\n;lat;lon;\na;51,5;128,25;1\nb;1;2;2\n"


@pytest.mark.parametrize(
    ("text", "names", "first"),
    [
        (TWO_ROWS, ["name", "lat", "lon", "n"], 4),
        (TWO_ROWS.partition("\n")[2], ["name", "lat", "lon", "n"], 3),
        ("id;start;;end;\n;lat;lon;lat;lon\n1;1;2;3;4\n", ["id", "lat", "lon", "end lat", "end lon"], 3),
        ("name;;lat;lon\na;x;;\nb;y;1;2\n", ["name", "column 2", "lat", "lon"], 2),
        ("name;note;lat;lon\na;;x;y\nb;;1;2\n", ["name", "note", "lat", "lon"], 2),
        ("name;lat;lon;;;\na;1;2;;;\nb;3;4;;z;\n", ["name", "lat", "lon", "column 5"], 2),
        ("name;lat;lon;empty\na;1;2;\n", ["name", "lat", "lon", "empty"], 2),
    ],
)
def test_names_may_stand_in_two_rows_and_blank_columns_are_none(tmp_path, text, names, first):
    path = written(tmp_path / "a.csv", text)
    table = read_delimited(str(path), {})
    assert (list(table.columns), table.numbers[0]) == (names, first)
    assert probed_layer(path).bounds is not None
    said = [one for one in table.problems if "stands above" in one]
    assert said == (["Row 1 stands above the names of the columns and is left out: “Report”."] if first == 4 else [])


def test_a_delimiter_is_found_below_a_title(tmp_path):
    table = read_delimited(
        str(written(tmp_path / "a.csv", "Sites, as of May\nname;lat;lon\na;51,5;128,2\nb;1,5;2,2\n")), {}
    )
    assert list(table.columns) == ["name", "lat", "lon"]
