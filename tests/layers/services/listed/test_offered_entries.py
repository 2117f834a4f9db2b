"""Entries of imagery from what servers offer."""

from __future__ import annotations

import pytest

from layers.services.imagery_entry import ImageryEntry
from layers.services.listed.offered_entries import choosable_dimensions, entries_of_offer, in_dimension, in_style
from layers.services.offers.offer import OfferedDimension, OfferedLayer, OfferedStyle, ServiceOffer
from layers.services.tile_service import TileService
from layers.services.times.offered_times import OfferedTimes

TEMPLATE = "https://t.example.org/{z}/{x}/{y}.png"


def _entries(offer: ServiceOffer, address: str) -> list[ImageryEntry]:
    offered = entries_of_offer(offer, address)
    assert [part.layer for part in offered] == list(offer.layers or [None])
    return [part.entry for part in offered]


def test_layers_of_an_offer_are_told_apart_by_what_they_are() -> None:
    plain, dated = TileService("A", TEMPLATE), TileService("B", "https://t.example.org/{time}/{z}/{x}/{y}")
    offer = ServiceOffer(
        service="wmts",
        title="Town",
        attribution="The town",
        layers=(
            OfferedLayer(name="a", service=plain, group=("Photos", "2020")),
            OfferedLayer(name="b", title="By day", service=dated, attribution="Others"),
            OfferedLayer(name="c", times=OfferedTimes("2020")),
        ),
    )
    entries = _entries(offer, "https://t.example.org/wmts")
    assert [(entry.title, entry.role, entry.group, entry.attribution) for entry in entries] == [
        ("a", "basemap", "Photos › 2020", "The town"),
        ("By day", "dated", "Town", "Others"),
        ("c", "dated", "Town", "The town"),
    ]
    features = ServiceOffer(service="wfs", layers=(OfferedLayer(name="roads", address="https://o.org/wfs"),))
    (roads,) = _entries(features, "https://t.example.org/wfs")
    assert (roads.role, roads.address) == ("vectors", "https://o.org/wfs")


def test_what_has_a_document_of_its_own_is_a_server_to_be_asked() -> None:
    listed = OfferedLayer(name="Sky", title="Sky (MapServer)", document="https://h.example.org/Sky/MapServer?f=json")
    (offered,) = entries_of_offer(ServiceOffer(service="arcgis", layers=(listed,)), "https://h.example.org")
    assert (offered.layer, offered.entry.role, offered.entry.address) == (None, "server", listed.document)


def test_a_catalogue_without_layers_is_an_entry_itself() -> None:
    (entry,) = _entries(ServiceOffer(service="stac-api"), "https://s.example.org/v1")
    assert (entry.title, entry.role, entry.address) == ("s.example.org", "archive", "https://s.example.org/v1")


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(
    ("template", "styled"),
    [
        ("https://e.org/plain/{z}/{x}/{y}", "https://e.org/r%C3%B6d%20a/{z}/{x}/{y}"),
        ("https://e.org/wms?STYLES=&bbox={bbox}", "https://e.org/wms?STYLES=r%C3%B6d%20a&bbox={bbox}"),
        (
            "https://e.org/t?a=1&style=plain&z={z}&x={x}&y={y}",
            "https://e.org/t?a=1&style=r%C3%B6d%20a&z={z}&x={x}&y={y}",
        ),
        ("https://e.org/plain/plain/{z}/{x}/{y}", None),
        ("https://e.org/{z}/{x}/{y}", None),
    ],
)
def test_another_style_stands_where_the_first_one_does(template: str, styled: str | None) -> None:
    layer = OfferedLayer(name="a", styles=(OfferedStyle("plain"), OfferedStyle("röd a")))
    service = in_style(layer, TileService("A", template), "röd a")
    assert (service.template if service is not None else None) == styled
    assert in_style(layer, TileService("A", template), "plain") == TileService("A", template)


@pytest.mark.parametrize(
    ("template", "changed"),
    [
        (
            "https://e.org/k?LAYER=a&ELEVATION=0&z={z}&x={x}&y={y}",
            "https://e.org/k?LAYER=a&ELEVATION=-50&z={z}&x={x}&y={y}",
        ),
        ("https://e.org/a/0/{z}/{x}/{y}", "https://e.org/a/-50/{z}/{x}/{y}"),
        ("https://e.org/a/0/0/{z}/{x}/{y}", None),
        ("https://e.org/a/{z}/{x}/{y}", None),
    ],
)
def test_another_value_of_a_dimension_stands_where_the_first_one_does(template: str, changed: str | None) -> None:
    service = TileService("A", template, kind="wmts")
    layer = OfferedLayer(name="a", service=service, dimensions=(OfferedDimension("Elevation", ("0", "-50"), "0"),))
    deeper = in_dimension(layer, service, "Elevation", "-50")
    assert (deeper.template if deeper is not None else None) == changed
    assert [dimension.name for dimension in choosable_dimensions(layer)] == (["Elevation"] if changed else [])
    assert in_dimension(layer, service, "run", "b") is None


def test_the_default_of_a_dimension_is_among_its_values() -> None:
    service = TileService("A", "https://e.org/wms?STYLES=&bbox={bbox}", kind="wms")
    dimensions = (
        OfferedDimension("run", ("06:50:00.000Z", "06:55:00.000Z"), "06:55:00Z"),
        OfferedDimension("elevation", ("0/1000/10", "2000/3000/10"), "0"),
        OfferedDimension("band", ("1/2/1",)),
    )
    run, elevation = choosable_dimensions(OfferedLayer(name="a", service=service, dimensions=dimensions))
    assert run.values == ("06:55:00Z", "06:50:00.000Z", "06:55:00.000Z")
    assert elevation.values == ("0", "2000")
