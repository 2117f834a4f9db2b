"""Rules on named parties, file by file: each party named in a file has its words, speaker and answer there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from layers.phrase import Phrase
from layers.product.content import ClaimSaid, NamedSite, ProductContent, ResponseSaid
from layers.product.facts import MapFact, TextFact
from layers.product.lint.finding import BLOCKING, WARNING, Checked, Fault, Jump, Rule, map_name, plain, short, to_part
from layers.product.parties import (
    LEAST_EXCERPT,
    PartyNames,
    Telling,
    attribution_of,
    counted_only,
    identity_sentence,
    left_out_words,
    names_of,
    no_own_answer,
    not_so_written,
    of_all_marks,
    party_claims,
    places,
    told_parties,
)
from layers.product.site_words import NAMED_ROLE
from layers.text.counted import counted

_PIECE = re.compile('[“"„«]([^”"»]*(?:\\.\\.\\.|…)[^”"»]*)[”"»]')
_DOTS = re.compile(r"\.\.\.|…")
_REPORTED = re.compile(r"\b(?:report|claim|alleg|accus|said\b|says\b|suspect|named\b|blam)", re.IGNORECASE)
_COUNT = re.compile(r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", re.IGNORECASE)
_MOST_SHARE = 0.5
_SAME_PT = 0.05


class _Wanted(Struct, frozen=True):
    """Sentences of a page that are about all parties together, made once: there may be thousands of claims."""

    no_answer: str
    """Sentence on those who have no answer of their own; empty without any."""
    partly_ours: frozenset[str]
    """Parties of whose names a part is ours, in the words of all claims that name them."""
    own_places: Mapping[str, Sequence[str]]
    """Sentences on each party whose place is ours, by its uuid, one for each length at which a page tells it."""

    @classmethod
    def of(cls, content: ProductContent) -> _Wanted:
        parties, own_places = told_parties(content), dict[str, list[str]]()
        for level in (Telling.WORDS, Telling.BRIEF):
            for ours in places(parties, level):
                for party in ours.parties:
                    own_places.setdefault(party.uuid, []).append(ours.sentence)
        claims = party_claims(content)
        partly_ours = frozenset(party.uuid for party in not_so_written(claims))
        return cls(no_own_answer(claims), partly_ours, own_places)


class _File(Struct, frozen=True):
    """One file of a product under check: the texts in it, those that are whole, and the parties named in any."""

    checked: Checked
    wanted: _Wanted
    name: str
    texts: tuple[str, ...] = ()
    whole: str = ""
    read: frozenset[str] = frozenset()

    @property
    def is_laid_out(self) -> bool:
        return self.checked.facts.is_laid_out

    def holds(self, text: str) -> bool:
        """True where it has these words in its language, or where its words are not known."""
        return not self.is_laid_out or self.printed(text) in self.whole

    def printed(self, text: str) -> str:
        """A text in the language of the page, as the rules compare it."""
        return self.checked.printed(text)


def _files(checked: Checked) -> Iterator[_File]:
    """Return the files: each page for pictures, all pages for one file."""
    facts, content = checked.facts, checked.content
    wanted = _Wanted.of(content)
    names = PartyNames.of(content)
    if not facts.is_laid_out:
        every = frozenset(site.uuid for site in _everybody(checked))
        yield _File(checked, wanted, Phrase("the product"), read=every)
        return
    for pages in [range(facts.pages)] if facts.is_one_file else [[page] for page in range(facts.pages)]:
        whole = [
            text_fact
            for text_fact in facts.texts
            if text_fact.page in pages and (facts.is_one_file or not text_fact.is_part)
        ]
        alts = [fact.alt_text for fact in facts.maps if fact.page in pages]
        parts = [text_fact.words for text_fact in (*facts.texts, *facts.beside) if text_fact.page in pages]
        read = frozenset(uuid for text in (*parts, *alts) for uuid in names.read_in(text))
        words = tuple(text_fact.words for text_fact in whole)
        name = Phrase("the file") if len(pages) == facts.pages else Phrase("page {pages} as a file", pages=pages[0] + 1)
        yield _File(checked, wanted, name, words, plain("\n".join(words)), read)


def _everybody(checked: Checked) -> list[NamedSite]:
    content = checked.content
    named = {site.uuid: site for site in content.sites if site.is_named or site.is_party}
    return list((named | {party.uuid: party for claim in content.claims for party in claim.parties}).values())


def _named_party(checked: Checked) -> Iterator[Fault]:
    """Check in each file the exact words, their attribution, the answers, and the parts of place and name that are
    ours.
    """
    parties = {party.uuid for claim in checked.content.claims for party in claim.parties}
    everybody = {site.uuid: site for site in _everybody(checked)}
    if not checked.facts.is_laid_out and not checked.spec.shows("annotation"):
        return
    for file in _files(checked):
        for uuid in sorted(file.read - parties):
            yield _untold(everybody[uuid])
        claims = [claim for claim in checked.content.claims if any(party.uuid in file.read for party in claim.parties)]
        for claim in claims:
            yield from _claim(file, claim)
    yield from _alike(checked, parties)


def _untold(site: NamedSite) -> Fault:
    is_by_role = site.role == NAMED_ROLE
    return Fault(
        site.name,
        Phrase("It is shown as named in a claim, and no claim on the page names it."),
        Phrase("Link the claim that names it, or change its role.")
        if is_by_role
        else Phrase("Leave its name out, or show the claim."),
        Jump("sites", site.uuid, "role"),
    )


def _claim(file: _File, claim: ClaimSaid) -> Iterator[Fault]:
    firms = ", ".join(short(party.name) for party in claim.parties)
    where = (
        Phrase("{name}, {firms}: claim “{said}”", name=file.name, firms=firms, said=short(claim.said))
        if file.is_laid_out
        else f"{firms}: {short(claim.said)}"
    )
    yield from _words(file, claim, where)
    yield from _answers(file, claim, where)
    yield from _context(file, claim, where)
    yield from _ours(file, claim, where)
    unread = [party for party in claim.parties if party.uuid not in file.read]
    if unread:
        yield Fault(
            where,
            Phrase(
                "Some of those whom it names can be read, and not {name}.",
                name=", ".join(short(party.name) for party in unread),
            ),
            Phrase("Name all of them, or none: choose a larger page, or leave the claims out."),
            to_part("labels"),
        )


def _words(file: _File, claim: ClaimSaid, where: str) -> Iterator[Fault]:
    if not claim.source_words.strip() and claim.voice != "analyst":
        yield Fault(
            where,
            Phrase("The exact words of what is said of it are not recorded."),
            Phrase("Enter the source's words as they stand there."),
            Jump("claims", claim.uuid, "source_wording"),
        )
    if not claim.speaker.strip():
        yield Fault(
            where,
            Phrase("Nobody is named as having said it."),
            Phrase("Enter who said it, or that the report says it in its own voice."),
            Jump("claims", claim.uuid, "made_by"),
        )
    if not file.is_laid_out or not claim.said.strip():
        return
    bearing = [text for text in file.texts if _has_words(text, claim)]
    if not bearing:
        yield Fault(
            where,
            Phrase("It can be read who is named, and not what is claimed in the exact words."),
            Phrase("Show the claims, or choose a larger page."),
            to_part("claims"),
        )
    elif not any(_has_speaker(file, text, claim) for text in bearing):
        yield Fault(
            where,
            Phrase("The words stand there without “{attribution_of}”.", attribution_of=short(attribution_of(claim))),
            Phrase("Show the claims with who said them, and in which source."),
            to_part("claims"),
        )


def _has_words(text: str, claim: ClaimSaid) -> bool:
    """The exact words, or one unbroken part of them with dots where it is cut and all names that they have."""
    words = plain(claim.said)
    if words in plain(text):
        return True
    names = [plain(name) for party in claim.parties for name in names_of(party) if plain(name) in words]
    for match in _PIECE.finditer(text):
        part = plain(_DOTS.sub(" ", match[1]))
        is_enough = len(part) >= min(LEAST_EXCERPT, len(words))
        if is_enough and part in words and all(name in part for name in _longest(names)):
            return True
    return False


def _longest(names: Sequence[str]) -> list[str]:
    """The names less those that are parts of others."""
    return [name for name in names if not any(name != other and name in other for other in names)]


def _has_speaker(file: _File, text: str, claim: ClaimSaid) -> bool:
    line = plain(text)
    if not claim.quotes or (claim.voice == "speaker" and claim.words_kind == "direct speech"):
        numbers = [quote.source.number for quote in claim.quotes]
        return file.printed(claim.speaker) in line and all(number.casefold() in line for number in numbers)
    return file.printed(attribution_of(claim)) in line


def _answers(file: _File, claim: ClaimSaid, where: str) -> Iterator[Fault]:
    if not claim.responses:
        yield Fault(
            where,
            Phrase("No answer is recorded, nor that none was asked for or given."),
            Phrase("Record the answer, or that it was declined, not given by a date, or not asked for."),
            Jump("responses", claim.uuid),
        )
    for answer in claim.responses:
        if not _has_answer(file, answer):
            yield Fault(
                where,
                Phrase("The answer of {speaker} is not there.", speaker=short(answer.speaker) or Phrase("a speaker")),
                Phrase("Show the claims with their answers, or choose a larger page."),
                to_part("claims"),
            )
    is_silent = bool(no_own_answer([claim]))
    if is_silent and claim.quotes and not file.holds(file.wanted.no_answer):
        yield Fault(
            where,
            Phrase("It does not say that those who are named have no answer of their own in the source."),
            Phrase("Show the claims with their answers, or record the answer of those who are named."),
            to_part("claims"),
        )


def _has_answer(file: _File, answer: ResponseSaid) -> bool:
    words, who = file.printed(answer.words or answer.sentence), file.printed(answer.speaker)
    return not file.is_laid_out or any(words in line and who in line for line in map(plain, file.texts))


def _context(file: _File, claim: ClaimSaid, where: str) -> Iterator[Fault]:
    for source in {quote.source.uuid: quote.source for quote in claim.quotes}.values():
        for line in filter(None, map(str.strip, source.context.splitlines())):
            if not file.holds(line):
                yield Fault(
                    where,
                    Phrase(
                        "What {number} says to the other side is not there: “{line}”.",
                        number=source.number,
                        line=short(line),
                    ),
                    Phrase("Show the claims, or choose a larger page."),
                    to_part("claims"),
                )


def _ours(file: _File, claim: ClaimSaid, where: str) -> Iterator[Fault]:
    for party in claim.parties:
        if party.place_inferred and not _tells_inferred(file, party):
            yield Fault(
                where,
                Phrase("We have put “{name}” where it is shown, and that is not said.", name=short(party.name)),
                Phrase("Print “{inferred}” beside it.", inferred=party.inferred),
                to_part("claims"),
            )
        if party.uuid in file.wanted.partly_ours and not file.holds(identity_sentence(party)):
            yield Fault(
                where,
                Phrase(
                    "The name “{name}” is not so in the source's words, and it is not said what of it is ours.",
                    name=short(party.name),
                ),
                Phrase("Show the claims; state under Names in the form of the site what of its name is ours."),
                Jump("sites", party.uuid, "identity_note"),
            )


def _tells_inferred(file: _File, party: NamedSite) -> bool:
    """True where one of the sentences on an inferred place is there, in any of the lengths in which a page words its
    parties.
    """
    return any(map(file.holds, file.wanted.own_places.get(party.uuid, ())))


def _alike(checked: Checked, parties: set[str]) -> Iterator[Fault]:
    """One map names all of its parties by label, all by number, or none; all labels of them are as large."""
    for fact in checked.facts.maps:
        drawn = fact.sites.drawn & parties
        ways = [way for way in (drawn & fact.sites.named, drawn & fact.sites.keyed.keys()) if way]
        if ways and ways[0] != drawn:
            yield Fault(
                map_name(fact),
                Phrase("Of those who are named in a claim some have a label and others have a number or none."),
                Phrase("Choose a larger page, or show less around them."),
                to_part("labels"),
            )
        if _sizes_differ(checked, fact, drawn):
            yield Fault(
                map_name(fact),
                Phrase("Those who are named in a claim have labels of several sizes."),
                Phrase("Choose a larger page, or show less around them."),
                to_part("labels"),
            )


def _sizes_differ(checked: Checked, fact: MapFact, drawn: frozenset[str]) -> bool:
    names = {checked.printed(site.name) for site in checked.content.sites if site.uuid in drawn}
    labels: list[TextFact] = [text for text in checked.facts.texts if text.part == "label" and text.page == fact.page]
    sizes = [text.size_pt for text in labels if plain(text.words) in names]
    return bool(sizes) and max(sizes) - min(sizes) > _SAME_PT


def _title_covers(checked: Checked) -> Iterator[Fault]:
    """A title about a claim stands over all marks, also over those without a claim."""
    spec, content = checked.spec, checked.content
    marks = [site.uuid for site in content.sites if site.mark_kind == "site"]
    about = {uuid for claim in content.claims for uuid in claim.sites}
    over = (spec.title, spec.subtitle, spec.bottom_line)
    speaks = any(_REPORTED.search(text) for text in over)
    if not checked.has_marks or not speaks or not about or len(about) > _MOST_SHARE * len(marks):
        return
    is_said = any(checked.holds(words) for words in (of_all_marks(content), counted_only(content)))
    if not is_said and not any(_COUNT.search(text) for text in over[1:]):
        yield Fault(
            Phrase("the title"),
            Phrase(
                "It speaks of what is claimed, and stands over {marks}, of which {count} {value} in a claim.",
                marks=counted(len(marks), "mark"),
                count=len(about),
                value=Phrase("is") if len(about) == 1 else Phrase("are"),
            ),
            Phrase("Say in the subtitle how many are, or show the claims."),
            Jump("product", "", "subtitle"),
        )


def _claims_counted(checked: Checked) -> Iterator[Fault]:
    """Claims of the case that are left out are counted on the page."""
    content = checked.content
    words = left_out_words(content)
    ways = (words, left_out_words(content, is_nameless=True))
    if words and checked.has_marks and content.claims and not any(map(checked.holds, ways)):
        yield Fault(
            Phrase("the claims"),
            Phrase("The page does not say how many claims of the case it leaves out."),
            Phrase("Print “{words}”", words=words),
            to_part("claims"),
        )


RULES = (
    Rule(
        "named-party", Phrase("Exact words, speaker and answer for a named party, in each file"), BLOCKING, _named_party
    ),
    Rule("title-covers", Phrase("A title that says how many marks it is about"), WARNING, _title_covers, 2),
    Rule("claims-counted", Phrase("The number of claims that are left out"), WARNING, _claims_counted),
)
