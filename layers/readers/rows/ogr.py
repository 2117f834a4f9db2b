"""Rows of OGR in our words: its errors and remarks, the CRS of a layer, types of columns and their values."""

from __future__ import annotations

import base64
import contextlib
import math
import sqlite3
import warnings
from collections.abc import Iterator
from datetime import time
from typing import Any

import numpy as np
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from layers.errors import BadCRS
from layers.geo.crs import WGS84, check_map_crs, crs_text
from layers.phrase import Phrase
from layers.readers.rows.single_floats import widened
from layers.text.counted import counted

READ_ERRORS = (sqlite3.Error, DataSourceError, DataLayerError, FeatureError, UnicodeError, ValueError)
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


def known_crs(text: str | None) -> str:
    """CRS text in our form, or "" where there is none, nobody knows it, or it places nothing on a map."""
    if text and any(name in text for name in _UNDEFINED):
        return ""
    try:
        crs = crs_text(text) if text else ""
        if crs:
            check_map_crs(crs)
    except BadCRS:
        return ""
    return WGS84 if crs == _WGS84_WITH_HEIGHT else crs


def crs_problem(text: str | None, name: str) -> str:
    """A sentence about a CRS that is named but places nothing on a map; else empty."""
    if not text or known_crs(text) or any(name in text for name in _UNDEFINED):
        return ""
    try:
        check_map_crs(text)
    except BadCRS as error:
        return Phrase("The CRS of {name} cannot place it. {why}", name=name, why=error.sentence)
    return ""


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
    """GDAL remarks on single features, what has no geometry in the end is counted as skipped; and pyogrio on M."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.filterwarnings("ignore", r"Measured \(M\) geometry types", UserWarning)
        yield
