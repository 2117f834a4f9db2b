"""The shipped pictures are where and what they say they are."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import rasterio
from rasterio.enums import Compression, PhotometricInterp

import sample_data
from sample_data import Credit, path
from sample_data.build.imagery import SHA256, write_cog

PICTURES = {"blue_marble.tif": (5400, 2700), "night_lights.tif": (4096, 2048)}


def test_each_picture_has_a_known_origin() -> None:
    assert set(SHA256) == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_a_world_cog(name: str) -> None:
    with rasterio.open(path(name)) as picture:
        assert (picture.width, picture.height) == PICTURES[name]
        assert picture.crs.to_epsg() == 4326
        assert tuple(picture.bounds) == (-180, -90, 180, 90)
        assert picture.dtypes == ("uint8",) * 3
        assert set(picture.block_shapes) == {(512, 512)}
        assert (picture.compression, picture.photometric) == (Compression.jpeg, PhotometricInterp.ycbcr)
        assert picture.overviews(1)[:3] == [2, 4, 8]
        assert picture.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


@pytest.mark.parametrize("name", PICTURES)
def test_picture_carries_its_credit_and_no_instant(name: str) -> None:
    credit = sample_data.credits()[name]
    with rasterio.open(path(name)) as picture:
        tags = picture.tags()
    assert tags["LICENCE"] == credit.licence
    assert "copy" not in credit.licence, "a note on where we have it from is for CREDITS.md, not for a page"
    assert tags["CREDIT"] == tags["TIFFTAG_COPYRIGHT"] == credit.credit
    assert (tags["DATE_KIND"], tags["DATE_TEXT"]) == ("composite", credit.date_text)
    assert "TIFFTAG_DATETIME" not in tags


def test_blue_marble_is_the_right_way_up() -> None:
    def colour(lon: float, lat: float) -> tuple[int, int, int]:
        with rasterio.open(path("blue_marble.tif")) as picture:
            red, green, blue = next(picture.sample([(lon, lat)]))
        return int(red), int(green), int(blue)

    sahara, pacific, antarctica = colour(20, 23), colour(-140, 20), colour(60, -80)
    assert sahara[0] > sahara[2] + 40
    assert pacific[2] > pacific[0]
    assert min(antarctica) > 200


def test_write_cog_places_a_picture_over_the_world(tmp_path: Path) -> None:
    picture = tmp_path / "world.png"
    pixels = np.zeros((512, 1024, 3), np.uint8)
    pixels[:256, :, 2] = 200  # cv2 puts red last: the north is red
    assert cv2.imwrite(str(picture), pixels)
    write_cog(picture, tmp_path / "world.tif", Credit("World", "Nobody", "none", "made up", "composite"))
    with rasterio.open(tmp_path / "world.tif") as cog:
        assert tuple(cog.bounds) == (-180, -90, 180, 90)
        north, south = cog.sample([(10, 45), (10, -45)])
        assert cog.tags()["CREDIT"] == "Nobody"
    assert north[0] > 180
    assert south[0] < 20
