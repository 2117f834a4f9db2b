"""Batches of products: which there are, in which order, and when one that stopped may go on."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from shapely.geometry import LineString, Point

from layers.document.bookmark_state import BookmarkState
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import Bookmark, ClaimSite, ClaimSource, MetaEntry
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from layers.product.batch import batch_digest, batch_of, bounds_around, file_stem
from layers.product.site_words import subtitle_of
from layers.product.spec import ProductSpec, read_spec

LIKE = ProductSpec(page="A4 portrait", marking="TLP:GREEN", title="The case", moved={"legend": (3.0, 4.0)})
EXTENT = json.dumps({"crs": "EPSG:3857", "bounds_lonlat": [10, 50, 11, 51]})


def site(uuid: str, label: str, **more: Any) -> Site:
    return Site(uuid=uuid, geometry=more.pop("geometry", Point(10, 50)), label=label, **more)


def case(**tables: list[Any]) -> Document:
    return Document(tables)  # type: ignore[arg-type]


def test_one_a_site_by_name_each_with_a_file_of_its_own() -> None:
    sites = [site("b", "Pier"), site("a", "Anchorage"), site("c", "pier"), site("d", "Ring", mark_kind="annotation")]
    items = batch_of(case(sites=sites), "site", LIKE)
    assert [(one.stem, one.spec.site) for one in items] == [("1-anchorage", "a"), ("2-pier", "b"), ("3-pier", "c")]
    spec = items[0].spec
    assert (spec.layout, spec.title, spec.page, spec.marking) == ("site", "Anchorage", "A4 portrait", "TLP:GREEN")
    assert not spec.moved, "what was moved on one page says nothing of others"
    assert read_spec(spec.to_json()) == spec


def test_the_subtitle_of_a_site_page_is_about_its_site() -> None:
    """The subtitle of the case stood on the page of each firm."""
    document = case(
        sites=[site("a", "Firm", class_code="company", role="named in a claim", position_error_m=15e3)],
        meta=[MetaEntry(uuid="subtitle", value="All that was reported")],
    )
    (item,) = batch_of(document, "site", replace(LIKE, subtitle="All that was reported"))
    assert item.spec.subtitle == "Company, named in a claim · 50.0° N, 10.0° E, place inferred by us"
    (item,) = batch_of(document, "site", replace(LIKE, subtitle="Typed by the analyst"))
    assert item.spec.subtitle == "Typed by the analyst"


def test_no_site_page_has_the_subtitle_of_another_site() -> None:
    """All 60 pages of the demo called their site a company that a claim names, where the first one was made like that
    firm's.
    """
    firm = Site(uuid="f", geometry=Point(10.0, 50.0), label="A firm", class_code="company", role="named in a claim")
    port = Site(uuid="p", geometry=Point(20.0, 40.0), label="A port", class_code="port")
    like = replace(LIKE, layout="site", site="f", subtitle=subtitle_of(firm))
    told = {item.spec.site: item.spec.subtitle for item in batch_of(Document({"sites": [firm, port]}), "site", like)}
    assert told == {"f": subtitle_of(firm), "p": subtitle_of(port)}
    assert "claim" not in told["p"]


def test_the_subtitle_of_a_site_without_a_class_is_its_place() -> None:
    """*Other* stood below the title, as if it said something."""
    place = Site(uuid="p", geometry=Point(20.0, 40.0), label="A bend", class_code="other")
    assert subtitle_of(place).startswith("40")
    assert subtitle_of(replace(place, geometry=Point())) == "Other"


def test_one_a_class_with_the_marks_of_that_class_alone() -> None:
    sites = [site("a", "A", class_code="port"), site("b", "B", class_code="port"), site("c", "C", class_code="company")]
    items = batch_of(case(sites=sites), "class", LIKE)
    assert [(one.spec.title, one.spec.maps[0].marks) for one in items] == [("Company", ("c",)), ("Port", ("a", "b"))]


def test_one_a_bookmark_with_its_layers() -> None:
    layers = [Layer(uuid="old", kind="raster", name="Old"), Layer(uuid="new", kind="raster", name="New", visible=False)]
    state = BookmarkState.of(layers, sites_visible=True).as_json()
    rows = [
        Bookmark(uuid="2", name="Second", order_key=2.0, viewport_json=EXTENT, state_json=state),
        Bookmark(uuid="1", name="First", order_key=1.0, viewport_json=EXTENT),
        Bookmark(uuid="0", name="Odd", order_key=math.nan, viewport_json="[" * 9000),
    ]
    items = batch_of(case(bookmarks=rows, layers=layers), "bookmark", LIKE)
    assert [(one.stem, one.spec.bounds) for one in items] == [
        ("1-first", (10, 50, 11, 51)),
        ("2-second", (10, 50, 11, 51)),
    ]
    assert items[0].spec.maps[0].frame is None
    frame = items[1].spec.maps[0].frame
    assert frame is not None
    assert frame.layers == ("old",)


def test_drafts_have_no_published_product() -> None:
    sites = [site("a", "Secret draft", status="draft"), site("b", "Known", status="reviewed")]
    published = ProductSpec(publish=True)
    assert [one.stem for one in batch_of(case(sites=sites), "site", published)] == ["1-known"]
    assert [one.spec.maps[0].marks for one in batch_of(case(sites=sites), "class", published)] == [("b",)]


def test_a_case_without_any_is_refused() -> None:
    for each in ("site", "class", "bookmark"):
        with pytest.raises(InvalidValue, match=each):
            batch_of(case(), each, LIKE)  # type: ignore[arg-type]


def test_a_batch_goes_on_only_while_the_case_is_the_same() -> None:
    one = case(sites=[site("a", "A")])
    items = batch_of(one, "site", LIKE)
    known = batch_digest(one, items, ".pdf")
    assert batch_digest(case(sites=[site("a", "A")]), items, ".pdf") == known
    assert batch_digest(one, items, ".png") != known
    assert batch_digest(case(sites=[site("a", "A", rev=2)]), items, ".pdf") != known
    assert batch_digest(one, batch_of(one, "site", ProductSpec()), ".pdf") != known


@given(
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.one_of(st.none(), st.floats(0, 1e9), st.just(math.inf), st.just(math.nan)),
)
def test_the_map_of_a_site_is_a_part_of_the_earth_around_it(lon: float, lat: float, error: float | None) -> None:
    box = bounds_around(site("a", "A", geometry=Point(lon, lat), position_error_m=error))
    if box is None:
        assert abs(lat) > 84
        return
    assert all(map(math.isfinite, box))
    assert box.left < box.right
    assert -85.1 < box.bottom < box.top < 85.1
    assert box.left <= lon <= box.right


def test_the_map_of_a_line_shows_all_of_it() -> None:
    box = bounds_around(site("a", "A", geometry=LineString([(10, 50), (14, 52)])))
    assert box is not None
    assert box.left < 10
    assert box.right > 14
    assert bounds_around(site("a", "A", geometry=Point(0, math.inf))) is None


@pytest.mark.parametrize(
    ("title", "stem"),
    [("Пристань № 1", "пристань-1"), ("../../etc/passwd", "etc-passwd"), ("…", ""), ("a" * 900, "a" * 60)],
)
def test_names_of_files(title: str, stem: str) -> None:
    assert file_stem(title) == stem


def test_a_draft_that_only_a_withheld_claim_names_has_no_page_when_published() -> None:
    tables = {
        "sites": [site("a", "Pier"), site("b", "Quay")],
        "claims": [
            Claim(uuid="draft", statement="Ours", voice="analyst"),
            Claim(uuid="said", statement="Theirs", source_wording="“so”"),
        ],
        "claim_sites": [
            ClaimSite(uuid="1", claim_uuid="draft", site_uuid="a"),
            ClaimSite(uuid="2", claim_uuid="said", site_uuid="b"),
        ],
        "sources": [Source(uuid="s", title="T")],
        "claim_sources": [ClaimSource(uuid=f"q-{one}", claim_uuid=one, source_uuid="s") for one in ("draft", "said")],
    }
    published = replace(LIKE, publish=True)
    assert [one.spec.site for one in batch_of(case(**tables), "site", published)] == ["b"]
    assert [one.spec.site for one in batch_of(case(**tables), "site", LIKE)] == ["a", "b"]
