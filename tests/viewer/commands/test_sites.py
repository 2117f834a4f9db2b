"""Marking, describing, moving and deleting sites."""

from __future__ import annotations

import pytest
from shapely.geometry import LineString, Point, Polygon

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite, Comment
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from viewer.commands.claims import update_claim
from viewer.commands.sites import add_site, delete_sites, move_sites, reshape_site, update_site, update_sites

NOW = "2026-01-02T03:04:05Z"


def _site(uuid: str = "s", **fields: object) -> Site:
    return Site(uuid=uuid, geometry=fields.pop("geometry", Point(128.3, 51.9)), **fields)


def test_a_new_site_is_stamped_and_named_in_the_undo_menu() -> None:
    document = Document()
    edit = add_site(document, Point(1, 2), actor="Li", now=NOW, label="Pad 1", class_code="launch_site")
    document.apply(edit)
    (site,) = document.sites.values()
    assert edit.label == "Add site “Pad 1”"
    assert (site.created_by, site.created_at, site.modified_at, site.rev) == ("Li", NOW, NOW, 1)
    assert len(site.uuid) == 36


def test_an_update_counts_revisions_and_an_equal_value_is_no_change() -> None:
    document = Document({"sites": [_site(label="a", created_by="Li", created_at="2025-01-01T00:00:00Z")]})
    edit = update_site(document, "s", actor="Olga", now=NOW, label="b")
    document.apply(edit)
    site = document.sites["s"]
    assert (site.label, site.rev, site.modified_by, site.created_by) == ("b", 2, "Olga", "Li")
    assert edit.label == "Change label of site “a”"
    assert update_site(document, "s", actor="Olga", label="b").changes == ()


@pytest.mark.parametrize("status", ["reviewed", "published"])
def test_a_change_returns_a_reviewed_site_to_draft(status: str) -> None:
    document = Document({"sites": [_site(status=status, reviewed_by="Ann", reviewed_at=NOW)]})
    document.apply(update_site(document, "s", actor="Li", label="new"))
    site = document.sites["s"]
    assert (site.status, site.reviewed_by, site.reviewed_at) == ("draft", "", "")


def test_a_review_without_a_name_is_refused() -> None:
    document = Document({"sites": [_site()], "claims": [Claim(uuid="c")]})
    with pytest.raises(InvalidValue, match="needs your name"):
        update_site(document, "s", actor="", status="reviewed")
    with pytest.raises(InvalidValue, match="needs your name"):
        update_claim(document, "c", actor=" ", status="reviewed")


def test_a_move_returns_a_reviewed_site_to_draft() -> None:
    document = Document({"sites": [_site(status="reviewed", reviewed_by="Ann", reviewed_at=NOW)]})
    document.apply(move_sites(document, {"s": Point(0, 0)}, actor="Li"))
    assert document.sites["s"].status == "draft"


def test_a_review_names_the_reviewer_and_publishing_keeps_the_name() -> None:
    document = Document({"sites": [_site()]})
    document.apply(update_site(document, "s", actor="Ann", now=NOW, status="reviewed"))
    document.apply(update_site(document, "s", actor="Li", now="2026-02-02T00:00:00Z", status="published"))
    site = document.sites["s"]
    assert (site.status, site.reviewed_by, site.reviewed_at) == ("published", "Ann", NOW)


def test_an_unchanged_value_leaves_a_review_standing() -> None:
    document = Document({"sites": [_site(status="reviewed", reviewed_by="Ann", label="x")]})
    assert update_site(document, "s", actor="Li", label="x").changes == ()


def test_many_sites_change_in_one_edit() -> None:
    document = Document({"sites": [_site("a"), _site("b")]})
    edit = update_sites(document, ["a", "b"], actor="Li", class_code="port")
    document.apply(edit)
    assert edit.label == "Change class of 2 sites"
    assert {site.class_code for site in document.sites.values()} == {"port"}


@pytest.mark.parametrize(
    "fields",
    [
        {"position_error_m": -1.0},
        {"position_error_m": float("nan")},
        {"role": "suspect"},
        {"status": "final"},
        {"class_code": ""},
        {"observed_at": "last spring"},
        {"observed_at": "2024-13"},
        {"valid_from": "2024-02-30"},
        {"stroke_color": "red"},
        {"stroke_width": 0.0},
    ],
)
def test_a_value_outside_its_column_is_refused_with_a_sentence(fields: dict[str, object]) -> None:
    document = Document({"sites": [_site()]})
    with pytest.raises(InvalidValue, match=r"[.]$"):
        update_site(document, "s", actor="Li", **fields)
    with pytest.raises(InvalidValue):
        add_site(document, Point(0, 0), actor="Li", **fields)


@pytest.mark.parametrize("date", ["2024", "2024-04", "2024-04-12", "2024-04-12T08:30Z", "2024-04-12/2024-05-01", ""])
def test_dates_may_be_as_vague_as_they_are(date: str) -> None:
    document = Document({"sites": [_site(observed_at="2000")]})
    document.apply(update_site(document, "s", actor="Li", observed_at=date))
    assert document.sites["s"].observed_at == date


def test_a_site_that_is_gone_is_said_to_be_gone() -> None:
    with pytest.raises(InvalidValue, match="no longer in the case"):
        update_site(Document(), "s", actor="Li", label="x")


@pytest.mark.parametrize("geometry", [Point(), Point(0, 91), Point(float("inf"), 0)])
def test_a_site_must_lie_on_the_earth(geometry: Point) -> None:
    with pytest.raises(InvalidValue):
        add_site(Document(), geometry, actor="Li")


