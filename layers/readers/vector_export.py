"""A layer written anew, a stretch of rows at a time: GeoPackage, FlatGeobuf, GeoJSON, CSV; with the types they have."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sqlite3
import warnings
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import numpy as np
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from layers.errors import CannotBePlaced, DiskFull, ExportFailed
from layers.geo.crs import WGS84, same_crs, transform_points
from layers.readers.delimited import unique_names
from layers.readers.ogr_rows import READ_ERRORS, Rows, VectorSource, field_type, read_info, remarks_ignored
from layers.readers.stored_shapes import as_stored, measured_name, stored_kind
from layers.readers.vector_source import parsed_layer, rows_of, source_of

CHUNK_ROWS = 20_000
ROWS_BY_FID = 2_000
"""So few features are asked for by their fids; of more the whole file is gone through."""
FORMATS = ("GPKG", "FlatGeobuf", "GeoJSON", "CSV")
_UTC = 100
"""OGR's mark for a time in UTC; 0 for one that says no zone."""
_EPOCH = np.datetime64("1970-01-01", "ms")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NULL_OF = {"integer": 0, "real": np.nan, "boolean": False}
_DTYPES: dict[str, Any] = {"integer": np.int64, "real": np.float64, "boolean": np.bool_}


def export_rows(params: dict[str, Any]) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Write rows from `start` on to `out`, which is ours alone; the first stretch begins the file, the last ends it.

    Params: path, layer, options, source_crs, out, format (one of FORMATS), start, written, title, and perhaps
    fids_file, a .npy with the ascending fids of those that are wanted. Header: next_start, written, done. GeoJSON and
    CSV are in WGS 84, as their readers expect; a GeoPackage and a FlatGeobuf keep the CRS. Raises CannotBePlaced,
    ExportFailed, DiskFull, and what reading raises.
    """
    source = source_of(params)
    start, out, kind = int(params.get("start") or 0), str(params["out"]), str(params["format"])
    written = int(params.get("written") or 0)
    if kind not in FORMATS:
        raise ExportFailed(f"A layer is saved as {', '.join(FORMATS)}, not as {kind[:40]}.")
    rows = _wanted_rows(source, start, str(params.get("fids_file") or ""))
    crs = str(params.get("source_crs") or "") or rows.crs
    if not crs and kind in ("GeoJSON", "CSV"):
        raise CannotBePlaced(f"{source.name} does not say in which CRS it is: choose its CRS first.")
    types = _types(source, rows)
    is_first, is_last = start == 0, rows.next_fid is None
    title = str(params.get("title") or "layer")
    try:
        if kind in ("GPKG", "FlatGeobuf"):
            table = out if kind == "GPKG" else f"{out}.gpkg"
            rows = as_stored(source, rows, curves=kind == "GPKG")
            _append_table(table, title, rows, types, crs, is_first, stored_kind(_geometry(source), rows.wkb))
            if kind == "FlatGeobuf" and is_last:
                _copy_to_flatgeobuf(table, title, out)
        elif kind == "GeoJSON":
            _append_features(out, rows, types, _shapes(rows, crs), is_first, is_last, written == 0)
        else:
            _append_lines(out, rows, types, _shapes(rows, crs), is_first, _geometry(source) == "Point")
    except (*READ_ERRORS, OSError) as error:
        raise _failure(error, source) from error
    return {"next_start": rows.next_fid, "written": written + len(rows.wkb), "done": is_last}, ()


def _wanted_rows(source: VectorSource, start: int, fids_file: str) -> Rows:
    """The next stretch of all rows, or what of it is wanted; few wanted ones at once."""
    if not fids_file:
        return rows_of(source, start, CHUNK_ROWS, None, exact=True)
    wanted = np.asarray(np.load(fids_file, allow_pickle=False), np.int64)
    if len(wanted) <= ROWS_BY_FID:
        return rows_of(source, 0, CHUNK_ROWS, None, wanted.tolist(), exact=True)
    rows = rows_of(source, start, CHUNK_ROWS, None, exact=True)
    kept = np.flatnonzero(np.isin(rows.fids, wanted)).tolist()
    columns = {name: [values[at] for at in kept] for name, values in rows.columns.items()}
    return replace(rows, fids=rows.fids[kept], wkb=[rows.wkb[at] for at in kept], columns=columns)


def _types(source: VectorSource, rows: Rows) -> dict[str, str]:
    if not source.is_ogr:
        known = parsed_layer(source).types
    else:
        info = read_info(source, counted=False)
        kinds = zip(info["fields"], info["ogr_types"], info["ogr_subtypes"], strict=True)
        known = {str(name): field_type(str(kind), str(subtype)) for name, kind, subtype in kinds}
    return {name: known.get(name, "text") for name in rows.columns}


def _geometry(source: VectorSource) -> str:
    """The kind of geometry the whole layer holds, "Unknown" where they differ."""
    if source.is_ogr:
        return str(read_info(source, counted=False)["geometry_type"] or "Unknown")
    kinds = {
        g.geom_type + (" Z" if g.has_z else "") for g in shapely.from_wkb(parsed_layer(source).wkb) if g is not None
    }
    return kinds.pop() if len(kinds) == 1 else "Unknown"


def _shapes(rows: Rows, crs: str) -> NDArray[Any]:
    """Geometries in WGS 84; None where one has no place there."""
    shapes = shapely.from_wkb(np.array(list(rows.wkb), dtype=object), on_invalid="ignore")
    if not same_crs(crs, WGS84):
        flat = ~shapely.has_z(shapes)
        shapes[flat] = shapely.transform(shapes[flat], lambda xy: _moved(crs, xy))
        shapes[~flat] = shapely.transform(shapes[~flat], lambda xyz: _moved(crs, xyz), include_z=True)
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    shapes[np.unique(owner[~np.isfinite(coordinates).all(axis=1)])] = None
    return np.asarray(shapes)


def _moved(crs: str, places: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = transform_points(crs, WGS84, places[:, 0], places[:, 1])
    return np.column_stack([x, y, places[:, 2:]])


# -- GeoPackage ---------------------------------------------------------------------------------------------------


def _append_table(
    out: str, title: str, rows: Rows, types: dict[str, str], crs: str, is_first: bool, geometry: str
) -> None:
    names = unique_names(list(rows.columns))
    taken = {name.lower() for name in names}
    columns, masks, zones = [], [], {}
    for name, (column, values) in zip(names, rows.columns.items(), strict=True):
        cells, zone = _cells(values, types[column])
        columns.append(cells)
        masks.append(np.array([value is None for value in values], bool))
        if zone is not None:
            zones[name] = zone
    options = {
        "FID": next(name for name in ("fid", "ogc_fid", "fid_") if name not in taken),
        "GEOMETRY_NAME": next(name for name in ("geom", "geometry", "geom_") if name not in taken),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no CRS; a geometry of another kind than the layer's
        pyogrio.raw.write(
            out, np.array(list(rows.wkb), dtype=object), columns, names, field_mask=masks, layer=title, driver="GPKG",
            geometry_type=geometry, crs=crs or None, append=not is_first, gdal_tz_offsets=zones or None,
            layer_options=options if is_first else None, promote_to_multi=False,
        )  # fmt: skip


def _cells(values: list[Any], kind: str) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """The values as an array that makes a column of their type; for times also which say that they are UTC."""
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


def _copy_to_flatgeobuf(table: str, title: str, out: str) -> None:
    """That format is written in one go, from the table; it has no dates without a time, and keeps a spatial index."""
    for index in ("YES", "NO"):  # it indexes no row without a geometry
        with contextlib.suppress(FileNotFoundError):
            os.remove(out)
        try:
            with remarks_ignored(), pyogrio.raw.open_arrow(table, layer=title) as (meta, stream):
                warnings.simplefilter("ignore")  # no CRS
                pyogrio.raw.write_arrow(
                    stream, out, layer=title, driver="FlatGeobuf", geometry_name=meta["geometry_name"],
                    geometry_type=_kind_in(table, meta["geometry_type"]), crs=meta["crs"],
                    layer_options={"SPATIAL_INDEX": index},
                )  # fmt: skip
            break
        except READ_ERRORS as error:
            if "spatial index" not in str(error):
                raise
    os.remove(table)


def _kind_in(table: str, name: str) -> str:
    """OGR's name of the geometries in our table, which pyogrio tells without M."""
    with closing(sqlite3.connect(f"file:{quote(table)}?mode=ro&immutable=1", uri=True)) as database:
        z, m = database.execute("SELECT z, m FROM gpkg_geometry_columns").fetchone()
    return measured_name(name, bool(z)) if m == 1 else name


