"""Advice on the texts of a claim, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator

from layers.document.claim import Claim
from layers.document.document import Document
from layers.product.judging.origins import origins_of
from layers.product.wording.rules import INDEPENDENTLY, JUDGED

CLAIM_KINDS = {
    "statement": "statement",
    "confidence_reason": "reason",
    "alternatives": "note",
    "assumptions": "note",
    "indicators": "note",
    "change_note": "note",
}
"""Kinds of the texts of ours, by column. The exact words of a source are never judged."""
_CAUTIONED = ("likelihood-in-reason", "mixed-terms", "likelihood-and-confidence")
"""Rules of which the cautions on a claim speak themselves, with its own likelihood in view."""


def rules_kept(document: Document, claim: Claim | None, column: str) -> frozenset[str]:
    """The rules that are not asked of a text of a claim: its rows keep them, or a caution speaks of them."""
    return frozenset(() if claim is None else _kept(document, claim, column))


def _kept(document: Document, claim: Claim, column: str) -> Iterator[str]:
    yield from _CAUTIONED
    if column == "statement" and claim.state == "assessed" and claim.likelihood_term:
        yield from JUDGED
    sources = (link.source_uuid for link in document.links.claim_to_sources(claim.uuid))
    if len(origins_of(document, sources)) > 1:
        yield INDEPENDENTLY
