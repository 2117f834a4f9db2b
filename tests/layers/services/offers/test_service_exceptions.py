"""Words of errors that services send in place of what was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.services.offers.service_exceptions import words_of_exception

OLD = '<?xml version="1.0"?><!DOCTYPE ServiceExceptionReport SYSTEM "http://x.example/exception.dtd">'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            f'{OLD}<ServiceExceptionReport version="1.1.1"><ServiceException code="LayerNotDefined">\n '
            "msWMSLoadGetMapParams(): no such layer. \n</ServiceException></ServiceExceptionReport>",
            "msWMSLoadGetMapParams(): no such layer.",
        ),
        (
            '<ServiceExceptionReport version="1.3.0" xmlns="http://www.opengis.net/ogc"><ServiceException>First</ServiceException>'
            "<ServiceException><![CDATA[Second <b>]]></ServiceException></ServiceExceptionReport>",
            "First; Second <b>",
        ),
        ('<ServiceExceptionReport><ServiceException code="InvalidCRS"/></ServiceExceptionReport>', "InvalidCRS"),
        ('<WMTException version="1.0.0">\nOld words\n</WMTException>', "Old words"),
        (
            '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="1.0.0"><ows:Exception '
            'exceptionCode="TileOutOfRange" locator="TILEROW"><ows:ExceptionText>Row too high</ows:ExceptionText>'
            "<ows:ExceptionText>Highest is 7</ows:ExceptionText></ows:Exception></ows:ExceptionReport>",
            "Row too high Highest is 7",
        ),
        (
            '<ExceptionReport><Exception exceptionCode="InvalidParameterValue" locator="typeName"/></ExceptionReport>',
            "InvalidParameterValue (typeName)",
        ),
        ("\ufeff <ServiceExceptionReport><ServiceException>breaks off", "breaks off"),
        ('{"exceptions": [{"code": "NoApplicableCode", "text": "Broken"}]}', "Broken"),
        ('{"code": "NotFound", "description": "No such collection"}', "No such collection"),
        ('{"type": "about:blank", "title": "Bad", "status": 400, "detail": "limit is too high"}', "limit is too high"),
        ('{"error": {"code": 499, "message": "Token Required", "details": []}}', "Token Required"),
        ('{"type": "FeatureCollection", "features": []}', ""),
        ("{broken", ""),
        ("<html><body>ServiceException</body></html>", ""),
        ("\x89PNG\r\n", ""),
        ("", ""),
        ("<ServiceExceptionReport/>", ""),
    ],
)
def test_w20_the_words_of_an_error_that_comes_as_a_success(body: str, words: str) -> None:
    assert words_of_exception(body.encode()) == words


def test_w20_words_without_end_are_cut_and_other_encodings_are_read() -> None:
    long = f"<ServiceExceptionReport><ServiceException>{'x' * 10_000}</ServiceException></ServiceExceptionReport>"
    assert len(words_of_exception(long.encode())) == 400
    report = "<ServiceExceptionReport><ServiceException>Größe</ServiceException></ServiceExceptionReport>"
    latin = f'<?xml version="1.0" encoding="ISO-8859-1"?>{report}'
    assert (
        words_of_exception(latin.encode("iso-8859-1"))
        == words_of_exception(latin.replace("ISO-8859-1", "UTF-16").encode("utf-16"))
        == "Größe"
    )


@given(st.binary(max_size=200))
def test_w20_no_answer_breaks_the_reading(body: bytes) -> None:
    for start in (b"", b"{", b"<ServiceExceptionReport><ServiceException>"):
        assert isinstance(words_of_exception(start + body), str)
