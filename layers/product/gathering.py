"""Gathers the words of evidence of a product from the case and the marks in its frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import batched

from msgspec import Struct, field
from msgspec.structs import replace

from layers.checkpoint import Checkpoint, unchecked
from layers.document.alias import origin_of
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.image import Image
from layers.document.rows import Product, Response
from layers.document.site import Site
from layers.document.source import read_machine
from layers.document.vocabulary import AS_REPORTED, DIRECT_SPEECH, REVIEWED
from layers.observing.seen_words import NOT_KNOWN
from layers.observing.sheet import SheetScene, images_showing
from layers.phrase import Phrase, joined
from layers.product.caveats import caveats_of, searched_words
from layers.product.citations import Citations, credibility_words
from layers.product.content import (
    ClaimSaid,
    ImageSeen,
    LeftOut,
    NamedSite,
    OwnJudgement,
    ProductContent,
    QuoteCited,
    ResponseSaid,
    SiteSource,
    WithheldRows,
)
from layers.product.judging.cautions import missing_of_verified
from layers.product.judging.judged import (
    CLAIMS,
    is_ours,
    is_reviewed,
    judged_sentences,
    judgements_of,
    likelihood_words,
)
from layers.product.judging.origins import origins_counted
from layers.product.judging.reissue import change_sentences, earlier_judgements, lacks_change_note
from layers.product.judging.steps import has_unchecked_step, step_words
from layers.product.listed_evidence import evidence_links, evidence_listed
from layers.product.marking import highest, read_marking
from layers.product.numbering import issued_numbers, numbered
from layers.product.publishing import Publishing, Withheld
from layers.product.site_words import is_party, name_of, site_words
from layers.product.wording.passed import keys_passed, rules_off
from layers.time.image_dates import image_date_words
from layers.time.written_dates import written_date

_MARKS_A_STEP = 8
NO_ANSWER = Phrase("No answer is recorded, nor that one was asked for.")


class _KeptBack(Struct):
    """All that a published product withholds, by reason and table: uuids with their names."""

    rows: dict[tuple[Withheld, Table, bool], dict[str, str]] = field(default_factory=dict)
    """Rows by kind; the flag is True for measurements, which are kept as sites."""
    marks: set[str] = field(default_factory=set)

    def add(self, reason: Withheld, table: Table, uuid: str, name: str, is_measurement: bool = False) -> None:
        self.rows.setdefault((reason, table, is_measurement), {})[uuid] = name

    def count_of(self, table: Table) -> int:
        """Count the rows that are withheld whole."""
        whole = (rows for (why, name, _), rows in self.rows.items() if name == table and why is not Withheld.STATEMENT)
        return sum(map(len, whole))

    def groups(self, document: Document) -> tuple[WithheldRows, ...]:
        return tuple(
            _withheld_rows(document, reason, table, rows, are_measurements)
            for (reason, table, are_measurements), rows in self.rows.items()
        )


def _withheld_rows(
    document: Document, reason: Withheld, table: Table, rows: Mapping[str, str], are_measurements: bool
) -> WithheldRows:
    names, uuids, cured_in = tuple(rows.values()), tuple(rows), table
    if table == "responses":
        cured_in = "sources"
        uuids = tuple(dict.fromkeys(document.responses[uuid].source_uuid for uuid in uuids))
    return WithheldRows(reason.value, table, names, uuids, cured_in, are_measurements)


def content_of(
    document: Document,
    in_frame: Iterable[str],
    publish: bool = False,
    marking: str = "",
    product: Product | None = None,
    *,
    whole_case: bool = False,
    about: str = "",
    scenes: Sequence[SheetScene] = (),
    checkpoint: Checkpoint = unchecked,
) -> ProductContent:
    """All words of evidence of a product with these marks (uuids) in its frames.

    `whole_case`: claims that are about none of them, or about no place, are in it as well. `about`: the uuid of the one
    site whose claims alone are in it, as on its page; empty: those of all marks. `marking` is the product's own: for a
    published one it says what is internal. `product` is its row where it has one: numbers of its issued versions hold.
    `scenes` are the images of its layers, as far as these are open: so it is said which of them nobody has looked at.
    """
    publishing = Publishing(marking if publish else None)
    return _Gathering(document, in_frame, publishing, product, whole_case, about, scenes).content(checkpoint)


class _Gathering:
    def __init__(
        self,
        document: Document,
        in_frame: Iterable[str],
        publishing: Publishing,
        product: Product | None,
        whole_case: bool,
        about: str,
        scenes: Sequence[SheetScene] = (),
    ) -> None:
        self._document = document
        self._whole_case = whole_case
        self._scenes = scenes
        self._about = about
        self._publishing = publishing
        self._citations = Citations(document, publishing)
        self._kept_back = _KeptBack()
        self._product = product
        sites = (document.sites.get(uuid) for uuid in dict.fromkeys(in_frame))
        self._marks = [site for site in sites if site is not None]
        self._responses: dict[str, ResponseSaid] = {}
        self._markings: list[str] = []
        self._earlier = earlier_judgements(document.products, product)

    def content(self, checkpoint: Checkpoint) -> ProductContent:
        document = self._document
        claims = self._claims_in_frame()
        named = {link.site_uuid for claim in claims for link in document.links.claim_to_sites(claim.uuid)}
        marks = [site for site in self._marks if self._admits(site, site.uuid in named)]
        inside = frozenset(site.uuid for site in marks)
        numbers = self._numbers(marks)
        checkpoint()
        claim_words: list[ClaimSaid] = []
        all_numbers = self._claim_numbers()
        printed = {claim.uuid: f"C{all_numbers[claim.uuid]}" for claim in claims}
        for claim in claims:
            claim_words.append(self._claim_words(claim, printed, inside, numbers))
            checkpoint()
        if self._whole_case:
            self._say_all(document.responses.values())
        named_by = _sources_naming(claim_words)
        sites: list[NamedSite] = []
        for chunk in batched(marks, _MARKS_A_STEP):
            sites += [self._words(site, numbers, named, named_by) for site in chunk]
            checkpoint()
        for site in marks:
            self._markings.append(site.marking)
        sources = self._citations.all()
        self._markings += [source.marking for source in sources]
        inputs = [marking for marking in dict.fromkeys([*self._markings, *self._case_marking()]) if marking.strip()]
        return ProductContent(
            title=self._publishing.words(document.meta("title")),
            sites=tuple(sites),
            claims=tuple(claim_words),
            responses=tuple(sorted(self._responses.values(), key=lambda answer: answer.is_to_whole)),
            sources=sources,
            images=self._images(inside),
            searched=tuple(searched_words(document, {site.uuid for site in marks}, self._publishing)),
            caveats=tuple(caveats_of(document, marks, tuple(claim_words), sources, self._publishing)),
            left_out=self._left_out(claims),
            withheld=frozenset(self._kept_back.marks),
            marking=highest(inputs).words,
            input_markings=tuple(inputs),
            is_published=self._publishing.is_on,
            unchecked_chips=self._unchecked_chips(inside),
            tells_absence=self._tells_absence(inside),
            rules_off=rules_off(document),
            passed=keys_passed(document),
        )

    def _unchecked_chips(self, inside: frozenset[str]) -> tuple[str, ...]:
        chips = (chip for chip in self._document.chips.values() if chip.site_uuid in inside and chip.machine_json)
        work = ((chip.uuid, read_machine(chip.machine_json)) for chip in chips)
        return tuple(uuid for uuid, machine in work if machine is not None and not machine.is_checked)

    def _tells_absence(self, inside: frozenset[str]) -> bool:
        """True where a search in these marks, or an observation of one, found nothing."""
        document = self._document
        seen = (observation for uuid in inside for observation in document.links.observations_of_site(uuid))
        searched = (search for search in document.searches.values() if search.area_uuid in inside)
        return any(observation.presence == "absent" for observation in seen) or any(
            search.result in ("none seen", "none listed") for search in searched
        )

    # -- claims -------------------------------------------------------------------------------------------------

    def _claims_in_frame(self) -> list[Claim]:
        """The claims about marks in the frames, in the order of the case, as far as they may stand in it."""
        about = (
            set(self._document.claims)
            if self._whole_case
            else {uuid for site in self._spoken_of() for uuid in self._claims_about(site)}
        )
        return [claim for uuid, claim in self._document.claims.items() if uuid in about and self._admits_claim(claim)]

    def _claim_numbers(self) -> dict[str, int]:
        """A number for each claim of the case that may stand in a product: the same in each format and on each page."""
        document, publishing = self._document, self._publishing
        admitted = (uuid for uuid, claim in document.claims.items() if publishing.why_withheld(document, claim) is None)
        return {uuid: number for number, uuid in enumerate(admitted, 1)}

    def _spoken_of(self) -> list[Site]:
        """The marks whose claims are printed: those of other marks, which only lie in the frame, are no part of its
        page.
        """
        site = self._document.sites.get(self._about)
        return self._marks if site is None else [site]

    def _claims_about(self, site: Site) -> Iterable[str]:
        """Uuids of claims that name a mark, and of those that rest on it or on its observations."""
        document = self._document
        yield from (link.claim_uuid for link in document.links.site_to_claims(site.uuid))
        seen = (observation.uuid for observation in document.links.observations_of_site(site.uuid))
        yield from (link.claim_uuid for uuid in (site.uuid, *seen) for link in document.links.evidence_to_claims(uuid))

    def _admits_claim(self, claim: Claim) -> bool:
        publishing = self._publishing
        reason = publishing.why_withheld(self._document, claim)
        if reason is not None:
            self._kept_back.add(reason, "claims", claim.uuid, claim.source_wording or claim.statement)
        elif claim.statement and not publishing.admits_statement(self._document, claim):
            self._kept_back.add(Withheld.STATEMENT, "claims", claim.uuid, claim.statement)
        return reason is None

    def _claim_words(
        self, claim: Claim, printed: Mapping[str, str], inside: frozenset[str], numbers: Mapping[str, int]
    ) -> ClaimSaid:
        document, publishing = self._document, self._publishing
        self._markings.append(claim.marking)
        quotes = tuple(self._quotes(claim))
        by = ", ".join(quote.source.number for quote in quotes)
        about = document.links.sites_of_claim(claim.uuid)
        firms = [site for site in about if is_party(site) and publishing.admits_marked(site)]
        parties = tuple(self._site_words(site, numbers, True, by) for site in firms)
        earlier = self._earlier.get(claim.uuid)
        is_assessed, tells_own = claim.state == "assessed", not publishing.is_on or claim.status in REVIEWED
        states_limits = not publishing.is_on or (not is_ours(claim) and publishing.admits_statement(document, claim))
        rests_on = tuple(evidence_listed(document, claim, publishing)) if tells_own else ()
        self._markings += [row.marking for row in rests_on]
        return ClaimSaid(
            uuid=claim.uuid,
            number=printed[claim.uuid],
            statement=publishing.statement_of(document, claim),
            source_words=publishing.source_words_of(document, claim),
            speaker=speaker_words(claim, publishing.speaker_of(document, claim)),
            voice=claim.voice,
            words_kind=claim.words_kind,
            state=claim.state,
            made_at=claim.made_at,
            likelihood=likelihood_words(claim) if is_assessed else "",
            confidence=Phrase("Confidence: {confidence}", confidence=Phrase(claim.confidence))
            if is_assessed and claim.confidence
            else "",
            reason=publishing.words(claim.confidence_reason) if is_assessed else "",
            sites=tuple(site.uuid for site in about if site.uuid in inside),
            sites_elsewhere=tuple(
                publishing.words(name_of(self._document, site))
                for site in about
                if site.uuid not in inside and publishing.admits_marked(site)
            ),
            quotes=quotes,
            responses=tuple(self._answers(claim)),
            parties=parties,
            place_note=publishing.words(claim.place_note) if states_limits else "",
            inferred=tuple(joined(": ", [party.name, party.inferred]) for party in parties if party.place_inferred),
            steps=tuple(map(publishing.words, step_words(claim.steps_json, publishing.is_on))) if tells_own else (),
            has_unchecked_step=tells_own and has_unchecked_step(claim.steps_json),
            status=claim.status,
            marking=claim.marking,
            is_ours=is_ours(claim),
            evidence=len(evidence_links(document, claim)),
            rests_on=rests_on,
            is_reviewed=is_reviewed(claim),
            judged=tuple(self._own_judgements(claim)),
            judges=self._reports_judged(claim, printed) if tells_own else "",
            changes=change_sentences(earlier, claim) if earlier is not None else (),
            change_note=publishing.words(claim.change_note) if tells_own else "",
            lacks_change_note=earlier is not None and lacks_change_note(earlier, claim),
            considered=tuple(self._considered(claim)) if is_assessed and tells_own else (),
            origins=origins_counted(document, (quote.source.uuid for quote in quotes)),
            missing_of_verified=missing_of_verified(document, claim) if claim.state == "verified" else (),
        )

    def _own_judgements(self, claim: Claim) -> Iterable[OwnJudgement]:
        """Our judgements about a report that may be printed, in two sentences each, with the part that is judged."""
        document, publishing = self._document, self._publishing
        for judgement, link in judgements_of(document, claim.uuid):
            if publishing.is_on and judgement.status not in REVIEWED:
                continue
            sentences = judged_sentences(judgement)
            if sentences and publishing.why_withheld(document, judgement) is None:
                part = publishing.words(link.note.strip())
                statement = publishing.statement_of(document, judgement).removesuffix(".")
                lines: list[str] = [Phrase("On the part “{part}”.", part=part)] if part else []
                lines += sentences
                lines += [Phrase("In our words: “{statement}”.", statement=statement)] if statement else []
                lines += [Phrase("The report speaks against it.")] if link.bearing == "against" else []
                yield OwnJudgement(judgement.uuid, joined(" ", lines), link.uuid)

    def _reports_judged(self, claim: Claim, numbers: Mapping[str, str]) -> str:
        """A sentence on the reports that a judgement of ours is about, by their numbers where they are printed as well,
        else by their sources; the product lists them then.
        """
        document, publishing = self._document, self._publishing
        judged, cited = list[str](), dict[str, None]()
        for judging in document.links.claim_to_evidence(claim.uuid):
            report = document.claims.get(judging.evidence_uuid) if judging.evidence_table == CLAIMS else None
            if report is None or (publishing.is_on and publishing.why_withheld(document, report) is not None):
                continue
            links = document.links.claim_to_sources(report.uuid)
            sources = [source.number for link in links if (source := self._citations.cite(link.source_uuid))]
            number = numbers.get(report.uuid, "")
            if number and sources:
                judged.append(Phrase("{claim} (reported in {sources})", claim=number, sources=", ".join(sources)))
            elif number:
                judged.append(number)
            else:
                cited |= dict.fromkeys(sources)
        if cited:
            judged.append(Phrase("what is reported in {sources}", sources=", ".join(cited)))
        return Phrase("It judges {reports}.", reports=joined(", ", judged)) if judged else ""

    def _considered(self, claim: Claim) -> Iterable[str]:
        words = self._publishing.words
        for template, text in (
            (Phrase("Alternatives: {words}", words=words(claim.alternatives)), claim.alternatives),
            (Phrase("Key assumptions: {words}", words=words(claim.assumptions)), claim.assumptions),
            (Phrase("What would change this judgement: {words}", words=words(claim.indicators)), claim.indicators),
        ):
            if text.strip():
                yield template

    def _quotes(self, claim: Claim) -> Iterable[QuoteCited]:
        for link in self._document.links.claim_to_sources(claim.uuid):
            source = self._citations.cite(link.source_uuid)
            if source is not None:
                grade = credibility_words(link.credibility)
                yield QuoteCited(link.quote, self._publishing.words(link.page), source, grade, link.bearing)

    def _answers(self, claim: Claim) -> list[ResponseSaid]:
        return self._say_all(self._document.links.responses_to(claim.uuid))

    def _say_all(self, responses: Iterable[Response]) -> list[ResponseSaid]:
        """Word the answers that may be printed, each once."""
        admitted = []
        for response in responses:
            if self._publishing.admits_response(self._document, response):
                admitted.append(response)
            else:
                self._kept_back.add(Withheld.INTERNAL, "responses", response.uuid, response.speaker or response.words)
        for response in admitted:
            if response.uuid not in self._responses:
                self._responses[response.uuid] = self._answer(response)
        return [self._responses[response.uuid] for response in admitted]

    def _answer(self, response: Response) -> ResponseSaid:
        source = self._citations.cite(response.source_uuid)
        return ResponseSaid(
            uuid=response.uuid,
            kind=response.kind,
            speaker=response.speaker,
            words=response.words,
            date=response.made_at,
            source=source,
            is_to_whole=not self._document.links.response_to_claims(response.uuid),
            sentence=response_words(response, source.number if source else ""),
        )

    # -- marks --------------------------------------------------------------------------------------------------

    def _admits(self, site: Site, is_named: bool) -> bool:
        if not self._publishing.admits_marked(site):
            reason = Withheld.HIGHER
        elif not self._publishing.admits_site(site, is_named):
            reason = Withheld.UNREVIEWED
        else:
            return True
        self._kept_back.add(reason, "sites", site.uuid, name_of(self._document, site), site.mark_kind == "measurement")
        self._kept_back.marks.add(site.uuid)
        return False

    def _numbers(self, marks: list[Site]) -> dict[str, int]:
        """Number the sites: those named in a claim come first, then the others; numbered markers keep their own."""
        order = sorted((site for site in marks if site.is_site), key=lambda site: not is_party(site))
        markers = [site for site in marks if not site.is_site and site.number is not None]
        own = {site.uuid: site.number for site in [*order, *markers] if site.number is not None}
        return numbered([site.uuid for site in [*order, *markers]], own, issued_numbers(self._document, self._product))

    def _words(self, site: Site, numbers: Mapping[str, int], named: set[str], named_by: Mapping[str, str]) -> NamedSite:
        is_named = site.uuid in named and is_party(site)
        words = self._site_words(site, numbers, is_named, named_by.get(site.uuid, ""))
        return replace(words, rests_on=tuple(self._sources_of(site)))

    def _sources_of(self, site: Site) -> Iterable[SiteSource]:
        """The sources of the facts about a mark."""
        place = Phrase("course") if site.kind == "line" else Phrase("place")
        facts = [(place, site.position_source_uuid), (Phrase("state"), site.lifecycle_source_uuid)]
        for alias in site.aliases:
            facts.append((Phrase("name {name}", name=self._publishing.words(alias[1])), origin_of(alias)[0]))
        for uuid in dict.fromkeys(uuid for _fact, uuid in facts):
            if (source := self._citations.cite(uuid)) is not None:
                yield SiteSource(joined(", ", [fact for fact, other in facts if other == uuid]), source)

    @cached_property
    def _shown_on(self) -> Mapping[str, Mapping[str, str]]:
        """The dates of images that show each observed mark, by the images' keys."""
        observed = [site.uuid for site in self._marks if self._document.links.observations_of_site(site.uuid)]
        return images_showing(self._document, observed, self._scenes) if observed and self._scenes else {}

    def _site_words(self, site: Site, numbers: Mapping[str, int], is_named: bool, by: str) -> NamedSite:
        """The words of a mark; for a published product without paths in typed ones."""
        publishing = self._publishing
        row = replace(site, position_basis=publishing.basis_of(self._document, site)) if publishing.is_on else site
        words = site_words(
            self._document, row, numbers.get(site.uuid), is_named, by, self._shown_on.get(site.uuid, NOT_KNOWN)
        )
        names = tuple((language, publishing.words(name)) for language, name in words.names)
        return replace(words, name=publishing.words(words.name), names=names) if publishing.is_on else words

    def _images(self, inside: frozenset[str]) -> tuple[ImageSeen, ...]:
        uuids = [site.image_uuid for site in self._marks if site.uuid in inside]
        uuids += [
            observation.image_uuid
            for uuid in sorted(inside)
            for observation in self._document.links.observations_of_site(uuid)
        ]
        images = (self._document.images.get(uuid) for uuid in dict.fromkeys(uuids))
        return tuple(image_words(image, self._publishing) for image in images if image is not None)

    # -- what is left out ---------------------------------------------------------------------------------------

    def _left_out(self, shown: list[Claim]) -> LeftOut:
        document, kept, printed = self._document, self._kept_back, {claim.uuid for claim in shown}
        self._keep_back_sources()
        others = [claim for claim in document.claims.values() if claim.uuid not in printed]
        homeless = [claim for claim in others if not document.links.claim_to_sites(claim.uuid)]
        placed = len(others) - len(homeless)
        return LeftOut(
            claims_of_no_place=len(homeless),
            judgements=tuple((claim.uuid, claim.statement) for claim in homeless if is_ours(claim)),
            claims_elsewhere=max(placed - kept.count_of("claims"), 0),
            rows=kept.groups(document),
        )

    def _keep_back_sources(self) -> None:
        """Note the internal sources that were asked for, and those of claims and answers that have no other source."""
        document, rows = self._document, self._kept_back.rows
        claims = rows.get((Withheld.INTERNAL, "claims", False), {})
        answers = rows.get((Withheld.INTERNAL, "responses", False), {})
        uuids = [link.source_uuid for uuid in claims for link in document.links.claim_to_sources(uuid)]
        uuids += [document.responses[uuid].source_uuid for uuid in answers]
        for uuid in dict.fromkeys([*sorted(self._citations.withheld), *uuids]):
            if uuid in document.sources:
                source = document.sources[uuid]
                self._kept_back.add(Withheld.INTERNAL, "sources", uuid, source.title or source.publisher)

    def _case_marking(self) -> list[str]:
        """The case's own marking.

        A published product holds only rows that may stand in it, so that only a marking set above all rows counts
        there.
        """
        own = self._document.meta("marking")
        if not own or not self._publishing.is_on:
            return [own]
        rows = highest(
            row.marking
            for table in (self._document.sites, self._document.claims, self._document.sources, self._document.chips)
            for row in table.values()
            if row.marking
        )
        mine = read_marking(own)
        return [own] if mine.tlp > rows.tlp or mine.level > rows.level or set(mine.free) - set(rows.free) else []


