"""Odd products: empty cases, the whole world, poles, the antimeridian, endless words, tiny pages."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite
from layers.errors import ExportFailed
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, world_bounds
from layers.product.lint.check import findings
from layers.product.spec import PARTS, ProductMap, ProductSpec
from tests.viewer.export.conftest import FRAME
from tests.viewer.export.plates.conftest import faults, picture
from viewer.export.plates.plate_facts import facts_of

SPEC = ProductSpec(title="Title", author="A", bounds=FRAME)


@pytest.mark.bounded
@pytest.mark.parametrize(
    "bounds",
    [
        Bounds(-180.0, -85.0, 180.0, 85.0),
        Bounds(170.0, -20.0, 190.0, -10.0),
        Bounds(-180.0, 70.0, 180.0, 90.0),
        Bounds(20.0, 84.0, 60.0, 88.0),
        Bounds(10.5, 50.5, 10.5001, 50.5001),
    ],
    ids=["world", "antimeridian", "pole", "near the pole", "a roof"],
)
def test_any_part_of_the_earth_is_laid_out(plate_of, bounds: Bounds) -> None:
    for notation in ("", "DD", "MGRS"):
        plate = plate_of(replace(SPEC, bounds=bounds, graticule=notation))
        assert list(faults(plate)) == []
        assert not picture(plate, 40).isNull()


def test_a_continent_tells_the_latitude_of_its_scale_and_needs_no_locator(plate_of) -> None:
    (one,) = facts_of(
        plate_of(replace(SPEC, bounds=Bounds(-150.0, 10.0, 150.0, 75.0), crs=WEB_MERCATOR), Document())
    ).maps
    assert one.scale_bar is not None
    assert one.scale_bar.holds_at_lat == pytest.approx(53.0, abs=8.0)
    assert "° N" in one.scale_bar.words
    assert not one.locator


@pytest.mark.bounded
def test_a_view_that_goes_round_the_earth_shows_each_mark_once(plate_of, document) -> None:
    """The world was dark beyond its edges; now that it goes on there, no product shows it twice."""
    for asked in (Bounds(-300.0, 40.0, 300.0, 60.0), Bounds(0.0, -60.0, 370.0, 60.0)):
        for of in (document, Document({"sites": list(document.table("sites").values())})):
            (one,) = plate_of(replace(SPEC, layout="plain", bounds=asked), of).maps
            symbols = [uuid for frame in one.frames for uuid in frame.within(0, 0, one.view.width, one.view.height)]
            assert sorted(symbols) == sorted(set(symbols))
            assert one.view.width * one.view.grid.resolution <= 1.005 * world_bounds(WEB_MERCATOR).width


def test_a_wide_frame_near_the_equator_states_the_latitude_of_its_scale_too(plate_of) -> None:
    plate = plate_of(replace(SPEC, page="A4 portrait", bounds=Bounds(105.0, 14.0, 116.0, 20.0)))
    facts = facts_of(plate)
    assert 1e6 <= facts.maps[0].width_m < 2e6
    assert facts.maps[0].scale_bar.holds_at_lat == pytest.approx(17.0, abs=0.2)
    assert "at 17° N" in plate.bars[0].words
    assert "scale-bar" not in {one.rule for one in findings(plate.spec, plate.content, facts, ())}


def test_an_arrow_that_would_not_be_true_all_over_is_left_out(plate_of) -> None:
    (one,) = facts_of(plate_of(replace(SPEC, bounds=Bounds(-180, 65, 180, 90), crs="EPSG:3995"))).maps
    assert not one.arrow
    assert one.arrow_left_out
    (other,) = facts_of(plate_of(SPEC)).maps
    assert other.arrow


@pytest.mark.parametrize("layout", ["single", "before-after", "panels", "insets", "site", "plain"])
def test_a_case_with_nothing_in_it_is_a_page(plate_of, layout: str) -> None:
    spec = ProductSpec(layout=layout, site="nobody", maps=(ProductMap(), ProductMap()))
    plate = plate_of(
        replace(spec, maps=spec.maps if layout in ("before-after", "panels", "insets") else spec.maps[:1]), Document()
    )
    assert list(faults(plate)) == []
    assert not picture(plate, 40).isNull()


@pytest.mark.bounded
def test_endless_words_go_on_over_pages(plate_of) -> None:
    words = "Слово и 东方航天发射场 and more of them " * 60
    spec = replace(SPEC, caption=words, title=words[:600], processing_note="W" * 400, dateline="no blanks" * 40)
    plate = plate_of(spec)
    assert plate.pages > 1
    assert list(faults(plate)) == []


@pytest.mark.parametrize("page", ["60x60", "90x4000"])
def test_a_page_without_room_is_refused_in_words(plate_of, page: str) -> None:
    with pytest.raises(ExportFailed, match="has no room for the map"):
        plate_of(replace(SPEC, page=page))


def test_a_page_of_nothing_but_its_map(plate_of) -> None:
    plate = plate_of(replace(SPEC, title="", left_out=frozenset(PARTS)))
    assert {piece.key for piece in plate.pieces} == {"credit:0"}


def test_a_site_page_has_the_claims_of_its_site_alone(plate_of, document: Document) -> None:
    rows = {name: list(document.table(name).values()) for name in ("layers", "sites", "claims", "claim_sites")}
    rows["claims"] += [Claim(uuid=f"of {uuid}", statement=f"About {uuid} alone.") for uuid in ("in", "in2")]
    rows["claim_sites"] = [
        ClaimSite(uuid=f"at {uuid}", claim_uuid=f"of {uuid}", site_uuid=uuid) for uuid in ("in", "in2")
    ]
    plate = plate_of(replace(SPEC, layout="site", site="in2"), Document(rows))
    assert {"in", "in2"} <= set(plate.maps[0].in_frame()), "the other is in the frame"
    assert [claim.uuid for claim in plate.content.claims] == ["of in2"]
    words = facts_of(plate).words_of()
    assert "About in2 alone." in words
    assert "About in alone." not in words
    assert plate.box_of("label:in2") is not None
    assert plate.box_of("label:in") is None, "it is named in a claim, of which this page has no word"
