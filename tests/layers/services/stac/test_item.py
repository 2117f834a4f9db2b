"""Items of all versions: rows S10 to S13, S20 and S22 of the rule book; a bad field costs itself only."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.services.stac.documents import document_of, read_stac
from layers.services.stac.item import StacItem, read_item
from layers.services.stac.item_place import MOST_POSITIONS, bounds_of
from layers.services.stac.offsets import reflectance_of
from layers.services.stac.scenes import found_scene_of, item_facts
from layers.services.terms import TERMS_NOT_STATED
from tests.layers.services.stac.made import HOST, as_bytes, item, page, square_at


def read(**changes: Any) -> StacItem:
    return read_item(item(**changes), f"{HOST}/search")


def dated(**properties: Any) -> StacItem:
    return read(properties={"datetime": None} | properties)


def words(scene: StacItem) -> str:
    return " ".join(scene.problems)


def test_an_item_is_read_with_its_common_facts() -> None:
    scene = read(
        properties={
            "instruments": ["msi"],
            "gsd": 10,
            "s2:processing_baseline": "05.09",
            "grid:code": "MGRS-33UUP",
            "providers": [{"name": "Host", "roles": ["host"]}, {"name": "ESA", "roles": ["producer"]}],
        },
        links=[{"rel": "self", "href": "../items/scene"}],
    )
    assert (scene.id, scene.collection, scene.platform, scene.instruments) == ("scene", "s2", "sentinel-2a", ("msi",))
    assert (scene.datetime, scene.date_kind) == ("2026-03-01T10:20:30Z", "instant")
    assert (scene.cloud_cover, scene.gsd_m, scene.baseline, scene.tile) == (12.5, 10.0, "05.09", "33UUP")
    assert (scene.credit, scene.stac_version, scene.problems) == ("ESA", "1.0.0", ())
    assert scene.bounds_lonlat == (10, 50, 11, 51)
    assert scene.address == "https://stac.example.org/items/scene"


def test_an_item_of_version_0_6_is_read_as_well() -> None:
    old = {
        "id": 42,
        "type": "Feature",
        "geometry": item()["geometry"],
        "bbox": [10, 50, 11, 51],
        "properties": {
            "collection": "old",
            "datetime": "2018-10-01T00:00:00.0000000Z",
            "eo:platform": "landsat-8",
            "eo:instrument": "OLI",
            "eo:gsd": 30,
            "eo:cloud_cover": 10,
            "eo:epsg": 32633,
            "eo:bands": [{"name": "B3", "common_name": "green"}, {"name": "B4", "common_name": "red"}],
        },
        "links": {"self": {"rel": "self", "href": "https://old.example.org/42.json"}},
        "assets": {"B4": {"href": "B4.TIF", "type": "image/vnd.stac.geotiff", "eo:bands": [1]}},
    }
    scene = read_stac(as_bytes(old), "https://old.example.org/a/42.json").items[0]
    assert (scene.id, scene.collection, scene.platform, scene.instruments) == ("42", "old", "landsat-8", ("OLI",))
    assert (scene.datetime, scene.gsd_m, scene.stac_version) == ("2018-10-01T00:00:00Z", 30.0, "")
    (band,) = scene.assets
    assert (band.href, band.colours, band.crs) == ("https://old.example.org/a/B4.TIF", ("red",), "EPSG:32633")


# -- S10: dates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2026-02-01T10:00:00Z", "2026-02-01T10:00:00Z"),
        ("2026-02-01T10:00:00.1234567Z", "2026-02-01T10:00:00.123Z"),
        ("2026-02-01T10:00:00+02:00", "2026-02-01T08:00:00Z"),
        ("2026-02-01t10:00:00z", "2026-02-01T10:00:00Z"),
        ("2026-02-01 10:00:00 UTC", "2026-02-01T10:00:00Z"),
        ("20260201T100000Z", "2026-02-01T10:00:00Z"),
        ("2026-02-01", "2026-02-01"),
    ],
)
def test_s10_dates_as_our_code_writes_them(stated: str, expected: str) -> None:
    scene = dated(datetime=stated)
    assert (scene.datetime, scene.date_kind, scene.problems) == (expected, "instant", ())


def test_s10_no_zone_is_utc_and_said() -> None:
    scene = dated(datetime="2026-02-01T10:00:00")
    assert (scene.datetime, scene.date_kind) == ("2026-02-01T10:00:00Z", "instant")
    assert "no time zone" in words(scene)


@pytest.mark.parametrize(
    "stated", ["01/02/2026", "soon", "2026-02-30T00:00:00Z", 20260201, True, {}, "2026", "9" * 900]
)
def test_s10_a_date_that_is_none_is_unknown_and_costs_that_item_only(stated: Any) -> None:
    scene = dated(datetime=stated)
    assert (scene.datetime, scene.date_kind) == ("", "unknown")
    assert scene.problems
    whole = read_stac(page(item("bad", properties={"datetime": stated}), item("good")), HOST)
    assert [each.date_kind for each in whole.items] == ["unknown", "instant"]


@pytest.mark.parametrize(
    "stated", [{}, {"datetime": ".."}, {"start_datetime": "2026-01-01T00:00:00Z", "end_datetime": ".."}]
)
def test_s10_no_date_at_all_is_unknown(stated: dict[str, Any]) -> None:
    scene = dated(**stated)
    assert scene.date_kind == "unknown"
    assert scene.problems


def test_s10_null_with_start_and_end_is_an_interval() -> None:
    for names in (("start_datetime", "end_datetime"), ("dtr:start_datetime", "dtr:end_datetime")):
        scene = dated(**dict(zip(names, ("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z"), strict=True)))
        assert (scene.datetime, scene.date_kind) == ("", "interval")
        assert (scene.start, scene.end) == ("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z")


def test_s10_an_end_before_the_start_is_no_interval() -> None:
    scene = dated(start_datetime="2026-02-01T00:00:00Z", end_datetime="2026-01-01T00:00:00Z")
    assert (scene.date_kind, scene.start) == ("unknown", "")
    assert "before its start" in words(scene)


def test_s10_a_long_interval_of_a_mosaic_is_a_composite() -> None:
    stretch = {"datetime": None, "start_datetime": "2026-01-01T00:00:00Z", "end_datetime": "2026-03-31T00:00:00Z"}
    sources = [{"rel": "derived_from", "href": f"https://x.org/{name}"} for name in "ab"]
    assert read(properties=stretch, links=sources).date_kind == "composite"
    assert read(properties=stretch, collection="sentinel-2-global-mosaics").date_kind == "composite"
    assert read(properties=stretch, collection="landsat").date_kind == "interval"


# -- S11: places ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("geometry", "bbox"),
    [
        (None, [10, 50, 11, 51]),
        (None, None),
        ({"type": "Polygon", "coordinates": [[[1, 2]]]}, [10, 50, 11, 51]),
        ({"type": "Nonsense"}, [10, 50, 11, 51]),
        ({"type": "Polygon", "coordinates": [[["a", 2], [1, 2], [2, 3], [1, 2]]]}, None),
        ("POLYGON((0 0))", [10, 50, 11, 51]),
        (square_at(-60, 10)["geometry"], [10, 50, 11, 51]),
    ],
    ids=["null", "nothing", "one point", "no kind", "text", "wkt", "other than the box"],
)
def test_s11_an_item_without_a_usable_footprint_is_listed_without_one(geometry: Any, bbox: Any) -> None:
    scene = read(geometry=geometry, bbox=bbox)
    assert scene.footprint is None
    assert scene.bounds_lonlat == (None if bbox is None else Bounds(*bbox))
    assert "footprint" in words(scene)
    assert found_scene_of(scene).key


def test_s11_thousands_of_outlines_are_no_footprint() -> None:
    rings = [[[[10, 50], [10.5, 50], [10, 50.5], [10, 50]]]] * (MOST_POSITIONS // 4 + 1)
    scene = read(geometry={"type": "MultiPolygon", "coordinates": rings}, bbox=[10, 50, 11, 51])
    assert (scene.footprint, scene.bounds_lonlat) == (None, (10, 50, 11, 51))
    assert "positions" in words(scene)


@pytest.mark.parametrize(
    "bbox",
    [[10, 50, 11, 51], [10, 50, 0, 11, 51, 300], [[10, 50], [11, 51]], [[10, 50, 11, 51]], ["10", "50", "11", "51"]],
)
def test_s11_boxes_nested_and_of_six_numbers(bbox: Any) -> None:
    assert bounds_of(bbox) == (10, 50, 11, 51)


@pytest.mark.parametrize("bbox", [[], [1, 2], "10,50,11,51", [10, 50, 11, 910], [10, 51, 11, 50], [None] * 4, {}])
def test_s11_a_box_that_is_none(bbox: Any) -> None:
    assert bounds_of(bbox) is None
    assert read(bbox=bbox).bounds_lonlat == (10, 50, 11, 51)


def test_s11_a_footprint_that_crosses_itself_is_made_valid() -> None:
    bow = {"type": "Polygon", "coordinates": [[[10, 50], [11, 51], [11, 50], [10, 51], [10, 50]]]}
    scene = read(geometry=bow)
    assert scene.footprint is not None
    assert scene.footprint.is_valid
    assert scene.footprint.area == pytest.approx(0.5)


# -- S12: the antimeridian --------------------------------------------------------------------------------------------


def ring(*lons: float) -> list[list[float]]:
    """A ring between 10 and 11 degrees north along these two meridians."""
    west, east = lons
    return [[west, 10], [east, 10], [east, 11], [west, 11], [west, 10]]


OVER = {
    "beyond 180": ([ring(179.5, 180.5)], [179.5, 10, 180.5, 11]),
    "below -180": ([ring(-180.5, -179.5)], [-180.5, 10, -179.5, 11]),
    "not split": ([ring(179.5, -179.5)], [179.5, 10, -179.5, 11]),
    "split": ([ring(179.5, 180), ring(-180, -179.5)], [-180, 10, 180, 11]),
    "a belt round the world": ([ring(-179.5, 179.5)], [-179.5, 10, 179.5, 11]),
}


@pytest.mark.parametrize("name", OVER)
def test_s12_footprints_over_the_antimeridian_are_one_narrow_place(name: str) -> None:
    rings, bbox = OVER[name]
    scene = read(geometry={"type": "MultiPolygon", "coordinates": [[each] for each in rings]}, bbox=bbox)
    assert scene.footprint is not None
    assert scene.footprint.area == pytest.approx(1.0)
    assert abs(scene.footprint.bounds[0]) <= 180
    assert scene.bounds_lonlat is not None
    assert scene.bounds_lonlat.width == pytest.approx(1.0)
    found = found_scene_of(scene)
    assert found.footprint.area == pytest.approx(1.0)
    assert len(found.ring) < 20


def test_s12_a_belt_of_an_image_in_a_utm_zone_is_none() -> None:
    tall = {"type": "Polygon", "coordinates": [[[-179, 0], [179, 0], [179, 40], [-179, 40], [-179, 0]]]}
    whole = read(geometry=tall, bbox=[-179, 0, 179, 40])
    assert whole.bounds_lonlat is not None
    assert whole.bounds_lonlat.width == 358
    tile = read(geometry=tall, bbox=[-179, 0, 179, 40], properties={"proj:epsg": 32660})
    assert tile.bounds_lonlat is not None
    assert tile.bounds_lonlat.width == pytest.approx(2)
    belt = {"type": "Polygon", "coordinates": [ring(-180, 180)]}
    assert read(geometry=belt, bbox=[-180, 10, 180, 11], properties={"proj:code": "EPSG:32701"}).footprint is None


def test_s12_the_whole_world_stays_the_whole_world() -> None:
    world = {"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}
    scene = read(geometry=world, bbox=[-180, -90, 180, 90])
    assert scene.bounds_lonlat == (-180, -90, 180, 90)
    assert found_scene_of(scene).footprint.area == pytest.approx(360 * 180)


# -- S13: what is missing ---------------------------------------------------------------------------------------------


def test_s13_links_and_assets_may_be_null_and_the_version_missing() -> None:
    bare = item(links=None, assets=None)
    del bare["stac_version"]
    scene = read_item(bare, HOST)
    assert (scene.assets, scene.links, scene.stac_version) == ((), (), "")


def test_s13_an_asset_without_an_address_goes_and_the_page_stays() -> None:
    assets = {"good": {"href": "a.tif"}, "bad": {"title": "no address"}, "null": None, "number": {"href": 7}}
    whole = read_stac(page(item(assets=assets), item("other")), HOST)
    assert [asset.key for asset in whole.items[0].assets] == ["good"]
    assert len(whole.items) == 2
    assert words(whole.items[0]).count("has no address") == 3


def test_s13_an_entry_that_is_no_item_costs_itself() -> None:
    whole = read_stac(page(item("a"), None, 7, {"id": "x"}, item("b"), {"type": "Feature", "properties": {}}), HOST)
    assert [each.id for each in whole.items] == ["a", "b"]
    assert len(whole.problems) == 4


# -- S20, S22 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "cover"), [(0, 0.0), ("7.5", 7.5), (100, 100.0), (None, None), (-1, None), (101, None)]
)
def test_s20_unknown_cloud_stays_unknown(stated: Any, cover: float | None) -> None:
    scene = read(properties={"eo:cloud_cover": stated})
    assert scene.cloud_cover == cover
    assert ("of the scene" in scene.cloud_words) == (cover is not None)
    assert ("cloud" in words(scene)) == (stated in (-1, 101))


def test_s20_shares_are_not_taken_for_percent() -> None:
    shares = [item(f"i{n}", properties={"eo:cloud_cover": n / 10}) for n in range(10)]
    whole = read_stac(page(*shares), HOST)
    assert {each.cloud_cover for each in whole.items} == {None}
    assert "share or percent" in words(whole.items[0])
    percents = [item(f"i{n}", properties={"eo:cloud_cover": n}) for n in range(10)]
    assert read_stac(page(*percents), HOST).items[3].cloud_cover == 3.0
    assert read_stac(page(*shares[:4]), HOST).items[3].cloud_cover == 0.3


@pytest.mark.parametrize("word", ["various", "other", "proprietary", "", None, 7.5])
def test_s22_words_that_say_nothing_are_terms_not_stated(word: Any) -> None:
    scene = read(properties={"license": word})
    assert scene.terms == (TERMS_NOT_STATED if word != 7.5 else "7.5")


def test_s22_a_licence_and_its_link_are_kept() -> None:
    scene = read(properties={"license": "CC-BY-4.0"}, links=[{"rel": "license", "href": "terms.html"}])
    assert (scene.terms, scene.licence_link) == ("CC-BY-4.0", f"{HOST}/terms.html")


# -- anything ---------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
MEMBERS = ("geometry", "bbox", "links", "assets", "collection", "stac_version", "properties", "license", "providers")
PROPERTIES = (
    *("datetime", "start_datetime", "end_datetime", "eo:cloud_cover", "platform", "instruments", "gsd", "eo:bands"),
    *("proj:epsg", "proj:code", "proj:transform", "storage:schemes", "providers", "s2:processing_baseline", "updated"),
)


@pytest.mark.bounded
@given(st.dictionaries(st.sampled_from(MEMBERS), JSON), st.dictionaries(st.sampled_from(PROPERTIES), JSON), JSON)
def test_whatever_a_field_holds_the_item_is_read_or_refused(
    changes: dict[str, Any], properties: dict[str, Any], asset: Any
) -> None:
    stated = item(properties=properties) | {"assets": {"a": asset, "b": {"href": "b.tif", "bands": asset}}} | changes
    try:
        scene = read_item(stated, HOST)
    except GeoloupeError:
        return
    assert item_facts(scene)["id"] == "scene"
    assert found_scene_of(scene).when
    assert reflectance_of(scene).words
    assert scene.footprint is None or shapely.is_valid(scene.footprint)


@pytest.mark.bounded
@given(JSON)
def test_whatever_a_document_is_it_is_read_or_refused_in_a_sentence(value: Any) -> None:
    try:
        service = document_of(value, HOST).service
    except GeoloupeError:
        return
    assert service.startswith("stac-")
