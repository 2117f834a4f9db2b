"""The claims of the report as its template takes them: each once, with its answers beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from layers.product.content import ClaimSaid, ResponseSaid, SourceCited
from layers.product.gathering import NO_ANSWER
from layers.product.parties import claim_sentence, context_sentence, excerpt, our_words, own_answers
from layers.time.written_dates import written_date
from viewer.support.language.text import one_line, plain

_EXCERPT = 90
"""Most characters of an answer that stands in full at another claim."""


class AnswersOnce:
    """Gives each answer, and each context of a source, in full at the first claim, and again where somebody is named.

    Elsewhere an excerpt leads to the full words: a reader of twelve claims reads the answer to all of them once.
    """

    def __init__(self) -> None:
        self._anchors: dict[str, tuple[str, str]] = {}
        """The anchor of the full words and the number of their claim, by the uuid of the answer."""

    def answers(self, claim: ClaimSaid) -> list[dict[str, str]]:
        """The answers to a claim: words, an `id` where they stand in full first, a `link` to those at another claim."""
        return [self._entry(answer.uuid, answer.sentence, claim, _short(answer)) for answer in claim.responses]

    def contexts(self, claim: ClaimSaid) -> list[dict[str, str]]:
        """Context that the sources of a claim give for the other side."""
        sources = [source for source in _sources(claim) if source.context.strip()]
        return [
            self._entry(f"c-{source.uuid}", words, claim, excerpt(words, most=_EXCERPT))
            for source in sources
            for words in (context_sentence(source),)
        ]

    @property
    def printed(self) -> frozenset[str]:
        """Uuids of the answers that stand at a claim."""
        return frozenset(self._anchors)

    def _entry(self, uuid: str, sentence: str, claim: ClaimSaid, short: str) -> dict[str, str]:
        if uuid not in self._anchors:
            anchor = f"a{len(self._anchors) + 1}"
            self._anchors[uuid] = anchor, claim.number
            return {"words": plain(sentence), "id": anchor, "link": "", "at": ""}
        anchor, at = self._anchors[uuid]
        is_whole = bool(claim.parties) or len(short) >= len(sentence)
        return {"words": plain(sentence if is_whole else short), "id": "", "link": "" if is_whole else anchor, "at": at}


def claim_values(
    claims: Iterable[ClaimSaid], names: dict[str, str], numbers: dict[str, int], once: AnswersOnce
) -> list[dict[str, Any]]:
    """The values of each claim for the template. `names` are those of the marks by uuid, `numbers` those on the map."""
    return [_values(claim, names, numbers, once) for claim in claims]


def _values(claim: ClaimSaid, names: dict[str, str], numbers: dict[str, int], once: AnswersOnce) -> dict[str, Any]:
    ours = our_words(claim)
    return {
        "number": claim.number,
        "is_ours": claim.is_ours,
        "words": plain(claim_sentence(claim)),
        "note": plain(ours if claim.source_words else ""),
        "facts": _facts(claim),
        "sites": _places(claim, names, numbers),
        "answers": once.answers(claim),
        "no_answer": "" if claim.responses else NO_ANSWER,
        "none": [plain(words) for words in own_answers([claim])] if claim.parties and claim.responses else [],
        "contexts": once.contexts(claim),
        "quotes": [
            {"number": quote.source.number, "words": plain(_quote_words(quote.words, quote.page, claim.said))}
            for quote in claim.quotes
        ],
    }


def _facts(claim: ClaimSaid) -> list[tuple[str, str]]:
    """Rows below the words, as (title, words)."""
    facts = [
        ("State", claim.state if claim.state != "reported" else ""),
        ("Said", plain(written_date(claim.made_at))),
        ("Likelihood", plain(claim.likelihood)),
        ("Basis", plain(". ".join(filter(None, (claim.confidence.rstrip("."), claim.reason))))),
        ("On the place", plain(claim.place_note) if claim.place_note != "none" else ""),
        *(("Place", plain(words)) for words in claim.inferred),
        *(("Our analysis", plain(line)) for line in (*claim.beside, *claim.considered)),
        *(("Rests on", plain(line)) for line in claim.evidence_lines(len(claim.rests_on) + len(claim.quotes))),
        *(("How we know", plain(step)) for step in claim.steps),
    ]
    return [(title, words) for title, words in facts if words]


def _places(claim: ClaimSaid, names: dict[str, str], numbers: dict[str, int]) -> list[dict[str, Any]]:
    places = {uuid: names[uuid] for uuid in claim.sites if uuid in names}
    places |= {party.uuid: party.name for party in claim.parties}
    sites: list[dict[str, Any]] = [
        {"number": numbers.get(uuid), "name": one_line(name)} for uuid, name in places.items()
    ]
    here = set(places.values())
    return sites + [{"number": None, "name": one_line(name)} for name in claim.sites_elsewhere if name not in here]


def _quote_words(words: str, page: str, printed: str) -> str:
    """The page, and the words where the claim has others: what is printed above is not said again."""
    bare, above = (" ".join(text.strip(' "“”').split()) for text in (words, printed))
    return (f", {page}" if page else "") + (f": {words}" if bare and bare not in above else "")


def _short(answer: ResponseSaid) -> str:
    return excerpt(answer.sentence, [answer.speaker] if answer.speaker else (), most=_EXCERPT)


def _sources(claim: ClaimSaid) -> Sequence[SourceCited]:
    return list({quote.source.uuid: quote.source for quote in claim.quotes}.values())
