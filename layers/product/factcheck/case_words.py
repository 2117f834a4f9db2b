"""Gathers the words of a case that typed ones may stand on: of claims, answers and sources, and of kept texts."""

from __future__ import annotations

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import Response
from layers.document.source import Source
from layers.product.content import ProductContent
from layers.product.factcheck.fact_sheet import StandsOn
from layers.product.factcheck.kept_texts import KeptQuotes
from layers.product.factcheck.typed_words import CaseSentences, Reference, TypedMatch
from layers.product.factcheck.word_groups import stretch_in
from layers.product.marking import may_carry
from layers.product.wording.reading import sentences_of
from layers.time.written_dates import written_date

NO_BASIS = "basis not stated"
_MOST_SENTENCES = 20_000
"""Most sentences of kept texts that typed words are compared with."""


class CaseReferences:
    """All words of a case that may stand on a sheet of this product's marking, and what each of them is."""

    def __init__(self, document: Document, content: ProductContent, kept: KeptQuotes) -> None:
        self._document, self._marking, self._kept = document, content.marking, kept
        self._cited = {source.uuid: source for source in content.sources}
        self._numbers = {claim.uuid: claim.number for claim in content.claims}
        self._on: dict[Reference, StandsOn] = {}
        for claim in document.claims.values():
            if claim.state != "withdrawn" and (claim.uuid in self._numbers or may_carry(self._marking, claim.marking)):
                self._take_claim(claim)
        for answer in document.responses.values():
            self._take_answer(answer)
        for source in document.sources.values():
            if self._may_stand(source):
                self._take_source(source)
        for uuid in self._cited:
            self._take_kept(uuid)
        self._words = CaseSentences(self._on)

    def match(self, sentence: str, but: str = "") -> tuple[TypedMatch, StandsOn] | None:
        """The words that a sentence stands on, with what they are; None where the case has none that are near.

        `but`: the uuid of a row whose words are its own.
        """
        match = self._words.match(sentence, but)
        if match is None:
            return None
        on = self._on[match.reference]
        return match, on._replace(
            stretch=stretch_in(on.quote, sentence), kept=self._kept.answers(on.uuid, on.quote) if on.uuid else ()
        )

    def has(self, norm: str) -> bool:
        """True where the case has this number anywhere among these words."""
        return self._words.has(norm)

    def _may_stand(self, source: Source) -> bool:
        return source.uuid in self._cited or may_carry(self._marking, source.marking)

    def _take_claim(self, claim: Claim) -> None:
        links = self._document.links.claim_to_sources(claim.uuid)
        sources = [(link, self._document.sources.get(link.source_uuid)) for link in links]
        known = [(link, source) for link, source in sources if source is not None and self._may_stand(source)]
        if sources and not known:
            return  # its words are those of a source that may not be named here
        number = self._numbers.get(claim.uuid, "")
        name = f"claim {number}" if number else "a claim that is not on the page"
        speaker = claim.made_by.strip()
        for link, source in known:
            words = link.quote.strip() or claim.source_wording.strip()
            if words:
                on = self._source(
                    source, words, link.page, f"in {name}, made by {speaker}" if speaker else f"in {name}"
                )
                self._on.setdefault(_spoken(claim.uuid, speaker, words), on)
        if not known or not any(link.quote.strip() for link, _ in known):
            words = claim.source_wording.strip() or claim.statement.strip()
            on = StandsOn("", name, words, is_source=False)
            self._on.setdefault(_spoken(claim.uuid, speaker if claim.source_wording.strip() else "", words), on)

    def _take_answer(self, answer: Response) -> None:
        source = self._document.sources.get(answer.source_uuid)
        if not answer.words.strip() or (source is not None and not self._may_stand(source)):
            return
        speaker = answer.speaker.strip()
        name = f"answer of {speaker}" if speaker else "answer"
        on = StandsOn("", name, answer.words)
        if source is not None:
            on = self._source(source, answer.words, "", f"in the {name}")
        self._on.setdefault(_spoken(answer.uuid, speaker, answer.words), on)

    def _take_source(self, source: Source) -> None:
        lines = [line for text in (source.excerpt, source.context) for line in text.splitlines()]
        for line in filter(str.strip, dict.fromkeys([*lines, source.title])):
            self._on.setdefault(Reference(source.uuid, line), self._source(source, line, "", ""))

    def _take_kept(self, uuid: str) -> None:
        source = self._document.sources.get(uuid)
        if source is None:
            return
        for sentence in sentences_of(self._kept.text_of(uuid))[:_MOST_SENTENCES]:
            words = " ".join(sentence.text.split())
            self._on.setdefault(Reference(f"kept {uuid}", words), self._source(source, words, "", "in its kept text"))

    def _source(self, source: Source, words: str, page: str, what: str) -> StandsOn:
        cited = self._cited.get(source.uuid)
        citation = (
            str(cited.citation) if cited is not None else ", ".join(filter(None, (source.title, source.publisher)))
        )
        return StandsOn(
            cited.number if cited is not None else "",
            "; ".join(filter(None, (citation, what))),
            words,
            source.url or source.archive_url,
            dated_words(source),
            page,
            uuid=source.uuid,
        )


def dated_words(source: Source) -> str:
    """The date of a source with the basis of that; empty for one without."""
    return f"{written_date(source.published_at)}, {source.date_basis or NO_BASIS}" if source.published_at else ""


def _spoken(home: str, speaker: str, words: str) -> Reference:
    """Words with their speaker, whose number and rank are compared, too."""
    return Reference(home, f"{speaker}: {words}" if speaker else words)
