"""Tests of what SQLite keeps in a column of numbers though it is none: empty and said, never 0 or cut."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from layers.pool.attribute_columns import read_attributes
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.rows.fid_range import among
from layers.requests.features import OfLayer
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    points = shapely.to_wkb(np.array([shapely.Point(128 + i, 51) for i in range(4)], object))
    columns = [np.array([1, 2, 3, 4]), np.array([1.5, 2.5, 3.5, 4.5]), np.array([True, False, True, True])]
    path = tmp_path / "a.gpkg"
    pyogrio.raw.write(
        path,
        points,
        columns,
        ["n", "r", "b"],
        layer="a",
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
        layer_options={"SPATIAL_INDEX": "NO"},
    )
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(
            "UPDATE a SET n = 'about 20' WHERE fid = 1; UPDATE a SET n = 2.5 WHERE fid = 2;"
            "UPDATE a SET n = 3.0, r = 'high' WHERE fid = 3; UPDATE a SET r = 7 WHERE fid = 4;"
            "UPDATE a SET b = 'true' WHERE fid = 2; UPDATE a SET r = x'00ff' WHERE fid = 2;"
        )
    return path


EXPECTED: dict[str, list[Any]] = {
    "n": [None, None, 3, 4],
    "r": [1.5, None, None, 7.0],
    "b": [True, None, True, True],
}


def test_no_number_is_made_of_what_is_none(path):
    assert rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None).columns == EXPECTED
    assert rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, ["n"], [2, 3]).columns == {"n": [None, 3]}
    table = read_attributes(POOL, OfLayer.of({"path": str(path)}))
    shown = {name: [table.columns[name].value(row) for row in range(len(table))] for name in EXPECTED}
    assert shown == EXPECTED


def test_what_is_no_number_is_said_by_row(path):
    said = POOL.ask(raw("probe", {"path": str(path)})).header["layers"][0]["problems"]
    assert said == [
        "Row 1: its n “about 20” is no whole number as its column says: the cell is shown empty.",
        "Row 2: its n “2.5” is no whole number as its column says: the cell is shown empty.",
        "Row 2: its b “true” is no whole number as its column says: the cell is shown empty.",
        "Row 2: its r “2 bytes” is no number as its column says: the cell is shown empty.",
        "Row 3: its r “high” is no number as its column says: the cell is shown empty.",
    ]


def test_rows_far_apart_are_looked_up_one_by_one(path):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE a SET fid = 1000000 WHERE fid = 3")
    assert rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, ["n", "r"], [1, 1000000]).columns == {
        "n": [None, 3],
        "r": [1.5, None],
    }
    assert among(np.array([1, 1000000])) == ("IN (SELECT value FROM json_each(?))", ("[1, 1000000]",))
    assert among(np.array([1, 5, 9])) == ("BETWEEN ? AND ?", (1, 9))
