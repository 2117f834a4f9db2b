"""160 generated rasters: every dtype in every kind of place, with bands and nodata in turn.

Each is probed, read in its own pixels (bit for bit), reprojected (GDAL's warper is the oracle) and coloured. All use
one check, and the last tests prove that the check sees half a pixel.
"""

import math
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling
from rasterio.warp import reproject

from layers.geo.bounds import Bounds
from layers.geo.crs import transform_bounds
from layers.pool.pool import ReaderPool
from layers.raster.style import RasterStyle, colorize
from layers.readers.raster import tile
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import surface

SIZE, VIEW = 32, 40
POOL = ReaderPool(inline=True)


class Place(NamedTuple):
    """Where a raster lies, and a CRS to look at it in. `shift` moves both for an oracle that knows no dateline."""

    crs: str
    transform: tuple[float, float, float, float, float, float]
    view_crs: str = "EPSG:3857"
    shift: float = 0.0


def turned(degrees: float, shear: float = 0.0) -> tuple[float, float, float, float, float, float]:
    c, s = 10 * math.cos(math.radians(degrees)), 10 * math.sin(math.radians(degrees))
    return (c, s + shear, 400_000.0, s, -c, 5_750_000.0)


PLACES = {
    "utm": Place("EPSG:32652", (10, 0, 400_000, 0, -10, 5_750_000)),
    "rotated": Place("EPSG:32652", turned(20)),
    "sheared": Place("EPSG:32652", turned(-35, shear=3)),
    "southup": Place("EPSG:32633", (10, 0, 400_000, 0, 10, 5_750_000)),
    "lonlat": Place("EPSG:4326", (0.01, 0, 128, 0, -0.01, 51.2)),
    "dateline": Place("EPSG:4326", (0.2, 0, 177, 0, -0.2, 56.2), shift=-180.0),
    "to360": Place("EPSG:4326", (0.1, 0, 230, 0, -0.1, -20), shift=-230.0),
    "beyond": Place("EPSG:4326", (0.2, 0, 3, 0, -0.2, 92), "EPSG:3995"),
    "pole": Place("EPSG:3995", (10_000, 0, -160_000, 0, -10_000, 160_000), "EPSG:3413"),
    "mercator": Place("EPSG:3857", (20, 0, 14_000_000, 0, -20, 6_500_000), "EPSG:32652"),
}
DTYPES = [
    "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64",
    "complex64", "complex128", "complex_int16", "float32", "int16",
]  # fmt: skip
BANDS = (1, 3, 4, 2, 1, 5, 13)
NODATA = {"f": (None, float("nan"), -9999.0, 0.0), "i": (None, -1, 0), "u": (None, 0, 255), "c": (None,)}
CASES = [
    (dtype, BANDS[(row * 3 + col) % len(BANDS)], row + col, place)
    for row, dtype in enumerate(DTYPES)
    for col, place in enumerate(PLACES)
]


def numpy_dtype(dtype: str) -> np.dtype:
    return np.dtype("complex64" if dtype == "complex_int16" else dtype)


def make(folder: Path, dtype: str, bands: int, turn: int, place: Place) -> tuple[Path, np.ndarray, np.ndarray]:
    """The raster, its real values (magnitudes) as stored, and where they are valid."""
    kind = numpy_dtype(dtype)
    values = surface(bands, SIZE, high=120.0 if dtype == "int8" else 220.0)
    values = values if kind.kind in "fc" and dtype != "complex_int16" else np.rint(values)
    stored = values.astype(kind)
    if kind.kind == "c":
        stored = stored * np.array([1j, -1, -1j, 1], kind)[np.arange(SIZE * SIZE).reshape(SIZE, SIZE) % 4]
    choices = NODATA[kind.kind]
    nodata = choices[turn % len(choices)]
    valid = np.ones((SIZE, SIZE), bool)
    if nodata is not None:
        valid[4:11, 20:29] = False
        stored[:, ~valid] = nodata
    profile = {"count": bands, "dtype": dtype, "nodata": nodata, "crs": place.crs, "height": SIZE, "width": SIZE}
    path = folder / "a.tif"
    with rasterio.open(path, "w", driver="GTiff", transform=rasterio.Affine(*place.transform), **profile) as out:
        out.write(stored)
    return path, np.abs(stored) if kind.kind == "c" else stored, valid


def ask(path: Path, crs: str, affine: tuple, size: int, bands: int, how: str = "bilinear"):
    params = {
        "path": str(path),
        "crs": crs,
        "affine": list(affine),
        "width": size,
        "height": size,
        "resampling": how,
        "bands": list(range(1, bands + 1)),
    }
    answer = POOL.ask(raw("tile", params))
    return answer.arrays


def oracle(
    values: np.ndarray, valid: np.ndarray, place: Place, affine: rasterio.Affine, how: Resampling = Resampling.bilinear
) -> np.ndarray:
    a, b, c, d, e, f = place.transform
    source = np.where(valid, values.astype(np.float64), np.nan)
    out = np.full((len(values), VIEW, VIEW), np.nan)
    east = place.shift * 20037508.342789244 / 180
    reproject(
        source,
        out,
        src_crs=place.crs,
        dst_crs=place.view_crs,
        src_nodata=np.nan,
        dst_nodata=np.nan,
        src_transform=rasterio.Affine(a, b, c + place.shift, d, e, f),
        resampling=how,
        dst_transform=rasterio.Affine(affine.a, affine.b, affine.c + east, affine.d, affine.e, affine.f),
        tolerance=0,
    )
    return out


