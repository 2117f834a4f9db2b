"""Tests of what the probe says of rasters, good and bad: through the door of the reader, inline."""

import os
from pathlib import Path

import numpy as np
import pytest
from msgspec import convert

from layers.decoding import encoded
from layers.errors import FileMissing, NotAFile, NotReadable, TooLarge, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.raster.info import RasterInfo
from layers.raster.style import RasterStyle
from layers.readers.raster import datasets
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import SIZE, surface, write_raster

UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)
POOL = ReaderPool(inline=True)


def probe(path: Path | str) -> RasterInfo:
    header = POOL.ask(raw("probe", {"path": str(path), "canvas_crs": "EPSG:3857"})).header
    assert header["kind"] == "raster"
    info = convert(header["raster"], RasterInfo)
    assert repr(convert(encoded(info), RasterInfo)) == repr(info)
    return info


def test_a_scene(tmp_path):
    values = surface(3).astype(np.uint8)
    info = probe(
        write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, overviews=(2, 4), photometric="RGB", tiled=True)
    )
    assert (info.driver, info.width, info.height, info.crs) == ("GTiff", SIZE, SIZE, "EPSG:32652")
    assert info.transform == (10, 0, UTM.left, 0, -10, UTM.top)
    assert info.bounds == UTM
    assert info.bounds_lonlat.contains_point(127.56, 51.9)
    assert info.overviews == (2, 4)
    assert info.block_shape == (256, 256)
    assert [b.color for b in info.bands] == ["red", "green", "blue"]
    assert [(b.low, b.high) for b in info.bands] == [(0, 255)] * 3
    assert info.problems == ()
    assert info.acquired_at == ""


def test_the_stretch_of_deep_data_ignores_nodata_and_outliers(tmp_path):
    values = np.random.default_rng(1).normal(3000, 300, (1, 500, 500))
    values[:, :100] = -9999
    values[0, 200, :10] = 60_000
    info = probe(write_raster(tmp_path / "a.tif", values.astype(np.float32), "EPSG:32652", UTM, nodata=-9999))
    assert info.bands[0].nodata == -9999
    assert 2300 < info.bands[0].low < 2500
    assert 3500 < info.bands[0].high < 3700


@pytest.mark.parametrize("size", [1, 2, 50])
def test_percentiles_of_counted_values_are_those_of_sorted_ones(tmp_path, size):
    values = np.random.default_rng(2).integers(0, 65_536, (1, size, size)).astype(np.uint16)
    band = probe(write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM)).bands[0]
    low, high = np.percentile(values.astype(float), (2, 98))
    assert (band.low, band.high) == pytest.approx((low, high if high > low else low + 1))


