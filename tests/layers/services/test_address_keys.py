from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.services.address_keys import KeyedAddress, split_key

HOST = "https://tiles.example.org"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (f"{HOST}/{{z}}/{{x}}/{{y}}.png?key=abcdefgh", (f"{HOST}/{{z}}/{{x}}/{{y}}.png", "key", "abcdefgh")),
        (f"{HOST}/wms?map=a%2Fb&Api_Key=abc%2Bdefgh&x=1", (f"{HOST}/wms?map=a%2Fb&x=1", "Api_Key", "abc+defgh")),
        (f"{HOST}/a?token=abcdefgh#part", (f"{HOST}/a#part", "token", "abcdefgh")),
        (f"{HOST}/a?token=abcdefgh&key=ijklmnop&z", (f"{HOST}/a?z", "token", "abcdefgh")),
        (f"{HOST}/a?maxar_api_key=abcdefgh&a=1", (f"{HOST}/a?a=1", "maxar_api_key", "abcdefgh")),
        (f"{HOST}/a?CONNECTID=abcdefgh-1", (f"{HOST}/a", "CONNECTID", "abcdefgh-1")),
        (f"{HOST}/a?accessToken=abcdefgh&", (f"{HOST}/a", "accessToken", "abcdefgh")),
        (f"{HOST}/a?layer_key=landcover_2024", (f"{HOST}/a?layer_key=landcover_2024", "", "")),
        (f"{HOST}/a?key=roads", (f"{HOST}/a?key=roads", "", "")),
        (f"{HOST}/a?key={{api_key_here}}", (f"{HOST}/a?key={{api_key_here}}", "", "")),
        (f"{HOST}/a?sig=abcdefgh%3D&se=2026", (f"{HOST}/a?sig=abcdefgh%3D&se=2026", "", "")),
        (f"{HOST}/a?", (f"{HOST}/a?", "", "")),
        ("/home/ann/key=abcdefgh", ("/home/ann/key=abcdefgh", "", "")),
        ("", ("", "", "")),
    ],
)
def test_w25_a_key_is_taken_out_of_an_address(address: str, expected: tuple[str, str, str]) -> None:
    assert split_key(address) == KeyedAddress(*expected)


def test_w25_a_name_and_password_are_taken_out_too() -> None:
    assert split_key("https://ann:p%40ss@a.org:81/x?b=1") == KeyedAddress("https://a.org:81/x?b=1", "ann", "p@ss", True)
    assert split_key("https://a.org/@1,2?b=c@d") == KeyedAddress("https://a.org/@1,2?b=c@d")


@given(st.text(max_size=60))
def test_any_address_without_a_key_stays_as_it_is(text: str) -> None:
    keyed = split_key(text)
    assert keyed.key or keyed.is_password or keyed.address == text
    assert split_key(keyed.address).address == keyed.address or keyed.is_password
