"""Advice on the texts of a claim, as they are typed."""

from __future__ import annotations

from collections.abc import Iterator

from layers.document.claim import Claim
from layers.document.document import Document
from layers.product.judging.judged import reports_of
from layers.product.judging.origins import origins_of
from layers.product.wording.rules import BY_NAME, INDEPENDENTLY, JUDGED, MILITARY

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
_OTHERS = frozenset(BY_NAME) - {MILITARY}


def rules_kept(document: Document, claim: Claim | None, column: str, text: str) -> frozenset[str]:
    """The rules that are not asked of a text as it is typed for a claim: the rows of the claim keep them, or a caution
    speaks of them.
    """
    return frozenset(() if claim is None else _kept(document, claim, column, text))


def _kept(document: Document, claim: Claim, column: str, text: str) -> Iterator[str]:
    yield from _CAUTIONED
    if column == "statement" and claim.state == "assessed" and claim.likelihood_term:
        yield from JUDGED
    if column == "statement" and (reports := [report.claim for report in reports_of(document, claim.uuid)]):
        words = " ".join(report.source_wording for report in reports if report.made_by)
        yield from rules_kept_by_reports(text, words)
    sources = (link.source_uuid for link in document.links.claim_to_sources(claim.uuid))
    if len(origins_of(document, sources)) > 1:
        yield INDEPENDENTLY


def rules_kept_by_reports(statement: str, reported: str) -> frozenset[str]:
    """The rules that the statement of a judgement keeps by the reports that it is about.

    `reported` are the exact words of their named speakers. A report that says "missile" does not make a place military
    in any other word.
    """
    # For start-up time: its patterns are compiled when words are judged.
    from layers.product.wording.advice import advice_on

    left, kept = statement, frozenset[str]()
    while reported and (advice := advice_on(left, "statement", _OTHERS)):
        words = advice[0].words
        if words.casefold() not in reported.casefold():
            return frozenset()
        left, kept = left.replace(words, "…"), frozenset((MILITARY,))
    return kept
