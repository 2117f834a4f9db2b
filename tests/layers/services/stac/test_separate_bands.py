"""Bands of an item in files of their own: by role, by wavelength, with what is established of their values."""

from __future__ import annotations

from typing import Any

import pytest

from layers.raster.band_files import (
    BandFile,
    band_files_of,
    natural_bands,
    raster_of_files,
    scene_of_files,
    stated_files,
)
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.presets import names_of
from layers.raster.seen_bands import Colours, colours_of
from layers.raster.style import RasterStyle
from layers.services.stac.item import read_item
from layers.services.stac.separate_bands import places_of_bands, separate_bands
from tests.support.band_files import COG, scene_item

AT = "https://archive.example/items/scene.json"


def files_of(item: dict[str, Any]) -> tuple[BandFile, ...]:
    return separate_bands(read_item(item, AT))


def info_of(metres: float, *bands: BandInfo) -> RasterInfo:
    side = int(5120 / metres)
    transform = (metres, 0.0, 500_000.0, 0.0, -metres, 5_550_000.0)
    return RasterInfo("a", "GTiff", side, side, bands, "EPSG:32633", transform, (0, 0, 1, 1), None)


def test_bands_are_listed_by_wavelength_and_named_by_what_they_see() -> None:
    files = files_of(scene_item())
    assert [file.title for file in files] == ["B02 blue", "B03 green", "B04 red", "B08 nir", "B12 swir22"]
    assert [file.gsd_m for file in files] == [10, 10, 10, 10, 20]
    assert files[0].address == "https://archive.example/items/B02.tif"
    assert {(file.scale, file.offset, file.unit, file.nodata) for file in files} == {(1e-4, -0.1, "reflectance", 0)}
    assert natural_bands(files) == (3, 2, 1)
    assert band_files_of({"band_files": stated_files(files)}) == files


def test_of_an_offset_that_is_not_established_nothing_is_stated() -> None:
    item = scene_item()
    item["properties"].pop("s2:processing_baseline")
    assert {(file.scale, file.offset, file.unit) for file in files_of(item)} == {(None, None, "")}


def test_other_satellites_have_the_scale_that_their_catalogue_states_and_quality_files_are_no_bands() -> None:
    item = scene_item()
    item |= {"id": "LC09_L2SP_191025_20240501", "collection": "landsat-c2-l2"}
    item["properties"] |= {"platform": "landsat-9"}
    item["assets"]["qa_pixel"] = {"href": "./qa.tif", "type": COG, "roles": ["cloud"]}
    item["assets"]["atran"] = {"href": "./atran.tif", "type": COG, "roles": ["data"], "raster:bands": [{"scale": 1}]}
    files = files_of(item)
    assert [file.name for file in files] == ["B02", "B03", "B04", "B08", "B12"]
    assert {(file.scale, file.offset, file.unit) for file in files} == {(1e-4, -0.1, "")}


def test_keys_of_sentinel_2_tell_what_a_file_without_a_word_on_its_band_sees() -> None:
    item = scene_item()
    for name, asset in list(item["assets"].items()):
        asset.pop("eo:bands")
        asset.pop("raster:bands")
        item["assets"][f"{name}_10m"] = item["assets"].pop(name)
    assert [file.seen for file in files_of(item)] == ["blue", "green", "red", "nir", "swir22"]


def test_of_two_files_of_a_band_the_geotiff_is_taken_and_signatures_are_not_kept() -> None:
    item = scene_item("https://store.example/a")
    signed = "https://store.example/a/B04.tif?sv=2024&sig=abc%3D"
    item["assets"]["B04"]["href"] = signed
    item["assets"]["B04-jp2"] = {
        **item["assets"]["B04"],
        "href": "https://store.example/a/B04.jp2",
        "type": "image/jp2",
    }
    files = files_of(item)
    assert [file.address for file in files if file.seen == "red"] == ["https://store.example/a/B04.tif"]
    assert signed in places_of_bands(read_item(item, AT)), "by its signature it is asked for"


