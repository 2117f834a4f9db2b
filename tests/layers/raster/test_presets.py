import numpy as np
import pytest
from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.raster.band_maths import parse_expression
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.presets import COMBINATIONS, INDICES, combinations_of, indices_of, names_of, resolve
from layers.raster.scene import SceneBand, SceneInfo
from layers.raster.style import COLORMAPS


def scene(*bands: tuple[str, str], unit: str = "", role: str = "data") -> SceneInfo:
    found = tuple(SceneBand(name, common, (name,), role=role, unit=unit) for name, common in bands)
    return SceneInfo("p", "f", "k", "t", found)


def raster(*bands: tuple[str, str]) -> RasterInfo:
    found = tuple(BandInfo(n, "uint16", description=text, color=color) for n, (text, color) in enumerate(bands, 1))
    return RasterInfo("p", "GTiff", 1, 1, found, "", (1, 0, 0, 0, 1, 0), Bounds(0, 0, 1, 1), None)


LANDSAT = scene(
    ("B1", "coastal"),
    ("B2", "blue"),
    ("B3", "green"),
    ("B4", "red"),
    ("B5", "nir"),
    ("B6", "swir16"),
    ("B7", "swir22"),
    unit="reflectance",
)


def chosen(image) -> dict[str, tuple[int, ...]]:
    return {combination.name: numbers for combination, numbers in combinations_of(image)}


def test_combinations_of_a_scene():
    found = chosen(LANDSAT)
    assert found["true_colour"] == (4, 3, 2)
    assert found["colour_infrared"] == (5, 4, 3)
    assert found["urban"] == (7, 6, 4)
    assert "red_edge" not in found


def test_combinations_of_a_raster_by_color_and_plain_descriptions():
    aerial = raster(("", "red"), ("", "green"), ("", "blue"), ("Near Infrared", "undefined"))
    assert chosen(aerial) == {"true_colour": (1, 2, 3), "colour_infrared": (4, 1, 2)}
    planet = raster(("blue", "gray"), ("green", "undefined"), ("red", "undefined"), ("nir", "undefined"))
    assert chosen(planet)["true_colour"] == (3, 2, 1)
    assert chosen(raster(("B4", "gray"), ("B3", ""), ("B2", ""))) == {}


def test_bn_is_the_nth_band_whatever_a_delivery_calls_it():
    old = scene(("B4", "green"), ("B5", "red"))
    assert resolve(["b1", "red"], names_of(old)) == (1, 2)
    assert resolve(["b4"], names_of(old)) is None


def test_one_name_may_stand_in_for_another_but_never_quality_for_data():
    assert resolve(["nir", "rededge"], names_of(scene(("B8A", "nir08"), ("B05", "rededge071")))) == (1, 2)
    assert resolve(["red"], names_of(scene(("M", "red"), role="quality"))) is None
    assert resolve(["nir"], names_of(scene(("a", "nir08"), ("b", "nir")))) == (2,)


def test_indices_need_their_bands_and_some_of_them_reflectance():
    found = {index.name: numbers for index, _, numbers in indices_of(LANDSAT)}
    assert found["NDVI"] == (5, 4)
    assert found["EVI"] == (5, 4, 2)
    bare = {index.name for index, _, _ in indices_of(scene(("B2", "blue"), ("B4", "red"), ("B5", "nir")))}
    assert bare == {"NDVI"}


def test_an_index_of_stored_values_is_that_of_physical_ones():
    """Since 2022 Sentinel-2 stores reflectance with an offset of a tenth: an index of raw values would be wrong."""
    bands = tuple(replace(band, scale=0.0001, offset=-0.1, unit="reflectance") for band in LANDSAT.bands)
    stored = {"nir": np.array([[4000.0]], np.float32), "red": np.array([[2000.0]], np.float32)}
    (expression,) = [e for index, e, _ in indices_of(replace(LANDSAT, bands=bands)) if index.name == "NDVI"]
    assert expression.evaluate(stored)[0, 0] == pytest.approx((0.3 - 0.1) / (0.3 + 0.1), abs=1e-5)


@pytest.mark.parametrize("index", INDICES, ids=lambda index: index.name)
def test_each_index_is_sound(index):
    expression = parse_expression(index.expression)
    bands = {name: np.full((1, 1), 0.1 + 0.05 * n, np.float32) for n, name in enumerate(expression.bands)}
    assert abs(expression.evaluate(bands)[0, 0]) < 2
    assert index.low < index.high
    assert index.colormap in COLORMAPS


def test_ndvi_of_vegetation_is_high_and_ndwi_of_water_too():
    by_name = {index.name: parse_expression(index.expression) for index in INDICES}
    one = np.ones((1, 1))
    assert by_name["NDVI"].evaluate({"nir": 0.5 * one, "red": 0.05 * one})[0, 0] > 0.8
    assert by_name["NDWI"].evaluate({"green": 0.1 * one, "nir": 0.01 * one})[0, 0] > 0.8
    assert by_name["NBR"].evaluate({"nir": 0.1 * one, "swir22": 0.3 * one})[0, 0] < -0.4


def test_keys_and_names_are_each_their_own():
    for attribute in ("key", "name"):
        values = [getattr(combination, attribute) for combination in COMBINATIONS]
        assert len(set(values)) == len(values)
