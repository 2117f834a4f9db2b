"""M, and arcs as arcs, through an export and back: read off the stream of the file, not as pyogrio's rows."""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from layers.pool.pool import ReaderPool
from layers.readers.export import vector_export
from tests.support.readers.odd_vectors import Odd
from tests.support.readers.raw import raw
from tests.support.readers.stored_blobs import blobs_of
from tests.support.readers.vector_reading import export, info_of

POOL = ReaderPool(inline=True)
ENDINGS = {"GPKG": "gpkg", "FlatGeobuf": "fgb", "ESRI Shapefile": "shp"}
MEASURED = {
    "PointM": ["POINT M (1 2 9)", "POINT M (3 4 0.125)", "POINT M (5 6 -1)"],
    "Measured LineString": ["LINESTRING M (1 2 3, 5 6 7)", "LINESTRING M (1 2 0, 5 6 100.5)"],
    "Measured 3D LineString": ["LINESTRING ZM (1 2 3 4, 5 6 7 8.5)", "LINESTRING ZM (1 2 3 4, 5 6 7 1e9)"],
    "Measured Polygon": ["POLYGON M ((0 0 1, 4 0 2, 4 4 3, 0 0 1))"],
}
MIXED = ["POINT M (1 2 9)", "POINT Z (1 2 9)", "LINESTRING (1 2, 3 4)", "POLYGON M ((0 0 1, 4 0 2, 4 4 3, 0 0 1))"]


def arc(*points: tuple[float, float]) -> bytes:
    """A CIRCULARSTRING in WKB, which shapely does not know."""
    return struct.pack("<BII", 1, 8, len(points)) + b"".join(struct.pack("<dd", *point) for point in points)


ARC = arc((0, 0), (1, 1), (2, 0))
CURVE_POLYGON = struct.pack("<BII", 1, 10, 1) + arc((0, 0), (1, 1), (2, 0), (1, -1), (0, 0))


def made(path: Path, driver: str, kind: str, blobs: list[bytes], **options: Any) -> Odd:
    values = np.arange(len(blobs))
    pyogrio.raw.write(
        path,
        np.array(blobs, object),
        [values],
        ["n"],
        layer="a",
        driver=driver,
        geometry_type=kind,
        crs="EPSG:4326",
        promote_to_multi=False,
        layer_options=options or None,
    )
    return Odd(kind, path, {"n": values.tolist()}, layer="a" if driver == "GPKG" else "")


@pytest.mark.bounded_after(11)
@pytest.mark.parametrize("kind", MEASURED)
@pytest.mark.parametrize("driver", ENDINGS)
@pytest.mark.parametrize("to", ["GPKG", "FlatGeobuf"])
def test_measures_come_back(tmp_path, monkeypatch, kind, driver, to):
    monkeypatch.setattr(vector_export, "CHUNK_ROWS", 2)
    blobs = [shapely.to_wkb(shapely.from_wkt(text), flavor="iso", byte_order=1) for text in MEASURED[kind]]
    odd = made(
        tmp_path / f"a.{ENDINGS[driver]}",
        driver,
        kind,
        blobs,
        **({"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}),
    )
    before = blobs_of(odd.path)
    assert all(shapely.from_wkb(blob).has_m for blob in before)
    found = blobs_of(export(odd, to, tmp_path / "made"))
    assert sorted(found) == sorted(before)


def test_flat_and_measured_geometries_side_by_side_come_back(tmp_path):
    blobs = [shapely.to_wkb(shapely.from_wkt(text), flavor="iso", byte_order=1) for text in MIXED]
    odd = made(tmp_path / "a.gpkg", "GPKG", "Unknown", blobs)
    assert blobs_of(odd.path) == blobs
    assert blobs_of(export(odd, "GPKG", tmp_path / "made")) == blobs


def test_arcs_stay_arcs_in_a_geopackage_and_are_drawn_by_others(tmp_path):
    odd = made(tmp_path / "a.gpkg", "GPKG", "Unknown", [ARC, CURVE_POLYGON])
    assert blobs_of(odd.path) == [ARC, CURVE_POLYGON]
    assert blobs_of(export(odd, "GPKG", tmp_path / "made")) == [ARC, CURVE_POLYGON]
    lines = export(odd, "GeoJSON", tmp_path / "text")
    assert info_of(lines).features == 2
    assert '"LineString"' in lines.read_text()


def test_only_the_wanted_features_have_their_measures(tmp_path):
    blobs = [shapely.to_wkb(shapely.from_wkt(f"POINT M ({i} 2 {i / 8})"), flavor="iso") for i in range(9)]
    odd = made(tmp_path / "a.gpkg", "GPKG", "PointM", blobs)
    fids = tmp_path / "fids.npy"
    np.save(fids, np.array([2, 5, 9], np.int64))
    assert blobs_of(export(odd, "GPKG", tmp_path / "made", fids_file=str(fids))) == [blobs[1], blobs[4], blobs[8]]


def test_a_table_that_cannot_be_shown_leaves_the_others(tmp_path):
    path = tmp_path / "a.gpkg"
    made(path, "GPKG", "PointM", [shapely.to_wkb(shapely.from_wkt("POINT M (1 2 3)"), flavor="iso")])
    point = np.array([shapely.to_wkb(shapely.Point(1, 2))], object)
    pyogrio.raw.write(
        path,
        point,
        [np.array([1])],
        ["n"],
        layer="tin",
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
        append=True,
    )
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'TIN' WHERE table_name = 'tin'")
    layers = POOL.ask(raw("probe", {"path": str(path)})).header["layers"]
    assert [layer["name"] for layer in layers] == ["a"]
    assert "tin holds a kind of geometry that is not shown" in " ".join(layers[0]["problems"])