def check(folder: Path, dtype: str, bands: int, turn: int, place: Place) -> None:
    path, values, valid = make(folder, dtype, bands, turn, place)
    info = POOL.ask(raw("probe", {"path": str(path)})).facts.raster
    assert (info.dtype, len(info.bands), info.placed_by) == (dtype, bands, "transform")
    assert info.transform == pytest.approx(place.transform)
    assert info.crs == place.crs
    assert info.bounds_lonlat is not None

    own, mask = ask(path, place.crs, place.transform, SIZE, bands)
    whole_world = np.ones_like(valid) if place is not PLACES["beyond"] else valid
    assert (mask == (valid & whole_world)).all()
    assert own.dtype == values.dtype
    assert (own[:, mask] == values[:, mask]).all()

    bounds = transform_bounds(place.crs, place.view_crs, info.bounds if place.view_crs != "EPSG:3995" else POLAR_VIEW)
    affine = rasterio.transform.from_bounds(*bounds, VIEW, VIEW)
    found, mask = ask(path, place.view_crs, affine[:6], VIEW, bands)
    expected = oracle(values, valid, place, affine)
    both = mask & np.isfinite(expected[0])
    assert both.sum() > 250
    assert (mask != np.isfinite(expected[0])).mean() < 0.05
    assert np.abs(found.astype(np.float64) - expected)[:, both].max() <= 1.0

    style = RasterStyle.default(info)
    picked = found[[index - 1 for index in style.bands]]
    colours = colorize(picked, mask, style, info)
    assert ((colours >> 24) == np.where(mask, 255, 0)).all()
    stretch, red = style.stretches[0], (colours >> 16) & 255
    grey = np.clip((picked[0].astype(np.float64) - stretch.low) / (stretch.high - stretch.low), 0, 1) * 255
    assert np.abs(red - grey)[mask].max() <= 1.0


POLAR_VIEW = Bounds(3, 88, 9, 90)


@pytest.mark.bounded_after(16)
@pytest.mark.parametrize(("dtype", "bands", "turn", "place"), CASES)
def test_it_renders_as_documented(tmp_path, dtype, bands, turn, place):
    check(tmp_path, dtype, bands, turn, PLACES[place])


@pytest.mark.parametrize("how", [Resampling.cubic, Resampling.nearest])
@pytest.mark.parametrize("place", ["utm", "rotated", "lonlat", "pole", "dateline"])
def test_the_other_resamplings_agree_with_gdals(tmp_path, place, how):
    place = PLACES[place]
    path, values, valid = make(tmp_path, "float32", 5, 0, place)
    bounds = transform_bounds(place.crs, place.view_crs, bounds_of(place))
    middle = Bounds(*np.array(bounds) + 0.2137 * np.array([bounds.width, bounds.height, -bounds.width, -bounds.height]))
    affine = rasterio.transform.from_bounds(*middle, VIEW, VIEW)
    found, mask = ask(path, place.view_crs, affine[:6], VIEW, 5, how.name)
    expected = oracle(values, valid, place, affine, how)
    both = mask & np.isfinite(expected[0])
    assert both.sum() > 1000
    if how is Resampling.nearest:
        assert (found == expected)[:, both].mean() > 0.97  # positions may be an eighth of a pixel off
    else:  # at the edges of the picture and of holes GDAL has its own way
        both = cv2.erode(both.astype(np.uint8), np.ones((7, 7)), borderValue=0) > 0
        assert both.sum() > 300
        assert np.abs(found - expected)[:, both].max() <= 0.1


def bounds_of(place: Place) -> Bounds:
    corners = [rasterio.Affine(*place.transform) @ (x, y) for x in (0, SIZE) for y in (0, SIZE)]
    return Bounds.of_points([x for x, _ in corners], [y for _, y in corners])


@pytest.mark.parametrize("place", list(PLACES))
def test_the_check_sees_half_a_pixel(tmp_path, monkeypatch, place):
    monkeypatch.setattr(tile, "PIXEL_CENTRE", 0.0)
    with pytest.raises(AssertionError):
        check(tmp_path, "float32", 1, 0, PLACES[place])


@pytest.mark.parametrize("place", list(PLACES))
def test_the_check_sees_half_a_pixel_in_the_reprojection_alone(tmp_path, monkeypatch, place):
    if PLACES[place].crs == PLACES[place].view_crs:
        return
    in_window = tile.Mapping.in_window

    def shifted(mapping, scale, shift):
        x, y = in_window(mapping, scale, shift)
        return (x, y) if mapping.shape == (SIZE, SIZE) else (x + np.float32(0.5), y)

    monkeypatch.setattr(tile.Mapping, "in_window", shifted)
    with pytest.raises(AssertionError):
        check(tmp_path, "float32", 1, 0, PLACES[place])


def test_there_are_enough_of_them():
    assert len(CASES) >= 120
