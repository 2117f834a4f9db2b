"""Overviews in our own cache: built slice by slice, used by the tile op, never beside the file, never for another."""

import os
import shutil

import numpy as np
import pytest
import rasterio

from layers.errors import NotAllowed, SourceChanged, TooLarge
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile
from layers.raster.overviews import overview_name
from layers.readers.raster import overview_cache
from layers.readers.raster.datasets import DATASETS
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import surface, write_raster

POOL = ReaderPool(inline=True)
SIDE = 2051
UTM = Bounds(400_000, 5_750_000, 400_000 + 10 * SIDE, 5_750_000 + 10 * SIDE)


@pytest.fixture
def cache(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def build(path, folder, slice_s: float = 60.0) -> tuple[str, list[float]]:
    row, fractions = 0, []
    while True:
        params = {"path": str(path), "folder": str(folder), "row": row, "slice_s": slice_s}
        header = POOL.ask(raw("overviews", params)).header
        fractions.append(header["fraction"])
        if header["is_done"]:
            return header["overview_path"], fractions
        assert header["row"] > row
        row = header["row"]


def tile(path, size: int = 128, **more):
    affine = [UTM.width / size, 0, UTM.left, 0, -UTM.height / size, UTM.top]
    params = {"path": str(path), "crs": "EPSG:32652", "affine": affine, "width": size, "height": size, "bands": [1]}
    answer = POOL.ask(raw("tile", {**params, **more}))
    return answer.header, answer.arrays[0][0].astype(float), answer.arrays[1]


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("dtype", "nodata", "options"),
    [
        ("uint8", None, {}),
        ("uint8", 0, {}),
        ("int16", -1, {}),
        ("float32", float("nan"), {}),
        ("float32", None, {}),
        ("complex64", None, {}),
        ("uint16", None, {"photometric": "RGB", "alpha": "YES", "bands": 4}),
    ],
)
def test_a_view_through_built_overviews_equals_one_without(tmp_path, cache, dtype, nodata, options):
    values = surface(options.pop("bands", 1), SIDE).astype(dtype)
    hole = (slice(300, 700), slice(900, 1500))
    if nodata is not None or dtype == "float32":
        values[:, *hole] = np.nan if nodata is None else nodata
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, nodata, tiled=True, **options)
    if len(values) == 4:
        with rasterio.open(path, "r+") as out:
            out.write(np.where(np.arange(SIDE) < 1000, 0, 65535).astype(np.uint16)[None, :].repeat(SIDE, 0), 4)
    built, fractions = build(path, cache, slice_s=0.0)
    assert fractions == sorted(fractions)
    assert len(fractions) >= 1
    for size in (100, 128, 300, 480):
        _, plain, plain_mask = tile(path, size)
        header, found, mask = tile(path, size, overview_path=built)
        assert header["shrink"] >= 4
        assert (mask != plain_mask).mean() < 0.02
        assert np.abs(found - plain)[mask & plain_mask].max() <= 2  # each level rounds
    assert sorted(os.listdir(tmp_path)) == ["a.tif", "cache"]
    assert os.listdir(cache) == [os.path.basename(built)]


@pytest.mark.bounded
def test_they_are_not_used_when_finer_pixels_are_wanted(tmp_path, cache):
    path = write_raster(tmp_path / "a.tif", surface(1, SIDE).astype(np.uint8), "EPSG:32652", UTM)
    built, _ = build(path, cache)
    assert tile(path, 600, overview_path=built)[0]["shrink"] == 1


@pytest.mark.bounded
def test_another_state_of_the_file_has_other_overviews(tmp_path, cache):
    path = write_raster(tmp_path / "a.tif", surface(1, SIDE).astype(np.uint8), "EPSG:32652", UTM)
    built, _ = build(path, cache)
    again, fractions = build(path, cache)
    assert (again, fractions) == (built, [1.0])
    path.unlink()
    write_raster(path, np.full((1, SIDE, SIDE), 9, np.uint8), "EPSG:32652", UTM)
    os.utime(path, (1, 1))
    header, found, _ = tile(path, overview_path=built)
    assert header["shrink"] == 1
    assert (found == 9).all()
    assert build(path, cache)[0] != built


