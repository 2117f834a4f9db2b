"""Rows of vector files: GeoJSON and GeoPackage through pyogrio, tables of coordinates by our own parser."""

from __future__ import annotations

import contextlib
import math
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from layers.errors import BadCRS, NotReadable, UnsupportedFormat
from layers.geo.crs import WGS84
from layers.readers.coordinate_table import read_coordinate_table, typed
from layers.readers.files import Content, content_of, regular_file
from layers.readers.geopackage_audit import feature_tables
from layers.readers.worldfile import crs_text

ALLOWED_DRIVERS = frozenset({"GeoJSON", "GeoJSONSeq", "GPKG"})
READ_ERRORS = (DataSourceError, DataLayerError, FeatureError, UnicodeError, ValueError)
_MAX_CELL_CHARS = 20_000


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """Some rows of a layer: `wkb` in `crs`, `columns` of JSON values by name. `next_fid` is where the next begin."""

    crs: str
    fids: np.ndarray
    wkb: Sequence[bytes | None]
    columns: dict[str, list[Any]] = field(default_factory=dict)
    next_fid: int | None = None
    by_fid: bool = False
    """Whether chunks start at a fid or at a position."""


def read_info(path: str, content: Content, layer: str) -> dict[str, Any]:
    """pyogrio's description of one layer. Raises UnsupportedFormat, NotReadable."""
    name = os.path.basename(path)
    try:
        with _remarks_ignored():
            info = pyogrio.read_info(
                _source(path, content),
                layer=layer or None,
                force_feature_count=True,
                force_total_bounds=True,
                **_options(content),
            )
    except READ_ERRORS as error:
        if content is Content.JSON:
            raise UnsupportedFormat(f"{name} is JSON but no GeoJSON, or damaged: {_clean(error, path)}") from error
        raise NotReadable(f"{name} cannot be read: {_clean(error, path)}") from error
    if info["driver"] not in ALLOWED_DRIVERS:
        raise UnsupportedFormat(f"{name} is of the kind {info['driver']}, which Geoloupe does not open.")
    return dict(info)


def known_crs(text: str | None) -> str:
    """CRS text in our form, or "" where there is none or nobody knows it."""
    try:
        return crs_text(text) if text else ""
    except BadCRS:
        return ""


def read_rows(
    path: str, layer: str, start: int, limit: int, columns: list[str] | None, fids: list[int] | None = None
) -> Rows:
    """`limit` rows from `start` on (0 first; then what `next_fid` says), or the rows of `fids`.

    `columns` None means all, [] none. Raises what opening raises, NotReadable.
    """
    path = regular_file(path)
    content = content_of(path)
    if content is Content.SQLITE:
        return _read_table(path, _audited(path, layer), start, limit, columns, fids)
    if content not in (Content.JSON, Content.TABLE):
        raise UnsupportedFormat(f"{os.path.basename(path)} holds no features.")
    whole = _WHOLE_FILES.get(path, content, columns)
    if fids is not None:
        chosen: list[int] = np.flatnonzero(np.isin(whole.fids, fids)).tolist()
    else:
        chosen = list(range(start, min(start + limit, len(whole.wkb))))
    end = None if fids is not None or start + limit >= len(whole.wkb) else start + limit
    return Rows(
        whole.crs,
        whole.fids[chosen],
        [whole.wkb[i] for i in chosen],
        {name: [values[i] for i in chosen] for name, values in whole.columns.items()},
        end,
    )


class _WholeFiles:
    """The last file that can only be read as a whole, so that its chunks do not parse it again."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._rows: Rows | None = None

    def get(self, path: str, content: Content, columns: list[str] | None) -> Rows:
        state = os.stat(path)
        key = (path, state.st_mtime_ns, state.st_size, None if columns is None else tuple(columns))
        if self._rows is None or key != self._key:
            self._rows = None  # never two of them in memory
            self._rows = _read_csv(path, columns) if content is Content.TABLE else _read_json(path, columns)
            self._key = key
        return self._rows


_WHOLE_FILES = _WholeFiles()


def _read_csv(path: str, columns: list[str] | None) -> Rows:
    table = read_coordinate_table(path)
    names = list(table.columns) if columns is None else [c for c in columns if c in table.columns]
    wkb = shapely.to_wkb(shapely.points(table.lons, table.lats), byte_order=1, output_dimension=2)
    return Rows(WGS84, np.arange(len(table)), list(wkb), {name: typed(table.columns[name]) for name in names})


def _read_json(path: str, columns: list[str] | None) -> Rows:
    meta, fids, wkb, cells = _raw_read(path, Content.JSON, columns=columns)
    crs = known_crs(meta["crs"]) or WGS84  # RFC 7946
    return Rows(crs, fids, wkb, _columns(meta, cells))


def _read_table(
    path: str, layer: str, start: int, limit: int, columns: list[str] | None, wanted: list[int] | None
) -> Rows:
    if wanted is not None:
        which: dict[str, Any] = {"fids": wanted}
    else:
        fid_column = str(read_info(path, Content.SQLITE, layer)["fid_column"] or "fid").replace('"', '""')
        which = {"where": f'"{fid_column}" >= {start}' if start else None, "max_features": limit}
    meta, fids, wkb, cells = _raw_read(path, Content.SQLITE, layer=layer, columns=columns, **which)
    more = wanted is None and len(fids) == limit
    return Rows(
        known_crs(meta["crs"]), fids, wkb, _columns(meta, cells), int(fids[-1]) + 1 if more else None, by_fid=True
    )


def _audited(path: str, layer: str) -> str:
    tables, _ = feature_tables(path)
    if layer not in tables and (layer or not tables):
        raise NotReadable(f"{os.path.basename(path)} has no layer {layer!r} that can be read.")
    return layer or tables[0]


def _raw_read(path: str, content: Content, **options: Any) -> tuple[dict[str, Any], Any, Any, Any]:
    try:
        with _remarks_ignored():
            meta, fids, wkb, cells = pyogrio.raw.read(
                _source(path, content),
                return_fids=True,
                force_2d=True,
                datetime_as_string=True,
                **options,
                **_options(content),
            )
    except READ_ERRORS as error:
        raise NotReadable(f"{os.path.basename(path)} cannot be read: {_clean(error, path)}") from error
    return meta, np.asarray(fids, np.int64), wkb, cells


@contextlib.contextmanager
def _remarks_ignored() -> Iterator[None]:
    """GDAL remarks on single features; what has no geometry in the end is counted as skipped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def _source(path: str, content: Content) -> str:
    """The path with its driver, so that no other driver looks at it (a GeoPackage was audited)."""
    return f"GeoJSON:{path}" if content is Content.JSON else path


def _options(content: Content) -> dict[str, str]:
    # Without it SQLite would want to write beside a file that is in WAL mode.
    return {"IMMUTABLE": "YES"} if content is Content.SQLITE else {}


def _columns(meta: dict[str, Any], cells: Any) -> dict[str, list[Any]]:
    return {str(n): [_plain(v) for v in values.tolist()] for n, values in zip(meta["fields"], cells, strict=True)}


def _plain(value: Any) -> Any:
    """A JSON value: NULL for nan, text for bytes and long text cut."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value if len(value) <= _MAX_CELL_CHARS else value[:_MAX_CELL_CHARS] + "…"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, np.ndarray):
        return [_plain(v) for v in value.tolist()]
    return value


def _clean(error: Exception, path: str) -> str:
    text = " ".join(str(error).replace(path, os.path.basename(path)).split())
    return text[:200] or type(error).__name__
