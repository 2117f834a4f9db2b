"""Answers of servers of maps on a place, of every kind that they send: text, bounded, and nothing of it run."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.services.info.info_answer import LONGEST_VALUE, MOST_BYTES, MOST_ROWS, InfoRow, read_info
from layers.services.info.info_request import can_be_asked, info_address
from layers.services.tile_service import TileService

PLAIN = b"GetFeatureInfo results:\n\nLayer 'parks'\n  Feature 3: \n    name = 'North Park'\n    note: 12 ha\n----\n"
HTML = b"""<!DOCTYPE html><html><head><title>no</title><style>p {color: red}</style></head><body onload="steal()">
<script>fetch('http://evil.example')</script><img src="http://evil.example/x.png">
<table><tr><th>name</th><td>North <b>Park</b></td></tr><tr><td>area</td><td>12 &lt; 13 ha</td></tr></table>
</body></html>"""
GML = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<msGMLOutput xmlns:gml="g"><parks_layer>
<parks_feature fid="7"><gml:boundedBy><gml:Box srsName="EPSG:3857"><gml:coordinates>1,2 3,4</gml:coordinates></gml:Box>
</gml:boundedBy><name>North Park</name><note>&e;</note></parks_feature></parks_layer></msGMLOutput>"""
ESRI = b"""<?xml version="1.0"?><FeatureInfoResponse xmlns="http://www.esri.com/wms" xmlns:esri_wms="e">
<FIELDS OBJECTID="3" name="North Park" Shape="Polygon"/></FeatureInfoResponse>"""
MAPINFO = b"""<?xml version="1.0"?><FeatureCollection>
<Feature><Val name="name">North Park</Val></Feature></FeatureCollection>"""
FEATURES = {
    "type": "FeatureCollection",
    "crs": {"properties": {"name": "EPSG:3857"}},
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [1e6, 6e6]},
            "properties": {"name": "North Park", "more": {"area": 12}, "none": None},
        }
    ],
}
ARCGIS = {"results": [{"layerName": "parks", "attributes": {"name": "North Park"}, "geometry": {"x": 1}}]}
SAID = (
    b'<?xml version="1.0"?><ServiceExceptionReport><ServiceException code="LayerNotQueryable">not this one'
    b"</ServiceException></ServiceExceptionReport>"
)


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (PLAIN, [("", "GetFeatureInfo results:"), ("", "Layer 'parks'"), ("", "Feature 3:"), ("name", "North Park")]),
        (HTML, [("name", "North Park"), ("area", "12 < 13 ha")]),
        (GML, [("name", "North Park")]),
        (ESRI, [("OBJECTID", "3"), ("name", "North Park")]),
        (MAPINFO, [("name", "North Park")]),
        (json.dumps(FEATURES).encode(), [("name", "North Park"), ("area", "12")]),
        (json.dumps(ARCGIS).encode(), [("name", "North Park")]),
        (b"\xef\xbb\xbf" + json.dumps(FEATURES).encode(), [("name", "North Park"), ("area", "12")]),
        ("Größe = 3".encode("cp1252"), [("Größe", "3")]),
        (b"", []),
        (b'{"type": "FeatureCollection", "features": []}', []),
        (b'{"features": [', [("", "The answer is JSON that is cut short or damaged.")]),
        (b"<?xml version='1.0'?><a><b>", [("", "The answer is XML that is cut short, too large or damaged.")]),
    ],
)
def test_w24_answers_of_every_kind_are_read_as_names_and_values(body: bytes, rows: list[tuple[str, str]]) -> None:
    answer = read_info(body)
    assert [(row.name, row.value) for row in answer.rows][: len(rows)] == rows
    assert answer.rows[len(rows) :] in ((), (InfoRow("note", "12 ha"),))
    words = " ".join(f"{row.name} {row.value}" for row in answer.rows)
    assert not any(unseen in words for unseen in ("evil", "steal", "color", "1,2", "6000000", "root:"))
    assert (answer.refusal, answer.is_cut) == ("", False)


def test_w24_an_exception_is_the_servers_own_words() -> None:
    answer = read_info(SAID)
    assert (answer.rows, answer.refusal) == ((), "not this one")


def test_w24_an_endless_answer_is_bounded() -> None:
    answer = read_info(b"name = " + b"x" * (2 * MOST_BYTES))
    assert [len(row.value) for row in answer.rows] == [LONGEST_VALUE]
    assert answer.is_cut
    many = read_info(b"a = 1\n" * (MOST_ROWS + 5))
    assert (len(many.rows), many.is_cut) == (MOST_ROWS, True)


@given(st.binary(max_size=300), st.sampled_from([b"", b"<", b"{", b"<html>", b"<?xml version='1.0'?><a>"]))
def test_w24_any_bytes_are_rows_of_plain_words(body: bytes, start: bytes) -> None:
    for row in read_info(start + body).rows:
        assert row.value.split()
        assert len(row.value) <= LONGEST_VALUE


QUERY = "SERVICE=WMS&VERSION={}&REQUEST=GetMap&LAYERS=a%2Cb,c&STYLES=&{}=EPSG:3857&FORMAT=image/png&" + (
    "BBOX={{bbox}}&WIDTH={{width}}&HEIGHT={{height}}"
)


@pytest.mark.parametrize(("version", "crs", "across", "down"), [("1.3.0", "CRS", "I", "J"), ("1.1.1", "SRS", "X", "Y")])
def test_the_question_is_the_map_itself_with_the_place_in_its_middle(
    version: str, crs: str, across: str, down: str
) -> None:
    service = TileService("Maps", f"https://maps.example.org/wms?map=x&{QUERY.format(version, crs)}", kind="wms")
    assert can_be_asked(service)
    address = info_address(service, 1000.0, 2000.0, 10.0, "text/plain")
    base, _, query = address.partition("?")
    asked = dict(part.split("=", 1) for part in query.split("&"))
    assert base == "https://maps.example.org/wms"
    assert (asked["map"], asked["REQUEST"], asked["LAYERS"], asked["QUERY_LAYERS"]) == (
        "x",
        "GetFeatureInfo",
        "a%2Cb,c",
        "a%2Cb,c",
    )
    assert (asked[across], asked[down], asked["WIDTH"], asked["HEIGHT"]) == ("50", "50", "101", "101")
    west, south, east, north = map(float, asked["BBOX"].split(","))
    assert ((west + east) / 2, (south + north) / 2, east - west) == (1000.0, 2000.0, 1010.0)
    assert asked["INFO_FORMAT"] == "text/plain"


def test_tiles_are_not_asked_about_a_place() -> None:
    assert not can_be_asked(TileService("Sky", "https://tiles.example.org/{z}/{x}/{y}.png"))
    assert not can_be_asked(TileService("Sky", "https://tiles.example.org/?REQUEST=GetMap&x={x}&y={y}&z={z}"))
