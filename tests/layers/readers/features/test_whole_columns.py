"""Whole columns out of a reader: every cell with its type, in chunks that fit, whatever the format."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from shapely.geometry import Point

from layers.errors import GeoloupeError, InvalidValue, NotReadable
from layers.pool.attribute_columns import chunk_from_answer, read_attributes
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer
from layers.readers.features import whole_columns as room
from layers.readers.features.whole_columns import read_columns
from layers.requests.features import OfLayer, ReadColumns
from layers.vector.columns import Kind

LARGE = 2**53 + 1


@pytest.fixture
def pool() -> ReaderPool:
    pool = ReaderPool(inline=True)
    pool.start()
    return pool


def write_gpkg(path: Path) -> Path:
    """Made with OGR by SQL, so that each type of a GeoPackage is there."""
    frame = gpd.GeoDataFrame({"big": [1, 2, 3]}, geometry=[Point(1, 2), None, Point(3, 4)], crs=4326)
    pyogrio.write_dataframe(frame, path, layer="t", SPATIAL_INDEX="NO")  # no triggers that call OGR
    with closing(sqlite3.connect(path)) as base, base:
        for column in ("flag BOOLEAN", "r REAL", "t TEXT", "d DATE", "at DATETIME", "small SMALLINT", "raw BLOB"):
            base.execute(f"ALTER TABLE t ADD COLUMN {column}")
        rows = [
            (LARGE, 1, 0.1, "", "1969-12-31", "2024-04-12T08:30:00.250Z", -7, b"abc"),
            (None, None, None, None, None, None, None, None),
            (-LARGE, 0, float("inf"), "文昌\n", "2024-02-29", "1900-01-01T00:00:00Z", 7, b""),
        ]
        for fid, row in enumerate(rows, 1):
            base.execute("UPDATE t SET big=?, flag=?, r=?, t=?, d=?, at=?, small=?, raw=? WHERE fid=?", (*row, fid))
    return path


def test_a_geopackage_keeps_every_cell_with_its_type(tmp_path: Path, pool: ReaderPool) -> None:
    found = read_attributes(pool, OfLayer.of({"path": str(write_gpkg(tmp_path / "a.gpkg")), "layer": "t"}))
    assert found.fids.tolist() == [1, 2, 3]
    assert {name: str(column.kind) for name, column in found.columns.items()} == {
        "big": "integer",
        "flag": "boolean",
        "r": "real",
        "t": "text",
        "d": "date",
        "at": "datetime",
        "small": "integer",
        "raw": "text",
    }
    assert found.row(0) == {
        "big": LARGE,
        "flag": True,
        "r": 0.1,
        "t": "",
        "d": "1969-12-31",
        "at": "2024-04-12T08:30:00.250Z",
        "small": -7,
        "raw": "3 bytes",
    }
    assert set(found.row(1).values()) == {None}
    assert found.row(2)["t"] == "文昌\n"
    assert found.row(2)["at"] == "1900-01-01T00:00:00Z"


def test_only_the_columns_asked_for_are_sent(tmp_path: Path, pool: ReaderPool) -> None:
    params = {"path": str(write_gpkg(tmp_path / "a.gpkg")), "layer": "t"}
    assert read_attributes(pool, OfLayer.of(params), ["t"]).names == ("t",)
    assert read_attributes(pool, OfLayer.of(params), []).fids.tolist() == [1, 2, 3]


def test_geojson_with_lists_zones_and_missing_keys(tmp_path: Path, pool: ReaderPool) -> None:
    features = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [1, 2]}}
        for properties in ({"n": LARGE, "at": "2024-01-01T00:00:00+08:00", "l": [1, 2]}, {"n": None, "x": {"a": "Ж"}})
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")
    found = read_attributes(pool, OfLayer.of({"path": str(path)}))
    assert found.row(0) == {"n": LARGE, "at": "2024-01-01T00:00:00+08:00", "l": "[1, 2]", "x": None}
    assert json.loads(found.row(1)["x"]) == {"a": "Ж"}
    assert found.row(1)["n"] is None


def test_csv_columns_are_typed(tmp_path: Path, pool: ReaderPool) -> None:
    path = tmp_path / "a.csv"
    path.write_text("lat,lon,name,n\n1,2,Ж,5\n3,4,,\n", "utf-8")
    found = read_attributes(pool, OfLayer.of({"path": str(path)}))
    assert len(found) == 2
    assert found.columns["n"].kind is Kind.INTEGER
    assert found.columns["n"].value(0) == 5
    assert found.columns["name"].value(0) == "Ж"


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_chunks_follow_each_other_without_loss(tmp_path: Path, pool: ReaderPool, monkeypatch, suffix: str) -> None:
    count = 1000
    path = tmp_path / f"a.{suffix}"
    frame = gpd.GeoDataFrame(
        {"n": np.arange(count), "t": ["x" * (n % 50) for n in range(count)]},
        geometry=[Point(n % 90, 0) for n in range(count)],
        crs=4326,
    )
    pyogrio.write_dataframe(frame, path)
    monkeypatch.setattr(room, "BATCH_ROWS", 130)
    monkeypatch.setattr(room, "CHUNK_ROWS", 300)
    monkeypatch.setattr(room, "ROOM_BYTES", 5000)
    heard: list[int] = []
    found = read_attributes(pool, OfLayer.of({"path": str(path)}), None, heard.append)
    assert found.columns["n"].values.tolist() == list(range(count))
    assert [found.columns["t"].value(row) for row in range(count)] == ["x" * (n % 50) for n in range(count)]
    assert len(set(heard)) > 5
    # another reader has not the stream: it begins at the row
    room.STREAMS.close()
    header, arrays = read_columns(ReadColumns.of({"path": str(path), "start": 997, "columns": ["n"]}))
    assert arrays[1].tolist() == [997, 998, 999]
    assert header["next"] is None


def test_a_gap_in_the_fids_is_kept(tmp_path: Path, pool: ReaderPool) -> None:
    path = write_gpkg(tmp_path / "a.gpkg")
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("DELETE FROM t WHERE fid = 2")
    assert read_attributes(pool, OfLayer.of({"path": str(path), "layer": "t"})).fids.tolist() == [1, 3]


def answered(header: dict[str, Any], arrays: tuple[Any, ...]) -> Answer:
    """What a reader sends as it comes to who asked. Raises InvalidValue."""
    answer = Answer(header, arrays).to(ReadColumns())
    if isinstance(answer, InvalidValue):
        raise answer
    return answer


@pytest.mark.parametrize("spoil", ["kind", "starts", "rows", "codes", "next", "more", "mask"])
def test_an_answer_that_does_not_fit_is_refused(tmp_path: Path, spoil: str) -> None:
    header, arrays = read_columns(
        ReadColumns.of({"path": str(write_gpkg(tmp_path / "a.gpkg")), "layer": "t", "columns": ["t"]})
    )
    broken = list(arrays)
    match spoil:
        case "kind":
            header["columns"][0]["kind"] = "picture"
        case "starts":
            broken[2] = broken[2] + 1
        case "rows":
            broken[0] = broken[0][:1]
        case "codes":
            header["columns"][0]["codes"] = True
        case "next":
            header["next"] = "1"
        case "more":
            broken.append(broken[0])
        case "mask":
            broken[3] = broken[3][:1]
    with pytest.raises(GeoloupeError):
        chunk_from_answer(answered(header, tuple(broken)))
    shared = {**header["columns"][0], "kind": "text", "codes": True, "null": False}
    texts = [np.frombuffer(b"ab", np.uint8), np.array([0, 1, 2], np.int32)]
    for codes in (np.array([0, 2], np.uint8), np.array([0, 1, 1], np.uint8), np.array([0, -1], np.int8)):
        coded = answered({"columns": [shared], "next": None}, (np.array([1, 2]), *texts, codes))
        with pytest.raises(NotReadable):
            chunk_from_answer(coded)
    again = read_columns(ReadColumns.of({"path": str(tmp_path / "a.gpkg"), "layer": "t"}))
    assert len(chunk_from_answer(answered(*again)).fids) == 3


def test_giving_up_between_chunks(tmp_path: Path, pool: ReaderPool) -> None:
    def stop(rows: int) -> None:
        raise NotReadable("Enough.")

    with pytest.raises(NotReadable, match="Enough"):
        read_attributes(pool, OfLayer.of({"path": str(write_gpkg(tmp_path / "a.gpkg")), "layer": "t"}), None, stop)
