"""The facts of words that were typed for a page: titles, bottom line, caption, notes, each with what it stands on."""

from __future__ import annotations

from collections.abc import Iterator

from layers.product.factcheck.case_words import CaseReferences
from layers.product.factcheck.compared_words import NUMBER as NUMBER_WORD
from layers.product.factcheck.compared_words import tokens_of
from layers.product.factcheck.fact_sheet import SheetFact
from layers.product.factcheck.printed_at import PrintedTexts
from layers.product.factcheck.word_groups import DATE, NUMBER, WORDS, FactPart, clauses_of, parts_of
from layers.product.spec import ProductSpec

_WHOLE = ("dateline", "correction")
"""Texts that are one fact each; a correction repeats what was wrong, so that it is compared with nothing."""
_HEADS = ("title", "subtitle")
"""Texts that are not split, but compared."""


def typed_facts(spec: ProductSpec, correction: str, texts: PrintedTexts, case: CaseReferences) -> Iterator[SheetFact]:
    """The facts of all typed words of a product, in the order of its page."""
    words = {
        "title": spec.title,
        "subtitle": spec.subtitle,
        "bottom line": spec.bottom_line,
        "dateline": spec.dateline,
        "caption": spec.caption,
        "correction": correction,
        "note on processing": spec.processing_note,
        "description for the blind": spec.alt_text,
    }
    words |= {f"title of map {at}": shown.title for at, shown in enumerate(spec.maps, 1)}
    for part, text in words.items():
        if not text.strip():
            continue
        at = texts.place_of(text)
        clauses = [text] if part in _WHOLE or part.startswith(_HEADS) else clauses_of(text)
        for clause in clauses:
            yield from _of_clause(clause, part, at or f"page 1, {part}", case)


def _of_clause(clause: str, part: str, printed: str, case: CaseReferences) -> Iterator[SheetFact]:
    """The clause as a fact; where nothing in the case is near it, its numbers, dates and names as well."""
    words = " ".join(clause.split())
    matched = case.match(words) if part not in _WHOLE else None
    parts = parts_of(words)
    if part in _WHOLE or part.startswith(_HEADS):
        parts = [FactPart(WORDS, words)]
    elif matched is not None:
        parts = parts[:1]
    for fact in parts:
        yield SheetFact(
            fact.kind,
            " ".join(fact.words.split()),
            subject=part,
            printed=printed,
            stands_on=(matched[1],) if matched is not None else (),
            is_own=True,
            differs=matched[0].differences if matched is not None else (),
            warnings=tuple(_unknown(fact, case)) if matched is None and part not in _WHOLE else (),
        )


def _unknown(fact: FactPart, case: CaseReferences) -> Iterator[str]:
    """A sentence for each number and date in digits that nothing in the case has."""
    if fact.kind not in (NUMBER, DATE):
        return
    for token in tokens_of(fact.words):
        is_written = any(sign.isdigit() for sign in fact.words[token.start : token.end])
        if token.kind == NUMBER_WORD and is_written and not case.has(token.norm):
            yield f"No claim, answer or source of the case has “{fact.words}”."
            return