def test_the_block_cache_has_room_for_the_blocks_of_the_open_files_and_no_more(tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(datasets, "set_gdal_config", lambda _, value: given.append(value))
    opened = datasets.Datasets()
    small = write_raster(tmp_path / "small.tif", np.zeros((1, 64, 64), np.uint8), "EPSG:32652", UTM, tiled=True)
    deep = np.zeros((4, 1024, 1024), np.uint16)
    large = write_raster(
        tmp_path / "large.tif", deep, "EPSG:32652", UTM, tiled=True, blockxsize=512, blockysize=512, interleave="pixel"
    )
    opened.get(str(small))
    assert given == []
    opened.get(str(large))
    assert given == [datasets.BLOCKS_A_VIEW * 512 * 512 * 2 * 4]
    opened.close()


@pytest.mark.parametrize(("highest", "top"), [(65_535, 65_535), (3000, 4095), (0, 1023)])
def test_deep_colours_of_a_png_have_one_range_and_keep_their_tint(tmp_path, highest, top):
    """Each band was stretched on its own: a picture of sand, as an overlay of Google Earth, was yellow."""
    ramp = np.linspace(0, highest, 64 * 64).reshape(64, 64).astype(np.uint16)
    colours = np.stack([ramp, ramp // 2, np.full_like(ramp, highest // 64)])
    info = probe(write_raster(tmp_path / "a.png", colours, "EPSG:32652", UTM, driver="PNG"))
    assert [(band.low, band.high) for band in info.bands] == [(0, top)] * 3
    grey = probe(write_raster(tmp_path / "b.png", ramp[None], "EPSG:32652", UTM, driver="PNG"))
    assert grey.bands[0].low > 0 or highest == 0, "values of one band are as measured"


@pytest.mark.parametrize("value", [np.nan, np.inf, 5.0])
def test_all_nan_all_infinite_and_constant_rasters(tmp_path, value):
    info = probe(write_raster(tmp_path / "a.tif", np.full((1, 50, 50), value, np.float32), "EPSG:32652", UTM))
    assert (info.bands[0].low, info.bands[0].high) == ((5, 6) if value == 5 else (None, None))


def test_a_large_raster_without_overviews_is_sampled(tmp_path, monkeypatch):
    monkeypatch.setattr("layers.readers.raster.probe.MAX_DECIMATED_PIXELS", 1000)
    values = np.random.default_rng(1).normal(3000, 300, (2, 900, 700)).astype(np.uint16)
    info = probe(write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM))
    assert all(2300 < band.low < 2500 for band in info.bands)


def test_without_a_crs_it_says_so(tmp_path):
    info = probe(write_raster(tmp_path / "a.tif", surface().astype(np.uint8), None, UTM))
    assert info.crs == ""
    assert info.bounds_lonlat is None
    assert ["a.tif does not say in which CRS it is" in p for p in info.problems] == [True]
    nowhere = probe(write_raster(tmp_path / "b.tif", surface().astype(np.uint8), None, None))
    assert len(nowhere.problems) == 2


@pytest.mark.parametrize(("driver", "name", "world"), [("PNG", "a.png", "a.pgw"), ("JPEG", "a.jpg", "a.WLD")])
def test_a_picture_with_a_world_file_and_a_prj(tmp_path, driver, name, world):
    path = write_raster(tmp_path / name, surface(3).astype(np.uint8), None, None, driver=driver)
    assert len(probe(path).problems) == 2
    (tmp_path / world).write_text("10,0\n0\n0\n-10.0\n400005\n5751275\n")
    (tmp_path / "a.prj").write_text("EPSG:32652")
    info = probe(path)
    assert (info.driver, info.crs, info.bounds, info.problems) == (driver, "EPSG:32652", UTM, ())
    (tmp_path / world).write_text("not numbers")
    assert "is not a world file" in probe(path).problems[0]


def test_control_points_place_it_roughly(tmp_path):
    from rasterio.control import GroundControlPoint as Point

    points = [Point(r, c, UTM.left + 10 * c, UTM.top - 10 * r) for r in (0, SIZE) for c in (0, SIZE)]
    info = probe(write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", None, gcps=points))
    assert info.crs == "EPSG:32652"
    assert info.bounds.centre == pytest.approx(UTM.centre)
    assert "4 control points (first order), up to 0.0 pixels off" in info.problems[0]


def test_a_palette(tmp_path):
    import rasterio

    path = write_raster(tmp_path / "a.tif", np.eye(20, dtype=np.uint8)[None], "EPSG:32652", UTM, photometric="palette")
    with rasterio.open(path, "r+") as out:
        out.write_colormap(1, {0: (0, 0, 0, 255), 1: (250, 20, 30, 255)})
    assert probe(path).bands[0].palette[1] == (250, 20, 30, 255)


def test_a_truncated_file_opens_or_says_what_it_is(tmp_path):
    values = np.random.default_rng(3).integers(1, 9999, (1, 512, 512)).astype(np.uint16)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, tiled=True, compress="deflate")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert probe(path).width == 512
    path.write_bytes(whole[:100])
    with pytest.raises(NotReadable, match=r"a\.tif cannot be opened, it is damaged or incomplete"):
        probe(path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.tif", b"hello, world\n", "a.tif is not a TIFF file: its content is plain text."),
        ("a.tif", b"", "a.tif is not a TIFF file: its content is empty."),
        (
            "a.tif",
            b'<VRTDataset rasterXSize="1" rasterYSize="1"/>',
            "a.tif is not a TIFF file: its content is VRT (give it a name",
        ),
        ("a.png", b'{"type": "FeatureCollection"}', "a.png is not a PNG file: its content is JSON text."),
        ("a.gpkg", b"PK\x03\x04\0", "a.gpkg is not a GeoPackage file: its content is a ZIP archive (unpack it"),
        ("a.xyz", b"\0\1\2", "a.xyz cannot be opened, its content is of no kind"),
    ],
)
def test_disguised_files_are_refused_by_what_they_are(tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnsupportedFormat) as caught:
        probe(tmp_path / name)
    assert str(caught.value).startswith(sentence)


def test_what_is_no_regular_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.tif")
    for path, sentence in (
        (tmp_path / "pipe.tif", "pipe.tif is a pipe"),
        (tmp_path, f"{tmp_path.name} is a folder"),
        ("/dev/null", "null is a pipe, socket or device"),
        ("/vsicurl/http://127.0.0.1/a.tif", "is not a file on this machine"),
        ("http://127.0.0.1/a.tif", "lies on a host"),
        ("<VRTDataset/>", "is not a file on this machine"),
        ("a\0b.tif", "is not a file on this machine"),
    ):
        with pytest.raises(NotAFile, match=sentence):
            probe(path)
    for path in (tmp_path / "none.tif", "GTIFF_DIR:1:/etc/passwd"):
        with pytest.raises(FileMissing):
            probe(path)


def test_giant_blocks_are_refused_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "MAX_BLOCK_BYTES", 100_000)
    path = write_raster(
        tmp_path / "a.tif",
        np.zeros((1, 16, 16), np.uint8),
        "EPSG:32652",
        UTM,
        tiled=True,
        blockxsize=512,
        blockysize=512,
    )
    with pytest.raises(TooLarge, match="blocks of 512 x 512"):
        probe(path)


