"""The fault table's rows for rasters, F41 to F55: one test each, named by its row (some have a second)."""

import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.shutil

from layers.errors import (
    CannotBePlaced,
    FileMissing,
    GeoloupeError,
    NotAllowed,
    NotReadable,
    TooLarge,
    UnsupportedFormat,
)
from layers.geo.bounds import Bounds
from layers.geo.crs import transform_bounds
from layers.pool.pool import ReaderPool
from layers.raster.style import RasterStyle, colorize
from layers.readers.raster import pixels
from tests.support.readers.probed import probed_image
from tests.support.readers.raw import raw
from tests.support.readers.real_reader import real_reader
from tests.support.readers.tiny_rasters import SIZE, sparse_tiff, surface, write_raster
from tests.support.readers.vrts import source, vrt

POOL = ReaderPool(inline=True)
UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)


def tile(path: Path, crs: str = "EPSG:32652", bounds: Bounds = UTM, size: int = SIZE, pool: ReaderPool = POOL, **more):
    affine = [bounds.width / size, 0, bounds.left, 0, -bounds.height / size, bounds.top]
    params = {"path": str(path), "crs": crs, "affine": affine, "width": size, "height": size, "bands": [1], **more}
    answer = pool.ask(raw("tile", params))
    return answer.header, answer.arrays[0][0], answer.arrays[1]


@pytest.fixture
def reader() -> Iterator[ReaderPool]:
    """A pool of one real reader, with the environment of one."""
    with real_reader() as pool:
        yield pool


def one_tile_tiff(path: Path, side: int, stored: bytes) -> Path:
    """A deflated TIFF of one tile, `side` pixels wide and tall, written by hand."""
    entries = [
        (256, 4, side),
        (257, 4, side),
        (258, 3, 8),
        (259, 3, 8),
        (262, 3, 1),
        (277, 3, 1),
        (322, 4, side),
        (323, 4, side),
        (324, 4, 8),
        (325, 4, len(stored)),
    ]
    path.write_bytes(b"II*\0" + struct.pack("<I", 8 + len(stored)) + stored + tiff_directory(entries))
    return path


def tiff_directory(entries: list[tuple[int, int, int]]) -> bytes:
    fields = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return struct.pack("<H", len(entries)) + fields + bytes(4)


@pytest.mark.bounded
@pytest.mark.parametrize("driver", ["GTiff", "JP2OpenJPEG", "NITF"])
def test_f41_a_truncated_file_shows_the_rest_or_says_what_it_is(tmp_path, reader, driver):
    values = np.random.default_rng(3).integers(1, 255, (1, 512, 512)).astype(np.uint8)
    options = {
        "GTiff": {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"},
        "JP2OpenJPEG": {"QUALITY": "100", "REVERSIBLE": "YES", "BLOCKXSIZE": "128", "BLOCKYSIZE": "128"},
        "NITF": {"BLOCKXSIZE": "128", "BLOCKYSIZE": "128", "ICORDS": "N"},
    }[driver]
    path = tmp_path / {"GTiff": "a.tif", "JP2OpenJPEG": "a.jp2", "NITF": "a.ntf"}[driver]
    whole = write_raster(path, values, "EPSG:32652", UTM, driver=driver, **options).read_bytes()
    shown = {}
    for share in (0.02, 0.5, 0.98):
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            info = reader.ask(raw("probe", {"path": str(path)})).facts.raster
            bounds = info.bounds if driver == "NITF" else UTM
            header, found, mask = tile(path, size=512, bounds=bounds, pool=reader)
        except NotReadable:
            shown[share] = 0.0
            continue
        assert header["damaged"] or mask.all() or driver == "JP2OpenJPEG"
        right = (found == values[0]) & mask
        shown[share] = right.mean()
        assert (found == values[0])[mask].mean() > 0.85 or share == 0.02
        if driver == "JP2OpenJPEG":
            assert any("cut short" in problem for problem in info.problems)
    assert shown[0.02] < 0.1
    assert 0.2 < shown[0.5] < 0.8 or driver == "NITF"  # GDAL refuses a NITF shorter than its header says
    assert shown[0.98] > 0.6 or driver == "NITF"


def test_f42_a_huge_file_without_overviews_is_sampled(tmp_path):
    path = sparse_tiff(tmp_path / "a.tif", 100_000, "EPSG:32652", UTM)
    info = probed_image(path)
    assert any("no overviews" in problem for problem in info.problems)
    header, found, mask = tile(path)
    assert header["sampled"]
    assert mask.all()
    near = Bounds(*UTM.centre, *UTM.centre).expanded(0.5)
    header, found, _ = tile(path, bounds=near)
    assert not header["sampled"]
    assert (found == 200).any()


@pytest.mark.bounded
def test_f42_what_is_sampled_looks_like_what_is_averaged(tmp_path, monkeypatch):
    values = surface(3, 1500).astype(np.uint8)
    for options in ({}, {"tiled": True, "blockxsize": 64, "blockysize": 64}, {"interleave": "pixel"}):
        path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, **options)
        _, averaged, _ = tile(path, size=100)
        with monkeypatch.context() as patch:
            patch.setattr("layers.readers.raster.pixels.MAX_SOURCE_PIXELS", 100_000)
            patch.setattr("layers.readers.raster.pixels.SAMPLED_PIXELS", 600_000)
            header, sampled, mask = tile(path, size=100)
        assert header["sampled"]
        assert mask.all()
        assert np.abs(sampled.astype(int) - averaged).mean() < 10
        path.unlink()


