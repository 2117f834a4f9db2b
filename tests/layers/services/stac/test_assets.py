"""Assets: rows S13 to S17 and S21 of the rule book, and the asset that shows the picture."""

from __future__ import annotations

from typing import Any

import pytest

from layers.services.stac.addresses import is_signed, unsigned
from layers.services.stac.asset_reading import read_assets
from layers.services.stac.assets import StacAsset, band_assets, shown_asset, thumbnail
from layers.services.stac.item import read_item
from layers.services.stac.scenes import found_scene_of, item_facts
from tests.layers.services.stac.made import HOST, item

COG = "image/tiff; application=geotiff; profile=cloud-optimized"


def read(assets: dict[str, Any], **properties: Any) -> tuple[StacAsset, ...]:
    return read_assets(assets, properties, f"{HOST}/items/a.json")[0]


def shown(assets: dict[str, Any], **properties: Any) -> str:
    asset = shown_asset(read(assets, **properties)).asset
    return "" if asset is None else asset.key


def band(name: str, common: str = "") -> dict[str, str]:
    return {"name": name, "common_name": common or name}


RGB = [band("B04", "red"), band("B03", "green"), band("B02", "blue")]

RGB_1_1 = [{"name": each["name"], "eo:common_name": each["common_name"]} for each in RGB]

# -- S15: addresses that are no web addresses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stated",
    [
        {"href": "s3://bucket/a.tif", "alternate": {"https": {"href": "https://data.example.org/a.tif"}}},
        {
            "href": "gs://bucket/a.tif",
            "alternate": {"x": {"href": "s3://b/a.tif"}, "y": {"href": "https://data.example.org/a.tif"}},
        },
        {"href": "/vsicurl/https://data.example.org/a.tif"},
        {"href": "/vsicurl?max_retry=3&url=https%3A%2F%2Fdata.example.org%2Fa.tif"},
        {"href": "https://data.example.org/a.tif", "alternate": {"s3": {"href": "s3://bucket/a.tif"}}},
        {
            "href": "s3://bucket/a.tif",
            "storage:requester_pays": True,
            "alternate": {"https": {"href": "https://data.example.org/a.tif"}},
        },
    ],
)
def test_s15_the_https_alternative_is_taken(stated: dict[str, Any]) -> None:
    choice = shown_asset(read({"image": stated}))
    assert choice.asset is not None
    assert choice.asset.web == "https://data.example.org/a.tif"
    assert choice.sentence is None


@pytest.mark.parametrize(
    "href", ["s3://bucket/a.tif", "gs://bucket/a.tif", "/vsis3/bucket/a.tif", "file:///a.tif", "abfs://c@b/a.tif"]
)
def test_s15_without_one_there_is_a_sentence_and_no_address_to_ask(href: str) -> None:
    choice = shown_asset(read({"image": {"href": href, "roles": ["data"], "type": COG}}))
    assert choice.asset is None
    assert choice.sentence
    facts = item_facts(read_item(item(assets={"image": {"href": href, "type": COG}}), HOST))
    assert facts["problems"] == [choice.sentence]
    assert facts["assets"][0]["href"] == href


def test_s15_requester_pays_is_not_asked_for() -> None:
    pays = {"href": "https://bucket.example.org/a.tif", "storage:requester_pays": True}
    choice = shown_asset(read({"image": pays}))
    assert choice.asset is None
    assert "cost" in str(choice.sentence)
    of_item = shown_asset(read({"image": {"href": "https://x.org/a.tif"}}, **{"storage:requester_pays": True}))
    assert of_item.asset is None
    schemes = {"storage:schemes": {"aws": {"type": "aws-s3", "requester_pays": True}}}
    assert not read({"image": {"href": "https://x.org/a.tif", "storage:refs": ["aws"]}}, **schemes)[0].web


# -- S16: signatures --------------------------------------------------------------------------------------------------

SIGNED = (
    "https://x.blob.example.net/a/b%20c.tif?st=2026-01-01T00%3A00%3A00Z&se=2026-01-02&sp=rl&sv=2024-05-04&sr=c&sig=a%2Fb%3D",
    "https://s3.example.com/a.tif?versionId=7&X-Amz-Algorithm=AWS4&X-Amz-Credential=k%2Fs3&X-Amz-Signature=00ff",
    "https://storage.example.com/a.tif?X-Goog-Signature=00ff&X-Goog-Expires=30",
    "https://d.example.net/a.tif?Expires=1&Signature=x~y&Key-Pair-Id=K",
    "https://data.example.org/a.tif?token=secret",
    "https://data.example.org/a.tif?maxar_api_key=0123abcd",
    "https://data.example.org/a.tif;?sig=ab",
    "HTTPS://data.example.org/a.tif?sig=%7e~",
)


