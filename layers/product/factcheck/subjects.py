"""The state of a row that facts are about, with all that it rests on: equal digests mean that nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import Row
from layers.document.site import Site
from layers.product.factcheck.fact_sheet import SUBJECTS, SubjectState
from layers.product.issuing.printed_rows import digest_of, printed_row
from layers.product.site_words import name_of

_DIGEST_BYTES = 8
_LONGEST_NAME = 120


def subject_state(document: Document, table: str, uuid: str) -> SubjectState | None:
    """The present state of a claim or a mark; None where it is gone, and for rows that nobody reviews."""
    row = subject_row(document, table, uuid)
    if row is None:
        return None
    digests = "\0".join(digest_of(part) for part in _rests_on(document, row))
    digest = hashlib.blake2b(digests.encode(), digest_size=_DIGEST_BYTES).hexdigest()
    return SubjectState(table, uuid, row.rev, digest, subject_name(document, row))


def subject_row(document: Document, table: str, uuid: str) -> Claim | Site | None:
    """The claim or mark of this name, which a checker reviews; None for any other row."""
    if table not in SUBJECTS:
        return None
    return document.claims.get(uuid) if table == "claims" else document.sites.get(uuid)


def subject_name(document: Document, row: Claim | Site) -> str:
    """The row in a line, for lists."""
    words = row.statement or row.source_wording if isinstance(row, Claim) else str(name_of(document, row))
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"


def _rests_on(document: Document, row: Claim | Site) -> Iterator[Row]:
    """The row itself, its links, and the sources and evidence at their other ends."""
    yield row
    if isinstance(row, Site):
        sources = (document.sources.get(uuid) for uuid in (row.position_source_uuid, row.lifecycle_source_uuid))
        yield from (source for source in sources if source is not None)
        return
    yield from document.links.claim_to_sites(row.uuid)
    for link in document.links.claim_to_sources(row.uuid):
        yield link
        source = document.sources.get(link.source_uuid)
        if source is not None:
            yield source
    for evidence in document.links.claim_to_evidence(row.uuid):
        yield evidence
        seen = printed_row(document, evidence.evidence_table, evidence.evidence_uuid)
        if seen is not None:
            yield seen
