"""Multipatch shapefiles: bodies of triangles, shown in plan as polygons with their heights."""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from msgspec import convert

from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.geometry.surfaces import rows_as_polygons
from layers.requests.features import OfLayer
from layers.vector.table import POLYGON, VectorInfo
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
STRIP, FAN, OUTER = 0, 1, 2
ROOF = [(0, 0, 5), (0, 2, 5), (2, 2, 5), (2, 0, 5), (0, 0, 5)]
WALLS = [(0, 0, 0), (0, 0, 5), (0, 2, 0), (0, 2, 5)]


def multipatch(path: Path, *bodies: list[tuple[int, list[tuple[float, float, float]]]]) -> Path:
    """A .shp alone, of one record a body: (type, corners) of its patches."""
    records = b""
    for number, patches in enumerate(bodies, 1):
        corners = [corner for _, each in patches for corner in each]
        starts = np.cumsum([0, *(len(each) for _, each in patches)])[:-1].tolist()
        xs, ys, zs = (list(values) for values in zip(*corners, strict=True))
        content = struct.pack("<i4d2i", 31, min(xs), min(ys), max(xs), max(ys), len(patches), len(corners))
        content += struct.pack(f"<{len(patches)}i", *starts)
        content += struct.pack(f"<{len(patches)}i", *(kind for kind, _ in patches))
        content += b"".join(struct.pack("<2d", x, y) for x, y, _ in corners)
        content += struct.pack(f"<{2 + len(zs)}d", min(zs), max(zs), *zs)
        records += struct.pack(">2i", number, len(content) // 2) + content
    head = struct.pack(">i20xi", 9994, (100 + len(records)) // 2) + struct.pack(
        "<2i8d", 1000, 31, 0, 0, 2, 2, 0, 5, 0, 0
    )
    path.write_bytes(head + records)
    path.with_suffix(".prj").write_text(WGS84)
    return path


WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]]'
)
BODIES = ([(STRIP, WALLS)], [(OUTER, ROOF)], [(STRIP, WALLS), (OUTER, ROOF)], [(FAN, ROOF[:4])])


def test_bodies_are_polygons_with_their_heights(tmp_path):
    path = multipatch(tmp_path / "a.shp", *BODIES)
    (found,) = POOL.ask(raw("probe", {"path": str(path)})).header["layers"]
    info = convert(found, VectorInfo)
    assert (info.features, info.bounds) == (4, (0, 0, 2, 2))
    assert not [said for said in info.problems if "Row" in said]
    rows = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 10, None, exact=True)
    shapes = shapely.from_wkb(list(rows.wkb))
    assert all(shape.has_z and shape.bounds == (0, 0, shape.bounds[2], 2) for shape in shapes)
    assert [part.geom_type for part in shapely.get_parts(shapely.get_parts(shapes[2]))] == ["Polygon"] * 3
    answer = POOL.ask(raw("features", {"path": str(path), "crs": "EPSG:3857"}))
    table = table_from_answer(answer)
    assert set(table.fid.tolist()) == {1, 2, 3, 4}
    assert (table.kind == POLYGON).all()


@pytest.mark.parametrize("kind", ["GPKG", "GeoJSON", "CSV", "FlatGeobuf"])
def test_bodies_are_saved_as_such(tmp_path, kind):
    path = multipatch(tmp_path / "a.shp", *BODIES)
    suffix = {"GPKG": "gpkg", "FlatGeobuf": "fgb"}.get(kind, kind.lower())
    out = tmp_path / f"out.{suffix}"
    POOL.ask(raw("export_rows", {"path": str(path), "out": str(out), "format": kind, "title": "a"}))
    (info,) = POOL.ask(raw("probe", {"path": str(out)})).header["layers"]
    assert info["features"] == 4
    rows = rows_of(source_of(OfLayer.of({"path": str(out)})), 0, 10, None, exact=True)
    assert not any(one is None for one in rows.wkb)


def test_what_is_damaged_stays_as_it_is():
    whole = shapely.to_wkb(shapely.box(0, 0, 1, 1))
    damaged = [whole[:30], b"", b"\1", b"\0" + whole[1:], bytes([1, 16, 0, 0, 0, 255, 255, 255, 255])]
    assert rows_as_polygons([None, whole, *damaged[:4]]).tolist() == [None, whole, *damaged[:4]]
    rows_as_polygons([damaged[4]])  # ends


def test_other_kinds_are_said_by_their_names(tmp_path):
    """A TIN in a table of any geometry, as GDAL writes it."""
    tin = struct.pack("<BII", 1, 16, 1) + struct.pack("<BIII8d", 1, 17, 1, 4, 0, 0, 0, 1, 1, 1, 0, 0)
    path = tmp_path / "a.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(1, 2)] * 2, object))
    pyogrio.raw.write(path, points, [], [], layer="a", driver="GPKG", geometry_type="Unknown", crs="EPSG:4326")
    with closing(sqlite3.connect(path)) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE a SET geom = ? WHERE fid = 2", (b"GP\0\1" + struct.pack("<i", 4326) + tin,))
    (info,) = POOL.ask(raw("probe", {"path": str(path)})).header["layers"]
    assert "Row 2: its geometry is a TIN, which is not shown." in info["problems"]
