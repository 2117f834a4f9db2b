"""The rows of the case that a claim of a product rests on, each with its relation and its words, as far as it may stand
there.
"""

from __future__ import annotations

from collections.abc import Iterator

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, Row
from layers.document.search import Search, asked_sites
from layers.document.site import Site
from layers.phrase import Phrase, joined
from layers.product.content import EvidenceListed
from layers.product.judging.evidence_words import by_date, evidence_row, evidence_words, kind_of_evidence
from layers.product.judging.judged import CLAIMS
from layers.product.publishing import Publishing


def evidence_links(document: Document, claim: Claim) -> list[ClaimEvidence]:
    """The links of what a claim rests on. A report that is only judged by it proves nothing."""
    links = document.links.claim_to_evidence(claim.uuid)
    return [link for link in links if not (link.evidence_table == CLAIMS and link.bearing in ("", "context"))]


def evidence_listed(document: Document, claim: Claim, publishing: Publishing) -> Iterator[EvidenceListed]:
    """The rows in the order in which they were linked, observations by date, without those that a published product
    withholds.
    """
    about = frozenset(site.uuid for site in document.links.sites_of_claim(claim.uuid))
    for link in by_date(document, evidence_links(document, claim)):
        row = evidence_row(document, link)
        if row is None or not _admits(document, row, about, publishing):
            continue
        words = joined(": ", [kind_of_evidence(row), _words(document, row, about, publishing)])
        if link.note.strip():
            words = Phrase("{words} (part: “{part}”)", words=words, part=publishing.words(link.note.strip()))
        yield EvidenceListed(link.uuid, link.evidence_table, row.uuid, link.bearing, words, _marking_of(row))


def _words(document: Document, row: Row, about: frozenset[str], publishing: Publishing) -> str:
    if isinstance(row, Claim) and publishing.is_on:
        exact = publishing.source_words_of(document, row) or publishing.statement_of(document, row)
        return joined(" · ", [part for part in (publishing.speaker_of(document, row), exact) if part])
    site = document.sites.get(_site_uuid(row))
    is_told = site is None or publishing.admits_site(site, site.uuid in about)
    unnamed = about if is_told else {*about, _site_uuid(row)}
    if isinstance(row, Search):
        unnamed = {*unnamed, *_untold_sites(document, row, about, publishing)}
    return publishing.words(evidence_words(document, row, unnamed))


def _untold_sites(document: Document, row: Search, about: frozenset[str], publishing: Publishing) -> Iterator[str]:
    """Sites that a search of an archive was about, and that the product does not name."""
    for uuid in asked_sites(row):
        site = document.sites.get(uuid)
        if site is not None and not publishing.admits_site(site, uuid in about):
            yield uuid


def _admits(document: Document, row: Row, about: frozenset[str], publishing: Publishing) -> bool:
    """True for a row that may stand in the product: not marked higher, and no draft of a mark or a claim."""
    if not publishing.is_on:
        return True
    site = document.sites.get(_site_uuid(row))
    if site is not None and not publishing.admits_marked(site):
        return False
    match row:
        case Claim():
            return publishing.why_withheld(document, row) is None
        case Chip():
            return publishing.admits_marked(row)
        case Site():
            return publishing.admits_site(row, row.uuid in about)
    return True


def _site_uuid(row: Row) -> str:
    """The mark that a row is about; empty for none."""
    match row:
        case Observation() | Chip():
            return row.site_uuid
        case Search():
            return row.area_uuid
        case Site():
            return row.uuid
    return ""


def _marking_of(row: Row) -> str:
    return row.marking if isinstance(row, Chip | Site | Claim) else ""
