"""Writes measurements as GeoJSON and CSV, with names as in KML, and value, error and unit as spreadsheets need them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import shapely
from shapely import orient_polygons, set_precision, to_geojson
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Table
from layers.document.marks.measurement import Measurement, dimension_of
from layers.document.marks.reading import Reading, readings_of
from layers.document.site import Site
from layers.geo.antimeridian import split_geometry
from layers.geo.coordinates import digits_for
from viewer.export.features import plain_cell

COLUMNS = (
    "uuid",
    "name",
    "description",
    "quantity",
    "value",
    "error",
    "unit",
    "value_si",
    "error_si",
    "pick_m",
    "notes",
    "created_at",
)
"""Columns. `value_si` and `error_si` are metres, square metres or degrees; `pick_m` is how exactly places were set."""
TABLES_OF_MEASUREMENTS: tuple[Table, ...] = ("sites",)
"""Tables of a document that are written."""


def measurements_text(document: Document, suffix: str) -> Iterator[str]:
    """The measurements of a document as ".geojson" or ".csv", a piece at a time."""
    return _geojson(document) if suffix == ".geojson" else _csv(document)


def _geojson(document: Document) -> Iterator[str]:
    yield '{"type": "FeatureCollection", "features": ['
    before = "\n"
    for site, reading in readings_of(document.sites.values()):
        geometry = set_precision(
            split_geometry(_geometry(site, reading)), 10.0 ** -digits_for(reading.pick_m), mode="pointwise"
        )
        feature = {
            "type": "Feature",
            "id": site.uuid,
            "geometry": json.loads(to_geojson(orient_polygons(geometry))),
            "properties": _row(site, reading),
        }
        yield before + json.dumps(feature, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _csv(document: Document) -> Iterator[str]:
    """The measurements as CSV, with spreadsheet formulas made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow([*COLUMNS, "lat", "lon", "wkt"])
    for site, reading in readings_of(document.sites.values()):
        place, digits = site.place, digits_for(reading.pick_m)
        cells = [plain_cell(value) for value in _row(site, reading).values()]
        writer.writerow([*cells, f"{place.y:.{digits}f}", f"{place.x:.{digits}f}", _geometry(site, reading).wkt])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _row(site: Site, reading: Reading) -> dict[str, Any]:
    number, margin = reading.numbers
    first_line = f"{reading.quantity}: {reading.text}"
    return {
        "uuid": site.uuid,
        "name": reading.name or reading.text,
        "description": "\n".join(text for text in (first_line, site.notes) if text),
        "quantity": reading.quantity,
        "value": float(number),
        "error": float(margin) if margin else None,
        "unit": reading.sign,
        "value_si": reading.value,
        "error_si": reading.error,
        "pick_m": reading.pick_m,
        "notes": site.notes,
        "created_at": site.created_at,
    }


def _geometry(site: Site, reading: Reading) -> BaseGeometry:
    """The mark's own geometry; for a distance from a line, that line with the way to its foot, which it lacks."""
    if reading.quantity != "cross-track":
        return site.geometry
    return shapely.MultiLineString(dimension_of(Measurement("cross-track"), site.geometry).lines[:2])