def test_moving_keeps_the_kind() -> None:
    document = Document({"sites": [_site(geometry=LineString([(0, 0), (1, 1)]), label="road")]})
    edit = reshape_site(document, "s", LineString([(0, 0), (2, 2), (3, 3)]), actor="Li")
    document.apply(edit)
    assert edit.label == "Reshape site “road”"
    assert len(document.sites["s"].geometry.coords) == 3
    with pytest.raises(InvalidValue, match="stays a line"):
        move_sites(document, {"s": Polygon([(0, 0), (1, 0), (1, 1)])}, actor="Li")


def test_a_moved_site_no_longer_rests_on_what_its_position_was_taken_from() -> None:
    found = {"position_basis": "MGRS coordinate", "position_error_m": 707.0, "position_source_uuid": "src"}
    source = Source(uuid="src", title="Gazetteer")
    document = Document({"sites": [_site(**found)], "sources": [source]})
    edit = move_sites(document, {"s": Point(1, 1)}, actor="Li")
    document.apply(edit)
    site = document.sites["s"]
    assert site.position_basis == "placed by hand on the map; was: MGRS coordinate, source “Gazetteer”"
    assert (site.position_source_uuid, site.position_error_m) == ("", 707.0)
    document.apply(move_sites(document, {"s": Point(2, 2)}, actor="Li"))
    assert document.sites["s"].position_basis == site.position_basis, "what it was at first, said once"
    assert move_sites(document, {"s": Point(2, 2)}, actor="Li").changes == (), "not moved at all"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "placed by hand on the map"),
        ("placed by hand on the map", "placed by hand on the map"),
        ("measured on the image", "measured on the image"),
        ("x" * 400, None),
    ],
)
def test_the_basis_of_what_was_moved_by_hand(before: str, after: str | None) -> None:
    document = Document({"sites": [_site(position_basis=before)]})
    document.apply(move_sites(document, {"s": Point(1, 1)}, actor="Li"))
    basis = document.sites["s"].position_basis
    assert basis == after if after is not None else len(basis) == 300


def test_undoing_a_move_brings_back_what_the_position_rested_on() -> None:
    document = Document({"sites": [_site(geometry=LineString([(0, 0), (1, 1)]), position_basis="as in OSM")]})
    before = document.sites["s"]
    edit = reshape_site(document, "s", LineString([(0, 0), (2, 2)]), actor="Li")
    document.apply(edit)
    assert document.sites["s"].position_basis.endswith("was: as in OSM")
    document.apply(edit.inverse())
    assert document.sites["s"] == before


def test_deleting_a_site_frees_its_claims_and_takes_its_chips() -> None:
    document = Document(
        {
            "sites": [_site("a"), _site("b")],
            "claims": [Claim(uuid="c", statement="x")],
            "claim_sites": [
                ClaimSite(uuid="l1", claim_uuid="c", site_uuid="a"),
                ClaimSite(uuid="l2", claim_uuid="c", site_uuid="b"),
            ],
            "chips": [Chip(uuid="chip", content_type="image/png", site_uuid="a")],
            "comments": [Comment(uuid="r", target_uuid="a"), Comment(uuid="q", target_uuid="b")],
        }
    )
    document.apply(delete_sites(document, ["a"], actor="Li"))
    assert [site.uuid for site in document.links.sites_of_claim("c")] == ["b"]
    assert set(document.chips) == set()
    assert set(document.table("comments")) == {"q"}
    document.apply(delete_sites(document, ["b"], actor="Li"))
    assert "c" in document.claims
    assert document.links.claim_to_sites("c") == []


def test_longitudes_of_any_turn_come_home_and_routes_stay_whole():
    route = LineString([(170, 0), (190, 5)])
    for given, wanted in ((Point(250, 40), Point(-110, 40)), (route, route)):
        (change,) = add_site(Document(), given, actor="a").changes
        assert change.after.geometry == wanted
    document = Document()
    edit = add_site(document, Point(179, 1), actor="a")
    document.apply(edit)
    (change,) = move_sites(document, {edit.changes[0].uuid: Point(181, 1)}, actor="a").changes
    assert change.after.geometry == Point(-179, 1)


WIDE = Polygon([(-179, -60), (179, -60), (179, 70), (-179, 70)])
ISLAND = Polygon([(179, -16), (-179.5, -16.2), (-179, -17), (179.2, -17.3)])


def test_what_leaps_over_the_antimeridian_is_kept_in_one_piece_and_has_its_place_inside() -> None:
    document = Document()
    document.apply(add_site(document, ISLAND, actor="Li", uuid="i"))
    document.apply(add_site(document, WIDE, actor="Li", uuid="w"))
    island, wide = document.sites["i"], document.sites["w"]
    assert island.geometry.bounds == (179, -17.3, 181, -16)
    assert wide.geometry == WIDE
    assert abs(wide.place.x) < 100
    for place in (island.place, _site(geometry=ISLAND).place):
        assert abs(place.x) > 179
        assert abs(place.x) <= 180


def test_a_box_of_nearly_the_whole_earth_never_becomes_the_sliver_on_its_other_side() -> None:
    document = Document({"sites": [_site(geometry=WIDE, label="Pad")]})
    moved = Polygon([(lon + 5, lat) for lon, lat in WIDE.exterior.coords])
    turned = Polygon([(-179, -50), *WIDE.exterior.coords[1:-1]])
    for geometry in (moved, turned):
        with pytest.raises(InvalidValue, match="“Pad” reaches nearly all round the Earth"):
            reshape_site(document, "s", geometry, actor="Li")
    taller = Polygon([(-179, -70), (179, -70), (179, 70), (-179, 70)])
    assert reshape_site(document, "s", taller, actor="Li").changes
