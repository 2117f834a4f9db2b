"""Numbers of a sentence as they are compared: by value and unit, however they are written."""

from __future__ import annotations

import pytest

from layers.product.factcheck.compared_words import NUMBER, number_of, tokens_of, unit_of


@pytest.mark.parametrize(
    ("written", "norm", "unit"),
    [
        ("12", "12", ""),
        ("twelve", "12", ""),
        ("dozen", "12", ""),
        ("1,200", "1200", ""),
        ("1,200.5", "1200.5", ""),
        ("2.5", "2.5", ""),
        ("2,5", "2.5", ""),
        ("$900 million", "$900000000", "$"),
        ("$0.9bn", "$900000000", "$"),
        ("€3 billion", "€3000000000", "€"),
        ("70%", "70%", "%"),
        ("70 per cent", "70%", "%"),
        ("70 percent", "70%", "%"),
    ],
)
def test_a_number_is_its_value_and_unit(written: str, norm: str, unit: str) -> None:
    number = number_of(written)
    assert number is not None
    assert (number, unit_of(number)) == (norm, unit)


@pytest.mark.parametrize("written", ["one", "pumps", "%", "$", ""])
def test_other_words_are_no_numbers(written: str) -> None:
    assert number_of(written) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("over $500 million in 2022", [("$500000000", {"over"}, False), ("2022", set(), True)]),
        ("more than 40 pumps", [("40", {"over"}, False)]),
        ("fewer than 40 pumps", [("40", {"under"}, False)]),
        ("at least 40 pumps", [("40", {"at least"}, False)]),
        ("at most 40 pumps", [("40", {"at most"}, False)]),
        ("approximately 2,000 tonnes", [("2000", {"about"}, False)]),
        ("about 1.5 km, nearly 90%", [("1.5", {"about"}, False), ("90%", {"nearly"}, False)]),
        ("claim C4 stands on S12", []),
        ("2023. Twelve pumps", [("2023", set(), True), ("12", set(), False)]),
    ],
)
def test_a_sentence_gives_its_numbers_with_the_words_before_them(
    text: str, numbers: list[tuple[str, set[str], bool]]
) -> None:
    tokens = [token for token in tokens_of(text) if token.kind == NUMBER]
    assert [(token.norm, set(token.degrees), token.is_year) for token in tokens] == numbers
