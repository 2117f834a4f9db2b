"""The text of a kept document in parts that can be shown one at a time, and the places in them that have some words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from msgspec import Struct

from layers.checkpoint import Checkpoint, unchecked
from layers.finding.snippet import best_place, marks_in
from layers.finding.text_query import TextQuery
from layers.requests.kept_document import PAGE_BREAK

LONGEST_PART = 8_000
"""Most characters of a part: a longer page is divided, as a text field takes too long over all of it."""
MOST_PLACES = 2_000


class DocumentPart(Struct, frozen=True):
    """A part of a document: a page, or a piece of a long one."""

    text: str
    begin: int
    """Characters of the document before it."""
    page: int = 0
    """The number of the page, counted from 1; 0 in a document without pages."""


class PlaceInDocument(Struct, frozen=True):
    """A place with one of the wanted words."""

    part: int
    begin: int
    """Characters of the part before it."""
    end: int


class FoundPlaces(Struct, frozen=True):
    """All places with the wanted words, in order, and the one among them that has most of these together."""

    places: tuple[PlaceInDocument, ...] = ()
    best: int = 0


def document_parts(text: str, *, has_pages: bool) -> list[DocumentPart]:
    """A document in parts, none of which is empty."""
    parts, begin = list[DocumentPart](), 0
    for number, page in enumerate(text.split(PAGE_BREAK), 1):
        for at, piece in _pieces(page):
            if piece.strip():
                parts.append(DocumentPart(piece, begin + at, number if has_pages else 0))
        begin += len(page) + len(PAGE_BREAK)
    return parts


def _pieces(page: str) -> Iterator[tuple[int, str]]:
    """A page in pieces that end between words, each behind its place."""
    at = 0
    while len(page) - at > LONGEST_PART:
        end = max(page.rfind(end, at, at + LONGEST_PART) for end in (" ", "\n"))
        end = end if end > at + LONGEST_PART // 2 else at + LONGEST_PART
        yield at, page[at:end]
        at = end
    yield at, page[at:]


def found_places(
    text: str, parts: Sequence[DocumentPart], wanted: TextQuery, check: Checkpoint = unchecked
) -> FoundPlaces:
    """The first MOST_PLACES places of a document that have the wanted words."""
    if wanted.is_empty:
        return FoundPlaces()
    places = list[PlaceInDocument]()
    for number, part in enumerate(parts):
        check()
        places += [PlaceInDocument(number, *mark) for mark in marks_in(part.text, wanted)]
        if len(places) >= MOST_PLACES:
            break
    best = best_place(text, wanted)
    begins = [parts[place.part].begin + place.begin for place in places]
    at = 0 if best is None else bisect_right(begins, best) - 1
    return FoundPlaces(tuple(places[:MOST_PLACES]), min(max(at, 0), max(len(places) - 1, 0)))
