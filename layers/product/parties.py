"""The named parties of a product: claims about firms and persons, and their answers, in ever shorter versions.

A page tells its parties whole, in excerpts, or names none of them; these are pure functions of its content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from layers.phrase import Phrase, joined
from layers.product.content import MOST_EVIDENCE, ClaimSaid, NamedSite, ProductContent, QuoteCited, SourceCited
from layers.text.counted import counted, grouped
from layers.time.written_dates import written_date

LEAST_EXCERPT, MOST_EXCERPT = 60, 110
"""Fewest and most characters of the exact words in an excerpt: fewer would say too little of the claim."""
MOST_PLACES = 8
"""Most places of a claim that are named."""
ELLIPSIS = "..."
NOT_STATED = Phrase("a source that is not cited")
_NAME_IS_OURS = Phrase("not written so in the source, the name is ours")
_SUFFIX = re.compile(
    r"(?:,?\s+(?:Co|Ltd|Inc|Corp|LLC|GmbH|AG|PLC|S\.?A|Company|Limited|Corporation)\b\.?)+$", re.IGNORECASE
)
_OWN_VOICE = re.compile(r"(?:the )?report(?:'s)?(?: own)?,? ?(?:in its own )?voice\b[\s,;:]*", re.IGNORECASE)
_LOOSE_END = re.compile(
    r"(?:\s+(?:a|an|the|and|or|of|for|in|to|by|with|from|as|at|on|is|are|that|which|use))+$", re.IGNORECASE
)
_LEAST_NAME, _LEAST_SHARED = 2, 4


class Telling(IntEnum):
    """Length at which a page tells its named parties, the most first."""

    FULL = 0
    """All that is recorded: exact words, our words, state, judgements, answers."""
    WORDS = 1
    """Exact words with their attribution, the answers, the context, and the parts of places and names that are ours."""
    BRIEF = 2
    """The same, with shorter words on places that are ours, and the sources by their publishers."""
    EXCERPT = 3
    """The same with an unbroken part of long words."""
    NAMELESS = 4
    """Only their number; no party is named."""


class PartyLine(NamedTuple):
    """A sentence of the block. `kind`: *head*, *claim*, *answer*, *inner* (below a claim) or *note*."""

    kind: str
    words: str


# -- who --------------------------------------------------------------------------------------------------------


def party_claims(content: ProductContent) -> tuple[ClaimSaid, ...]:
    """The claims that name somebody."""
    return tuple(claim for claim in content.claims if claim.parties)


def told_parties(content: ProductContent) -> tuple[NamedSite, ...]:
    """All parties that these claims name, each once, those outside the frames among them."""
    return tuple({party.uuid: party for claim in party_claims(content) for party in claim.parties}.values())


def untold_parties(content: ProductContent) -> frozenset[str]:
    """Uuids of marks that only claims outside this product name: a page has no words for them."""
    uuids = {party.uuid for party in told_parties(content)}
    return frozenset(site.uuid for site in content.sites if site.is_named and site.uuid not in uuids)


def names_of(site: NamedSite) -> tuple[str, ...]:
    """The names by which a reader knows it: its label, the parts of that before and in brackets, its other names, and
    each of them without "Co. Ltd.".
    """
    label = _label(site)
    outer, _, inner = label.partition(" (")
    inner = inner.rpartition(")")[0] or inner
    shared = {word for word in _words(outer) if len(word) >= _LEAST_SHARED} & set(_words(inner))
    whole = [label, outer, *([inner] if shared else []), *(name for _, name in site.names)]
    names = [name.strip() for text in whole for name in (text, _SUFFIX.sub("", text))]
    return tuple(dict.fromkeys(name for name in names if len(name) >= _LEAST_NAME))


def _label(site: NamedSite) -> str:
    return site.name.removesuffix(f" ({site.doubt})") if site.doubt else site.name


def short_name(site: NamedSite) -> str:
    """Its label without the brackets."""
    return site.name.partition(" (")[0].strip() or site.name


class PartyNames:
    """Finds the names of the parties of a product in texts."""

    def __init__(self, sites: Iterable[NamedSite]) -> None:
        self._patterns = {site.uuid: _pattern(names_of(site)) for site in sites}

    @classmethod
    def of(cls, content: ProductContent) -> PartyNames:
        """The parties whom a claim names, in this product or elsewhere."""
        others = [site for site in content.sites if site.is_named]
        return cls({party.uuid: party for party in (*others, *told_parties(content))}.values())

    def read_in(self, text: str) -> frozenset[str]:
        """Uuids of the parties that a text names."""
        line = " ".join(text.split())
        return frozenset(uuid for uuid, pattern in self._patterns.items() if pattern.search(line))

    def names_any(self, text: str) -> bool:
        """True where the text names any of them."""
        line = " ".join(text.split())
        return any(pattern.search(line) for pattern in self._patterns.values())


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    """Names as whole words; in a script without blanks wherever they stand."""
    longest_first = sorted((" ".join(name.split()) for name in names), key=len, reverse=True)
    return re.compile("|".join(map(_as_word, longest_first)) or r"(?!)", re.IGNORECASE)


def _as_word(name: str) -> str:
    return rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" if name.isascii() else re.escape(name)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


# -- what they are told in --------------------------------------------------------------------------------------


def parties_at(content: ProductContent, level: Telling) -> tuple[PartyLine, ...]:
    """The sentences of a page on its named parties; none where no claim of the product names anybody."""
    claims = party_claims(content)
    if not claims:
        return ()
    return tuple(_nameless(content, claims) if level is Telling.NAMELESS else _named_lines(content, claims, level))


def _nameless(content: ProductContent, claims: Sequence[ClaimSaid]) -> Iterator[PartyLine]:
    yield PartyLine("note", counted_only(content))
    yield from (PartyLine("note", words) for words in _who_sources_are(_sources_of(claims), Telling.NAMELESS))
    parties = told_parties(content)
    inferred = sum(party.place_inferred for party in parties)
    if inferred:
        places = counted(len(parties), "place")
        are = (
            counted(inferred, "of {places} is", "of {places} are", places=places)
            if inferred < len(parties)
            else counted(inferred, "place is", "places are")
        )
        yield PartyLine("note", Phrase("{are} inferred by us, not stated by the source.", are=are))


def _named_lines(content: ProductContent, claims: Sequence[ClaimSaid], level: Telling) -> Iterator[PartyLine]:
    parties, sources = told_parties(content), _sources_of(claims)
    yield PartyLine("head", _head(content, parties))
    # Numbers of sources are explained before the sentences that use them: the list of sources may be on another page.
    yield from (PartyLine("note", words) for words in _who_sources_are(sources, level))
    for claim in claims:
        # By the number that it has in every other format: a reader of the page finds it again in the story.
        yield PartyLine("claim", Phrase("{number} · {words}", number=claim.number, words=claim_sentence(claim, level)))
        if about := about_words(claim, content):
            yield PartyLine("inner", Phrase("About: {about}", about=about))
        yield from (PartyLine("inner", words) for words in _inner(claim, level))
        yield from (PartyLine("answer", response.sentence) for response in claim.responses if not response.is_to_whole)
    yield from (PartyLine("note", words) for words in own_answers(claims))
    to_whole = {response.uuid: response for claim in claims for response in claim.responses if response.is_to_whole}
    yield from (PartyLine("answer", response.sentence) for response in to_whole.values())
    yield from (PartyLine("answer", context_sentence(source)) for source in sources if source.context.strip())
    yield from (PartyLine("note", place.sentence) for place in places(parties, level))
    yield from (PartyLine("note", words) for words in identities(claims))
    if left := left_out_words(content):
        yield PartyLine("note", left)


def counted_only(content: ProductContent) -> str:
    """The number of the parties, where none of them is named."""
    parties, sources = told_parties(content), _sources_of(party_claims(content))
    by = ", ".join(source.number for source in sources) or Phrase("a claim")
    by = Phrase("a claim of {by}", by=by) if len(party_claims(content)) == 1 and sources else by
    return Phrase(
        "{counted_kind} named in {by}, here without {value}.",
        counted_kind=_counted_kind(parties),
        by=by,
        value=Phrase("a name") if len(parties) == 1 else Phrase("names"),
    )


def in_place_of_a_name(content: ProductContent) -> str:
    """The words for one party where it is not named."""
    parties, numbers = told_parties(content), [source.number for source in _sources_of(party_claims(content))]
    return Phrase("A {kind} named in {numbers}", kind=_kind(parties), numbers=", ".join(numbers) or Phrase("a claim"))


def _who_sources_are(sources: Sequence[SourceCited], level: Telling) -> Iterator[str]:
    """The sources by their numbers: cited where there is room, else by their publishers."""
    for source in sources:
        words = source.citation if level <= Telling.WORDS else source.publisher or source.title
        if words:
            yield Phrase("{number}: {words}.", number=source.number, words=words)


def _head(content: ProductContent, parties: Sequence[NamedSite]) -> str:
    marks = [site for site in content.sites if site.mark_kind == "site"]
    inside = {site.uuid for site in marks}
    named = sum(party.uuid in inside for party in parties)
    if named == len(marks):
        return Phrase("Named in a claim")
    return Phrase("Named in a claim: {named} of {marks}", named=grouped(named), marks=counted(len(marks), "mark"))


def of_all_marks(content: ProductContent) -> str:
    """The heading of the block, which says how many of the marks are named in a claim."""
    return _head(content, told_parties(content))


def claim_sentence(claim: ClaimSaid, level: Telling = Telling.WORDS) -> str:
    """The claim with its attribution: `S1, citing two officials: "..."`; direct speech as the speaker's own."""
    text = claim.said.strip() or Phrase("words not recorded")
    if level is Telling.EXCERPT and claim.source_words:
        text = excerpt(text, [name for party in claim.parties for name in names_of(party)])
    words = quoted(text) if claim.source_words else text
    numbers = _numbers(claim)
    if claim.voice == "speaker" and claim.words_kind == "direct speech":
        at = f" ({written_date(claim.made_at)})" if claim.made_at else ""
        speaker = claim.speaker or Phrase("a speaker who is not named")
        return joined("", [speaker, f"{at}: ", words, f" [{numbers}]" if numbers else ""])
    return joined(": ", [attribution_of(claim), words])