@pytest.mark.parametrize("more", [{}, {"visual": True}])
def test_an_item_whose_bands_lie_in_one_file_has_no_separate_ones(more: dict[str, bool]) -> None:
    item = scene_item(**more)
    listed = [band for asset in item["assets"].values() for band in asset.get("eo:bands", [])]
    visual = {key: asset for key, asset in item["assets"].items() if key == "visual"}
    item["assets"] = {"analytic": {"href": "./all.tif", "type": COG, "roles": ["data"], "eo:bands": listed}, **visual}
    assert files_of(item) == ()


def test_a_picture_stands_behind_the_bands_and_is_shown_first() -> None:
    files = files_of(scene_item(visual=True))
    assert [file.title for file in files[5:]] == ["visual red", "visual green", "visual blue"]
    picture = files[5].place
    info = info_of(
        10, *(BandInfo(n, "uint8", None, "", color, 0, 255) for n, color in enumerate(("red", "green", "blue"), 1))
    )
    raster = raster_of_files("a", files, {picture: info})
    scene = scene_of_files("a", files, {picture: info})
    assert raster is not None
    assert RasterStyle.default(raster).bands == (6, 7, 8)
    assert [names_of(scene)[name] for name in ("red", "green", "blue", "nir")] == [3, 2, 1, 4]
    assert [colours_of(bands, scene) for bands in ((6, 7, 8), (3, 2, 1), (4, 3, 2))] == [
        Colours.NATURAL,
        Colours.NATURAL,
        Colours.FALSE,
    ]


def test_the_finest_file_of_those_opened_is_the_grid_and_a_scale_that_a_file_contradicts_is_dropped() -> None:
    files = files_of(scene_item())
    red, swir = files[2].place, files[4].place
    own = BandInfo(1, "uint16", 0, "", "gray", 900, 3000, scale=1e-4)
    raster = raster_of_files("a", files, {swir: info_of(20, own), red: info_of(10, own)})
    assert raster is not None
    assert (raster.width, raster.transform[0]) == (512, 10)
    assert [band.low for band in raster.bands] == [None, None, 900, None, 900]
    assert [band.color for band in raster.bands[:3]] == ["blue", "green", "red"]
    scene = scene_of_files("a", files, {red: info_of(10, own)})
    assert (scene.bands[2].scale, scene.bands[2].unit) == (None, ""), "the file states no offset"
    assert scene.bands[1].scale == 1e-4
    assert raster_of_files("a", files, {}) is None


NO_FILES = (
    None,
    "x",
    [],
    [{}],
    [{"name": "a"}],
    [{"name": "a", "path": "/a", "index": 0}],
    [{"name": 1, "path": "/a"}],
)


@pytest.mark.parametrize("stated", NO_FILES)
def test_files_that_make_no_sense_are_none(stated: object) -> None:
    assert band_files_of({"band_files": stated}) == ()


def test_the_polarisations_of_a_radar_scene_are_bands_of_one_image_the_equal_one_first() -> None:
    item = scene_item()
    item |= {"id": "S1A_IW_GRDH_1SDV_20240501T053000", "collection": "sentinel-1-grd"}
    item["properties"] = {"datetime": "2024-05-01T05:30:00Z", "platform": "sentinel-1a", "sar:instrument_mode": "IW"}
    item["assets"] = {
        key: {"href": f"./{key}.tif", "type": COG, "roles": roles}
        for key, roles in (("vh", ["data"]), ("vv", ["data"]), ("schema-noise-vv", ["metadata"]))
    }
    files = files_of(item)
    assert [(file.title, file.seen, file.address.rpartition("/")[2]) for file in files] == [
        ("VV", "", "vv.tif"),
        ("VH", "", "vh.tif"),
    ]
    assert natural_bands(files) == (1,)
    item["properties"] = {"datetime": "2024-05-01T05:30:00Z"}
    item["id"] = item["collection"] = "scene"
    assert not files_of(item), "a key alone does not say that it is radar"
