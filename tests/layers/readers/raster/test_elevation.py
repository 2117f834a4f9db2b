"""Elevation (SRTM, DTED, grids of text) and WebP: opened as GDAL opens them, and judged before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio

from layers.errors import GeoloupeError, NotReadable, TooLarge, UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.requests.imagery import ReadTile
from layers.requests.probe import Probe
from tests.support.readers import tiny_elevation as tiny

POOL = ReaderPool(inline=True)


def probed(path: Path) -> dict:
    return POOL.ask(Probe(str(path))).header["raster"]


def refusal(path: Path) -> GeoloupeError:
    with pytest.raises(GeoloupeError) as caught:
        POOL.ask(Probe(str(path)))
    return caught.value


def assert_as_gdal_has_it(path: Path) -> None:
    """Its place within half a pixel, and every value where GDAL has it."""
    raster = probed(path)
    with rasterio.open(path) as peer:
        expected, bounds, step = peer.read(1, masked=True), peer.bounds, peer.res[0]
        assert (raster["width"], raster["height"]) == (peer.width, peer.height)
    assert raster["bounds"] == pytest.approx(list(bounds), abs=step / 2)
    rows, cols = expected.shape
    question = ReadTile(
        str(path),
        bands=(1,),
        crs=raster["crs"],
        affine=[step, 0.0, bounds.left, 0.0, -step, bounds.top],
        width=cols,
        height=rows,
        resampling="nearest",
    )
    values, mask = POOL.ask(question).arrays
    assert (mask == ~np.ma.getmaskarray(expected)).all()
    assert (values[0][mask] == expected.data[mask]).all()


@pytest.mark.parametrize(
    ("name", "make", "driver"),
    [
        ("N36E043.hgt", tiny.hgt, "SRTMHGT"),
        ("n36e043.SRTMGL3.hgt", tiny.hgt, "SRTMHGT"),
        ("a.dt1", tiny.dted, "DTED"),
        ("a.asc", tiny.grid, "AAIGrid"),
        ("a.txt", tiny.grid, "AAIGrid"),
    ],
)
def test_elevation_is_opened(tmp_path: Path, name: str, make, driver: str) -> None:
    path = make(tmp_path / name)
    raster = probed(path)
    assert raster["driver"] == driver
    assert raster["problems"] == []
    assert raster["placed_by"] == "transform"
    (band,) = raster["bands"]
    assert band["nodata"] in (-32768, -32767, -9999)
    assert band["low"] < band["high"]
    if name.lower().endswith((".hgt", ".dt1")):
        assert band["unit"] == "m"
    if not name.endswith(".txt") and name[0] != "n":  # GDAL knows neither name
        assert_as_gdal_has_it(path)


def test_webp_is_opened_and_placed_by_its_world_file(tmp_path: Path) -> None:
    raster = probed(tiny.webp(tmp_path / "a.webp"))
    assert (raster["driver"], raster["width"], raster["height"], len(raster["bands"])) == ("WEBP", 24, 18, 3)
    assert raster["placed_by"] == "world file"
    assert raster["bounds"] == pytest.approx([43.0, 36.82, 43.24, 37.0])
    tiny.webp(tmp_path / "b.webp", world_file=False)
    assert "says nothing about its position" in probed(tmp_path / "b.webp")["problems"][0]


def test_a_world_file_in_short_belongs_to_webp_too(tmp_path: Path) -> None:
    tiny.webp(tmp_path / "a.webp").with_suffix(".wld").rename(tmp_path / "a.wpw")
    assert probed(tmp_path / "a.webp")["placed_by"] == "world file"


def test_a_tile_of_srtm_that_lost_its_name_is_told_how_to_get_it_back(tmp_path: Path) -> None:
    error = refusal(tiny.hgt(tmp_path / "mosul.hgt"))
    assert isinstance(error, UnsupportedFormat)
    assert "such as N36E043.hgt" in error.sentence


@pytest.mark.parametrize(
    ("header", "kind", "words"),
    [
        ("ncols 900000\nnrows 900000\n", NotReadable, "cut short"),
        ("ncols 999999999999\nnrows 1\n", NotReadable, "cut short"),
        ("ncols 0\nnrows 9\n", NotReadable, "names no columns"),
    ],
)
def test_a_grid_that_claims_more_than_it_holds_is_refused(tmp_path: Path, header: str, kind: type, words: str) -> None:
    path = tmp_path / "a.asc"
    path.write_text(f"{header}xllcorner 1\nyllcorner 1\ncellsize 1\n1 2 3\n")
    error = refusal(path)
    assert isinstance(error, kind)
    assert words in error.sentence


def test_an_endless_grid_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.readers.guards.elevation.MOST_GRID_BYTES", 100)
    assert isinstance(refusal(tiny.grid(tmp_path / "a.asc")), TooLarge)


def test_a_dted_that_is_cut_short_is_damaged(tmp_path: Path) -> None:
    path = tiny.dted(tmp_path / "a.dt1")
    path.write_bytes(path.read_bytes()[:2000])
    assert "cut short" in refusal(path).sentence


def test_a_webp_is_judged_by_its_header(tmp_path: Path) -> None:
    whole = tiny.webp(tmp_path / "a.webp").read_bytes()
    path = tmp_path / "b.webp"
    path.write_bytes(whole[:-10])
    assert "cut short" in refusal(path).sentence
    large = b"VP8X" + bytes([10, 0, 0, 0, 0, 0, 0, 0]) + (16382).to_bytes(3, "little") * 2
    path.write_bytes(b"RIFF" + (60).to_bytes(4, "little") + b"WEBP" + large + bytes(60))
    error = refusal(path)
    assert isinstance(error, TooLarge)
    assert "16383 x 16383" in error.sentence
    film = b"VP8X" + bytes([10, 0, 0, 0, 2, 0, 0, 0]) + (9).to_bytes(3, "little") * 2
    path.write_bytes(b"RIFF" + (60).to_bytes(4, "little") + b"WEBP" + film + bytes(60))
    assert "an animation" in refusal(path).sentence