def attribution_of(claim: ClaimSaid) -> str:
    """The source and whom it cites, never the words as anybody's own speech: `S1, citing two officials`."""
    numbers = _numbers(claim) or NOT_STATED
    if claim.voice == "analyst":
        return Phrase("Our own judgement")
    if claim.voice == "report's own":
        more = _OWN_VOICE.sub("", claim.speaker).strip(" ,;")
        attribution = Phrase("{numbers}, in its own voice", numbers=numbers)
        if not more:
            return attribution
        return (
            joined(", ", [attribution, more])
            if len(more) <= 20
            else Phrase("{said} ({more})", said=attribution, more=more)
        )
    at = f", {written_date(claim.made_at)}" if claim.made_at else ""
    return (
        Phrase("{numbers}, citing {speaker}{at}", numbers=numbers, speaker=claim.speaker, at=at)
        if claim.speaker.strip()
        else Phrase("{numbers}, citing nobody by name", numbers=numbers)
    )


def about_words(claim: ClaimSaid, content: ProductContent) -> str:
    """The marks that a claim is about, where its words do not name them all and a reader could take it for another."""
    words = claim.source_words or claim.statement
    read = PartyNames(claim.parties).read_in(words)
    if sum(site.mark_kind == "site" for site in content.sites) < 2:
        return ""
    named = {site.uuid: site.name for site in (*content.sites, *claim.parties)}
    uuids = dict.fromkeys([*claim.sites, *(party.uuid for party in claim.parties)])
    places = list(dict.fromkeys([*(named[uuid] for uuid in uuids if uuid in named), *claim.sites_elsewhere]))
    known = {named[uuid] for uuid in read}
    if all(name in known or name in words for name in places):
        return ""
    if (more := len(places) - MOST_PLACES) > 1:
        places[MOST_PLACES:] = [counted(more, "other")]
    return joined("; ", [name if isinstance(name, Phrase) else " ".join(name.split()) for name in places])


