"""Rules on evidence: names and places of marks, judgements, sources and caveats."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layers.phrase import Phrase, all_of, joined
from layers.product.caveats import ABSENCE
from layers.product.content import ClaimSaid, SourceCited
from layers.product.judging.likelihood_terms import ROWS, TERM, TERMS, one_sentence
from layers.product.lint.finding import BLOCKING, WARNING, Checked, Fault, Jump, Rule, map_name, short, to_part
from layers.product.lint.withheld import withheld
from layers.text.counted import counted

_ABSENT = re.compile(
    r"\b(?:(?:is|are|was|were|has|have|had) (?:been )?(?:now )?(?:absent|gone|removed|vanished)"
    r"|no longer (?:there|present|stands?)"
    r"|(?:not|never|none(?: [a-z]+){0,3}|no(?: [a-z-]+){1,3}) (?:(?:is|are|was|were) )?"
    r"(?:present|there|visible|seen|observed))\b",
    re.IGNORECASE,
)
"""Words for the absence of a thing, in the plain forms that need no grammar."""


def says_absence(text: str) -> bool:
    """True for words that say plainly that something is not there."""
    return _ABSENT.search(text) is not None


def claim_name(claim: ClaimSaid) -> str:
    """The words for a claim."""
    return Phrase("claim “{said}”", said=short(claim.said))


# -- marks ------------------------------------------------------------------------------------------------------


def _sites_named(checked: Checked) -> Iterator[Fault]:
    for fact in checked.facts.maps:
        sites = fact.sites
        if sites.uncounted:
            names = [site.name for uuid in sorted(sites.uncounted) if (site := checked.content.site(uuid)) is not None]
            shown = joined(", ", [short(name) for name in names[:3]])
            shown = Phrase("{shown} and more", shown=shown) if len(names) > 3 else shown
            yield Fault(
                map_name(fact),
                Phrase(
                    "{count} of its marks are neither named nor keyed nor counted: {shown}.",
                    count=len(sites.uncounted),
                    shown=shown or Phrase("no name"),
                ),
                Phrase("Show labels and key, or choose a larger page."),
                to_part("labels"),
            )


def _no_false_pin(checked: Checked) -> Iterator[Fault]:
    for fact in checked.facts.maps:
        for uuid in sorted(fact.sites.pinned):
            site = checked.content.site(uuid)
            if site is not None and site.is_area:
                yield Fault(
                    joined(", ", [map_name(fact), short(site.name)]),
                    Phrase("It is shown as an exact pin, and is known to {precision}.", precision=site.precision),
                    Phrase("Show it as an area or hollow."),
                    Jump("sites", site.uuid, "position_error_m"),
                )


def _doubt_said(checked: Checked) -> Iterator[Fault]:
    for fact in checked.facts.maps:
        for uuid in sorted(fact.sites.named | fact.sites.keyed.keys()):
            site = checked.content.site(uuid)
            if site is None or not site.doubt:
                continue
            is_cut_before_it = joined("", ["… (", site.doubt, ")"])
            if not (checked.holds(site.name) or checked.holds(is_cut_before_it)):
                yield Fault(
                    joined(", ", [map_name(fact), short(site.name)]),
                    Phrase("It is {lifecycle}, and its label does not say so.", lifecycle=Phrase(site.lifecycle)),
                    Phrase("Show its whole label."),
                    to_part("labels"),
                )


def _position_judged(checked: Checked) -> Iterator[Fault]:
    if not checked.has_marks:
        return
    for site in checked.content.parties:
        if site.error_m is None:
            yield Fault(
                site.name,
                Phrase("The accuracy of its place was not judged: it is drawn as if it were exact."),
                Phrase("Enter the radius that holds it with 90 %, and its basis."),
                Jump("sites", site.uuid, "position_error_m"),
            )


# -- judgements -------------------------------------------------------------------------------------------------


def _judgement_whole(checked: Checked) -> Iterator[Fault]:
    for claim in checked.content.claims:
        if claim.state == "assessed" and not (claim.likelihood and claim.confidence and claim.reason.strip()):
            parts = (
                ("a likelihood", claim.likelihood),
                ("a confidence", claim.confidence),
                (Phrase("reasons for its confidence"), claim.reason.strip()),
            )
            missing = all_of(word for word, value in parts if not value)
            yield Fault(
                claim_name(claim),
                Phrase("It is a judgement without {missing}.", missing=missing),
                Phrase("Complete the judgement, or set its state back."),
                Jump("claims", claim.uuid, "likelihood_term"),
            )


def _judgement_supported(checked: Checked) -> Iterator[Fault]:
    """A judgement of ours rests on a source, or on evidence that the case holds."""
    for claim in checked.content.claims:
        if claim.is_ours and not (claim.quotes or claim.evidence):
            yield Fault(
                claim_name(claim),
                Phrase("It is a judgement of ours, and rests on no source and no evidence."),
                Phrase("Cite a source, link what was seen, or set its state back."),
                Jump("claims", claim.uuid, "sources"),
                rows=(claim.uuid,),
            )


def _judgement_reviewed(checked: Checked) -> Iterator[Fault]:
    for claim in checked.content.claims:
        if claim.is_ours and not claim.is_reviewed:
            yield Fault(
                claim_name(claim),
                Phrase("Nobody but its author has reviewed it: the product says “not independently reviewed”."),
                Phrase("Have a second person review it."),
                Jump("claims", claim.uuid, "status"),
                rows=(claim.uuid,),
            )


def _judgement_left_out(checked: Checked) -> Iterator[Fault]:
    """A judgement of ours that stands at no mark is on no page, whatever the page is about."""
    for uuid, statement in checked.content.left_out.judgements if checked.spec.shows("claims") else ():
        yield Fault(
            Phrase("judgement “{words}”", words=short(statement)),
            Phrase("It stands at no mark, so that no page prints it."),
            Phrase("Link it with a mark of the map, or let this pass where it is not for this product."),
            Jump("claims", uuid, "sites"),
            rows=(uuid,),
        )


def _absence(checked: Checked) -> Iterator[Fault]:
    """Words of ours that say that something is not there rest on a search, or on an observation."""
    if checked.content.tells_absence:
        return
    for where, text, jump in _own_texts(checked):
        match = _ABSENT.search(text)
        if match:
            yield Fault(
                where,
                Phrase(
                    "“{found}” says that something is not there, and no search or observation shows that.",
                    found=short(match[0]),
                ),
                Phrase("Record the search, or the observation on an image, or write what was seen."),
                jump,
            )


def _judgement_shown(checked: Checked) -> Iterator[Fault]:
    for claim in checked.content.claims:
        for words in (claim.likelihood, claim.confidence):
            if words and checked.spec.shows("claims") and not checked.holds(words):
                yield Fault(
                    claim_name(claim),
                    Phrase("“{words}” is not on the page.", words=words),
                    Phrase("Show the claims."),
                    to_part("claims"),
                )


def _likelihood_rows(checked: Checked) -> Iterator[Fault]:
    used: dict[int, list[str]] = {}
    for claim in checked.content.claims:
        term = next((term for term in TERMS if claim.likelihood.startswith(term)), "")
        if term:
            used.setdefault(ROWS[term], []).append(term)
    if len(used) > 1:
        yield Fault(
            Phrase("the judgements"),
            Phrase("Both rows of ICD 203's terms are used: {used} and {used_2}.", used=used[1][0], used_2=used[2][0]),
            Phrase("Use the terms of one row."),
            to_part("claims"),
        )


def _own_texts(checked: Checked) -> Iterator[tuple[str, str, Jump]]:
    """Texts of ours: an official's words may hold any term."""
    spec = checked.spec
    for name in ("title", "subtitle", "bottom_line", "caption", "alt_text"):
        yield Phrase("the {replace}", replace=name.replace("_", " ")), getattr(spec, name), Jump("product", "", name)
    for claim in checked.content.claims:
        if claim.voice == "analyst":
            yield claim_name(claim), claim.statement, Jump("claims", claim.uuid, "statement")
        yield claim_name(claim), claim.reason, Jump("claims", claim.uuid, "confidence_reason")


