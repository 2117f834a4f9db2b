"""The words of evidence of a product: sites, claims, answers, sources and caveats, as every format prints them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec import Struct

from layers.phrase import Phrase, joined
from layers.text.counted import counted
from layers.text.links import is_plain_link

MOST_EVIDENCE = 8
"""Most rows of evidence that a page lists for one claim: the reports list all."""


class SourceCited(Struct, frozen=True):
    """A source with the number that it has in this product, and its citation as ICS 206-01 wants it.

    No date is invented: `published` and `accessed` are words, "no date" and "date of access not recorded" among them.
    """

    uuid: str
    number: str
    """S1, S2 ... in the order of the case: the same on all pages and in all formats."""
    citation: str
    """One line: publisher, author, title, date, address, date of access."""
    title: str = ""
    publisher: str = ""
    author: str = ""
    published: str = ""
    accessed: str = ""
    url: str = ""
    reliability: str = ""
    """Words: "B", "F (cannot be judged)"; empty: not rated."""
    descriptor: str = ""
    origin: str = ""
    """The number of the source that this one carries, else its title; empty: its own origin."""
    origin_uuid: str = ""
    rights: str = ""
    marking: str = ""
    has_access_date: bool = False
    has_date: bool = False
    is_unevaluated: bool = False
    """True where it is marked as not evaluated; a graded source counts as evaluated, also by "cannot be judged"."""
    machine: str = ""
    """The machine work on it in words; empty: none is stated."""
    is_unchecked: bool = False
    """True for machine work that nobody has checked."""
    context: str = ""
    """Verbatim words of the same source for the other side; a line each."""
    access_explained: str = ""
    """Reason for a missing date of access, where the source's own descriptor states one; else empty."""
    has_hidden_address: bool = False
    """True where its address leads to a private machine, and is not published."""

    @property
    def web_link(self) -> str:
        """Its address, where a reader's program can go there by itself, and where it is read as it leads."""
        return self.url if is_plain_link(self.url) else ""


class QuoteCited(NamedTuple):
    """The place where a source bears a claim: exact words, page, credibility ("3", "6 (cannot be judged)")."""

    words: str
    page: str
    source: SourceCited
    credibility: str = ""
    bearing: str = ""


class SiteSource(NamedTuple):
    """A source that facts about a mark are from."""

    what: str
    """The facts: "place", "state", "name" with the name; several in one line."""
    source: SourceCited

    @property
    def words(self) -> str:
        """Number and fact in one short term."""
        return Phrase("{number} ({fact})", number=self.source.number, fact=self.what)


class ResponseSaid(Struct, frozen=True):
    """An answer, or that none was given or asked for. `kind` is one of `vocabulary.RESPONSE_KINDS`."""

    uuid: str
    kind: str
    speaker: str
    words: str
    """Exact words of the answer."""
    date: str = ""
    source: SourceCited | None = None
    is_to_whole: bool = False
    """True where it answers all that was reported, not one claim."""
    sentence: str = ""
    """The whole answer in one printable line, with its attribution."""


class NamedSite(Struct, frozen=True):
    """A mark in a frame, with its words."""

    uuid: str
    name: str
    """Its label, with the doubt where it may not exist; never empty: a class's title where it has no label."""
    class_words: str = ""
    role: str = "other"
    mark_kind: str = "site"
    number: int | None = None
    """Number in the key."""
    place: str = ""
    """Decimal degrees, to as many digits as its error allows."""
    is_line: bool = False
    """True where `place` is only a point on a line: a line has no place of its own."""
    mgrs: str = ""
    precision: str = ""
    """"± 15 km (90 %), centre of the city", "placement not stated" and so on."""
    basis: str = ""
    """That of its place, as it may be printed."""
    doubt: str = ""
    lifecycle: str = ""
    error_m: float | None = None
    is_area: bool = False
    is_party: bool = False
    """True for a firm or a person that a claim in this product names."""
    is_named: bool = False
    """The same where any claim of the case names it, or its role says so: a product without that claim names it not."""
    is_firm: bool = False
    identity: str = ""
    """Words on the parts of its name that are ours, where the source gives less; empty: none, or none recorded."""
    place_inferred: bool = False
    """True where no source states its place: we have inferred it."""
    inferred: str = ""
    """The words for that, "place inferred by us: …"; empty where it was not."""
    names: tuple[tuple[str, str], ...] = ()
    """(language, name) pairs of its other names."""
    rests_on: tuple[SiteSource, ...] = ()
    """The sources of its place, its state and its other names, as far as they may stand in the product."""
    seen_lines: tuple[str, ...] = ()
    """Statements on when it was seen, from its observations, a line for each thing looked for; empty: none exist."""

    @property
    def cited(self) -> str:
        """The numbers of its sources in one line, each with what it is the source of; empty for none."""
        return joined("; ", [cited.words for cited in self.rests_on]) if self.rests_on else ""

    @property
    def seen(self) -> str:
        """All these statements in one line."""
        return joined("; ", list(self.seen_lines)) if self.seen_lines else ""