def excerpt(words: str, names: Sequence[str] = (), most: int = MOST_EXCERPT) -> str:
    """The words from their beginning, "..." where their end is cut: with all names in them, and what follows those.

    Nothing is taken away before a name: without its beginning a sentence says something else of it. Not longer than the
    words; they are whole where they are hardly longer than an excerpt, or where names fill them.
    """
    line = " ".join(_bare(words).split())
    if len(line) <= most + len(ELLIPSIS) + 8:
        return line
    spans = [
        (match.start(), match.end()) for name in names for match in re.finditer(re.escape(name), line, re.IGNORECASE)
    ]
    last = max((end for _, end in spans), default=0)
    end = _word_end(line, min(len(line), last + max(most - last, LEAST_EXCERPT - 20)))
    if len(line) - end <= 8:
        return line
    part = _LOOSE_END.sub("", line[:end].strip()).rstrip(" ,;:")
    short = f"{part} {ELLIPSIS}"
    return short if len(part) >= LEAST_EXCERPT and len(short) < len(line) else line


def own_answers(claims: Sequence[ClaimSaid]) -> Iterator[str]:
    """Says that those who are named have no answer of their own in the sources, and where no answer is recorded."""
    if none := no_own_answer(claims):
        yield none
    if any(not claim.responses for claim in claims):
        yield Phrase("No answer of those named is recorded.")


