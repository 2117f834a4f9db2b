"""Kept documents in parts: pages, pieces of long ones, and the place that has most of the searched words together."""

from __future__ import annotations

import pytest

from layers.document.edit import Table
from layers.finding.case_index import CaseIndex, FoundRow
from layers.finding.case_text import CaseText
from layers.finding.document_parts import LONGEST_PART, document_parts, found_places
from layers.finding.snippet import best_place, page_at, snippet_at
from layers.finding.text_query import read_query
from layers.requests.kept_document import PAGE_BREAK

PAGES = PAGE_BREAK.join(
    (
        "The first page ends with its own words",
        "A crane stands at 三亚",
        "",
        f"A crane far off. {'x ' * 300}A port crane",
    )
)
TABLE: Table = "source_files"


def found(typed: str) -> FoundRow:
    text = CaseText(TABLE, "f", "report.pdf", PAGES, ("report.pdf",), has_pages=True)
    (row,) = CaseIndex([text]).search(typed)
    return row


def test_a_hit_on_a_later_page_has_the_words_of_that_page_alone() -> None:
    """Words of the page before stood behind “page 2”."""
    assert (found("三亚").page, found("三亚").snippet) == (2, "A crane stands at 三亚")
    assert (found("first").page, found("first").snippet) == (1, "The first page ends with its own words")
    assert snippet_at(PAGES, 0) == "The first page ends with its own words"


@pytest.mark.parametrize(
    ("typed", "page", "words"),
    [
        ("crane", 2, "crane stands"),
        ("crane port", 4, "port crane"),
        ('"port crane"', 4, "port crane"),
        ("三 first", 1, ""),
    ],
)
def test_the_best_place_has_most_of_the_words_together(typed: str, page: int, words: str) -> None:
    wanted = read_query(typed)
    place = best_place(PAGES, wanted)
    assert place is not None
    assert page_at(PAGES, place) == page
    assert PAGES[place:].startswith(words)
    assert words in snippet_at(PAGES, place)


def test_pages_are_numbered_and_long_ones_divided_between_words() -> None:
    assert [(part.page, part.begin) for part in document_parts(PAGES, has_pages=True)] == [
        (1, 0),
        (2, PAGES.index("A crane")),
        (4, PAGES.index("A crane far")),
    ]
    long = "word " * LONGEST_PART
    parts = document_parts(long, has_pages=False)
    assert "".join(part.text for part in parts).strip() == long.strip()
    assert all(len(part.text) <= LONGEST_PART and part.page == 0 for part in parts)
    assert not any(part.text.endswith("wor") for part in parts)
    assert [long[part.begin :].startswith(part.text) for part in parts] == [True] * len(parts)
    assert document_parts("x" * (3 * LONGEST_PART), has_pages=False)[1].begin == LONGEST_PART
    assert document_parts(" \n", has_pages=True) == []


def test_all_places_are_listed_and_the_best_is_chosen() -> None:
    parts = document_parts(PAGES, has_pages=True)
    all_places = found_places(PAGES, parts, read_query("port crane"))
    texts = [parts[place.part].text[place.begin : place.end] for place in all_places.places]
    assert texts == ["crane", "crane", "port", "crane"]
    assert all_places.best == 2
    assert found_places(PAGES, parts, read_query("nowhere")).places == ()
    assert found_places(PAGES, parts, read_query("")).places == ()
