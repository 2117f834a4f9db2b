"""Writes sites as GeoJSON and CSV, with as many digits as each place's error allows.

Claims, answers and sources are written in the words that every product prints.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from shapely import Point, orient_polygons, set_precision, to_geojson
from shapely.geometry import Polygon

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.antimeridian import split_geometry
from layers.geo.coordinates import Notation, digits_for, format_coordinate
from layers.geo.measure import circle
from layers.geo.on_earth import why_off_earth
from layers.product.content import ClaimSaid, NamedSite, ProductContent
from layers.product.gathering import content_of
from layers.product.own_paths import without_paths
from layers.product.parties import claim_sentence, context_of, own_answers
from layers.text.spreadsheet import without_formulas

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
_NOT_PUBLISHED = ("status", "notes")
"""Fields that are the analyst's own, and are left empty in a published product."""
_MORE = (
    *("ddm", "dms", "utm", "precision", "place_inferred", "speakers", "states", "likelihood", "confidence"),
    *("responses", "sources", "seen", "marking", "product_status", "attributed", "own_answers", "context", "identity"),
    *("place_sources", "claim_numbers"),
)


def sites_text(document: Document, suffix: str, content: ProductContent | None = None) -> Iterator[str]:
    """The sites of a document as ".geojson" or ".csv", a piece at a time: the whole would fill the memory.

    `content` holds the words of a product, whose sites are written; None for those of the whole case, unpublished.
    """
    product_content = content_of(document, document.sites, whole_case=True) if content is None else content
    return geojson_text(document, product_content) if suffix == ".geojson" else csv_text(document, product_content)


