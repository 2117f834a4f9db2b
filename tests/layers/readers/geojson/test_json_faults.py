"""GeoJSON that is not quite what it should be: what is whole loads as it is written, and the rest is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from layers.pool.attribute_columns import read_attributes
from layers.pool.pool import ReaderPool
from layers.readers.features import vector_probe
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.geojson import json_repair
from layers.readers.rows import row_problems
from layers.requests.features import OfLayer
from tests.support.readers.probed import probed_layer
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)


def feature(x: float = 1, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [x, 2]}}


def columns_of(path: Path, exact: bool = False) -> dict[str, list[Any]]:
    return rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 1000, None, exact=exact).columns


def collection(path: Path, *features: dict[str, Any] | str, encoding: str = "utf-8", **more: Any) -> Path:
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in features]
    head = "".join(f'"{key}": {json.dumps(value)}, ' for key, value in more.items())
    path.write_bytes(
        f'{{"type": "FeatureCollection", {head}"features": [\n'.encode(encoding)
        + ",\n".join(texts).encode(encoding)
        + "\n]}\n".encode(encoding)
    )
    return path


def export(path: Path, kind: str, out: Path) -> Path:
    params = {"path": str(path), "out": str(out), "format": kind, "start": 0, "title": "a"}
    assert POOL.ask(raw("export_rows", params)).facts.next_start is None
    return out


def table_of(path: Path) -> dict[str, list[Any]]:
    """As the attribute table shows it, through the other door."""
    found = read_attributes(POOL, OfLayer.of({"path": str(path)}))
    return {name: [column.value(row) for row in range(len(column))] for name, column in found.columns.items()}


def lines(path: Path, *texts: str, separator: str = "") -> Path:
    path.write_bytes("".join(f"{separator}{text}\n" for text in texts).encode())
    return path


GOOD = json.dumps(feature(n=1))


@pytest.mark.parametrize("separator", ["", "\x1e"])
def test_lines_that_are_no_feature_are_listed_and_the_others_load(tmp_path, separator):
    path = lines(tmp_path / "a.geojsonl", GOOD, "not json", "", '{"a": 1}', GOOD, "[[1", separator=separator)
    info = probed_layer(path)
    assert info.features == 2
    assert [problem.split(" (")[0] for problem in info.problems] == [
        "Line 2: it is no JSON",
        "Line 4: it is JSON but no feature: it is left out.",
        "Line 6: it is no JSON",
    ]
    assert columns_of(path) == {"n": [1, 1]}


def test_lines_that_all_load_are_not_complained_of(tmp_path):
    forgiven = GOOD.replace("1}", "1,}", 1)  # OGR does
    path = lines(tmp_path / "a.geojsonl", GOOD, forgiven, "", '{"type": "Point", "coordinates": [1, 2]}')
    assert (probed_layer(path).features, probed_layer(path).problems) == (3, ())


def test_a_record_may_go_on_over_lines_where_a_mark_begins_it(tmp_path):
    long = GOOD.replace(", ", ",\n")
    path = lines(tmp_path / "a.geojsonl", long, "not json", GOOD, separator="\x1e")
    assert probed_layer(path).features == 2
    assert probed_layer(path).problems[0].startswith(f"Line {long.count(chr(10)) + 2}: it is no JSON")


def test_of_a_large_file_all_lost_lines_are_counted(tmp_path, monkeypatch):
    path = lines(tmp_path / "a.geojsonl", *[GOOD, "no"] * 50, GOOD)
    assert len(probed_layer(path).problems) == row_problems.MOST_LISTED + 1
    assert probed_layer(path).problems[-1] == "50 lines in all: each is left out."
    monkeypatch.setattr(json_repair, "MOST_PARSED_BYTES", 400)
    monkeypatch.setattr(vector_probe, "MOST_PARSED_BYTES", 400)
    path = lines(tmp_path / "b.geojsonl", *[GOOD, "no"] * 50, GOOD)
    assert probed_layer(path).problems == (
        "50 lines are no features and are left out; the file is too large to say which.",
    )


def test_an_incomplete_line_at_the_end_does_not_cost_the_others(tmp_path):
    path = lines(tmp_path / "a.geojsonl", GOOD, '{"a": 1}', GOOD, GOOD[:-20])
    assert probed_layer(path).features == 2
    assert columns_of(path) == {"n": [1, 1]}
    assert len(probed_layer(path).problems) == 2


@pytest.mark.parametrize("cut", [1, 5, 30, 80, 120])
def test_the_whole_features_of_a_file_that_was_cut_off_are_loaded(tmp_path, cut):
    path = collection(tmp_path / "a.geojson", feature(1, n=1), feature(2, n=2), feature(3, n=3, m="x" * 60))
    path.write_bytes(path.read_bytes().rstrip()[: -cut - 2])
    info = probed_layer(path)
    left = 3 if cut == 1 else 2
    assert columns_of(path)["n"] == table_of(path)["n"] == [1, 2, 3][:left]
    assert f"damaged or cut off after its {left} whole features" in info.problems[0]
    assert "line 4" in info.problems[0] or cut == 1


def test_a_fault_within_a_file_costs_what_follows(tmp_path):
    path = collection(tmp_path / "a.geojson", feature(1, n=1), '{"type": ]', feature(2, n=3))
    assert columns_of(path)["n"] == [1]
    assert "line 3: what follows is left out" in probed_layer(path).problems[0]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1251", "cp1251, which is a guess"),
        ("gb18030", "gb18030"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-8-sig", ""),
    ],
)
@pytest.mark.parametrize("suffix", ["geojson", "geojsonl"])
def test_encodings_are_recovered(tmp_path, encoding, said, suffix):
    text = "\u56fd\u5bb6\u5730\u7406\u4fe1\u606f" if encoding == "gb18030" else "Космодром Восточный"
    path = tmp_path / f"a.{suffix}"
    whole = json.dumps(feature(name=text, n=1), ensure_ascii=False) + "\n"
    if suffix == "geojson":
        collection(path, whole)
        whole = path.read_text("utf-8")
    path.write_bytes(whole.encode(encoding))
    assert columns_of(path)["name"] == table_of(path)["name"] == [text]
    assert said in " ".join(probed_layer(path).problems)
    assert bool(said) == bool(probed_layer(path).problems)


def test_one_bad_byte_does_not_change_the_encoding_of_the_others(tmp_path):
    path = collection(tmp_path / "a.geojson", feature(name="Космодром Восточный", b="?"))
    path.write_bytes(path.read_bytes().replace(b"?", b"\xff"))
    assert columns_of(path) == {"name": ["Космодром Восточный"], "b": ["\ufffd"]}
    assert "1 byte that is no UTF-8" in probed_layer(path).problems[0]


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, -(2**63) - 1, -(2**62), 10**30])
def test_whole_numbers_of_more_than_64_bits_are_kept_as_text(tmp_path, number):
    path = collection(tmp_path / "a.geojson", feature(1.1234567890123456789, v=number, s=f": {number}"), feature(v=7))
    assert columns_of(path) == table_of(path) == {"v": [str(number), "7"], "s": [f": {number}", None]}
    assert probed_layer(path).problems == (
        f"Column v holds whole numbers too large to be read as such ({number}): it is kept as text.",
    )
    by_line = lines(tmp_path / "a.geojsonl", json.dumps(feature(v=number)), json.dumps(feature(v=7)))
    assert columns_of(by_line) == {"v": [str(number), "7"]}


def test_large_numbers_in_lists_and_numbers_that_just_fit(tmp_path):
    path = collection(tmp_path / "a.geojson", feature(v=[2**64, 1], w=2**63 - 1), feature(v=[2], w=1 - 10**18))
    assert columns_of(path)["w"] == [2**63 - 1, 1 - 10**18]
    assert str(2**64) in str(columns_of(path)["v"])


def test_infinite_numbers_are_said(tmp_path):
    path = collection(
        tmp_path / "a.geojson",
        feature(v=1.5),
        feature(v=float("inf")),
        '{"type": "Feature", "properties": {"v": -1e999}, "geometry": {"type": "Point", "coordinates": [1, 2]}}',
    )
    assert columns_of(path) == table_of(path) == {"v": [1.5, None, None]}
    assert probed_layer(path).problems == (
        "Column v holds numbers without an end or too large to keep, 2 in all: these cells are shown empty.",
    )


DATES = [
    ("2024-02-28", "2024-02-30"),
    ("2024-02-28", "0000-01-01"),
    ("2024-02-28", "01-02-03"),
    ("10:00:00", "23:59:60"),
    ("2024-02-28T10:00:00Z", "2016-12-31T23:59:60Z"),
    ("2024-02-28T10:00:00Z", "2024-02-30T10:00:00Z"),
]


@pytest.mark.parametrize(("good", "bad"), DATES)
@pytest.mark.parametrize("suffix", ["geojson", "geojsonl"])
def test_a_date_that_is_none_stays_the_text_that_is_written(tmp_path, good, bad, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "geojson":
        collection(path, feature(v=good), feature(v=bad), feature(v=None))
    else:
        lines(path, *(json.dumps(feature(v=v)) for v in (good, bad, None)))
    assert columns_of(path) == table_of(path) == {"v": [good, bad, None]}
    assert probed_layer(path).problems[0] == f"Row 2: its v “{bad}” is no date or time as it is written."
    for kind in ("GPKG", "FlatGeobuf", "GeoJSON", "CSV"):
        export(path, kind, tmp_path / f"out.{kind}")
    assert columns_of(tmp_path / "out.GPKG")["v"] == [good, bad, None]


def test_dates_that_are_some_stay_dates_whatever_other_texts_say(tmp_path):
    path = collection(
        tmp_path / "a.geojson", feature(v="2024-02-29", w="2016-12-31T23:59:59Z", s="2024-02-30"), feature(s="x")
    )
    assert dict(probed_layer(path).fields) == {"v": "date", "w": "datetime", "s": "text"}
    assert probed_layer(path).problems == ()


def test_lists_of_truth_values_are_read_and_written(tmp_path):
    same = collection(tmp_path / "same.geojson", feature(v=[True, False]), feature(v=[False, True]))
    assert columns_of(same) == {"v": [[True, False], [False, True]]}
    lists = [[True, False], [False], None, []]
    path = collection(tmp_path / "a.geojson", *(feature(a=at, v=one, z="z") for at, one in enumerate(lists)))
    wanted = {"a": [0, 1, 2, 3], "v": lists, "z": ["z"] * 4}
    assert columns_of(path) == columns_of(path, exact=True) == wanted
    assert rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 10, ["v"]).columns == {"v": lists}
    assert table_of(path)["v"] == ["[true, false]", "[false]", None, "[]"]
    assert columns_of(export(path, "GeoJSON", tmp_path / "out.geojson")) == wanted
    assert columns_of(export(path, "GPKG", tmp_path / "out.gpkg"))["v"] == ["[true, false]", "[false]", None, "[]"]
    for kind in ("FlatGeobuf", "CSV"):
        export(path, kind, tmp_path / f"out.{kind}")


@pytest.mark.parametrize("suffix", ["geojson", "geojsonl", "json"])
def test_what_features_say_beside_their_properties_is_named(tmp_path, suffix):
    one = {**feature(n=1), "assets": {"a": 1}, "collection": "c", "id": "x", "bbox": [1, 2, 1, 2]}
    path = tmp_path / f"a.{suffix}"
    if suffix == "json":
        path.write_text(json.dumps(one))
    elif suffix == "geojsonl":
        lines(path, json.dumps(one), json.dumps(one))
    else:
        collection(path, one, feature(n=2))
    said = f"What features of a.{suffix} say beside their properties is not read: assets, collection."
    assert said in probed_layer(path).problems
    assert probed_layer(collection(tmp_path / "b.geojson", feature(n=1, assets=2))).problems == ()
