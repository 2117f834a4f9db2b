"""Sites as GeoJSON and CSV: what the case says, with as many digits as each place's error allows."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from shapely import orient_polygons, set_precision, to_geojson
from shapely.geometry import Polygon

from layers.document.document import Document
from layers.document.edit import Table
from layers.document.site import Site
from layers.geo.antimeridian import split_geometry
from layers.geo.coordinates import Notation, format_coordinate
from layers.geo.measure import circle
from layers.geo.on_earth import why_off_earth

FIELDS = (
    "uuid",
    "label",
    "class_code",
    "role",
    "location_country",
    "operator_country",
    "position_error_m",
    "position_basis",
    "status",
    "observed_at",
    "valid_from",
    "valid_to",
    "lifecycle",
    "lifecycle_as_of",
    "notes",
)
TABLES_OF_SITES: tuple[Table, ...] = ("sites", "claims", "claim_sites")
"""As much of a document as is written."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def digits_for(error_m: float | None) -> int:
    """Decimals of a degree that a place known to `error_m` deserves (7 where the error is not judged)."""
    if error_m is None or error_m <= 0:
        return 7
    return max(0, min(7, math.floor(math.log10(111_320 / error_m)) + 1))


def sites_text(document: Document, suffix: str) -> Iterator[str]:
    """The sites of a document as ".geojson" or ".csv", a piece at a time: the whole would fill the memory."""
    return geojson_text(document) if suffix == ".geojson" else csv_text(document)


def geojson_text(document: Document) -> Iterator[str]:
    """A FeatureCollection (RFC 7946), cut at the antimeridian and with areas to the left of their rings, as that wants.

    A loosely known point is a polygon: the circle of its error, as on screen. Each site is a line.
    """
    yield '{"type": "FeatureCollection", "features": ['
    before = "\n"
    for site in _sites(document):
        yield before + json.dumps(_feature(document, site), ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def csv_text(document: Document) -> Iterator[str]:
    """One row a site, coordinates in decimal degrees and MGRS, spreadsheet formulas made harmless."""
    out = io.StringIO()

    def taken() -> str:
        text = out.getvalue()
        out.seek(0)
        out.truncate()
        return text

    writer = csv.writer(out, lineterminator="\r\n")
    yield "\ufeff"
    names = ("lat", "lon", "mgrs", "alias_zh", "alias_ru", "alias_en", "claims", "wkt")
    writer.writerow([*FIELDS[:2], *names[:3], *FIELDS[2:], *names[3:]])
    yield taken()
    for site in _sites(document):
        place = _place_cells(site)
        facts = [plain_cell(getattr(site, name)) for name in FIELDS]
        aliases = dict(site.aliases)
        claims = " | ".join(claim.statement for claim in document.claims_of_site(site.uuid))
        wkt = "" if site.kind == "point" and place[0] else site.geometry.wkt
        extra = [plain_cell(aliases.get(language, "")) for language in ("zh", "ru", "en")]
        writer.writerow([*facts[:2], *place, *facts[2:], *extra, plain_cell(claims), wkt])
        yield taken()


def _sites(document: Document) -> Iterator[Site]:
    """Marks that are sites: annotations, measurements and search areas are none."""
    return (site for site in document.sites.values() if site.is_site)


def _place_cells(site: Site) -> list[str]:
    """Latitude, longitude and MGRS; empty for what is no place on the Earth."""
    if why_off_earth(site.geometry):
        return ["", "", ""]
    point, digits = site.place, digits_for(site.position_error_m)
    mgrs = format_coordinate(point.x, point.y, Notation.MGRS, error_m=site.position_error_m)
    return [f"{point.y:.{digits}f}", f"{point.x:.{digits}f}", mgrs]


def _feature(document: Document, site: Site) -> dict[str, Any]:
    properties: dict[str, Any] = {name: getattr(site, name) for name in FIELDS}
    properties["aliases"] = dict(site.aliases)
    properties["claims"] = [
        {"statement": c.statement, "source_wording": c.source_wording, "made_by": c.made_by, "state": c.state}
        for c in document.claims_of_site(site.uuid)
    ]
    geometry = site.geometry
    if nowhere := why_off_earth(geometry):
        # A GeoJSON reader would put it somewhere: without a geometry, the coordinates as they are kept.
        properties |= {"not_drawn": nowhere, "wkt": geometry.wkt}
        return {"type": "Feature", "id": site.uuid, "geometry": None, "properties": properties}
    if site.is_area and site.position_error_m is not None:
        properties["drawn_as"] = "circle of the position error (90 %)"
        digits = digits_for(site.position_error_m)
        x, y = round(geometry.x, digits), round(geometry.y, digits)
        properties["centre"] = [x, y]
        ring = np.round(np.column_stack(circle(x, y, site.position_error_m)), digits + 2)
        geometry = split_geometry(Polygon(ring))
    else:
        geometry = set_precision(split_geometry(geometry), 10.0 ** -digits_for(site.position_error_m), mode="pointwise")
    geometry = orient_polygons(geometry)
    return {"type": "Feature", "id": site.uuid, "geometry": json.loads(to_geojson(geometry)), "properties": properties}


def plain_cell(value: object) -> str:
    """A cell of a table, a formula of a spreadsheet made harmless."""
    text = "" if value is None else str(value)
    if isinstance(value, str) and text.startswith(FORMULA_STARTS):
        return "'" + text
    return text
