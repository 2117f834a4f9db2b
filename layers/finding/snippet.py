"""Snippets: the part of a row's words around what was searched for, on one line."""

from __future__ import annotations

import re

from layers.finding.text_query import TextQuery, folded
from layers.requests.kept_document import PAGE_BREAK

BEFORE, LENGTH = 50, 180
"""Characters before the match, and of the whole snippet."""
LONGEST_COMPARED = 200_000
"""Characters of a text in which a word is looked for that is spelled with other accents there."""
_WORD = re.compile(r"\w[\w'’ʼ]*")


def has_words(text: str, wanted: TextQuery) -> bool:
    """True for a text that has one of the wanted words."""
    return _first_place(text, wanted) is not None


def snippet_of(text: str, wanted: TextQuery) -> str:
    """The words around the first of the wanted ones; the beginning of the text where it has none of them."""
    at = _first_place(text, wanted) or 0
    begin = _word_begin(text, at - BEFORE) if at > BEFORE else 0
    part = text[begin : begin + LENGTH]
    if begin + LENGTH < len(text):
        part = part.rpartition(" ")[0] or part
    ends = ("…" if begin else "", "…" if begin + len(part) < len(text.rstrip()) else "")
    return ends[0] + " ".join(part.split()) + ends[1]


def page_of(text: str, wanted: TextQuery) -> int:
    """The number of the page, counted from 1, that has the first of the wanted words; 0 where none has one."""
    at = _first_place(text, wanted)
    return 0 if at is None else text.count(PAGE_BREAK, 0, at) + 1


def _first_place(text: str, wanted: TextQuery) -> int | None:
    places = (_place_of(text, each) for each in (*wanted.phrases, *wanted.words))
    return min((place for place in places if place is not None), default=None)


def brought_forward(snippet: str, wanted: TextQuery, before: int) -> str:
    """A snippet with at most about `before` characters before the match, for a line that is cut at its end."""
    marks = marks_in(snippet, wanted)
    if not marks or marks[0][0] <= before:
        return snippet
    space = snippet.find(" ", marks[0][0] - before, marks[0][0])
    return "…" + snippet[space + 1 if space >= 0 else marks[0][0] :]


def marks_in(text: str, wanted: TextQuery) -> list[tuple[int, int]]:
    """Begin and end of each place of a short text, such as a title or a snippet, that has one of the wanted words.

    The places do not overlap, and come in order.
    """
    places = sorted(place for each in (*wanted.phrases, *wanted.words) for place in _places_of(text, each))
    apart: list[tuple[int, int]] = []
    for begin, end in places:
        if apart and begin <= apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((begin, end))
    return apart


def _places_of(text: str, each: str) -> list[tuple[int, int]]:
    """All places of a folded word or phrase in a text as it was written."""
    letters = each.split()
    exact = re.compile(r"(?<!\w)" + r"[\W_]+".join(map(re.escape, letters)), re.IGNORECASE)
    if as_written := [place.span() for place in exact.finditer(text)]:
        return as_written
    if len(letters) > 1:
        run_on = re.compile(r"[\W_]*".join(map(re.escape, letters)), re.IGNORECASE)
        return [place.span() for place in run_on.finditer(text)]
    keys = ((word, folded(word[0])) for word in _WORD.finditer(text))
    return [word.span() for word, key in keys if f" {each}" in f" {key}"]


def _place_of(text: str, each: str) -> int | None:
    """The place of a folded word or phrase in a text as it was written; None where it is not in it."""
    letters = each.split()
    as_written = re.search(r"(?<!\w)" + r"[\W_]+".join(map(re.escape, letters)), text, re.IGNORECASE)
    if as_written:
        return as_written.start()
    if len(letters) > 1 and (run_on := re.search(r"[\W_]*".join(map(re.escape, letters)), text, re.IGNORECASE)):
        return run_on.start()  # Chinese characters, which the index has apart
    first = letters[0]
    for word in _WORD.finditer(text[:LONGEST_COMPARED]):
        if not word[0].isascii() or "'" in word[0]:
            key = folded(word[0])
            if key.startswith(first) or f" {first}" in key:
                return word.start()
    return None


def _word_begin(text: str, at: int) -> int:
    """The first beginning of a word at a place or a little behind it; the place itself where there is none near."""
    space = text.find(" ", at, at + 20)
    return at if space < 0 else space + 1