def test_f42_samples_are_spread_both_ways(tmp_path, monkeypatch):
    rows = np.repeat(np.arange(1500)[:, None] * 250 // 1500, 1500, 1).astype(np.uint8)
    tiles = {"tiled": True, "blockxsize": 64, "blockysize": 64}
    path = write_raster(tmp_path / "a.tif", np.stack([rows, rows.T, rows]), "EPSG:32652", UTM, **tiles)
    monkeypatch.setattr("layers.readers.raster.pixels.MAX_SOURCE_PIXELS", 100_000)
    monkeypatch.setattr("layers.readers.raster.pixels.SAMPLED_PIXELS", 600_000)
    for band in (1, 2):
        header, sampled, _ = tile(path, size=100, bands=[band], resampling="nearest")
        assert header["sampled"]
        assert len(np.unique(sampled)) in (6, 7)


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(("dtype", "nodata"), [("uint8", None), ("uint16", 7), ("float32", None)])
@pytest.mark.parametrize("options", [{}, {"tiled": True, "blockxsize": 64, "blockysize": 64}])
def test_f42_what_is_averaged_in_slabs_is_as_averaged_at_once(tmp_path, monkeypatch, dtype, nodata, options):
    values = np.random.default_rng(1).integers(10, 250, (3, 1501, 1501)).astype(dtype)
    values[1, 300:700, 200:900] = 7 if nodata else values[1, 300:700, 200:900]
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, nodata, **options)
    _, at_once, mask = tile(path, size=130)
    reads = []
    read = pixels.read_slab
    monkeypatch.setattr(pixels, "read_slab", lambda *args: reads.append(args[3]) or read(*args))
    monkeypatch.setattr(pixels, "SLAB_BYTES", 300_000)
    _, found, found_mask = tile(path, size=130)
    assert len(reads) > 10
    assert (mask == found_mask).all()
    assert np.abs(found.astype(float) - at_once.astype(float)).max() <= 1