@pytest.mark.bounded
def test_a_cache_that_was_emptied_does_no_harm(tmp_path, cache):
    path = write_raster(tmp_path / "a.tif", surface(1, SIDE).astype(np.uint8), "EPSG:32652", UTM)
    built, _ = build(path, cache)
    os.unlink(built)
    DATASETS.close()
    assert tile(path, overview_path=built)[0]["shrink"] == 1


@pytest.mark.bounded
def test_a_build_that_was_left_begins_again_or_goes_on(tmp_path, cache, monkeypatch):
    path = write_raster(tmp_path / "a.tif", surface(1, SIDE).astype(np.uint8), "EPSG:32652", UTM, tiled=True)
    monkeypatch.setattr(overview_cache, "TILE_PX", 128)
    params = {"path": str(path), "folder": str(cache), "row": 0, "slice_s": 0.0}
    header = POOL.ask(raw("overviews", params)).header
    assert 0 < header["fraction"] < 1
    assert not os.path.exists(header["overview_path"])
    for left in cache.iterdir():
        left.unlink()
    header = POOL.ask(raw("overviews", {**params, "row": header["row"]})).header
    assert header["row"] == 128
    built, fractions = build(path, cache, 0.0)
    assert fractions == [0.5, 0.75, 1.0]
    _, found, mask = tile(path, overview_path=built)
    assert mask.all()
    assert np.abs(found - tile(path)[1]).max() <= 1


def test_a_later_session_goes_on_where_one_has_stopped(tmp_path, cache, monkeypatch):
    path = write_raster(tmp_path / "a.tif", surface(1, SIDE).astype(np.uint8), "EPSG:32652", UTM, tiled=True)
    monkeypatch.setattr(overview_cache, "TILE_PX", 128)
    params = {"path": str(path), "folder": str(cache), "slice_s": 0.0}
    rows = []
    while not (header := POOL.ask(raw("overviews", {**params, "row": 0})).header)["is_done"]:
        rows.append(header["row"])
    assert rows == [128, 256, 384]
    _, found, mask = tile(path, overview_path=header["overview_path"])
    assert mask.all()
    assert np.abs(found - tile(path)[1]).max() <= 1


@pytest.mark.bounded
def test_what_was_left_broken_is_begun_anew(tmp_path, cache):
    path = write_raster(tmp_path / "a.tif", surface(1, SIDE).astype(np.uint8), "EPSG:32652", UTM)
    state = os.stat(path)
    name = overview_name(str(path), "", state.st_mtime_ns, state.st_size)
    (cache / name).with_suffix(".part.tif").write_bytes(b"II*\0" + bytes(50))
    built, _ = build(path, cache)
    assert os.path.basename(built) == name
    assert tile(path, overview_path=built)[0]["shrink"] > 4


@pytest.mark.bounded
@pytest.mark.parametrize("rows_at_once", [1, 7, 100_000])
def test_rasters_stored_in_rows_are_read_in_rows(tmp_path, cache, monkeypatch, rows_at_once):
    monkeypatch.setattr(overview_cache, "STRIP_PX", rows_at_once * SIDE * 4)
    path = write_raster(tmp_path / "a.tif", surface(3, SIDE).astype(np.uint8), "EPSG:32652", UTM, nodata=0)
    windows = []
    read = overview_cache.read_pixels
    monkeypatch.setattr(overview_cache, "read_pixels", lambda *args: windows.append(args[2]) or read(*args))
    built, _ = build(path, cache)
    assert {window.width for window in windows} == {SIDE - SIDE % 4}
    _, found, mask = tile(path, overview_path=built)
    assert mask.all()
    assert np.abs(found - tile(path)[1]).max() <= 1


@pytest.mark.bounded
def test_stored_overviews_that_are_too_few_are_gone_on_with(tmp_path, cache):
    path = write_raster(tmp_path / "a.tif", surface(1, SIDE).astype(np.uint8), "EPSG:32652", UTM, tiled=True)
    with rasterio.open(path, "r+") as out:
        out.build_overviews([2], rasterio.enums.Resampling.average)
    built, _ = build(path, cache)
    assert tile(path, 900, overview_path=built)[0]["shrink"] == pytest.approx(2, rel=0.01)
    assert tile(path, 128, overview_path=built)[0]["shrink"] == pytest.approx(8, rel=0.01)
    assert tile(path, 128)[0]["shrink"] == pytest.approx(2, rel=0.01)


