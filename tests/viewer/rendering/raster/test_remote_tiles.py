"""PMTiles on a host: drawn as the file on a disk from few bytes, and only once the host is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.requests.probe import Probe
from tests.support.range_server import RangeServer
from tests.support.readers.pmtiles_files import Form, Tiles, write_pmtiles
from tests.viewer.rendering.raster.conftest import document_of
from viewer.canvas.scene import MapScene
from viewer.export.headless import Studio, answered_in_loop

RNG = np.random.default_rng(5)
WORLD = Bounds(-180.0, -85.0, 180.0, 85.0)


def tiles_to(zoom: int) -> Tiles:
    """Tiles of noise, which packs badly, of each zoom; one in four is lacking."""
    bodies = [noise() for _ in range(12)]
    places = ((z, x, y) for z in range(zoom + 1) for x in range(2**z) for y in range(2**z))
    return {tile: bodies[at % 12] + bytes([at % 250]) for at, tile in enumerate(places) if at % 4 or not tile[0]}


def noise() -> bytes:
    return cv2.imencode(".png", RNG.integers(0, 255, (256, 256, 3)).astype(np.uint8))[1].tobytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("www")
    write_pmtiles(folder / "a.pmtiles", tiles_to(3), Form(leaf_entries=9, metadata={"attribution": "Sky"}))
    return folder


@pytest.fixture
def server(folder: Path) -> Iterator[RangeServer]:
    server = RangeServer(folder)
    yield server
    server.stop()


def scene_of(studio: Studio, **source: str) -> MapScene:
    return studio.scene(document_of(source))


def picture_of(studio: Studio, scene: MapScene, bounds: Bounds = WORLD) -> QImage:
    return studio.picture(scene, WEB_MERCATOR, bounds, 500, 400)


@pytest.mark.bounded
def test_the_picture_is_that_of_the_file_on_disk(studio: Studio, server: RangeServer, folder: Path) -> None:
    here = scene_of(studio, path=str(folder / "a.pmtiles"))
    there = scene_of(studio, address=server.address("a.pmtiles"))
    for bounds in (WORLD, Bounds(20.0, 10.0, 70.0, 50.0)):
        assert picture_of(studio, here, bounds) == picture_of(studio, there, bounds)
    assert picture_of(studio, there).pixelColor(250, 200).isValid()
    ranges = sorted((asked.first, asked.last) for asked in server.log)
    assert len(set(ranges)) == len(ranges), "no range twice"
    assert server.sent < (folder / "a.pmtiles").stat().st_size, "a part of the file"


@pytest.mark.bounded
def test_it_is_described_by_its_first_bytes_alone(studio: Studio, server: RangeServer) -> None:
    info = answered_in_loop(studio.pool, Probe(server.address("a.pmtiles"))).facts.raster
    assert (info.driver, info.credit, info.tags["maxzoom"]) == ("PMTiles", "Sky", "3")
    assert len(server.log) <= 3


def test_nothing_is_asked_of_a_host_that_is_not_allowed(server: RangeServer) -> None:
    with Studio(workers=1) as studio:
        (drawing,) = scene_of(studio, address=server.address("a.pmtiles")).drawings.values()
        assert drawing.is_paused
    assert server.log == []


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("fault", "words"),
    [("ignores ranges", "does not send parts of files"), ("shifted", "another part"), ("gone", "has nothing at this")],
)
def test_what_the_server_lacks_is_said(studio: Studio, server: RangeServer, fault: str, words: str) -> None:
    server.fault = fault
    with pytest.raises(GeoloupeError) as error:
        answered_in_loop(studio.pool, Probe(server.address("a.pmtiles")))
    assert words in error.value.sentence


@pytest.mark.bounded
def test_a_file_without_coarse_levels_is_not_fetched_tile_by_tile(studio: Studio, server: RangeServer) -> None:
    body = noise()
    tiles = {(5, x, y): body for x in range(32) for y in range(32)}
    write_pmtiles(server.folder / "fine.pmtiles", tiles)
    with pytest.raises(GeoloupeError, match="no coarse levels"):
        answered_in_loop(studio.pool, Probe(server.address("fine.pmtiles")))
