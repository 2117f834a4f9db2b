"""Dates that there are not, in files of databases: never another date, in no door."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely
from msgspec import convert

from layers.pool.attribute_columns import read_attributes
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import OfLayer
from layers.vector.table import VectorInfo
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
DAYS = ["2024-02-28", "2024-02-30", None, "foo", "2024-02-29", "2024-13-01"]
TIMES = ["2024-02-28T10:00:00.5Z", "2016-12-31T23:59:60Z", None, "bar", "2024-02-30T10:00:00Z", "2024-02-28T00:00:00Z"]


def geopackage(path: Path) -> Path:
    wkb = shapely.to_wkb(np.array([shapely.Point(1, 2)] * len(DAYS), object))
    columns = [
        np.array(["2024-01-01"] * len(DAYS), "datetime64[D]"),
        np.array(["2024-01-01"] * len(DAYS), "M8[ms]"),
        np.arange(len(DAYS)),
    ]
    pyogrio.raw.write(
        path,
        wkb,
        columns,
        ["d", "at", "n"],
        layer="a",
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
        layer_options={"SPATIAL_INDEX": "NO"},
    )
    with closing(sqlite3.connect(path)) as base, base:
        for fid, row in enumerate(zip(DAYS, TIMES, strict=True), 1):
            base.execute("UPDATE a SET d = ?, at = ? WHERE fid = ?", (*row, fid))
    return path


def shapefile(path: Path) -> Path:
    wkb = shapely.to_wkb(np.array([shapely.Point(1, 2)] * len(DAYS), object))
    days = np.array([f"2024-01-{at + 1:02}" for at in range(len(DAYS))], "datetime64[D]")
    pyogrio.raw.write(path, wkb, [days], ["d"], driver="ESRI Shapefile", geometry_type="Point", crs="EPSG:4326")
    data = path.with_suffix(".dbf").read_bytes()
    for at, day in enumerate(DAYS):
        text = "00000000" if day is None else day.replace("-", "").ljust(8, "x")
        data = data.replace(f"202401{at + 1:02}".encode(), text.encode())
    path.with_suffix(".dbf").write_bytes(data)
    return path


def both_doors(path: Path) -> dict[str, list[Any]]:
    found = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None, exact=True).columns
    table = read_attributes(POOL, OfLayer.of({"path": str(path)}))
    shown = {name: [column.value(row) for row in range(len(column))] for name, column in table.columns.items()}
    assert shown == found
    return found


def problems(path: Path) -> tuple[str, ...]:
    (one,) = POOL.ask(raw("probe", {"path": str(path)})).header["layers"]
    return convert(one, VectorInfo).problems


def test_a_geopackage_shows_no_other_date(tmp_path):
    path = geopackage(tmp_path / "a.gpkg")
    assert both_doors(path) == {
        "d": ["2024-02-28", None, None, None, "2024-02-29", None],
        "at": ["2024-02-28T10:00:00.500Z", None, None, None, None, "2024-02-28T00:00:00Z"],
        "n": [0, 1, 2, 3, 4, 5],
    }
    assert [text.split(" is no date")[0] for text in problems(path)] == [
        "Row 2: its d “2024-02-30”",
        "Row 4: its d “foo”",
        "Row 6: its d “2024-13-01”",
        "Row 2: its at “2016-12-31T23:59:60Z”",
        "Row 4: its at “bar”",
        "Row 5: its at “2024-02-30T10:00:00Z”",
    ]
    some = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 10, ["d"], [2, 5])
    assert some.columns == {"d": [None, "2024-02-29"]}


def test_a_shapefile_shows_no_other_date(tmp_path):
    path = shapefile(tmp_path / "a.shp")
    assert both_doors(path) == {"d": ["2024-02-28", None, None, None, "2024-02-29", None]}
    assert [text.split(" is no date")[0] for text in problems(path)] == [
        "Row 2: its d “2024/02/30”",
        "Row 4: its d “0000/00/00”",
        "Row 6: its d “2024/13/01”",
    ]


@pytest.mark.parametrize("make", [geopackage, shapefile])
@pytest.mark.parametrize("kind", ["GPKG", "FlatGeobuf", "GeoJSON", "CSV"])
def test_one_impossible_date_stops_no_export(tmp_path, make, kind):
    path = make(tmp_path / ("a.gpkg" if make is geopackage else "a.shp"))
    out = tmp_path / f"out.{kind}"
    params = {"path": str(path), "out": str(out), "format": kind, "start": 0, "title": "a"}
    assert POOL.ask(raw("export_rows", params)).header["written"] == len(DAYS)
    if kind == "GPKG":
        found = rows_of(source_of(OfLayer.of({"path": str(out)})), 0, 10, ["d"]).columns
        assert found == {"d": ["2024-02-28", None, None, None, "2024-02-29", None]}
