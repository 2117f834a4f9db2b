from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling
from rasterio.warp import reproject

from layers.errors import CannotBePlaced, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, transform_bounds
from layers.readers.raster.tile import read_tile
from layers.requests.imagery import ReadTile
from tests.support.readers.tiny_rasters import SIZE, surface, write_raster

UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)
LONLAT = Bounds(128.0, 51.0, 128.2, 51.2)
POLAR = Bounds(500_000, -500_000, 501_280, -498_720)

MATRIX = [
    ("uint8", 1, None, "EPSG:32652", UTM),
    ("uint8", 3, 0, "EPSG:32652", UTM),
    ("uint16", 4, None, "EPSG:32652", UTM),
    ("int16", 1, -9999, "EPSG:4326", LONLAT),
    ("int8", 1, None, "EPSG:4326", LONLAT),
    ("uint32", 1, None, "EPSG:32652", UTM),
    ("int32", 2, -1, "EPSG:4326", LONLAT),
    ("float32", 1, float("nan"), "EPSG:3995", POLAR),
    ("float32", 3, -3.4e38, "EPSG:32652", UTM),
    ("float64", 1, None, "EPSG:3857", transform_bounds("EPSG:4326", "EPSG:3857", LONLAT)),
    ("complex64", 1, None, "EPSG:32652", UTM),
]


def ask(path: Path, crs: str, bounds: Bounds, size: int, **more):
    affine = [bounds.width / size, 0, bounds.left, 0, -bounds.height / size, bounds.top]
    params = {"path": str(path), "crs": crs, "affine": affine, "width": size, "height": size, "bands": [1], **more}
    header, (bands, mask) = read_tile(ReadTile.of(params))
    assert bands.shape == (len(params["bands"]), size, size)
    assert mask.shape == (size, size)
    assert header["empty"] == (not mask.any())
    return header, bands, mask


def warped(values, crs: str, bounds: Bounds, to_crs: str, to_bounds: Bounds, size: int):
    """GDAL's own warper as the oracle, outside marked by nan."""
    out = np.full((len(values), size, size), np.nan)
    reproject(
        values.astype(np.float64),
        out,
        src_crs=crs,
        dst_crs=to_crs,
        src_transform=rasterio.transform.from_bounds(*bounds, *values.shape[:0:-1]),
        dst_transform=rasterio.transform.from_bounds(*to_bounds, size, size),
        dst_nodata=np.nan,
        resampling=Resampling.bilinear,
    )
    return out


@pytest.mark.parametrize(("dtype", "bands", "nodata", "crs", "bounds"), MATRIX)
def test_agrees_with_gdals_warper_within_a_grey_level(tmp_path, dtype, bands, nodata, crs, bounds):
    high = 120.0 if dtype == "int8" else 220.0
    values = surface(bands, high=high)
    stored = values.astype(dtype) if np.dtype(dtype).kind in "fc" else np.rint(values).astype(dtype)
    path = write_raster(tmp_path / "a.tif", stored, crs, bounds, nodata)
    view = transform_bounds(crs, "EPSG:3857", bounds).scaled(1.213)
    header, found, mask = ask(path, "EPSG:3857", view, 150, bands=list(range(1, bands + 1)))
    expected = warped(stored.real, crs, bounds, "EPSG:3857", view, 150)
    inside = np.isfinite(expected[0])
    assert header["dtype"] == np.dtype("float32" if dtype == "complex64" else dtype).str
    assert (mask == inside).mean() > 0.99
    both = mask & inside
    assert both.sum() > 5000
    difference = np.abs(found.astype(np.float64) - expected)[:, both]
    assert np.quantile(difference, 0.99) <= 1.0
    assert abs((found.astype(np.float64) - expected)[:, both].mean()) < 0.1


def test_own_grid_comes_back_exactly(tmp_path):
    values = np.random.default_rng(1).integers(0, 65535, (3, SIZE, SIZE)).astype(np.uint16)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM)
    _, found, mask = ask(path, "EPSG:32652", UTM, SIZE, bands=[3, 1])
    assert mask.all()
    assert (found == values[[2, 0]]).all()


