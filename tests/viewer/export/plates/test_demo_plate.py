"""The plate of the demo case against the case itself: marks, claims, answers, and what its check finds."""

from __future__ import annotations

from pathlib import Path

import pyproj
import pytest
import shapely
from msgspec.structs import replace

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.product.lint.check import findings
from layers.product.spec import PAGES, ProductMap, ProductSpec
from layers.text.quotation_marks import with_printed_marks
from tests.support.cases.rich import read_case
from tests.viewer.export.plates.conftest import faults
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of

ASIA = Bounds(28.0, 18.0, 178.0, 72.0)
FIRMS = Bounds(112.0, 28.0, 124.0, 40.0)
MORE = ("A3 portrait", "1600x900")
EIGHT = "118206cc-bca6-55a0-99bc-a8ad318f9b24"
SPEC = ProductSpec(
    title="Vostochny", bottom_line="One sentence.", author="An Analyst", organisation="Desk", bounds=ASIA
)


@pytest.fixture(scope="module")
def demo() -> Document:
    return read_case(Path("sample_data/demo.gpkg")).document


def page_with(plate: Plate, *words: str) -> list[int]:
    """The pages that have all of these words."""
    pages = range(plate.pages)
    texts = [" ".join(text.words for text in facts_of(plate).texts if text.page == page) for page in pages]
    return [page for page in pages if all(one in texts[page] for one in words)]


@pytest.mark.bounded
@pytest.mark.parametrize("page", ["A4 landscape", *(pytest.param(one, marks=pytest.mark.bounded) for one in MORE)])
def test_every_mark_of_the_case_in_the_frame_is_named_keyed_or_counted(plate_of, demo, page: str) -> None:
    plate = plate_of(replace(SPEC, page=page), demo)
    (naming,), (one,) = plate.namings, plate.maps
    box = shapely.box(*one.framing.lonlat())
    inside = {uuid for uuid, site in demo.sites.items() if site.is_site and site.geometry.intersects(box)}
    named, keyed = naming.named & inside, naming.keyed.keys() & inside
    assert named | keyed | naming.left_out >= inside
    assert not named & keyed
    words = facts_of(plate).words_of()
    for uuid in named | keyed:
        assert demo.sites[uuid].label in words
    assert ("not named here" in words) == bool(plate.left_out)
    if plate.left_out:
        assert f"{plate.left_out} marks" in words or plate.left_out == 1
    # What is said of named parties takes room from the map; on paper the page of the key is told there.
    assert len(naming.left_out) <= 0.3 * len(inside)
    if page in PAGES:
        of_key = {piece.page for piece in plate.pieces if piece.key == "key"}
        told = facts_of(plate).words_of("legend", "key")
        assert of_key == {0} or "Key to the numbers: page 2" in told or "Key (continued on page 2)" in told
    (alone,) = plate_of(replace(SPEC, page=page, left_out=frozenset({"claims"})), demo).namings
    assert len((alone.left_out & inside) - plate.parties.parties) <= 0.2 * len(inside)


@pytest.mark.bounded
@pytest.mark.parametrize("page", ["Slide 16:9", "Square"])
def test_no_number_on_a_picture_for_a_screen_is_explained_on_another_page(plate_of, demo, page: str) -> None:
    """Such a picture is handed out alone."""
    plate = plate_of(replace(SPEC, page=page), demo)
    assert {piece.page for piece in plate.pieces if piece.key == "key"} == {0}
    words = facts_of(plate).words_of()
    assert "page 2" not in words
    assert f"{plate.left_out} marks in the frame are not named here" in words
    (naming,) = plate.namings
    assert naming.named >= plate.parties.parties > set()
    assert list(faults(plate)) == []


@pytest.mark.bounded
def test_a_firm_named_in_a_claim_has_the_words_the_answer_and_that_its_place_is_inferred(plate_of, demo) -> None:
    spec = replace(SPEC, bounds=FIRMS, publish=True, organisation="Desk")
    plate = plate_of(spec, demo)
    claim = demo.claims[EIGHT]
    firms = [site.label for site in demo.links.sites_of_claim(EIGHT)]
    assert len(firms) == 3
    answers = [response.words.strip('"') for response in demo.table("responses").values()]
    said = claim.source_wording.strip('"')
    told = [said, *(words.partition('";')[0] for words in answers[:2])]
    assert page_with(plate, *firms, *map(with_printed_marks, told), "place inferred by us")


@pytest.mark.bounded
def test_the_check_finds_nothing_of_the_page_itself(plate_of, demo) -> None:
    plate = plate_of(SPEC, demo)
    found = findings(plate.spec, plate.content, facts_of(plate), ())
    assert {one.rule for one in found if one.severity == "blocking"} == set()
    of_page = {"overlap", "cut-text", "type-size", "key", "labels-clear", "scale-bar", "north-arrow", "projection"}
    of_page |= {"grey", "boundaries"}
    assert not {one.rule for one in found} & of_page


@pytest.mark.bounded
@pytest.mark.parametrize("page", ["A4 landscape", "Slide 16:9"])
def test_the_page_of_a_firm_is_one_page_with_its_legend_and_locator(plate_of, demo, page: str) -> None:
    """They stood alone on a second page."""
    firm = next(site for site in demo.links.sites_of_claim(EIGHT) if "Hikvision" in site.label)
    plate = plate_of(replace(SPEC, layout="site", site=firm.uuid, page=page, bounds=None), demo)
    assert plate.pages == 1
    assert {"legend", "locator", "parties", "caveats"} <= {piece.key for piece in plate.pieces}
    assert list(faults(plate)) == []


@pytest.mark.bounded
def test_panels_of_places_far_apart_have_a_locator_with_each_of_them(plate_of, demo) -> None:
    maps = tuple(ProductMap(bounds=one) for one in (FIRMS, Bounds(30, 50, 48, 70), Bounds(128, 50, 130, 52)))
    plate = plate_of(replace(SPEC, layout="panels", bounds=None, maps=maps, left_out=frozenset({"key"})), demo)
    facts = facts_of(plate)
    assert "locator" not in {one.rule for one in findings(plate.spec, plate.content, facts, ())}
    assert all(one.locator for one in facts.maps)
    near = plate_of(replace(SPEC, layout="plain", bounds=FIRMS), demo)
    assert "locator" not in {one.rule for one in findings(near.spec, near.content, facts_of(near), ())}


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize("lat", [0.0, 52.0, 78.0])
@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "UTM", "LAEA"])
def test_the_scale_bar_is_as_long_on_the_ground_as_it_says(plate_of, document, crs: str, lat: float) -> None:
    laea = "EPSG:3035" if 30 < lat < 70 else "EPSG:3575" if lat > 70 else "EPSG:6933"
    code = {"UTM": f"EPSG:{32632 if lat >= 0 else 32732}", "LAEA": laea}.get(crs, crs)
    bounds = Bounds(9.0, lat - 0.2, 9.8, lat + 0.2)
    plate = plate_of(replace(SPEC, bounds=bounds, crs=code), document)
    bar, view = plate.bars[0], plate.maps[0].view
    x, y = view.width / 2, view.height / 2
    ends = [view.to_world(x - bar.width / 2, y), view.to_world(x + bar.width / 2, y)]
    lons, lats = transform_points(code, WGS84, *zip(*ends, strict=True))
    metres = pyproj.Geod(ellps="WGS84").inv(lons[0], lats[0], lons[1], lats[1])[2]
    assert metres == pytest.approx(bar.length_m, rel=2e-3)
    assert bar.words.startswith(f"{bar.length_m / 1000:g} km")
