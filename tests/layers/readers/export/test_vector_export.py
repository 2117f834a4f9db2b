"""A saved layer keeps the kinds that are really there, ids, heights, and texts as they are."""

from __future__ import annotations

import csv
import json
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely

from layers.errors import BadCRS
from layers.geo.crs import parse_crs, same_crs
from layers.pool.pool import ReaderPool
from layers.readers.export import vector_export
from layers.readers.export.export_text import lines_in
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import OfLayer
from tests.support.readers.odd_vectors import Odd
from tests.support.readers.raw import raw
from tests.support.readers.vector_files import draw, geojson, ogr
from tests.support.readers.vector_reading import export, read

POOL = ReaderPool(inline=True)
SQUARE, OTHER = shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)
BOTH = shapely.MultiPolygon([SQUARE, OTHER])


@pytest.fixture(autouse=True)
def stretches(monkeypatch):
    """Every file comes in several, so that what is there is not judged by the first."""
    monkeypatch.setattr(vector_export, "CHUNK_ROWS", 2)


def layer(path: Path) -> Odd:
    return Odd("a", path, {}, layer=path.stem if path.suffix == ".gpkg" else "")


@pytest.mark.bounded_after(4)
@pytest.mark.parametrize("kind", ["GPKG", "FlatGeobuf"])
@pytest.mark.parametrize(
    ("shapes", "name"),
    [
        ([SQUARE, SQUARE, BOTH], "MultiPolygon"),
        ([SQUARE, SQUARE, OTHER], "Polygon"),
        ([None, None, SQUARE, shapely.Point(1, 2)], "Unknown"),
        ([shapely.MultiPoint([(1, 2), (3, 4)]), None, shapely.Point(1, 2)], "MultiPoint"),
    ],
)
def test_a_layer_is_of_the_kind_that_is_there(tmp_path, kind, shapes, name):
    source = ogr(tmp_path / "a.gpkg", shapes, "GPKG", geometry="Polygon")
    out = export(layer(source), kind, tmp_path / "made")
    assert pyogrio.read_info(out)["geometry_type"] == name
    found = [shape for shape in read(out)[1] if shape is not None]
    assert len(found) == sum(shape is not None for shape in shapes)
    assert shapely.equals(shapely.union_all(found), shapely.union_all([one for one in shapes if one is not None]))
    if name != "Unknown":
        assert {shape.geom_type for shape in found} == {name}


def test_a_shapefile_of_polygons_and_multipolygons_becomes_a_flatgeobuf(tmp_path):
    source = ogr(tmp_path / "a.shp", [SQUARE, BOTH, SQUARE], "ESRI Shapefile", geometry="Polygon")
    assert pyogrio.read_info(source)["geometry_type"] == "Polygon"
    out = export(layer(source), "FlatGeobuf", tmp_path / "made")
    assert sorted(shape.area for shape in read(out)[1]) == [1, 1, 2]


def test_heights_that_only_some_have_are_kept(tmp_path):
    shapes = [shapely.Point(1, 2), shapely.Point(3, 4, 5), shapely.Point(6, 7)]
    source = ogr(tmp_path / "a.gpkg", shapes, "GPKG", geometry="Point")
    out = export(layer(source), "FlatGeobuf", tmp_path / "made")
    heights = {(shape.x, shape.y): shape.z for shape in read(out)[1]}
    assert heights[(3, 4)] == 5
    assert np.isnan(heights[(1, 2)]), "not known is not zero"
    assert np.isnan(heights[(6, 7)])
    again = export(layer(source), "GPKG", tmp_path / "again")
    assert [shape.has_z for shape in read(again)[1]] == [False, True, False]
    text = json.loads(export(layer(out), "GeoJSON", tmp_path / "text").read_text("utf-8"))
    assert sorted(len(one["geometry"]["coordinates"]) for one in text["features"]) == [2, 2, 3]


def test_what_a_flatgeobuf_cannot_hold_is_said(tmp_path):
    shapes = [shapely.Point(1, 2, 3), shapely.LineString([(0, 0, 1), (1, 1, 1)])]
    source = ogr(tmp_path / "a.gpkg", shapes, "GPKG")
    params = {"path": str(source), "out": str(tmp_path / "x"), "start": 0}
    remarks = {
        kind: POOL.ask(raw("export_rows", {**params, "format": kind, "out": str(tmp_path / kind)})).header["remark"]
        for kind in vector_export.FORMATS
    }
    assert "no heights" in remarks.pop("FlatGeobuf")
    assert set(remarks.values()) == {""}