@pytest.mark.parametrize("how", ["nearest", "bilinear", "cubic", "average"])
def test_no_half_pixel_shift_at_any_scale(tmp_path, how):
    ramp = np.tile(np.arange(SIZE, dtype=np.float64) * 8, (SIZE, 1))
    path = write_raster(tmp_path / "a.tif", np.stack([ramp, ramp.T]), "EPSG:32652", UTM, overviews=(2, 4))
    for size in (32, 40, 64, 100, 128, 200, 512):
        _, found, _ = ask(path, "EPSG:32652", UTM, size, bands=[1, 2], resampling=how)
        at = ((np.arange(size) + 0.5) * SIZE / size - 0.5) * 8
        inner = slice(size // 8, -size // 8)
        # Nearest may be half a source pixel off, the others a fraction of a target pixel.
        allowed = 4.01 if how == "nearest" else max(0.5, 0.13 * 8 * SIZE / size)
        off = found[0][size // 2] - at, found[1][:, size // 2] - at
        assert max(np.abs(o[inner]).max() for o in off) <= allowed * (2 if how == "nearest" and size < 128 else 1)
        if how != "nearest":
            assert max(abs(o[inner].mean()) for o in off) < 0.1 * 8


def test_nodata_does_not_bleed(tmp_path):
    values = np.full((1, SIZE, SIZE), 200, np.int16)
    values[:, :, :50] = -32768
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, nodata=-32768)
    _, found, mask = ask(path, "EPSG:32652", UTM, 333)
    assert 0.55 < mask.mean() < 0.65
    assert (found[0][mask] == 200).all()


def test_an_alpha_band_masks(tmp_path):
    values = np.full((4, SIZE, SIZE), 90, np.uint8)
    values[3] = 0
    values[3, :64] = 255
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, photometric="RGB", alpha="YES")
    _, found, mask = ask(path, "EPSG:32652", UTM, SIZE, bands=[1, 2, 3])
    assert mask[:64].all()
    assert not mask[64:].any()
    assert (found[:, mask] == 90).all()


def test_coarse_views_average_instead_of_picking(tmp_path):
    noise = np.random.default_rng(2).integers(0, 2, (1, 512, 512)).astype(np.uint8) * 200
    path = write_raster(tmp_path / "a.tif", noise, "EPSG:32652", UTM)
    _, found, _ = ask(path, "EPSG:32652", UTM, 32)
    assert abs(found.mean() - 100) < 3
    assert found.std() < 12


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:3995", "EPSG:4326"])
def test_the_world_has_no_seam(tmp_path, crs):
    lon = np.radians((np.arange(72) + 0.5) * 5 - 180)
    world = (120 + 100 * np.sin(np.tile(lon, (36, 1))))[None].astype(np.float32)
    path = write_raster(tmp_path / "w.tif", world, "EPSG:4326", Bounds(-180, -90, 180, 90))
    half = {"EPSG:3857": MERCATOR_HALF_M, "EPSG:3995": 5e6, "EPSG:4326": 180.0}[crs]
    _, found, mask = ask(path, crs, Bounds(-half, -half, half, half), 256)
    y, x = np.mgrid[0:256, 0:256] + 0.5
    x, y = (x / 128 - 1) * half, (1 - y / 128) * half
    if crs == "EPSG:4326":
        assert (mask == (np.abs(y) < 90)).all()
        expected = 120 + 100 * np.sin(np.radians(x))
    else:
        assert mask.all()
        expected = 120 + 100 * (np.sin(np.pi * x / half) if crs == "EPSG:3857" else x / np.hypot(x, y))
    far = mask & (np.hypot(x, y) > half / 8)
    assert np.abs(found[0] - expected)[far].max() < 1.5


def test_the_world_is_shown_once_and_ends_at_the_square(tmp_path):
    path = write_raster(tmp_path / "w.tif", surface().astype(np.uint8), "EPSG:4326", Bounds(-180, -90, 180, 90))
    half = MERCATOR_HALF_M
    _, _, mask = ask(path, "EPSG:3857", Bounds(-2 * half, -2 * half, 2 * half, 2 * half), 128)
    assert mask[32:96, 32:96].all()
    assert mask.sum() == 64 * 64
    _, _, mask = ask(path, "EPSG:4326", Bounds(-360, -180, 360, 180), 128)
    assert mask.sum() == 64 * 64


def test_a_raster_across_the_antimeridian_is_found_on_both_sides(tmp_path):
    values = surface().astype(np.uint8)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:4326", Bounds(177, 50, 183, 56))
    _, east, mask_east = ask(path, "EPSG:4326", Bounds(-180, 50, -177, 53), 64)
    _, same, mask_same = ask(path, "EPSG:4326", Bounds(180, 50, 183, 53), 64)
    assert mask_east.all()
    assert mask_same.all()
    assert (east == same).all()
    _, _, elsewhere = ask(path, "EPSG:4326", Bounds(0, 50, 3, 53), 64)
    assert not elsewhere.any()


