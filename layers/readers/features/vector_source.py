"""Finds the rows of the file that a request names: chooses the reader for its kind of vector file."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from msgspec.structs import replace

from layers.errors import NotReadable, UnsupportedFormat
from layers.geo.crs import WGS84
from layers.readers.features.geodatabase import geodatabase_source
from layers.readers.features.gml import gml_source
from layers.readers.features.ogr_rows import read_info, read_ogr
from layers.readers.features.parsing import parse
from layers.readers.features.shapefile import shapefile_source
from layers.readers.files import Content, content_of, regular_file
from layers.readers.geojson.json_heights import without_invented
from layers.readers.geojson.json_repair import JsonFiles
from layers.readers.guards.geodatabase import geodatabase_of
from layers.readers.guards.geopackage_audit import feature_tables, missing_geometry
from layers.readers.rows.fid_range import these
from layers.readers.rows.parsed_layer import ParsedFiles, ParsedLayer
from layers.readers.rows.source_rows import Rows, VectorSource
from layers.requests.features import OfLayer

__all__ = ["Rows", "VectorSource", "parsed_layer", "parsed_layers", "rows_of", "source_of"]

_PARSED = frozenset({Content.TABLE, Content.WORKBOOK, Content.KML, Content.KMZ, Content.GPX})


def source_of(question: OfLayer) -> VectorSource:
    """Return the layer that a question names. It is checked before a library opens it. Raises what the check raises:
    NotAFile, UnsupportedFormat, ...
    """
    layer, options = question.layer, dict(question.options)
    if folder := geodatabase_of(question.path):
        return geodatabase_source(folder, layer, options)
    path = regular_file(question.path)
    content = content_of(path)
    if content is Content.SQLITE:
        # Without IMMUTABLE SQLite would want to write beside a file that is in WAL mode.
        source = VectorSource(path, content, _audited(path, layer), path, {"IMMUTABLE": "YES"}, options, by_fid=True)
        info = read_info(source, counted=False)
        missing = missing_geometry(path, source.layer, str(info["geometry_name"] or ""))
        fid_column = str(info["fid_column"] or "fid")
        return replace(
            source, fid_column=fid_column, lacks_geometry=bool(missing), notes=tuple(filter(None, [missing]))
        )
    if content is Content.SHAPEFILE:
        return shapefile_source(path, options)
    if content is Content.GML:
        return gml_source(path, layer, options)
    if content is Content.FLATGEOBUF:
        return VectorSource(path, content, "", path, {}, options, is_chunked=True, first=1)
    if content in (Content.JSON, Content.JSON_LINES):
        json_file = _JSON_FILES.get(path, content)
        driver = "GeoJSON" if content is Content.JSON else "GeoJSONSeq"
        dataset = f"{driver}:{path}" if json_file.data is None else json_file.data
        return VectorSource(
            path,
            content,
            "",
            dataset,
            dict(json_file.how),
            options,
            first=json_file.first,
            notes=json_file.notes,
            default_crs=WGS84,
            info=json_file.info,
        )
    if content in _PARSED:
        return VectorSource(path, content, layer, "", {}, options, is_ogr=False)
    raise UnsupportedFormat("{path} holds no features.", path=os.path.basename(path))


def parsed_layers(source: VectorSource) -> list[ParsedLayer]:
    """All layers of a file that we parse ourselves. Raises what parsing raises."""
    return _PARSED_FILES.layers(source)


def rows_of(
    source: VectorSource,
    start: int,
    limit: int,
    columns: list[str] | None,
    fids: list[int] | None = None,
    *,
    exact: bool = False,
) -> Rows:
    """`limit` rows from `start` on (0 first; then what `next_fid` says), or the rows of `fids`.

    `columns` None means all, [] none; `exact` keeps heights and long texts. Raises what opening raises, NotReadable.
    """
    if source.by_fid or source.is_chunked:
        return _some_rows(source, start, limit, columns, fids, exact)
    whole = _WHOLE_FILES.get(source, columns, exact) if source.is_ogr else parsed_layer(source).rows(columns, exact)
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

    def get(self, source: VectorSource, columns: list[str] | None, exact: bool) -> Rows:
        state = os.stat(source.path)
        key = (source.path, state.st_mtime_ns, state.st_size, None if columns is None else tuple(columns), exact)
        if self._rows is None or key != self._key:
            self._rows = None  # never two of them in memory
            rows = read_ogr(source, columns, exact=exact)
            is_json = source.content in (Content.JSON, Content.JSON_LINES)
            self._rows = replace(rows, wkb=without_invented(source, rows)) if exact and is_json else rows
            self._key = key
        return self._rows


_JSON_FILES = JsonFiles()
_WHOLE_FILES = _WholeFiles()
_PARSED_FILES = ParsedFiles(parse)


def parsed_layer(source: VectorSource) -> ParsedLayer:
    """The layer that the source names, parsed by us. Raises what parsing raises, NotReadable."""
    layers = parsed_layers(source)
    layer = next((layer for layer in layers if not source.layer or layer.name == source.layer), None)
    if layer is None:
        raise NotReadable("{name} has no layer {layer} that can be read.", name=source.name, layer=repr(source.layer))
    return layer


def _some_rows(
    source: VectorSource, start: int, limit: int, columns: list[str] | None, wanted: list[int] | None, exact: bool
) -> Rows:
    if wanted is not None:
        which = these(source, (fid - source.first for fid in wanted))
    elif source.by_fid:
        fid_column = source.fid_column.replace('"', '""')
        which = {"where": f'"{fid_column}" >= {start}' if start else None, "max_features": limit}
    else:
        which = {"skip_features": start, "max_features": limit}
    rows = read_ogr(source, columns, exact=exact, **which)
    more = wanted is None and len(rows.fids) == limit
    following = int(rows.fids[-1]) + 1 if source.by_fid and more else start + limit
    return replace(rows, next_fid=following if more else None, by_fid=source.by_fid)


def _audited(path: str, layer: str) -> str:
    tables, _ = feature_tables(path)
    if layer not in tables and (layer or not tables):
        raise NotReadable(
            "{path} has no layer {layer} that can be read.", path=os.path.basename(path), layer=repr(layer)
        )
    return layer or tables[0]
