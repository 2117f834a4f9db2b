"""Geometries cross as GeoPackage blobs; what would crash GEOS never reaches it."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, box

from layers.project.storage.geometry_blobs import blob, blobs, geometries, wkb_is_sound

LON, LAT = st.floats(-180, 180), st.floats(-90, 90)
PAIRS = st.lists(st.tuples(LON, LAT), min_size=2, max_size=6)


@given(st.one_of(st.tuples(LON, LAT).map(Point), PAIRS.map(LineString), PAIRS.map(MultiPoint)))
def test_what_is_written_is_read(geometry: shapely.Geometry) -> None:
    assert geometries([blob(geometry)]) == [
        geometry if len(shapely.get_parts(geometry)) > 1 else shapely.get_parts(geometry)[0]
    ]


@pytest.mark.parametrize(
    "geometry",
    [
        box(0, 1, 2, 3),
        Polygon([(0, 0), (9, 0), (9, 9)], [[(5, 1), (6, 1), (6, 2)]]),
        MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)]),
        MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]),
    ],
)
def test_areas_and_parts_are_read_as_written(geometry: shapely.Geometry) -> None:
    assert geometries([blob(geometry)]) == [geometry]


def test_a_blob_has_the_envelope_and_the_type_that_its_table_declares() -> None:
    data, bounds = blobs([box(1, 2, 3, 4)])
    assert data[0][:4] == b"GP\x00\x03"
    assert struct.unpack("<i4d", data[0][4:40]) == (4326, 1, 3, 2, 4)
    assert struct.unpack("<BI", data[0][40:45]) == (1, 6)
    assert bounds.tolist() == [[1, 2, 3, 4]]


def test_heights_are_left_out() -> None:
    assert geometries([blob(Point(1, 2, 3))]) == [Point(1, 2)]


def _collection(depth: int) -> bytes:
    return b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" * depth + shapely.to_wkb(Point(1, 2), byte_order=1)


HEADER = blob(Point(0, 0))[:8]
BAD = {
    "nested 20,000 deep": HEADER + _collection(20_000),
    "2^31 points": HEADER + struct.pack("<BII", 1, 2, 0x7FFFFFFF) + bytes(32),
    "2^32 rings": HEADER + struct.pack("<BII", 1, 3, 0xFFFFFFFF) + bytes(32),
    "2^32 parts": HEADER + struct.pack("<BII", 1, 6, 0xFFFFFFFF) + bytes(32),
    "cut short": blob(box(0, 0, 1, 1))[:-3],
    "with a tail": blob(box(0, 0, 1, 1)) + b"x",
    "point with a tail": blob(Point(1, 2)) + b"x",
    "of an unknown type": HEADER + struct.pack("<BII", 1, 99, 1) + bytes(16),
    "of no byte order": HEADER + b"\x07" + bytes(20),
    "not a number": HEADER + struct.pack("<BIdd", 1, 1, np.nan, 1),
    "infinite": HEADER + shapely.to_wkb(LineString([(0, 0), (np.inf, 1)]), byte_order=1),
    "empty": blob(Point()),
    "no blob": "POINT(1 2)",
    "nothing": None,
    "a stub": b"GP",
    "of an unknown envelope": b"GP\x00\x0b" + blob(Point(0, 0))[4:],
    "extended": b"GP\x00\x21" + blob(Point(0, 0))[4:],
    "an unclosed ring": HEADER + struct.pack("<BIII", 1, 3, 1, 3) + struct.pack("<6d", 0, 0, 1, 0, 1, 1),
}


@pytest.mark.bounded_after(9)
@pytest.mark.parametrize("what", BAD)
def test_f77_unsound_geometry_is_none_and_its_neighbours_are_read(what: str) -> None:
    good = blob(Point(7, 8))
    assert geometries([good, BAD[what], good]) == [Point(7, 8), None, Point(7, 8)]


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize(
    "text", ["POINT Z (1 2 3)", "LINESTRING M (1 2 3, 4 5 6)", "POLYGON ZM ((0 0 1 1, 1 0 1 1, 1 1 1 1, 0 0 1 1))"]
)
def test_sound_wkb_of_all_dimensions_passes(order: int, flavor: str, text: str) -> None:
    wkb = shapely.to_wkb(shapely.from_wkt(text), byte_order=order, flavor=flavor, output_dimension=4)
    assert wkb_is_sound(wkb)
    assert not wkb_is_sound(wkb[:-1])


def test_f77_limits_are_the_callers() -> None:
    assert wkb_is_sound(_collection(5), max_depth=5)
    assert not wkb_is_sound(_collection(5), max_depth=4)
    line = shapely.to_wkb(LineString([(0, 0)] * 10))
    assert wkb_is_sound(line, max_vertices=10)
    assert not wkb_is_sound(line, max_vertices=9)
