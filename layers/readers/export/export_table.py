"""Writes a layer as a GeoPackage, a stretch of rows at a time, and from that as a FlatGeobuf; ids are kept."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import warnings
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyogrio.raw
from numpy.typing import NDArray

from layers.geo.crs import plain_crs
from layers.readers.rows.ogr import READ_ERRORS, remarks_ignored
from layers.readers.rows.source_rows import Rows
from layers.readers.tables.delimited import unique_names

_UTC = 100
"""OGR's mark for a time in UTC; 0 marks a time without a zone."""
_EPOCH = np.datetime64("1970-01-01", "ms")
_NULL_OF = {"integer": 0, "real": np.nan, "boolean": False}
_DTYPES: dict[str, Any] = {"integer": np.int64, "real": np.float64, "boolean": np.bool_}
_MOVED_TO = -(2**62)
"""First of the temporary fids that rows get while the rows of their stretch are renumbered."""


def append_table(
    out: str, title: str, rows: Rows, types: dict[str, str], crs: str, is_first: bool, geometry: str
) -> None:
    """Rows into a table of such geometries; new fids follow on the last. Raises what pyogrio raises."""
    names = unique_names(list(rows.columns))
    lower_names = {name.lower() for name in names}
    columns, masks, zones = [], [], {}
    known = plain_crs(crs) if crs else None
    for name, (column, values) in zip(names, rows.columns.items(), strict=True):
        cells, zone = _cells(values, types[column])
        columns.append(cells)
        masks.append(np.array([value is None for value in values], bool))
        if zone is not None:
            zones[name] = zone
    options = {
        "FID": next(name for name in ("fid", "ogc_fid", "fid_") if name not in lower_names),
        "GEOMETRY_NAME": next(name for name in ("geom", "geometry", "geom_") if name not in lower_names),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no CRS; a geometry of another kind than the layer's
        pyogrio.raw.write(
            out,
            np.array(list(rows.wkb), dtype=object),
            columns,
            names,
            field_mask=masks,
            layer=title,
            driver="GPKG",
            geometry_type=geometry,
            crs=known,
            append=not is_first,
            gdal_tz_offsets=zones or None,
            layer_options=options if is_first else None,
            promote_to_multi=False,
        )


def _cells(values: list[Any], kind: str) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Return the values as an array for a column of their type; for times also which of them are in UTC."""
    if kind in _DTYPES:
        return np.array([_NULL_OF[kind] if value is None else value for value in values], _DTYPES[kind]), None
    if kind == "date":
        return np.array(
            [_EPOCH if value is None else value.replace("/", "-") for value in values], "datetime64[D]"
        ), None
    if kind == "datetime":
        times = [None if value is None else datetime.fromisoformat(value) for value in values]
        zones = np.array([_UTC if time is not None and time.tzinfo else 0 for time in times], np.int64)
        plain = [_EPOCH if t is None else t.astimezone(UTC).replace(tzinfo=None) if t.tzinfo else t for t in times]
        return np.array(plain, "datetime64[ms]"), zones if zones.any() else None
    cells = np.empty(len(values), object)
    cells[:] = [v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in values]
    return cells, None


def keep_fids(out: str, title: str, fids: NDArray[np.int64]) -> None:
    """Give the rows written last these fids, in their order: OGR ignores fids when it appends. Raises sqlite3.Error."""
    with closing(sqlite3.connect(out)) as database, database:
        table = _quoted(title)
        row = database.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (title,)
        ).fetchone()
        column = next(name for _, name, _, _, _, is_key in database.execute(f"PRAGMA table_info({table})") if is_key)
        index, key = _quoted(f"rtree_{title}_{row[0]}"), _quoted(column)
        newest = database.execute(f"SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT ?", (len(fids),)).fetchall()
        written = [fid for (fid,) in reversed(newest)]
        if written == fids.tolist():
            return
        # The triggers would look at the geometries, which do not change, with functions that only OGR has.
        triggers = database.execute(
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'trigger' AND tbl_name = ? AND sql LIKE '% AFTER UPDATE %'",
            (title,),
        ).fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {_quoted(name)}")
        waiting = range(_MOVED_TO, _MOVED_TO + len(written))
        for there, fid in ((table, key), (index, "id")):
            database.executemany(f"UPDATE {there} SET {fid} = ? WHERE {fid} = ?", zip(waiting, written, strict=True))
            database.executemany(
                f"UPDATE {there} SET {fid} = ? WHERE {fid} = ?", zip(fids.tolist(), waiting, strict=True)
            )
        for _, sql in triggers:
            database.execute(sql)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def copy_to_flatgeobuf(table: str, title: str, out: str, kind: str) -> None:
    """Write a FlatGeobuf from the table, in one go; it has no dates without a time, and keeps a spatial index."""
    for index in ("YES", "NO"):  # it indexes no row without a geometry
        with contextlib.suppress(FileNotFoundError):
            os.remove(out)
        try:
            with (
                remarks_ignored(),
                pyogrio.raw.open_arrow(table, layer=title, datetime_as_string=True) as (meta, stream),
            ):
                warnings.simplefilter("ignore")  # no CRS
                pyogrio.raw.write_arrow(
                    stream,
                    out,
                    layer=title,
                    driver="FlatGeobuf",
                    geometry_name=meta["geometry_name"],
                    geometry_type=kind,
                    crs=meta["crs"],
                    layer_options={"SPATIAL_INDEX": index},
                )
            break
        except READ_ERRORS as error:
            if "spatial index" not in str(error):
                raise
    os.remove(table)
