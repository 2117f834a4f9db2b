"""Splits a printed sentence into facts that can be checked one by one, and finds their words in a quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from layers.product.factcheck.nations import nation_of
from layers.product.wording.reading import sentences_of

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
_NUMBER = (
    rf"[±≥≤~]?[$€£¥]?\d[\d.,]*(?:\s?[-–]\s?\d[\d.,]*)?(?:\s?%|°|[- ]?[^\W\d_]+)?"
    rf"|\b{_COUNT}\b(?:[- ](?:senior|junior|former|other|further|new|named)\b)?(?:[- ][a-z]+)?"
)
_CAPITAL = r"[^\W\d_a-zà-öø-ÿ][\w'’.&/]*(?:-\w+)*"
_NAME = rf"{_CAPITAL}(?:\s+(?:of|de|for|the)\s+{_CAPITAL}|\s+{_CAPITAL}|,\s(?:Ltd|Inc|LLC|Corp)\b\.?)*"
_ATOM = re.compile(
    rf"(?P<cited>\bS\d+\b)|(?P<date>{_DATE})|(?P<number>{_NUMBER.replace(_COUNT, f'(?i:{_COUNT})')})|(?P<name>{_NAME})"
)
_CITED = re.compile(r"\bS\d+\b")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|%")
LITTLE = frozenset(
    (
        *("a", "an", "the", "this", "that", "it", "its", "and", "or", "of", "in", "on", "at", "to", "by", "for"),
        *("from", "as", "with", "is", "are", "was", "were", "be", "been", "has", "have", "had"),
    )
)
"""Words that say nothing by themselves."""
DENIALS = frozenset({"not", "no", "never", "without", "nobody", "none", "neither", "nor", "cannot", "denied", "denies"})
_ABBREVIATED = re.compile(r"\b(?:Co|Ltd|Inc|Corp|St|[A-Z])\.$")
_WHOLE_QUOTATION = re.compile(r"[“\"]([^“”\"]*)[”\"]")
_LEADS = re.compile(r"(?:[\s,:]|\b(?:that|as|of|and|but|with)\b)+$")
"""Words that lead to a quotation, and say nothing without it."""
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
    """The facts of a text in reading order: each clause whole, and apart from these its numbers, dates and names."""
    parts = list[FactPart]()
    for clause in clauses_of(text):
        held = [
            FactPart(kind, words)
            for match in _ATOM.finditer(clause)
            if (kind := match.lastgroup or "") != "cited" and not (kind == NAME and _begins_sentence(clause, match))
            if (words := _atom(kind, match.group()))
        ]
        rest = _CITED.sub(" ", clause)
        for part in held:
            rest = rest.replace(part.words, " ", 1)
        if any(token not in LITTLE for token in _tokens(rest)):
            parts.append(FactPart(WORDS, _whole(clause)))
        parts += held
    return list(dict.fromkeys(parts))[:MOST_PARTS]


def clauses_of(text: str) -> list[str]:
    """The sentences of a text, parted further at semicolons, but nowhere inside a quotation or a name."""
    whole = _WHOLE_QUOTATION.fullmatch(text.strip())
    clauses = list[str]()
    for sentence in sentences_of(whole[1] if whole is not None else text):
        last = 0
        for at in [*(match.start() for match in re.finditer(";", sentence.plain)), len(sentence.text)]:
            clauses.append(" ".join(sentence.text[last:at].split()))
            last = at + 1
    return [clause for clause in clauses if clause]


def quoted_parts_of(text: str) -> list[FactPart]:
    """The facts of a text, of which none stands partly inside quotation marks and partly outside."""
    parts, last = list[FactPart](), 0
    for match in _QUOTATION.finditer(text):
        parts += parts_of(_LEADS.sub("", text[last : match.start()]))
        parts += (part._replace(is_quoted=True) for part in parts_of(match.group()))
        last = match.end()
    return list(dict.fromkeys([*parts, *parts_of(text[last:])]))[:MOST_PARTS]


def _atom(kind: str, words: str) -> str:
    """A number, date or name without the signs around it; empty for a name of countries alone, a common word."""
    if kind != NAME:
        return words.rstrip(" .,'’")
    words = _name(words)
    first, _, rest = words.partition(" ")
    if rest.isupper() and nation_of(first) is not None:
        words = rest  # two words of which each is a name: Russia UAV
    return "" if all(nation_of(word) is not None for word in words.split()) else words


def _whole(clause: str) -> str:
    """A clause without the signs at its ends; brackets stay in pairs, and an abbreviation keeps its full stop."""
    words = clause.strip(" ,:")
    if words.endswith(".") and not _ABBREVIATED.search(words):
        words = words.rstrip(" .")
    for begin, end in ("()", "“”", '""', "‘’"):
        is_pair = words.startswith(begin) and words.endswith(end)
        if is_pair and begin not in words[1:-1] and end not in words[1:-1]:
            words = words[1:-1]
        elif words.count(begin) != words.count(end) or (begin == end and words.count(begin) % 2):
            words = words.removeprefix(begin).removesuffix(end)  # the other one stands in another clause
    return words.strip(" ,")


def _name(words: str) -> str:
    """A name without the full stop of its sentence, which an abbreviation keeps."""
    return words.rstrip("'’") if _ABBREVIATED.search(words) else words.rstrip(" .,'’")


def _begins_sentence(text: str, match: re.Match[str]) -> bool:
    """True for a single word that has its capital from the beginning of a sentence, and for a lone letter."""
    words = match.group().rstrip(".,")
    before = text[: match.start()].rstrip(" “\"'‘(")
    is_single = not re.search(r"[\s\d-]", words) and not words.isupper()
    return (is_single and (not before or before[-1] in ".!?:")) or len(words) < 2


def stretch_in(quote: str, words: str) -> QuoteStretch:
    """Find the words of a fact in a quote: letter for letter but for case, spaces and signs, or what is missing."""
    here, there = _placed(words), _placed(quote)
    wanted = [token for token, _, _ in here]
    tokens = [token for token, _, _ in there]
    for at in range(len(tokens) - len(wanted) + 1) if wanted else ():
        if tokens[at : at + len(wanted)] == wanted:
            return QuoteStretch(there[at][1], there[at + len(wanted) - 1][2])
    missing = tuple(dict.fromkeys(token for token in wanted if token not in tokens and token not in LITTLE))
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
    return sum(token not in LITTLE for token in tokens)


def _stretch(text: str, placed: Sequence[_Placed]) -> str:
    return " ".join(text[placed[0][1] : placed[-1][2]].split()) if placed else ""


def _around(tokens: Sequence[str], wanted: Sequence[str]) -> Sequence[str]:
    """The shortest stretch of a quote from the first to the last of its words that the fact has, too."""
    content = {token for token in wanted if token not in LITTLE}
    places = [at for at, token in enumerate(tokens) if token in content]
    return tokens[places[0] : places[-1] + 1] if len(places) > 1 else ()


def _denies(tokens: Sequence[str]) -> bool:
    return any(token in DENIALS or token.endswith("n't") for token in tokens)


def _tokens(text: str) -> list[str]:
    return [token for token, _, _ in _placed(text)]


def _placed(text: str) -> list[_Placed]:
    """The words of a text in one spelling, each with its place."""
    return [(plain_word(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def plain_word(word: str) -> str:
    """A word in small letters, with straight apostrophes and composed signs."""
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
