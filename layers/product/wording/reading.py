"""Sentences of a text, with quotations and proper names blanked out: what is not our wording is not judged."""

from __future__ import annotations

import re
from typing import NamedTuple

QUOTED, NAMED = "§", "¤"
"""Signs that stand for each letter of a quotation, and of a proper name."""
_QUOTATION = re.compile(
    r"“[^“”]{1,2000}”|\"[^\"]{1,2000}\"|«[^«»]{1,2000}»|「[^「」]{1,2000}」|《[^《》]{1,2000}》|„[^“”„]{1,2000}[“”]"
    r"|(?<!\w)‘[^‘\n]{1,400}?’(?!\w)|(?<!\w)'[^'\n]{1,400}?'(?!\w)"
)
_END = re.compile(r"[.!?]+[)”\"’]*(?=\s|$)|\n+|[。！？]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Co|Ltd|Inc|Corp|No|Nos|St|Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|Prof|vs|approx|ca|cf|Fig|fig|incl|Jan|Feb|Mar|Apr|Jun"
    r"|Jul|Aug|Sept|Sep|Oct|Nov|Dec)|\b[A-Za-z]|e\.g|i\.e|U\.S|U\.K)\.$"
)
_OPENER = re.compile(r"\s+(?:The|This|That|These|Those|It|We|In|On|At|By|From|For|And|But|If|They|He|She)\b")
"""Words with which a sentence begins after an abbreviation that ends the one before."""
_WORD = re.compile(r"[^\W\d_][\w'’\-]*")
_CAPITAL = r"[A-Z][\w'’\-]*"
_NAME = re.compile(rf"\b{_CAPITAL}(?:\s+(?:(?:of|the|and|for|de|la|al)\s+){{0,2}}{_CAPITAL})+")
_TITLE_CASE, _SHORT_WORD = 0.7, 3
"""Share of capitals from which a text is a headline whose capitals name nothing, among words longer than that."""
_MONTHS = frozenset(
    [
        *("January", "February", "March", "April", "June", "July", "August", "September", "October", "November"),
        *("December", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ]
)
_NO_NAME = frozenset(
    [
        *("A", "An", "The", "This", "That", "These", "Those", "It", "We", "Our", "No", "Not", "All", "Some"),
        *("In", "On", "At", "By", "From", "Of", "For", "And", "But", "If"),
    ]
)
"""Words that begin a sentence and are no part of a name."""


class Sentence(NamedTuple):
    """One sentence: its place in the text, its own words, and the same with quotations and names blanked out."""

    start: int
    text: str
    plain: str


def sentences_of(text: str) -> list[Sentence]:
    """The sentences of a text, in order."""
    unquoted = _QUOTATION.sub(_unsaid, text)
    return [
        Sentence(start, text[start:end], _without_names(unquoted[start:end]))
        for start, end in _places(unquoted)
        if end > start
    ]


def _places(text: str) -> list[tuple[int, int]]:
    """Begin and end of each sentence, without the space around it."""
    places, start = [], 0
    for end in _END.finditer(text):
        is_short = end[0] == "." and _ABBREVIATION.search(text, max(start, end.end() - 8), end.end()) is not None
        if is_short and end.end() < len(text) and not _OPENER.match(text, end.end()):
            continue
        places.append((start, end.end()))
        start = end.end()
    places.append((start, len(text)))
    return [_trimmed(text, *place) for place in places]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _without_names(sentence: str) -> str:
    """The sentence with each run of capitalised words blanked out, unless it is a headline in capitals."""
    words = _WORD.findall(sentence)[1:]
    long_words = [word for word in words if len(word) > _SHORT_WORD and word not in _MONTHS]
    capitals = sum(word[0].isupper() for word in long_words)
    if len(long_words) > 1 and capitals >= _TITLE_CASE * len(long_words):
        return sentence
    return _NAME.sub(_blank, sentence)


def _unsaid(quotation: re.Match[str]) -> str:
    words = quotation[0]
    return f"{words[0]}{QUOTED * (len(words) - 2)}{words[-1]}"


def _blank(name: re.Match[str]) -> str:
    first, _, rest = name[0].partition(" ")
    if first in _NO_NAME:
        return f"{first} {_NAME.sub(_blank, rest) if ' ' in rest else rest}"
    return NAMED * len(name[0])
