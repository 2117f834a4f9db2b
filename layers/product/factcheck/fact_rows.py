"""Gathers the facts of a product: what it prints of claims, answers, marks, sources and images, one fact a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.rows import Row
from layers.product.content import ClaimSaid, NamedSite, ProductContent, ResponseSaid, SourceCited
from layers.product.factcheck.case_words import NO_BASIS, CaseReferences, dated_words
from layers.product.factcheck.fact_sheet import SheetFact, StandsOn
from layers.product.factcheck.kept_texts import NO_TEXTS, KeptQuotes, KeptTexts
from layers.product.factcheck.printed_at import PrintedTexts
from layers.product.factcheck.typed_facts import typed_facts
from layers.product.factcheck.typed_words import WordsApart
from layers.product.factcheck.word_groups import (
    DATE,
    NAME,
    WORDS,
    FactPart,
    parts_of,
    quoted_parts_of,
    stretch_in,
)
from layers.product.facts import ProductFacts
from layers.product.issuing.printed_rows import printed_row
from layers.product.parties import own_answers, quoted
from layers.product.spec import ProductSpec
from layers.time.image_dates import image_date_words
from layers.time.written_dates import written_date

POSITION, JUDGEMENT, OBSERVATION, CITATION, SPEAKER = "position", "judgement", "observation", "citation", "speaker"
NOT_STATED = "not stated"


class FactGatherer:
    """The facts of one product. `texts` finds where each is printed, `kept` are the texts of its sources."""

    def __init__(
        self,
        document: Document,
        content: ProductContent,
        facts: ProductFacts,
        texts: PrintedTexts,
        kept: KeptTexts = NO_TEXTS,
    ) -> None:
        self._document, self._content, self._facts, self._texts = document, content, facts, texts
        self._kept = KeptQuotes(kept)
        self._case = CaseReferences(document, content, self._kept)
        self._sites = {site.uuid: site for site in content.sites if site.uuid not in content.withheld}

    def all(self, spec: ProductSpec, correction: str = "") -> Iterator[SheetFact]:
        """All facts in the order of the page: its own words, claims with their answers, marks, sources, images."""
        yield from typed_facts(spec, correction, self._texts, self._case)
        for claim in self._content.claims:
            yield from self._of_claim(claim)
        for answer in self._content.responses:
            yield self._answer(answer)
        yield from self._unanswered()
        for site in self._sites.values():
            yield from self._of_site(site)
        for source in self._content.sources:
            yield from self._of_source(source)
        yield from self._image_dates()

    # -- claims and answers ---------------------------------------------------------------------------------------

    def _of_claim(self, claim: ClaimSaid) -> Iterator[SheetFact]:
        sources = [self._source(quote.source, quote.words, quote.page) for quote in claim.quotes]
        row = self._document.claims.get(claim.uuid)
        if claim.source_words.strip():  # of a source without a quote, the claim's own words are looked for
            sources = [self._asked(source, claim.source_words) for source in sources]
        seen = [StandsOn("", line.words) for line in claim.rests_on]
        whole = self._place_of_claim(claim)
        parts = [FactPart(SPEAKER, claim.speaker.strip())] if claim.speaker.strip() and not claim.is_ours else []
        if claim.source_words.strip():
            parts += (part._replace(is_quoted=True) for part in parts_of(claim.said))
        else:
            parts += quoted_parts_of(claim.said)
        if claim.made_at:
            parts.append(FactPart(DATE, str(written_date(claim.made_at))))
        for part, is_note in [*((part, False) for part in parts), *((part, True) for part in self._own_note(claim))]:
            fact = self._fact(part.kind, part.words, "claims", row, claim.number, [*sources, *seen], whole)
            fact = replace(fact, is_quoted=part.is_quoted, is_note=is_note and not part.is_quoted)
            yield self._compared(fact, claim)
        for words in filter(None, (claim.likelihood, claim.confidence, claim.reason)):
            yield self._fact(JUDGEMENT, str(words), "claims", row, claim.number, [*seen, *sources], whole)
        for line in claim.rests_on:
            seen_row = printed_row(self._document, line.table, line.uuid)
            at = self._texts.place_of(line.words) or whole
            on = StandsOn("", f"row of {line.table}, {line.relation or 'relation not stated'}")
            yield self._fact(OBSERVATION, str(line.words), line.table, seen_row, claim.number, [on], at)

    def _compared(self, fact: SheetFact, claim: ClaimSaid) -> SheetFact:
        """A report's fact in words of ours, with those that the case has otherwise. A judgement may say otherwise."""
        if fact.kind != WORDS or fact.is_quoted or claim.is_ours or fact.is_as_quoted:
            return fact
        rests_on_itself = not claim.source_words.strip() and not any(quote.words.strip() for quote in claim.quotes)
        matched = self._case.match(fact.words, but=claim.uuid if rests_on_itself else "")
        return replace(fact, differs=matched[0].differences) if matched is not None else fact

    def _place_of_claim(self, claim: ClaimSaid) -> str:
        at = self._texts.place_of(claim.said) or self._texts.place_of(quoted(claim.said))
        if not at:
            first = next((part.words for part in parts_of(claim.said) if part.kind == WORDS), "")
            at = self._texts.place_of(first, "parties", "claims")
        return at or f"words of evidence, {claim.number}"

    def _own_note(self, claim: ClaimSaid) -> Iterator[FactPart]:
        """The facts of our own words that the page prints beside those of the source."""
        wording = quoted(claim.source_words)[1:-1] if claim.source_words.strip() else ""
        if not wording or not claim.statement:
            return
        before, middle, after = claim.statement.partition(wording)
        note = after.lstrip(' "”;,.').rstrip(" ;,.") if middle else before
        known = self._texts.is_known
        yield from (part for part in quoted_parts_of(note) if self._texts.place_of(part.words) or not known)

    def _answer(self, answer: ResponseSaid) -> SheetFact:
        row = self._document.responses.get(answer.uuid)
        words = str(answer.words.strip() or answer.sentence)
        sources = [self._source(answer.source, answer.words, "")] if answer.source is not None else []
        subject = f"answer of {answer.speaker}" if answer.speaker.strip() else "answer"
        at = self._texts.place_of(words) or "words of evidence"
        return self._fact(WORDS, words, "responses", row, subject, sources, at)

    def _unanswered(self) -> Iterator[SheetFact]:
        """The sentences on answers that are not there: they, too, are checked in the sources."""
        cited = {quote.source.uuid: quote.source for claim in self._content.claims for quote in claim.quotes}
        sources = [self._source(source, "", "")._replace(quote="") for source in cited.values()]
        for sentence in own_answers(self._content.claims):
            if at := self._texts.place_of(str(sentence)):
                yield self._fact(WORDS, str(sentence), "", None, "answers", sources, at)

    # -- marks ----------------------------------------------------------------------------------------------------

    def _of_site(self, site: NamedSite) -> Iterator[SheetFact]:
        row = self._document.sites.get(site.uuid)
        if row is None:
            return
        at = self._place_of_site(site)
        if not at:
            return
        name, what = str(site.name), ", ".join(filter(None, (str(site.class_words), site.lifecycle)))
        position, of_name = row.position_source_uuid, {cited.source.uuid: cited.source for cited in site.rests_on}
        sources = [self._source(source, "", "") for uuid, source in of_name.items() if uuid == position]
        own_sources = [self._source(source, "", "") for source in of_name.values()]
        if at.endswith("symbol on the map"):
            name = f"a mark of the class {what}"
        elif what and what != name:
            name = f"{name}: {what}"
        of_claims = [
            self._source(quote.source, quote.words, quote.page)
            for claim in self._content.claims
            if any(party.uuid == site.uuid for party in claim.parties) or site.uuid in claim.sites
            for quote in claim.quotes
        ]
        label = str(row.label or site.name)
        fact = self._fact(NAME, name, "sites", row, label, of_claims or own_sources, at, sought=label)
        yield fact if site.identity else replace(fact, differs=_other_name(fact))
        if not row.geometry.is_empty:
            on_image = self._document.images.get(row.image_uuid)
            basis = str(site.basis) or NO_BASIS
            if on_image is not None:
                dated = str(image_date_words(on_image.acquired_at, on_image.date_kind, on_image.date_basis))
                title = on_image.layer_title or on_image.product_id or "image without a name"
                sources.append(StandsOn("", f"image {title}", dated=dated))
            words = ", ".join(filter(None, (str(site.place), str(site.precision))))
            stated = StandsOn("", f"Basis of the place: {basis}", is_source=False)
            yield self._fact(POSITION, words, "sites", row, label, [*sources, stated], at)
        if site.identity and (noted := self._texts.place_of(str(site.identity))):
            identity = self._fact(NAME, str(site.identity), "sites", row, label, of_claims or own_sources, noted)
            yield replace(identity, is_note=True)
        if site.seen:
            seen = self._document.links.observations_of_site(site.uuid)
            images = (self._document.images.get(observation.image_uuid) for observation in seen)
            on = [StandsOn("", f"image {image.layer_title}", dated=image.acquired_at) for image in images if image]
            yield self._fact(DATE, str(site.seen), "sites", row, label, on, self._texts.place_of(str(site.seen)) or at)

    def _place_of_site(self, site: NamedSite) -> str:
        """The place of a mark on the page; empty where it is not shown."""
        for shown in self._facts.maps:
            page = f"page {shown.page + 1}"
            if site.uuid in shown.sites.named:
                return self._texts.place_of(str(site.name)) or f"{page}, label on the map"
            if site.uuid in shown.sites.keyed:
                at = self._texts.place_of(str(site.name), "key") or f"{page}, key"
                return f"{at}, number {shown.sites.keyed[site.uuid]}"
        if at := self._texts.place_of(str(site.name)):
            return at
        drawn = next((shown for shown in self._facts.maps if site.uuid in shown.sites.drawn), None)
        if drawn is not None:
            return f"page {drawn.page + 1}, symbol on the map"
        return "" if self._texts.is_known else "marks"

    # -- sources and images ---------------------------------------------------------------------------------------

    def _of_source(self, source: SourceCited) -> Iterator[SheetFact]:
        """Its citation, and what it says for the other side."""
        row = self._document.sources.get(source.uuid)
        at = self._texts.place_of(str(source.citation)) or self._texts.place_of(source.title) or "sources"
        stands = self._source(source, "", "")
        yield self._fact(CITATION, str(source.citation), "sources", row, source.number, [stands._replace(quote="")], at)
        for line in source.context.splitlines():
            if line.strip() and (at := self._texts.place_of(line)):
                yield self._fact(WORDS, line, "sources", row, source.number, [stands], at)

    def _image_dates(self) -> Iterator[SheetFact]:
        seen: set[str] = set()
        for shown in self._facts.maps:
            for image in shown.images:
                if not image.acquired_at or image.is_reference or image.layer in seen:
                    continue
                seen.add(image.layer)
                row = self._document.layers.get(image.layer)
                basis = StandsOn(
                    "", f"image {image.name}", dated=str(image.date_details), is_source=bool(image.date_basis)
                )
                at = self._texts.place_of(str(image.date)) or f"page {shown.page + 1}"
                yield self._fact(DATE, str(image.date), "layers", row, image.name, [basis], at)

    def _source(self, cited: SourceCited, quote: str, page: str) -> StandsOn:
        source = self._document.sources.get(cited.uuid)
        if source is None:
            return StandsOn(cited.number, str(cited.citation), quote, cited.url, page=page)
        address, dated = source.url or source.archive_url, dated_words(source)
        words = quote or " ".join(source.excerpt.split())  # its lines, told apart by their quotation marks
        return StandsOn(cited.number, str(cited.citation), words, address, dated, page, uuid=source.uuid)

    def _fact(
        self,
        kind: str,
        words: str,
        table: str,
        row: Row | None,
        subject: str,
        sources: Iterable[StandsOn],
        printed: str,
        sought: str = "",
    ) -> SheetFact:
        """A fact of a row, with the place of its words in each quote. `sought`: the words looked for there."""
        line = " ".join(words.split())
        stands = tuple(self._led(source, sought or line) for source in sources)
        return SheetFact(
            kind=kind,
            words=line,
            table=table,
            uuid=row.uuid if row is not None else "",
            subject=" ".join(subject.split()),
            printed=printed,
            stands_on=stands,
            entered=_entered(row),
            reviewed=_stamp(row, "reviewed_by", "reviewed_at"),
        )

    def _asked(self, source: StandsOn, words: str) -> StandsOn:
        """A source without a quote, with what its kept text says of these words."""
        return (
            source if source.quote or not source.uuid else source._replace(kept=self._kept.answers(source.uuid, words))
        )

    def _led(self, source: StandsOn, line: str) -> StandsOn:
        """A source with the place of a fact's words in its quote, and with what its kept text says of that."""
        if not source.quote:
            return source._replace(is_kept=self._kept.has(source.uuid, line)) if source.kept else source
        lines = [words for words in source.quote.splitlines() if words.strip()]
        own = next((words for words in lines if stretch_in(words, line).is_verbatim), source.quote)
        quote = own.strip() if len(lines) > 1 else source.quote
        led = source._replace(quote=quote, stretch=stretch_in(quote, line))
        if not source.uuid:
            return led
        kept = self._kept.answers(source.uuid, quote)
        return led._replace(kept=kept, is_kept=self._kept.has(source.uuid, line))


