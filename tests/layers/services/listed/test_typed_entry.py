"""Entries of imagery of typed addresses."""

from __future__ import annotations

import pytest

from layers.errors import BadTemplate
from layers.services.listed.typed_entry import NamedLayer, entry_of_text, is_address, named_layer

TEMPLATE = "https://t.example.org/{z}/{x}/{y}.png"


def test_a_template_is_tiles_and_another_address_a_server() -> None:
    tiles, server = entry_of_text(f"  {TEMPLATE} "), entry_of_text("HTTPS://Maps.Example.org:8080/wms?map=a")
    assert (tiles.title, tiles.role, tiles.hosts) == ("t.example.org", "basemap", ("t.example.org",))
    assert entry_of_text("https://t.example.org/{time}/{z}/{x}/{y}.png").role == "dated"
    assert (server.role, server.service, server.hosts) == ("server", None, ("maps.example.org:8080",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "file:///etc/passwd",
        "https://",
        "https://me:secret@e.org/wms",
        "https://e.org\\@f.org/",
        "https://e.org:99999/",
        "https://e.org/a b",
        "https://gооgle.com/wms",  # Cyrillic letters
        "https://e.org/" + "a" * 4000,
        "https://e.org/{z}/{x}.png",
    ],
)
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadTemplate) as refusal:
        entry_of_text(text)
    assert str(refusal.value).endswith(".")


def test_addresses_are_told_from_words() -> None:
    assert all(map(is_address, (TEMPLATE, "maps.example.org/wms", "https://e.org", "file:///a", "{z}/{x}/{y}")))
    assert not any(map(is_address, ("", "night lights", "Sentinel-2", "10 m", "1.5")))


@pytest.mark.parametrize(
    ("text", "role", "kind"),
    [
        ("maps.example.org/wms", "server", "wms"),
        ("https://e.org/stac/v1", "archive", "stac-api"),
        ("https://e.org/a.tif", "server", "cog"),
        ("https://e.org/rest/services/A/MapServer", "server", "arcgis"),
        ("https://e.org/page", "server", ""),
    ],
)
def test_an_address_says_what_it_seems_to_be(text: str, role: str, kind: str) -> None:
    entry = entry_of_text(text)
    assert (entry.role, entry.kind) == (role, kind)


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        (
            "https://e.org/wms?SERVICE=WMS&REQUEST=GetMap&LAYERS=a%3Ab,c&TIME=2024-04-12",
            NamedLayer("a:b", "2024-04-12"),
        ),
        ("https://e.org/wmts?service=WMTS&request=GetTile&Layer=town+maps&TileRow=3", NamedLayer("town maps")),
        ("https://e.org/wfs?request=GetFeature&typeNames=parks", NamedLayer("parks")),
        ("https://e.org/wms?LAYERS=&LAYER=b", NamedLayer("b")),
        ("https://e.org/wms?SERVICE=WMS&REQUEST=GetCapabilities", NamedLayer()),
        ("words, layers=3", NamedLayer()),
        ("https://[e.org/wms?layers=a", NamedLayer()),
    ],
)
def test_a_request_names_its_layer_and_time(text: str, layer: NamedLayer) -> None:
    assert named_layer(text) == layer