class OwnJudgement(NamedTuple):
    """A judgement of ours about a reported claim: its claim, and its words in two sentences with the part judged."""

    uuid: str
    words: str
    link_uuid: str = ""
    """The link between the two claims, which states the part and the relation."""


class EvidenceListed(NamedTuple):
    """A row of the case that a claim rests on: its link, table and uuid, its relation, and its words with a date."""

    link_uuid: str
    table: str
    uuid: str
    relation: str
    words: str
    marking: str = ""

    @property
    def line(self) -> str:
        """The row in one line."""
        relation = Phrase(self.relation) if self.relation else Phrase("relation not stated")
        return Phrase("Evidence ({relation}): {words}", relation=relation, words=self.words)


class ClaimSaid(Struct, frozen=True):
    """A claim as a product prints it: the words and their speaker, and apart from these our judgement.

    `likelihood` and `confidence` are two sentences and stand apart; both are empty unless the claim is assessed.
    """

    uuid: str
    number: str
    """C1, C2 ... in this product."""
    statement: str
    """Our words for the claim; empty in a published product where it was not reviewed."""
    source_words: str
    """Exact words of the source."""
    speaker: str
    voice: str = "speaker"
    words_kind: str = ""
    """One of `vocabulary.WORDS_KINDS`; empty: not stated, and then never printed as direct speech."""
    state: str = "reported"
    made_at: str = ""
    likelihood: str = ""
    """"likely (55–80 %)" of an assessed claim; empty: we judge nothing."""
    confidence: str = ""
    """"Confidence: moderate." and so on."""
    reason: str = ""
    """The reasons of the confidence."""
    sites: tuple[str, ...] = ()
    """Uuids of those in the frames."""
    sites_elsewhere: tuple[str, ...] = ()
    """Names of the other sites that it is about."""
    quotes: tuple[QuoteCited, ...] = ()
    responses: tuple[ResponseSaid, ...] = ()
    parties: tuple[NamedSite, ...] = ()
    """The firms and persons that it names, those outside the frames among them."""
    place_note: str = ""
    inferred: tuple[str, ...] = ()
    """Words for each party whose place we inferred, with its name."""
    steps: tuple[str, ...] = ()
    """The steps by which it is known, in order."""
    has_unchecked_step: bool = False
    """True where a machine did a part of a step, and nobody has checked that."""
    status: str = "draft"
    marking: str = ""
    is_ours: bool = False
    """True for a judgement of ours, False for a report of what somebody said."""
    evidence: int = 0
    """Number of rows of the case that are linked with it as evidence."""
    rests_on: tuple[EvidenceListed, ...] = ()
    """The ones that may stand in the product, in the order in which they were linked."""
    is_reviewed: bool = False
    """True where somebody else than its author has reviewed it."""
    judged: tuple[OwnJudgement, ...] = ()
    """Our judgements about what was reported here."""
    changes: tuple[str, ...] = ()
    """Sentences on the change of the judgement since the version before."""
    judges: str = ""
    """A sentence on the sources whose reports a judgement of ours is about; empty for any other claim."""
    change_note: str = ""
    """Our words for the reason of that change."""
    lacks_change_note: bool = False
    """True where the judgement differs from the issued one and nothing says why."""
    considered: tuple[str, ...] = ()
    """Alternatives, key assumptions and indicators, in a line each."""
    origins: str = ""
    """The number of its sources and of their origins: "2 sources, 1 origin"."""
    missing_of_verified: tuple[str, ...] = ()
    """The parts that a claim lacks which is called verified."""

    @property
    def beside(self) -> tuple[str, ...]:
        """Lines that follow the judgement: what it is about, its change with the reason; our judgements of a report."""
        judged = (judgement.words for judgement in self.judged)
        change = joined(" ", [*self.changes, *filter(None, (self._reason_of_change,))]) if self.changes else ""
        return (*judged, *filter(None, (self.judges, change)))

    @property
    def _reason_of_change(self) -> str:
        """The reason of the change after whole sentences; the field has asked for it after "because"."""
        note = self.change_note
        if not note or note.casefold().startswith("because"):
            return note[:1].upper() + note[1:]
        return Phrase("Because {reason}", reason=note)

    def evidence_lines(self, most: int = MOST_EVIDENCE) -> tuple[str, ...]:
        """Lines on what it rests on: rows of the case, and sources whose relation is stated. Those beyond `most`,
        and those that are not published, are counted in words.
        """
        lines = [row.line for row in self.rests_on]
        for quote in self.quotes:
            if quote.bearing:
                parts = [quote.source.number, quote.source.published, quote.page]
                words = joined(", ", [part for part in parts if part])
                lines.append(EvidenceListed("", "sources", quote.source.uuid, quote.bearing, words).line)
        more, withheld = len(lines) - most, self.evidence - len(self.rests_on)
        lines = lines[:most]
        if more > 0:
            rows = counted(more, "further row", "further rows") if lines else counted(more, "row", "rows")
            lines.append(Phrase("Evidence: {rows} not listed here.", rows=rows))
        if withheld > 0:
            rows = counted(withheld, "row", "rows")
            lines.append(Phrase("Evidence: {rows} not published.", rows=rows))
        return tuple(lines)

    @property
    def is_judged(self) -> bool:
        """True where the analyst has assessed it."""
        return bool(self.likelihood or self.confidence)

    @property
    def said(self) -> str:
        """The words that stand for it: the exact ones, else the statement."""
        return self.source_words or self.statement


