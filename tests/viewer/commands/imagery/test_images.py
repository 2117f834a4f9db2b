"""Images that evidence stands on, and what goes with what when rows are deleted."""

from __future__ import annotations

import pytest
from shapely.geometry import Point

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import TABLES, Change, Edit
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, Comment, Watch
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from viewer.commands.claims import delete_claims
from viewer.commands.imagery.images import known_image, update_image
from viewer.commands.sites import delete_sites
from viewer.commands.sources import delete_sources, uses_of_source

NOW = "2026-01-02T03:04:05Z"


def _image(uuid: str, at: str, key: str = "") -> Image:
    return Image(uuid=uuid, image_key=key or f"product:{uuid}", acquired_at=at, date_kind="instant")


@pytest.fixture
def document() -> Document:
    return Document(
        {
            "sites": [Site(uuid="pad", geometry=Point(1, 2), label="Pad 1"), Site(uuid="b", geometry=Point(3, 4))],
            "images": [
                _image("april", "2024-04-12"),
                _image("june", "2024-06-01"),
                _image("april again", "2024-04-12", "product:april"),
            ],
            "claims": [Claim(uuid="claim", statement="It is a pad")],
            "chips": [Chip(uuid="chip", content_type="image/png", site_uuid="pad", image_uuid="april")],
        }
    )


def rests_on(document: Document, claim: str, table: str, uuid: str) -> None:
    link = ClaimEvidence(uuid=f"{claim} {uuid}", claim_uuid=claim, evidence_table=table, evidence_uuid=uuid)
    document.apply(Edit("Add evidence", (Change("claim_evidence", None, link),)))


def test_an_image_has_one_row_and_later_facts_only_add_to_it(document: Document) -> None:
    first = known_image(document, actor="Li", now=NOW, product_id="X1", sensor="MSI")
    document.apply(Edit("Add image", first.changes))
    more = known_image(
        document,
        actor="Olga",
        now=NOW,
        product_id="X1",
        sensor="other",
        gsd_m=10.0,
        date_kind="instant",
        acquired_at="2024-04-12",
    )
    assert (more.image.uuid, more.image.sensor, more.image.gsd_m) == (first.image.uuid, "MSI", 10.0)
    assert (more.image.date_kind, more.image.acquired_at) == ("instant", "2024-04-12")
    document.apply(Edit("Add image", known_image(document, actor="Olga", now=NOW, product_id="X1", gsd_m=10.0).changes))
    assert known_image(document, actor="Li", product_id="X1", gsd_m=3.0).changes == ()
    assert len([image for image in document.images.values() if image.product_id == "X1"]) == 1


def test_an_image_that_nothing_tells_from_another_is_refused(document: Document) -> None:
    with pytest.raises(InvalidValue, match="Nothing tells this image"):
        known_image(document, actor="Li", layer_title="a picture")
    with pytest.raises(InvalidValue, match="date of acquisition"):
        known_image(document, actor="Li", product_id="X", acquired_at="yesterday")
    with pytest.raises(InvalidValue, match="another image of the case"):
        update_image(document, "june", actor="Li", image_key="product:april")
    document.apply(update_image(document, "june", actor="Li", credit="Copernicus"))
    assert document.images["june"].credit == "Copernicus"


def test_a_judgement_of_reported_claims_loses_the_link_and_stays_when_one_is_deleted(document: Document) -> None:
    rows = {table: list(document.table(table).values()) for table in TABLES}
    rows["claims"].append(Claim(uuid="judgement", voice="analyst"))
    document = Document(rows)  # type: ignore[arg-type]
    for judgement, reported in (("judgement", "claim"), ("claim", "judgement")):  # however they are linked
        rests_on(document, judgement, "claims", reported)
    assert [row.claim_uuid for row in document.links.evidence_to_claims("claim")] == ["judgement"]
    document.apply(delete_claims(document, ["claim"], actor="Li"))
    assert set(document.claims) == {"judgement"}
    assert not document.table("claim_evidence")


def test_what_is_about_a_deleted_site_goes_with_it_and_one_undo_brings_all_back(document: Document) -> None:
    seen = "seen"
    pad = document.sites["pad"]
    rows = {table: list(document.table(table).values()) for table in TABLES}
    rows["sites"].append(Site(uuid="part", geometry=Point(1, 2), parent_uuid=pad.uuid))
    rows["observations"].append(Observation(uuid=seen, site_uuid=pad.uuid, image_uuid="april", chip_uuid="chip"))
    rows["searches"].append(Search(uuid="search", area_uuid=pad.uuid))
    rows["watch"].append(Watch(uuid="watch", site_uuid=pad.uuid))
    rows["comments"].append(Comment(uuid="remark", target_uuid=seen))
    document = Document(rows)  # type: ignore[arg-type]
    for table, uuid in (("observations", seen), ("chips", "chip"), ("searches", "search"), ("site_point", "pad")):
        rests_on(document, "claim", table, uuid)
    before = {table: dict(document.table(table)) for table in TABLES}
    edit = delete_sites(document, ["pad"], actor="Li")
    document.apply(edit)
    for table in ("observations", "chips", "searches", "claim_evidence", "comments", "watch"):
        assert not document.table(table), table  # type: ignore[arg-type]
    assert document.sites["part"].parent_uuid == ""
    assert "claim" in document.claims
    document.apply(edit.inverse())
    assert {table: dict(document.table(table)) for table in TABLES} == before
    document.apply(delete_claims(document, ["claim"], actor="Li"))
    assert not document.table("claim_evidence")
    assert document.observations


def test_a_deleted_source_is_named_by_no_lifecycle_and_no_carrier() -> None:
    site = Site(
        uuid="s", geometry=Point(1, 2), position_source_uuid="a", lifecycle="planned", lifecycle_source_uuid="b"
    )
    sources = [Source(uuid="a"), Source(uuid="b"), Source(uuid="c", origin_uuid="b")]
    document = Document({"sites": [site], "sources": sources})
    assert uses_of_source(document, "b").sites == (site,)
    edit = delete_sources(document, ["a", "b"], actor="Li")
    document.apply(edit)
    left = document.sites["s"]
    assert (left.position_source_uuid, left.lifecycle_source_uuid, left.lifecycle) == ("", "", "planned")
    assert document.sources["c"].origin_uuid == ""
    document.apply(edit.inverse())
    assert document.sites["s"] == site