def _other_name(fact: SheetFact) -> tuple[WordsApart, ...]:
    """The names that stand in a quote in the place of a mark's, where it has the rest of that: Tongxin, Tongsheng."""
    if fact.is_as_quoted:
        return ()
    altered = [pair for source in fact.stands_on for pair in source.stretch.altered]
    return tuple(
        WordsApart(pair.here, pair.there) for pair in altered if pair.here[:1].isupper() and pair.there[:1].isupper()
    )


def _entered(row: Row | None) -> str:
    """The name and day of a row's entry, and of its last change where these are others."""
    entered, changed = _stamp(row, "created_by", "created_at"), _stamp(row, "modified_by", "modified_at")
    return "; changed ".join(dict.fromkeys(filter(None, (entered, changed))))


def _stamp(row: Row | None, by: str, at: str) -> str:
    """The name and the day of a stamp of a row; empty where it has none."""
    name, day = getattr(row, by, ""), getattr(row, at, "")
    return ", ".join(filter(None, (name, day[:10]))) if name or day else ""


def numbered(facts: Iterable[SheetFact]) -> tuple[SheetFact, ...]:
    """The facts with numbers from 1, each once."""
    once = {fact.key: fact for fact in facts}
    return tuple(replace(fact, number=number) for number, fact in enumerate(once.values(), 1))
