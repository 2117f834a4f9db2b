"""Rows of files that OGR reads, through pyogrio: types kept, no number rounded, nothing that leads elsewhere."""

from __future__ import annotations

import base64
import contextlib
import math
import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from datetime import time
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from layers.errors import BadCRS, NotReadable, UnsupportedFormat
from layers.geo.crs import WGS84, check_map_crs
from layers.phrase import Phrase
from layers.readers.arrow.arrow_cells import difficult_columns, with_streamed
from layers.readers.features.fid_range import these
from layers.readers.features.odd_dates import DATES, odd_dates
from layers.readers.features.odd_numbers import odd_numbers
from layers.readers.features.single_floats import widened
from layers.readers.features.source_rows import Rows, VectorSource
from layers.readers.features.vector_words import features_refused, json_refused
from layers.readers.files import Content
from layers.readers.geometry.surfaces import rows_as_polygons
from layers.readers.other_kinds import kind_of_json_file
from layers.readers.raster.worldfile import crs_text
from layers.text.counted import counted

ALLOWED_DRIVERS = frozenset({"GeoJSON", "GeoJSONSeq", "GPKG", "ESRI Shapefile", "FlatGeobuf", "GML", "OpenFileGDB"})
"""Drivers of files that are opened as they are; workbooks are too, but as tables."""
READ_ERRORS = (sqlite3.Error, DataSourceError, DataLayerError, FeatureError, UnicodeError, ValueError)
_INTEGERS = ("OFTInteger", "OFTInteger64")
_MAX_CELL_CHARS = 20_000
_TYPES = {
    "OFTInteger": "integer",
    "OFTInteger64": "integer",
    "OFTReal": "real",
    "OFTString": "text",
    "OFTDate": "date",
    "OFTDateTime": "datetime",
    "OFTTime": "time",
}
_UNDEFINED = ("Undefined geographic SRS", "Undefined Cartesian SRS")
"""A GeoPackage's names for a CRS that it does not know."""
_WGS84_WITH_HEIGHT = "EPSG:4979"
"""OGR's name for the CRS of GeoJSON with heights: on the map it is WGS 84."""
_MOST_HALVES = 400
"""Most times that half of a chunk is read again to find broken geometries; rows left then come without geometry."""
_EXACT_FLOAT = 2**53
"""Smallest integer from which a float skips integers."""


def read_info(source: VectorSource, *, counted: bool = True) -> dict[str, Any]:
    """pyogrio's description of the layer, with features and bounds counted. Raises UnsupportedFormat, NotReadable."""
    try:
        with remarks_ignored():
            info = source.info or pyogrio.read_info(
                source.dataset,
                layer=source.layer or None,
                force_feature_count=counted,
                force_total_bounds=counted,
                **source.how,
            )
    except GeometryError as error:
        holder = source.layer or source.name
        raise NotReadable(
            "{holder} holds a kind of geometry that is not shown, such as a TIN.", holder=holder
        ) from error
    except READ_ERRORS as error:
        if source.content is Content.JSON:
            raise json_refused(source.name, str(error), kind_of_json_file(source.path)) from error
        raise features_refused(source.name, str(error)) from error
    except IndexError as error:  # pyogrio's own: there is no layer in it
        raise features_refused(source.name, "") from error
    if info["driver"] not in ALLOWED_DRIVERS:
        if source.content is Content.JSON and (kind := kind_of_json_file(source.path)):
            raise json_refused(source.name, "", kind)
        raise UnsupportedFormat(
            "{name} is of the kind {info}, which Geoloupe does not open: save it as GeoJSON or GeoPackage.",
            name=source.name,
            info=info["driver"],
        )
    return dict(info)


def known_crs(text: str | None) -> str:
    """CRS text in our form; "" for none, an unknown one, or one that places nothing on a map."""
    if text and any(name in text for name in _UNDEFINED):
        return ""
    try:
        found = crs_text(text) if text else ""
        if found:
            check_map_crs(found)
    except BadCRS:
        return ""
    return WGS84 if found == _WGS84_WITH_HEIGHT else found