def _not_in_one_sentence(checked: Checked) -> Iterator[Fault]:
    for where, text, jump in _own_texts(checked):
        sentence = one_sentence(text)
        if sentence:
            yield Fault(
                where,
                Phrase("Likelihood and confidence stand in one sentence: “{why}”.", why=short(sentence)),
                Phrase("Put them in two sentences: one on the proposition, one on the basis of the judgement."),
                jump,
            )


def _likelihood_ours(checked: Checked) -> Iterator[Fault]:
    """A term of likelihood in a headline is a judgement: one that the case has."""
    judged = " ".join(claim.likelihood for claim in checked.content.claims).casefold()
    for where, text, jump in _own_texts(checked):
        match = TERM.search(text) if jump.kind == "product" else None
        if match and match[0].casefold() not in judged:
            yield Fault(
                where,
                Phrase("“{found}” is a term of likelihood, and no judgement on this page bears it.", found=match[0]),
                Phrase(
                    "Record the judgement, or write it otherwise. A speaker's “likely” stands in the speaker's words "
                    "only."
                ),
                jump,
            )


def _verified(checked: Checked) -> Iterator[Fault]:
    for claim in checked.content.claims:
        if claim.missing_of_verified:
            yield Fault(
                claim_name(claim),
                Phrase("It is called verified without {missing}.", missing=all_of(claim.missing_of_verified)),
                Phrase("Write down the steps, link what supports it, have it reviewed, or set its state back."),
                Jump("claims", claim.uuid, "state"),
            )


