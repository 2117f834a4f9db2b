"""The words of a case as plain tables: sites, claims, answers, sources, imagery, and a sheet about the whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec import Struct
from shapely import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.coordinates import Notation, digits_for
from layers.product.content import ClaimSaid, ImageSeen, NamedSite, ProductContent, ResponseSaid, SourceCited
from layers.product.parties import claim_sentence, context_of, own_answers
from viewer.export.features import claims_by_site, coordinates, credit_lines, joined, place_of
from viewer.support.language.text import plain

type _Cell = str | float | None
NOTATIONS = (Notation.DD, Notation.DDM, Notation.DMS, Notation.UTM, Notation.MGRS)
LONGEST_CELL = 30_000
"""Most characters of a cell; a spreadsheet holds 32,767."""
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


class DataTable(Struct, frozen=True):
    """A sheet: its name, the names of its columns, and its rows. Texts are plain; numbers are numbers."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[_Cell, ...], ...]


class SiteRow(NamedTuple):
    """A mark with its words and the claims about it."""

    named_site: NamedSite
    site: Site
    claims: tuple[ClaimSaid, ...]
    place: Point | None
    """Place of the mark; None where it has no place on the Earth."""


def case_tables(document: Document, content: ProductContent) -> list[DataTable]:
    """The sheets of a workbook. Empty ones are left out, except the sheet of sites and the one about the whole."""
    tables = [
        _table("Sites", _SITE_COLUMNS, site_rows(document, content)),
        _table("Claims", _CLAIM_COLUMNS, content.claims),
        _table("Responses", _RESPONSE_COLUMNS, content.responses),
        _table("Sources", _SOURCE_COLUMNS, content.sources),
        _table("Imagery", _IMAGE_COLUMNS, content.images),
        DataTable("About", ("what", "words"), tuple((what, _cell(words)) for what, words in about(content))),
    ]
    return [table for table in tables if table.rows or table.name == "Sites"]


def site_rows(document: Document, content: ProductContent) -> list[SiteRow]:
    """The marks of a product that may be shown, in its order."""
    claimed = claims_by_site(content)
    shown = [
        (named_site, document.sites[named_site.uuid])
        for named_site in content.sites
        if named_site.uuid not in content.withheld
    ]
    return [SiteRow(named_site, site, claimed.get(named_site.uuid, ()), place_of(site)) for named_site, site in shown]


def about(content: ProductContent) -> list[tuple[str, str]]:
    """Rows on the whole product, each a label and its words: title, marking, credits, caveats."""
    return [
        ("title", content.title),
        *((what, words) for what, words in (("status", content.status), ("correction", content.correction)) if words),
        ("marking", content.marking or "none"),
        *(("credit", credit) for credit in credit_lines(content)),
        *(("search", words) for words in content.searched),
        *(("caveat", caveat) for caveat in content.caveats),
        ("made with", "Geoloupe"),
    ]


def _degrees(row: SiteRow, axis: int) -> _Cell:
    if row.place is None:
        return None
    return round(float((row.place.x, row.place.y)[axis]), digits_for(row.site.position_error_m))


def _in_notation(notation: Notation) -> Callable[[SiteRow], _Cell]:
    return lambda row: coordinates(row.place, row.site.position_error_m, notation)


