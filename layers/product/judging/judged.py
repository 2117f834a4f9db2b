"""Judgements of ours about what others report: their links, found from both ends, and their two sentences."""

from __future__ import annotations

from typing import NamedTuple

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimEvidence
from layers.document.vocabulary import REVIEWED
from layers.phrase import Phrase

CLAIMS = "claims"
"""Table of evidence of the links between a judgement and the reported claims that it is about."""


class JudgedClaim(NamedTuple):
    """A claim at the other end of a link between a judgement and a reported claim."""

    claim: Claim
    link: ClaimEvidence


def is_report(claim: Claim) -> bool:
    """True for what somebody else says: a judgement can be about it."""
    return claim.voice != "analyst"


def is_ours(claim: Claim) -> bool:
    """True for a judgement of the analyst, False for a report of others."""
    return claim.voice == "analyst" or claim.state in ("assessed", "verified")


def is_reviewed(claim: Claim) -> bool:
    """True where a second person, by a name other than the author's, has reviewed it."""
    by = claim.reviewed_by.strip().casefold()
    return claim.status in REVIEWED and bool(by) and by != claim.created_by.strip().casefold()


def judgements_of(document: Document, report_uuid: str) -> list[JudgedClaim]:
    """The judgements of ours about a reported claim, in the order in which they were linked."""
    links = document.links.evidence_to_claims(report_uuid)
    return [
        JudgedClaim(document.claims[link.claim_uuid], link)
        for link in links
        if link.evidence_table == CLAIMS and link.claim_uuid in document.claims
    ]


def reports_of(document: Document, judgement_uuid: str) -> list[JudgedClaim]:
    """The reported claims that a judgement is about."""
    links = document.links.claim_to_evidence(judgement_uuid)
    return [
        JudgedClaim(document.claims[link.evidence_uuid], link)
        for link in links
        if link.evidence_table == CLAIMS and link.evidence_uuid in document.claims
    ]


def likelihood_words(claim: Claim) -> str:
    """Term and band, as "likely (55–80 %)"; empty where the analyst has judged nothing."""
    low, high = claim.likelihood_low, claim.likelihood_high
    band = f"{low}–{high} %" if low is not None and high is not None else ""
    if not claim.likelihood_term:
        return band
    term = Phrase(claim.likelihood_term)
    return Phrase("{term} ({band})", term=term, band=band) if band else term


def judged_sentences(claim: Claim) -> tuple[str, ...]:
    """The judgement in two sentences: likelihood is of the statement, confidence of its basis. None where we have not
    judged yet.
    """
    likelihood = likelihood_words(claim)
    sentences = (
        Phrase("Judged by us: {likelihood}.", likelihood=likelihood) if likelihood else "",
        Phrase("Confidence: {confidence}.", confidence=Phrase(claim.confidence)) if claim.confidence else "",
    )
    return tuple(sentence for sentence in sentences if sentence)
