"""PMTiles through the reader's door: the same picture as MBTiles of the same tiles, with its levels and its credit."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from layers.errors import UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.raster.info import RasterInfo
from tests.corpus.every import EVERY
from tests.support.readers.pmtiles_files import (
    Form,
    bounds_of_mbtiles,
    tiles_of_mbtiles,
    write_pmtiles,
)
from tests.support.readers.probed import probed_image
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
HTML = '<a href="https://sky.example" onclick="x()">© Sky &amp; Co</a>'
MAKE = {odd.name: odd.write for odd in EVERY}


def info_of(path: Path) -> RasterInfo:
    return probed_image(path)


def drawn(path: Path, bounds: Bounds, size: int = 200) -> list[np.ndarray]:
    affine = [bounds.width / size, 0, bounds.left, 0, -bounds.height / size, bounds.top]
    asked = {"path": str(path), "crs": "EPSG:3857", "affine": affine, "width": size, "height": size}
    return POOL.ask(raw("tile", {**asked, "bands": [1, 2, 3, 4]})).arrays


@pytest.mark.parametrize("leaf_entries", [0, 2])
def test_it_draws_as_mbtiles_of_the_same_tiles(tmp_path: Path, leaf_entries: int) -> None:
    made = MAKE["mbtiles"](tmp_path)
    form = Form(
        leaf_entries=leaf_entries, bounds=bounds_of_mbtiles(made), metadata={"attribution": HTML, "name": "Sky"}
    )
    path = write_pmtiles(tmp_path / "a.pmtiles", tiles_of_mbtiles(made), form)
    ours, theirs = info_of(path), info_of(made)
    assert (ours.driver, ours.crs, ours.width, ours.height) == ("PMTiles", *(theirs.crs, theirs.width, theirs.height))
    assert (ours.overviews, ours.bounds, ours.transform) == (theirs.overviews, theirs.bounds, theirs.transform)
    assert ours.credit == "© Sky & Co", "text of a file is no HTML"
    assert ours.tags["maxzoom"] == str(max(zoom for zoom, _, _ in tiles_of_mbtiles(made)))
    assert ours.bounds is not None
    for bounds in (ours.bounds, Bounds(*ours.bounds.centre, ours.bounds.right, ours.bounds.top)):
        for mine, other in zip(drawn(path, bounds), drawn(made, bounds), strict=True):
            np.testing.assert_array_equal(mine, other)


def picture(ending: str, size: int = 256) -> bytes:
    values = np.zeros((size, size, 3), np.uint8)
    values[: size // 2] = (0, 0, 250)
    return cv2.imencode(ending, values)[1].tobytes()


@pytest.mark.parametrize(("ending", "tile_type"), [(".png", 2), (".jpg", 3), (".webp", 4), (".png", 0)])
def test_each_kind_of_picture(tmp_path: Path, ending: str, tile_type: int) -> None:
    path = write_pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): picture(ending, 512)}, Form(tile_type=tile_type))
    info = info_of(path)
    assert (info.width, info.height, info.overviews) == (512, 512, ())
    assert info.bounds is not None
    (values, mask) = drawn(path, info.bounds, 64)
    assert values[0, 10, 10] > 240
    assert values[0, 50, 10] < 10
    assert mask.all()


@pytest.mark.parametrize(
    ("body", "tile_type", "words"),
    [
        (b"\0\0\0\x1cftypavif" + bytes(60), 5, "AVIF"),
        (b"sea", 2, "no PNG, JPEG or WebP tiles"),
        (picture(".png", 100), 2, "256 or 512 pixels"),
    ],
    ids=["avif", "text", "small"],
)
def test_tiles_that_are_no_such_pictures_are_refused(tmp_path: Path, body: bytes, tile_type: int, words: str) -> None:
    path = write_pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): body}, Form(tile_type=tile_type))
    with pytest.raises(UnsupportedFormat, match=words):
        info_of(path)


def test_zooms_beyond_any_are_refused(tmp_path: Path) -> None:
    path = write_pmtiles(tmp_path / "a.pmtiles", {(25, 0, 0): picture(".png")})
    with pytest.raises(UnsupportedFormat, match="zoom levels 0 to 24"):
        info_of(path)


def test_a_tile_that_is_not_there_is_transparent(tmp_path: Path) -> None:
    path = write_pmtiles(tmp_path / "a.pmtiles", {(1, 0, 0): picture(".png"), (1, 1, 1): picture(".png")})
    info = info_of(path)
    assert info.bounds is not None
    _, mask = drawn(path, info.bounds, 64)
    assert mask[10, 10]
    assert not mask[10, 50]
