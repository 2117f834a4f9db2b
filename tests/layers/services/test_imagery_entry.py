"""Addresses of entries of imagery are checked, and stay as they are."""

from __future__ import annotations

from layers.services.imagery_entry import checked_address


def test_an_address_stays_byte_for_byte() -> None:
    assert checked_address(" https://E.org/a%2Fb?x=1&x=2 ") == "https://E.org/a%2Fb?x=1&x=2"