def speaker_words(claim: Claim, speaker: str) -> str:
    """The speaker in the source's own words; the report itself, or us. `speaker`: the name as it may be printed."""
    if speaker or claim.made_by.strip():
        return speaker or Phrase("our own judgement")
    if claim.voice == "report's own":
        return Phrase("the report, in its own voice")
    return Phrase("our own judgement") if claim.voice == "analyst" else ""


def response_words(response: Response, number: str) -> str:
    """An answer in one line, or that none was given or asked for."""
    who = response.speaker.strip() or Phrase("a speaker who is not named")
    at = f" ({written_date(response.made_at)})" if response.made_at else ""
    words = response.words.strip()
    cited = f" [{number}]" if number else ""
    match response.kind:
        case "declined":
            sentence = Phrase("{who} declined to answer{at}", who=who, at=at)
        case "no reply by a date":
            sentence = Phrase(
                "{who} gave no reply by {made_at}",
                who=who,
                made_at=written_date(response.made_at) or Phrase("a date that is not recorded"),
            )
        case "not asked":
            sentence = Phrase("{who} was not asked{at}", who=who, at=at)
        case "none in source":
            sentence = Phrase("The source has no answer of {who}", who=who)
        case _:
            return _answered(joined("", [who, at]), words, number, response.words_kind)
    return joined("", [sentence, f": {quoted(words)}{cited}" if words else cited])


