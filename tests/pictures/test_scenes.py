"""Pictures of real scenes, where GEOLOUPE_SCENES names a folder that has them: Landsat, Sentinel-1, SAR, an aerial."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.raster.stretch import StretchRule
from layers.raster.style import RasterStyle, Stretch
from tests.pictures.conftest import Paint
from tests.support.picture_files import info_of, preset

SCENES_VARIABLE = "GEOLOUPE_SCENES"
LANDSAT = "landsat8_2015-08-04_10band_cog.tif"
REFLECTANCE = "landsat8_L2SR_017036_20130419_7band_cog.tif"
BAHAMAS = "landsat7_rgb_bahamas_cc0.tif"
AERIAL = "m_4709963_se_14_1_20200831.tif"
SAR = "sar_umbra_yasur_ccby4.tiff"
SENTINEL1 = "sentinel1_grd_gcps_india_2018-07-16.tif"
PUCALLPA = [f"landsat_pucallpa_1985_2020/{year}.tif" for year in (1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020)]


def scene(name: str) -> Path:
    folder = os.environ.get(SCENES_VARIABLE)
    if not folder:
        pytest.skip(f"{SCENES_VARIABLE} names no folder of real scenes")
    path = Path(folder) / name
    if not path.exists():
        pytest.skip(f"there is no {name} in the folder that {SCENES_VARIABLE} names")
    return path


def grey(path: Path, origin: str) -> RasterStyle:
    style = RasterStyle.default(info_of(path))
    return replace(style, rule=StretchRule(origin=origin))


@pytest.mark.parametrize("name", [LANDSAT, REFLECTANCE, BAHAMAS, AERIAL, SAR, SENTINEL1, *PUCALLPA])
def test_as_it_opens(name: str, paint: Paint) -> None:
    picture = paint(f"scene-{Path(name).stem}", scene(name))
    seen = picture.rgb[~picture.is_ground()]
    assert len(seen) > 0.3 * picture.rgb[..., 0].size
    assert len(np.unique(seen, axis=0)) > (80 if name == SAR else 150), "of 8 bits a stretch leaves fewer greys"
    assert 4 < seen.mean() < 250


@pytest.mark.parametrize("name", [LANDSAT, REFLECTANCE])
def test_landsat_in_true_colour_and_colour_infrared(name: str, paint: Paint) -> None:
    path = scene(name)
    assert RasterStyle.default(info_of(path)).bands == (4, 3, 2), "it opens in true colour"
    stem = Path(name).stem
    true = paint(f"scene-{stem}-true-colour", path, preset(path, "true_colour"))
    infrared = paint(f"scene-{stem}-colour-infrared", path, preset(path, "colour_infrared"))
    assert preset(path, "true_colour").bands == (4, 3, 2)
    shown = ~true.is_ground()
    assert (true.rgb[shown] != infrared.rgb[shown]).any(axis=1).mean() > 0.5


def test_landsat_with_dra_over_the_ground_beside_the_clouds(paint: Paint) -> None:
    path = scene(LANDSAT)
    view = Bounds(-87.48, 30.65, -87.38, 30.68)
    plain = preset(path, "true_colour")
    off = paint("scene-landsat-dra-off", path, plain, lonlat=view).rgb
    on = paint("scene-landsat-dra-on", path, replace(plain, rule=StretchRule(origin="view")), lonlat=view).rgb
    assert on.std() > 1.5 * off.std()


def test_radar_with_dra_is_brighter(paint: Paint) -> None:
    path = scene(SAR)
    off = paint("scene-sar-dra-off", path, replace(grey(path, "given"), stretches=(Stretch(0.0, 255.0),)))
    on = paint("scene-sar-dra-on", path, grey(path, "view"))
    assert on.rgb[~on.is_ground()].mean() > 1.5 * off.rgb[~off.is_ground()].mean()


def test_sentinel_1_is_placed_by_its_control_points(paint: Paint) -> None:
    """The sea is dark at Kochi's coast, the land inland is not, and beside the swath is nothing."""
    picture = paint("scene-sentinel-1", scene(SENTINEL1))
    assert max(picture.at(76.0, 9.9)) < 60
    patch = [picture.at(76.6 + dx / 100, 10.0 + dy / 100)[0] for dx in range(5) for dy in range(5)]
    assert np.mean(patch) > 90
    assert picture.is_ground()[3, 3]
    assert picture.is_ground()[-3, -3]
