"""Resampling by itself: every dtype, every way, and holes that do not bleed."""

import numpy as np
import pytest

from layers.readers.raster.resampling import resample

WAYS = ("nearest", "bilinear", "cubic", "average")
DTYPES = (
    "bool",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float16",
    "float32",
    "float64",
)


def places(height: int, width: int, size: int):
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    return x * (width - 1) / (size - 1), y * (height - 1) / (size - 1)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_constant_stays_and_a_ramp_keeps_its_ends(dtype, how):
    kind = np.dtype(dtype)
    high = 1 if kind.kind == "b" else 100
    bands = np.stack([np.full((20, 20), high), np.tile(np.linspace(0, high, 20), (20, 1))]).astype(kind)
    if kind.kind == "b":
        bands = bands.view(np.uint8)
    found, mask = resample(bands, np.ones((20, 20), bool), *places(20, 20, 39), how)
    assert found.dtype == bands.dtype
    assert mask.all()
    assert (found[0] == high).all()
    assert found[1][0, 0] == 0
    assert found[1][0, -1] == bands[1][0, -1]
    if kind.kind == "f" and how in ("bilinear", "average"):
        assert np.abs(np.diff(found[1].astype(float), axis=1) - 100 / 38).max() < 0.2


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("dtype", ["int8", "uint8", "uint16", "int32", "uint32", "int64", "float32", "float64"])
def test_a_hole_does_not_bleed(dtype, how):
    kind = np.dtype(dtype)
    band = np.full((30, 30), 50, kind)
    mask = np.ones((30, 30), bool)
    mask[8:15, 10:22] = mask[20, 20] = False
    band[~mask] = np.nan if kind.kind == "f" else np.iinfo(kind).max
    found, valid = resample(band[None], mask, *places(30, 30, 111), how)
    assert np.abs(found[0][valid] - 50.0).max() < (1e-4 if kind.kind == "f" else 1e-9)
    nearest = resample(band[None], mask, *places(30, 30, 111), "nearest")[1]
    assert (valid == nearest).all()


@pytest.mark.parametrize("how", WAYS)
def test_a_hole_in_one_band_does_not_bleed_there_nor_hide_the_others(how):
    bands = np.full((2, 30, 30), 50, np.int16)
    valid = np.ones((2, 30, 30), bool)
    bands[0, 8:15, 10:22], valid[0, 8:15, 10:22] = -9999, False
    found, mask = resample(bands, np.ones((30, 30), bool), *places(30, 30, 111), how, valid)
    assert mask.all()
    assert (found[1] == 50).all()
    assert set(np.unique(found[0])) == {-9999, 50}


def test_a_cubic_is_a_cubic_away_from_holes_and_in_more_than_four_bands():
    x = np.linspace(0, 1, 40)
    bands = np.stack([np.tile(100 * np.sin(6 * x + i), (40, 1)) for i in range(6)]).astype(np.float32)
    mask = np.ones((40, 40), bool)
    mask[30:, 30:] = False
    at = places(40, 40, 157)
    true = np.stack([100 * np.sin(6 * at[0] / 39 + i) for i in range(6)])
    off = {how: np.abs(resample(bands, mask, *at, how)[0] - true)[:, 4:100, 4:100].max() for how in WAYS}
    assert off["cubic"] < 0.6 * off["bilinear"]


@pytest.mark.parametrize("how", ["bilinear", "cubic"])
def test_the_extremes_of_integers_do_not_wrap(how):
    for dtype in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"):
        bounds = np.iinfo(dtype)
        ends = np.array([bounds.min, bounds.max], dtype)
        band = ends[np.arange(20) % 8 // 4][None, :].repeat(20, 0)[None]
        found, _ = resample(band, np.ones((20, 20), bool), *places(20, 20, 77), how)
        assert found[0][:, 0].astype(float) == pytest.approx(np.full(77, float(bounds.min)))
        assert np.ptp(found[0].astype(float)) == pytest.approx(float(bounds.max) - float(bounds.min))
