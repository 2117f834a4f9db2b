"""Rules of signed hosts: what is shipped, what a user may write, and what an endpoint's answer says."""

from __future__ import annotations

import json

import pytest

from layers.errors import BadTemplate
from layers.services.stac.signing import SigningNeed, need_of, rules_of, shipped_rules

PLANETARY = "https://planetarycomputer.microsoft.com/api/sas/v1/token"
NEED = SigningNeed("https://a.example/token", "token", "msft:expiry")


@pytest.mark.parametrize(
    ("address", "collection", "endpoint"),
    [
        ("https://landsateuwest.blob.core.windows.net/landsat-c2/a/b.TIF", "landsat-c2-l2", "landsat-c2-l2"),
        ("https://landsateuwest.blob.core.windows.net/landsat-c2/a/b.TIF", "", "landsateuwest/landsat-c2"),
        ("https://sentinel2l2a01.blob.core.windows.net/s2/a%20b.tif?x=1", "", "sentinel2l2a01/s2"),
        ("https://a.blob.core.windows.net/c/b.tif", "../x?y", "..%2Fx%3Fy"),
        ("https://ai4edatasetspublicassets.blob.core.windows.net/assets/t.png", "naip", None),
        ("https://a.blob.core.windows.net/c/b.tif?sv=1&sig=abc", "naip", None),
        ("http://a.blob.core.windows.net/c/b.tif", "naip", None),
        ("https://a.blob.core.windows.net.evil.example/c/b.tif", "naip", None),
        ("https://evil.example/a.blob.core.windows.net/c/b.tif", "naip", None),
        ("https://user@evil.example#.blob.core.windows.net/c/b.tif", "naip", None),
        ("https://x.y.blob.core.windows.net/c/b.tif", "naip", None),
        ("https://sentinel-cogs.s3.us-west-2.amazonaws.com/a.tif", "naip", None),
    ],
)
def test_s16_planetary_computer_is_shipped(address: str, collection: str, endpoint: str | None) -> None:
    need = need_of(shipped_rules(), address, collection)
    if endpoint is None:
        assert need is None
    else:
        assert need == SigningNeed(f"{PLANETARY}/{endpoint}", "token", "msft:expiry")
        assert need.host == "planetarycomputer.microsoft.com"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[signing]", "no TOML"),
        ('[[signing]]\nassets = "https://a.example/"', "bad"),
        ("[[signing]]\nassets = 3\nendpoints = []", "“assets”"),
        ("signing = 3", "bad “signing”"),
        ('[[signing]]\nassets = "a.example/"\nendpoints = []', "no beginning"),
        ('[[signing]]\nassets = "https://a.example"\nendpoints = []', "no beginning"),
        ('[[signing]]\nassets = "https://{host}/"\nendpoints = []', "may hold {account} and {container}"),
        ('[[signing]]\nassets = "https://a.example/"\nendpoints = ["https://{account}.example/"]', "cannot be asked"),
        (
            '[[signing]]\nassets = "https://a.example/"\nendpoints = ["https://b.example/{container}"]',
            "cannot be asked",
        ),
        ('[[signing]]\nassets = "https://a.example/"\nendpoints = ["file:///etc/passwd"]', "cannot be asked"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadTemplate, match=words):
        rules_of(text)


@pytest.mark.parametrize(
    ("expiry", "valid_s"),
    [
        ("2026-12-01T00:10:00Z", 600.0),
        ("2026-12-01T01:10:00+01:00", 600.0),
        ("2026-12-01T00:10:00", 600.0),
        ("2026-12-01T00:10:00.1234567Z", 600.123456),
        (45, 45.0),
        ("45", 45.0),
        (None, 300.0),
        ("soon", 300.0),
        ("2026-11-30T23:59:00Z", -60.0),
    ],
)
def test_s16_a_token_holds_as_long_as_its_endpoint_says(expiry: object, valid_s: float) -> None:
    body = json.dumps({"token": "?sv=1&sig=a%2Bb", "msft:expiry": expiry}).encode()
    token = NEED.token_in(body, 1_796_083_200.0)
    assert token is not None
    assert token.word == "sv=1&sig=a%2Bb"
    assert token.valid_s == pytest.approx(valid_s, abs=1e-3)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"[" * 100_000, b"{}", b'{"token": 3}', b'{"token": "?"}', b'{"token": "a b"}'),
        *(b'{"token": "a\\n"}', b'{"token": "a#b"}', '{"token": "ä"}'.encode()),
        json.dumps({"token": "a" * 5000}).encode(),
    ],
)
def test_s16_what_is_no_token_is_none(body: bytes) -> None:
    assert NEED.token_in(body, 0.0) is None
    assert NEED.token_in(json.dumps({"token": "sig=" + "a" * 900}).encode(), 0.0) is not None
