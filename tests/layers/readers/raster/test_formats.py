"""Formats besides GeoTIFF, and what is odd inside a TIFF: palettes, masks, bits, colour models, many bands."""

import sqlite3
import time
import warnings
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
import rasterio
import rasterio.shutil

from layers.errors import NotReadable, TooLarge, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M
from layers.pool.pool import ReaderPool
from layers.raster.info import RasterInfo
from layers.raster.style import RasterStyle, colorize
from tests.support.readers.gdal_2_tables import add_technical_table
from tests.support.readers.probed import probed_image
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import SIZE, surface, write_raster

POOL = ReaderPool(inline=True)
UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)
GREY = surface().astype(np.uint8)


def tile(path: Path, crs: str, bounds: Bounds, size: int, bands=(1,), **more):
    affine = [bounds.width / size, 0, bounds.left, 0, -bounds.height / size, bounds.top]
    params = {"path": str(path), "crs": crs, "affine": affine, "width": size, "height": size, "bands": list(bands)}
    return POOL.ask(raw("tile", {**params, **more}))


def pixels(path: Path, bands=(1,), **more):
    """Bands and mask of a raster at UTM's bounds, pixel for pixel."""
    return tile(path, "EPSG:32652", UTM, SIZE, bands, **more).arrays


def picture(path: Path, info: RasterInfo) -> np.ndarray:
    """(h, w, 4) red, green, blue, alpha as the default style shows it."""
    style = RasterStyle.default(info)
    bands, mask = pixels(path, style.bands)
    argb = colorize(bands, mask, style, info)
    return np.stack([argb >> 16 & 255, argb >> 8 & 255, argb & 255, argb >> 24], axis=-1)


def test_jpeg_2000(tmp_path):
    values = np.random.default_rng(0).integers(0, 4000, (3, SIZE, SIZE)).astype(np.uint16)
    path = write_raster(
        tmp_path / "a.jp2",
        values,
        "EPSG:32652",
        UTM,
        driver="JP2OpenJPEG",
        QUALITY="100",
        REVERSIBLE="YES",
        RESOLUTIONS="3",
    )
    info = probed_image(path)
    assert (info.driver, info.crs, info.bounds, info.dtype) == ("JP2OpenJPEG", "EPSG:32652", UTM, "uint16")
    found, mask = pixels(path, (3, 1))
    assert mask.all()
    assert (found == values[[2, 0]]).all()
    _, mask = tile(path, "EPSG:3857", Bounds(14_200_000, 6_700_000, 14_210_000, 6_710_000), 64).arrays
    assert mask.shape == (64, 64)