def _answered(who: str, words: str, number: str, kind: str) -> str:
    """An answer in the speaker's own words where they are stated to be that, else in the source's."""
    cited = f" [{number}]" if number else ""
    if not words:
        return Phrase("{who} answered; the words are not recorded{cited}", who=who, cited=cited)
    is_reported = kind == AS_REPORTED or (kind != DIRECT_SPEECH and number)
    return (
        Phrase("{number}, citing {who}: {quoted}", number=number or Phrase("a source"), who=who, quoted=quoted(words))
        if is_reported
        else joined("", [who, f": {quoted(words)}{cited}"])
    )


def quoted(words: str) -> str:
    """Exact words in quotation marks, unless they have their own."""
    return words if words[:1] in '“"«„‘《' else f"“{words}”"


def image_words(image: Image, publishing: Publishing) -> ImageSeen:
    """The words of an image on which evidence rests, from its row."""
    return ImageSeen(
        uuid=image.uuid,
        name=publishing.words(image.layer_title or image.product_id or Phrase("image without a name")),
        sensor=image.sensor,
        date=image.acquired_at.replace("/", " to ") or image_date_words("", image.date_kind),
        date_kind=image.date_kind,
        date_basis=image.date_basis,
        dated=image_date_words(image.acquired_at, image.date_kind, image.date_basis),
        credit=publishing.words(image.credit),
        licence=publishing.words(image.licence),
        placement=publishing.words(image.placement_note),
    )


def _sources_naming(claims: Iterable[ClaimSaid]) -> dict[str, str]:
    """The numbers of the sources by which claims name each party."""
    by_party: dict[str, dict[str, None]] = {}
    for claim in claims:
        for site in claim.parties:
            by_party.setdefault(site.uuid, {}).update(dict.fromkeys(quote.source.number for quote in claim.quotes))
    return {uuid: ", ".join(numbers) for uuid, numbers in by_party.items()}