def test_a_layer_of_points_that_holds_others_becomes_a_table_of_wkt(tmp_path):
    shapes = [shapely.Point(1, 2), shapely.Point(3, 4), shapely.MultiPoint([(1, 2), (3, 4)])]
    out = export(layer(ogr(tmp_path / "a.gpkg", shapes, "GPKG", geometry="Point")), "CSV", tmp_path / "made")
    assert out.read_text("utf-8-sig").startswith('"wkt"')
    assert read(out)[1] == shapes
    only = export(layer(ogr(tmp_path / "b.gpkg", shapes[:2], "GPKG")), "CSV", tmp_path / "only")
    assert only.read_text("utf-8-sig").startswith('"lon","lat"')


def test_the_rows_of_a_table_are_counted_places_or_not(tmp_path):
    source = geojson(tmp_path / "a.geojson", None, None, None, text='two\r\n"lines"')
    data = json.loads(source.read_text())
    data["features"][1]["properties"] = {"n": None, "text": None}
    source.write_text(json.dumps(data))
    out = export(layer(source), "CSV", tmp_path / "made")
    assert lines_in(str(out)) == 3
    with open(out, encoding="utf-8-sig", newline="") as file:
        assert [row[2] for row in csv.reader(file)] == ["text", 'two\r\n"lines"', "", 'two\r\n"lines"']
    bare = ogr(tmp_path / "b.gpkg", [None, None], "GPKG", n=np.array([1, 2]))
    assert lines_in(str(export(layer(bare), "CSV", tmp_path / "bare"))) == 2


@pytest.mark.parametrize(
    "text",
    ["+7 495 123", "+7 (495) 123-45-67", "-33 30 00", "-33°30'00\"S", "-", "—", "-33,5", "-1.5e-7", "+1", "'=1", "a=1"],
)
def test_numbers_and_dashes_stay_as_they_are_in_a_table(tmp_path, text):
    assert exported(tmp_path, text) == text


@pytest.mark.parametrize("text", ["=1", "@SUM(1)", "+A1", "-1+cmd|' /C calc'!A0", "+SUM(1)", "-нет", "\t=1", "-1=1"])
def test_what_a_spreadsheet_would_run_has_an_apostrophe(tmp_path, text):
    assert exported(tmp_path, text) == f"'{text}"


def exported(folder: Path, text: str) -> str:
    source = ogr(folder / "a.gpkg", [shapely.Point(1, 2)], "GPKG", t=np.array([text], object))
    with open(export(layer(source), "CSV", folder / "made"), encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1][2]


def with_fids(path: Path, fids: list[int]) -> Path:
    """A GeoPackage with these fids."""
    points = shapely.to_wkb(np.array([shapely.Point(i, i) for i in range(len(fids))], object))
    pyogrio.raw.write(
        path,
        points,
        [np.array(fids), np.arange(len(fids))],
        ["fid", "n"],
        layer="a",
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
        layer_options={"FID": "fid"},
    )
    return path


def fids_and_numbers(path: Path) -> list[tuple[int, int]]:
    rows = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None)
    return sorted(zip(rows.fids.tolist(), rows.columns["n"], strict=True))


FIDS = [[1001, 1002, 5000, 5001, 5003], [1, 2, 4, 5, 9], [0, 3, 4, 7, 9]]


