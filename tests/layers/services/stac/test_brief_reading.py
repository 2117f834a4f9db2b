"""Pages of thousands of items: what is read of their bytes is the same as what is read of all of their JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.scenes.found_scene import fill_grounds
from layers.services.stac import asset_reading, documents
from layers.services.stac.documents import page_of, parse_json, read_page
from layers.services.stac.foreign_values import text
from layers.services.stac.item import StacItem
from layers.services.stac.scenes import found_scene_of, item_facts, scenes_to_open
from tests.layers.services.stac.made import HOST, SQUARE, item, page
from tests.support.many_items import many_items

ADDRESS = f"{HOST}/search"
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
WORDS = st.sampled_from(
    (
        *("visual", "thumbnail", "overview", "preview", "data", "metadata", "Visual ", "true", "color", "scl", "vv"),
        *("image/tiff", "image/jp2", "image/png", "image", "", "a.tif", "b.jp2", "p.png", "https://x.org/c.tif"),
        *("s3://bucket/d.tif", 'quoted " and \\ word', "ü", "red", "B04"),
    )
)
ASSET = st.dictionaries(
    st.sampled_from(("href", "title", "type", "roles", "alternate", "eo:bands", "bands", "proj:shape", "gsd", "x")),
    JSON | WORDS | st.lists(WORDS, max_size=2) | st.just([{"common_name": "red"}]) | st.just([0]),
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "assets": st.dictionaries(WORDS, ASSET, max_size=4) | JSON,
        "links": st.lists(st.fixed_dictionaries({"rel": WORDS, "href": WORDS}), max_size=3) | JSON,
        "geometry": JSON | st.just(SQUARE) | st.just({"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [1, 2]]]}),
        "bbox": JSON | st.lists(st.floats(-200, 200), min_size=4, max_size=6),
        "properties": st.dictionaries(
            st.sampled_from(("datetime", "eo:bands", "proj:epsg", "proj:shape", "storage:requester_pays")), JSON
        ),
        "collection": JSON,
        "id": JSON,
    },
)


def facts_of(known: StacItem) -> tuple[Any, ...]:
    """All that is told of an item."""
    place = None if known.footprint is None else known.footprint.wkt
    picture, small = known.picture, known.thumbnail
    return (
        item_facts(known),
        found_scene_of(known),
        known.assets,
        known.links,
        known.problems,
        place,
        picture.sentence,
        None if picture.asset is None else (picture.asset.key, picture.asset.web, picture.asset.path),
        None if small is None else (small.key, small.web, small.path),
    )


def compare(content: bytes) -> None:
    whole, brief = page_of(parse_json(content), ADDRESS), read_page(content, ADDRESS)
    assert (brief.problems, brief.matched, brief.links) == (whole.problems, whole.matched, whole.links)
    assert list(map(facts_of, brief.items)) == list(map(facts_of, whole.items))


@pytest.mark.bounded
@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_an_item_read_in_part_tells_what_the_whole_tells(changes: dict[str, Any]) -> None:
    compare(page(item("odd") | changes, item("even")))


@pytest.mark.bounded
@settings(max_examples=400, deadline=None)
@given(CHANGES, CHANGES)
def test_odd_items_read_in_part_tell_what_the_whole_tells(first: dict[str, Any], second: dict[str, Any]) -> None:
    compare(page(item("one") | first, item("two") | second))


@pytest.mark.parametrize(
    "assets",
    [
        {
            "a": {"href": "a.tif", "title": "True", "type": "image/tiff"},
            "color": {"href": "b.tif", "type": "image/tiff"},
        },
        {"true": {"href": "a.tif", "title": "color", "type": "image/tiff"}},
        {"visual": {"href": "s3://b/a.tif", "roles": ["visual"]}, "rgb": {"href": "c.tif", "type": "image/tiff"}},
        {"x": {"href": "a.tif", "roles": ["visual"], "storage:requester_pays": True}},
        {"x": {"href": "same", "title": "same", "type": "image/tiff", "roles": ["visual"]}},
        {"x": {"href": "image/tiff", "type": "image/tiff", "roles": ["visual"]}},
        {"x": {"href": "a.tif", "eo:bands": [0]}, "y": {"href": "a.tif", "eo:bands": [1]}},
        {
            "preview": {"href": "p.png", "type": "image/png"},
            "o": {"href": "o.png", "type": "image/png", "roles": ["overview"]},
        },
        {"product": {"href": "a.tif", "title": "true colour", "type": "image/tiff"}},
        {
            "thumbnail": {"href": "t.tif", "type": "image/tiff"},
            "overview": {"href": "o.jpg", "type": "image/jpeg"},
            "a": {"href": "a.tif", "type": "image/tiff", "roles": ["visual"]},
        },
        None,
        [],
    ],
)
def test_the_picture_is_the_same_however_it_is_named(assets: Any) -> None:
    compare(page(item("a", assets=assets, properties={"eo:bands": [{"common_name": "red"}, {"common_name": "nir"}]})))


@pytest.mark.parametrize(
    "written", [b'"eo:cloud_cover": NaN', b'"eo:cloud_cover": 1e999', b'"title": "\\ud800"', b'"title": "\xfc"']
)
def test_json_that_is_none_costs_nothing_more_than_before(written: bytes) -> None:
    content = page(item("a", properties={"eo:cloud_cover": "here"}))
    compare(content.replace(b'"eo:cloud_cover": "here"', written))
    in_asset = page(item("a", assets={"visual": {"href": "a.tif", "x": "here"}}))
    compare(in_asset.replace(b'"x": "here"', written))


def test_items_of_an_archive_are_read_in_part_and_assets_alike_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of assets that are read grows with their kinds, and not with the items."""
    likeness = asset_reading.known_likeness
    likeness.cache_clear()
    monkeypatch.setattr(documents, "parse_json", lambda _: pytest.fail("the whole page was parsed"))
    items = [
        known | {"assets": {key: {**asset, "title": key} for key, asset in known["assets"].items()}}
        for known in many_items(40)
    ]
    content = json.dumps({"type": "FeatureCollection", "features": items, "links": []}).encode()
    document = read_page(content, ADDRESS)
    assert [known.picture.asset.web for known in document.items if known.picture.asset is not None] == [
        known["assets"]["visual"]["href"] for known in items
    ]
    assert likeness.cache_info().misses == 0, "no asset had to be read for that"
    read = [asset.key for known in document.items for asset in known.assets]
    assert len(read) == 40 * 14
    assert likeness.cache_info().misses == 14