def crs_problem(text: str | None, name: str) -> str:
    """A sentence about a CRS that is named but places nothing on a map; else empty."""
    if not text or known_crs(text) or any(name in text for name in _UNDEFINED):
        return ""
    try:
        check_map_crs(text)
    except BadCRS as error:
        return Phrase("The CRS of {name} cannot place it. {why}", name=name, why=error.sentence)
    return ""


def read_ogr(source: VectorSource, columns: list[str] | None, *, exact: bool = False, **which: Any) -> Rows:
    """The rows `which` (pyogrio's `fids`, `where`, `max_features`, ...) asks for; `exact` keeps heights and long texts.

    Raises NotReadable.
    """
    try:
        with remarks_ignored():
            meta, fids, wkb, cells = _read_each(source, columns, not exact, which)
            wkb = rows_as_polygons(wkb) if source.has_surfaces else wkb
            whole = _exact_integers(source, meta, fids, cells)
            dates, integers, reals = (_named(meta, kinds) for kinds in (DATES, _INTEGERS, ("OFTReal",)))
            odd = odd_dates(source, dates, fids) | odd_numbers(source, integers, reals, fids)
    except READ_ERRORS as error:
        raise features_refused(source.name, str(error)) from error
    values = {
        str(name): whole.get(str(name)) or typed_values(cell, kind, subtype, exact=exact)
        for name, cell, kind, subtype in zip(
            meta["fields"], cells, meta["ogr_types"], meta["ogr_subtypes"], strict=True
        )
    }
    for name, found in odd.items():
        if found:
            values[name] = [
                None if fid in found else value for fid, value in zip(fids.tolist(), values[name], strict=True)
            ]
    return Rows(known_crs(meta["crs"]) or source.default_crs, fids + source.first, wkb, values)


def _named(meta: dict[str, Any], kinds: Sequence[str]) -> list[str]:
    return [str(name) for name in meta["fields"][np.isin(meta["ogr_types"], kinds)]]