def test_a_sidecar_that_is_no_tiff_is_ignored_and_named(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    small = np.zeros((1, SIZE // 2, SIZE // 2), np.uint8)
    write_raster(tmp_path / "a.png", small, None, None, driver="PNG").rename(tmp_path / "a.tif.ovr")
    info = probe(path)
    assert info.overviews == ()
    assert info.problems == ("a.tif.ovr beside it is not what it should be and is ignored.",)


def test_overviews_beside_the_file_are_used(tmp_path):
    import rasterio

    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    with rasterio.Env(TIFF_USE_OVR="YES"), rasterio.open(path, "r+") as out:
        out.build_overviews([2], rasterio.enums.Resampling.average)
    assert (tmp_path / "a.tif.ovr").exists()
    assert probe(path).overviews == (2,)


def test_statistics(tmp_path):
    values = np.arange(10_000, dtype=np.float32).reshape(1, 100, 100)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, nodata=0)
    (band,) = POOL.ask(raw("statistics", {"path": str(path), "bands": [1]})).header["bands"]
    assert (band["count"], band["min"], band["max"], sum(band["histogram"])) == (9999, 1, 9999, 9999)
    (band,) = POOL.ask(raw("statistics", {"path": str(path), "bands": [1], "window": [90, 90, 50, 50]})).header["bands"]
    assert (band["count"], band["min"]) == (100, 9090)


@pytest.mark.parametrize(
    ("most", "count", "options", "expected", "origin"),
    [
        (80, 1, {}, (1.6, 78.4), "image"),
        (250, 1, {}, (0, 255), "given"),
        (80, 3, {"photometric": "RGB"}, (0, 255), "given"),
        (80, 1, {"photometric": "palette"}, (0, 255), "given"),
        (0, 1, {}, (0, 255), "given"),
    ],
    ids=["dark radar", "uses its bytes", "colours", "palette", "one value"],
)
def test_a_lone_band_of_bytes_is_stretched_where_it_uses_less_than_half_of_them(
    tmp_path, most, count, options, expected, origin
):
    values = np.broadcast_to(np.linspace(0, most, 256).astype(np.uint8), (count, 64, 256))
    info = probe(write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, **options))
    assert (info.bands[0].low, info.bands[0].high) == pytest.approx(expected, abs=1)
    assert RasterStyle.default(info).rule.origin == origin
