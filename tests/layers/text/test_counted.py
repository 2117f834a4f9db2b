"""Counted words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layers.text.counted import counted, grouped_number

HOUSE = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 sites"),
        (1, "1 site"),
        (2, "2 sites"),
        (999, "999 sites"),
        (1000, "1\u202f000 sites"),
        (1_234_567, "1\u202f234\u202f567 sites"),
    ],
)
def test_one_is_one_and_all_else_is_many(count: int, text: str) -> None:
    assert counted(count, "site") == text


def test_a_word_with_another_plural_and_a_verb() -> None:
    assert counted(1, "entry is", "entries are") == "1 entry is"
    assert counted(3, "entry is", "entries are") == "3 entries are"


def test_no_text_leaves_the_plural_to_the_reader() -> None:
    lazy = [
        f"{path.relative_to(HOUSE)}: {line.strip()}"
        for room in ("layers", "viewer")
        for path in (HOUSE / room).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"""(%n|\}) ?[a-z]*( [a-z]+)?\(s\)""", line)
    ]
    assert lazy == []


@pytest.mark.parametrize(
    ("text", "grouped_text"),
    [
        ("801533", "801\u202f533"),
        ("-1416111.5", "-1\u202f416\u202f111.5"),
        ("0.0001", "0.0001"),
        ("1e+20", "1e+20"),
        ("2024-04-12", "2024-04-12"),
        ("", ""),
        ("-", "-"),
    ],
)
def test_numbers_in_text_have_their_thousands_set_apart(text: str, grouped_text: str) -> None:
    assert grouped_number(text) == grouped_text
