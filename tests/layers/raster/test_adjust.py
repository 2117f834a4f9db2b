import numpy as np
import pytest

from layers.geo.bounds import Bounds
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.style import RasterStyle, Stretch, adjust, colorize

RANDOM = np.random.default_rng(7)
INFO = RasterInfo(
    "a.tif",
    "GTiff",
    9,
    9,
    tuple(BandInfo(n, "uint8", low=0, high=255) for n in (1, 2, 3)),
    "",
    (1, 0, 0, 0, 1, 0),
    Bounds(0, 0, 9, 9),
    None,
)


def packed(rgb: np.ndarray) -> np.ndarray:
    red, green, blue = rgb.astype(np.uint32)
    return 0xFF000000 | red << 16 | green << 8 | blue


def channels(pixels: np.ndarray) -> np.ndarray:
    return np.stack([(pixels >> shift) & 255 for shift in (16, 8, 0)]).astype(int)


@pytest.fixture
def rgb() -> np.ndarray:
    return RANDOM.integers(40, 200, (3, 20, 24)).astype(np.uint8)


def test_without_saturation_all_is_grey_and_its_light_stays(rgb: np.ndarray) -> None:
    grey = channels(adjust(packed(rgb), None, -1.0, 0.0))
    light = np.tensordot((0.299, 0.587, 0.114), rgb.astype(float), 1)
    assert (grey[0] == grey[1]).all()
    assert (grey[1] == grey[2]).all()
    assert np.abs(grey[0] - light).max() <= 0.51
    more = channels(adjust(packed(rgb), None, 0.2, 0.0))
    expected = np.clip(light + 1.4 * (rgb - light), 0, 255)
    assert np.abs(more - expected).max() <= 0.51


def test_sharpening_is_an_unsharp_mask(rgb: np.ndarray) -> None:
    found = channels(adjust(packed(rgb), None, 0.0, 0.5))
    values = rgb.astype(float)
    around = sum(values[:, y : y + 18, x : x + 22] for y in range(3) for x in range(3)) / 9
    expected = np.clip(values[:, 1:-1, 1:-1] + 1.5 * (values[:, 1:-1, 1:-1] - around), 0, 255)
    assert np.abs(found - expected).max() <= 0.51


def test_what_is_masked_has_no_say_in_its_neighbours(rgb: np.ndarray) -> None:
    mask = RANDOM.random((20, 24)) > 0.3
    other = np.where(mask, rgb, 255).astype(np.uint8)
    inner = mask[1:-1, 1:-1]
    assert (adjust(packed(rgb), mask, 0, 0.7)[inner] == adjust(packed(other), mask, 0, 0.7)[inner]).all()
    assert (adjust(packed(rgb), None, 0, 0.7)[inner] != adjust(packed(other), None, 0, 0.7)[inner]).any()


def test_tiles_with_a_margin_show_no_seams(rgb: np.ndarray) -> None:
    style = RasterStyle((1, 2, 3), (Stretch(0, 255),) * 3, sharpen=0.6, saturation=0.3)
    mask = RANDOM.random((20, 24)) > 0.2
    whole = colorize(rgb, mask, style, INFO)
    left = colorize(rgb[:, :, :13], mask[:, :13], style, INFO)
    right = colorize(rgb[:, :, 11:], mask[:, 11:], style, INFO)
    assert whole.shape == (18, 22)
    assert (np.concatenate([left, right], axis=1) == whole).all()
    assert ((whole == 0) == ~mask[1:-1, 1:-1]).all()