# -- GeoJSON ------------------------------------------------------------------------------------------------------


def _append_features(
    out: str,
    rows: Rows,
    types: dict[str, str],
    shapes: NDArray[Any],
    is_first: bool,
    is_last: bool,
    has_none: bool,
) -> None:
    geometries = shapely.to_geojson(shapes)
    with open(out, "w" if is_first else "a", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [\n' if is_first else "")
        for index, geometry in enumerate(geometries):
            properties = {name: _json(values[index], types[name]) for name, values in rows.columns.items()}
            text = json.dumps(properties, ensure_ascii=False, allow_nan=False)
            comma = "" if has_none and index == 0 else ",\n"
            file.write(f'{comma}{{"type": "Feature", "properties": {text}, "geometry": {geometry or "null"}}}')
        file.write("\n]}\n" if is_last else "")


def _json(value: Any, kind: str) -> Any:
    if kind == "json" and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value.replace("/", "-") if kind == "date" and value else value


# -- CSV ----------------------------------------------------------------------------------------------------------


def _append_lines(
    out: str, rows: Rows, types: dict[str, str], shapes: NDArray[Any], is_first: bool, are_points: bool
) -> None:
    """Texts are quoted, NULL is an empty cell without quotes; points are lon and lat, everything else WKT."""
    extra = ["lon", "lat"] if are_points else ["wkt"]
    header = unique_names([*extra, *rows.columns])
    with open(out, "w" if is_first else "a", encoding="utf-8-sig" if is_first else "utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NOTNULL, lineterminator="\r\n")
        if is_first:
            writer.writerow([_harmless(name) for name in header])
        for index, shape in enumerate(shapes):
            cells = [_text(values[index], types[name]) for name, values in rows.columns.items()]
            writer.writerow([*_place(shape, are_points), *cells])


def _place(shape: Any, is_point: bool) -> list[str | None]:
    if is_point:
        known = shape is not None and not shape.is_empty
        return [repr(shape.x), repr(shape.y)] if known else [None, None]
    return [None if shape is None else shapely.to_wkt(shape, rounding_precision=-1)]


def _text(value: Any, kind: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return value.replace("/", "-") if kind == "date" else _harmless(value)
    return json.dumps(value, ensure_ascii=False)


def _harmless(text: str) -> str:
    """A text that a spreadsheet would take for a formula, with an apostrophe before it."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _failure(error: Exception, source: VectorSource) -> ExportFailed | DiskFull:
    text = " ".join(str(error).split())[:200]
    if getattr(error, "errno", None) == 28 or "No space" in text or "disk is full" in text:
        return DiskFull(f"{source.name} does not fit on the disk: make room or choose another folder.")
    return ExportFailed(f"{source.name} could not be written: {text or type(error).__name__}")