def test_nitf_with_two_images(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first = write_raster(tmp_path / "a.tif", GREY, None, None)
        second = write_raster(tmp_path / "b.tif", GREY[:, ::-1].copy(), None, None)
        path = tmp_path / "a.ntf"
        rasterio.shutil.copy(first, path, driver="NITF", NUMI="2", FSCLAS="C", FSREL="REL TO XYZ")
        rasterio.shutil.copy(second, path, driver="NITF", APPEND_SUBDATASET="YES")
    info = probed_image(path)
    assert (info.driver, info.parts, info.part) == ("NITF", ("0", "1"), "0")
    assert any("holds 2 pictures" in problem for problem in info.problems)
    assert info.tags["NITF_FSREL"] == "REL TO XYZ"
    assert probed_image(path, part="1").part == "1"
    for part, expected in (("", GREY), ("0", GREY), ("1", GREY[:, ::-1])):
        answer = POOL.ask(
            raw(
                "tile",
                {
                    "path": str(path),
                    "crs": "",
                    "affine": [1, 0, 0, 0, -1, 0],
                    "width": SIZE,
                    "height": SIZE,
                    "bands": [1],
                    "part": part,
                },
            ),
        )
        assert (answer.arrays[0] == expected).all()
    for part in ("9", "x:/etc/passwd"):
        with pytest.raises(NotReadable):
            probed_image(path, part=part)


# --- SQLite


def encoded(colour: tuple[int, int, int], alpha: int = 255, kind: str = ".png", size: int = 256) -> bytes:
    array = np.empty((size, size, 4), np.uint8)
    array[...] = (*colour[::-1], alpha)
    return cv2.imencode(kind, array if kind == ".png" else array[..., :3])[1].tobytes()


def mbtiles(path: Path, tiles: dict[tuple[int, int, int], bytes], **metadata: str) -> Path:
    """`tiles` by zoom, column, row from the north."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        database.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        rows = [(z, x, 2**z - 1 - y, blob) for (z, x, y), blob in tiles.items()]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
        database.commit()
    return path


def tile_bounds(z: int, x: int, y: int) -> Bounds:
    size = 2 * MERCATOR_HALF_M / 2**z
    left, top = x * size - MERCATOR_HALF_M, MERCATOR_HALF_M - y * size
    return Bounds(left, top - size, left + size, top)


def test_mbtiles(tmp_path):
    colours = {(2, x, y): (60 * x, 60 * y, 90) for x in range(4) for y in range(4)}
    tiles = {key: encoded(colour) for key, colour in colours.items()}
    tiles |= {(1, x, y): encoded((7, 100 * x, 100 * y), kind=".jpg") for x in range(2) for y in range(2)}
    tiles[2, 3, 3] = encoded((9, 9, 9), alpha=0)
    tiles[2, 1, 0] = b"garbage"
    path = mbtiles(tmp_path / "a.mbtiles", tiles, bounds="-180,-85.06,180,85.06", attribution="<b>me</b>")
    info = probed_image(path)
    assert (info.driver, info.crs, info.width, info.height, info.overviews) == (
        "MBTiles",
        "EPSG:3857",
        1024,
        1024,
        (2,),
    )
    assert [band.color for band in info.bands] == ["red", "green", "blue", "alpha"]
    assert info.bounds == pytest.approx(tile_bounds(0, 0, 0))
    for (z, x, y), colour in colours.items():
        found, mask = tile(path, "EPSG:3857", tile_bounds(z, x, y), 256, (1, 2, 3)).arrays
        if (x, y) in ((3, 3), (1, 0)):
            assert not mask.any()
        else:
            assert mask.all()
            assert (found == np.array(colour)[:, None, None]).all()
    found, _ = tile(path, "EPSG:3857", tile_bounds(1, 1, 0), 256, (1, 2, 3)).arrays
    assert np.abs(found[:, 128, 128].astype(int) - [7, 100, 0]).max() <= 2  # the coarser zoom level is read
    found, _ = tile(path, "EPSG:3857", tile_bounds(0, 0, 0), 64, (1, 2, 3)).arrays
    assert np.abs(found[:, 16, 48].astype(int) - [7, 100, 0]).max() <= 3


def test_mbtiles_of_a_small_place(tmp_path):
    path = mbtiles(
        tmp_path / "a.mbtiles",
        {(12, 3506, 1351): encoded((1, 2, 3)), (12, 3507, 1351): encoded((4, 5, 6))},
        bounds="128.15,52.05,128.3,52.09",
    )
    info = probed_image(path)
    assert info.width in (512, 768)
    assert info.bounds_lonlat.contains_point(128.2, 52.07)
    found, mask = tile(path, "EPSG:3857", tile_bounds(12, 3507, 1351), 256, (1, 2, 3)).arrays
    assert mask.all()
    assert (found[:, 0, 0] == [4, 5, 6]).all()


@pytest.mark.parametrize("bounds", ["128.2,52.06,128.21,52.07", "0,0,1,1", "-180,-85,-179,-84"])
def test_mbtiles_are_not_cut_to_bounds_that_are_too_narrow(tmp_path, bounds):
    """GDAL shows nothing of what lies beyond the bounds in the metadata, as wrong as they may be."""
    tiles = {(12, 3506, 1351): encoded((1, 2, 3)), (12, 3507, 1351): encoded((4, 5, 6))}
    path = mbtiles(tmp_path / "a.mbtiles", tiles, bounds=bounds)
    for (z, x, y), colour in (((12, 3506, 1351), (1, 2, 3)), ((12, 3507, 1351), (4, 5, 6))):
        found, mask = tile(path, "EPSG:3857", tile_bounds(z, x, y), 256, (1, 2, 3)).arrays
        assert mask.all()
        assert (found[:, 0, 0] == colour).all()
        lonlat = probed_image(path).bounds
        assert lonlat.contains(tile_bounds(z, x, y).scaled(0.999))


def test_mbtiles_through_a_view_that_never_ends(tmp_path, monkeypatch):
    monkeypatch.setattr("layers.readers.guards.tile_audit.DEADLINE_S", 0.2)
    path = tmp_path / "a.mbtiles"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute(
            "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT 1 AS zoom_level, i AS tile_column, 1 AS tile_row, 'x' AS tile_data FROM n"
        )
        database.commit()
    start = time.monotonic()
    with pytest.raises(NotReadable, match=r"a\.mbtiles is a damaged MBTiles file"):
        probed_image(path)
    assert time.monotonic() - start < 10  # without a deadline it runs for ever


@pytest.mark.parametrize(
    ("tiles", "metadata", "sentence"),
    [
        ({(0, 0, 0): b"\x1a\x00"}, {"format": "pbf"}, "vector tiles"),
        ({}, {}, "no tiles"),
        ({(0, 0, 0): b"<html>"}, {}, "no PNG, JPEG or WebP"),
        ({(0, 0, 0): encoded((1, 2, 3), size=8)}, {}, "no PNG, JPEG or WebP"),
        ({(30, 0, 0): b"x"}, {}, "no tiles of the zoom levels"),
    ],
)
def test_mbtiles_that_are_refused(tmp_path, tiles, metadata, sentence):
    with pytest.raises(UnsupportedFormat, match=sentence):
        probed_image(mbtiles(tmp_path / "a.mbtiles", tiles, **metadata))


def test_tiles_of_a_geopackage(tmp_path):
    mercator = tile_bounds(4, 13, 5)
    rgb = np.stack([GREY[0], GREY[0][::-1], GREY[0].T])
    path = tmp_path / "a.gpkg"
    for name, values in (("first", rgb), ("second", rgb[::-1].copy())):
        more = {"APPEND_SUBDATASET": "YES"} if path.exists() else {}
        source = write_raster(tmp_path / f"{name}.tif", values, "EPSG:3857", mercator)
        rasterio.shutil.copy(source, path, driver="GPKG", RASTER_TABLE=name, TILE_FORMAT="PNG", **more)
    with closing(sqlite3.connect(path)) as database:  # rasterio writes names in upper case
        for table in ("gpkg_contents", "gpkg_tile_matrix_set", "gpkg_tile_matrix"):
            database.execute(f"UPDATE {table} SET table_name = 'first' WHERE table_name = 'FIRST'")
        database.execute("ALTER TABLE FIRST RENAME TO aside")
        database.execute("ALTER TABLE aside RENAME TO first")
        database.commit()
    info = probed_image(path)
    assert (info.driver, info.crs, info.parts, info.part) == ("GPKG", "EPSG:3857", ("first", "SECOND"), "first")
    for part, expected in (("", rgb), ("SECOND", rgb[::-1])):
        found, mask = tile(path, "EPSG:3857", mercator, SIZE, (1, 2, 3), part=part).arrays
        assert mask.all()
        assert (found == expected).all()
    with pytest.raises(NotReadable, match="no tiles named"):
        probed_image(path, part="third")
    with closing(sqlite3.connect(path)) as database:
        database.execute("ALTER TABLE gpkg_tile_matrix RENAME TO hidden")
        database.execute("CREATE VIEW gpkg_tile_matrix AS SELECT * FROM hidden")
        database.commit()
    with pytest.raises(UnsupportedFormat, match="replaces a table"):
        probed_image(path)


def test_tiles_with_the_technical_table_of_gdal_2(tmp_path):
    """It registers a table of features that holds nothing, for the sake of older programs."""
    path = tmp_path / "a.gpkg"
    source = write_raster(tmp_path / "a.tif", GREY, "EPSG:3857", tile_bounds(4, 13, 5))
    rasterio.shutil.copy(source, path, driver="GPKG", RASTER_TABLE="TILES", TILE_FORMAT="PNG")
    add_technical_table(path)
    info = probed_image(path)
    assert (info.driver, info.crs, info.parts) == ("GPKG", "EPSG:3857", ("TILES",))
    with closing(sqlite3.connect(path)) as database:  # a layer that is a view is never read: it hides no tiles either
        database.execute("UPDATE gpkg_contents SET table_name = 'v' WHERE table_name = 'ogr_empty_table'")
        database.execute("UPDATE gpkg_geometry_columns SET table_name = 'v'")
        database.execute("CREATE VIEW v AS SELECT * FROM ogr_empty_table")
        database.commit()
    assert probed_image(path).driver == "GPKG"


# --- inside a TIFF


@pytest.mark.parametrize(
    ("bits", "photometric"), [(1, "minisblack"), (1, "miniswhite"), (2, "minisblack"), (4, "minisblack")]
)
def test_bits(tmp_path, bits, photometric):
    values = np.random.default_rng(1).integers(0, 2**bits, (1, SIZE, SIZE)).astype(np.uint8)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, NBITS=str(bits), photometric=photometric)
    info = probed_image(path)
    shown = picture(path, info)
    assert shown[..., 3].all()
    lightest = 0 if photometric == "miniswhite" else 2**bits - 1
    assert (shown[values[0] == lightest][:, :3] == 255).all()
    assert (shown[values[0] == 2**bits - 1 - lightest][:, :3] == 0).all()


def test_a_palette_is_never_mixed(tmp_path):
    values = np.zeros((1, SIZE, SIZE), np.uint8)
    values[:, ::2] = 200
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, photometric="palette")
    with rasterio.open(path, "r+") as out:
        out.write_colormap(1, {0: (1, 2, 3, 255), 200: (250, 20, 30, 255)})
    for how in ("bilinear", "cubic", "average", "nearest"):
        for size in (40, 128, 333):
            found, _ = tile(path, "EPSG:32652", UTM, size, resampling=how).arrays
            assert set(np.unique(found)) <= {0, 200}
    colours = {tuple(c) for c in picture(path, probed_image(path)).reshape(-1, 4).tolist()}
    assert colours == {(1, 2, 3, 255), (250, 20, 30, 255)}


def test_a_mask_band(tmp_path):
    hole = np.ones((SIZE, SIZE), bool)
    hole[10:50, 20:90] = False
    path = write_raster(tmp_path / "a.tif", surface(3).astype(np.uint8), "EPSG:32652", UTM)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as out:
        out.write_mask(hole)
    _, mask = pixels(path, (1, 2, 3))
    assert (mask == hole).all()


@pytest.mark.parametrize("how", ["bilinear", "cubic", "average"])
def test_nodata_of_one_band_neither_bleeds_nor_hides_the_others(tmp_path, how):
    values = np.full((2, SIZE, SIZE), 50, np.int16)
    values[0, 20:60, 30:90] = -9999
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, nodata=-9999)
    for size in (60, 128, 300):
        found, mask = tile(path, "EPSG:32652", UTM, size, (1, 2), resampling=how).arrays
        assert mask.all()
        assert (found[1] == 50).all()
        assert set(np.unique(found[0])) == {-9999, 50}


def test_16_bit_alpha(tmp_path):
    values = surface(4).astype(np.uint16) * 200
    values[3] = 65535
    values[3, :, :64] = 0
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM, photometric="RGB", alpha="YES")
    assert [band.color for band in probed_image(path).bands] == ["red", "green", "blue", "alpha"]
    _, mask = pixels(path, (1, 2, 3))
    assert not mask[:, :64].any()
    assert mask[:, 64:].all()


def test_cmyk_and_ycbcr(tmp_path):
    cmyk = np.zeros((4, SIZE, SIZE), np.uint8)
    cmyk[0, :, :40], cmyk[1, :, 40:80], cmyk[3, :, 80:] = 255, 255, 255  # cyan, magenta, black
    path = write_raster(tmp_path / "c.tif", cmyk, "EPSG:32652", UTM, photometric="CMYK")
    shown = picture(path, probed_image(path))
    for col, colour in ((20, (0, 255, 255)), (60, (255, 0, 255)), (100, (0, 0, 0))):
        assert np.abs(shown[64, col].astype(int) - (*colour, 255)).max() <= 2
    rgb = surface(3).astype(np.uint8)
    path = write_raster(
        tmp_path / "y.tif", rgb, "EPSG:32652", UTM, photometric="YCbCr", compress="JPEG", JPEG_QUALITY="95"
    )
    assert np.abs(np.moveaxis(picture(path, probed_image(path))[..., :3], -1, 0).astype(int) - rgb).max() <= 6


@pytest.mark.parametrize("count", [13, 512])
def test_many_bands(tmp_path, count):
    values = np.arange(count, dtype=np.uint16)[:, None, None] + np.zeros((1, 16, 16), np.uint16)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM)
    info = probed_image(path)
    assert len(info.bands) == count
    for how in ("nearest", "bilinear", "cubic"):
        found, _ = tile(path, "EPSG:32652", UTM, 30, (count, 1, 2, 7, 9, 11), resampling=how).arrays
        assert (found == np.array([count - 1, 0, 1, 6, 8, 10])[:, None, None]).all()


def test_513_bands_are_refused(tmp_path):
    path = write_raster(tmp_path / "a.tif", np.zeros((513, 2, 2), np.uint8), "EPSG:32652", UTM)
    with pytest.raises(TooLarge, match="513 bands"):
        probed_image(path)


def test_magnitudes_are_averaged_not_complex_values(tmp_path):
    phase = np.random.default_rng(2).uniform(0, 2 * np.pi, (1, 512, 512))
    values = (100 * np.exp(1j * phase)).astype(np.complex64)
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM)
    found, mask = tile(path, "EPSG:32652", UTM, 32).arrays
    assert mask.all()
    assert np.abs(found - 100).max() < 0.1


def test_integers_beyond_doubles_come_back_by_nearest(tmp_path):
    values = (np.arange(SIZE * SIZE, dtype=np.int64).reshape(1, SIZE, SIZE) - 5) * 562_949_953_421_317
    path = write_raster(tmp_path / "a.tif", values, "EPSG:32652", UTM)
    found, _ = pixels(path, resampling="nearest")
    assert found.dtype == np.int64
    assert (found == values).all()
