"""Rules of wording in the check of a product: the linter of sentences on the texts of ours that it prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from layers.phrase import Phrase
from layers.product.content import ClaimSaid, ProductContent
from layers.product.lint.evidence_rules import claim_name, says_absence
from layers.product.lint.finding import Checked, Fault, Jump, Rule, short
from layers.product.wording.advice import advice_on
from layers.product.wording.claim_texts import rules_kept_by_reports
from layers.product.wording.passed import passed_key
from layers.product.wording.rules import INDEPENDENTLY, JUDGED
from layers.product.wording.rules import RULES as WORDING_RULES

_ELSEWHERE = frozenset(("mixed-terms", "likelihood-and-confidence"))
"""Rules that the check has by other names, over all texts of the page."""
_OF_SPEC = {
    "title": "title",
    "subtitle": "title",
    "bottom_line": "statement",
    "caption": "caption",
    "alt_text": "caption",
    "processing_note": "note",
}
_BLOCKED = frozenset(("absence-of", "gone"))
"""Rules that are silent where the same words block a product: one finding is enough."""
AS_WRITTEN = Phrase("Let pass as it was written.")
"""The reason for which advice on wording is let pass: only what blocks asks for one."""


class OwnText(NamedTuple):
    """A text of ours with its kind, its place, and the rules that are not asked of it."""

    kind: str
    text: str
    where: str
    jump: Jump
    off: frozenset[str] = frozenset()


def own_texts(checked: Checked) -> Iterator[OwnText]:
    """The texts of ours that a product prints: an official's words may hold anything."""
    spec, content = checked.spec, checked.content
    silent = frozenset(("absence-of",)) if content.tells_absence else frozenset[str]()
    for name, kind in _OF_SPEC.items():
        place = Phrase("the {replace}", replace=name.replace("_", " "))
        yield OwnText(kind, getattr(spec, name), place, Jump("product", "", name), silent)
    for claim in content.claims:
        where, off = claim_name(claim), silent | _of_two_origins(claim)
        if claim.voice == "analyst":
            judged = JUDGED if claim.is_ours and claim.likelihood else frozenset[str]()
            judged |= rules_kept_by_reports(claim.statement, _words_reported(content, claim))
            yield OwnText("statement", claim.statement, where, Jump("claims", claim.uuid, "statement"), off | judged)
        yield OwnText("reason", claim.reason, where, Jump("claims", claim.uuid, "confidence_reason"), off)
        yield OwnText("note", claim.change_note, where, Jump("claims", claim.uuid, "change_note"), off)
    if checked.has_marks:
        for site in content.sites:
            yield OwnText("label", site.name, short(site.name), Jump("sites", site.uuid, "label"), silent)


def _words_reported(content: ProductContent, judgement: ClaimSaid) -> str:
    """The exact words, as printed, of the named speakers whose reports a judgement is about."""
    reports = (claim for claim in content.claims if claim.speaker)
    about = (claim for claim in reports if any(own.uuid == judgement.uuid for own in claim.judged))
    return " ".join(claim.source_words for claim in about)


def _of_two_origins(claim: ClaimSaid) -> frozenset[str]:
    """The rule that a claim keeps by its rows where its sources have two origins."""
    origins = {quote.source.origin_uuid or quote.source.uuid for quote in claim.quotes}
    return frozenset((INDEPENDENTLY,)) if len(origins) > 1 else frozenset()


def _faults(rule: str, checked: Checked) -> Iterator[Fault]:
    content = checked.content
    for text in own_texts(checked) if rule not in content.rules_off else ():
        for advice in advice_on(text.text, text.kind, text.off | set(content.rules_off)):
            if advice.rule == rule and not (rule in _BLOCKED and not content.tells_absence and says_absence(text.text)):
                explained = AS_WRITTEN if passed_key(advice) in content.passed else ""
                yield Fault(text.where, advice.what, advice.cure, text.jump, explained)


def _check(rule: str) -> Callable[[Checked], Iterator[Fault]]:
    return partial(_faults, rule)


RULES = tuple(
    Rule(rule.name, rule.title, rule.severity, _check(rule.name))
    for rule in WORDING_RULES
    if rule.name not in _ELSEWHERE
)
ADVISED = frozenset(rule.name for rule in RULES)
"""The names of these rules: their findings are let pass by one key."""
