"""Shapes in WKT are read to their bounds, within limits; everything else is left to others or said."""

from __future__ import annotations

import pytest

from layers.errors import BadCoordinate
from layers.geo.bounds import Bounds
from layers.geo.coordinates.wkt import read_extent, shape_of_wkt
from layers.geo.datum import Datum, to_wgs84

FRAME = Bounds(128, 51, 129, 52)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("POLYGON((128 51,129 51,129 52,128 52,128 51))", "Polygon"),
        ("polygon ((128 51, 129 51, 129 52,128 52,128 51),(128.4 51.4,128.5 51.4,128.5 51.5,128.4 51.4))", "Polygon"),
        ("LINESTRING(128 51,129 52)", "LineString"),
        ("LINESTRING Z (128 51 10,129 52 20)", "LineString"),
        (" SRID=4326; LINESTRING(128 51,129 52)", "LineString"),
        ("srid=4326;MULTIPOINT((128 51),(129 52))", "MultiPoint"),
        ("MULTIPOINT(128 51,129 52)", "MultiPoint"),
        ("MULTILINESTRING((128 51,128.5 51.5),(128.5 51,129 52))", "MultiLineString"),
        ("MULTIPOLYGON(((128 51,129 51,129 52,128 51)))", "MultiPolygon"),
        ("GEOMETRYCOLLECTION(POINT(128 51),LINESTRING(128 51,129 52))", "GeometryCollection"),
    ],
)
def test_any_shape_is_read_to_its_bounds(text: str, kind: str) -> None:
    found = read_extent(text)
    assert found is not None
    assert (found.kind, found.bounds) == (kind, FRAME)


@pytest.mark.parametrize(
    "text",
    [
        "POINT(128 51)",
        "Point 99",
        "Polygon",
        "Polygon Lake",
        "51, 128",
        "",
        "POINT EMPTY",
        "MULTIPOINT((128 51))",
        "Line string",
    ],
)
def test_points_and_words_are_no_shape(text: str) -> None:
    assert read_extent(text) is None


def test_the_address_of_worldview_is_what_it_shows() -> None:
    found = read_extent(
        "https://worldview.earthdata.nasa.gov/?v=128,51,129,52&l=Coastlines&t=2024-01-01-T00%3A00%3A00Z"
    )
    assert found is not None
    assert found.bounds == FRAME
    turned = read_extent("https://worldview.earthdata.nasa.gov/?v=-232,51,-231,52")
    assert turned is not None
    assert turned.bounds == FRAME
    assert read_extent("https://worldview.earthdata.nasa.gov/?lat=51&lon=128") is None


def test_a_shape_beyond_180_and_on_another_datum_is_where_it_is() -> None:
    found = read_extent("LINESTRING(190 51,192 52)")
    assert found is not None
    assert found.bounds == pytest.approx((-170, 51, -168, 52))
    for moved in (
        read_extent("LINESTRING(128 51,129 52)", Datum.PULKOVO),
        read_extent("SRID=4284;LINESTRING(128 51,129 52)"),
    ):
        assert moved is not None
        low = to_wgs84(128, 51, Datum.PULKOVO)
        assert moved.bounds[:2] == pytest.approx((low.lon, low.lat))
        assert moved.bounds != FRAME


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("POLYGON((128 51,129 51", "not understood"),
        ("POLYGON((128 51,129 51,129 52))", "not understood"),
        ("LINESTRING(abc)", "not understood"),
        ("POLYGON EMPTY", "empty"),
        ("LINESTRING(51 128,52 129)", "longitude first"),
        ("LINESTRING(14246000 6600000,14250000 6610000)", "not in degrees"),
        ("SRID=3857;LINESTRING(1 2,3 4)", "EPSG:3857"),
        ("GEOMETRYCOLLECTION(" * 5000 + "POINT(1 2)" + ")" * 5000, "too long"),
        ("GEOMETRYCOLLECTION(" * 100 + "POINT(1 2)" + ")" * 100, "nested too deeply"),
        ("MULTIPOLYGON" + "(" * 20_000, "nested too deeply"),
        ("LINESTRING(" + "128 51," * 10_000 + "128 51)", "too long"),
    ],
)
def test_what_is_wrong_with_a_shape_is_said(text: str, reason: str) -> None:
    with pytest.raises(BadCoordinate, match=reason) as caught:
        read_extent(text)
    assert caught.value.sentence.endswith(".")
    assert len(caught.value.sentence) < 250


def test_a_file_may_hold_long_shapes_but_no_deep_ones() -> None:
    assert shape_of_wkt("LINESTRING(" + "128 51," * 10_000 + "128 51)").geom_type == "LineString"
    with pytest.raises(ValueError, match="deeply"):
        shape_of_wkt("GEOMETRYCOLLECTION(" * 33 + "POINT(1 2)" + ")" * 33)
