"""Well-known binary by numpy against shapely, and what is left to shapely."""

import numpy as np
import pytest
import shapely

from layers.readers.geometry.wkb_columns import Blobs, parts_of
from layers.vector.table import LINE, POINT, POLYGON

HOLED = shapely.box(0, 0, 10, 10) - shapely.box(2, 2, 4, 4)
GEOMETRIES = [
    shapely.Point(1, 2),
    shapely.from_wkt("POINT EMPTY"),
    None,
    shapely.LineString([(0, 0), (1, 1), (2, 5)]),
    HOLED,
    shapely.MultiPoint([(1, 2), (3, 4)]),
    shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6), (7, 7)]]),
    shapely.MultiPolygon([HOLED, shapely.box(20, 20, 21, 21)]),
    shapely.from_wkt("POINT Z (1 2 3)"),
    shapely.from_wkt("LINESTRING Z (1 2 3, 4 5 6)"),
    shapely.from_wkt("MULTIPOLYGON Z (((0 0 9, 1 0 9, 1 1 9, 0 0 9)))"),
    shapely.from_wkt("LINESTRING ZM (1 2 3 4, 5 6 7 8, 9 10 11 12)"),
    shapely.from_wkt("MULTIPOINT M (1 2 3, 4 5 6)"),
    shapely.from_wkt("POLYGON M ((0 0 9, 1 0 8, 1 1 7, 0 0 9))"),
    shapely.from_wkt("POLYGON EMPTY"),
    shapely.from_wkt("MULTIPOLYGON EMPTY"),
]
KINDS = {"Point": POINT, "LineString": LINE, "Polygon": POLYGON}


def blobs(wkb: list[bytes]) -> Blobs:
    return Blobs(np.frombuffer(b"".join(wkb), np.uint8), np.cumsum([0] + [len(one) for one in wkb]))


def wkb_of(geometries: list) -> list[bytes]:
    return [b"" if g is None else shapely.to_wkb(g, byte_order=1, flavor="iso") for g in geometries]


def expected(geometries: list) -> list[tuple[int, int, list]]:
    """(row, kind, coordinates) of every part."""
    found = []
    for row, geometry in enumerate(geometries):
        for piece in shapely.get_parts(geometry) if geometry is not None else []:
            rings = shapely.get_rings(piece) if piece.geom_type == "Polygon" else [piece]
            for ring in rings:
                if not ring.is_empty:
                    found.append((row, KINDS[piece.geom_type], shapely.get_coordinates(ring).tolist()))
    return found


def as_list(parts) -> list[tuple[int, int, list]]:
    ends = np.cumsum(parts.counts).tolist()
    return [
        (int(row), int(kind), parts.xy[end - count : end].tolist())
        for row, kind, count, end in zip(parts.row, parts.kind, parts.counts.tolist(), ends, strict=True)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_parts_are_those_that_shapely_finds(seed):
    random = np.random.default_rng(seed)
    chosen = [GEOMETRIES[i] for i in random.integers(0, len(GEOMETRIES), 30)]
    parts = parts_of(blobs(wkb_of(chosen)))
    assert as_list(parts) == expected(chosen)
    assert not parts.left.size


def test_points_alone_take_the_shortest_way():
    points = [shapely.Point(*xy) for xy in np.random.default_rng(0).uniform(-9, 9, (50, 2))]
    parts = parts_of(blobs(wkb_of(points)))
    assert parts.xy.tolist() == shapely.get_coordinates(points).tolist()
    assert parts.row.tolist() == list(range(50))


def test_what_is_not_understood_is_handed_back():
    sound = wkb_of([shapely.Point(1, 2), HOLED])
    collection = shapely.to_wkb(shapely.GeometryCollection([shapely.Point(1, 2)]), byte_order=1)
    foreign = shapely.to_wkb(shapely.Point(1, 2), byte_order=0)
    curve = b"\x01\x08\0\0\0" + b"\0" * 20
    long = b"\x01\x02\0\0\0\xff\xff\xff\xff" + b"\0" * 16
    cut = shapely.to_wkb(HOLED, byte_order=1)[:-1]
    false_part = bytearray(shapely.to_wkb(shapely.MultiPoint([(1, 2), (3, 4)]), byte_order=1))
    false_part[10] = 3
    rings = b"\x01\x03\0\0\0" + (2**31).to_bytes(4, "little") + b"\0" * 40
    odd = [collection, foreign, curve, long, cut, bytes(false_part), b"abc", rings]
    parts = parts_of(blobs([sound[0], *odd, sound[1]]))
    assert parts.left.tolist() == list(range(1, 1 + len(odd)))
    assert set(parts.row.tolist()) == {0, 1 + len(odd)}


@pytest.mark.bounded_after(15)
@pytest.mark.parametrize("seed", range(30))
def test_any_bytes_end_without_an_error(seed):
    random = np.random.default_rng(seed)
    wkb = wkb_of([g for g in GEOMETRIES if g is not None])
    for _ in range(20):
        spoilt = []
        for one in wkb:
            data = bytearray(one)
            for at in random.integers(0, len(data), random.integers(0, 4)):
                data[at] = int(random.integers(0, 256))
            spoilt.append(bytes(data[: random.integers(0, len(data) + 1)]) if random.random() < 0.3 else bytes(data))
        parts = parts_of(blobs(spoilt))
        assert parts.counts.sum() == len(parts.xy)
        assert (parts.row[1:] >= parts.row[:-1]).all()
