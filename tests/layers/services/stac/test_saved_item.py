"""Saved items: recognised by what they hold, and read against the place of the file or their own address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from layers.services.offers.recognise import further_address, with_landing
from layers.services.offers.stac_offer import read_stac_offer
from layers.services.stac.saved_item import base_of_saved, item_in_file
from tests.layers.services.stac.made import as_bytes, item

SELF = "https://stac.example.org/items/scene.json"
COLLECTION = "https://stac.example.org/collections/s2"


@pytest.mark.parametrize("is_there", [True, False])
def test_relative_addresses_count_from_the_file_if_the_picture_is_there(tmp_path: Path, *, is_there: bool) -> None:
    assets = {"visual": {"href": "./scene.tif", "type": "image/tiff", "roles": ["visual"]}}
    path = tmp_path / "scene.json"
    path.write_bytes(as_bytes(item(assets=assets, links=[{"rel": "self", "href": SELF}])))
    if is_there:
        (tmp_path / "scene.tif").touch()
    saved = item_in_file(path)
    assert saved is not None
    picture = saved.picture.asset
    assert picture is not None
    there = (tmp_path / "scene.tif").as_posix(), ""
    assert (picture.path, picture.web) == (there if is_there else ("", "https://stac.example.org/items/scene.tif"))
    assert base_of_saved(path.read_bytes(), path) == (path.as_posix() if is_there else SELF)


def test_other_json_is_no_item(tmp_path: Path) -> None:
    for name, value in (
        ("point", {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [0, 0]}}),
        ("page", {"type": "FeatureCollection", "features": [item()]}),
        ("list", [item()]),
    ):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(value))
        assert item_in_file(path) is None
    assert item_in_file(tmp_path / "gone.json") is None


def test_an_item_without_a_credit_has_that_of_its_collection() -> None:
    document = as_bytes(item(links=[{"rel": "collection", "href": COLLECTION}]))
    offer = read_stac_offer(document, SELF)
    assert further_address(document, SELF, offer) == COLLECTION
    collection = {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": "s2",
        "license": "CC-BY-4.0",
        "providers": [{"name": "The Agency", "roles": ["licensor"]}],
        "extent": {},
        "links": [],
    }
    whole = with_landing(read_stac_offer(as_bytes(collection), COLLECTION), offer)
    assert [(one.credit, one.licence) for one in whole.items] == [("The Agency", "CC-BY-4.0")]
    own = as_bytes(item(properties={"providers": [{"name": "We"}], "license": "CC0-1.0"}))
    assert further_address(own, SELF, read_stac_offer(own, SELF)) == ""