def test_the_ground_of_many_scenes_is_that_of_each() -> None:
    over = {"type": "Polygon", "coordinates": [[[179, 1], [181, 1], [181, 2], [179, 2], [179, 1]]]}
    crossed = {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [2, 1], [1, 2], [1, 1]]]}
    stated = [item("a"), item("b", geometry=over), item("c", geometry=crossed), item("d", geometry=None, bbox=None)]
    at_once, each = ([found_scene_of(known) for known in read_page(page(*stated), ADDRESS).items] for _ in range(2))
    fill_grounds(at_once)
    for one, other in zip(at_once, each, strict=True):
        assert len(one.ground) == len(other.ground)
        assert all(map(shapely.equals_exact, one.ground, other.ground))


def test_many_scenes_at_once_are_as_each_of_them() -> None:
    over = {"type": "Polygon", "coordinates": [[[179, 1], [181, 1], [181, 2], [179, 2], [179, 1]]]}
    crossed = {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [2, 1], [1, 2], [1, 1]]]}
    hole = [[[1, 1], [9, 1], [9, 9], [1, 9], [1, 1]], [[2, 2], [3, 2], [3, 3], [2, 2]]]
    circle = shapely.Point(10.5, 50.5).buffer(0.4, quad_segs=2000)
    stated = [
        item("a"),
        item("b", geometry=over),
        item("c", geometry=crossed),
        item("d", geometry={"type": "Polygon", "coordinates": hole}, bbox=[1, 1, 9, 9]),
        item("e", geometry=None, bbox=None),
        item("f", geometry=None),
        item("g", geometry=json.loads(shapely.to_geojson(circle)), bbox=list(circle.bounds)),
        item("h"),
    ]
    items = read_page(page(*stated), ADDRESS).items
    assert len(items) == len(stated)
    for scene, known in zip(scenes_to_open(items), items, strict=True):
        shown = known.picture.asset
        assert scene == found_scene_of(known, web="" if shown is None else shown.web)
    assert scenes_to_open(items)[0].path.startswith("https://")
    assert scenes_to_open(()) == []


@pytest.mark.parametrize(
    "words", ["a  b\n c", " x ", "", "\x07bell", "ä" * 600, 12, 1.5, True, None, [], "1" * 48, "\u2028"]
)
def test_a_text_met_before_is_read_as_the_first_time(words: object) -> None:
    first, again = text(words), text(words)
    assert first == again
    assert first == " ".join(first.split())
    assert first.isprintable()
    assert isinstance(words, str | int | float) or first == ""
