"""Addresses as people type and paste them: the kind of each, and the address that is fetched for it."""

from __future__ import annotations

import pytest

from layers.services.offers.typed_address import address_kind, address_to_ask

CAPABILITIES = "SERVICE=WMS&REQUEST=GetCapabilities"
REST = "https://h.example/arcgis/rest/services"


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        ("https://h.example/{z}/{x}/{y}.png", "xyz", "https://h.example/{z}/{x}/{y}.png"),
        (" h.example/%7BZ%7D/{X}/{-y}.png ", "xyz", "https://h.example/{z}/{x}/{-y}.png"),
        ("https://h.example/${z}/${x}/${y}.png", "xyz", "https://h.example/{z}/{x}/{y}.png"),
        ("https://h.example/{TileMatrix}/{TileRow}/{TileCol}", "xyz", "https://h.example/{z}/{y}/{x}"),
        ("https://h.example/{Time}/{Z}/{Y}/{X}", "xyz", "https://h.example/{time}/{z}/{y}/{x}"),
        ("https://h.example/a{quadkey}.jpeg?g=1", "xyz", "https://h.example/a{q}.jpeg?g=1"),
        ("https://h.example/wms", "wms", f"https://h.example/wms?{CAPABILITIES}"),
        ("https://h.example/wms?", "wms", f"https://h.example/wms?{CAPABILITIES}"),
        (
            "https://h.example/cgi-bin/mapserv?map=/a/b.map",
            "wms",
            f"https://h.example/cgi-bin/mapserv?map=/a/b.map&{CAPABILITIES}",
        ),
        (
            "https://h.example/x?request=getcapabilities&service=WMS&map=a",
            "wms",
            f"https://h.example/x?map=a&{CAPABILITIES}",
        ),
        (
            "https://h.example/x?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=a&BBOX=1,2,3,4",
            "wms",
            f"https://h.example/x?VERSION=1.1.1&{CAPABILITIES}",
        ),
        ("https://h.example/x?service=WFS", "wfs", "https://h.example/x?SERVICE=WFS&REQUEST=GetCapabilities"),
        ("https://h.example/wfs", "wfs", "https://h.example/wfs?SERVICE=WFS&REQUEST=GetCapabilities"),
        (
            "https://h.example/gwc/service/wmts",
            "wmts",
            "https://h.example/gwc/service/wmts?SERVICE=WMTS&REQUEST=GetCapabilities",
        ),
        (
            "https://h.example/wmts/1.0.0/WMTSCapabilities.xml",
            "wmts",
            "https://h.example/wmts/1.0.0/WMTSCapabilities.xml",
        ),
        (f"{REST}/X/MapServer", "arcgis", f"{REST}/X/MapServer?f=json"),
        (f"{REST}/X/ImageServer/?f=html", "arcgis", f"{REST}/X/ImageServer?f=json"),
        (f"{REST}/X/MapServer/tile/3/2/1?token=t", "arcgis", f"{REST}/X/MapServer?token=t&f=json"),
        (f"{REST}", "arcgis", f"{REST}?f=json"),
        (f"{REST}/X/MapServer/WMTS", "wmts", f"{REST}/X/MapServer/WMTS/1.0.0/WMTSCapabilities.xml"),
        (
            "https://h.example/arcgis/services/X/MapServer/WMSServer",
            "wms",
            f"https://h.example/arcgis/services/X/MapServer/WMSServer?{CAPABILITIES}",
        ),
        ("https://h.example/tiles/tilejson.json", "tilejson", "https://h.example/tiles/tilejson.json"),
        ("https://h.example/a/tilemapresource.xml", "tms", "https://h.example/a/tilemapresource.xml"),
        ("https://h.example/planet.pmtiles", "pmtiles", "https://h.example/planet.pmtiles"),
        ("https://h.example/B04.TIF?sig=a%2Fb", "cog", "https://h.example/B04.TIF?sig=a%2Fb"),
        ("https://h.example/stac/v1", "stac-api", "https://h.example/stac/v1"),
        ("https://h.example/stac/collections/s2/items/a", "stac-item", "https://h.example/stac/collections/s2/items/a"),
        ("https://h.example/catalog.json", "stac-catalog", "https://h.example/catalog.json"),
        ("https://h.example/v1/search?limit=3", "stac-items", "https://h.example/v1/search?limit=3"),
        ("https://h.example/collections", "ogcapi", "https://h.example/collections"),
        ("https://h.example/about#top", "", "https://h.example/about"),
    ],
)
def test_kinds_of_addresses(text: str, kind: str, address: str) -> None:
    typed = address_kind(text)
    assert typed is not None
    assert (typed.kind, typed.address) == (kind, address)


def test_w7_no_parameter_comes_twice() -> None:
    typed = address_kind("https://h.example/ows?map=m&Request=GetCapabilities&sErViCe=wms&&")
    assert typed is not None
    assert typed.address == f"https://h.example/ows?map=m&{CAPABILITIES}"


@pytest.mark.parametrize(
    "text", ["", "a word", "/home/me/a.tif", "file:///etc/passwd", "ftp://h.example/a", "http://", "a.tif"]
)
def test_other_texts_are_no_addresses(text: str) -> None:
    assert address_kind(text) is None


SKY = "https://e.org/arcgis/rest/services/Sky/MapServer"


@pytest.mark.parametrize(
    ("address", "kind", "asked"),
    [
        ("https://e.org/maps?map=a", "wms", "https://e.org/maps?map=a&SERVICE=WMS&REQUEST=GetCapabilities"),
        ("https://e.org/wms?map=a", "", "https://e.org/wms?map=a&SERVICE=WMS&REQUEST=GetCapabilities"),
        ("https://e.org/wmts", "wms", "https://e.org/wmts?SERVICE=WMTS&REQUEST=GetCapabilities"),
        ("https://e.org/t/WMTSCapabilities.xml", "wms", "https://e.org/t/WMTSCapabilities.xml"),
        ("https://e.org/roads", "wfs", "https://e.org/roads?SERVICE=WFS&REQUEST=GetCapabilities"),
        (SKY, "arcgis", f"{SKY}?f=json"),
        ("https://e.org/a", "", "https://e.org/a"),
    ],
)
def test_addresses_of_lists_are_completed(address: str, kind: str, asked: str) -> None:
    assert address_to_ask(address, kind) == asked
    assert address_to_ask(asked, kind) == asked
