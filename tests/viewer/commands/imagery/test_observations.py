"""Observations on images: one row a site, image and observer, and nothing that one look cannot show."""

from __future__ import annotations

from typing import Any

import pytest
from shapely.geometry import Point

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.image import Image
from layers.document.rows import Comment, Watch
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from viewer.commands.claims import delete_claims
from viewer.commands.filing.evidence import link_evidence, unlink_evidence, update_evidence
from viewer.commands.imagery.images import add_image, delete_images, known_image, update_image, uses_of_image
from viewer.commands.imagery.observations import delete_observations, record_observation, update_observation
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


def record(document: Document, site: str = "pad", image: str = "april", **fields: Any) -> str:
    document.apply(record_observation(document, site, image, actor="Li", now=NOW, **fields))
    return next(reversed(document.observations))


# -- observations -----------------------------------------------------------------------------------------------------


def test_one_row_a_site_image_key_and_observer(document: Document) -> None:
    first = record(document, presence="present", words="a pad")
    assert record(document, image="april again", presence="cannot tell", why="cloud") == first
    assert (document.observations[first].presence, document.observations[first].words) == ("cannot tell", "a pad")
    assert (document.observations[first].observer, document.observations[first].rev) == ("Li", 2)
    record(document, presence="present", observer="Olga")
    record(document, image="june", presence="present")
    record(document, site="b", presence="present")
    assert len(document.observations) == 4
    assert [row.observer for row in document.links.observations_of_site("pad")] == ["Li", "Olga", "Li"]
    assert len(document.links.observations_on_image("april")) == 3


def test_the_same_words_again_are_no_step(document: Document) -> None:
    record(document, presence="present")
    again = record_observation(document, "pad", "april", actor="Li", now=NOW, presence="present")
    assert again.changes == ()


def test_the_dates_of_a_site_follow_and_undo_brings_back_what_was(document: Document) -> None:
    before = document.sites["pad"]
    edit = record_observation(document, "pad", "april", actor="Li", now=NOW, presence="present")
    document.apply(edit)
    assert (document.sites["pad"].observed_at, document.sites["pad"].valid_from) == ("2024-04-12", "2024-04-12")
    gone = record(document, image="june", presence="absent", view_quality="clear")
    site = document.sites["pad"]
    assert (site.observed_at, site.valid_from, site.valid_to) == ("2024-06-01", "2024-04-12", "2024-04-12")
    document.apply(delete_observations(document, [gone], actor="Li", now=NOW))
    assert document.sites["pad"].valid_to == ""
    first = next(iter(document.observations))
    document.apply(delete_observations(document, [first], actor="Li", now=NOW))
    site = document.sites["pad"]
    assert (site.observed_at, site.valid_from, site.valid_to) == ("", "", "")
    fresh = Document({"sites": [before], "images": document.images.values()})
    fresh.apply(edit)
    fresh.apply(edit.inverse())
    assert fresh.sites["pad"] == before
    assert not fresh.observations


def test_dates_by_hand_stay_where_no_observation_tells_any(document: Document) -> None:
    document = Document(
        {
            "sites": [Site(uuid="pad", geometry=Point(1, 2), valid_from="1999")],
            "images": [_image("april", "2024-04-12")],
        }
    )
    record(document, presence="cannot tell", why="haze")
    assert document.sites["pad"].valid_from == "1999"


def test_an_observation_that_changes_the_dates_of_a_reviewed_site_makes_it_a_draft(document: Document) -> None:
    reviewed = Site(uuid="pad", geometry=Point(1, 2), status="reviewed", reviewed_by="Ann", reviewed_at=NOW)
    document = Document({"sites": [reviewed], "images": [_image("april", "2024-04-12")]})
    record(document, presence="present")
    assert (document.sites["pad"].status, document.sites["pad"].reviewed_by) == ("draft", "")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"presence": "gone"}, "no presence"),
        ({"presence": "absent"}, "needs a clear view"),
        ({"presence": "absent", "view_quality": "clear", "why": "resolution"}, "needs a clear view"),
        ({"presence": "cannot tell"}, "Say why"),
        ({"presence": "present", "change": "changed"}, "named earlier image"),
        ({"presence": "present", "change": "none seen"}, "named earlier image"),
        ({"presence": "present", "change": "first look", "compared_to_uuid": "april"}, "first look"),
        ({"presence": "present", "change": "changed", "compared_to_uuid": "june"}, "earlier image"),
        ({"presence": "present", "change": "changed", "compared_to_uuid": "april again"}, "earlier image"),
        ({"presence": "present", "compared_to_uuid": "no image"}, "no longer in the case"),
        ({"presence": "present", "change_kind": "Built"}, "judgement"),
        ({"presence": "present", "count_low": 5, "count_high": 2}, "lowest count"),
        ({"presence": "present", "count_low": -1}, "count"),
        ({"presence": "present", "why": "fog"}, "no why"),
        ({"presence": "present", "chip_uuid": "none"}, "no longer in the case"),
    ],
)
def test_what_one_look_cannot_say_is_refused(document: Document, fields: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidValue, match=why) as refused:
        record(document, **fields)
    assert "\n" not in refused.value.sentence
    assert not document.observations