def _judgement_changed(checked: Checked) -> Iterator[Fault]:
    """A reissue whose judgement differs says what changed."""
    for claim in checked.content.claims:
        if claim.lacks_change_note:
            yield Fault(
                claim_name(claim),
                joined(
                    " ", [Phrase("Its judgement differs from the issued one, and nothing says why:"), *claim.changes]
                ),
                Phrase("Enter what has changed since the last issue."),
                Jump("claims", claim.uuid, "change_note"),
                rows=(claim.uuid,),
            )


# -- sources and caveats ----------------------------------------------------------------------------------------


def _sourced(checked: Checked) -> Iterator[Fault]:
    for claim in checked.content.claims:
        if not claim.quotes and claim.voice != "analyst":
            yield Fault(
                claim_name(claim),
                Phrase("It has no source."),
                Phrase("Cite the source that it is from."),
                Jump("claims", claim.uuid, "sources"),
            )


def _source_list(checked: Checked) -> Iterator[Fault]:
    if not checked.has_marks:
        return
    for source in checked.content.sources:
        if not checked.holds(source.citation):
            yield Fault(
                source_name(source),
                Phrase("It is not in the list of sources."),
                Phrase("Show the sources."),
                to_part("sources"),
            )


def _accessed(checked: Checked) -> Iterator[Fault]:
    for source in checked.content.sources:
        if not source.has_access_date:
            yield Fault(
                source_name(source),
                Phrase("The date on which it was read is not recorded."),
                Phrase("Enter it if you know it, never another; else say in its descriptor that none is recorded."),
                Jump("sources", source.uuid, "accessed_at"),
                source.access_explained,
            )


def _evaluated(checked: Checked) -> Iterator[Fault]:
    """Published material has been judged by somebody, and what machines made of it was checked."""
    if not checked.spec.publish:
        return
    for source in checked.content.sources:
        if source.is_unevaluated:
            yield Fault(
                source_name(source),
                Phrase("It is marked as not evaluated: nobody has judged it."),
                Phrase("Grade its reliability; F says that it cannot be judged."),
                Jump("sources", source.uuid, "reliability"),
                rows=(source.uuid,),
            )
        if source.is_unchecked:
            yield Fault(
                source_name(source),
                Phrase("Nobody has checked the work of a machine on it: {machine}.", machine=short(source.machine)),
                Phrase("Check it, and enter who did."),
                Jump("sources", source.uuid, "machine_json"),
                rows=(source.uuid,),
            )
    for claim in checked.content.claims:
        if claim.has_unchecked_step:
            yield Fault(
                claim_name(claim),
                Phrase("Nobody has checked the work of a machine in the steps by which it is known."),
                Phrase("Check it, and enter who did."),
                Jump("claims", claim.uuid, "machine_json"),
                rows=(claim.uuid,),
            )
    chips = checked.content.unchecked_chips
    if chips:
        yield Fault(
            counted(len(chips), "chip"),
            Phrase("Nobody has checked the work of a machine on the image evidence."),
            Phrase("Check it, and enter who did."),
            Jump("chips", chips[0], "machine_json"),
            rows=chips,
        )


