"""Reads a vector file, and writes it anew in another format, as the program does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shapely

from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import OfLayer
from layers.vector.table import VectorInfo
from tests.support.readers.odd_vectors import Odd
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
SUFFIXES = {"GPKG": ".gpkg", "FlatGeobuf": ".fgb", "GeoJSON": ".geojson", "CSV": ".csv"}


def info_of(path: Path, layer: str = "") -> VectorInfo:
    infos = list(POOL.ask(raw("probe", {"path": str(path)})).facts.layers)
    return next(info for info in infos if not layer or info.name == layer)


def read(path: Path, layer: str = "") -> tuple[dict[str, list[Any]], list[Any]]:
    rows = rows_of(source_of(OfLayer.of({"path": str(path), "layer": layer})), 0, 1000, None, exact=True)
    return rows.columns, list(shapely.from_wkb(list(rows.wkb)))


def export(odd: Odd, kind: str, folder: Path, **more: Any) -> Path:
    folder.mkdir(exist_ok=True)
    out = folder / f"out{SUFFIXES[kind]}"
    params = {
        "path": str(odd.path),
        "layer": odd.layer,
        "out": str(out),
        "format": kind,
        "start": 0,
        "title": "выход",
        **more,
    }
    done = False
    while not done:
        header = POOL.ask(raw("export_rows", params)).header
        params |= {"start": header["next_start"], "written": header["written"], "facts": header["facts"]}
        done = header["next_start"] is None
    return out