@pytest.mark.bounded_after(3)
@pytest.mark.parametrize("fids", FIDS)
@pytest.mark.parametrize("kind", ["GPKG", "GeoJSON"])
def test_features_keep_their_ids(tmp_path, fids, kind):
    source = with_fids(tmp_path / "a.gpkg", fids)
    out = export(layer(source), kind, tmp_path / "made")
    assert fids_and_numbers(out) == list(zip(fids, range(5), strict=True))
    assert sorted(draw(out)[0].fid.tolist()) == fids, "and the index says so"
    if kind == "GPKG":
        box = pyogrio.raw.read(out, bbox=(1.5, 1.5, 3.5, 3.5), return_fids=True)[1]
        assert box.tolist() == fids[2:4]
        with closing(sqlite3.connect(out)) as database:
            (count,) = database.execute(
                "SELECT count(*) FROM sqlite_master WHERE sql LIKE '% AFTER UPDATE %'"
            ).fetchone()
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            ids = [one for (one,) in database.execute("SELECT id FROM rtree_выход_geom ORDER BY id")]
        assert count >= 4
        assert ids == fids
    part = tmp_path / "fids.npy"
    np.save(part, np.array([fids[1], fids[4]], np.int64))
    some = export(layer(source), kind, tmp_path / "some", fids_file=str(part))
    assert fids_and_numbers(some) == [(fids[1], 1), (fids[4], 4)]


def test_a_geopackage_keeps_ids_that_are_negative_or_huge(tmp_path):
    fids = [-5, 0, 3, 4, 2**40]
    out = export(layer(with_fids(tmp_path / "a.gpkg", fids)), "GPKG", tmp_path / "made")
    assert fids_and_numbers(out) == list(zip(fids, range(5), strict=True))


def test_ids_of_a_geojson_are_kept_and_none_are_made_up(tmp_path):
    source = geojson(tmp_path / "a.geojson", *({"type": "Point", "coordinates": [i, i]} for i in range(3)))
    data = json.loads(export(layer(source), "GeoJSON", tmp_path / "none").read_text("utf-8"))
    assert [one.get("id") for one in data["features"]] == [None] * 3
    for feature, number in zip(data["features"], (70, 7, 700), strict=True):
        feature["id"] = number
    source.write_text(json.dumps(data))
    data = json.loads(export(layer(source), "GeoJSON", tmp_path / "made").read_text("utf-8"))
    assert [one["id"] for one in data["features"]] == [70, 7, 700]
    out = export(layer(source), "GPKG", tmp_path / "table")
    assert fids_and_numbers(out) == [(7, 1), (70, 0), (700, 2)]


@pytest.mark.parametrize("kind", ["GPKG", "FlatGeobuf", "GeoJSON", "CSV"])
def test_bytes_become_text_and_it_is_said(tmp_path, kind):
    path = tmp_path / "a.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(1, 2)], object))
    pyogrio.raw.write(
        path, points, [np.array(["a"], object)], ["n"], layer="a", driver="GPKG", geometry_type="Point", crs="EPSG:4326"
    )
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("ALTER TABLE a ADD COLUMN photo BLOB DEFAULT x'00ff10'")
    out = tmp_path / {"GPKG": "o.gpkg", "FlatGeobuf": "o.fgb", "GeoJSON": "o.geojson", "CSV": "o.csv"}[kind]
    header = POOL.ask(raw("export_rows", {"path": str(path), "out": str(out), "format": kind, "title": "a"})).header
    assert header["remark"] == "What is no text in photo (pictures, other files) is saved as base64 text."
    assert rows_of(source_of(OfLayer.of({"path": str(out)})), 0, 9, None).columns["photo"] == ["AP8Q"]


def test_a_crs_by_a_name_is_no_file_that_lies_about(tmp_path, monkeypatch):
    """GDAL would look for a file of that name where the program was started."""
    path, out = tmp_path / "a.gpkg", tmp_path / "o.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(1, 2)], object))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no CRS
        pyogrio.raw.write(
            path, points, [np.array(["a"], object)], ["n"], layer="a", driver="GPKG", geometry_type="Point", crs=None
        )
    (tmp_path / "WGS 84").write_text(parse_crs("EPSG:32652").to_wkt())
    monkeypatch.chdir(tmp_path)
    asked = {"path": str(path), "out": str(out), "format": "GPKG", "title": "a", "source_crs": "WGS 84"}
    assert POOL.ask(raw("export_rows", asked)).facts.next_start is None
    assert same_crs(str(pyogrio.read_info(out)["crs"]), "EPSG:4326")
    for text in (f"+proj=longlat +nadgrids={tmp_path}/x +type=crs", str(tmp_path / "WGS 84"), "http://127.0.0.1:1/crs"):
        with pytest.raises(BadCRS):
            POOL.ask(raw("export_rows", {**asked, "out": str(tmp_path / "p.gpkg"), "source_crs": text}))