def test_f42_rasters_stored_in_rows_count_with_whole_rows(tmp_path, monkeypatch):
    path = write_raster(tmp_path / "a.tif", surface(1, 1500).astype(np.uint8), "EPSG:32652", UTM)
    monkeypatch.setattr("layers.readers.raster.pixels.MAX_SOURCE_PIXELS", 1_000_000)
    x, y = UTM.centre
    strip = Bounds(x, UTM.bottom, x + UTM.width / 20, UTM.top)
    assert tile(path, bounds=strip)[0]["sampled"]
    assert not tile(path, bounds=Bounds(UTM.left, y, UTM.right, y + UTM.height / 20))[0]["sampled"]


def test_f43_a_giant_block_is_refused_before_it_is_read(tmp_path):
    path = one_tile_tiff(tmp_path / "a.tif", 40_000, bytes(1_550_000))
    with pytest.raises(TooLarge, match=r"a\.tif is stored in blocks of 40000 x 40000 pixels"):
        probed_image(path)


@pytest.mark.bounded
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="memory is told by Linux only")
def test_f43_a_reader_that_refuses_a_giant_block_stays_small(tmp_path, reader):
    reader.ask(raw("probe", {"path": str(sparse_tiff(tmp_path / "sparse.tif", 100_000, "EPSG:32652", UTM))}))
    (pid,) = reader.pids()
    before = peak_mb(pid)
    path = one_tile_tiff(tmp_path / "a.tif", 40_000, bytes(1_550_000))
    for op, params in (("probe", {}), ("tile", {"crs": "", "affine": [1, 0, 0, 0, -1, 0], "width": 64, "height": 64})):
        with pytest.raises(TooLarge, match="40000 x 40000"):
            reader.ask(raw(op, {"path": str(path), "bands": [1], **params}))
    tile(tmp_path / "sparse.tif", pool=reader)
    assert reader.pids() == [pid]
    assert peak_mb(pid) - before < 200


def peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def test_f43_a_header_that_promises_too_much(tmp_path):
    """222 bytes that claim a million pixels a side in one strip."""
    entries = [(256, 4, 10**6), (257, 4, 10**6), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1)]
    entries += [(278, 4, 10**6), (279, 4, 4_000_000_000)]
    (tmp_path / "a.tif").write_bytes(b"II*\0" + struct.pack("<I", 8) + tiff_directory(entries))
    with pytest.raises(NotReadable, match=r"a\.tif is damaged here"):
        tile(tmp_path / "a.tif", crs="", bounds=Bounds(0, -(10**6), 10**6, 0))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 7.0])
def test_f44_nothing_but_nan_infinity_or_one_value(tmp_path, value):
    path = write_raster(tmp_path / "a.tif", np.full((1, 50, 50), value, np.float32), "EPSG:32652", UTM)
    info = probed_image(path)
    _, found, mask = tile(path)
    argb = colorize(found[None], mask, RasterStyle.default(info), info)
    assert mask.all() == (value == 7.0)
    assert ((argb >> 24 > 0) == mask).all()


def test_f45_without_a_crs_nothing_is_guessed(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), None, UTM)
    info = probed_image(path)
    assert (info.crs, info.bounds_lonlat) == ("", None)
    with pytest.raises(CannotBePlaced, match="choose its CRS"):
        tile(path)
    assert tile(path, source_crs="EPSG:32652")[2].all()
    assert tile(path, crs="", bounds=Bounds(0, -SIZE, SIZE, 0))[2].all()


@pytest.mark.parametrize("transform", [(0, 0, 5, 0, 0, 5), (10, 10, 0, 10, 10, 0), (10, 0, np.nan, 0, -10, 0)])
def test_f46_a_singular_transform_cannot_be_placed(tmp_path, transform):
    path = write_raster(
        tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", None, transform=rasterio.Affine(*transform)
    )
    info = probed_image(path)
    assert info.bounds_lonlat is None
    assert any("position" in problem for problem in info.problems)
    with pytest.raises(CannotBePlaced):
        tile(path)


def test_f46_a_turned_picture_is_drawn_turned(tmp_path):
    values = surface().astype(np.uint8)
    quarter = rasterio.Affine(0, 10, UTM.left, 10, 0, UTM.bottom)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", None, transform=quarter)
    _, found, mask = tile(path)
    assert mask.all()
    assert (found == values[0].T[::-1]).all()


