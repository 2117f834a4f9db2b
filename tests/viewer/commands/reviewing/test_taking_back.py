"""One recorded change is taken back, and all others stay; what stands on it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shapely.geometry import Point

from layers.document.chip import Chip
from layers.document.edit import Change, Edit
from layers.document.rows import Comment, Custody
from layers.errors import InvalidValue
from layers.product.spec import ProductSpec
from layers.project.history.history_reader import opened_history, read_geometries, read_step
from layers.project.history.recorded_change import RecordedChange
from tests.support.cases.history_case import HistoryCase
from viewer.commands.claims import add_claim, delete_claims, link_claim_site, update_claim
from viewer.commands.filing.templates import mark_as_new_class
from viewer.commands.imagery.chips import add_chips
from viewer.commands.layers import add_layer, update_layer
from viewer.commands.products import save_product
from viewer.commands.reviewing.reviews import review_rows
from viewer.commands.reviewing.taking_back import PastChange, take_back
from viewer.commands.sites import add_site, delete_sites, move_sites, update_site
from viewer.commands.sources import add_source

NOW = "2026-12-01T10:00:00Z"


class Desk(HistoryCase):
    """A case in which changes are taken back."""

    def done(self, edit: Edit) -> Edit:
        return self.edit(*edit.changes, by="Anna", reason=edit.reason)

    def past(self, change: RecordedChange) -> tuple[PastChange, list[PastChange]]:
        with opened_history(self.path) as connection:
            step = [
                PastChange(item, *read_geometries(connection, item.seq))
                for item in read_step(connection, change.txn_uuid, change.seq)
            ]
        return next(item for item in step if item.change.seq == change.seq), step

    def take_back(self, change: RecordedChange, *, lost: tuple[str, ...] = ()) -> Edit:
        edit = take_back(self.document, *self.past(change), lost=lost, actor="Boris", now=NOW)
        return self.edit(*edit.changes, by="Boris", reason=edit.reason)

    def last(self, **wanted: object) -> RecordedChange:
        return self.changes(**wanted)[0]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "work.gpkg")
    desk.done(add_site(desk.document, Point(63.3, 45.9), uuid="pad", label="Site 1", actor="Anna", now=NOW))
    fields = {"uuid": "claim", "statement": "A rocket", "state": "assessed", "voice": "analyst", "site_uuids": ["pad"]}
    desk.done(add_claim(desk.document, actor="Anna", now=NOW, **fields))
    yield desk
    desk.close()


def _change(desk: Desk, **fields: object) -> RecordedChange:
    desk.done(update_claim(desk.document, "claim", actor="Anna", now=NOW, **fields))
    return desk.last()


def test_one_change_is_taken_back_and_later_ones_of_other_fields_stay(desk: Desk) -> None:
    likely = _change(desk, likelihood_term="likely")
    _change(desk, confidence="moderate", confidence_reason="two images")
    edit = desk.take_back(likely)
    claim = desk.document.claims["claim"]
    assert (claim.likelihood_term, claim.likelihood_low, claim.likelihood_high) == ("", None, None)
    assert (claim.confidence, claim.confidence_reason) == ("moderate", "two images")
    assert (claim.modified_by, claim.rev) == ("Boris", 4)
    assert likely.at in edit.reason == desk.last().reason
    desk.document.apply(edit.inverse())
    assert desk.document.claims["claim"].likelihood_term == "likely"


def test_a_change_on_which_a_later_one_stands_is_refused_in_words(desk: Desk) -> None:
    likely = _change(desk, likelihood_term="likely")
    later = _change(desk, likelihood_term="very likely")
    with pytest.raises(InvalidValue, match="likelihood was changed again"):
        desk.take_back(likely)
    desk.take_back(later)
    desk.take_back(likely)
    assert desk.document.claims["claim"].likelihood_low is None


def test_a_move_is_taken_back_and_a_later_name_stays(desk: Desk) -> None:
    desk.done(move_sites(desk.document, {"pad": Point(64, 46)}, actor="Anna", now=NOW))
    moved = desk.last()
    desk.done(update_site(desk.document, "pad", label="Gagarin's Start", actor="Anna", now=NOW))
    desk.take_back(moved)
    assert desk.document.sites["pad"].geometry == Point(63.3, 45.9)
    assert desk.document.sites["pad"].label == "Gagarin's Start"
    desk.done(move_sites(desk.document, {"pad": Point(65, 46)}, actor="Anna", now=NOW))
    with pytest.raises(InvalidValue, match="geometry"):
        desk.take_back(moved)


def test_a_reviewed_row_is_a_draft_again_unless_the_review_itself_is_taken_back(desk: Desk) -> None:
    notes = _site_change(desk, notes="a note")
    label = _site_change(desk, label="Site 2")
    desk.done(review_rows(desk.document, ["pad"], table="sites", reviewer="Chen", actor="Chen", now=NOW))
    review = desk.last()
    desk.take_back(notes)
    assert desk.document.sites["pad"].status == "reviewed"
    desk.take_back(review)
    assert (desk.document.sites["pad"].status, desk.document.sites["pad"].reviewed_by) == ("draft", "")
    desk.done(review_rows(desk.document, ["pad"], table="sites", reviewer="Chen", actor="Chen", now=NOW))
    desk.take_back(label)
    assert (desk.document.sites["pad"].label, desk.document.sites["pad"].status) == ("Site 1", "draft")


def _site_change(desk: Desk, **fields: object) -> RecordedChange:
    desk.done(update_site(desk.document, "pad", actor="Anna", now=NOW, **fields))
    return desk.last()


def test_a_deletion_comes_back_with_all_that_went_with_it(desk: Desk) -> None:
    remark = Comment(uuid="remark", target_uuid="pad", body="Which pad?")
    chip = Chip(uuid="chip", content_type="image/png", site_uuid="pad", sha256="abc")
    desk.edit(Change("comments", None, remark), Change("chips", None, chip))
    before = desk.document.sites["pad"]
    desk.done(delete_sites(desk.document, ["pad"], actor="Anna", now=NOW))
    gone = desk.last(tables=("site_point",))
    assert not desk.document.sites
    desk.take_back(gone)
    back = desk.document.sites["pad"]
    assert (back.label, back.geometry, back.created_by) == (before.label, before.geometry, before.created_by)
    assert (back.modified_by, back.rev) == ("Boris", before.rev + 1)
    assert [link.claim_uuid for link in desk.document.links.site_to_claims("pad")] == ["claim"]
    assert desk.document.chips["chip"].sha256 == "abc"
    assert list(desk.document.table("comments")) == ["remark"]
    with pytest.raises(InvalidValue, match="in the case again"):
        desk.take_back(gone)


def test_a_chip_without_its_bytes_does_not_come_back(desk: Desk) -> None:
    chip = Chip(uuid="chip", content_type="image/png", site_uuid="pad", sha256="abc")
    desk.edit(Change("chips", None, chip))
    desk.done(delete_sites(desk.document, ["pad"], actor="Anna", now=NOW))
    with pytest.raises(InvalidValue, match="backup"):
        desk.take_back(desk.last(tables=("chips",)), lost=("chip",))
    desk.take_back(desk.last(tables=("site_point",)), lost=("chip",))
    assert "pad" in desk.document.sites
    assert not desk.document.chips


def test_a_link_comes_back_only_where_both_its_ends_are(desk: Desk) -> None:
    desk.done(delete_claims(desk.document, ["claim"], actor="Anna", now=NOW))
    link = desk.last(tables=("claim_sites",))
    desk.done(delete_sites(desk.document, ["pad"], actor="Anna", now=NOW))
    with pytest.raises(InvalidValue, match="take that deletion back first"):
        desk.take_back(link)
    desk.take_back(desk.last(tables=("claims",), only_deleted=True))
    assert "claim" in desk.document.claims
    assert not desk.document.table("claim_sites")


def test_an_addition_is_taken_back_where_nothing_stands_on_it(desk: Desk) -> None:
    desk.done(add_site(desk.document, Point(1, 2), uuid="new", label="New", actor="Anna", now=NOW))
    added = desk.last()
    desk.done(link_claim_site(desk.document, "claim", "new", actor="Anna", now=NOW))
    linked = desk.last()
    with pytest.raises(InvalidValue, match="added to this one later"):
        desk.take_back(added)
    desk.take_back(linked)
    desk.take_back(added)
    assert list(desk.document.sites) == ["pad"]
    with pytest.raises(InvalidValue, match="no longer in the case"):
        desk.take_back(added)


def test_added_layers_chips_images_and_products_are_taken_back_one_by_one(desk: Desk) -> None:
    """Also a layer that was made transparent since: that is a look, and no other layer."""
    scene = {"path": "/tmp/scene.tif"}
    desk.done(add_layer(desk.document, "raster", "Scene", scene, uuid="layer", actor="Anna", now=NOW))
    layer = desk.last()
    desk.done(update_layer(desk.document, "layer", opacity=0.5, actor="Anna", now=NOW))
    chip, facts = Chip(uuid="chip", content_type="image/png", site_uuid="pad"), {"image_key": "S2A", "uuid": "image"}
    desk.done(add_chips(desk.document, [chip], image=facts, actor="Anna", now=NOW))
    image, taken = desk.last(tables=("images",)), desk.last(tables=("chips",))
    desk.done(save_product(desk.document, ProductSpec(title="Page"), uuid="page", actor="Anna", now=NOW))
    product = desk.last(tables=("products",))
    with pytest.raises(InvalidValue, match="delete that first"):
        desk.take_back(image)
    for change in (layer, taken, image, product):
        edit = desk.take_back(change)
        assert change.row_uuid not in desk.document.table(edit.changes[-1].table)
    assert [row.event for row in desk.document.table("custody").values()] == ["taken"], "custody is only added to"
    assert not any(desk.document.table(table) for table in ("layers", "chips", "images", "products"))


def test_a_comment_that_was_answered_is_not_taken_away(desk: Desk) -> None:
    desk.edit(Change("comments", None, Comment(uuid="asked", target_uuid="pad", body="Which?")))
    asked = desk.last()
    desk.edit(Change("comments", None, Comment(uuid="answer", target_uuid="pad", parent_uuid="asked", body="1")))
    with pytest.raises(InvalidValue, match="answered since"):
        desk.take_back(asked)
    desk.take_back(desk.last())
    desk.take_back(asked)
    assert not desk.document.table("comments")


def test_what_others_name_is_not_taken_away_from_under_them(desk: Desk) -> None:
    desk.done(mark_as_new_class(desk.document, "pad", "Fence", actor="Anna", now=NOW))
    added = next(change for change in desk.changes() if change.table_name == "loupe_templates")
    with pytest.raises(InvalidValue, match=r"This class is in use by 1 site: choose another class there first\."):
        desk.take_back(added)
    desk.done(update_site(desk.document, "pad", class_code="port", actor="Anna", now=NOW))
    desk.take_back(added)
    assert not desk.document.table("templates")
    desk.done(add_source(desk.document, uuid="map", title="A map", actor="Anna", now=NOW))
    added = desk.last()
    desk.done(update_site(desk.document, "pad", lifecycle_source_uuid="map", actor="Anna", now=NOW))
    named = desk.last()
    with pytest.raises(InvalidValue, match="in use by 1 site"):
        desk.take_back(added)
    desk.done(update_site(desk.document, "pad", lifecycle_source_uuid="", actor="Anna", now=NOW))
    unnamed = desk.last()
    desk.take_back(added)
    with pytest.raises(InvalidValue, match="What it named is no longer in the case"):
        desk.take_back(unnamed)
    with pytest.raises(InvalidValue, match="A later change stands on this one"):
        desk.take_back(named)


def test_what_was_changed_since_it_was_added_is_not_taken_away(desk: Desk) -> None:
    added = desk.changes(tables=("site_point",))[-1]
    _site_change(desk, label="Site 2")
    with pytest.raises(InvalidValue, match="changed since it was added"):
        desk.take_back(added)


def test_custody_and_deleted_rows_refuse(desk: Desk) -> None:
    likely = _change(desk, likelihood_term="likely")
    desk.edit(Change("custody", None, Custody(uuid="c", table_name="chips", row_uuid="x", event="taken")))
    with pytest.raises(InvalidValue, match="cannot be taken back"):
        desk.take_back(desk.last())
    desk.done(delete_claims(desk.document, ["claim"], actor="Anna", now=NOW))
    with pytest.raises(InvalidValue, match="take its deletion back first"):
        desk.take_back(likely)


def test_notes_folder_style_and_aliases_leave_a_review(desk: Desk) -> None:
    desk.done(review_rows(desk.document, ["pad"], table="sites", reviewer="Chen", actor="Chen", now=NOW))
    for fields in ({"notes": "n"}, {"folder": "f"}, {"stroke_color": "#ff0000"}, {"aliases": (("ru", "Площадка 1"),)}):
        _site_change(desk, **fields)
        assert desk.document.sites["pad"].reviewed_by == "Chen"
    _site_change(desk, notes="n", class_code="launch_pad")
    assert desk.document.sites["pad"].status == "draft"
