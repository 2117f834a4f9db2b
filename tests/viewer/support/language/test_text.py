"""Words that are fit for the screen: where long ones may end a line."""

from __future__ import annotations

import pytest

from viewer.support.language.text import BREAK, breakable


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("(tiles.example.org).", ["(tiles.", "example.", "org)."]),
        ("m_3807708_sw_18_060_20200831.tif", ["m_", "3807708_", "sw_", "18_", "060_", "20200831.tif"]),
        ("a" * 40, ["a" * 16, "a" * 16, "a" * 8]),
        ("tiles.example", ["tiles.example"]),
    ],
    ids=["host", "file", "letters", "short"],
)
def test_a_long_word_ends_a_line_after_its_parts(word: str, parts: list[str]) -> None:
    assert breakable(word).split(BREAK) == parts
