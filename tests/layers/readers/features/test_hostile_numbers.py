"""Numbers and characters that no cell holds: one of them costs its cell, not the file, and not the time of a reader."""

import json
from pathlib import Path

import pytest

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.readers.geojson import json_repair
from layers.text.xml_decoding import MOST_MENDED
from layers.vector.table import VectorInfo
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)


def info_of(path: Path) -> VectorInfo:
    return POOL.ask(raw("probe", {"path": str(path)})).facts.layers[0]


def rows_of(path: Path) -> dict:
    return POOL.ask(raw("attributes", {"path": str(path)})).header["columns"]


def geojson(path: Path, values: list[str], places: list[str] | None = None) -> Path:
    rows = [
        f'{{"type":"Feature","properties":{{"v":{value}}},"geometry":{{"type":"Point","coordinates":{place}}}}}'
        for value, place in zip(values, places or ["[1,2]"] * len(values), strict=True)
    ]
    path.write_text(f'{{"type":"FeatureCollection","features":[{",".join(rows)}]}}')
    return path


def test_a_number_of_thousands_of_digits_is_text(tmp_path):
    path = geojson(tmp_path / "a.geojson", ["9" * 5000, "1"])
    assert rows_of(path)["v"] == ["9" * 5000, "1"]


def test_a_coordinate_without_an_end_costs_its_row(tmp_path):
    path = geojson(tmp_path / "a.geojson", ["1", "2", "3"], ["[1,2]", "[1e999, 2]", "[3,4]"])
    info = info_of(path)
    assert info.features == 3
    assert any("2" in problem for problem in info.problems)


def test_a_long_list_of_large_numbers_is_told_and_not_made_text(tmp_path, monkeypatch):
    monkeypatch.setattr(json_repair, "MOST_LISTED", 3)
    path = geojson(tmp_path / "a.geojson", [json.dumps([10**20 + n for n in range(9)])])
    assert any("may be rounded" in problem for problem in info_of(path).problems)


KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACE = "<Placemark><name>{}</name>{}<Point><coordinates>1,2</coordinates></Point></Placemark>"


def test_a_reference_to_no_character_is_marked(tmp_path):
    (tmp_path / "a.kml").write_text(KML.format(PLACE.format("a&nbsp;b&eacute; &#0; &#xD800; &#65; & c", "")), "utf-8")
    assert rows_of(tmp_path / "a.kml")["name"] == ["a bé \ufffd \ufffd A & c"]


def test_a_text_of_ampersands_is_refused(tmp_path):
    (tmp_path / "a.kml").write_text(KML.format(PLACE.format("&" * (MOST_MENDED + 10), "")), "utf-8")
    with pytest.raises(GeoloupeError, match="ampersands"):
        info_of(tmp_path / "a.kml")


def test_whole_numbers_beyond_64_bits_are_kept_as_text_or_left_out(tmp_path):
    schema = '<Schema id="s"><SimpleField type="int" name="n"/></Schema>'
    cell = f'<SchemaData schemaUrl="#s"><SimpleData name="n">{"9" * 400}</SimpleData></SchemaData>'
    data = f"<ExtendedData>{cell}</ExtendedData>"
    (tmp_path / "a.kml").write_text(KML.format(schema + PLACE.format("x", data)), "utf-8")
    assert rows_of(tmp_path / "a.kml")["n"] == ["9" * 400]
    (tmp_path / "a.gpx").write_text('<gpx version="1.1" creator="t"><wpt lat="1" lon="2"><sat>1e300</sat></wpt></gpx>')
    assert rows_of(tmp_path / "a.gpx").get("sat", [None]) == [None]


def test_a_box_that_is_nowhere_says_so(tmp_path):
    box = "<north>1e999</north><south>1</south><east>2</east><west>1</west><rotation>1e308</rotation>"
    overlay = f"<GroundOverlay><name>x</name><LatLonBox>{box}</LatLonBox></GroundOverlay>"
    (tmp_path / "a.kml").write_text(KML.format(overlay + PLACE.format("y", "")), "utf-8")
    said = " ".join(info_of(tmp_path / "a.kml").problems)
    assert "no place on the Earth" in said
    assert "math" not in said
