"""Cautions on a claim, as it is written: what tradecraft asks and its words do not give yet. They refuse nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.observation import Observation
from layers.phrase import Phrase, all_of
from layers.product.judging.evidence_words import evidence_row
from layers.product.judging.judged import CLAIMS, is_report, is_reviewed, judgements_of
from layers.product.judging.likelihood_terms import ROWS, one_sentence, term_in, two_rows
from layers.product.judging.origins import origins_of
from layers.product.judging.reissue import lacks_change_note, newest_judgement
from layers.product.judging.steps import step_words

OWN_TEXTS = ("statement", "confidence_reason", "alternatives", "assumptions", "indicators", "change_note")
"""Columns of a claim with words of ours."""
_NEVER_SEEN = re.compile(r"\b(?:gone|built|destroyed|removed|constructed|abandoned)\b", re.IGNORECASE)
_LONGEST = 60


class Caution(NamedTuple):
    """A sentence on one field of a claim."""

    field: str
    sentence: str


def cautions_of(document: Document, claim: Claim) -> tuple[Caution, ...]:
    """The cautions on a claim; `claim` may hold words that are still being typed."""
    return tuple(_cautions(document, claim))


def _cautions(document: Document, claim: Claim) -> Iterator[Caution]:
    yield from _speakers_term(document, claim)
    yield from _one_sentence(claim)
    yield from _reason(claim)
    yield from _rows_of_terms(claim)
    yield from _confirmed(document, claim)
    yield from _unseen(document, claim)
    earlier = newest_judgement(document, claim.uuid)
    if earlier is not None and lacks_change_note(earlier, claim):
        yield Caution(
            "change_note",
            Phrase("The judgement differs from the issued one: say why, or the next version cannot be issued."),
        )
    if claim.state == "verified" and (missing := missing_of_verified(document, claim)):
        yield Caution(
            "state",
            Phrase("Verified is more than believed: it still needs {missing}.", missing=all_of(missing)),
        )


def _speakers_term(document: Document, claim: Claim) -> Iterator[Caution]:
    term = term_in(claim.source_wording) if is_report(claim) else ""
    if term and not judgements_of(document, claim.uuid):
        sentence = Phrase(
            "“{term}” is the speaker's word, and sets no likelihood of ours: judge the report (J) if you have one.",
            term=term,
        )
        yield Caution("source_wording", sentence)


def _one_sentence(claim: Claim) -> Iterator[Caution]:
    for field in OWN_TEXTS:
        sentence = one_sentence(getattr(claim, field))
        if sentence:
            yield Caution(
                field,
                Phrase(
                    "Likelihood and confidence stand in one sentence, “{sentence}”: make it two.",
                    sentence=_short(sentence),
                ),
            )


def _reason(claim: Claim) -> Iterator[Caution]:
    term = term_in(claim.confidence_reason)
    if term and not one_sentence(claim.confidence_reason):
        yield Caution(
            "confidence_reason",
            Phrase("“{term}” says how likely it is: the reason is about the basis of the judgement.", term=term),
        )


def _rows_of_terms(claim: Claim) -> Iterator[Caution]:
    """Both rows of terms in one claim, its own likelihood among them."""
    texts = [claim.likelihood_term if claim.likelihood_term in ROWS else ""]
    texts += [getattr(claim, field) for field in OWN_TEXTS]
    mixed = two_rows(texts)
    if mixed is not None:
        yield Caution(
            "statement",
            Phrase(
                "“{one}” and “{other}” are of two rows of ICD 203's terms: use one row.", one=mixed[0], other=mixed[1]
            ),
        )


def _confirmed(document: Document, claim: Claim) -> Iterator[Caution]:
    links = document.links.claim_to_sources(claim.uuid)
    if any(link.credibility == 1 for link in links) and len(origins_of(document, (k.source_uuid for k in links))) < 2:
        yield Caution(
            "credibility",
            Phrase("Credibility 1 is “confirmed by other sources”, and its sources have one origin."),
        )


def _unseen(document: Document, claim: Claim) -> Iterator[Caution]:
    """Words of linked observations that no image shows."""
    for link in document.links.claim_to_evidence(claim.uuid):
        row = evidence_row(document, link)
        sentence = observation_caution(row.words) if isinstance(row, Observation) else ""
        if sentence:
            yield Caution("evidence", sentence)


def observation_caution(words: str) -> str:
    """A caution on the words of an observation that say more than an image shows; empty for others."""
    match = _NEVER_SEEN.search(words)
    if match is None:
        return ""
    return Phrase(
        "“{word}” is a judgement, and no image shows it: the observation says what is seen, a claim what follows.",
        word=match[0],
    )


def missing_of_verified(document: Document, claim: Claim) -> tuple[str, ...]:
    """All that a claim needs to be called verified and has not got: a step, evidence of its own, a second reviewer."""
    parts = (
        (Phrase("a step that says how it was checked"), bool(step_words(claim.steps_json))),
        (Phrase("evidence that is not the claimant's"), _has_own_evidence(document, claim)),
        (Phrase("a reviewer who is not its author"), is_reviewed(claim)),
    )
    return tuple(words for words, is_there in parts if not is_there)


def _has_own_evidence(document: Document, claim: Claim) -> bool:
    """True for evidence of our own that supports it, or for a supporting source of another origin."""
    if any(
        link.bearing == "supports" and link.evidence_table != CLAIMS and evidence_row(document, link) is not None
        for link in document.links.claim_to_evidence(claim.uuid)
    ):
        return True
    links = document.links.claim_to_sources(claim.uuid)
    supporting = [link.source_uuid for link in links if link.bearing == "supports"]
    return bool(supporting) and len(origins_of(document, (link.source_uuid for link in links))) > 1


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
