"""Judgements as an issued product printed them, and the change of a judgement since then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.json_fields import json_object
from layers.document.rows import Product
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.product.judging.judged import likelihood_words

JUDGED = "judged"
"""The member of `numbers_json` for the printed judgements, by uuids of their claims."""
MOST_JUDGED, _LONGEST = 100_000, 20_000
_WHAT = Phrase("The numbers of the product")


class IssuedJudgement(NamedTuple):
    """A judgement as it was printed: likelihood, confidence, and the note on the change before it."""

    likelihood_term: str = ""
    likelihood_low: int | None = None
    likelihood_high: int | None = None
    confidence: str = ""
    change_note: str = ""


class EarlierJudgement(NamedTuple):
    """A judgement of an earlier version of a product, with the number of that version."""

    judgement: IssuedJudgement
    version: int


def issued_judgements(claims: Iterable[Claim]) -> dict[str, list[Any]]:
    """The judgements among these claims, as `numbers_json` keeps them."""
    return {claim.uuid: list(_judgement_of(claim)) for claim in claims if claim.state == "assessed"}


def read_judgements(text: str) -> dict[str, IssuedJudgement]:
    """The printed judgements in `numbers_json`, by claim; odd members count as not stated."""
    try:
        data = json_object(text, _WHAT).get(JUDGED)
    except InvalidValue:
        return {}
    rows = list(data.items())[:MOST_JUDGED] if isinstance(data, dict) else ()
    return {uuid: judgement for uuid, row in rows if (judgement := _read(row)) is not None}


def _read(row: Any) -> IssuedJudgement | None:
    if not isinstance(row, list) or len(row) != len(IssuedJudgement._fields):
        return None
    term, low, high, confidence, note = row
    if not all(isinstance(word, str) and len(word) <= _LONGEST for word in (term, confidence, note)):
        return None
    if not all(number is None or (type(number) is int and 0 <= number <= 100) for number in (low, high)):
        return None
    return IssuedJudgement(term, low, high, confidence, note)


def earlier_judgements(products: Mapping[str, Product], product: Product | None) -> dict[str, EarlierJudgement]:
    """The judgements of the versions before a product, each as the newest of them printed it."""
    judgements: dict[str, EarlierJudgement] = {}
    seen = set[str]()
    while product is not None and product.uuid not in seen:
        seen.add(product.uuid)
        product = products.get(product.previous_uuid)
        if product is not None and product.issued_at:
            for uuid, judgement in read_judgements(product.numbers_json).items():
                judgements.setdefault(uuid, EarlierJudgement(judgement, product.version))
    return judgements


def newest_judgement(document: Document, claim_uuid: str) -> EarlierJudgement | None:
    """The judgement in the newest issued version of any product that printed a claim; None where none has."""
    printed = (
        document.products.get(link.product_uuid) for link in document.links.products_of_row("claims", claim_uuid)
    )
    issued = [product for product in printed if product is not None and product.issued_at]
    for product in sorted(issued, key=lambda product: product.issued_at, reverse=True):
        judgement = read_judgements(product.numbers_json).get(claim_uuid)
        if judgement is not None:
            return EarlierJudgement(judgement, product.version)
    return None


def change_sentences(earlier: EarlierJudgement, claim: Claim) -> tuple[str, ...]:
    """The change of a judgement since an earlier version, likelihood and confidence in a sentence each."""
    return tuple(_changes(earlier, claim))


def _changes(earlier: EarlierJudgement, claim: Claim) -> Iterator[str]:
    before, now = earlier.judgement, _judgement_of(claim)
    unsaid = Phrase("not judged")
    if before[:3] != now[:3]:
        yield Phrase(
            "Likelihood: was {before} in version {version}, now {now}.",
            before=_likelihood(before) or unsaid,
            version=earlier.version,
            now=_likelihood(now) or unsaid,
        )
    if before.confidence != now.confidence:
        yield Phrase(
            "Confidence: was {before} in version {version}, now {now}.",
            before=Phrase(before.confidence) if before.confidence else unsaid,
            version=earlier.version,
            now=Phrase(now.confidence) if now.confidence else unsaid,
        )


def lacks_change_note(earlier: EarlierJudgement, claim: Claim) -> bool:
    """True where a judgement differs from the earlier one and no new words say why."""
    note = claim.change_note.strip()
    return bool(change_sentences(earlier, claim)) and note in ("", earlier.judgement.change_note.strip())


def _judgement_of(claim: Claim) -> IssuedJudgement:
    """The judgement of a claim as it stands; one that is not assessed has none."""
    if claim.state != "assessed":
        return IssuedJudgement(change_note=claim.change_note)
    return IssuedJudgement(
        claim.likelihood_term, claim.likelihood_low, claim.likelihood_high, claim.confidence, claim.change_note
    )


def _likelihood(judgement: IssuedJudgement) -> str:
    claim = Claim(
        uuid="",
        likelihood_term=judgement.likelihood_term,
        likelihood_low=judgement.likelihood_low,
        likelihood_high=judgement.likelihood_high,
    )
    return likelihood_words(claim)