def test_f47_control_points_and_rpcs_are_told(tmp_path):
    """The figures are held to GDAL's in test_placement."""
    points = [rasterio.control.GroundControlPoint(r, c, UTM.left + 10 * c, UTM.top - 10 * r) for r, c in CORNERS]
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", None, gcps=points)
    assert "placed by 4 control points" in probed_image(path).problems[0]
    _, found, mask = tile(path)
    assert mask.all()
    assert (found == surface().astype(np.uint8)[0]).all()


CORNERS = [(0, 0), (0, SIZE), (SIZE, 0), (SIZE, SIZE)]


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "float64", "complex64"])
@pytest.mark.parametrize("bands", [1, 13])
def test_f48_every_kind_of_band_has_a_picture(tmp_path, dtype, bands):
    """Bits, palettes, alpha, CMYK and 512 bands: test_formats; dtype by place: test_raster_matrix."""
    path = write_raster(tmp_path / "a.tif", surface(bands, high=110).astype(dtype), "EPSG:32652", UTM)
    info = probed_image(path)
    style = RasterStyle.default(info)
    answer = POOL.ask(
        raw(
            "tile",
            {
                "path": str(path),
                "crs": "EPSG:32652",
                "affine": [10, 0, UTM.left, 0, -10, UTM.top],
                "width": SIZE,
                "height": SIZE,
                "bands": list(style.bands),
            },
        ),
    )
    argb = colorize(*answer.arrays, style, info)
    assert np.ptp((argb >> 16) & 255) > 200


@pytest.mark.parametrize(("left", "crs"), [(177.0, "EPSG:4326"), (357.0, "EPSG:4326"), (-183.0, "EPSG:4326")])
def test_f49_across_the_antimeridian_it_is_in_one_piece(tmp_path, left, crs):
    bounds = Bounds(left, 50, left + 6.4, 56.4)
    path = write_raster(tmp_path / "a.tif", surface().astype(np.float32), crs, bounds)
    lonlat = probed_image(path).bounds_lonlat
    assert lonlat.width == pytest.approx(6.4)
    mercator = transform_bounds(crs, "EPSG:3857", bounds)
    turn = 2 * 20037508.342789244
    for by in (-turn, 0, turn):
        moved = Bounds(mercator.left + by, mercator.bottom, mercator.right + by, mercator.top)
        _, found, mask = tile(path, "EPSG:3857", moved, 64)
        assert mask.all()
        assert np.abs(np.diff(found, axis=1)).max() < 12
    _, _, mask = tile(path, "EPSG:3857", Bounds(-turn / 2, -turn / 2, turn / 2, turn / 2), 200)
    assert 0 < mask.sum() < 60  # no strip around the world


