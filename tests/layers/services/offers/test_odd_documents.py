"""Odd documents that no standard forbids: each is read rightly, or refused in one sentence that is true."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from layers.errors import BadTemplate
from layers.services.offers.chosen_service import chosen_service, other_day
from layers.services.offers.ogcapi import collections_address
from layers.services.offers.recognise import recognised

TODAY = date(2026, 11, 30)
ITEM = {
    "type": "Feature",
    "stac_version": "1.0.0",
    "id": "a",
    "geometry": None,
    "properties": {"datetime": "2024-01-01T00:00:00Z"},
    "links": [],
    "assets": {"visual": {"href": "../a.tif", "roles": ["visual"], "type": "image/tiff"}},
}
CATALOGUE = {"type": "Catalog", "stac_version": "1.0.0", "id": "c", "description": "x", "links": []}
DATED = {
    "currentVersion": 10.91,
    "name": "Dated",
    "extent": {"xmin": 1e6, "ymin": 6e6, "xmax": 2e6, "ymax": 7e6, "spatialReference": {"wkid": 3857}},
    "pixelSizeX": 10,
    "bandCount": 3,
    "timeInfo": {
        "timeExtent": [1483228800000, 1609459200000],
        "defaultTimeInterval": 1,
        "defaultTimeIntervalUnits": "esriTimeUnitsMonths",
    },
    "capabilities": "Image",
}
HOST = "https://server.example"


def refusal(document: dict[str, Any], address: str, chosen: str = "") -> str:
    with pytest.raises(BadTemplate) as caught:
        chosen_service(recognised(json.dumps(document).encode(), address), chosen, TODAY)
    return str(caught.value.sentence)


def test_tiles_of_features_are_refused_for_what_they_are() -> None:
    """The first of its problems was named, which was that it has no last level."""
    document = {"tilejson": "3.0.0", "name": "Vec", "tiles": ["{z}/{x}/{y}.pbf"], "vector_layers": [{"id": "a"}]}
    assert refusal(document, f"{HOST}/v.json") == (
        "The layer “Vec” cannot be drawn. Vec has tiles of features, not of pictures: they are not drawn."
    )


@pytest.mark.parametrize("address", [f"{HOST}/ogcapi", f"{HOST}/ogcapi/", f"{HOST}/ogcapi?f=json"])
@pytest.mark.parametrize("href", ["collections", "./collections", "/ogcapi/collections", f"{HOST}/ogcapi/collections"])
def test_a_landing_page_without_a_slash_at_its_end_leads_to_its_collections(address: str, href: str) -> None:
    links = [{"rel": "conformance", "href": "conformance"}, {"rel": "data", "href": href}]
    page = json.dumps({"title": "An API", "links": links}).encode()
    assert collections_address(page, address).partition("?")[0] == f"{HOST}/ogcapi/collections"


def test_a_scene_of_a_catalogue_is_told_from_a_layer() -> None:
    assert refusal(ITEM, f"{HOST}/stac/items/a.json") == (
        f"“a” is a scene of a catalogue: open its picture, {HOST}/stac/a.tif."
    )
    assert refusal(CATALOGUE, f"{HOST}/stac/catalog.json") == (
        "“c” is a catalogue of scenes, which is searched: it has no layers."
    )


@pytest.mark.parametrize(
    ("asked_day", "sentence"),
    [
        ("2018-05-01", ""),
        ("1999-01-01", "“Dated” has no time 1999-01-01: 2017-01-01 is shown, the nearest that it has."),
        ("2018-05-20", "“Dated” has no time 2018-05-20: 2018-05-01 is shown, the nearest that it has."),
    ],
)
def test_another_day_than_the_one_that_was_named_is_said(asked_day: str, sentence: str) -> None:
    offer = recognised(json.dumps(DATED).encode(), f"{HOST}/arcgis/rest/services/Dated/ImageServer?f=json")
    chosen = f"Dated@{asked_day}"
    assert str(other_day(offer, chosen, chosen_service(offer, chosen, TODAY))) == sentence
