"""Rows of the case that a claim rests on, each in a line: what was seen, kept, searched, measured or reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.image import Image
from layers.document.marks.reading import reading_of
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, Row
from layers.document.search import Search
from layers.document.site import Site
from layers.document.vocabulary import EVIDENCE_TABLES
from layers.observing.archive_question import asked_question, names_of_asked, question_words
from layers.phrase import Phrase, joined
from layers.time.written_dates import bounded_period, written_date

_SITES = ("site_point", "site_line", "site_polygon")


def evidence_row(document: Document, link: ClaimEvidence) -> Row | None:
    """The row that a link leads to; None where it is not in the case, or not of the table that the link names."""
    row = document.table(document_table(link.evidence_table)).get(link.evidence_uuid)
    return row if row is not None and table_of(row) == link.evidence_table else None


def by_date(document: Document, links: Iterable[ClaimEvidence]) -> list[ClaimEvidence]:
    """Links with the observations among them in the order of their images' dates; all other rows keep their places."""
    links = list(links)
    dates = {link.uuid: _date_seen(document, link) for link in links if link.evidence_table == "observations"}
    seen = iter(sorted((link for link in links if link.uuid in dates), key=lambda link: dates[link.uuid]))
    return [next(seen) if link.uuid in dates else link for link in links]


def _date_seen(document: Document, link: ClaimEvidence) -> tuple[bool, str]:
    """The date of the image of an observation, to sort by: those without a date come last."""
    row = evidence_row(document, link)
    image = document.images.get(row.image_uuid) if isinstance(row, Observation) else None
    date = image.acquired_at if image is not None else ""
    return not date, date


def document_table(evidence_table: str) -> Table:
    """The document's table of a table of evidence."""
    match evidence_table:
        case "observations" | "chips" | "searches" | "claims":
            return evidence_table
    return "sites"


def table_of(row: Row) -> str:
    """The table of evidence that a row belongs to; empty for rows that are no evidence."""
    match row:
        case Observation():
            return "observations"
        case Chip():
            return "chips"
        case Search():
            return "searches"
        case Claim():
            return "claims"
        case Site():
            table = f"site_{row.kind}"
            return table if table in EVIDENCE_TABLES else ""
    return ""


def kind_of_evidence(row: Row | None) -> str:
    """The kind of evidence in one word."""
    match row:
        case Observation():
            return Phrase("observation")
        case Chip():
            return Phrase("chip")
        case Search():
            return Phrase("search")
        case Claim():
            return Phrase("claim")
        case Site(mark_kind="measurement"):
            return Phrase("measurement")
    return Phrase("mark")


def evidence_words(document: Document, row: Row | None, places: Collection[str] = ()) -> str:
    """A row of evidence in one line. `places`: uuids of the sites that need no name, as all is about them."""
    match row:
        case Observation():
            site = document.sites.get(row.site_uuid) if row.site_uuid not in places else None
            return _joined_parts((site.label if site is not None else "", *_seen(document, row)))
        case Chip():
            return _joined_parts((row.caption, row.layer_title, _chip_date(document, row)))
        case Search():
            return _joined_parts(_searched(document, row, places))
        case Claim():
            return _joined_parts((row.made_by, row.statement or row.source_wording or Phrase("no words yet")))
        case Site():
            return _joined_parts(_marked(document, row))
    return Phrase("no longer in the case")


def _chip_date(document: Document, chip: Chip) -> str:
    """The date of a chip's stamp, and beside it the one that was stated later for its image."""
    image = document.images.get(chip.image_uuid)
    own = dated_words(chip.acquired_at)
    if image is None or image.acquired_at in ("", chip.acquired_at):
        return own
    return Phrase("{own}; stated later: {later}", own=own, later=dated_words(image.acquired_at))


def dated_words(acquired_at: str) -> str:
    """A date as people write it; said where it is not known."""
    return written_date(acquired_at) if acquired_at else Phrase("date unknown")


