"""Kinds of many files, and members of archives, opened by a real reader behind its walls; what leads out is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.requests.probe import Probe
from tests.support.readers import tiny_archives, tiny_deliveries, tiny_elevation, tiny_gml
from tests.support.readers.tiny_geodatabase import geodatabase
from tests.support.readers.tiny_kmz import BOX, kmz, overlay

pytestmark = pytest.mark.bounded


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    found = ReaderPool(workers=1)
    found.start()
    yield found
    found.close()


def gml(folder: Path) -> Path:
    return tiny_gml.gml(folder / "a.gml", tiny_gml.member(tiny_gml.point("36 43", tiny_gml.URN.format(4326))))


KINDS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "geodatabase": (lambda folder: geodatabase(folder / "a.gdb"), "vector"),
    "gml": (gml, "vector"),
    "srtm": (lambda folder: tiny_elevation.hgt(folder / "N36E043.hgt"), "raster"),
    "dted": (lambda folder: tiny_elevation.dted(folder / "a.dt1"), "raster"),
    "grid": (lambda folder: tiny_elevation.grid(folder / "a.asc"), "raster"),
    "webp": (lambda folder: tiny_elevation.webp(folder / "a.webp"), "raster"),
    "landsat tar": (
        lambda folder: tiny_archives.tar_of(tiny_deliveries.landsat(folder), folder / "LC08_a.tar"),
        "scene",
    ),
    "sentinel-1": (tiny_archives.sentinel1, "scene"),
    "sentinel-1 zip": (
        lambda folder: tiny_archives.zip_of(tiny_archives.sentinel1(folder), folder / "S1.zip"),
        "scene",
    ),
    "old sentinel-2": (tiny_archives.old_sentinel2, "scene"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_confined_reader_opens_it(pool: ReaderPool, tmp_path: Path, kind: str) -> None:
    make, expected = KINDS[kind]
    header = pool.ask(Probe(str(make(tmp_path)), canvas_crs="EPSG:3857")).header
    assert header["kind"] == expected
    if expected != "vector":
        assert header["raster"]["placed_by"]


def test_a_picture_in_a_kmz_is_read_by_a_reader_of_imagery(pool: ReaderPool, tmp_path: Path) -> None:
    path = kmz(tmp_path, overlay(BOX.format("")))
    (part,) = pool.ask(Probe(str(path))).header["parts"]
    assert pool.ask(Probe(str(path), part)).header["raster"]["bounds_lonlat"] == pytest.approx([43, 36, 44, 37])


def test_a_table_that_is_a_link_out_of_the_geodatabase_is_refused(pool: ReaderPool, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    folder = geodatabase(tmp_path / "in" / "a.gdb")
    (folder / "a00000009.gdbtable").rename(tmp_path / "far")
    (folder / "a00000009.gdbtable").symlink_to(tmp_path / "far")
    with pytest.raises(GeoloupeError, match="is a link"):
        pool.ask(Probe(str(folder)))
