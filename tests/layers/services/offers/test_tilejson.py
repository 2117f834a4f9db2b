"""TileJSON of all versions, as servers write it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from layers.errors import NotReadable, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.services.offers.offer import OfferedLayer
from layers.services.offers.recognise import recognised
from layers.services.offers.tilejson import read_tilejson

ADDRESS = "https://h.example/maps/streets.json"


def layer_of(**members: Any) -> OfferedLayer:
    whole = {"tilejson": "2.2.0", "name": "Streets", "maxzoom": 18, "tiles": ["https://h.example/{z}/{x}/{y}.png"]}
    (layer,) = read_tilejson(json.dumps(whole | members).encode(), ADDRESS).layers
    return layer


def address_of(**members: Any) -> str:
    service = layer_of(**members).service
    assert service is not None
    return service.url(3, 2, 1)


def test_a_plain_document() -> None:
    layer = layer_of(minzoom=2, bounds=[-10, 40, 10, 60], attribution='<a href="https://o.example/">&copy; O</a>')
    assert (layer.title, layer.levels, layer.bounds_lonlat) == ("Streets", (2, 18), Bounds(-10, 40, 10, 60))
    assert (layer.attribution, layer.link) == ("© O", "https://o.example/")
    assert (layer.formats, layer.crs, layer.problems) == (("png",), ("EPSG:3857",), ())
    assert layer.service is not None
    assert (layer.service.kind, layer.service.min_level, layer.service.max_level) == ("tilejson", 2, 18)


def test_t16_rows_from_below() -> None:
    assert address_of() == "https://h.example/3/2/1.png"
    assert address_of(scheme="tms") == "https://h.example/3/2/6.png"
    assert address_of(tiles=["https://h.example/{z}/{x}/{-y}.png"]) == "https://h.example/3/2/6.png"


def test_t16_quadkeys_and_servers() -> None:
    assert address_of(tiles=["https://h.example/{quadkey}"]) == "https://h.example/012"
    tiles = [f"https://{name}.h.example/{{z}}/{{x}}/{{y}}.png" for name in ("t1", "t2", "t3")]
    layer = layer_of(tiles=tiles)
    assert layer.service is not None
    assert layer.service.hosts == ("t1.h.example", "t2.h.example", "t3.h.example")


def test_t16_tiles_of_512_px() -> None:
    for members in (
        {"tiles": ["https://h.example/{z}/{x}/{y}@2x.png"]},
        {"tiles": ["https://h.example/{z}/{x}/{y}?url=a.tif&tilesize=512"]},
        {"tileSize": 512},
    ):
        layer = layer_of(**members)
        assert layer.service is not None
        assert layer.service.matrices.matrices[3].columns == 8
        assert layer.service.matrices.matrices[3].tile_width == 512
    assert address_of(tiles=["https://h.example/{z}/{x}/{y}{r}.png"]) == "https://h.example/3/2/1.png"


def test_relative_addresses_and_strings_for_numbers() -> None:
    assert address_of(tiles=["tiles/{z}/{x}/{y}.png"]) == "https://h.example/maps/tiles/3/2/1.png"
    layer = layer_of(minzoom="1", maxzoom="30", bounds="-10,40,10,60")
    assert (layer.levels, layer.bounds_lonlat) == ((1, 24), Bounds(-10, 40, 10, 60))


def test_w25_a_key_stays_out_of_what_a_case_holds() -> None:
    text = b'{"tiles": ["https://h.example/{z}/{x}/{y}.png?style=a&key=secret"]}'
    service = read_tilejson(text, f"{ADDRESS}?key=secret").layers[0].service
    assert service is not None
    assert "secret" not in repr(service)
    assert service.url(3, 2, 1) == "https://h.example/3/2/1.png?style=a"


def test_without_a_last_level_and_with_both_exchanged() -> None:
    layer = layer_of(maxzoom=None)
    assert layer.levels == (0, 22)
    assert layer.problems
    assert layer_of(minzoom=9, maxzoom=3).levels == (3, 9)


@pytest.mark.parametrize(
    "members", [{"vector_layers": []}, {"format": "pbf"}, {"tiles": ["https://h.example/{z}/{x}/{y}.mvt"]}]
)
def test_features_are_not_drawn(members: dict[str, Any]) -> None:
    layer = layer_of(**members)
    assert layer.service is None
    assert "not of pictures" in layer.problems[-1]


def test_an_address_that_is_none_is_told() -> None:
    layer = layer_of(tiles=["https://h.example/{z}/{x}/{y}/{planet}.png"])
    assert layer.service is None
    assert "{planet}" in layer.problems[-1]


def test_another_document_is_none() -> None:
    with pytest.raises(NotReadable):
        read_tilejson(b'{"tiles": []}', ADDRESS)


def test_a_list_of_descriptions_has_a_layer_for_each() -> None:
    town = {"tilejson": "2.0.0", "name": "Town", "tiles": ["https://t.example/town/{z}/{x}/{y}.png"], "maxzoom": 9}
    hill = {"tilejson": "2.0.0", "name": "Hill", "tiles": ["https://t.example/hill/{z}/{x}/{y}.png"], "maxzoom": 9}
    offer = recognised(json.dumps([town, {"name": "odd"}, hill, 5]).encode(), "https://t.example/data.json")
    assert (offer.service, offer.title) == ("tilejson", "t.example")
    assert [layer.title for layer in offer.layers] == ["Town", "Hill"]
    with pytest.raises(UnsupportedFormat):
        recognised(b'[{"name": "odd"}, 5]', "https://t.example/data.json")
