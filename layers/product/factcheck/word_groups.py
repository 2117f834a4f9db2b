"""Splits a printed sentence into facts that can be checked one by one, and finds their words in a quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

WORDS, NUMBER, DATE, NAME = "words", "number", "date", "name"

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_COUNT = (
    "(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?"
    "|first|second|third|fourth|fifth|half|both|several)"
)
_DATE = (
    rf"\d{{4}}-\d{{2}}(?:-\d{{2}})?(?:T[\d:]+Z?)?|\d{{1,2}} {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{4}}"
    rf"|{_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}}:\d{{2}}(?: UTC)?|(?<![\d.,])(?:18|19|20)\d{{2}}(?![\d.,]*\d|\w)"
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
_QUOTATION = re.compile(r"“[^“”]*”|«[^«»]*»|\"[^\"]*\"")
_MOST_ALTERED, _LONGEST_ALTERED = 3, 3
"""Most places in which a fact may differ from its quote, else it is another wording, and most words of each; of the
first and the last place one.
"""
_MOST_COMPARED = 2000
"""Most words of a quote in which altered words are looked for."""
MOST_PARTS = 40
"""Most facts into which one text is split: a longer one ends in a single group of words."""


type _Placed = tuple[str, int, int]
"""A word in one spelling with its start and end in characters."""


class FactPart(NamedTuple):
    """One fact of a sentence: its kind (*words*, *number*, *date* or *name*) and its words as they stand there."""

    kind: str
    words: str
    is_quoted: bool = False
    """True for words inside quotation marks."""


class Altered(NamedTuple):
    """Words in which a fact and its quote differ between words that both have. One side may be empty."""

    here: str
    there: str
    """The words of the quote."""


class QuoteStretch(NamedTuple):
    """The place of a fact's words in a quote: start and end in characters; both 0 where they do not stand there."""

    start: int = 0
    end: int = 0
    missing: tuple[str, ...] = ()
    """Words of the fact that the quote has nowhere."""
    denies: bool = False
    """True where one of the two has a *not* that the other lacks."""
    quote_denies: bool = False
    """True where that is the quote."""
    altered: tuple[Altered, ...] = ()

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


def quoted_parts_of(text: str) -> list[FactPart]:
    """The facts of a text, of which none stands partly inside quotation marks and partly outside."""
    parts, last = list[FactPart](), 0
    for match in _QUOTATION.finditer(text):
        parts += parts_of(text[last : match.start()])
        parts += (part._replace(is_quoted=True) for part in parts_of(match.group()))
        last = match.end()
    return list(dict.fromkeys([*parts, *parts_of(text[last:])]))[:MOST_PARTS]


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
    here, there = _placed(words), _placed(quote)
    wanted = [token for token, _, _ in here]
    tokens = [token for token, _, _ in there]
    for at in range(len(tokens) - len(wanted) + 1) if wanted else ():
        if tokens[at : at + len(wanted)] == wanted:
            return QuoteStretch(there[at][1], there[at + len(wanted) - 1][2])
    missing = tuple(dict.fromkeys(token for token in wanted if token not in tokens and token not in _LITTLE))
    altered = tuple(_altered(words, here, quote, there, only_left_out=not missing))
    quote_denies = _denies(_around(tokens, wanted)) or any(_denies(_tokens(pair.there)) for pair in altered)
    denies = bool(tokens) and _denies(wanted) != quote_denies
    return QuoteStretch(missing=missing, denies=denies, quote_denies=denies and quote_denies, altered=altered)


def _altered(
    words: str, here: Sequence[_Placed], quote: str, there: Sequence[_Placed], *, only_left_out: bool
) -> list[Altered]:
    """Words that were put for others, added or left out; none where the two are not one sentence but for these.

    `only_left_out`: the quote has all words of the fact, so that none was put for another.
    """
    tokens, wanted = [token for token, _, _ in there], [token for token, _, _ in here]
    if not 0 < len(tokens) <= _MOST_COMPARED:
        return []
    steps = _steps(tokens, wanted)
    shared = [token for kind, _, _, left, right in steps if kind == "equal" for token in wanted[left:right]]
    if 2 * _weight(shared) < _weight(wanted):
        return []
    altered = []
    for at, (kind, start, end, left, right) in enumerate(steps):
        is_first, is_last, length = at == 0, at + 1 == len(steps), right - left
        if kind == "equal" or (kind == "delete" and (is_first or is_last)) or (only_left_out and kind != "delete"):
            continue
        if is_first:  # the quote goes on before and after the words that it shares
            start = max(start, end - length)
        elif is_last:
            end = min(end, start + length)
        if max(end - start, length) > (1 if is_first or is_last else _LONGEST_ALTERED):
            return []
        altered.append(Altered(_stretch(words, here[left:right]), _stretch(quote, there[start:end])))
    return altered if len(altered) <= _MOST_ALTERED else []


def _steps(tokens: Sequence[str], wanted: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """The steps from a quote to a fact, as `SequenceMatcher` has them: those of the place in the quote where word
    stands by word, if no other reading shares more of them. Names in a list begin alike.
    """
    steps = SequenceMatcher(None, tokens, wanted, autojunk=False).get_opcodes()
    size, shared = len(wanted), sum(right - left for kind, _, _, left, right in steps if kind == "equal")
    places = range(len(tokens) - size + 1)
    at = max(places, key=lambda at: _same(tokens[at : at + size], wanted), default=-1)
    if at < 0 or _same(tokens[at : at + size], wanted) < shared:
        return steps
    pairs = zip(tokens[at : at + size], wanted, strict=True)
    by_kind = groupby(range(size), key=[token == other for token, other in pairs].__getitem__)
    runs = [("equal" if is_same else "replace", list(run)) for is_same, run in by_kind]
    return [(kind, at + run[0], at + run[-1] + 1, run[0], run[-1] + 1) for kind, run in runs]


def _same(tokens: Sequence[str], wanted: Sequence[str]) -> int:
    return sum(token == other for token, other in zip(tokens, wanted, strict=False))


def _weight(tokens: Sequence[str]) -> int:
    return sum(token not in _LITTLE for token in tokens)


def _stretch(text: str, placed: Sequence[_Placed]) -> str:
    return " ".join(text[placed[0][1] : placed[-1][2]].split()) if placed else ""


def _around(tokens: Sequence[str], wanted: Sequence[str]) -> Sequence[str]:
    """The shortest stretch of a quote from the first to the last of its words that the fact has, too."""
    content = {token for token in wanted if token not in _LITTLE}
    places = [at for at, token in enumerate(tokens) if token in content]
    return tokens[places[0] : places[-1] + 1] if len(places) > 1 else ()


def _denies(tokens: Sequence[str]) -> bool:
    return any(token in _DENIALS or token.endswith("n't") for token in tokens)


def _tokens(text: str) -> list[str]:
    return [token for token, _, _ in _placed(text)]


def _placed(text: str) -> list[_Placed]:
    """The words of a text in one spelling, each with its place."""
    return [(plain_word(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def plain_word(word: str) -> str:
    """A word in small letters, with straight apostrophes and composed signs."""
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
