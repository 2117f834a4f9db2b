"""Splits a printed sentence into facts that can be checked one by one, and finds their words in a quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

WORDS, NUMBER, DATE, NAME = "words", "number", "date", "name"

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_COUNT = (
    "(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?"
    "|first|second|third|fourth|fifth|half|both|several)"
)
_DATE = (
    rf"\d{{4}}-\d{{2}}(?:-\d{{2}})?(?:T[\d:]+Z?)?|\d{{1,2}} {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{1,2}}(?:, \d{{4}})?"
    rf"|{_MONTH} \d{{4}}|\d{{1,2}}:\d{{2}}(?: UTC)?|(?<![\d.,])(?:18|19|20)\d{{2}}(?![\d.,]*\d|\w)"
)
_NUMBER = rf"[±≥≤~]?\d[\d.,]*(?:\s?[-–]\s?\d[\d.,]*)?(?:\s?%|°|[- ]?[^\W\d_]+)?|\b{_COUNT}\b(?:[- ][a-z]+)?"
_CAPITAL = r"[^\W\d_a-zà-öø-ÿ][\w'’.&/]*(?:-\w+)*"
_NAME = rf"{_CAPITAL}(?:\s+(?:of|de|for|the)\s+{_CAPITAL}|\s+{_CAPITAL})*"
_ATOM = re.compile(
    rf"(?P<cited>\bS\d+\b)|(?P<date>{_DATE})|(?P<number>{_NUMBER.replace(_COUNT, f'(?i:{_COUNT})')})|(?P<name>{_NAME})"
)
_CITED = re.compile(r"\bS\d+\b")
_HELD = "\ue000"
"""A sign of no script, which stands for a number, date or name while a sentence is cut into groups of words."""
_BETWEEN = re.compile(
    r"[;:!?—]|\.(?=\s|$)|,(?=\s)|\s–\s|\b(?:and|but|which|who|that|because|while|although|after|before|where|when)\b"
)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|%")
_LITTLE = frozenset(
    (
        *("a", "an", "the", "this", "that", "it", "its", "and", "or", "of", "in", "on", "at", "to", "by", "for"),
        *("from", "as", "with", "is", "are", "was", "were", "be", "been", "has", "have", "had"),
    )
)
"""Words that say nothing by themselves."""
_DENIALS = frozenset(
    {"not", "no", "never", "without", "nobody", "none", "neither", "nor", "cannot", "denied", "denies"}
)
MOST_PARTS = 40
"""Most facts into which one text is split: a longer one ends in a single group of words."""


class FactPart(NamedTuple):
    """One fact of a sentence: its kind (*words*, *number*, *date* or *name*) and its words as they stand there."""

    kind: str
    words: str


class QuoteStretch(NamedTuple):
    """The place of a fact's words in a quote: start and end in characters; both 0 where they do not stand there."""

    start: int = 0
    end: int = 0
    missing: tuple[str, ...] = ()
    """Words of the fact that the quote has nowhere."""
    denies: bool = False
    """True where one of the two has a *not* that the other lacks."""

    @property
    def is_verbatim(self) -> bool:
        return self.end > self.start


def parts_of(text: str) -> list[FactPart]:
    """The facts of a text in reading order: groups of words, and apart from these its numbers, dates and names."""
    text = text.replace(_HELD, " ")
    held: list[FactPart] = []
    cut, last = [], 0
    for match in _ATOM.finditer(text):
        kind = match.lastgroup or ""
        if kind == "cited" or (kind == NAME and _begins_sentence(text, match)):
            continue
        held.append(FactPart(kind, match.group().rstrip(" .,'’") if kind != NAME else _name(match.group())))
        cut += [text[last : match.start()], _HELD]
        last = match.start() + len(held[-1].words)
    parts, at = list[FactPart](), 0
    for group in _groups("".join([*cut, text[last:]])):
        inside = held[at : at + group.count(_HELD)]
        at += len(inside)
        words = _filled(group, inside)
        if any(token not in _LITTLE for token in _tokens(_CITED.sub(" ", group.replace(_HELD, " ")))):
            parts.append(FactPart(WORDS, words))
        parts += inside
    return list(dict.fromkeys(parts))[:MOST_PARTS]


def _name(words: str) -> str:
    """A name without the full stop of its sentence, which an abbreviation keeps."""
    return words.rstrip("'’") if re.search(r"\b(?:Co|Ltd|Inc|Corp|St|[A-Z])\.$", words) else words.rstrip(" .,'’")


def _begins_sentence(text: str, match: re.Match[str]) -> bool:
    """True for a single word that has its capital from the beginning of a sentence, and for a lone letter."""
    words = match.group().rstrip(".,")
    before = text[: match.start()].rstrip(" “\"'‘(")
    is_single = not re.search(r"[\s\d-]", words) and not words.isupper()
    return (is_single and (not before or before[-1] in ".!?:")) or len(words) < 2


def _groups(text: str) -> Iterator[str]:
    last = 0
    for match in _BETWEEN.finditer(text):
        yield text[last : match.start()]
        last = match.start() if match.group().isalpha() else match.end()
    yield text[last:]


def _filled(group: str, inside: Sequence[FactPart]) -> str:
    pieces = group.split(_HELD)
    words = pieces[0] + "".join(part.words + piece for part, piece in zip(inside, pieces[1:], strict=True))
    return " ".join(words.split()).strip(" ,“”\"'‘’()")


def stretch_in(quote: str, words: str) -> QuoteStretch:
    """Find the words of a fact in a quote: letter for letter but for case, spaces and signs, or what is missing."""
    wanted = [token for token, _, _ in _placed(words)]
    there = _placed(quote)
    tokens = [token for token, _, _ in there]
    for at in range(len(tokens) - len(wanted) + 1) if wanted else ():
        if tokens[at : at + len(wanted)] == wanted:
            return QuoteStretch(there[at][1], there[at + len(wanted) - 1][2])
    missing = tuple(dict.fromkeys(token for token in wanted if token not in tokens and token not in _LITTLE))
    denies = bool(tokens) and _denies(wanted) != _denies(_around(tokens, wanted))
    return QuoteStretch(missing=missing, denies=denies)


def _around(tokens: Sequence[str], wanted: Sequence[str]) -> Sequence[str]:
    """The shortest stretch of a quote from the first to the last of its words that the fact has, too."""
    content = {token for token in wanted if token not in _LITTLE}
    places = [at for at, token in enumerate(tokens) if token in content]
    return tokens[places[0] : places[-1] + 1] if len(places) > 1 else ()


def _denies(tokens: Sequence[str]) -> bool:
    return any(token in _DENIALS or token.endswith("n't") for token in tokens)


def _tokens(text: str) -> list[str]:
    return [token for token, _, _ in _placed(text)]


def _placed(text: str) -> list[tuple[str, int, int]]:
    """The words of a text in one spelling, each with its place."""
    return [(plain_word(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def plain_word(word: str) -> str:
    """A word in small letters, with straight apostrophes and composed signs."""
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