@pytest.mark.parametrize("address", SIGNED)
def test_s16_signed_addresses_stay_byte_for_byte_and_are_kept_without_their_signature(address: str) -> None:
    (asset,) = read({"image": {"href": address}})
    assert asset.href == asset.web == address
    assert asset.file_kind == "tif"
    assert is_signed(address)
    kept = unsigned(address)
    assert kept in (address.partition("?")[0], "https://s3.example.com/a.tif?versionId=7")
    assert not is_signed(kept)


def test_s16_an_address_without_a_signature_is_kept_as_it_is() -> None:
    for address in ("https://x.org/a%20b.tif?version=1&empty=&x", "https://x.org/a.tif", "s3://b/k", "/data/a.tif"):
        assert unsigned(address) == address


def test_s16_no_signature_stands_in_the_key_of_a_scene() -> None:
    scene = read_item(item(links=[{"rel": "self", "href": f"{HOST}/items/a?token=secret"}]), HOST)
    assert found_scene_of(scene).key == f"{HOST}/items/a"


# -- S17: which asset is the picture ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assets", "expected"),
    [
        ({"B04": {"href": "4.tif", "roles": ["data"]}, "pic": {"href": "v.tif", "roles": ["visual"]}}, "pic"),
        ({"B04": {"href": "4.tif"}, "visual": {"href": "v.tif"}}, "visual"),
        ({"B04": {"href": "4.tif"}, "TCI_10m": {"href": "TCI.jp2", "type": "image/jp2"}}, "TCI_10m"),
        ({"thumbnail": {"href": "t.jpg", "type": "image/jpeg"}, "image": {"href": "i.tif"}}, "image"),
        ({"visual": {"href": "v.jpg", "type": "image/jpeg"}, "image": {"href": "i.tif"}}, "image"),
        ({"jp2": {"href": "v.jp2", "roles": ["visual"]}, "cog": {"href": "v.tif", "roles": ["visual"]}}, "cog"),
        ({"a": {"href": "a.tif", "eo:bands": [band("x", "nir")]}, "b": {"href": "b.tif", "eo:bands": RGB}}, "b"),
        ({"a": {"href": "a.tif", "bands": [{"name": "B08"}]}, "b": {"href": "b.tif", "bands": RGB_1_1}}, "b"),
        ({"scl": {"href": "scl.tif", "roles": ["data"]}, "red": {"href": "r.tif", "eo:bands": [band("red")]}}, "red"),
        ({"mask": {"href": "m.tif", "roles": ["data-mask"]}, "vv": {"href": "vv.tif", "roles": ["data"]}}, "vv"),
        ({"meta": {"href": "m.xml", "roles": ["metadata"]}, "data": {"href": "noname", "type": "image/tiff"}}, "data"),
        ({"preview": {"href": "p.tif", "roles": ["overview"], "type": COG}, "x": {"href": "x.zip"}}, "preview"),
        ({"analytic": {"href": "a", "type": "image/vnd.stac.geotiff; cloud-optimized=true"}}, "analytic"),
        ({"meta": {"href": "m.xml"}, "thumbnail": {"href": "t.png"}, "nc": {"href": "a.nc"}}, ""),
    ],
)  # fmt: skip
def test_s17_the_picture_goes_by_role_then_type_key_and_bands(assets: dict[str, Any], expected: str) -> None:
    assert shown(assets) == expected
    assert shown(dict(reversed(assets.items()))) == expected


def test_s17_nothing_to_show_is_a_sentence() -> None:
    choice = shown_asset(())
    assert (choice.asset, str(choice.sentence)) == (
        None,
        "None of its files is a picture that can be placed on the map.",
    )


def test_s17_bands_are_read_in_every_spelling() -> None:
    listed = [{"name": "B04", "common_name": "red"}, {"name": "B03", "common_name": "green"}]
    spellings: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"eo:bands": listed[:1]}, {}),
        ({"bands": [{"name": "B04", "eo:common_name": "red"}]}, {}),
        ({"eo:bands": [0]}, {"eo:bands": listed}),
        ({"eo:bands": ["B04"]}, {"eo:bands": listed}),
        ({}, {"bands": [{"name": "a", "eo:common_name": "red"}]}),
        ({}, {"eo:bands": [{"name": "image", "common_name": "red"}, listed[1]]}),
    ]
    for asset, properties in spellings:
        assert read({"image": {"href": "a.tif"} | asset}, **properties)[0].colours == ("red",)


