"""Texts that are no CRS are refused before PROJ searches its names for them; codes, names and descriptions are not."""

from __future__ import annotations

from uuid import uuid4

import pytest

from layers.errors import BadCRS
from layers.geo.crs import parse_crs
from layers.geo.crs_judge import text_for_proj
from layers.geo.proj import pyproj

NO_CRS = [
    "",
    " ",
    "garbage",
    "@file",
    "2024-05-01",
    "4326.0",
    "-4326",
    "EPSG:",
    "EPSG:a b",
    "EPSG: 4326",
    "EPSG::4326",
    ":4326",
    "EPSG:4326+",
    "foo:bar",
    "OGC:CRS84 x",
    "EPSG,4326",
    "urn:foo:bar",
    "urn:ogc:def:foo",
    "urn:ogc:def:crs:EPSG",
    "urn:ogc:def:crs:EPSG::a b",
    "http://foo/bar",
    "+foo",
    "+foo=bar",
    "GEOGCS",
    'foo["x"]',
    'garbageCS["x"]',
    'IMAGECRS["x"]',
    "[1]",
    "<gml:CRS/>",
    "pulkovo",
    "a" * 60_000,
    "WGS 84 + garbage",
    "WGS 84@2021",
    "²",
]
NO_NUMBERS = ["99999999", "0", "EPSG:999999", "epsg:999999", "ESRI:1", "EPSG:4326+EPSG:999999", "EPSG:4326+999999"]
SAME = {
    "WGS 84": "EPSG:4326",
    "wgs 84": "EPSG:4326",
    "wgs84": "EPSG:4326",
    " EPSG:4326 ": "EPSG:4326",
    "4326": "EPSG:4326",
    "WGS 84 / UTM zone 52N": "EPSG:32652",
    "WGS_1984_UTM_Zone_52N": "EPSG:32652",
    "Web Mercator": "EPSG:3857",
    "ignf:LAMB93": "IGNF:LAMB93",
    "IAU:49900": "IAU_2015:49900",
    "Nord_Maroc": "EPSG:26191",
    "wgs 84 + egm96 height": "EPSG:4326+5773",
    "EPSG:4326+5773": "EPSG:4326+EPSG:5773",
}
DESCRIBED = [
    pyproj.CRS("EPSG:32652").to_wkt(),
    pyproj.CRS("EPSG:32652").to_wkt("WKT1_GDAL"),
    pyproj.CRS("EPSG:32652").to_json(),
    "+proj=utm +zone=52 +datum=WGS84",
    "proj=utm zone=52 datum=WGS84",
    "urn:ogc:def:crs:EPSG::32652",
    "urn:ogc:def:crs:EPSG:9.8.6:32652",
    "http://www.opengis.net/def/crs/EPSG/0/32652",
]


@pytest.mark.parametrize("text", NO_CRS, ids=lambda text: text[:30])
def test_what_cannot_name_a_crs_is_not_given_to_proj(text: str) -> None:
    assert text_for_proj(text) == ""


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_numbers_are_looked_up_by_proj_alone(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """PROJ does that at once, and our own look would cost 7 ms in each process that starts."""
    monkeypatch.delattr("layers.geo.crs_judge.sqlite3")
    assert text_for_proj(text) in (text, f"EPSG:{text}")
    with pytest.raises(BadCRS, match="names no CRS"):
        parse_crs(text)
    assert parse_crs("EPSG:26914").name == "NAD83 / UTM zone 14N"


@pytest.mark.parametrize("text", SAME)
def test_names_and_codes_mean_what_proj_lists(text: str) -> None:
    assert parse_crs(text).equals(pyproj.CRS.from_user_input(SAME[text]), ignore_axis_order=True)


@pytest.mark.parametrize("text", DESCRIBED, ids=lambda text: text[:30])
def test_descriptions_are_given_to_proj_as_they_stand(text: str) -> None:
    assert text_for_proj(text) == text
    assert parse_crs(text).is_projected


def test_a_text_that_proj_refuses_is_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    unheard_of = f'GEOGCS["refused once, {uuid4()}"]'

    def refuse(text: str) -> pyproj.CRS:
        asked.append(text)
        raise pyproj.exceptions.CRSError("no")

    monkeypatch.setattr(pyproj.CRS, "from_user_input", refuse)
    for _ in range(3):
        with pytest.raises(BadCRS, match="names no CRS"):
            parse_crs(unheard_of)
    assert asked == [unheard_of]


def test_without_its_list_proj_judges_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.geo.crs_judge.names_listed", lambda: None)
    assert text_for_proj("WGS 84") == "WGS 84"
    assert text_for_proj("") == ""