def geojson_text(document: Document, content: ProductContent) -> Iterator[str]:
    """A FeatureCollection as RFC 7946 asks: cut at the antimeridian, with areas to the left of their rings.

    A loosely known point is a polygon: the circle of its error, as on screen. Each site is one line of the text. What
    holds for all sites, such as the marking, comes before them.
    """
    members = "".join(
        f'"{name}": {json.dumps(words, ensure_ascii=False)}, ' for name, words in _about(content) if words
    )
    yield f'{{"type": "FeatureCollection", {members}"features": ['
    before, claimed = "\n", claims_by_site(content)
    for named_site, site in _sites(document, content):
        claims = claimed.get(site.uuid, ())
        yield before + json.dumps(_feature(site, named_site, claims, content), ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _about(content: ProductContent) -> Iterator[tuple[str, Any]]:
    yield "title", content.title
    yield "status", content.status
    yield "correction", content.correction
    yield "marking", content.marking
    yield "credits", credit_lines(content)
    yield "searched", list(content.searched)
    yield "caveats", list(content.caveats)
    yield (
        "sources",
        [{"number": source.number, "citation": source.citation, "url": source.url} for source in content.sources],
    )
    yield "responses", [answer.sentence for answer in content.responses]


def credit_lines(content: ProductContent) -> list[str]:
    """Each credit of the images that the evidence rests on, with its licence, once."""
    lines = dict.fromkeys(" · ".join(filter(None, (image.credit, image.licence))) for image in content.images)
    return [line for line in lines if line]


def csv_text(document: Document, content: ProductContent) -> Iterator[str]:
    """One row for each site, with coordinates in every notation, and spreadsheet formulas made harmless.

    Coordinates have as many decimals as a place's error allows. New columns are added at the end only.
    """
    out = io.StringIO()

    def take_text() -> str:
        text = out.getvalue()
        out.seek(0)
        out.truncate()
        return text

    writer = csv.writer(out, lineterminator="\r\n")
    yield "\ufeff"
    names = ("lat", "lon", "mgrs", "alias_zh", "alias_ru", "alias_en", "claims", "wkt")
    writer.writerow([*FIELDS[:2], *names[:3], *FIELDS[2:], *names[3:], *_MORE])
    yield take_text()
    claimed = claims_by_site(content)
    for named_site, site in _sites(document, content):
        point = place_of(site)
        place = _place_cells(site, point)
        facts = [plain_cell(value) for value in _facts(site, named_site, content).values()]
        aliases = dict(named_site.names)
        about = claimed.get(site.uuid, ())
        claims = " | ".join(claim.statement or claim.said for claim in about)
        wkt = "" if site.kind == "point" and place[0] else site.geometry.wkt
        extra = [plain_cell(aliases.get(language, "")) for language in ("zh", "ru", "en")]
        more = [plain_cell(cell) for cell in _more_cells(site, point, named_site, about, content)]
        writer.writerow([*facts[:2], *place, *facts[2:], *extra, plain_cell(claims), wkt, *more])
        yield take_text()


def claims_by_site(content: ProductContent) -> dict[str, tuple[ClaimSaid, ...]]:
    """Claims about each site and claims that name it, by the site's uuid, in the order of the product."""
    by_site: dict[str, dict[str, ClaimSaid]] = {}
    for claim in content.claims:
        for uuid in (*claim.sites, *(party.uuid for party in claim.parties)):
            by_site.setdefault(uuid, {})[claim.uuid] = claim
    return {uuid: tuple(claims.values()) for uuid, claims in by_site.items()}


def _more_cells(
    site: Site, place: Point | None, named_site: NamedSite, claims: tuple[ClaimSaid, ...], content: ProductContent
) -> Iterator[str]:
    """The cells of `_MORE`: our judgements apart from what was said, likelihood apart from confidence."""
    for notation in (Notation.DDM, Notation.DMS, Notation.UTM):
        yield coordinates(place, site.position_error_m, notation)
    yield from (named_site.precision, named_site.inferred)
    yield joined(claim.speaker for claim in claims)
    yield joined(f"{claim.number}: {claim.state}" for claim in claims)
    yield joined(f"{claim.number}: {claim.likelihood}" for claim in claims if claim.likelihood)
    yield joined(f"{claim.number}: {claim.confidence}" for claim in claims if claim.confidence)
    yield joined(answer.sentence for claim in claims for answer in claim.responses)
    yield joined(f"{quote.source.number}: {quote.source.citation}" for claim in claims for quote in claim.quotes)
    yield named_site.seen
    yield site.marking or content.marking
    yield content.status
    yield joined(claim_sentence(claim) for claim in claims)
    yield joined(own_answers([claim for claim in claims if claim.parties]))
    yield joined(context_of(claims))
    yield named_site.identity
    yield joined(f"{cited.words}: {cited.source.citation}" for cited in named_site.rests_on)
    yield joined(claim.number for claim in claims)


def joined(texts: Iterable[str]) -> str:
    """Several texts in one cell, without repetition."""
    return " | ".join(dict.fromkeys(filter(None, texts)))


def place_of(site: Site) -> Point | None:
    """The point that stands for a site; None without a place on the Earth."""
    return None if why_off_earth(site.geometry) else site.place


def coordinates(place: Point | None, error_m: float | None, notation: Notation) -> str:
    """A place with as many digits as its error allows; empty for None."""
    return "" if place is None else format_coordinate(place.x, place.y, notation, error_m=error_m)


def _facts(site: Site, named_site: NamedSite, content: ProductContent) -> dict[str, Any]:
    """The fields of a site; in a published product those of the analyst are empty."""
    facts = {name: getattr(site, name) for name in FIELDS} | {"position_error_m": site.judged_error_m}
    if content.is_published:
        facts |= dict.fromkeys(_NOT_PUBLISHED, "")
        facts["position_basis"] = named_site.basis
        facts["label"] = without_paths(site.label)
    return facts


def _sites(document: Document, content: ProductContent) -> Iterator[tuple[NamedSite, Site]]:
    """The marks that are sites: not annotations, measurements and search areas."""
    for named_site in content.sites:
        site = document.sites[named_site.uuid]
        if site.is_site and named_site.uuid not in content.withheld:
            yield named_site, site


def _place_cells(site: Site, place: Point | None) -> list[str]:
    """Latitude, longitude and MGRS; empty for a site without a place on the Earth."""
    if place is None:
        return ["", "", ""]
    digits = digits_for(site.position_error_m)
    mgrs = coordinates(place, site.position_error_m, Notation.MGRS)
    return [f"{place.y:.{digits}f}", f"{place.x:.{digits}f}", mgrs]


def _feature(
    site: Site, named_site: NamedSite, claims: tuple[ClaimSaid, ...], content: ProductContent
) -> dict[str, Any]:
    properties: dict[str, Any] = _facts(site, named_site, content)
    properties["aliases"] = dict(named_site.names)
    properties["precision"], properties["seen"] = named_site.precision, named_site.seen
    properties["identity"] = named_site.identity
    properties["place_inferred"], properties["marking"] = named_site.inferred, site.marking
    properties["claims"] = [_claim(claim) for claim in claims]
    properties["place_sources"] = [{"number": cited.source.number, "for": cited.what} for cited in named_site.rests_on]
    geometry = site.geometry
    if nowhere := why_off_earth(geometry):
        # A GeoJSON reader would put it somewhere: without a geometry, the coordinates as they are kept.
        properties |= {"not_drawn": nowhere, "wkt": geometry.wkt}
        return {"type": "Feature", "id": site.uuid, "geometry": None, "properties": properties}
    if site.is_area and site.judged_error_m is not None:
        properties["drawn_as"] = "circle of the position error (90 %)"
        digits = digits_for(site.position_error_m)
        x, y = round(geometry.x, digits), round(geometry.y, digits)
        properties["centre"] = [x, y]
        ring = np.round(np.column_stack(circle(x, y, site.judged_error_m)), digits + 2)
        geometry = split_geometry(Polygon(ring))
    else:
        geometry = set_precision(split_geometry(geometry), 10.0 ** -digits_for(site.position_error_m), mode="pointwise")
    geometry = orient_polygons(geometry)
    return {"type": "Feature", "id": site.uuid, "geometry": json.loads(to_geojson(geometry)), "properties": properties}


def _claim(claim: ClaimSaid) -> dict[str, Any]:
    """A claim with its answers; likelihood and confidence are separate, and only where we have judged."""
    return {
        "number": claim.number,
        "statement": claim.statement,
        "source_wording": claim.source_words,
        "attributed": claim_sentence(claim),
        "made_by": claim.speaker,
        "voice": claim.voice,
        "state": claim.state,
        "likelihood": claim.likelihood or None,
        "confidence": claim.confidence or None,
        "confidence_reason": claim.reason,
        "place_note": claim.place_note,
        "responses": [
            {
                "kind": answer.kind,
                "speaker": answer.speaker,
                "words": answer.words,
                "date": answer.date,
                "sentence": answer.sentence,
            }
            for answer in claim.responses
        ],
        "own_answers": " ".join(own_answers([claim])) if claim.parties else "",
        "context": list(context_of([claim])),
        "sources": [
            {"number": quote.source.number, "quote": quote.words, "page": quote.page} for quote in claim.quotes
        ],
        "evidence": [{"relation": row.relation, "kind": row.table, "words": row.words} for row in claim.rests_on],
    }


def plain_cell(value: object) -> str:
    """A cell of a table, with a spreadsheet formula made harmless."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return without_formulas(value)
