"""A sentence in facts that are checked one by one, and their words in a quote."""

from __future__ import annotations

import pytest

from layers.product.factcheck.word_groups import (
    DATE,
    MOST_PARTS,
    NAME,
    NUMBER,
    WORDS,
    parts_of,
    quoted_parts_of,
    stretch_in,
)


def test_a_sentence_is_split_into_words_numbers_dates_and_names() -> None:
    parts = parts_of(
        "A 12-metre S-band dish was installed at Amachuma on 31 August 2020; it covers 55–80 % of the sky."
    )
    assert [part.words for part in parts if part.kind == NUMBER] == ["12-metre", "55–80 %"]
    assert [part.words for part in parts if part.kind == DATE] == ["31 August 2020"]
    assert [part.words for part in parts if part.kind == NAME] == ["S-band", "Amachuma"]
    assert [part.words for part in parts if part.kind == WORDS] == [
        "A 12-metre S-band dish was installed at Amachuma on 31 August 2020",
        "it covers 55–80 % of the sky",
    ]


def test_firms_in_a_list_are_a_fact_each() -> None:
    names = [
        part.words for part in parts_of("Aurora Ltd., Boreal Works Co. Ltd. and Cirrus are firms.") if part.kind == NAME
    ]
    assert names == ["Aurora Ltd.", "Boreal Works Co. Ltd.", "Cirrus"]


@pytest.mark.parametrize("text", ["", "   ", "S1, S2", "…", "\ue000", "and of the"])
def test_a_text_without_words_has_no_facts(text: str) -> None:
    assert parts_of(text) == []


def test_a_long_text_ends() -> None:
    assert len(parts_of("one thing; another thing; " * 500 + "last 7 things")) <= MOST_PARTS
    assert len(parts_of("; ".join(f"thing {number}" for number in range(500)))) == MOST_PARTS


def test_words_are_found_in_a_quote_but_for_case_spaces_and_signs() -> None:
    quote = "It said: “Russia has  received military optics”, nothing more"
    stretch = stretch_in(quote, "russia has received")
    assert quote[stretch.start : stretch.end] == "Russia has  received"
    assert stretch.is_verbatim


@pytest.mark.parametrize(
    ("words", "missing", "denies"),
    [
        ("12-metre dish", ("12",), False),
        ("the dish was finished", (), True),
        ("two pads", ("two", "pads"), False),
        ("dish the finished was not", (), False),
    ],
)
def test_what_a_quote_lacks_is_named(words: str, missing: tuple[str, ...], denies: bool) -> None:
    stretch = stretch_in("The 13-metre dish was not finished.", words)
    assert not stretch.is_verbatim
    assert (stretch.missing, stretch.denies) == (missing, denies)


@pytest.mark.parametrize(
    ("words", "altered"),
    [
        ("Boreal Works Co. Ltd. delivered 12 pumps", [("", "has")]),
        ("Boreal Works Co. Ltd. has ordered 12 pumps", [("ordered", "delivered")]),
        ("Boreal Wells Co. Ltd.", [("Wells", "Works")]),
        ("15 pumps", [("15", "12")]),
        ("has delivered 12 pumps of its own to Cirrus", [("", "direct")]),
        ("Cirrus is a town", []),
    ],
)
def test_altered_words_are_named_with_those_of_the_quote(words: str, altered: list[tuple[str, str]]) -> None:
    quote = "Boreal Watch Co. and Boreal Works Co. Ltd. has delivered 12 pumps of its own direct to Cirrus"
    assert [tuple(pair) for pair in stretch_in(quote, words).altered] == altered


def test_no_group_of_words_stands_half_inside_quotation_marks() -> None:
    parts = quoted_parts_of('S1 says in its own voice that "pumps were delivered to Boreal"; nobody says when.')
    assert [(part.words, part.is_quoted) for part in parts if part.kind == WORDS] == [
        ("S1 says in its own voice", False),
        ("pumps were delivered to Boreal", True),
        ("nobody says when", False),
    ]


@pytest.mark.parametrize(
    ("text", "clauses", "names"),
    [
        (
            "Pumps came from Aurora Works Co., Ltd. The rest (see S1) is unknown; two clerks say so.",
            ["Pumps came from Aurora Works Co., Ltd.", "The rest (see S1) is unknown", "two clerks say so"],
            ["Aurora Works Co., Ltd."],
        ),
        ("Goods came from China. The Boreal Foundation says so", None, ["The Boreal Foundation"]),
        ("China has been selling Russia UAV engines and turbojet engines; who ships them?", None, ["UAV"]),
        ('"Aurora sold pumps to Boreal, and Cirrus bought them, which Boreal denies"', None, ["Boreal", "Cirrus"]),
    ],
)
def test_no_sentence_and_no_name_is_split(text: str, clauses: list[str] | None, names: list[str]) -> None:
    parts = parts_of(text)
    if clauses is not None:
        assert [part.words for part in parts if part.kind == WORDS] == clauses
    assert [part.words for part in parts if part.kind == NAME] == names
    assert all(text.find(part.words) >= 0 for part in parts), "words stand as they are printed"


def test_a_month_with_its_year_is_one_date() -> None:
    assert [part.words for part in parts_of("Seen there in April 2024.") if part.kind == DATE] == ["April 2024"]
