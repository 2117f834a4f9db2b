"""Edits that record and cite the images behind marks."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from shapely import Point

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.mark_position import Pick
from layers.document.vocabulary import BY_HAND, MEASURED
from layers.errors import InvalidValue
from layers.product.citations import Citations, unrecorded_in
from layers.product.publishing import Publishing
from viewer.commands.claims import add_claim
from viewer.commands.imagery.mark_images import (
    SeenImage,
    cite_image,
    forget_image,
    record_image,
    source_uuid_of,
    state_placement,
)
from viewer.commands.layers import add_layer
from viewer.commands.sites import add_site, move_sites, update_site

FACTS = {"product_id": "S2A_1", "layer_title": "Scene", "acquired_at": "2024-04-12", "date_kind": "instant"}
SEEN = SeenImage(FACTS, Pick(10.0, 4.0))


def with_site(**fields: Any) -> Document:
    document = Document()
    fields = {"position_basis": MEASURED, **fields}
    document.apply(add_site(document, Point(9, 50), actor="me", uuid="s", **fields))
    return document


def record(document: Document, seen: SeenImage = SEEN, uuid: str = "s") -> None:
    document.apply(record_image(document, uuid, seen, actor="me"))


def test_a_second_mark_uses_the_same_image_and_source() -> None:
    document = with_site()
    document.apply(add_site(document, Point(9.1, 50), actor="me", uuid="t", position_basis=MEASURED))
    record(document)
    record(document, uuid="t")
    (image,), (source,) = document.images.values(), document.sources.values()
    assert source.uuid == source_uuid_of(image.image_key)
    assert {site.image_uuid for site in document.sites.values()} == {image.uuid}
    assert {site.position_source_uuid for site in document.sites.values()} == {source.uuid}


def test_the_error_is_not_judged_where_the_image_states_no_placement() -> None:
    document = with_site()
    record(document)
    assert document.sites["s"].position_error_m is None
    document.apply(state_placement(document, document.sites["s"].image_uuid, "CE90 24 m", actor="me"))
    assert document.sites["s"].position_error_m == 26.0
    document.apply(state_placement(document, document.sites["s"].image_uuid, "RMS 3 m", actor="me"))
    assert document.sites["s"].position_error_m is None


def test_an_error_that_the_analyst_judged_stays() -> None:
    document = with_site()
    record(document)
    document.apply(update_site(document, "s", actor="me", position_error_m=50.0))
    document.apply(state_placement(document, document.sites["s"].image_uuid, "CE90 24 m", actor="me"))
    assert document.sites["s"].position_error_m == 50.0


def test_what_is_not_measured_on_the_image_keeps_its_source_and_error() -> None:
    document = with_site(position_basis="estimate", position_error_m=3000.0)
    record(document)
    site = document.sites["s"]
    assert (site.position_source_uuid, site.position_error_m) == ("", 3000.0)
    assert site.image_uuid
    assert not document.sources


def test_another_image_takes_the_place_of_the_first() -> None:
    document = with_site()
    record(document)
    other = SeenImage({**FACTS, "product_id": "S2A_2"}, Pick(20.0, 4.0))
    record(document, other)
    site = document.sites["s"]
    assert document.images[site.image_uuid].product_id == "S2A_2"
    assert site.position_source_uuid == source_uuid_of("product:S2A_2")
    document.apply(forget_image(document, "s", actor="me"))
    site = document.sites["s"]
    assert (site.image_uuid, site.pixel_m, site.position_source_uuid) == ("", None, "")


def test_a_mark_that_is_moved_on_its_image_stays_measured_on_it() -> None:
    document = with_site()
    record(document)
    document.apply(move_sites(document, {"s": Point(9.01, 50)}, actor="me"))
    assert document.sites["s"].position_basis == MEASURED
    assert BY_HAND not in document.sites["s"].position_basis


def test_citing_makes_the_source_once() -> None:
    document = with_site(position_basis="estimate")
    record(document)
    image = document.sites["s"].image_uuid
    for uuid in ("c", "d"):
        document.apply(add_claim(document, actor="me", uuid=uuid, statement=uuid, site_uuids=("s",)))
        document.apply(cite_image(document, uuid, image, actor="me"))
        document.apply(cite_image(document, uuid, image, actor="me"))
    (source,) = document.sources.values()
    assert source.kind == "imagery"
    assert len(document.table("claim_sources")) == 2
    with pytest.raises(InvalidValue):
        cite_image(document, "gone", image, actor="me")


def test_the_source_of_a_service_has_its_address() -> None:
    """Without the key that its template may hold."""
    document = with_site(position_basis="estimate")
    tiles = {"template": "https://tiles.example.org/{z}/{x}/{y}.png?token=0123456789abcdef"}
    document.apply(add_layer(document, "tiles", "Sky", tiles, actor="me", uuid="l"))
    facts = {"service": "Sky company, Sky (tiles.example.org)", "date_kind": "composite", "layer_uuid": "l"}
    record(document, SeenImage(facts, Pick(8000.0, 1.0)))
    document.apply(add_claim(document, actor="me", uuid="c", statement="It stands", site_uuids=("s",)))
    document.apply(cite_image(document, "c", document.sites["s"].image_uuid, actor="me"))
    (source,) = document.sources.values()
    assert source.url == "https://tiles.example.org/{z}/{x}/{y}.png"
    assert source.publisher == "Sky company, Sky (tiles.example.org)"
    (cited,) = [Citations(document, Publishing()).cite(source.uuid)]
    assert cited is not None
    assert "https://tiles.example.org/{z}/{x}/{y}.png" in cited.citation
    assert "Sky company" in cited.citation
    assert not [sentence for sentence in unrecorded_in([cited]) if "No address" in sentence]


def test_a_source_of_an_earlier_version_gets_its_address_when_it_is_cited() -> None:
    document = with_site(position_basis="estimate")
    document.apply(
        add_layer(document, "tiles", "Sky", {"template": "https://a.example/{z}/{x}/{y}"}, actor="me", uuid="l")
    )
    record(document, SeenImage({"service": "Sky", "date_kind": "composite", "layer_uuid": "l"}, Pick(8000.0, 1.0)))
    image = document.sites["s"].image_uuid
    document.apply(add_claim(document, actor="me", uuid="c", statement="It stands", site_uuids=("s",)))
    document.apply(cite_image(document, "c", image, actor="me"))
    (source,) = document.sources.values()
    document.apply(Edit("Forget", (Change("sources", source, replace(source, url="")),)))
    document.apply(add_claim(document, actor="me", uuid="d", statement="It still does", site_uuids=("s",)))
    document.apply(cite_image(document, "c", image, actor="me"))
    document.apply(cite_image(document, "d", image, actor="me"))
    assert document.sources[source.uuid].url == "https://a.example/{z}/{x}/{y}"
    assert len(document.table("claim_sources")) == 2


def test_a_composite_says_so_in_its_source() -> None:
    document = with_site()
    record(document, SeenImage({"service": "Basemap", "date_kind": "composite"}, Pick(8000.0, 1.0)))
    (source,) = document.sources.values()
    assert "composite" in source.title
    assert source.acquired_at == ""
