"""Masks of cloud: which asset of an item is one, and what its values say of the ground."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from layers.errors import UnsupportedFormat
from layers.scenes.scene_cloud import (
    CLEAR,
    CLOUD,
    NO_DATA,
    OUTSIDE,
    SHADOW,
    SceneCloud,
    cloud_by_mask,
    cloud_of_scene,
    mask_ground,
    together,
)
from layers.services.stac.cloud_masks import CloudMask, cloud_in_bands, mask_of
from layers.services.stac.item import read_item
from tests.layers.services.stac.made import HOST, item

TIF = "image/tiff; application=geotiff; profile=cloud-optimized"


def asset(href: str = "mask.tif", **more: Any) -> dict[str, Any]:
    return {"href": href, "type": TIF, "roles": ["data"]} | more


def mask(assets: dict[str, Any], **properties: Any) -> CloudMask | None:
    return mask_of(read_item(item(assets=assets, properties=properties), f"{HOST}/items/a"))


def seen(known: CloudMask | None, *bands: list[int], valid: list[int] | None = None) -> list[int]:
    assert known is not None
    values = np.array(bands)[:, None, :]
    everywhere = np.ones(values.shape[1:], bool)
    return known.seen(values, everywhere if valid is None else np.array([valid], bool), everywhere)[0].tolist()


def test_each_value_of_sentinel_2s_scene_classification() -> None:
    known = mask({"scl": asset(), "cloud": asset()})
    assert known is not None
    assert (known.name, known.bands, known.asset.key) == ("SCL", (1,), "scl")
    assert seen(known, list(range(12))) == [
        *(NO_DATA, NO_DATA, CLEAR, SHADOW, CLEAR, CLEAR, CLEAR, CLEAR),
        *(CLOUD, CLOUD, CLOUD, CLEAR),
    ]


def test_each_bit_of_landsats_qa_pixel() -> None:
    known = mask({"qa_pixel": asset()})
    clear, water = 1 << 6, 1 << 7
    values = [clear, 1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, clear | water, 1 << 3 | 1 << 4, 21824]
    assert seen(known, values) == [CLEAR, NO_DATA, CLOUD, CLOUD, CLOUD, SHADOW, CLEAR, CLEAR, CLOUD, CLEAR]


def test_each_bit_of_hls_fmask() -> None:
    values = [0, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 0b11000000, 255]
    assert seen(mask({"Fmask": asset()}), values) == [CLEAR, CLOUD, CLOUD, SHADOW, CLEAR, CLEAR, CLEAR, NO_DATA]


def test_planets_udm2_is_read_of_its_own_bands() -> None:
    known = mask({"ortho_udm2": asset()})
    assert known is not None
    assert known.bands == (3, 5, 6, 8)
    assert seen(known, [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 1], [0, 0, 0, 0, 1]) == [
        *(CLEAR, SHADOW, CLOUD, CLOUD, NO_DATA)
    ]


def test_what_lies_outside_of_the_ground_does_not_count() -> None:
    known = mask({"scl": asset()})
    assert known is not None
    inside, valid = np.array([[True, False, True]]), np.array([[True, True, False]])
    assert known.seen(np.array([[[4, 9, 4]]]), valid, inside).tolist() == [[CLEAR, OUTSIDE, NO_DATA]]


def test_a_plain_mask_is_one_of_nothing_but_0_and_1_or_255() -> None:
    known = mask({"cloud_mask": asset()})
    assert seen(known, [0, 1]) == [CLEAR, CLOUD]
    assert seen(known, [0, 255]) == [CLEAR, CLOUD]
    for values in ([0, 40, 90], [0, 1, 255]):
        with pytest.raises(UnsupportedFormat, match="nothing says what they mean"):
            seen(known, values)


def test_a_zero_that_a_file_calls_no_data_tells_nothing() -> None:
    with pytest.raises(UnsupportedFormat, match="0 no data"):
        seen(mask({"clouds": asset()}), [0, 1, 1], valid=[0, 1, 1])
    assert seen(mask({"clouds": asset()}), [0, 0, 1], valid=[0, 1, 1]) == [NO_DATA, CLEAR, CLOUD]


def test_classes_that_an_asset_states_are_its_rule() -> None:
    names = ["no_data", "clear", "thin_cirrus", "cloud_shadows", "cloud_low_probability", "Cloud (opaque)"]
    classes = [{"value": value, "name": name} for value, name in enumerate(names)]
    known = mask({"quality": asset(**{"classification:classes": classes})})
    assert seen(known, [0, 1, 2, 3, 4, 5]) == [NO_DATA, CLEAR, CLOUD, SHADOW, CLEAR, CLOUD]


def test_bit_fields_that_an_asset_states_are_its_rule() -> None:
    fields = [
        {"name": "fill", "offset": 0, "length": 1, "classes": [{"value": 1, "name": "fill"}]},
        {
            "name": "cloud",
            "offset": 3,
            "length": 1,
            "classes": [{"value": 0, "name": "not_cloud"}, {"value": 1, "name": "cloud"}],
        },
        {"name": "shade", "offset": 4, "length": 2, "classes": [{"value": 2, "name": "cloud shadow"}]},
        {"name": "broken", "offset": -1, "length": 1, "classes": [{"value": 1, "name": "cloud"}]},
    ]
    known = mask({"qa": asset(bands=[{"name": "qa", "classification:bitfields": fields}])})
    assert seen(known, [0, 1, 8, 2 << 4, 8 | 1, 1 << 4]) == [CLEAR, NO_DATA, CLOUD, SHADOW, NO_DATA, CLEAR]


@pytest.mark.parametrize(
    "assets",
    [
        {"visual": asset()},
        {"scl": asset("scl.jp2", type="image/jp2")},
        {"scl": asset("s3://bucket/scl.tif")},
        {"cloud": asset(title="Cloud Probabilities")},
        {"cloudiness_model": asset()},
        {"quality": asset(**{"classification:classes": [{"value": 1, "name": "water"}]})},
    ],
    ids=["picture", "JPEG 2000", "out of reach", "probability", "another word", "no class of cloud"],
)
def test_what_is_no_mask_within_reach(assets: dict[str, Any]) -> None:
    assert mask(assets) is None


def test_radar_has_no_mask() -> None:
    assert mask({"scl": asset()}, platform="sentinel-1a") is None


def test_percents_are_of_the_ground_with_data() -> None:
    ground = np.array([[OUTSIDE, NO_DATA, CLEAR, CLEAR, SHADOW, CLOUD]], np.uint8)
    known = cloud_by_mask(ground, "site", "SCL")
    assert (known.cloud, known.cloud_of, known.shadow, known.no_data) == (25.0, "site", 25.0, 20.0)
    assert known.words == "cloud 25 % over the site, no data of 20 %, from SCL"
    nothing = cloud_by_mask(np.array([[OUTSIDE, NO_DATA]], np.uint8), "view", "SCL")
    assert (nothing.cloud, nothing.words) == (None, "no data over the view, from SCL")


def test_what_a_figure_is_of_is_always_said() -> None:
    assert cloud_of_scene(12.5) == SceneCloud(12.5, "scene")
    assert cloud_of_scene(12.5).words == "cloud 12.5 % of the scene"
    assert cloud_of_scene(None).words == "cloud unknown"
    assert SceneCloud(0.2, "site", "SCL").words == "cloud <1 % over the site, from SCL"
    assert SceneCloud(0.0, "site", "SCL", shadow=30.0).words == "cloud 0 %, shadow 30 % over the site, from SCL"


def test_tiles_of_a_pass_complete_each_other() -> None:
    left, right = np.array([[CLOUD, NO_DATA]], np.uint8), np.array([[CLEAR, CLEAR]], np.uint8)
    assert together([left, right]).tolist() == [[CLOUD, CLEAR]]
    assert together([right, left]).tolist() == [[CLEAR, CLEAR]]


def test_the_ground_of_a_site_is_its_shape_and_around_a_place_half_a_kilometre() -> None:
    square = mask_ground(shapely.box(10.0, 50.0, 10.02, 50.02), "site")
    place = mask_ground(shapely.Point(10.0, 50.0), "site")
    assert square is not None
    assert place is not None
    assert square.inside.all()
    assert place.inside.mean() == pytest.approx(np.pi / 4, abs=0.02)
    assert place.height * -place.affine.e * 111_320 == pytest.approx(1000, abs=5)
    assert max(square.width, square.height) == 128
    assert square.key != place.key
    assert mask_ground(shapely.Point(), "site") is None


def test_the_ground_of_a_site_over_the_antimeridian_is_in_one_piece() -> None:
    halves = shapely.MultiPolygon([shapely.box(179.9, 10.0, 180.0, 10.1), shapely.box(-180.0, 10.0, -179.9, 10.1)])
    ground = mask_ground(halves, "site")
    assert ground is not None
    assert ground.inside.all()
    assert (ground.affine.c, ground.affine.a * ground.width) == (pytest.approx(179.9), pytest.approx(0.2))


def test_a_mask_among_the_bands_of_a_delivery_is_found_by_its_name() -> None:
    values = np.zeros((3, 2, 2), np.uint16)
    values[2] = [[4, 9], [3, 0]]
    codes = cloud_in_bands(("B04", "B08", "SCL"), values)
    assert codes is not None
    assert codes.tolist() == [[CLEAR, CLOUD], [SHADOW, NO_DATA]]
    values[1] = [[0, 8], [16, 1]]
    codes = cloud_in_bands(("B4", "QA_PIXEL"), values[:2])
    assert codes is not None
    assert codes.tolist() == [[CLEAR, CLOUD], [SHADOW, NO_DATA]]
    assert cloud_in_bands(("red", "green", ""), values) is None


def test_the_mask_of_planet_is_several_bands() -> None:
    values = np.zeros((5, 1, 3), np.uint8)
    values[1, 0, 0] = values[3, 0, 1] = 1
    names = ("red", "udm2_shadow", "udm2_heavy_haze", "udm2_cloud", "udm2_udm1")
    codes = cloud_in_bands(names, values)
    assert codes is not None
    assert codes.tolist() == [[SHADOW, CLOUD, CLEAR]]
    assert cloud_in_bands(names[:3], values[:3]) is None
