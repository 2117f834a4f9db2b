"""The probe of a vector file: its layers, as `VectorInfo`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import shapely
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.decoding import encoded
from layers.errors import CannotBePlaced, NotReadable, UnsupportedFormat
from layers.geo.crs import WGS84, is_geographic, is_off_earth, off_earth_sentence
from layers.phrase import Phrase, joined
from layers.readers.arrow.geometry_stream import geometry_batches
from layers.readers.features.geodatabase import geodatabase_tables
from layers.readers.features.gml import gml_layers
from layers.readers.features.odd_dates import odd_date_problems
from layers.readers.features.odd_numbers import odd_number_problems
from layers.readers.features.ogr_rows import read_info
from layers.readers.features.parsing import parse_tables
from layers.readers.features.row_checks import MOST_ROWS, check_rows, shapes_of
from layers.readers.features.shapefile import encoding_of, notes_on
from layers.readers.features.vector_extent import LayerExtent, extent_of
from layers.readers.features.vector_source import parsed_layers, rows_of, source_of
from layers.readers.files import Content
from layers.readers.geojson.json_crs import crs_note
from layers.readers.geojson.json_heights import height_note, height_problems
from layers.readers.geojson.json_lines import lines_lost
from layers.readers.geojson.json_repair import MOST_PARSED_BYTES
from layers.readers.guards.geopackage_audit import feature_tables
from layers.readers.rows.ogr import crs_problem, field_type, known_crs
from layers.readers.rows.parsed_layer import ParsedLayer
from layers.readers.rows.source_rows import VectorSource
from layers.readers.unknown_datum import datum_sentence
from layers.requests.features import OfLayer
from layers.requests.probe import Probe
from layers.text.counted import grouped
from layers.vector.table import VectorInfo

MAX_CHECKED_BYTES = 30 * 2**20
"""Largest file, among those that are read only as a whole, that is read just to check its rows."""
_CHECKED_BYTES = 2**20
"""Bytes that are looked at in a file that is read in chunks, approximately."""
_FIRST_ROWS = 2_000
_KINDS = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)
"""Kinds of geometry in the order of shapely's numbers."""


