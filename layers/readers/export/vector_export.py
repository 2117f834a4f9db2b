"""Writes a layer anew, a stretch of rows at a time: GeoPackage, FlatGeobuf, GeoJSON, CSV; types are kept."""

from __future__ import annotations

import sqlite3
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.decoding import decoded, encoded
from layers.errors import CannotBePlaced, DiskFull, ExportFailed
from layers.phrase import Phrase, joined
from layers.readers.export.export_facts import ExportFacts, as_kind, facts_of
from layers.readers.export.export_table import append_table, copy_to_flatgeobuf, keep_fids
from layers.readers.export.export_text import append_features, append_lines, lines_in, shapes_in_lonlat
from layers.readers.export.stored_shapes import as_stored
from layers.readers.features.ogr_rows import read_info
from layers.readers.features.vector_source import parsed_layer, rows_of, source_of
from layers.readers.library_words import tells_full_disk
from layers.readers.rows.ogr import READ_ERRORS, field_type
from layers.readers.rows.source_rows import Rows, VectorSource
from layers.requests.features import Exported, ExportRows

CHUNK_ROWS = 20_000
ROWS_BY_FID = 2_000
"""Most features that are read by their fids; for more the whole file is read."""
_NO_FACTS = Phrase("The rows that are saved have changed: save the layer again.")
FORMATS = ("GPKG", "FlatGeobuf", "GeoJSON", "CSV")


def export_rows(question: ExportRows) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """One stretch, as `ExportRows` says; header `Exported`.

    GeoJSON and CSV are in WGS 84, as their readers expect; a GeoPackage and a FlatGeobuf keep the CRS. Raises
    CannotBePlaced, ExportFailed, DiskFull, and what reading raises.
    """
    source, kind = source_of(question), question.format
    if kind not in FORMATS:
        raise ExportFailed("A layer is saved as {formats}, not as {kind}.", formats=", ".join(FORMATS), kind=kind[:40])
    wanted = np.asarray(np.load(question.fids_file, allow_pickle=False), np.int64) if question.fids_file else None
    rows = _wanted_rows(source, question.start, wanted)
    crs = question.source_crs or rows.crs
    if not crs and kind in ("GeoJSON", "CSV"):
        raise CannotBePlaced("{name} does not say in which CRS it is: choose its CRS first.", name=source.name)
    facts = decoded(question.facts, ExportFacts, _NO_FACTS) if question.facts else facts_of(source, wanted)
    try:
        types = _types(source, rows)
        written = _write(source, rows, crs, facts, types, question)
    except (*READ_ERRORS, sqlite3.Error, OSError) as error:
        raise _failure(error, source) from error
    lines = lines_in(question.out) if kind == "CSV" and rows.next_fid is None else None
    return encoded(Exported(rows.next_fid, written, encoded(facts), _remark(kind, facts, types), lines)), ()


def _write(
    source: VectorSource, rows: Rows, crs: str, facts: ExportFacts, types: dict[str, str], question: ExportRows
) -> int:
    """One stretch; returns how many rows are written by now."""
    out, kind, title, before = question.out, question.format, question.title, question.written
    is_first, is_last = not question.start, rows.next_fid is None
    if kind == "GPKG":
        rows = as_stored(source, rows, curves=True)
        name = facts.name(curves=True)
        append_table(out, title, replace(rows, wkb=as_kind(rows.wkb, name)), types, crs, is_first, name)
        if facts.has_ids:
            keep_fids(out, title, rows.fids)
    elif kind == "FlatGeobuf":
        table, name = f"{out}.gpkg", _flatgeobuf_kind(facts)
        rows = as_stored(source, rows, curves=False)
        wkb = as_kind(rows.wkb, name, with_heights=name.endswith(" Z"))
        append_table(table, title, replace(rows, wkb=wkb), types, crs, is_first, name)
        if is_last:
            copy_to_flatgeobuf(table, title, out, name)
    elif kind == "GeoJSON":
        shapes = shapes_in_lonlat(rows, crs)
        append_features(out, rows, types, shapes, is_first, is_last, before == 0, facts.has_ids)
    else:
        append_lines(out, rows, types, shapes_in_lonlat(rows, crs), is_first, facts.are_points)
    return before + len(rows.wkb)


def _flatgeobuf_kind(facts: ExportFacts) -> str:
    """Return the layer's kind of geometry: FlatGeobuf has one kind a layer, or any kind but only x and y."""
    return "Unknown" if facts.mixes_measures else facts.name(curves=False)


def _remark(kind: str, facts: ExportFacts, types: dict[str, str]) -> str:
    """A remark on what these rows lose in the file; empty where nothing is lost."""
    remarks = []
    if kind == "FlatGeobuf" and facts.has_more_than_xy and _flatgeobuf_kind(facts) == "Unknown":
        remarks.append(
            Phrase(
                "A FlatGeobuf of several kinds of geometry holds no heights and no measures: a GeoPackage keeps them."
            )
        )
    if bytes_in := [name for name, value_type in types.items() if value_type == "other"]:
        remarks.append(
            Phrase(
                "What is no text in {bytes_in} (pictures, other files) is saved as base64 text.",
                bytes_in=", ".join(bytes_in)[:80],
            )
        )
    return joined(" ", remarks)


def _wanted_rows(source: VectorSource, start: int, wanted: NDArray[np.int64] | None) -> Rows:
    """Read the next stretch of all rows, or the wanted ones of it; few wanted ones at once."""
    if wanted is None:
        return rows_of(source, start, CHUNK_ROWS, None, exact=True)
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


def _failure(error: Exception, source: VectorSource) -> ExportFailed | DiskFull:
    text = " ".join(str(error).split())[:200]
    if tells_full_disk(error):
        return DiskFull("{name} does not fit on the disk: make room or choose another folder.", name=source.name)
    return ExportFailed("{name} could not be written: {text}", name=source.name, text=text or type(error).__name__)
