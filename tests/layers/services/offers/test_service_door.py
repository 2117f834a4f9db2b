"""Addresses that maps of WMS are asked from: declared, mended, or the one that was typed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from layers.services.offers.service_door import bare_address, without_keys
from tests.support.wms_documents import document, layer_xml, offered, only, service_of


@pytest.mark.parametrize(
    ("href", "begins"),
    [
        ("http://maps.example.org/wms", "https://maps.example.org/wms?SERVICE"),
        ("http://maps.example.org:80/wms?", "https://maps.example.org/wms?SERVICE"),
        ("http://other.example.org/wms", "http://other.example.org/wms?SERVICE"),
    ],
)
def test_w5_http_on_the_same_host_becomes_https(href: str, begins: str) -> None:
    service = service_of(document(layer_xml(), href=href))
    assert service.url(0, 0, 0).startswith(begins)


@pytest.mark.parametrize(
    ("href", "words"),
    [
        ("http://wms-backend:8080/wms", "inside the provider's network"),
        ("http://10.1.2.3/wms", "inside the provider's network"),
        ("http://geo.intra.local/wms", "inside the provider's network"),
        ("http://maps.example.org:8080/wms", "inside the provider's network"),
        ("", ""),
        ("   ", ""),
        ("javascript:alert(1)", "is none"),
        ("ftp://maps.example.org/wms", "is none"),
    ],
)
def test_w6_an_address_that_leads_nowhere_gives_way_to_the_one_that_was_typed(href: str, words: str) -> None:
    offer = offered(document(layer_xml(), href=href))
    service = offer.layers[0].service
    assert service is not None
    assert service.url(0, 0, 0).startswith("https://maps.example.org/wms?SERVICE=WMS&VERSION")
    assert [words in problem for problem in offer.problems] == [True] * bool(words)


@pytest.mark.parametrize(
    ("href", "begins"),
    [
        ("maps.example.org/wms?", "https://maps.example.org/wms?"),
        ("//maps.example.org/wms?", "https://maps.example.org/wms?"),
        ("/cgi-bin/mapserv?map=/a.map&amp;", "https://maps.example.org/cgi-bin/mapserv?map=/a.map&"),
        ("?map=b", "https://maps.example.org/wms?map=b&"),
        ("mapserv.cgi", "https://maps.example.org/mapserv.cgi?"),
    ],
)
def test_w6_an_address_without_scheme_or_host_is_mended(href: str, begins: str) -> None:
    assert service_of(document(layer_xml(), href=href)).url(0, 0, 0).startswith(begins)


def test_w6_the_address_that_was_typed_is_a_choice_where_another_one_is_declared() -> None:
    layer = only(document(layer_xml(), href="https://maps.example.org/other/path"))
    assert layer.service is not None
    assert layer.service.url(0, 0, 0).startswith("https://maps.example.org/other/path?SERVICE")
    ((_, typed),) = layer.choices
    assert typed.url(0, 0, 0).startswith("https://maps.example.org/wms?SERVICE")
    internal = only(document(layer_xml(), href="http://10.1.2.3/wms"))
    assert [service.hosts for _, service in internal.choices] == [("10.1.2.3",)]


def test_w6_a_file_without_an_address_is_listed_and_not_asked() -> None:
    offer = offered(document(layer_xml(), href=""), "/home/someone/capabilities.xml")
    assert (offer.layers[0].service, len(offer.layers[0].problems)) == (None, 1)
    assert "open it by its own address" in offer.problems[0]
    relative = offered(document(layer_xml(), href="/wms?"), "/home/someone/capabilities.xml")
    assert relative.layers[0].service is None
    whole = offered(document(layer_xml()), "/home/someone/capabilities.xml").layers[0].service
    assert whole is not None
    assert (whole.hosts, whole.capabilities) == (("maps.example.org",), "")


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://maps.example.org/wms?map=/srv/a.map", {"map": ["/srv/a.map"]}),
        ("https://maps.example.org/wms?", {}),
        ("https://maps.example.org/wms?REQUEST=GetCapabilities&amp;service=wms&amp;Version=1.1.1&amp;", {}),
        ("https://maps.example.org/wms?a=1&amp;&amp;b=%C3%BC&amp;crs=EPSG:1&amp;time=now", {"a": ["1"], "b": ["ü"]}),
        ("https://maps.example.org/wms?a={x}", {"a": ["{x}"]}),
    ],
)
def test_w7_parameters_are_merged_and_none_stands_twice(href: str, kept: dict[str, list[str]]) -> None:
    query = parse_qs(urlsplit(service_of(document(layer_xml(), href=href)).url(0, 0, 0)).query)
    assert all(len(values) == 1 for values in query.values())
    names = [name.lower() for name in query]
    assert len(names) == len(set(names))
    assert {name: values for name, values in query.items() if name.islower()} == kept


def test_w7_a_parameter_of_the_typed_address_that_the_document_lost_is_kept() -> None:
    typed = "https://maps.example.org/wms?map=/srv/a.map&REQUEST=GetCapabilities"
    assert "map=/srv/a.map" in service_of(document(layer_xml()), typed).url(0, 0, 0)


def test_w25_a_key_in_the_address_goes_into_no_template() -> None:
    typed = "https://maps.example.org/wms?token=hush&map=a&api_key=hush&REQUEST=GetCapabilities"
    for href in ("https://maps.example.org/wms?Token=hush", "", "http://10.0.0.1/"):
        offer = offered(document(layer_xml(), href=href), typed)
        assert "hush" not in repr(offer)


@pytest.mark.parametrize(
    "name", ["api_key", "maxar_api_key", "CONNECTID", "accessToken", "appid", "tk", "sig", "password"]
)
def test_w25_addresses_that_a_server_offers_hold_no_key(name: str) -> None:
    address = f"https://a.org/x?{name}=abcdefghij&map=b"
    assert without_keys(address) == bare_address(address) == "https://a.org/x?map=b"
    plain = "https://a.org/x?layer_key=landcover_2024"
    assert without_keys(plain) == bare_address(plain) == plain