def no_own_answer(claims: Sequence[ClaimSaid]) -> str:
    """Says that those who are named have no answer of their own in the sources, where only others answered; empty where
    there is no such claim.
    """
    silent = [
        claim for claim in claims if claim.responses and all(response.is_to_whole for response in claim.responses)
    ]
    if not silent:
        return ""
    parties = list({party.uuid: party for claim in silent for party in claim.parties}.values())
    whose = _owners(parties) if len(silent) == len(claims) else Phrase("Of {listed} the", listed=_listed(parties))
    numbers = ", ".join(source.number for source in _sources_of(silent)) or NOT_STATED
    if len(parties) > 1:
        return Phrase("{whose} own answers: none in {numbers}.", whose=whose, numbers=numbers)
    return Phrase("{whose} own answer: none in {numbers}.", whose=whose, numbers=numbers)


def told_of(claim: ClaimSaid) -> tuple[str, ...]:
    """A claim with its answers and its context as rows of data: a sentence each."""
    sources = (context_sentence(source) for source in _sources_of([claim]) if source.context.strip())
    none = own_answers([claim]) if claim.parties else ()
    return claim_sentence(claim), *(response.sentence for response in claim.responses), *none, *sources


def context_of(claims: Iterable[ClaimSaid]) -> tuple[str, ...]:
    """The words of the sources of these claims to the other side, each once."""
    return tuple(context_sentence(source) for source in _sources_of(claims) if source.context.strip())


def context_sentence(source: SourceCited) -> str:
    """The words of the same source to the other side."""
    lines = [quoted(line.strip()) for line in source.context.splitlines() if line.strip()]
    return Phrase("{number} also: {lines_}", number=source.number, lines_="; ".join(lines))


class OwnPlaces(NamedTuple):
    """A sentence on places that are ours, and the parties that it is about."""

    sentence: str
    parties: Sequence[NamedSite]


def places(parties: Sequence[NamedSite], level: Telling = Telling.WORDS) -> Iterator[OwnPlaces]:
    """The places that are ours: by the basis where there is room for it, else in one sentence."""
    ours = [party for party in parties if party.place_inferred]
    if not ours:
        return
    if level >= Telling.BRIEF:
        stated = [party for party in parties if not party.place_inferred]
        if len(stated) < len(ours):
            but_for = Phrase(", but for {listed}", listed=_listed(stated)) if stated else ""
            yield OwnPlaces(Phrase("Places inferred by us{value}.", value=but_for), ours)
        else:
            yield OwnPlaces(Phrase("Places inferred by us: {listed}.", listed=_listed(ours)), ours)
        return
    by_words: dict[str, list[NamedSite]] = {}
    for party in ours:
        by_words.setdefault(party.inferred, []).append(party)
    for words, group in by_words.items():
        yield OwnPlaces(Phrase("{listed}: {words}.", listed=_listed(group), words=words), group)


def identities(claims: Sequence[ClaimSaid]) -> Iterator[str]:
    """Sentences on the parts of names that are ours."""
    yield from map(identity_sentence, not_so_written(claims))


def not_so_written(claims: Iterable[ClaimSaid]) -> list[NamedSite]:
    """The parties whose label stands in the words of none of the claims that name them: a part of it is ours."""
    words, parties = dict[str, str](), dict[str, NamedSite]()
    for claim in claims:
        for party in claim.parties:
            parties[party.uuid] = party
            words[party.uuid] = f"{words.get(party.uuid, '')}\n{claim.said}"
    return [party for uuid, party in parties.items() if not is_written(party, words[uuid])]


def identity_sentence(party: NamedSite) -> str:
    """The sentence on the part of a name that is ours: as the case has it, else that all of it is."""
    identity = _unended(party.identity) or _NAME_IS_OURS
    return Phrase("{name}: {identity}.", name=short_name(party), identity=identity)


