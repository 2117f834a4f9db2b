"""Compares a sentence that was typed for a page with what the claims, answers and sources of the case say.

A sentence that shares most of its words with one of these is taken to stand on it; the words in which the two differ
are then named: a number, a *not*, a word of degree or rank, a name, a thing, a verb.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from layers.product.factcheck.compared_words import NUMBER, UNSAID, ComparedWord, tokens_of, unit_of

_LEAST_SHARED, _LEAST_OF_SHORT = 3, 2
"""Fewest words that a sentence and the words that it stands on have in the same order; of a short one with a number."""
_LEAST_SHARE, _SURE_SHARE = 0.5, 0.6
"""Least share of a sentence's words that they have in the same order, the rare ones counting more; and the share from
which words that say the same settle it.
"""
_LONGEST, _MOST = 3, 3
"""Most words that stand for others in one place, and most places."""
_TRIED = 8
"""Number of sentences of the case that a sentence is compared with, those with most of its words."""


class Reference(NamedTuple):
    """Words that the case keeps. `home` tells whose they are: references of one home are alternatives."""

    home: str
    words: str
    key: str = ""


class WordsApart(NamedTuple):
    """Words of the page, and those of the source in their place. One side may be empty."""

    page: str
    source: str


class TypedMatch(NamedTuple):
    """The words that a sentence stands on, with the words in which it differs from them."""

    reference: Reference
    share: float
    differences: tuple[WordsApart, ...] = ()


class _Read(NamedTuple):
    reference: Reference
    tokens: list[ComparedWord]
    norms: frozenset[str]


class CaseSentences:
    """All words of a case that typed ones may stand on."""

    def __init__(self, references: Iterable[Reference]) -> None:
        once = dict.fromkeys(reference for reference in references if reference.words.strip())
        self._read: list[_Read] = []
        self._places: dict[str, list[int]] = {}
        for reference in once:
            tokens = tokens_of(reference.words)
            read = _Read(reference, tokens, frozenset(token.norm for token in tokens))
            for norm in read.norms:
                self._places.setdefault(norm, []).append(len(self._read))
            self._read.append(read)

    def has(self, norm: str) -> bool:
        """True where any of these words has this number or word."""
        return norm in self._places

    def match(self, sentence: str, but: str = "") -> TypedMatch | None:
        """The words that a sentence stands on, but for those of one home; None where none are near enough."""
        page = tokens_of(sentence)
        matches = [self._compared(sentence, page, read) for read in self._nearest(page, but)]
        near = [match for match in matches if match is not None]
        if not near:
            return None
        # words that say the same settle it, unless others are much nearer
        best = max(match.share for match in near)
        return max(
            near,
            key=lambda match: (
                not match.differences and match.share >= min(_SURE_SHARE, best) and match.share >= best - 0.25,
                match.share,
                -len(match.differences),
            ),
        )

    def _weight(self, norm: str) -> float:
        return 1.0 / (1.0 + math.log1p(max(len(self._places.get(norm, ())), 1)))

    def _nearest(self, page: Sequence[ComparedWord], but: str) -> list[_Read]:
        shared: dict[int, float] = {}
        for norm in {token.norm for token in page}:
            for place in self._places.get(norm, ()):
                shared[place] = shared.get(place, 0.0) + self._weight(norm)
        near = [place for place in shared if not but or self._read[place].reference.home != but]
        places = sorted(near, key=lambda place: (-shared[place], len(self._read[place].tokens), place))
        return [self._read[place] for place in places[:_TRIED]]

    def _compared(self, sentence: str, page: Sequence[ComparedWord], read: _Read) -> TypedMatch | None:
        source = read.tokens
        steps = SequenceMatcher(
            None, [token.norm for token in source], [token.norm for token in page], autojunk=False
        ).get_opcodes()
        pairs = [
            (page[right + at], source[left + at])
            for kind, left, end, right, _ in steps
            if kind == "equal"
            for at in range(end - left)
        ]
        share = sum(self._weight(token.norm) for token, _ in pairs) / (
            sum(self._weight(token.norm) for token in page) or 1.0
        )
        differences = list(dict.fromkeys(_differences(sentence, page, read, steps, pairs)))
        is_short = any(any(sign.isdigit() for sign in difference.page) for difference in differences)
        least = _LEAST_OF_SHORT if is_short and len(page) <= 2 * _LEAST_SHARED else _LEAST_SHARED
        if share < _LEAST_SHARE or len(pairs) < least:
            return None
        if len(differences) > _MOST:
            differences = []
        return TypedMatch(read.reference, share, tuple(differences))


def _differences(
    sentence: str,
    page: Sequence[ComparedWord],
    read: _Read,
    steps: Sequence[tuple[str, int, int, int, int]],
    pairs: Sequence[tuple[ComparedWord, ComparedWord]],
) -> Iterator[WordsApart]:
    source, words = read.tokens, read.reference.words
    for at, (kind, left, end, right, stop) in enumerate(steps):
        if kind != "replace":
            continue
        before = steps[at - 1] if at else None
        after = steps[at + 1] if at + 1 < len(steps) else None
        here, there = _side_by_side(page[right:stop], source[left:end], before is None, after is None)
        is_held = _is_held(before, after)
        if is_held and (apart := _replaced(sentence, here, words, there, page, read)) is not None:
            yield apart
    for token, other in pairs:
        if token.is_denied != other.is_denied or _has_other_degree(token, other, page, source):
            yield WordsApart(_cut(sentence, [token], token.told_from), _cut(words, [other], other.told_from))
    yield from _other_numbers(sentence, page, read)


def _has_other_degree(
    token: ComparedWord, other: ComparedWord, page: Sequence[ComparedWord], source: Sequence[ComparedWord]
) -> bool:
    """True where one of the two has a word of degree or rank that the other lacks; of a number, next to it."""
    added, lost = token.degrees - other.degrees, other.degrees - token.degrees - UNSAID
    if token.kind != NUMBER:
        added -= {degree for word in source for degree in word.degrees}
        lost -= {degree for word in page for degree in word.degrees}
    return bool(added or lost)


def _other_numbers(sentence: str, page: Sequence[ComparedWord], read: _Read) -> Iterator[WordsApart]:
    """Numbers that the source lacks, beside the one that it has of the same unit, or of the same things."""
    own = {token.norm for token in page}
    for at, token in enumerate(page):
        if token.kind != NUMBER or token.norm in read.norms:
            continue
        others = [
            other
            for place, other in enumerate(read.tokens)
            if other.kind == NUMBER
            and other.norm not in own
            and unit_of(other.norm) == unit_of(token.norm)
            and other.is_year == token.is_year
            and (token.is_year or unit_of(token.norm) or _counts_same(page, at, read.tokens, place))
        ]
        if len(others) == 1:
            yield WordsApart(_cut(sentence, [token]), _cut(read.reference.words, others))


def _counts_same(page: Sequence[ComparedWord], at: int, source: Sequence[ComparedWord], place: int) -> bool:
    """True for two numbers that the same word follows."""
    return at + 1 < len(page) and place + 1 < len(source) and page[at + 1].norm == source[place + 1].norm


def _is_held(before: tuple[str, int, int, int, int] | None, after: tuple[str, int, int, int, int] | None) -> bool:
    """True where the words before and after are the same in both, or, at an end, enough on one side."""
    sizes = [step[2] - step[1] if step is not None and step[0] == "equal" else 0 for step in (before, after)]
    if before is None or after is None:
        return max(sizes) >= _LEAST_OF_SHORT
    return min(sizes) > 0


def _side_by_side(
    page: Sequence[ComparedWord], source: Sequence[ComparedWord], is_first: bool, is_last: bool
) -> tuple[Sequence[ComparedWord], Sequence[ComparedWord]]:
    """The words of both sides that may stand for each other: the longer one goes on beyond an end of the shorter."""
    length = min(len(page), len(source))
    if is_first:
        return page[len(page) - length :], source[len(source) - length :]
    if is_last:
        return page[:length], source[:length]
    return page, source


def _replaced(
    sentence: str,
    here: Sequence[ComparedWord],
    words: str,
    there: Sequence[ComparedWord],
    page: Sequence[ComparedWord],
    read: _Read,
) -> WordsApart | None:
    """The words that were put for others; None where they stand elsewhere in the other text, or are not alike."""
    numbers = [token for token in here if token.kind == NUMBER], [token for token in there if token.kind == NUMBER]
    if len(numbers[0]) == len(numbers[1]) == 1 and numbers[0][0].norm != numbers[1][0].norm:
        return WordsApart(_cut(sentence, numbers[0]), _cut(words, numbers[1]))
    own = {token.norm for token in page}
    new = [token for token in here if token.kind != NUMBER and token.norm not in read.norms]
    are_names = len(here) == len(there) == 1 and here[0].is_name and there[0].is_name
    lost = [token for token in there if token.kind != NUMBER and (are_names or token.norm not in own)]
    if not new or not lost or max(len(new), len(lost)) > _LONGEST or numbers[0] or numbers[1]:
        return None
    if len(new) < len(here) or (len(lost) < len(there) and not are_names):
        return None
    return WordsApart(_cut(sentence, new), _cut(words, lost))


def _cut(text: str, tokens: Sequence[ComparedWord], start: int | None = None) -> str:
    return " ".join(text[tokens[0].start if start is None else start : tokens[-1].end].split())
