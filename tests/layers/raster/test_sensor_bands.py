"""A band's number says what it sees only where it is sure which satellite counts so."""

from __future__ import annotations

import pytest

from layers.raster.sensor_bands import common_names, platform_in

L8 = {"SCENE": "LC80200392015216LGN00"}


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("LC80200392015216LGN00", "Landsat 8"),
        ("LC08_L2SP_017036_20130419_20200913_02_T1", "Landsat 8"),
        ("LO09_L1TP_001002_20220101", "Landsat 9"),
        ("LE07_L1TP_001002_20010101", "Landsat 7"),
        ("LT50060661985213CUB00", "Landsat 5"),
        ("LANDSAT_8", "Landsat 8"),
        ("landsat-9", "Landsat 9"),
        ("S2B_MSIL2A_20200101T000000_N0500", "Sentinel-2B"),
        ("Sentinel-2A", "Sentinel-2A"),
        ("Sentinel-1A IW GRD HR L1", "Sentinel-1A"),
        ("", ""),
        ("LC8", ""),
        ("WORLDVIEW 8", ""),
        ("XLC80200392015216", ""),
        ("LANDSAT 85", ""),
    ],
)
def test_a_product_names_its_satellite(text: str, platform: str) -> None:
    assert platform_in(text) == platform


def test_the_tags_say_whose_numbers_they_are() -> None:
    assert common_names(["B2", "B4", "B10", "QA"], L8) == ["blue", "red", "lwir11", ""]
    assert common_names(["b2", " B4 "], {"x": "LT50060661985213CUB00"}) == ["green", "nir"]
    assert common_names(["B2", "B8A"], {"SATELLITE": "Sentinel-2A"}) == ["blue", "nir08"]


def test_bands_that_only_one_has_say_it_too() -> None:
    assert common_names(["SR_B4", "SR_B6"], {}) == ["red", "swir16"]
    assert common_names(["SR_B1", "SR_B4", "SR_B5", "SR_B7"], {}) == ["blue", "nir", "swir16", "swir22"]
    assert common_names(["B04", "B08", "B11"], {}) == ["red", "nir", "swir16"]
    assert common_names(["B4", "B8A"], {}) == ["red", "nir08"]


def test_what_is_not_sure_is_not_guessed() -> None:
    assert common_names(["B2", "B4"], {}) == ["", ""]
    assert common_names(["SR_B2", "SR_B4"], {}) == ["", ""]
    assert common_names(["B04", "B05"], {}) == ["", ""], "harmonised Landsat is written so too"
    assert common_names(["B10", "B11"], {}) == ["", ""]
    assert common_names(["B4"], {"a": "LANDSAT_5", "b": "LANDSAT_8"}) == [""]
    assert common_names(["B4"], {"a": "Sentinel-1A"}) == [""]
    assert common_names(["", "red"], L8) == ["", ""]