def _two_origins(checked: Checked) -> Iterator[Fault]:
    for claim in checked.content.claims:
        origins = {quote.source.origin_uuid or quote.source.uuid for quote in claim.quotes}
        if any(quote.credibility == "1" for quote in claim.quotes) and len(origins) < 2:
            yield Fault(
                claim_name(claim),
                Phrase("Credibility 1 is “confirmed by other sources”, and all its sources have one origin."),
                Phrase("Cite a second origin, or grade it lower."),
                Jump("claims", claim.uuid, "sources"),
            )


def _caveats(checked: Checked) -> Iterator[Fault]:
    for words in checked.content.caveats if checked.has_marks else ():
        if not checked.holds(words):
            what = (
                Phrase("that what is not marked may be there all the same")
                if words == ABSENCE
                else Phrase("“{words}”", words=short(words))
            )
            yield Fault(
                Phrase("the caveats"),
                Phrase("The page does not say {what}.", what=what),
                Phrase("Show the caveats."),
                to_part("caveats"),
            )


def source_name(source: SourceCited) -> str:
    """The words for a source."""
    return Phrase("source “{title}”", title=short(source.title or source.publisher or source.number))


RULES = (
    Rule("sites-named", Phrase("Every site named, keyed or counted"), WARNING, _sites_named, 12),
    Rule("no-false-pin", Phrase("No pin for a place that is not exact"), BLOCKING, _no_false_pin),
    Rule("doubt-said", Phrase("Planned, agreed and closed are said"), WARNING, _doubt_said),
    Rule("position-judged", Phrase("A position error for a named party"), WARNING, _position_judged),
    Rule(
        "judgement-whole", Phrase("Judgements with likelihood, confidence and reasons"), WARNING, _judgement_whole, 13
    ),
    Rule(
        "judgement-supported",
        Phrase("A source or evidence for every judgement of ours"),
        BLOCKING,
        _judgement_supported,
        13,
    ),
    Rule("judgement-reviewed", Phrase("Judgements reviewed by a second person"), WARNING, _judgement_reviewed, 13),
    Rule(
        "judgement-changed",
        Phrase("What changed in a judgement since the last issue"),
        BLOCKING,
        _judgement_changed,
        13,
    ),
    Rule("judgement-left-out", Phrase("Judgements of ours on the page"), WARNING, _judgement_left_out, 13),
    Rule("absence", Phrase("Absence by a search or an observation"), BLOCKING, _absence, 15),
    Rule("judgement-shown", Phrase("Likelihood and confidence on the page"), WARNING, _judgement_shown, 13),
    Rule("likelihood-rows", Phrase("One row of terms"), WARNING, _likelihood_rows, 13),
    Rule("one-sentence", Phrase("Likelihood and confidence apart"), WARNING, _not_in_one_sentence, 13),
    Rule("likelihood-ours", Phrase("Terms of likelihood rest on a judgement"), WARNING, _likelihood_ours, 13),
    Rule("verified", Phrase("Verified by a step and a reviewer"), WARNING, _verified),
    Rule("sourced", Phrase("A source for every claim"), WARNING, _sourced, 14),
    Rule("source-list", Phrase("A list of sources"), WARNING, _source_list, 14),
    Rule("source-accessed", Phrase("Dates of access"), WARNING, _accessed, 14),
    Rule("evaluated", Phrase("Evaluated material, checked machine work"), BLOCKING, _evaluated),
    Rule("two-origins", Phrase("Two origins for what is confirmed"), WARNING, _two_origins),
    Rule("caveats", Phrase("Caveats, absence of evidence among them"), WARNING, _caveats, 15),
    Rule("withheld", Phrase("Left out of what is published"), WARNING, withheld),
)
