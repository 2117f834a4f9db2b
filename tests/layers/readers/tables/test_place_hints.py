"""Hemispheres in columns of their own, and pairs that begin with the longitude: no place on the wrong side."""

from pathlib import Path

import pytest
import shapely
from msgspec import convert

from layers.errors import CannotBePlaced
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.tables.place_hints import shows_longitude_first, side_of, with_latitude_first
from layers.requests.features import OfLayer
from layers.vector.table import VectorInfo
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)


def placed(folder: Path, *lines: str) -> tuple[list[tuple[float, float] | None], VectorInfo]:
    path = folder / "a.csv"
    path.write_text("\n".join(lines), "utf-8")
    (found,) = POOL.ask(raw("probe", {"path": str(path)})).header["layers"]
    shapes = shapely.from_wkb(list(rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None).wkb))
    return [None if one is None else tuple(round(v, 6) for v in one.coords[0]) for one in shapes], convert(
        found, VectorInfo
    )


@pytest.mark.parametrize(
    "lines",
    [
        ("lat,ns,lon,ew", "51.5,N,128.25,E", "33.9,S,70.5,W"),
        ("ns,lat,ew,lon", "N,51.5,E,128.25", "S,33.9,W,70.5"),
        ("lat,lon,lat_dir,lon_dir", "51.5,128.25,north,east", "33.9,70.5,South,West"),
        ("GPSLatitude,GPSLongitude,GPSLatitudeRef,GPSLongitudeRef", "51.5,128.25,N,E", "33.9,70.5,S,W"),
        ("широта;ш;долгота;д", "51,5;с.ш.;128,25;в. д.", "33°54'0\";ю;70,5;з"),
        ("纬度,向,经度,向2", "51.5,北纬,128.25,东经", "33.9,南,70.5,西"),
        ("lat,ns,lon,ew", "51.5,N,128.25,E", "-33.9,S,-70.5,W"),
    ],
)
def test_hemispheres_in_columns_of_their_own_count(tmp_path, lines):
    places, info = placed(tmp_path, *lines)
    assert places == [(128.25, 51.5), (-70.5, -33.9)]
    assert {"x_side", "y_side"} <= set(info.reading["columns"])
    assert info.problems == ()


@pytest.mark.parametrize(
    "lines",
    [
        ("lat,ns,lon,ew", "5130.000,N,12815.00,E", "3354.0,S,07030.0,W"),
        ("lat,ns,lon,ew", "5130.000,N,12815.00,E", ",,,", "3354.0,S,07030.0,W"),
    ],
)
def test_degrees_and_minutes_in_one_number_are_what_receivers_write(tmp_path, lines):
    places, info = placed(tmp_path, *lines)
    assert [place for place in places if place] == [(128.25, 51.5), (-70.5, -33.9)]
    assert info.crs == "EPSG:4326"


@pytest.mark.parametrize("row", ["5160.0,N,12815.0,E", "9130.0,N,12815.0,E", "5748346.1,N,454160.9,E"])
def test_other_large_numbers_are_no_degrees_and_minutes(tmp_path, row):
    _, info = placed(tmp_path, "lat,ns,lon,ew", row)
    assert info.crs == ""


def test_what_contradicts_itself_has_no_place(tmp_path):
    places, info = placed(tmp_path, "lat,ns,lon,ew", "-5,N,3,E", "5,,3,", "5,N,3,W")
    assert places == [None, (3, 5), (-3, 5)]
    assert "Row 2: its latitude is -5 and called N: one of them is wrong." in info.problems


@pytest.mark.parametrize(
    "lines", [("name,lat,lon,s", "E,51.5,128.25,S", "x,33.9,70.5,E"), ("lat,lon,n", "51.5,128.25,1", "33.9,70.5,2")]
)
def test_other_columns_are_no_hemispheres(tmp_path, lines):
    places, info = placed(tmp_path, *lines)
    assert places == [(128.25, 51.5), (70.5, 33.9)]
    assert set(info.reading["columns"]) == {"x", "y"}


def test_one_pair_shows_the_order_of_all(tmp_path):
    places, info = placed(tmp_path, "name,geo", 'a,"[63.3, 45.96]"', 'b,"[128.334, 51.884]"', "c,52UCD1234567890")
    assert places[:2] == [(63.3, 45.96), (128.334, 51.884)]
    assert places[2] is not None
    assert "“geo” is read with the longitude first: row 3 cannot be otherwise." in info.problems


@pytest.mark.parametrize("cells", [["51.884, 128.334", "95.3, 45.96"], ["1, 2", "3 4"], ["x", None, "51°N 128°E"], []])
def test_in_doubt_pairs_begin_with_the_latitude(cells):
    assert shows_longitude_first(cells) is None


def test_only_pairs_are_turned_round():
    assert shows_longitude_first([None, "(128.3; 51)", "1 2"]) == 1
    assert with_latitude_first([None, "(128.3; 51)", "-1 2", "x"]) == [None, "51, 128.3", "2, -1", "x"]
    assert [side_of(cell) for cell in (None, " ", "с. ш.", "W", "westward")] == ["", "", "N", "W", "?"]


def test_a_number_with_a_decimal_comma_is_no_pair(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name;y1;x1\na;51,51;128,25\nb;52,5;129,25\n", "utf-8")
    with pytest.raises(CannotBePlaced):
        POOL.ask(raw("probe", {"path": str(path)}))
    assert shows_longitude_first(["128,25", "129,25"]) is None
    places, _ = placed(tmp_path, "name;ш.;д.", "a;51,5;128,25", "b;-33,9;-70,5")
    assert places == [(128.25, 51.5), (-70.5, -33.9)]
