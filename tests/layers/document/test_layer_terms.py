"""Terms of layers that hosts serve: what the analyst states comes before what the service states."""

from __future__ import annotations

import json
from typing import Any

import pytest

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.layer_terms import Terms, is_served, may_leave, service_address, terms_of, terms_of_service
from layers.errors import InvalidValue
from viewer.commands.layers import add_layer, update_layer

TILES = {"template": "https://tiles.example.org/{z}/{x}/{y}.png", "title": "Sky"}
STATED = {"licence": "CC BY 4.0", "link": "https://a.example/terms", "attribution": "Sky company", "operator": "Sky"}


def layer_of(kind: str = "tiles", **source: Any) -> Layer:
    return Layer(uuid="l", kind=kind, name="Sky", source_json=json.dumps(source))


def test_the_terms_of_a_service_stand_until_the_analyst_states_others() -> None:
    document = Document()
    document.apply(add_layer(document, "tiles", "Sky", TILES | STATED, actor="me", uuid="l"))
    served = Terms("CC BY 4.0", "https://a.example/terms", "Sky company", "Sky")
    assert terms_of(document.layers["l"]) == served
    own = {"own_licence": "By letter", "own_link": "https://b.example", "own_export": "no", "provider": "Sky Ltd"}
    for name, words in own.items():
        document.apply(update_layer(document, "l", actor="me", **{name: words}))
    layer = document.layers["l"]
    assert terms_of(layer) == Terms("By letter", "https://b.example", "Sky company", "Sky Ltd", "no")
    assert terms_of_service(layer.source) == served
    assert not may_leave(layer)
    for name in own:
        document.apply(update_layer(document, "l", actor="me", **{name: ""}))
    assert document.layers["l"].source == TILES | STATED


@pytest.mark.parametrize(
    ("source", "stated"),
    [
        ({}, False),
        ({"licence": "none"}, False),
        ({"licence": "ODbL 1.0"}, True),
        ({"own_licence": "By letter"}, True),
        ({"own_export": "yes"}, True),
        ({"own_export": "maybe"}, False),
        ({"may_export": False}, True),
        ({"own_licence": 7, "licence": None}, False),
    ],
)
def test_terms_are_stated_by_words_or_by_what_is_allowed(source: dict[str, Any], stated: bool) -> None:
    assert terms_of(layer_of(**TILES, **source)).are_stated == stated


@pytest.mark.parametrize(
    ("source", "leaves"),
    [({}, True), ({"may_export": False}, False), ({"may_export": False, "own_export": "yes"}, True)],
)
def test_what_the_analyst_states_decides_what_files_may_show(source: dict[str, Any], leaves: bool) -> None:
    assert may_leave(layer_of(**TILES, **source)) == leaves


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"own_link": "no address"}, "no address of the terms"),
        ({"own_export": "perhaps"}, "choose one of yes, no"),
        ({"own_licence": "x" * 601}, "600 letters at most"),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(fields: dict[str, str], words: str) -> None:
    document = Document()
    document.apply(add_layer(document, "tiles", "Sky", TILES, actor="me", uuid="l"))
    with pytest.raises(InvalidValue, match=words):
        update_layer(document, "l", actor="me", **fields)


def test_a_key_in_the_address_of_terms_is_not_kept() -> None:
    document = Document()
    document.apply(add_layer(document, "tiles", "Sky", TILES, actor="me", uuid="l"))
    link = "https://a.example/terms?token=0123456789abcdef&page=2"
    document.apply(update_layer(document, "l", actor="me", own_link=link))
    assert document.layers["l"].own_link == "https://a.example/terms?page=2"


@pytest.mark.parametrize(
    ("kind", "source", "served"),
    [
        ("tiles", TILES, True),
        ("raster", {"address": "https://a.example/a.tif"}, True),
        ("raster", {"path": "a.tif"}, False),
        ("vector", {"path": "a.geojson"}, False),
    ],
)
def test_which_layers_a_host_serves(kind: str, source: dict[str, Any], served: bool) -> None:
    assert is_served(layer_of(kind, **source)) == served


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (TILES, TILES["template"]),
        (TILES | {"capabilities": "https://a.example/wmts?SERVICE=WMTS"}, "https://a.example/wmts?SERVICE=WMTS"),
        ({"template": "https://a.example/{z}/{x}/{y}?apikey=0123456789abcdef"}, "https://a.example/{z}/{x}/{y}"),
        ({"address": "https://me:secret@a.example/a.tif"}, "https://a.example/a.tif"),
        ({"path": "/srv/a.tif"}, ""),
        ({"template": 7}, ""),
    ],
)
def test_the_address_of_a_service_holds_no_key(source: dict[str, Any], address: str) -> None:
    assert service_address(source) == address
