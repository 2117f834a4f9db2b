"""Rows of files that OGR reads, through pyogrio: types kept, no number rounded, nothing that leads elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
from pyogrio.errors import FeatureError, GeometryError

from layers.errors import NotReadable, UnsupportedFormat
from layers.readers.arrow.arrow_cells import difficult_columns, with_streamed
from layers.readers.features.odd_dates import DATES, odd_dates
from layers.readers.features.odd_numbers import odd_numbers
from layers.readers.files import Content
from layers.readers.geometry.surfaces import rows_as_polygons
from layers.readers.other_kinds import kind_of_json_file
from layers.readers.rows.fid_range import these
from layers.readers.rows.ogr import READ_ERRORS, known_crs, remarks_ignored, typed_values
from layers.readers.rows.source_rows import Rows, VectorSource
from layers.readers.vector_words import features_refused, json_refused

ALLOWED_DRIVERS = frozenset({"GeoJSON", "GeoJSONSeq", "GPKG", "ESRI Shapefile", "FlatGeobuf", "GML", "OpenFileGDB"})
"""Drivers of files that are opened as they are; workbooks are too, but as tables."""
_INTEGERS = ("OFTInteger", "OFTInteger64")
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
    for name, odd_cells in odd.items():
        if odd_cells:
            values[name] = [
                None if fid in odd_cells else value for fid, value in zip(fids.tolist(), values[name], strict=True)
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
        answer = _read(source, [], flat, {**which, "read_geometry": False})
    waiting, pieces, left = [answer[1]], [], _MOST_HALVES
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
    wkb = [np.full(len(fids), None, object) if blobs is None else blobs for _, fids, blobs, _ in pieces]
    cells = [np.concatenate(values) for values in zip(*(piece[3] for piece in pieces), strict=True)]
    return pieces[0][0], np.concatenate([piece[1] for piece in pieces]), np.concatenate(wkb), cells


def _read(
    source: VectorSource, columns: list[str] | None, flat: bool, which: dict[str, Any]
) -> tuple[Any, Any, Any, Any]:
    options = {
        "layer": source.layer or None,
        "columns": columns,
        "return_fids": True,
        "force_2d": flat,
        "datetime_as_string": True,
        **which,
        **source.how,
    }
    try:
        meta, fids, wkb, cells = pyogrio.raw.read(source.dataset, **options)
    except UnicodeDecodeError:  # bytes that are not of the encoding: read them as they are, and mark what is wrong
        meta, fids, wkb, cells = pyogrio.raw.read(source.dataset, **{**options, "encoding": "ISO-8859-1"})
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
    columns = {}
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
        columns[str(name)] = [known.get(fid) for fid in fids.tolist()]
    return columns
