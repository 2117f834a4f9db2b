"""Finds rows of a fact-check sheet that say otherwise than another one: a number, a date or a name that differs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from layers.product.factcheck.compared_words import NUMBER as COUNT
from layers.product.factcheck.compared_words import ComparedWord, stem, tokens_of, unit_of
from layers.product.factcheck.fact_sheet import SheetFact
from layers.product.factcheck.typed_words import CaseSentences, Reference
from layers.product.factcheck.word_groups import NAME, NUMBER, WORDS, parts_of, plain_word

_TOKEN = re.compile(r"\w+(?:[.,]\d+)*")
_LEAST_OF_NAME = 3
"""Fewest words of a name that is looked for among others: of shorter ones, many differ in one word only."""
_COUNTED = (NUMBER, "speaker")
_UNITS = frozenset(
    map(
        stem,
        (
            *("metre", "kilometre", "centimetre", "hectare", "pixel", "degree", "percent", "tonne", "knot", "mile"),
            *("year", "month", "week", "hour", "minute", "second", "january", "february", "march", "april", "june"),
            *("july", "august", "september", "october", "november", "december", "days", "map", "image"),
        ),
    )
)


def with_disagreements(facts: Sequence[SheetFact]) -> tuple[SheetFact, ...]:
    """The numbered facts of a sheet, each with a sentence on every other row that says otherwise."""
    warnings: dict[int, list[str]] = {}
    for fact, other in [*_counts(facts), *_names(facts), *_typed_otherwise(facts)]:
        warnings.setdefault(fact.number, []).append(_says(other))
        warnings.setdefault(other.number, []).append(_says(fact))
    return tuple(
        replace(fact, warnings=tuple(dict.fromkeys([*fact.warnings, *warnings.get(fact.number, ())]))) for fact in facts
    )


def _says(other: SheetFact) -> str:
    """The sentence on another row, which a second sheet may number otherwise or leave out."""
    place = other.subject or other.printed
    return f"The page also says “{other.words}” ({place}): one of the two is wrong, or they are about two things."


def _tokens(words: str) -> tuple[str, ...]:
    return tuple(plain_word(token) for token in _TOKEN.findall(words))


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


def _typed_otherwise(facts: Sequence[SheetFact]) -> Iterator[tuple[SheetFact, SheetFact]]:
    """Two typed sentences of a page that say the same but for a number or a date, or count the same things otherwise.

    Where the case bears both out, they are about two things.
    """
    typed = [fact for fact in facts if fact.is_own and fact.kind == WORDS]
    read = [(fact, tokens_of(fact.words)) for fact in typed]
    for at, (fact, tokens) in enumerate(read):
        for other, others in read[at + 1 :]:
            if not (_is_borne_out(fact) and _is_borne_out(other)) and _are_otherwise(fact, tokens, other, others):
                yield fact, other


def _is_borne_out(fact: SheetFact) -> bool:
    return bool(fact.stands_on) and not fact.differs


def _are_otherwise(
    fact: SheetFact, tokens: Sequence[ComparedWord], other: SheetFact, others: Sequence[ComparedWord]
) -> bool:
    if any(number != count for thing, number in _counted(tokens) for same, count in _counted(others) if thing == same):
        return True
    numbers = {token.norm for token in tokens if token.kind == COUNT}
    if not numbers or numbers == {token.norm for token in others if token.kind == COUNT}:
        return False
    if _speaks_first_of_another(tokens, others) and _speaks_first_of_another(others, tokens):
        return False
    match = CaseSentences([Reference("", other.words)]).match(fact.words)
    return match is not None and any(_has_number(pair.page) and _has_number(pair.source) for pair in match.differences)


def _speaks_first_of_another(tokens: Sequence[ComparedWord], others: Sequence[ComparedWord]) -> bool:
    """True where the first word of a sentence is none of another's: the two measure a pier and a shed."""
    first = next((token.norm for token in tokens if token.kind != COUNT), "")
    return first not in {token.norm for token in others}


def _has_number(words: str) -> bool:
    return any(token.kind == COUNT for token in tokens_of(words))


def _counted(tokens: Sequence[ComparedWord]) -> Iterator[tuple[str, str]]:
    """The things that a sentence counts, each with its number. What is measured may be of many lengths."""
    for token, thing in pairwise(tokens):
        is_count = token.kind == COUNT and not token.is_year and not unit_of(token.norm)
        if is_count and thing.kind != COUNT and len(thing.norm) >= _LEAST_OF_NAME + 1 and thing.norm not in _UNITS:
            yield thing.norm, token.norm