def probe_vector(content: Content, question: Probe) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The header of a vector probe.

    Raises NotReadable for a file without features, and what opening raises.
    """
    path, name = question.path, os.path.basename(question.path)
    if content is Content.SQLITE:
        tables, problems = feature_tables(path)
        if not tables:
            raise NotReadable(
                joined(
                    " ", [Phrase("{name} holds no layer of features: there is nothing to show.", name=name), *problems]
                )
            )
        layers = _table_infos(question, tables, problems)
    elif content is Content.GEODATABASE:
        tables, problems = geodatabase_tables(path)
        if not tables:
            raise NotReadable(
                joined(
                    " ", [Phrase("{name} holds no layer of features: there is nothing to show.", name=name), *problems]
                )
            )
        layers = _table_infos(question, tables, problems)
    elif content is Content.GML:
        layers = _table_infos(question, gml_layers(path), [])
    else:
        source = source_of(OfLayer(path, options=question.options))
        if source.is_ogr:
            notes = notes_on(path) if content is Content.SHAPEFILE else []
            layers = [_ogr_info(source, notes)]
        else:
            preview = question.preview and content in (Content.TABLE, Content.WORKBOOK)
            parsed = parse_tables(source, preview=True) if preview else parsed_layers(source)
            layers = [_parsed_info(path, layer) for layer in parsed]
        if not any(layer.features for layer in layers):
            raise NotReadable("{name} holds no features: there is nothing to show.", name=name)
    return {"kind": "vector", "layers": [encoded(layer) for layer in layers]}, ()


def _table_infos(question: Probe, tables: list[str], problems: list[str]) -> list[VectorInfo]:
    """Return the tables that can be read; each has sentences about the others. Raises the last error where there are
    none.
    """
    infos, failed = [], None
    for table in tables:
        try:
            infos.append(_ogr_info(source_of(OfLayer(question.path, table, question.options)), problems))
        except (NotReadable, UnsupportedFormat) as error:
            problems, failed = [*problems, Phrase("A layer is left out: {why}", why=error.sentence)], error
    if not infos and failed is not None:
        raise failed
    return [replace(info, problems=tuple(dict.fromkeys([*problems, *info.problems]))) for info in infos]


def _ogr_info(source: VectorSource, notes: list[str]) -> VectorInfo:
    info = read_info(source)
    is_named = isinstance(source.dataset, str) or source.content is Content.GML
    name = str(info["layer_name"]) if is_named else os.path.splitext(source.name)[0]
    is_json = source.content in (Content.JSON, Content.JSON_LINES)
    crs = known_crs(info["crs"]) or source.default_crs
    sentences = [*notes, *source.notes]
    if problem := crs_problem(info["crs"], name):
        sentences.append(problem)
    if crs and (note := datum_sentence(name, crs)):
        sentences.append(note)
    if is_json and (note := crs_note(source.path, name, crs == WGS84)):
        sentences.append(note)
    if is_json:
        sentences += height_note(source)
    if source.content is Content.JSON_LINES and os.path.getsize(source.path) > MOST_PARSED_BYTES:
        with open(source.path, "rb") as file:
            sentences += lines_lost(file, int(info["features"]))
    if info["features"] == 0:
        sentences.append(Phrase("{name} holds no features.", name=name))
    count = int(info["features"])
    fields = tuple(
        (str(field), field_type(str(kind), str(sub)))
        for field, kind, sub in zip(info["fields"], info["ogr_types"], info["ogr_subtypes"], strict=True)
    )
    shapes, is_all, row_problems = _first_rows(source, name, count, fields, crs)
    sentences += row_problems
    geometry = str(info["geometry_type"] or "Unknown")
    if geometry == "Unknown" and is_all and len(shapes):
        geometry = _kind_of(shapes)  # OGR says so of lines among which some are of several parts
    extent = extent_of(shapes, crs, info["total_bounds"], is_all=is_all)
    if not extent.fits and not len(shapes):
        extent = extent_of(_first_shapes(source), crs, info["total_bounds"], is_all=False)
    reading = {}
    if source.content is Content.SHAPEFILE:
        encoding, evidence = encoding_of(source.path, source.options)
        reading = {"encoding": encoding, "encoding_evidence": evidence}
    return _placed(
        VectorInfo(
            path=source.path,
            driver=str(info["driver"]),
            name=name,
            geometry=geometry,
            features=count,
            crs=crs,
            fields=fields,
            bounds=extent.bounds,
            bounds_lonlat=None,
            problems=tuple(sentences),
            reading=reading,
        ),
        extent,
    )


def _first_rows(
    source: VectorSource, name: str, count: int, fields: tuple[tuple[str, str], ...], crs: str
) -> tuple[NDArray[Any], bool, list[str]]:
    """Shapes of the first of `count` rows, whether they are all rows, and sentences about their faults."""
    if not (source.by_fid or source.is_chunked or os.path.getsize(source.path) <= MAX_CHECKED_BYTES):
        return np.zeros(0, object), False, []
    most = _rows_to_check(source, count)
    rows = rows_of(source, 0, most, [])
    shapes, is_all = shapes_of(rows.wkb), rows.next_fid is None
    sentences = check_rows(rows, shapes, crs, may_overlap=source.has_surfaces)
    dates = [field for field, kind in fields if kind in ("date", "datetime")]
    integers = [field for field, kind in fields if kind in ("integer", "boolean")]
    reals = [field for field, kind in fields if kind == "real"]
    sentences += odd_date_problems(source, dates, rows.fids)
    sentences += odd_number_problems(source, integers, reals, rows.fids)
    if source.content in (Content.JSON, Content.JSON_LINES) and is_all:
        sentences += height_problems(source, rows)
    if not is_all and sentences:
        sentences.append(Phrase("Only the first {most} rows of {name} were looked at.", most=grouped(most), name=name))
    return shapes, is_all, sentences


def _kind_of(shapes: NDArray[Any]) -> str:
    """The OGC name of the rows' geometries, the multiple one where some are multiple; "Unknown" for a mixture, "None"
    for no geometries.
    """
    kinds = {_KINDS[number] for number in np.unique(shapely.get_type_id(shapes)).tolist() if number >= 0}
    if len(kinds) > 1:
        kinds = {kind if kind.startswith("Multi") else f"Multi{kind}" for kind in kinds}
    return kinds.pop() if len(kinds) == 1 else "Unknown" if kinds else "None"


def _first_shapes(source: VectorSource) -> NDArray[Any]:
    """The first shapes of a file that was not looked at because of its size."""
    for _, (_, blobs) in geometry_batches(source, _FIRST_ROWS):
        return shapes_of([blobs.row(at) for at in range(len(blobs))])
    return np.zeros(0, object)


def _rows_to_check(source: VectorSource, features: int) -> int:
    """Number of rows to check, fewer where they are large: the first picture waits for this, and a reader keeps the
    memory.
    """
    row_bytes = os.path.getsize(source.path) / max(features, 1)
    return int(min(max(_CHECKED_BYTES / max(row_bytes, 1), 500), MOST_ROWS))


def _parsed_info(path: str, layer: ParsedLayer) -> VectorInfo:
    shapes = shapes_of(layer.wkb)
    kind = _kind_of(shapes)
    extent = extent_of(shapes, layer.crs)
    fields = tuple((name, layer.types.get(name, "text")) for name in layer.columns)
    problems = list(layer.problems)
    if len(layer) <= MOST_ROWS and (kind not in ("Point", "None") or extent.outside):
        problems += check_rows(layer.rows([]), shapes, layer.crs)
    return _placed(
        VectorInfo(
            path,
            layer.driver,
            layer.name,
            kind,
            len(layer),
            layer.crs,
            fields,
            extent.bounds,
            None,
            tuple(problems),
            layer.style,
            layer.reading,
        ),
        extent,
    )


def _placed(info: VectorInfo, extent: LayerExtent) -> VectorInfo:
    """The table with its bounds in lon, lat, or a sentence that says why there are none."""
    problems, lonlat = list(info.problems), None
    bounds, crs, name = info.bounds, info.crs, info.name
    if not crs:
        problems.append(
            Phrase("{name} does not say in which CRS it is: choose its CRS in the layer's properties.", name=name)
        )
    elif is_off_earth(crs):
        problems.append(off_earth_sentence(name, crs))
    elif bounds is not None and is_geographic(crs) and not extent.fits:
        if max(abs(bounds.left), abs(bounds.right)) <= 90 and max(abs(bounds.bottom), abs(bounds.top)) <= 360:
            problems.append(
                Phrase("{name} has latitudes beyond 90: latitudes and longitudes look swapped in the file.", name=name)
            )
        else:
            problems.append(
                Phrase("{name} is said to be in degrees, but its coordinates are not: choose its CRS.", name=name)
            )
    elif bounds is not None:
        try:
            lonlat = extent.lonlat(crs, clockwise=info.driver == "ESRI Shapefile")
        except CannotBePlaced as error:
            problems.append(error.sentence)
        if lonlat is not None and not is_geographic(crs) and max(map(abs, bounds)) <= 360:
            problems.append(
                Phrase(
                    "{name} is said to be in metres ({crs}), but its coordinates look like degrees: check its CRS.",
                    name=name,
                    crs=crs,
                )
            )
    return replace(info, bounds_lonlat=lonlat, problems=tuple(problems))