def test_beside_the_raster_is_empty(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    header, _, _ = ask(path, "EPSG:32652", Bounds(0, 0, 1000, 1000), 16)
    assert header["empty"]


def test_damaged_blocks_are_masked_and_the_rest_is_shown(tmp_path):
    values = np.random.default_rng(3).integers(1, 255, (1, 512, 512)).astype(np.uint8)
    path = write_raster(
        tmp_path / "a.tif", values, "EPSG:32652", UTM, tiled=True, blockxsize=128, blockysize=128, compress="deflate"
    )
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    header, found, mask = ask(path, "EPSG:32652", UTM, 512)
    assert header["damaged"]
    assert 0.2 < mask.mean() < 0.8
    assert (found[0][mask] == values[0][mask]).all()
    path.write_bytes(whole[:4096])
    with pytest.raises(NotReadable, match=r"a\.tif"):
        ask(path, "EPSG:32652", UTM, 512)


def test_without_a_crs_it_cannot_be_placed_unless_one_is_given(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), None, UTM)
    with pytest.raises(CannotBePlaced, match="CRS"):
        ask(path, "EPSG:32652", UTM, 32)
    _, _, mask = ask(path, "EPSG:32652", UTM, 32, source_crs="EPSG:32652")
    assert mask.all()


def test_a_turned_canvas_turns_the_picture(tmp_path):
    values = surface().astype(np.uint8)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM)
    turn = [0, 10, UTM.left, 10, 0, UTM.bottom]  # x and y exchanged
    params = {"path": str(path), "crs": "EPSG:32652", "affine": turn, "width": SIZE, "height": SIZE}
    _, (found, mask) = read_tile(ReadTile.of({**params, "bands": [1]}))
    assert mask.all()
    assert (found[0] == values[0][::-1].T).all()


def test_a_changed_file_is_read_again(tmp_path):
    path = write_raster(tmp_path / "a.tif", np.full((1, 64, 64), 10, np.uint8), "EPSG:32652", UTM)
    assert ask(path, "EPSG:32652", UTM, 8)[1].max() == 10
    path.unlink()
    write_raster(path, np.full((1, 65, 64), 77, np.uint8), "EPSG:32652", UTM)
    assert ask(path, "EPSG:32652", UTM, 8)[1].max() == 77


@pytest.mark.bounded_after(6)
@pytest.mark.sampled(6)
@pytest.mark.parametrize("how", ["bilinear", "cubic", "average"])
@pytest.mark.parametrize("crs", ["EPSG:32652", "EPSG:3857"])
@pytest.mark.parametrize(("resolution", "overviews"), [(3.7, ()), (13.3, ()), (13.3, (2, 4)), (41.0, (2, 4))])
def test_no_seam_between_tiles_at_any_zoom(tmp_path, how, crs, resolution, overviews):
    """Tiles put together are what one read of all of them is: at their edges they look beyond them."""
    side = 1000
    rows, columns = np.mgrid[0:side, 0:side]
    waves = 128 + 60 * np.sin(columns / 3.1 + rows / 17) + 50 * np.cos(rows / 3.7)
    place = Bounds(400_000, 5_750_000, 400_000 + 10 * side, 5_750_000 + 10 * side)
    path = write_raster(
        tmp_path / "a.tif", waves[None].astype(np.uint8), "EPSG:32652", place, overviews=overviews, tiled=True
    )
    x, y = transform_bounds("EPSG:32652", crs, place).centre
    step = resolution * (1.0 if crs == "EPSG:32652" else 1.61)

    def read(col: int, row: int, size: int) -> np.ndarray:
        affine = [step, 0, x + (col - 96.3) * step, 0, -step, y - (row - 96.8) * step]
        params = {"path": str(path), "crs": crs, "affine": affine, "width": size, "height": size, "bands": [1]}
        return read_tile(ReadTile.of({**params, "resampling": how}))[1][0][0].astype(int)

    whole, tiles = read(0, 0, 192), np.zeros((192, 192), int)
    for row in range(0, 192, 64):
        for col in range(0, 192, 64):
            tiles[row : row + 64, col : col + 64] = read(col, row, 64)
    assert np.abs(tiles - whole).max() <= 1


@pytest.mark.parametrize(("scale", "factor"), [(3.96, 4), (3.4, 4), (3.2, 2), (2.0, 2), (1.9, 1), (1.7, 1)])
def test_an_overview_is_a_fifth_coarser_than_the_canvas_at_most_and_the_first_one_hardly(tmp_path, scale, factor):
    """A finer one has four times as many pixels, which of a file on a host are fetched."""
    path = write_raster(tmp_path / "a.tif", np.ones((1, 512, 512), np.uint8), "EPSG:32652", UTM, overviews=(2, 4))
    header, _, _ = ask(path, "EPSG:32652", UTM, round(512 / scale))
    assert header["shrink"] == pytest.approx(factor)
