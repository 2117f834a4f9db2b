"""Chinese and Japanese characters are told from others."""

from __future__ import annotations

import pytest

from layers.places.names import indexed_text
from layers.text.han import has_han, is_han


@pytest.mark.parametrize("character", "⺀海㐀一鿿豈かカ")
def test_ideographs_radicals_and_kana(character: str) -> None:
    assert is_han(character)
    assert has_han(f"Hainan {character}")


@pytest.mark.parametrize("text", ["", "Wenchang", "Байконур", "Ağaçköy", "한국", "!，"])
def test_no_other_letters(text: str) -> None:
    assert not has_han(text)
    assert not any(map(is_han, text))


def test_each_of_them_is_a_word_of_its_own_in_the_index() -> None:
    assert indexed_text("wenchang 文昌市 pad") == "wenchang 文 昌 市 pad"
    assert indexed_text("xi an") == "xi an"
