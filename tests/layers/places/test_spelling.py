"""Names that are spelled nearly so: letters wrong, and Russian in Latin letters by other rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.places.spelling import Spelled, distance, folded, most_wrong, nearness, pieces

WORD = st.text("abcdez", min_size=4, max_size=14)


@pytest.mark.parametrize(
    ("typed", "name", "off"),
    [
        ("vostochniy", "vostochny", 0),
        ("vostochnij", "vostochnyy", 0),
        ("habarovsk", "khabarovsk", 0),
        ("ciolkovskij", "tsiolkovskiy", 0),
        ("jukovskij", "zhukovsky", 0),
        ("ekaterinburg", "yekaterinburg", 0),
        ("korolyov", "korolev", 0),
        ("plesezk", "plesetsk", 1),
        ("wenchnag", "wenchang", 1),
        ("wen chnag", "wenchang", 1),
        ("moscwo", "moscow", 1),
        ("благовещинск", "благовещенск", 1),
        ("jiuqvam", "jiuquan", 2),
        ("rmoe", "rome", 1),
        ("moskva", "mosul", None),
        ("romm", "rams", None),
        ("rom", "ron", None),
        ("", "", None),
        ("point 99", "poynton", None),
        ("svobodnij 18", "svobodny 18", 0),
        ("svobodny 18", "svobodny 19", None),
    ],
)
def test_how_near_two_spellings_are(typed: str, name: str, off: int | None) -> None:
    assert nearness(typed, name) == off


def test_a_word_of_a_name_may_be_meant() -> None:
    assert Spelled("vostochniy").words_nearness("vostochny cosmodrome") == 0
    assert Spelled("kapustim yar").words_nearness("kapustin yar missile range") == 1
    assert Spelled("cosmodrome vostochniy").words_nearness("vostochny") is None


@given(WORD, WORD)
def test_a_distance_is_the_same_both_ways_and_only_given_up_beyond_its_limit(first: str, second: str) -> None:
    whole = distance(first, second, 99)
    assert whole == distance(second, first, 99)
    assert whole is not None
    assert (whole == 0) == (first == second)
    assert distance(first, second, 2) == (whole if whole <= 2 else None)


@pytest.mark.bounded
@given(WORD, st.data())
def test_one_piece_is_left_by_as_many_wrong_letters_as_may_be(word: str, data: st.DataObject) -> None:
    most = most_wrong(word)
    other = word
    for _ in range(data.draw(st.integers(0, most))):
        at = data.draw(st.integers(0, max(0, len(other) - 2)))
        put, cut = data.draw(st.sampled_from([("q", 0), ("", 1), ("q", 1), (other[at : at + 2][::-1], 2)]))
        other = other[:at] + put + other[at + cut :]
    if (off := distance(word, other, most)) is not None:
        assert off <= most
        assert any(0 <= other.find(piece) <= begin + most for begin, piece in pieces(word, most)), (word, other)


def test_sounds_have_one_spelling() -> None:
    assert folded("tsiolkovskiy") == folded("ciolkovskij") == folded("tziolkovsky")
    assert folded("восточныи") == folded("восточнии")
    assert folded("обь") == folded("об")
