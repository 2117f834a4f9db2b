import json

import numpy as np
import pytest
from msgspec.structs import replace

from layers.colour.ramps import ramp_pixels
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.style import COLORMAPS, RasterStyle, Stretch, colorize


def info_of(*bands: BandInfo) -> RasterInfo:
    return RasterInfo("a.tif", "GTiff", 9, 9, bands, "", (1, 0, 0, 0, 1, 0), Bounds(0, 0, 9, 9), None)


def bands_of(count: int, dtype: str, low: float, high: float) -> RasterInfo:
    return info_of(*(BandInfo(i + 1, dtype, low=low, high=high) for i in range(count)))


def channels(pixels: np.ndarray) -> np.ndarray:
    """(h, w, 4) alpha, red, green, blue."""
    return np.stack([(pixels >> shift) & 255 for shift in (24, 16, 8, 0)], axis=-1).astype(int)


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "float32", "float64"]
)
@pytest.mark.parametrize("count", [1, 3])
def test_a_linear_stretch_in_every_dtype(dtype, count):
    low, high = (-100, 100) if np.dtype(dtype).kind != "u" else (20, 220)
    info = bands_of(count, dtype, low, high)
    values = np.linspace(low, high, 64).reshape(8, 8).round().astype(dtype)
    bands = np.stack([values, values[::-1], values.T])[:count]
    got = channels(colorize(bands, None, RasterStyle.default(info), info))
    expected = np.clip((bands.astype(float) - low) / (high - low), 0, 1) * 255
    assert (got[..., 0] == 255).all()
    for channel in range(3):
        assert np.abs(got[..., channel + 1] - expected[min(channel, count - 1)]).max() <= 0.55


def test_eight_bits_shown_as_they_are_become_the_pixels_that_tables_make():
    bands = np.random.default_rng(1).integers(0, 256, (3, 9, 7), dtype=np.uint8)
    style, info = RasterStyle((1, 2, 3), (Stretch(0, 255),) * 3), bands_of(3, "uint8", 0, 255)
    got = channels(colorize(bands, None, style, info))
    assert (got[..., 0] == 255).all()
    assert (got[..., 1:] == np.moveaxis(bands, 0, -1)).all()
    upside_down = channels(colorize(bands, None, replace(style, invert=True), info))
    assert (upside_down[..., 1:] == 255 - np.moveaxis(bands, 0, -1)).all()


def test_masked_pixels_are_transparent_and_nothing_else(tmp_path):
    info = bands_of(3, "uint16", 0, 1000)
    bands = np.random.default_rng(1).integers(0, 1000, (3, 20, 30)).astype(np.uint16)
    mask = np.random.default_rng(2).random((20, 30)) > 0.5
    style = RasterStyle.default(info)
    whole, part = colorize(bands, None, style, info), colorize(bands, mask, style, info)
    assert (part == np.where(mask, whole, 0)).all()
    out = np.full((20, 30), 7, np.uint32)
    assert colorize(bands, mask, style, info, out) is out
    assert (out == part).all()


def test_nan_and_infinity_do_not_disturb():
    info = bands_of(1, "float32", 0, 1)
    pixels = channels(
        colorize(np.array([[[np.nan, -np.inf, np.inf, 0.5]]], "f4"), None, RasterStyle.default(info), info)
    )
    assert pixels[0, :, 1].tolist() == [0, 0, 255, 128]


def test_gamma_contrast_brightness_and_invert():
    info = bands_of(1, "uint8", 0, 255)
    ramp = np.arange(256, dtype=np.uint8).reshape(1, 1, 256)

    def gray(**look) -> np.ndarray:
        stretch = Stretch(0, 255, look.pop("gamma", 1.0))
        return channels(colorize(ramp, None, RasterStyle((1,), (stretch,), **look), info))[0, :, 1]

    assert (gray() == np.arange(256)).all()
    assert (gray(invert=True) == np.arange(256)[::-1]).all()
    assert gray(gamma=2.0)[64] == 128
    assert gray(brightness=0.2)[100] == 151
    assert gray(contrast=0.5)[100] < 100 < gray(contrast=-0.5)[100]
    assert set(gray(contrast=-1.0).tolist()) == {128}


