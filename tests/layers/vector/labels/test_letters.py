"""Tests of which texts fall into letters that may stand each for itself."""

from __future__ import annotations

import pytest

from layers.vector.labels.letters import clusters_of


@pytest.mark.parametrize("text", ["Yenisei", "Подкаменная Тунгуска", "黄河", "Hồ Chí Minh", "Обь–Иртыш 2", "한강"])
def test_letters_that_stand_alone_are_the_text_again(text: str) -> None:
    assert len(clusters_of(text)) == len(text)
    assert "".join(clusters_of(text)) == text


def test_a_letter_keeps_its_marks() -> None:
    assert clusters_of("Йe\u0301n") == ("Й", "e\u0301", "n")
    assert clusters_of("か\u3099") == ("か\u3099",)


@pytest.mark.parametrize(
    "text", ["نهر السند", "נהר הירדן", "गंगा", "แม่น้ำโขง", "River نهر", "two\nlines", "a\u200db", "\u0301a", "🚂 rail"]
)
def test_joined_and_reordered_scripts_are_not_taken_apart(text: str) -> None:
    assert clusters_of(text) == ()
