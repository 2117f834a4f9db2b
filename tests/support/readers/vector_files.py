"""Writes small vector files by hand and by OGR, and reads them as the program does."""

from __future__ import annotations

import json
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.vector.table import FeatureTable
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'


def draw(path: Path, crs: str = "EPSG:4326", **more) -> tuple[FeatureTable, dict]:
    answer = POOL.ask(raw("features", {"path": str(path), "crs": crs, **more}))
    return table_from_answer(answer), answer.header


def geojson(path: Path, *geometries: dict | None, **properties) -> Path:
    rows = [{"type": "Feature", "properties": {"n": i, **properties}, "geometry": g} for i, g in enumerate(geometries)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return path


def point(x: float, y: float) -> dict:
    return {"type": "Point", "coordinates": [x, y]}


def ogr(path: Path, shapes: list, driver: str, *, crs: str | None = "EPSG:4326", geometry: str = "Unknown", **columns):
    names = columns or {"n": np.arange(len(shapes))}
    wkb = [s if isinstance(s, bytes) or s is None else shapely.to_wkb(s, flavor="iso") for s in shapes]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no CRS, a TIN
        pyogrio.raw.write(
            path,
            np.array(wkb, object),
            list(names.values()),
            list(names),
            driver=driver,
            geometry_type=geometry,
            crs=crs,
            layer=path.stem,
        )
    return path


def places_of(table: FeatureTable, fid: int) -> np.ndarray:
    """The coordinates of one feature, to the step."""
    at = table.fid.tolist().index(fid)
    first, last = table.start_of[table.part_of[at]], table.start_of[table.part_of[at + 1]]
    return np.round(table.xy[first:last] * table.step, 6)


def put(path: Path, fid: int, wkb: bytes) -> None:
    """Another geometry into a row of a GeoPackage, as it is."""
    blob = b"GP" + bytes([0, 1]) + (4326).to_bytes(4, "little") + wkb
    with closing(sqlite3.connect(path)) as db:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            db.create_function(name, 1, lambda _: 0.0)
        db.execute(f"UPDATE {path.stem} SET geom = ? WHERE fid = ?", (blob, fid))
        db.commit()