def test_a_change_is_against_an_earlier_image(document: Document) -> None:
    record(document, presence="present")
    later = record(document, image="june", presence="present", change="changed", compared_to_uuid="april")
    assert document.observations[later].compared_to_uuid == "april"
    with pytest.raises(InvalidValue, match="stays with its site"):
        update_observation(document, later, actor="Li", image_uuid="april")
    document.apply(update_observation(document, later, actor="Li", words="a crane"))
    assert document.observations[later].words == "a crane"


# -- images -----------------------------------------------------------------------------------------------------------


def test_an_image_has_one_row_and_later_facts_only_add_to_it(document: Document) -> None:
    first = known_image(document, actor="Li", now=NOW, product_id="X1", sensor="MSI")
    document.apply(add_image(document, actor="Li", now=NOW, uuid=first.image.uuid, product_id="X1", sensor="MSI"))
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
    document.apply(add_image(document, actor="Olga", now=NOW, product_id="X1", gsd_m=10.0))
    assert known_image(document, actor="Li", product_id="X1", gsd_m=3.0).changes == ()
    assert len([image for image in document.images.values() if image.product_id == "X1"]) == 1


def test_an_image_that_nothing_tells_from_another_is_refused(document: Document) -> None:
    with pytest.raises(InvalidValue, match="Nothing tells this image"):
        add_image(document, actor="Li", layer_title="a picture")
    with pytest.raises(InvalidValue, match="date of acquisition"):
        add_image(document, actor="Li", product_id="X", acquired_at="yesterday")
    with pytest.raises(InvalidValue, match="another image of the case"):
        update_image(document, "june", actor="Li", image_key="product:april")
    document.apply(update_image(document, "june", actor="Li", credit="Copernicus"))
    assert document.images["june"].credit == "Copernicus"


def test_an_image_on_which_evidence_stands_stays(document: Document) -> None:
    record(document, image="june", presence="present")
    assert [uses_of_image(document, uuid) for uuid in ("april", "june", "april again")] == [1, 1, 0]
    with pytest.raises(InvalidValue, match="Evidence of this case"):
        delete_images(document, ["june"])
    document.apply(delete_images(document, ["april again"]))
    assert set(document.images) == {"april", "june"}


# -- what claims rest on, and what goes with what ---------------------------------------------------------------------


def test_a_claim_rests_on_evidence_once_with_its_bearing(document: Document) -> None:
    seen = record(document, presence="present")
    document.apply(link_evidence(document, "claim", "observations", seen, actor="Li", now=NOW))
    assert link_evidence(document, "claim", "observations", seen, actor="Li").changes == ()
    document.apply(link_evidence(document, "claim", "site_point", "pad", actor="Li", bearing="context"))
    (first, second) = document.links.claim_to_evidence("claim")
    assert (first.bearing, second.bearing) == ("supports", "context")
    document.apply(update_evidence(document, first.uuid, actor="Li", bearing="against"))
    assert document.links.evidence_to_claims(seen)[0].bearing == "against"
    document.apply(unlink_evidence(document, "claim", "pad"))
    assert len(document.links.claim_to_evidence("claim")) == 1
    for table, uuid, why in (
        ("sources", "pad", "table of evidence"),
        ("site_line", "pad", "no longer in the case"),
        ("chips", "none", "no longer in the case"),
    ):
        with pytest.raises(InvalidValue, match=why):
            link_evidence(document, "claim", table, uuid, actor="Li")


def test_a_judgement_of_reported_claims_loses_the_link_and_stays_when_one_is_deleted(document: Document) -> None:
    rows = {table: list(document.table(table).values()) for table in TABLES}
    rows["claims"].append(Claim(uuid="judgement", voice="analyst"))
    document = Document(rows)  # type: ignore[arg-type]
    for judgement, reported in (("judgement", "claim"), ("claim", "judgement")):  # however they are linked
        document.apply(link_evidence(document, judgement, "claims", reported, actor="Li", note="the date only"))
    assert [row.claim_uuid for row in document.links.evidence_to_claims("claim")] == ["judgement"]
    document.apply(delete_claims(document, ["claim"], actor="Li"))
    assert set(document.claims) == {"judgement"}
    assert not document.table("claim_evidence")


def test_what_is_about_a_deleted_site_goes_with_it_and_one_undo_brings_all_back(document: Document) -> None:
    seen = record(document, presence="present", chip_uuid="chip")
    pad = document.sites["pad"]
    rows = {table: list(document.table(table).values()) for table in TABLES}
    rows["sites"].append(Site(uuid="part", geometry=Point(1, 2), parent_uuid=pad.uuid))
    rows["searches"].append(Search(uuid="search", area_uuid=pad.uuid))
    rows["watch"].append(Watch(uuid="watch", site_uuid=pad.uuid))
    rows["comments"].append(Comment(uuid="remark", target_uuid=seen))
    document = Document(rows)  # type: ignore[arg-type]
    for table, uuid in (("observations", seen), ("chips", "chip"), ("searches", "search"), ("site_point", "pad")):
        document.apply(link_evidence(document, "claim", table, uuid, actor="Li"))
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
