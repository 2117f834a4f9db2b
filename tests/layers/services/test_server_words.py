from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.services.server_words import MOST_SHOWN, is_text, is_web_page, words_of_server

WMS = b"""<?xml version='1.0' encoding="UTF-8"?>
<ServiceExceptionReport version="1.3.0" xmlns="http://www.opengis.net/ogc">
  <ServiceException code="InvalidDimensionValue">
    The time 2030-01-01
    is not offered.
  </ServiceException></ServiceExceptionReport>"""
OWS = b"""<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1">
<ows:Exception exceptionCode="NoApplicableCode">
<ows:ExceptionText>Too\xc2\xa0many</ows:ExceptionText><ows:ExceptionText>tiles</ows:ExceptionText></ows:Exception>
</ows:ExceptionReport>"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (WMS, "The time 2030-01-01 is not offered."),
        (b"\xef\xbb\xbf\n" + WMS, "The time 2030-01-01 is not offered."),
        (OWS, "Too many; tiles"),
        (b'<a><ServiceException code="LayerNotDefined"/></a>', "LayerNotDefined"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><ServiceException>&b;</ServiceException>', ""),
        (b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", "Request has expired"),
        (b'{"code": "NotFound", "description": "no such collection"}', "no such collection"),
        (b'{"detail": [{"loc": ["query", "limit"], "msg": "at most 500"}]}', "at most 500"),
        (b'{"error": {"code": 498, "message": "Invalid token", "details": ["a", "a"]}}', "Invalid token; a"),
        (b'{"error": "invalid_client", "error_description": "no such client"}', "no such client; invalid_client"),
        (b'["no"]', "no"),
        (b"<html><head><title>Sign&nbsp;in &amp; go</title></head></html>", "Sign in & go"),
        (b"<!DOCTYPE html><body><script>x()</script><b>Down</b> for repair</body>", "Down for repair"),
        (b'{"message": "bad ?key=1 at https://a.org/?key=secret&x=1 here"}', "bad ?key=1 at ... here"),
        (b"plain text", ""),
        (b"", ""),
        (b"{", ""),
        (b"[" * 100_000, ""),
        (b"<" * 1000, ""),
    ],
)
def test_w20_t18_a_server_s_own_words_are_one_line(body: bytes, words: str) -> None:
    assert words_of_server(body) == words


def test_words_are_few_and_plain() -> None:
    words = words_of_server(b'{"message": "' + b"very " * 500 + b'\\u202e\\u0007long"}')
    assert len(words) == MOST_SHOWN
    assert words.endswith("...")
    assert words_of_server(b'{"message": "a\\u202eb\\u0007c"}') == "abc"


def test_what_is_text_is_no_picture() -> None:
    assert is_text(WMS)
    assert is_text(b' {"error": 1}')
    assert not is_text(b"\x89PNG")
    assert is_web_page(b"\n<!DOCTYPE HTML PUBLIC>")
    assert not is_web_page(WMS)


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda part: b"{" + part) | st.text().map(str.encode))
def test_any_body_is_read(body: bytes) -> None:
    assert "\n" not in words_of_server(body)
