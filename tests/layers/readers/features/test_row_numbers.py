"""Rows have one number each, the one that people see in the file: what is said of a row is found under it."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from layers.pool.attribute_columns import read_attributes
from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import ExportRows, OfLayer
from tests.support.readers.raw import raw
from tests.support.readers.tiny_workbooks import workbook

POOL = ReaderPool(inline=True)
NAMES = ["good", "bad", "far"]
RING = "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"
"""It crosses itself: what is said of it names its row."""


def text(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), "utf-8")
    return path


def csv(folder: Path) -> Path:
    return text(folder / "a.csv", "Sites", "", "name,wkt", "good,POINT (1 2)", "", f'bad,"{RING}"', "far,POINT (3 4)")


def xlsx(folder: Path) -> Path:
    rows = [["name", "wkt"], ["good", "POINT (1 2)"], [None], ["bad", RING], ["far", "POINT (3 4)"]]
    return workbook(folder / "a.xlsx", rows)


def kml(folder: Path) -> Path:
    ring = "<Polygon><LinearRing><coordinates>0,0 2,2 2,0 0,2 0,0</coordinates></LinearRing></Polygon>"
    points = [f"<Point><coordinates>{place}</coordinates></Point>" for place in ("1,2", "3,4")]
    marks = zip(NAMES, [points[0], ring, points[1]], strict=True)
    return text(
        folder / "a.kml",
        f"<kml>{''.join(f'<Placemark><name>{name}</name>{shape}</Placemark>' for name, shape in marks)}</kml>",
    )


def feature(name: str, wkt: str, more: dict[str, Any]) -> str:
    geometry = json.loads(shapely.to_geojson(shapely.from_wkt(wkt)))
    return json.dumps({"type": "Feature", **more, "properties": {"name": name}, "geometry": geometry})


def geojson(folder: Path, ids: tuple[int, ...] = (), suffix: str = "geojson") -> Path:
    shapes = ["POINT (1 2)", RING, "POINT (3 4)"]
    more = [{"id": ids[at]} if ids else {} for at in range(3)]
    features = [feature(*one) for one in zip(NAMES, shapes, more, strict=True)]
    if suffix == "geojsonl":
        return text(folder / "a.geojsonl", *features)
    return text(folder / "a.geojson", '{"type": "FeatureCollection", "features": [', ",\n".join(features), "]}")


def ogr(folder: Path, suffix: str, driver: str) -> Path:
    whole = {"good": "POLYGON ((8 8, 9 8, 9 9, 8 8))", "bad": RING, "far": "POLYGON ((5 5, 6 5, 6 6, 5 5))"}
    shapes = shapely.to_wkb(np.array([shapely.from_wkt(wkt) for wkt in whole.values()], object))
    more = {"layer_options": {"SPATIAL_INDEX": "NO"}} if suffix == "fgb" else {}
    pyogrio.raw.write(
        folder / f"a.{suffix}",
        shapes,
        [np.array(NAMES, object)],
        ["name"],
        driver=driver,
        geometry_type="Polygon",
        crs="EPSG:4326",
        **more,
    )
    return folder / f"a.{suffix}"


def shp(folder: Path) -> Path:
    return ogr(folder, "shp", "ESRI Shapefile")


def shp_with_deleted(folder: Path) -> Path:
    """The first record carries the mark of a deleted one."""
    path = shp(folder)
    data = bytearray(path.with_suffix(".dbf").read_bytes())
    data[int.from_bytes(data[8:10], "little")] = ord("*")
    path.with_suffix(".dbf").write_bytes(data)
    return path


def gpkg(folder: Path) -> Path:
    path = ogr(folder, "gpkg", "GPKG")
    with closing(sqlite3.connect(path)) as database, database:
        triggers = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE a SET fid = fid * 10")
        database.execute("UPDATE rtree_a_geom SET id = id * 10")
    return path


@pytest.mark.parametrize(
    ("make", "number"),
    [
        (csv, 6),
        (xlsx, 4),
        (kml, 2),
        (geojson, 2),
        (lambda folder: geojson(folder, (7, 5, 9)), 5),
        (lambda folder: geojson(folder, suffix="geojsonl"), 2),
        (shp, 2),
        (shp_with_deleted, 2),
        (lambda folder: ogr(folder, "fgb", "FlatGeobuf"), 2),
        (gpkg, 20),
    ],
    ids=["csv", "xlsx", "kml", "geojson", "ids", "geojsonl", "shp", "shp with deleted", "fgb", "gpkg"],
)
def test_a_row_has_the_same_number_everywhere(tmp_path, make: Callable[[Path], Path], number):
    path = str(make(tmp_path))
    (info,) = POOL.ask(raw("probe", {"path": path})).header["layers"]
    said = [int(found[1]) for problem in info["problems"] if (found := re.match(r"Row (\d+): .*self", problem))]
    assert said == [number], info["problems"]
    table = read_attributes(POOL, OfLayer.of({"path": path}))
    at = [table.columns["name"].value(row) for row in range(len(table))].index("bad")
    assert int(table.fids[at]) == number, "the head of the row in the attribute table"
    asked = POOL.ask(raw("attributes", {"path": path, "fids": [number]})).header
    assert (asked["fids"], asked["columns"]["name"]) == ([number], ["bad"])
    rows = rows_of(source_of(OfLayer.of({"path": path})), 0, 100, None)
    assert rows.fids.tolist() == table.fids.tolist()
    exact = POOL.ask(raw("rows", {"path": path, "fids": [number]})).header
    assert (exact["fids"], exact["columns"]["name"]) == ([number], ["bad"])
    drawn = table_from_answer(POOL.ask(raw("features", {"path": path, "crs": "EPSG:4326"})))
    assert number in drawn.fid.tolist()
    assert set(drawn.fid.tolist()) <= set(table.fids.tolist())
    measured = POOL.ask(raw("measures", {"path": path, "measure": "$area"})).arrays[0]
    assert measured.tolist() == table.fids.tolist()
    out = tmp_path / "out.csv"
    np.save(tmp_path / "fids.npy", np.array([number]))
    POOL.ask(ExportRows(path, out=str(out), format="CSV", fids_file=str(tmp_path / "fids.npy")))
    assert "bad" in out.read_text("utf-8-sig")
    assert "good" not in out.read_text("utf-8-sig")
