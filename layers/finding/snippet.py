"""Snippets: the part of a row's words around what was searched for, on one line."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from layers.finding.quoted_words import phrase_pattern
from layers.finding.text_query import TextQuery, folded
from layers.requests.kept_document import PAGE_BREAK

BEFORE, LENGTH = 50, 180
"""Characters before the match, and of the whole snippet."""
LONGEST_COMPARED = 200_000
"""Characters of a text in which a word is looked for that is spelled with other accents there."""
MOST_COMPARED = 200
"""Places of each word of which the one is looked for that has most words near it."""
_WORD = re.compile(r"\w[\w'’ʼ]*")


def has_words(text: str, wanted: TextQuery) -> bool:
    """True for a text that has one of the wanted words."""
    return any(_place_of(text, each) is not None for each in (*wanted.phrases, *wanted.words))


def snippet_at(text: str, place: int) -> str:
    """The words around a place of a text, on its own page."""
    begin = text.rfind(PAGE_BREAK, 0, place) + 1
    end = text.find(PAGE_BREAK, place)
    page, at = text[begin : end if end >= 0 else len(text)], place - begin
    start = _word_begin(page, at - BEFORE) if at > BEFORE else 0
    part = page[start : start + LENGTH]
    if start + LENGTH < len(page):
        part = part.rpartition(" ")[0] or part
    ends = ("…" if start else "", "…" if start + len(part) < len(page.rstrip()) else "")
    return ends[0] + " ".join(part.split()) + ends[1]


def page_at(text: str, place: int) -> int:
    """The number of the page, counted from 1, that has a place."""
    return text.count(PAGE_BREAK, 0, place) + 1


def best_place(text: str, wanted: TextQuery) -> int | None:
    """The place where most of the wanted words stand together, and the first of several such; None without any."""
    every = (*wanted.phrases, *wanted.words)
    if len(every) < 2 or len(text) <= LENGTH:
        return min((place for each in every if (place := _place_of(text, each)) is not None), default=None)
    places = sorted((place, number) for number, each in enumerate(every) for place in _first_places(text, each))
    best, most, first = None, 0, 0
    within: Counter[int] = Counter()
    for place, number in places:
        within[number] += 1
        while place - places[first][0] > LENGTH - BEFORE or PAGE_BREAK in text[places[first][0] : place]:
            dropped = places[first][1]
            within[dropped] -= 1
            first += 1
        together = sum(count > 0 for count in within.values())
        if together > most:
            best, most = places[first][0], together
        if most == len(every):
            break
    return best


def _first_places(text: str, each: str) -> list[int]:
    """The first MOST_COMPARED places of a folded word or phrase; of one spelled with other accents the first alone."""
    exact = [place.start() for place in islice(_exactly(each).finditer(text), MOST_COMPARED)]
    first = None if exact else _place_otherwise(text, each)
    return exact if first is None else [first]


def _exactly(each: str) -> re.Pattern[str]:
    """A folded word or phrase as it may stand in a text, in capitals or not; a phrase also with accents or a hyphen at
    the end of a line.
    """
    words = each.split()
    if len(words) > 1:
        return phrase_pattern(words, r"[\W_]+")
    return re.compile(r"(?<!\w)" + re.escape(each), re.IGNORECASE)


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
    if as_written := [place.span() for place in _exactly(each).finditer(text)]:
        return as_written
    if len(letters) > 1:
        return [place.span() for place in phrase_pattern(letters, r"[\W_]*", is_word=False).finditer(text)]
    keys = ((word, folded(word[0])) for word in _WORD.finditer(text))
    return [word.span() for word, key in keys if f" {each}" in f" {key}"]


def _place_of(text: str, each: str) -> int | None:
    """The place of a folded word or phrase in a text as it was written; None where it is not in it."""
    as_written = _exactly(each).search(text)
    return as_written.start() if as_written else _place_otherwise(text, each)


def _place_otherwise(text: str, each: str) -> int | None:
    """The place of a folded word or phrase that a text has with other accents, or run on."""
    letters = each.split()
    if len(letters) > 1 and (run_on := phrase_pattern(letters, r"[\W_]*", is_word=False).search(text)):
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
