"""From what a request names to rows: who reads which kind of vector file."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from layers.errors import NotReadable, UnsupportedFormat
from layers.geo.crs import WGS84
from layers.readers.coordinate_table import read_coordinate_table, typed
from layers.readers.files import Content, content_of, regular_file
from layers.readers.geopackage_audit import feature_tables
from layers.readers.ogr_rows import Rows, VectorSource, read_info, read_ogr

__all__ = ["Rows", "VectorSource", "read_rows", "rows_of", "source_of"]


def source_of(params: dict[str, Any]) -> VectorSource:
    """The layer that `params` name: path, layer ("" for the first), options as the document's layer keeps them.

    Looks at the file before a library does. Raises what looking at it raises: NotAFile, UnsupportedFormat, ...
    """
    path = regular_file(str(params["path"]))
    layer, options = str(params.get("layer", "") or ""), dict(params.get("options") or {})
    content = content_of(path)
    if content is Content.SQLITE:
        # Without IMMUTABLE SQLite would want to write beside a file that is in WAL mode.
        source = VectorSource(path, content, _audited(path, layer), path, {"IMMUTABLE": "YES"}, options, by_fid=True)
        return replace(source, fid_column=str(read_info(source, counted=False)["fid_column"] or "fid"))
    if content is Content.JSON:
        return VectorSource(path, content, "", f"GeoJSON:{path}", {}, options)
    if content is Content.TABLE:
        return VectorSource(path, content, layer, "", {}, options, is_ogr=False)
    raise UnsupportedFormat(f"{os.path.basename(path)} holds no features.")


def read_rows(
    path: str, layer: str, start: int, limit: int, columns: list[str] | None, fids: list[int] | None = None
) -> Rows:
    """`rows_of` for a path."""
    return rows_of(source_of({"path": path, "layer": layer}), start, limit, columns, fids)


def rows_of(
    source: VectorSource, start: int, limit: int, columns: list[str] | None, fids: list[int] | None = None
) -> Rows:
    """`limit` rows from `start` on (0 first; then what `next_fid` says), or the rows of `fids`.

    `columns` None means all, [] none. Raises what opening raises, NotReadable.
    """
    if source.by_fid:
        return _rows_by_fid(source, start, limit, columns, fids)
    whole = _WHOLE_FILES.get(source, columns)
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

    def get(self, source: VectorSource, columns: list[str] | None) -> Rows:
        state = os.stat(source.path)
        key = (source.path, state.st_mtime_ns, state.st_size, None if columns is None else tuple(columns))
        if self._rows is None or key != self._key:
            self._rows = None  # never two of them in memory
            self._rows = _read_csv(source.path, columns) if not source.is_ogr else read_ogr(source, columns, WGS84)
            self._key = key
        return self._rows


_WHOLE_FILES = _WholeFiles()


def _read_csv(path: str, columns: list[str] | None) -> Rows:
    table = read_coordinate_table(path)
    names = list(table.columns) if columns is None else [c for c in columns if c in table.columns]
    wkb = shapely.to_wkb(shapely.points(table.lons, table.lats), byte_order=1, output_dimension=2)
    return Rows(WGS84, np.arange(len(table)), list(wkb), {name: typed(table.columns[name]) for name in names})


def _rows_by_fid(
    source: VectorSource, start: int, limit: int, columns: list[str] | None, wanted: list[int] | None
) -> Rows:
    if wanted is not None:
        which: dict[str, Any] = {"fids": wanted}
    else:
        fid_column = source.fid_column.replace('"', '""')
        which = {"where": f'"{fid_column}" >= {start}' if start else None, "max_features": limit}
    rows = read_ogr(source, columns, "", **which)
    more = wanted is None and len(rows.fids) == limit
    return Rows(rows.crs, rows.fids, rows.wkb, rows.columns, int(rows.fids[-1]) + 1 if more else None, by_fid=True)


def _audited(path: str, layer: str) -> str:
    tables, _ = feature_tables(path)
    if layer not in tables and (layer or not tables):
        raise NotReadable(f"{os.path.basename(path)} has no layer {layer!r} that can be read.")
    return layer or tables[0]