def image_words(image: Image | None) -> str:
    """An image by its name and its date; by its date alone where that is its name."""
    if image is None:
        return Phrase("an image that is not in the case")
    name = image.layer_title or image.product_id or image.service or image.sensor
    date = dated_words(image.acquired_at)
    is_date = name.strip() in (date, image.acquired_at, bounded_period(image.acquired_at))
    return joined(", ", [part for part in ("" if is_date else name, date) if part])


def _seen(document: Document, row: Observation) -> Iterator[str]:
    presence = Phrase(row.presence) if row.presence else ""
    if presence and row.why:
        presence = Phrase("{presence} ({why})", presence=presence, why=Phrase(row.why))
    target = row.target.strip()
    yield Phrase("{target}: {presence}", target=target, presence=presence) if target and presence else presence
    if row.change and row.change != "first look":
        yield Phrase("change: {change}", change=Phrase(row.change))
    low, high = row.count_low, row.count_high
    if low is not None or high is not None:
        numbers = dict.fromkeys(str(number) for number in (low, high) if number is not None)
        yield Phrase("count {numbers}", numbers="–".join(numbers))
    yield image_words(document.images.get(row.image_uuid))
    yield row.words


def _searched(document: Document, row: Search, places: Collection[str]) -> Iterator[str]:
    area = document.sites.get(row.area_uuid) if row.area_uuid not in places else None
    yield area.label if area is not None else ""
    yield Phrase(row.result) if row.result else ""
    size = f"{row.target_size_m:g}" if row.target_size_m is not None else ""
    target = row.target or Phrase("a target")
    yield Phrase("{target} of {size} m or more", target=target, size=size) if size else row.target
    if row.assessed_pct is not None:
        yield Phrase("{share} % assessable", share=f"{row.assessed_pct:g}")
    yield row.words
    if row.image_uuid:
        yield image_words(document.images.get(row.image_uuid))
        return
    query = asked_question(row)
    question = question_words(query.question, names_of_asked(document, query, places), with_box=False) if query else ""
    if row.at and question:
        yield Phrase("asked on {date} for {question}", date=dated_words(row.at), question=question)
    elif row.at:
        yield Phrase("asked on {date}", date=dated_words(row.at))


def _marked(document: Document, site: Site) -> Iterator[str]:
    reading = reading_of(site) if site.mark_kind == "measurement" else None
    yield site.label or (Phrase(reading.quantity) if reading is not None else Phrase("a mark without a name"))
    yield reading.text if reading is not None else ""
    if site.image_uuid:
        yield image_words(document.images.get(site.image_uuid))
    elif site.observed_at:
        yield dated_words(site.observed_at)


def _joined_parts(parts: Iterable[str]) -> str:
    return joined(" · ", [part for part in parts if part.strip()])


def offered_evidence(document: Document, claim_uuid: str) -> Iterator[Row]:
    """The rows of the case that a claim may rest on and does not yet, those about its own marks first.

    Of the two chips of one capture the exact pixels alone are offered.
    """
    known = {link.evidence_uuid for link in document.links.claim_to_evidence(claim_uuid)}
    sites = {link.site_uuid for link in document.links.claim_to_sites(claim_uuid)}
    rest: list[Row] = []
    for row, site_uuid in _evidence_rows(document):
        if row.uuid in known:
            continue
        if site_uuid in sites:
            yield row
        else:
            rest.append(row)
    yield from rest


def is_offered(document: Document, chip: Chip) -> bool:
    """False for the view of a capture whose exact pixels are in the case."""
    return not (chip.kind == "view" and chip.pair_uuid in document.chips)


def _evidence_rows(document: Document) -> Iterator[tuple[Row, str]]:
    """Every row that may be evidence, with the uuid of its mark."""
    for seen in document.observations.values():
        yield seen, seen.site_uuid
    for chip in document.chips.values():
        if is_offered(document, chip):
            yield chip, chip.site_uuid
    for search in document.searches.values():
        yield search, search.area_uuid
    for site in document.sites.values():
        if site.mark_kind == "measurement":
            yield site, site.parent_uuid or site.uuid