def test_a_tile_is_of_the_state_that_was_probed(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    state = POOL.ask(raw("probe", {"path": str(path)})).header["state"]
    assert tile(path, state=state)[2].all()
    os.utime(path, (1, 1))
    with pytest.raises(SourceChanged, match=r"a\.tif has changed since it was opened"):
        tile(path, state=state)


def test_a_folder_that_is_not_there(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    with pytest.raises(NotAllowed, match=r"overviews of a\.tif cannot be written"):
        build(path, tmp_path / "none")


def test_what_is_too_large_is_refused(tmp_path, cache, monkeypatch):
    monkeypatch.setattr(overview_cache, "MAX_PIXELS", 1000)
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    with pytest.raises(TooLarge, match=r"a\.tif is too large for overviews"):
        build(path, cache)
    assert os.listdir(cache) == []


@pytest.mark.bounded
def test_a_writer_process_builds_them(tmp_path, cache):
    path = write_raster(tmp_path / "a.tif", surface(1, SIDE).astype(np.uint8), "EPSG:32652", UTM)
    pool = ReaderPool(1)
    pool.start()
    try:
        params = {"path": str(path), "folder": str(cache), "row": 0, "slice_s": 60}
        header = pool.ask(raw("overviews", params), profile=Profile.WRITER).header
    finally:
        pool.close()
    assert header["is_done"]
    assert tile(path, overview_path=header["overview_path"])[0]["shrink"] > 4


@pytest.mark.bounded
def test_whenever_a_writer_is_killed_the_overviews_become_the_same(tmp_path, cache, monkeypatch):
    path = write_raster(tmp_path / "a.tif", surface(3, SIDE).astype(np.uint8), "EPSG:32652", UTM, tiled=True)
    reference, on_disk = tmp_path / "reference.tif", tmp_path / "on_disk.tif"
    os.replace(build(path, cache)[0], reference)
    add_levels = overview_cache.add_levels

    def killed(full, out):
        out.build_overviews([2], rasterio.enums.Resampling.average)  # writes a part of what GDAL holds
        shutil.copyfile(out.name, on_disk)
        raise OSError("killed")

    monkeypatch.setattr(overview_cache, "add_levels", killed)
    with pytest.raises(NotAllowed):
        build(path, cache)
    monkeypatch.setattr(overview_cache, "add_levels", add_levels)
    name = overview_name(str(path), "", path.stat().st_mtime_ns, path.stat().st_size)
    shutil.copyfile(on_disk, (cache / name).with_suffix(".part.tif"))
    built, _ = build(path, cache)
    for level in range(-1, 1):
        options = {} if level < 0 else {"overview_level": level}
        with rasterio.open(reference, **options) as a, rasterio.open(built, **options) as b:
            assert (a.read() == b.read()).all()
            assert (a.dataset_mask() == b.dataset_mask()).all()


@pytest.mark.parametrize("nodata", [-3.4e38, float(np.finfo(np.float32).min), float(np.finfo(np.float32).max)])
def test_a_mark_for_no_data_at_the_end_of_the_numbers_is_averaged_with_nothing(tmp_path, cache, nodata):
    """Beside it stand numbers that a sum of a few of them, or the next one, would make infinite or equal to it."""
    mark = np.float32(nodata)
    values = np.full((1, 16, 2600), 5.0, np.float32)
    values[:, :, 1::2] = mark
    values[:, :, 800:1600] = np.nextafter(mark, np.float32(0))
    values[:, :, 1600:] = mark
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, nodata)
    built, _ = build(path, cache)
    with rasterio.open(built) as quarter:
        assert quarter.overviews(1) == [2]
        for level in (quarter, rasterio.open(built, overview_level=0)):
            found = level.read(1, masked=True)
            part = level.width / 2600
            assert (found[:, : int(790 * part)] == 5.0).all()
            near = found[:, int(810 * part) : int(1590 * part)]
            assert near.mask.all() or np.allclose(near.compressed(), mark, rtol=1e-5)
            assert found[:, int(1610 * part) :].mask.all()
        level.close()