class ImageSeen(Struct, frozen=True):
    """An image on which evidence in the frames rests, with the facts of its row."""

    uuid: str
    name: str
    sensor: str = ""
    date: str = ""
    """The date as the case keeps it, for tables."""
    date_kind: str = "unknown"
    date_basis: str = ""
    dated: str = ""
    """The date in words, with its kind and its basis."""
    credit: str = ""
    licence: str = ""
    placement: str = ""


class WithheldRows(NamedTuple):
    """Rows of one table that a published product withholds for one reason, which one action can put right."""

    reason: str
    table: str
    names: tuple[str, ...]
    """Names of all the rows, for the analyst: no product prints these."""
    rows: tuple[str, ...]
    """Uuids of the rows of `cured_in` that the hand changes: of answers those of their sources."""
    cured_in: str
    are_measurements: bool = False


@dataclass(frozen=True, slots=True)  # no Struct: it shows a field to nobody
class LeftOut:
    """Numbers of rows in the frames, or in the case, that are not printed."""

    claims_of_no_place: int = 0
    claims_elsewhere: int = 0
    judgements: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """(uuid, statement) of each judgement of ours that stands at no mark. Not shown in logs: its words are internal."""
    rows: tuple[WithheldRows, ...] = field(default=(), repr=False)
    """All that is withheld, in groups. Not shown in logs: its names are internal."""


class ProductContent(Struct, frozen=True):
    """All words of evidence of a product."""

    title: str = ""
    sites: tuple[NamedSite, ...] = ()
    claims: tuple[ClaimSaid, ...] = ()
    responses: tuple[ResponseSaid, ...] = ()
    """Answers, each once; those to the whole are last."""
    sources: tuple[SourceCited, ...] = ()
    images: tuple[ImageSeen, ...] = ()
    searched: tuple[str, ...] = ()
    """Statements on the searches in its frames that found nothing, each with what was hidden from it."""
    caveats: tuple[str, ...] = ()
    left_out: LeftOut = LeftOut()
    withheld: frozenset[str] = frozenset()
    """Uuids of marks in the frames that a published product does not draw."""
    marking: str = ""
    """The highest marking of its inputs on each scale, as it is printed; empty: none has one."""
    input_markings: tuple[str, ...] = ()
    """All markings of its inputs, each once: free text is listed, not ranked."""
    is_published: bool = False
    status: str = ""
    """The state in which data leave: "draft, not issued" and so on; empty on pages, which print it in their imprint."""
    is_blocked: bool = False
    """True for a draft against which a blocking finding stands."""
    correction: str = ""
    """The line that says what a reissue corrects."""
    unchecked_chips: tuple[str, ...] = ()
    """Uuids of chips of its marks that a machine worked on and nobody checked."""
    tells_absence: bool = False
    """True where a search or an observation of its marks found a thing absent."""
    rules_off: tuple[str, ...] = ()
    """Names of the rules of wording that the case has switched off."""
    passed: frozenset[str] = frozenset()
    """Facts of the case that let advice on wording pass."""

    def site(self, uuid: str) -> NamedSite | None:
        """The words of one mark."""
        return next((site for site in self.sites if site.uuid == uuid), None)

    @property
    def parties(self) -> tuple[NamedSite, ...]:
        """The firms and persons in the frames that a claim names."""
        return tuple(site for site in self.sites if site.is_party)