def test_s17_scale_and_offset_are_read_in_every_spelling() -> None:
    numbers = {"scale": 0.0001, "offset": -0.1}
    spellings: list[dict[str, Any]] = [
        {"raster:bands": [numbers], "eo:bands": [band("red")]},
        {"bands": [{"name": "red", "raster:scale": 0.0001, "raster:offset": -0.1}]},
        {"bands": [{"name": "red"}], "raster:scale": 0.0001, "raster:offset": -0.1},
        {"raster:scale": 0.0001, "raster:offset": -0.1, "roles": ["data"]},
    ]
    for stated in spellings:
        (only,) = read({"red": {"href": "a.tif"} | stated})[0].bands
        assert (only.scale, only.offset, only.name) == (0.0001, -0.1, "red")


def test_s17_nonsense_common_names_are_left_out() -> None:
    (odd,) = read(
        {"image": {"href": "a.tif", "eo:bands": [band("a", "reddish"), band("b", "red"), {"common_name": 5}]}}
    )
    assert odd.colours == ("", "red", "")
    (same,) = read({"image": {"href": "a.tif", "eo:bands": [band("a", "red"), band("b", "red"), band("c", "red")]}})
    assert same.colours == ("", "", "")
    assert [each.name for each in same.bands] == ["a", "b", "c"]


@pytest.mark.parametrize("bands", [None, 5, "red", [None, 7, "x"], {"0": 1}, [[]]])
def test_s17_bands_that_are_no_list_cost_themselves(bands: Any) -> None:
    for name in ("bands", "eo:bands", "raster:bands"):
        assert read({"image": {"href": "a.tif", name: bands}})[0].href.endswith("a.tif")


def test_bands_by_common_name_are_the_finest_of_their_own_file() -> None:
    assets = read(
        {
            "visual": {"href": "v.tif", "eo:bands": RGB, "gsd": 10},
            "red-60": {"href": "r60.tif", "eo:bands": [band("red")], "gsd": 60},
            "red": {"href": "r.tif", "eo:bands": [band("red")], "gsd": 10},
            "nir": {"href": "s3://b/n.tif", "eo:bands": [band("nir")]},
        }
    )
    by_name = {name: (asset.key, at) for name, (asset, at) in band_assets(assets).items()}
    assert by_name == {"red": ("red", 1), "green": ("visual", 2), "blue": ("visual", 3)}


def test_the_thumbnail_is_a_small_picture_within_reach() -> None:
    small = thumbnail(read({"a": {"href": "s3://b/t.png", "roles": ["thumbnail"]}, "thumbnail": {"href": "t.jpg"}}))
    assert small is not None
    assert small.key == "thumbnail"
    assert thumbnail(read({"thumbnail": {"href": "t.tif"}})) is None


# -- S21: the CRS -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "crs"),
    [
        ({"proj:epsg": 32633}, "EPSG:32633"),
        ({"proj:code": "EPSG:32633"}, "EPSG:32633"),
        ({"proj:epsg": None, "proj:code": "IAU_2015:30100"}, ""),
        ({"proj:epsg": None}, ""),
        ({"proj:code": None}, ""),
        ({"proj:wkt2": "PROJCRS[...]"}, ""),
        ({"proj:epsg": "32633"}, "EPSG:32633"),
        ({"proj:epsg": 3.5}, ""),
        ({"proj:epsg": True}, ""),
        ({"proj:code": "/etc/passwd"}, ""),
    ],
)
def test_s21_what_is_not_stated_plainly_is_left_to_the_file(stated: dict[str, Any], crs: str) -> None:
    for properties, asset in ((stated, {}), ({}, stated)):
        assert read({"image": {"href": "a.tif"} | asset}, **properties)[0].crs in (crs, str(stated.get("proj:code")))


@pytest.mark.parametrize(
    ("stated", "count"),
    [
        ([10, 0, 500000, 0, -10, 5500000], 6),
        ([10, 0, 500000, 0, -10, 5500000, 0, 0, 1], 6),
        ([10, 0, 500000, 0, -10, 5500000, 0, 1, 1], 0),
        ([0, 0, 0, 0, 0, 0], 0),
        ([10, 0, 500000], 0),
        (None, 0),
        ("10", 0),
        ([10, 0, None, 0, -10, 0], 0),
    ],
)
def test_s21_a_transform_of_nine_is_one_of_six(stated: Any, count: int) -> None:
    (asset,) = read({"image": {"href": "a.tif", "proj:transform": stated, "proj:shape": [100, 200]}})
    assert (len(asset.transform), asset.shape) == (count, (100, 200))
