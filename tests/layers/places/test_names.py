"""Keys of names: what is one name for who searches."""

from __future__ import annotations

import pytest

from layers.places.names import name_key


@pytest.mark.parametrize(
    ("name", "key"),
    [("Xi’an", "xian"), ("XIAN", "xian"), ("Gdańsk", "gdansk"), ("Łódź", "lodz"), ("서울", "서울"), ("酒泉", "酒泉")],
)
def test_case_accents_and_apostrophes_are_left_out_and_letters_stay_whole(name: str, key: str) -> None:
    assert name_key(name) == key