_SITE_COLUMNS: dict[str, Callable[[SiteRow], _Cell]] = {
    "name": lambda row: row.named_site.name,
    "class": lambda row: row.named_site.class_words,
    "role": lambda row: row.named_site.role,
    "mark": lambda row: row.named_site.mark_kind,
    "lifecycle": lambda row: row.named_site.doubt or row.named_site.lifecycle,
    "lat": lambda row: _degrees(row, 1),
    "lon": lambda row: _degrees(row, 0),
    **{str(notation.value).lower(): _in_notation(notation) for notation in NOTATIONS},
    "position_error_m": lambda row: row.site.judged_error_m,
    "precision": lambda row: row.named_site.precision,
    "place_inferred": lambda row: row.named_site.inferred,
    "claims": lambda row: joined(f"{claim.number}: {claim.said}" for claim in row.claims),
    "speakers": lambda row: joined(claim.speaker for claim in row.claims),
    "likelihood": lambda row: joined(f"{claim.number}: {claim.likelihood}" for claim in row.claims if claim.likelihood),
    "confidence": lambda row: joined(f"{claim.number}: {claim.confidence}" for claim in row.claims if claim.confidence),
    "responses": lambda row: joined(answer.sentence for claim in row.claims for answer in claim.responses),
    "sources": lambda row: " ".join(dict.fromkeys(quote.source.number for c in row.claims for quote in c.quotes)),
    "seen": lambda row: row.named_site.seen,
    "identity": lambda row: row.named_site.identity,
    "attributed": lambda row: joined(claim_sentence(claim) for claim in row.claims),
    "own_answers": lambda row: joined(own_answers([claim for claim in row.claims if claim.parties])),
    "context": lambda row: joined(context_of(row.claims)),
    "names": lambda row: joined(f"{language}: {name}" for language, name in row.named_site.names),
    "marking": lambda row: row.site.marking,
    "place_sources": lambda row: row.named_site.cited,
}
_CLAIM_COLUMNS: dict[str, Callable[[ClaimSaid], _Cell]] = {
    "number": lambda claim: claim.number,
    "statement": lambda claim: claim.statement,
    "source_words": lambda claim: claim.source_words,
    "attributed": claim_sentence,
    "speaker": lambda claim: claim.speaker,
    "voice": lambda claim: claim.voice,
    "made_at": lambda claim: claim.made_at,
    "state": lambda claim: claim.state,
    "likelihood": lambda claim: claim.likelihood,
    "confidence": lambda claim: claim.confidence,
    "confidence_reason": lambda claim: claim.reason,
    "named": lambda claim: joined(party.name for party in claim.parties),
    "place_inferred": lambda claim: joined(claim.inferred),
    "responses": lambda claim: joined(answer.sentence for answer in claim.responses),
    "own_answers": lambda claim: joined(own_answers([claim]) if claim.parties else ()),
    "context": lambda claim: joined(context_of([claim])),
    "sources": lambda claim: " ".join(dict.fromkeys(quote.source.number for quote in claim.quotes)),
    "quotes": lambda claim: joined(f"{quote.source.number}: {quote.words}" for quote in claim.quotes if quote.words),
    "how_we_know": lambda claim: joined(claim.steps),
    "evidence": lambda claim: joined(claim.evidence_lines(len(claim.rests_on) + len(claim.quotes))),
    "marking": lambda claim: claim.marking,
    "place_note": lambda claim: claim.place_note,
}
_RESPONSE_COLUMNS: dict[str, Callable[[ResponseSaid], _Cell]] = {
    "kind": lambda answer: answer.kind,
    "speaker": lambda answer: answer.speaker,
    "words": lambda answer: answer.words,
    "date": lambda answer: answer.date,
    "source": lambda answer: answer.source.number if answer.source is not None else "",
    "answers": lambda answer: "all of it" if answer.is_to_whole else "",
    "sentence": lambda answer: answer.sentence,
}
_SOURCE_COLUMNS: dict[str, Callable[[SourceCited], _Cell]] = {
    "number": lambda source: source.number,
    "citation": lambda source: source.citation,
    "title": lambda source: source.title,
    "publisher": lambda source: source.publisher,
    "author": lambda source: source.author,
    "published": lambda source: source.published,
    "accessed": lambda source: source.accessed,
    "url": lambda source: source.url,
    "reliability": lambda source: source.reliability,
    "descriptor": lambda source: source.descriptor,
    "carries": lambda source: source.origin,
    "rights": lambda source: source.rights,
    "marking": lambda source: source.marking,
}
_IMAGE_COLUMNS: dict[str, Callable[[ImageSeen], _Cell]] = {
    "name": lambda image: image.name,
    "sensor": lambda image: image.sensor,
    "date": lambda image: image.date,
    "date_kind": lambda image: image.date_kind,
    "date_basis": lambda image: image.date_basis,
    "credit": lambda image: image.credit,
    "licence": lambda image: image.licence,
    "placement": lambda image: image.placement,
}


def _table[T](name: str, columns: dict[str, Callable[[T], _Cell]], rows: Iterable[T]) -> DataTable:
    cells = tuple(tuple(_cell(value(row)) for value in columns.values()) for row in rows)
    return DataTable(name, tuple(columns), cells)


def _cell(value: _Cell) -> _Cell:
    return for_xml(plain(value, LONGEST_CELL)) if isinstance(value, str) else value


def for_xml(text: str) -> str:
    """Replace the characters that XML or UTF-8 cannot hold. `plain` has removed the invisible ones."""
    return _NO_XML.sub("\ufffd", text)