def _read_each(
    source: VectorSource, columns: list[str] | None, flat: bool, which: dict[str, Any]
) -> tuple[Any, Any, Any, Any]:
    """Read as `_read` does, but rows with a broken geometry come without it; they are located by halving."""
    if source.lacks_geometry:
        meta, fids, _, cells = _read(source, columns, flat, {**which, "read_geometry": False})
        return meta, fids, np.full(len(fids), None, object), cells
    try:
        return _read(source, columns, flat, which)
    except FeatureError:
        found = _read(source, [], flat, {**which, "read_geometry": False})
    waiting, pieces, left = [found[1]], [], _MOST_HALVES
    while waiting:
        fids = waiting.pop()
        left -= 1
        try:
            pieces.append(_read(source, columns, flat, {**these(source, fids), "read_geometry": left > 0}))
        except FeatureError:
            if len(fids) > 1:
                waiting += [fids[len(fids) // 2 :], fids[: len(fids) // 2]]
            else:
                pieces.append(_read(source, columns, flat, {**these(source, fids), "read_geometry": False}))
    wkb = [np.full(len(fids), None, object) if one is None else one for _, fids, one, _ in pieces]
    cells = [np.concatenate(values) for values in zip(*(piece[3] for piece in pieces), strict=True)]
    return pieces[0][0], np.concatenate([piece[1] for piece in pieces]), np.concatenate(wkb), cells


def _read(
    source: VectorSource, columns: list[str] | None, flat: bool, which: dict[str, Any]
) -> tuple[Any, Any, Any, Any]:
    asked = {
        "layer": source.layer or None,
        "columns": columns,
        "return_fids": True,
        "force_2d": flat,
        "datetime_as_string": True,
        **which,
        **source.how,
    }
    try:
        meta, fids, wkb, cells = pyogrio.raw.read(source.dataset, **asked)
    except UnicodeDecodeError:  # bytes that are not of the encoding: read them as they are, and mark what is wrong
        meta, fids, wkb, cells = pyogrio.raw.read(source.dataset, **{**asked, "encoding": "ISO-8859-1"})
        encoding = str(source.how.get("encoding", "utf-8"))
        meta["fields"] = np.array([_recoded(name, encoding) for name in meta["fields"]], object)
        for cell in cells:
            if cell.dtype.kind == "O":
                cell[:] = [_recoded(value, encoding) for value in cell.tolist()]
    except ValueError:
        whole = {"layer": source.layer or None, **source.how}
        order, kinds = difficult_columns(source.dataset, **whole)
        streamed = {name: kind for name, kind in kinds.items() if columns is None or name in columns}
        if not streamed:
            raise
        others = [name for name in order if name not in streamed and (columns is None or name in columns)]
        read = _read(source, others, flat, which)
        return with_streamed(read, source.dataset, streamed, order, which, **whole)
    return meta, np.asarray(fids, np.int64), wkb, cells


def _recoded(value: Any, encoding: str) -> Any:
    return value.encode("latin-1", "replace").decode(encoding, "replace") if isinstance(value, str) else value


def _exact_integers(source: VectorSource, meta: dict[str, Any], fids: Any, cells: Any) -> dict[str, list[Any]]:
    """Columns of large integers with gaps, read again without the gaps: pyogrio makes floats of them otherwise."""
    found = {}
    for name, cell, kind in zip(meta["fields"], cells, meta["ogr_types"], strict=True):
        if kind != "OFTInteger64" or cell.dtype.kind != "f" or not (np.abs(cell) >= _EXACT_FLOAT).any():
            continue
        quoted = str(name).replace('"', '""')
        bounds = f'"{source.fid_column}" >= {int(fids.min())} AND "{source.fid_column}" <= {int(fids.max())}'
        where = f'{bounds} AND "{quoted}" IS NOT NULL'
        _, filled, _, (values,) = pyogrio.raw.read(
            source.dataset,
            layer=source.layer or None,
            columns=[name],
            return_fids=True,
            read_geometry=False,
            where=where,
            **source.how,
        )
        known = dict(zip(np.asarray(filled).tolist(), values.tolist(), strict=True))
        found[str(name)] = [known.get(fid) for fid in fids.tolist()]
    return found


def typed_values(cell: Any, kind: str, subtype: str, *, exact: bool = False) -> list[Any]:
    """Values of the column's own type: an integer or truth value that stands beside a NULL is no float."""
    if cell.dtype.kind == "f" and kind in ("OFTInteger", "OFTInteger64"):
        parse = bool if subtype == "OFSTBoolean" else int
        return [None if math.isnan(value) else parse(value) for value in cell.tolist()]
    if cell.dtype == np.float32:
        cell = widened(cell)
    return [plain(value, exact=exact) for value in cell.tolist()]


def field_type(kind: str, subtype: str) -> str:
    """OGR's name of a type in our words."""
    if kind.endswith("List") or subtype == "OFSTJSON":
        return "list" if kind.endswith("List") else "json"
    return "boolean" if subtype == "OFSTBoolean" else _TYPES.get(kind, "other")


def plain(value: Any, *, exact: bool = False) -> Any:
    """A JSON value: NULL for nan, and unless `exact` bytes only counted and long text cut."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value if exact or len(value) <= _MAX_CELL_CHARS else value[:_MAX_CELL_CHARS] + "…"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode() if exact else f"{counted(len(value), 'byte')}"
    if isinstance(value, np.ndarray):
        return [plain(v, exact=exact) for v in value.tolist()]
    if isinstance(value, time):
        return value.isoformat()
    return value


@contextlib.contextmanager
def remarks_ignored() -> Iterator[None]:
    """Ignore GDAL's remarks on single features (those without geometry are counted as skipped), and pyogrio's on M."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.filterwarnings("ignore", r"Measured \(M\) geometry types", UserWarning)
        yield
