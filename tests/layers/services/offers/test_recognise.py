"""Documents told by their content, whatever packs or precedes it, and sentences about those that are no service."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from layers.errors import GeoloupeError, NotReadable, UnsupportedFormat
from layers.services.offers.facts import offer_facts
from layers.services.offers.recognise import recognised, service_document
from tests.support.wmts_documents import ADDRESS, capabilities, dimension, layer, mercator

WMTS = capabilities(mercator(), layer(more=dimension("time", "2021-01-01/2021-01-03/P1D", "2021-02-01")))
TILEJSON = json.dumps({"tilejson": "3.0.0", "tiles": ["https://h.example/{z}/{x}/{y}.png"], "maxzoom": 9}).encode()
ARCGIS = json.dumps({"currentVersion": 11, "mapName": "M", "layers": []}).encode()
TMS = b'<?xml version="1.0"?><!-- <html> --><TileMapService><TileMaps/></TileMapService>'
REPORT = b"""<ServiceExceptionReport><ServiceException code="X">
  No such map </ServiceException></ServiceExceptionReport>"""
GEOJSON = b'{"type": "FeatureCollection", "features": []}'


@pytest.mark.parametrize(
    ("document", "service"), [(WMTS, "wmts"), (TILEJSON, "tilejson"), (ARCGIS, "arcgis"), (TMS, "tms")]
)
def test_documents_of_each_kind(document: bytes, service: str) -> None:
    assert recognised(document, ADDRESS).service == service


@pytest.mark.parametrize(("document", "service"), [(WMTS, "wmts"), (TILEJSON, "tilejson"), (TMS, "tms")])
def test_blanks_before_a_document(document: bytes, service: str) -> None:
    assert recognised(b"\n  " + document, ADDRESS).service == service
    assert recognised(b"\xef\xbb\xbf\n" + document, ADDRESS).service == service


@pytest.mark.parametrize("document", [WMTS, TILEJSON])
def test_t19_gzip_without_a_header(document: bytes) -> None:
    assert recognised(gzip.compress(document), ADDRESS).layers


@pytest.mark.parametrize("document", [WMTS, TILEJSON])
def test_t19_gzip_that_breaks_off_is_refused(document: bytes) -> None:
    with pytest.raises(NotReadable, match="breaks off"):
        recognised(gzip.compress(document)[:-4], ADDRESS)


@pytest.mark.bounded
def test_t19_a_bomb_is_refused() -> None:
    with pytest.raises(NotReadable, match="larger than 32 MB"):
        recognised(gzip.compress(b"<a>" + b" " * 40 * 2**20), ADDRESS)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_w9_marks_and_wide_letters(encoding: str) -> None:
    assert recognised(TILEJSON.decode().encode(encoding), ADDRESS).service == "tilejson"
    if encoding in ("utf-8-sig", "utf-16"):  # XML in another width must have a mark
        text = WMTS.decode().replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
        assert recognised(text.encode(encoding), ADDRESS).service == "wmts"


def test_w9_a_mark_of_wide_letters_before_others() -> None:
    assert recognised(b"\xff\xfe" + WMTS, ADDRESS).service == "wmts"


def test_w8_a_document_type_with_declarations() -> None:
    declared = '<!ENTITY a "b"><!ELEMENT c EMPTY><!ENTITY % p "SGI | GIF | JPEG | PNG | SVG | TIFF | WBMP | GeoTIFF">'
    head = f'<!DOCTYPE Capabilities SYSTEM "http://nobody.example/a.dtd" [{declared}]>'
    offer = recognised(capabilities(mercator(), layer(), head=head), ADDRESS)
    assert [offered.name for offered in offer.layers] == ["scenes"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "empty"),
        (b"  <!DOCTYPE html><html><body>Please sign in</body></html>", "web page"),
        (b"<HTML><head/></HTML>", "web page"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "web page"),
        (b"<kml><Document/></kml>", "XML about “kml”"),
        (b"<unclosed", "no whole XML"),
        (b'{"name": "x"}', "JSON that describes no service"),
        (b'{"tiles": [], "error": null}', "JSON that describes no service"),
        (b"[1, 2]", "JSON that describes no service"),
        (GEOJSON, "GeoJSON"),
        (b"\x89PNG\r\n\x1a\n", "file of pictures"),
        (b"name;lat;lon", "describes no service"),
        (b'<Capabilities xmlns="http://www.opengis.net/wcs/2.0"/>', "not opened: WCS"),
        (REPORT, "The server refuses: No such map"),
        (b"<Error><Code>AccessDenied</Code><Message>No</Message></Error>", "AccessDenied No"),
        (b'{"code": "NotFoundError", "description": "No collection x"}', "The server refuses: No collection x"),
        (b'{"error": {"code": 499, "message": "Token Required", "details": []}}', "Token Required"),
    ],
)
def test_what_is_no_service_is_told_in_a_sentence(document: bytes, words: str) -> None:
    with pytest.raises(GeoloupeError) as caught:
        recognised(document, ADDRESS)
    assert words in caught.value.sentence
    assert "damaged" not in caught.value.sentence
    assert isinstance(caught.value, UnsupportedFormat | NotReadable)


@pytest.mark.parametrize(
    "members",
    [
        '"links": [{"rel": "root", "href": "https://stac.example/v1"}]',
        '"context": {"matched": 0}, "links": []',
        '"stac_version": "1.0.0"',
        '"numberMatched": 0',
    ],
)
def test_a_search_that_found_nothing_is_an_answer(members: str) -> None:
    offer = recognised(f'{{"type": "FeatureCollection", "features": [], {members}}}'.encode(), ADDRESS)
    assert (offer.service, offer.items) == ("stac-items", ())


def test_an_empty_page_of_features_is_no_search() -> None:
    page = b'{"type": "FeatureCollection", "features": [], "numberMatched": 0, "links": [{"rel": "collection"}]}'
    with pytest.raises(UnsupportedFormat, match="GeoJSON"):
        recognised(page, ADDRESS)


def test_files_of_services_and_others(tmp_path: Path) -> None:
    file = tmp_path / "a"
    for document in (WMTS, TILEJSON, ARCGIS, TMS, gzip.compress(WMTS), b"\xff\xfe" + WMTS, b"\n" + TILEJSON):
        file.write_bytes(document)
        assert service_document(file) == document
    for document in (GEOJSON, b"", b"<kml/>", b"<html/>", b"PK\x03\x04", b'{"a": 1}', gzip.compress(b"a")):
        file.write_bytes(document)
        assert service_document(file) == b""
    assert service_document(tmp_path / "none") == b""


def test_the_facts_of_an_offer() -> None:
    facts = offer_facts(recognised(WMTS, ADDRESS))
    assert list(facts) == ["kind", "service", "title", "problems", "layers"]
    assert (facts["kind"], facts["service"], facts["title"]) == ("service", "wmts", "Tiles of a town")
    (shown,) = facts["layers"]
    assert list(shown) == ["name", "title", "crs", "bounds_lonlat", "formats", "styles", "times", "levels", "address"]
    assert shown["times"] == {"count": 4, "first": "2021-01-01", "last": "2021-02-01", "default": None}
    assert (shown["styles"], shown["levels"], shown["crs"]) == (["default"], [0, 3], ["EPSG:3857"])
    assert len(facts["problems"]) == 2
    assert json.loads(json.dumps(facts)) == facts