def _unended(text: str) -> str:
    """The text without full stops at its end; one without any stays the phrase that it is."""
    return text.rstrip(".") if text.endswith(".") else text


def is_written(party: NamedSite, words: str) -> bool:
    """True where the words of a source have its whole label, so that no part of it is ours."""
    return " ".join(_label(party).split()).casefold() in " ".join(words.split()).casefold()


def left_out_words(content: ProductContent, *, is_nameless: bool = False) -> str:
    """The number of claims of the case that the product does not print; empty for none. `is_nameless`: those that name
    somebody are not printed either.
    """
    others = content.left_out.claims_of_no_place + content.left_out.claims_elsewhere
    left = others + (len(party_claims(content)) if is_nameless else 0)
    if not left:
        return ""
    are = (
        counted(left, "claim of this case is", "claims of this case are")
        if len(content.claims) + others == left
        else counted(left, "further claim of this case is", "further claims of this case are")
    )
    return Phrase("{are} not on this page.", are=are)


def quoted(words: str) -> str:
    """Exact words in quotation marks; in those that they have already where they are all one quotation."""
    words = words.strip()
    return f"“{_bare(words)}”"


def _bare(words: str) -> str:
    words = words.strip()
    is_one = len(words) > 1 and words[0] in '"“' and words[-1] in '"”' and not set(words[1:-1]) & set('"“”')
    return words[1:-1] if is_one else words


def our_words(claim: ClaimSaid) -> str:
    """Our statement, where it says more than the source's words beside it."""
    words = _bare(claim.source_words)
    if not words or claim.statement == claim.source_words:
        return ""
    before, middle, after = claim.statement.partition(words)
    return (after.lstrip(' "”;,.') if middle else before).rstrip(" ;,.")


def _inner(claim: ClaimSaid, level: Telling) -> Iterator[str]:
    """Judgements and words of ours, where there are any, apart from the claim's own words."""
    if ours := our_words(claim):
        yield Phrase("Our note: {ours}.", ours=ours) if claim.source_words else ours
    if level is Telling.FULL:
        if claim.state != "reported":
            yield Phrase("State: {state}", state=Phrase(claim.state))
        if claim.place_note:
            yield Phrase("On the place: {place_note}", place_note=claim.place_note)
    yield from _judged(claim)
    yield from claim.beside
    if level is Telling.FULL:
        yield from claim.considered
    yield from claim.evidence_lines(MOST_EVIDENCE if level is Telling.FULL else 0)


def _judged(claim: ClaimSaid) -> Iterator[str]:
    if claim.likelihood:
        yield Phrase("We judge it {likelihood}.", likelihood=_unended(claim.likelihood))
    if claim.confidence:
        yield joined(". ", [claim.confidence, claim.reason]) if claim.reason else claim.confidence


def _sources_of(claims: Iterable[ClaimSaid]) -> list[SourceCited]:
    return list({quote.source.uuid: quote.source for claim in claims for quote in claim.quotes}.values())


def _numbers(claim: ClaimSaid) -> str:
    return ", ".join(dict.fromkeys(map(cited_at, claim.quotes)))


def cited_at(quote: QuoteCited) -> str:
    """The number of a source, with the page where that is known."""
    return f"{quote.source.number}, {quote.page}" if quote.page else quote.source.number


def _kind(parties: Sequence[NamedSite]) -> str:
    return Phrase("firm") if all(party.is_firm for party in parties) else Phrase("party")


def _counted_kind(parties: Sequence[NamedSite]) -> str:
    return counted(len(parties), "firm") if _kind(parties) == "firm" else counted(len(parties), "party", "parties")


def _owners(parties: Sequence[NamedSite]) -> str:
    if _kind(parties) == "firm":
        return Phrase("The firm's") if len(parties) == 1 else Phrase("The firms'")
    return Phrase("The party's") if len(parties) == 1 else Phrase("The parties'")


def _listed(parties: Sequence[NamedSite]) -> str:
    names = [short_name(party) for party in parties]
    return (
        names[0] if len(names) == 1 else Phrase("{names} and {names_2}", names=", ".join(names[:-1]), names_2=names[-1])
    )


def _word_end(line: str, at: int) -> int:
    """The end of the last whole word before a place."""
    return at if at >= len(line) or line[at].isspace() else line.rfind(" ", 0, at)
