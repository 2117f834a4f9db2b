"""Writes a layer as text, a stretch of rows at a time: GeoJSON, and CSV in which no spreadsheet finds a formula."""

from __future__ import annotations

import csv
import json
import re
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.geo.crs import WGS84, same_crs, transform_points
from layers.readers.rows.source_rows import Rows
from layers.readers.tables.delimited import unique_names
from layers.text.spreadsheet import without_formulas

_LONGEST_PLAIN = 200
_NO_FORMULA = re.compile(r"[+-](?:[\d\s.,:/°º'’′\"”″()-]*(?:\d[eE][+-]?\d+)?\s*[NSEWnsew]?)")
"""Texts that run nothing in a spreadsheet, though it may compute with them: numbers, telephone numbers, coordinates, a
dash.
"""


def shapes_in_lonlat(rows: Rows, crs: str) -> NDArray[Any]:
    """Geometries in WGS 84; None where one has no place there."""
    shapes = shapely.from_wkb(np.array(list(rows.wkb), dtype=object), on_invalid="fix")
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


def append_features(
    out: str,
    rows: Rows,
    types: dict[str, str],
    shapes: NDArray[Any],
    is_first: bool,
    is_last: bool,
    has_none: bool,
    has_ids: bool,
) -> None:
    """Append features; `has_ids`: with the fids as their ids; `has_none`: none was written before."""
    geometries = shapely.to_geojson(shapes)
    with open(out, "w" if is_first else "a", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [\n' if is_first else "")
        for index, geometry in enumerate(geometries):
            properties = {name: _json(values[index], types[name]) for name, values in rows.columns.items()}
            text = json.dumps(properties, ensure_ascii=False, allow_nan=False)
            comma = "" if has_none and index == 0 else ",\n"
            number = f'"id": {int(rows.fids[index])}, ' if has_ids else ""
            file.write(f'{comma}{{"type": "Feature", {number}"properties": {text}, "geometry": {geometry or "null"}}}')
        file.write("\n]}\n" if is_last else "")


def _json(value: Any, kind: str) -> Any:
    if kind == "json" and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value.replace("/", "-") if kind == "date" and value else value


def append_lines(
    out: str, rows: Rows, types: dict[str, str], shapes: NDArray[Any], is_first: bool, are_points: bool
) -> None:
    """Append lines. Texts are quoted, NULL is an empty cell without quotes; points are lon and lat, everything else
    WKT.
    """
    extra = ["lon", "lat"] if are_points else ["wkt"]
    header = unique_names([*extra, *rows.columns])
    with open(out, "w" if is_first else "a", encoding="utf-8-sig" if is_first else "utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NOTNULL, lineterminator="\r\n")
        if is_first:
            writer.writerow([_harmless(name) for name in header])
        for index, shape in enumerate(shapes):
            cells = [_text(values[index], types[name]) for name, values in rows.columns.items()]
            line = [*_place(shape, are_points), *cells]
            writer.writerow(line if len(line) > 1 else [line[0] or ""])


def lines_in(path: str) -> int:
    """Number of rows in a CSV of ours, below its header."""
    ends, is_open = 0, False
    with open(path, "rb") as file:
        for line in file:
            is_open ^= bool(line.count(b'"') % 2)
            ends += not is_open and line.endswith(b"\r\n")
    return ends - 1


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
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    It stays when such a file is read: ours cannot be told from one that was in the text.
    """
    is_plain = len(text) <= _LONGEST_PLAIN and _NO_FORMULA.fullmatch(text)
    return text if is_plain else without_formulas(text)