def test_f50_broken_sidecars_are_ignored_with_a_note(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    whole = tile(path)[1]
    for name, text in {
        "a.tif.aux.xml": '<!DOCTYPE x [<!ENTITY a "b">]><PAMDataset>&a;</PAMDataset>',
        "a.tif.ovr": '<VRTDataset rasterXSize="64" rasterYSize="64"/>',
        "a.tif.msk": "not a TIFF",
    }.items():
        (tmp_path / name).write_text(text)
        assert any(name in problem for problem in probed_image(path).problems), name
        assert (tile(path)[1] == whole).all()
    aux = tmp_path / "a.tif.aux.xml"
    for text, why in {
        '<PAMDataset><Metadata><MDI key="OVERVIEW_FILE">x</MDI></Metadata></PAMDataset>': "another file",
        "<PAMDataset>" + "<a>" * 5000: "nested too deeply",
        "<PAMDataset><SRS>nonsense</SRS></PAMDataset>": "no CRS that is known",
        "<html/>": "not what GDAL or ArcGIS write",
        "<PAMDataset><GeoTransform>1,2,x</GeoTransform>": "no XML",
    }.items():
        aux.write_text(text)
        assert any(why in problem for problem in probed_image(path).problems), why
    picture = write_raster(tmp_path / "b.png", surface().astype(np.uint8), None, None, driver="PNG")
    (tmp_path / "b.pgw").write_text("1\n0\n0\nnan\n5\n5\n")
    assert any("b.pgw is not a world file" in problem for problem in probed_image(picture).problems)


def test_f51_a_vrt_to_what_it_may_not_read(tmp_path):
    """All refusals by name: test_vrt; that nothing is asked of any host: test_hostile_rasters."""
    write_raster(tmp_path / "left.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    cases = {"gone.tif": FileMissing, "/etc/passwd": NotAllowed, "a.vrt": NotAllowed, "../gone.tif": FileMissing}
    for name, kind in cases.items():
        with pytest.raises(kind, match=r"a\.vrt"):
            probed_image(vrt(tmp_path, source(name)))
    with pytest.raises(NotAllowed, match="VRTRawRasterBand"):
        probed_image(vrt(tmp_path, band='subClass="VRTRawRasterBand"'))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'<VRTDataset rasterXSize="1" rasterYSize="1"/>', "VRT"),
        (b"<GDAL_WMS><Service name='TMS'/></GDAL_WMS>", "a GDAL web map description"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"WMTS:http://127.0.0.1/", "plain text"),
        (b'{"type": "wmts"}', "JSON text"),
    ],
)
@pytest.mark.parametrize("name", ["a.tif", "a.jp2", "a.ntf"])
def test_f52_a_disguise_is_named(tmp_path, content, what, name):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnsupportedFormat, match=f"{name} is not a .* file: its content is {what}"):
        probed_image(tmp_path / name)


def test_f53_changed_truncated_deleted_while_shown(tmp_path):
    values = np.random.default_rng(3).integers(1, 255, (1, 512, 512)).astype(np.uint8)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, tiled=True, blockxsize=128, blockysize=128)
    whole = path.read_bytes()
    assert (tile(path, size=512)[1] == values[0]).all()
    os.truncate(path, len(whole) // 2)
    header, found, mask = tile(path, size=512)
    assert header["damaged"]
    assert (found[mask] == values[0][mask]).all()
    path.write_bytes(b"hello")
    with pytest.raises(UnsupportedFormat):
        tile(path)
    path.unlink()
    with pytest.raises(FileMissing, match=r"a\.tif"):
        tile(path)
    path.write_bytes(whole)
    assert (tile(path, size=512)[1] == values[0]).all()


@pytest.mark.bounded
def test_f54_many_threads_ask_and_one_closes(tmp_path):
    """A handle belongs to one process with one thread: threads of the window only ever queue."""
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    pool = ReaderPool(2)
    pool.start()
    right, ended = [], []

    def ask() -> None:
        try:
            for _ in range(30):
                right.append(bool((tile(path, pool=pool)[1] == surface().astype(np.uint8)[0]).all()))
        except GeoloupeError as error:
            ended.append(error.sentence)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    while len(right) < 40 and any(t.is_alive() for t in threads):
        threading.Event().wait(0.005)
    pool.close()
    for thread in threads:
        thread.join(20)
    assert all(right)
    assert len(right) >= 40
    assert set(ended) <= {"Geoloupe is closing: the request was not answered."}


def test_f55_huge_metadata_is_clipped_and_told(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    with rasterio.open(path, "r+") as out:
        out.update_tags(**{f"KEY{i}": "x" for i in range(5_000)}, BIG="y" * 3_000_000)
        out.update_tags(ns="xml:XMP", XMP="<x>" + "z" * 1_000_000)
    info = probed_image(path)
    assert len(info.tags) <= 250
    assert max(len(value) for value in info.tags.values()) <= 2000
    assert any("more metadata than is shown" in problem for problem in info.problems)
