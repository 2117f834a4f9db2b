"""The sites and the claims that a row is about, and the row with a form that shows it."""

from __future__ import annotations

from collections.abc import Iterable

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import TABLES, Table
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, ClaimSource, Comment, Response, Row
from layers.document.search import Search, asked_sites
from layers.document.site import Site
from layers.document.source import Source, SourceFile

DEEPEST = 4
"""Steps from a row to its sites: from a comment on an answer to the claim, and to the claim's sites."""


def sites_about(document: Document, table: Table, uuid: str) -> list[str]:
    """Uuids of the present marks that a row is about, each once."""
    row = document.table(table).get(uuid)
    sites = _sites(document, row, DEEPEST) if row is not None else ()
    return [site for site in dict.fromkeys(sites) if site in document.sites]


def claims_about(document: Document, table: Table, uuid: str) -> list[str]:
    """Uuids of the present claims that a row is about or belongs to, each once."""
    row = document.table(table).get(uuid)
    claims = _claims(document, row, DEEPEST) if row is not None else ()
    return [claim for claim in dict.fromkeys(claims) if claim in document.claims]


def row_with_form(document: Document, table: Table, uuid: str) -> tuple[Table, str] | None:
    """The row itself where it is a site, claim, source, answer or search, which have forms or a list that shows them;
    else the one that it belongs to.

    None where that has left the case.
    """
    for _step in range(DEEPEST):
        match document.table(table).get(uuid):
            case Site() | Claim() | Source() | Response() | Search():
                return table, uuid
            case (ClaimSource() | ClaimEvidence()) as link:
                table, uuid = "claims", link.claim_uuid
            case SourceFile() as file:
                table, uuid = "sources", file.source_uuid
            case (Observation() | Chip()) as seen:
                table, uuid = "sites", seen.site_uuid
            case Comment() as comment:
                uuid = comment.target_uuid
                table = next((each for each in TABLES if uuid in document.table(each)), "sites")
            case _:
                return None
    return None


def _sites(document: Document, row: Row, steps: int) -> Iterable[str]:
    if not steps:
        return ()
    links = document.links
    match row:
        case Site():
            return (row.uuid,)
        case Claim():
            return [link.site_uuid for link in links.claim_to_sites(row.uuid)]
        case ClaimSource() | ClaimEvidence():
            return _of_claims(document, [row.claim_uuid])
        case Source():
            placed = [site.uuid for site in document.sites.values() if site.position_source_uuid == row.uuid]
            return placed + _of_claims(document, [link.claim_uuid for link in links.source_to_claims(row.uuid)])
        case SourceFile():
            source = document.sources.get(row.source_uuid)
            return _sites(document, source, steps - 1) if source is not None else ()
        case Response():
            return _of_claims(document, [link.claim_uuid for link in links.response_to_claims(row.uuid)])
        case Observation() | Chip():
            return (row.site_uuid,)
        case Search():
            return (row.area_uuid, *asked_sites(row))
        case Comment():
            targets = (document.table(each).get(row.target_uuid) for each in TABLES)
            target = next(filter(None, targets), None)
            return _sites(document, target, steps - 1) if target is not None else ()
        case _:
            return ()


def _claims(document: Document, row: Row, steps: int) -> Iterable[str]:
    if not steps:
        return ()
    links = document.links
    match row:
        case Claim():
            return (row.uuid,)
        case ClaimSource() | ClaimEvidence():
            return (row.claim_uuid,)
        case Site():
            return [link.claim_uuid for link in links.site_to_claims(row.uuid)]
        case Source():
            return [link.claim_uuid for link in links.source_to_claims(row.uuid)]
        case SourceFile():
            source = document.sources.get(row.source_uuid)
            return _claims(document, source, steps - 1) if source is not None else ()
        case Response():
            return [link.claim_uuid for link in links.response_to_claims(row.uuid)]
        case Observation() | Chip() | Search():
            return [link.claim_uuid for link in links.evidence_to_claims(row.uuid)]
        case Comment():
            targets = (document.table(each).get(row.target_uuid) for each in TABLES)
            target = next(filter(None, targets), None)
            return _claims(document, target, steps - 1) if target is not None else ()
        case _:
            return ()


def _of_claims(document: Document, claims: Iterable[str]) -> list[str]:
    return [link.site_uuid for claim in claims for link in document.links.claim_to_sites(claim)]
