from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl

from viewer.network.consent import Consent, host_of, host_of_url, is_private


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "127.0.0.1:8080", "10.1.2.3", "192.168.0.9", "172.16.5.5", "169.254.169.254", "[::1]:80",
        "[fe80::1]", "printer", "nas.local", "metadata.google.internal", "127.1", "2130706433", "0x7f.1", "localhost.",
    ],
)  # fmt: skip
def test_private_addresses_need_their_own_line(host: str) -> None:
    assert is_private(host)
    consent = Consent(frozenset({host}))
    assert not consent.permits(host)
    with pytest.raises(ValueError, match="private"):
        consent.allow(host)
    consent.allow_private(host)
    assert consent.permits(host)
    consent.withdraw(host)
    assert not consent.permits(host)


def test_a_host_is_allowed_by_name_and_port() -> None:
    consent = Consent()
    consent.allow("Tiles.Example.org")
    assert consent.permits("tiles.example.org")
    assert not consent.permits("tiles.example.org:8080")
    assert not consent.permits("evil.tiles.example.org")
    assert host_of("https://user@Tiles.example.org:81/x") == "tiles.example.org:81"


def test_a_name_in_other_letters_is_the_host_that_is_looked_up() -> None:
    consent = Consent()
    consent.allow("xn--e1afmkfd.xn--p1ai")
    assert consent.permits("пример.рф")
    assert consent.hosts == {"xn--e1afmkfd.xn--p1ai"}
    assert host_of_url(QUrl("https://xn--e1afmkfd.xn--p1ai:8080/1/2/3.png")) == "xn--e1afmkfd.xn--p1ai:8080"
    assert not consent.permits("xn--e1afmkfd.xn--p1ai:8080")
    consent.withdraw("пример.рф")
    assert not consent.hosts