def test_a_palette_and_a_colormap():
    palette = ((10, 20, 30, 255), (200, 100, 50, 128))
    info = info_of(BandInfo(1, "uint8", palette=palette))
    style = RasterStyle.default(info)
    assert style.resampling == "nearest"
    got = colorize(np.array([[[0, 1, 9]]], np.uint8), None, style, info)
    assert channels(got)[0].tolist() == [[255, 10, 20, 30], [128, 100, 50, 25], [0, 0, 0, 0]]
    info = bands_of(1, "uint8", 0, 255)
    for name in COLORMAPS:
        style = RasterStyle((1,), (Stretch(0, 255),), colormap=name)
        assert (
            colorize(np.arange(256, dtype=np.uint8).reshape(1, 16, 16), None, style, info).ravel() == ramp_pixels(name)
        ).all()


def test_which_bands_by_default():
    def bands(*colors: str) -> tuple[int, ...]:
        infos = (BandInfo(i, "uint8", color=c, low=0, high=255) for i, c in enumerate(colors, 1))
        return RasterStyle.default(info_of(*infos)).bands

    assert bands("gray") == (1,)
    assert bands("gray", "alpha") == (1,)
    assert bands("gray", "undefined", "undefined", "undefined") == (1, 2, 3)
    assert bands("blue", "green", "red", "undefined") == (3, 2, 1)
    assert bands("red", "green", "blue", "alpha") == (1, 2, 3)


def test_json_there_and_back_and_nonsense_is_refused():
    info = bands_of(4, "uint16", 100, 3000)
    style = RasterStyle((4, 2, 1), (Stretch(1, 2), Stretch(3, 4, 0.5), Stretch(5, 6)), "", True, 0.1, -0.2, "cubic")
    assert RasterStyle.from_json(json.loads(json.dumps(style.to_json())), info) == style
    assert RasterStyle.from_json({}, info) == RasterStyle.default(info)
    for broken in (
        {"bands": [5]},
        {"bands": [1, 2]},
        {"bands": "x"},
        {"stretches": [[0, 1]]},
        {"stretches": [[0, float("nan")]] * 3},
        {"colormap": "nonsense"},
        {"resampling": "nonsense"},
        {"brightness": None},
    ):
        with pytest.raises(InvalidValue, match=r"a\.tif"):
            RasterStyle.from_json(broken, info)


def test_an_expression_is_shown_as_one_band_and_invalid_where_it_is_no_number():
    info = bands_of(4, "uint16", 0, 4000)
    red, nir = np.array([[[100, 0, 300]], [[300, 0, 100]]], np.uint16)
    style = RasterStyle((3, 4), (Stretch(-1.0, 1.0),), expression="(nir - red) / (nir + red)")
    got = channels(colorize(np.stack([nir, red]), None, style, info))[0]
    assert got[:, 1].tolist() == [191, 0, 64]
    assert got[:, 0].tolist() == [255, 0, 255]
    assert RasterStyle.from_json(json.loads(json.dumps(style.to_json())), info) == style
    for broken in ({"bands": [3]}, {"bands": [3, 9]}, {"expression": "nir +"}, {"stretches": [[0, 1]] * 2}):
        with pytest.raises(InvalidValue):
            RasterStyle.from_json(style.to_json() | broken, info)


def test_a_style_of_before_is_given_and_a_new_one_says_where_its_stretch_is_from():
    info = bands_of(3, "uint16", 0, 4000)
    old = RasterStyle.from_json({"bands": [1, 2, 3], "stretches": [[0, 9, 1.0]] * 3}, info)
    assert old.rule.origin == "given"
    assert (old.saturation, old.sharpen, old.expression, old.margin_px) == (0, 0, "", 0)
    assert RasterStyle.default(info).rule.origin == "image"
    assert RasterStyle.default(bands_of(3, "uint8", 0, 255)).rule.origin == "given"
    seen = old.with_limits(((1.0, 2.0), (3.0, 4.0), (5.0, 6.0)))
    assert [(s.low, s.high, s.gamma) for s in seen.stretches] == [(1, 2, 1), (3, 4, 1), (5, 6, 1)]
