"""Finds rows of a fact-check sheet that say otherwise than another one: a number, a date or a name that differs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from layers.product.factcheck.fact_sheet import SheetFact
from layers.product.factcheck.word_groups import DATE, NAME, NUMBER, parts_of, plain_word

_TOKEN = re.compile(r"\w+(?:[.,]\d+)*")
_LEAST_OF_NAME = 3
"""Fewest words of a name that is looked for among others: of shorter ones, many differ in one word only."""
_COUNTED = (NUMBER, "speaker")


def with_disagreements(facts: Sequence[SheetFact]) -> tuple[SheetFact, ...]:
    """The numbered facts of a sheet, each with a sentence on every other row that says otherwise."""
    warnings: dict[int, list[str]] = {}
    for fact, other in [*_counts(facts), *_names(facts)]:
        warnings.setdefault(fact.number, []).append(_says(other))
        warnings.setdefault(other.number, []).append(_says(fact))
    for fact, words in _own_words_alone(facts):
        warnings.setdefault(fact.number, []).append(f"“{words}” stands in no other row.")
    return tuple(
        replace(fact, warnings=tuple(dict.fromkeys(warnings[fact.number]))) if fact.number in warnings else fact
        for fact in facts
    )


def _says(other: SheetFact) -> str:
    """The sentence on another row, which a second sheet may number otherwise or leave out."""
    return f"Disagrees with another row: “{other.words}” ({', '.join(filter(None, (other.kind, other.subject)))})."


def _tokens(words: str) -> tuple[str, ...]:
    return tuple(plain_word(token) for token in _TOKEN.findall(words))


def _spaced(words: str) -> str:
    return f" {' '.join(_tokens(words))} "


def _counts(facts: Sequence[SheetFact]) -> Iterator[tuple[SheetFact, SheetFact]]:
    """Two numbers of the same things in one row of the case: three officials, two officials."""
    seen: dict[tuple[str, str, tuple[str, ...]], SheetFact] = {}
    for fact in facts:
        tokens = _tokens(fact.words)
        if fact.kind not in _COUNTED or len(tokens) < 2 or not fact.uuid:
            continue
        if fact.kind != NUMBER and not any(part.kind == NUMBER for part in parts_of(fact.words)):
            continue
        first = seen.setdefault((fact.table, fact.uuid, tokens[1:]), fact)
        if _tokens(first.words)[0] != tokens[0]:
            yield first, fact


def _names(facts: Sequence[SheetFact]) -> Iterator[tuple[SheetFact, SheetFact]]:
    """A name in a claim that no mark has, and the mark's whose name is the same but for one word."""
    marks = {_tokens(fact.subject): fact for fact in facts if fact.table == "sites" and fact.kind == NAME}
    for fact in facts:
        tokens = _tokens(fact.words)
        if fact.table != "claims" or fact.kind != NAME or len(tokens) < _LEAST_OF_NAME or tokens in marks:
            continue
        for name, mark in marks.items():
            if len(name) == len(tokens) and sum(token != other for token, other in zip(name, tokens, strict=True)) == 1:
                yield fact, mark


def _own_words_alone(facts: Sequence[SheetFact]) -> Iterator[tuple[SheetFact, str]]:
    """Numbers and dates of titles and captions that no row with a source has."""
    others = "\n".join(_spaced(fact.words) for fact in facts if not fact.is_own)
    for fact in facts:
        if not fact.is_own:
            continue
        for part in parts_of(fact.words):
            if part.kind in (NUMBER, DATE) and re.search(r"\d", part.words) and _spaced(part.words) not in others:
                yield fact, part.words
