"""Layers of real servers are drawn where the same picture lies as a file: MapServer, and MapProxy in front of it."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import transform_points
from layers.grid.tile_grid import TileGrid, View
from layers.raster.style import RasterStyle, Stretch
from layers.services.offers.offer import OfferedLayer
from layers.services.offers.recognise import recognised
from layers.services.tile_service import TileService
from tests.support.picture_shift import shift_of
from tests.support.real_map_servers import mapproxy, mapserver
from tests.viewer.rendering.conftest import complete, layer_of, write_raster
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.network.folder_consent import FolderConsent
from viewer.rendering.context import RenderContext

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(300)]
CRS, SIDE_PX, STEP_M = "EPSG:32652", 900, 500.0
PLACE = Bounds(200_000.0, 5_400_000.0, 200_000.0 + SIDE_PX * STEP_M, 5_400_000.0 + SIDE_PX * STEP_M)
VIEWS = {"web mercator": ("EPSG:3857", 800.0), "its own": (CRS, 600.0), "degrees": ("EPSG:4326", 0.007)}


def bands() -> np.ndarray:
    rows, columns = np.mgrid[0:SIDE_PX, 0:SIDE_PX]
    waves = [np.sin(columns / a) * np.cos(rows / b) for a, b in ((17, 23), (29, 15), (21, 21))]
    return np.stack([(wave * 110 + 128).astype(np.uint8) for wave in waves])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that a server without the rights of its user may read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        write_raster(folder / "scene.tif", bands(), CRS, PLACE.left, PLACE.top, STEP_M, photometric="RGB")
        (folder / "scene.tif").chmod(0o644)
        yield folder


@pytest.fixture(scope="module")
def maps(folder: Path) -> Iterator[str]:
    with mapserver(folder / "scene.tif", CRS, tuple(PLACE), folder) as server:
        yield server.address


@pytest.fixture(scope="module")
def proxy(maps: str, folder: Path) -> Iterator[str]:
    with mapproxy(maps, CRS, tuple(PLACE), folder) as address:
        yield address


@pytest.fixture
def context(pool, jobs, tmp_path: Path) -> Iterator[RenderContext]:
    fetcher = Fetcher(tmp_path / "tiles", Consent(), Limits(first_backoff_s=0.02))
    yield RenderContext(pool, fetcher, jobs, folders=FolderConsent(["/"]))
    fetcher.close()


@pytest.fixture
def as_file(draw, folder: Path, qtbot) -> Callable[[View], np.ndarray]:
    style = json.dumps(RasterStyle((1, 2, 3), (Stretch(0, 255),) * 3).to_json())
    drawing = draw(layer_of(folder / "scene.tif", style_json=style))
    return lambda view: complete(drawing, view, qtbot)


def view_of(name: str) -> View:
    crs, resolution = VIEWS[name]
    east, north = PLACE.centre
    x, y = (float(coordinate) for coordinate in transform_points(CRS, crs, east, north))
    return View(TileGrid(crs, resolution, x, y), -170, -140, 340, 280)


def offered(address: str, name: str = "scene") -> OfferedLayer:
    """The layer of that name in the document at an address."""
    with urllib.request.urlopen(address, timeout=60) as answer:
        offer = recognised(answer.read(), answer.url)
    return next(layer for layer in offer.layers if name in layer.name)


def hold(draw, context: RenderContext, as_file, service: TileService, view: str, qtbot) -> None:
    """Fail where a service is not drawn where the file is, or looks otherwise."""
    assert context.fetcher is not None
    for host in service.hosts:
        context.fetcher.consent.allow_private(host)
    drawing = draw(Layer(uuid="maps", kind="tiles", name="Map", source_json=json.dumps(encoded(service))))
    maps, file = complete(drawing, view_of(view), qtbot), as_file(view_of(view))
    assert drawing.problem == ""
    assert np.hypot(*shift_of(maps, file)) < 0.5
    inner = (slice(20, -20), slice(20, -20), slice(0, 3))
    difference = np.abs(maps[inner].astype(int) - file[inner].astype(int))
    assert difference.mean() < 6, "drawn, but with other colours"


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
@pytest.mark.parametrize("view", VIEWS)
def test_w1_maps_of_mapserver(draw, context, as_file, maps: str, version: str, view: str, qtbot) -> None:
    layer = offered(f"{maps}/?service=WMS&version={version}&request=GetCapabilities")
    assert layer.service is not None
    hold(draw, context, as_file, layer.service, view, qtbot)


@pytest.mark.parametrize("version", ["1.3.0", "1.1.1"])
def test_w1_maps_of_mapserver_in_each_crs_it_offers(draw, context, as_file, maps: str, version: str, qtbot) -> None:
    layer = offered(f"{maps}/?service=WMS&version={version}&request=GetCapabilities")
    services = [service for _, service in layer.choices]
    for service in services[:4]:
        if "{bbox-yx}" in service.template and version == "1.1.1":
            continue  # the other order of axes, for servers that go against the rule
        if service.crs == "EPSG:4326" and ("{bbox}" in service.template) == (version == "1.3.0"):
            continue
        hold(draw, context, as_file, service, "web mercator", qtbot)


@pytest.mark.parametrize("view", VIEWS)
def test_t5_tiles_of_mapproxy_by_wmts(draw, context, as_file, proxy: str, view: str, qtbot) -> None:
    layer = offered(f"{proxy}/wmts/1.0.0/WMTSCapabilities.xml")
    assert layer.service is not None
    hold(draw, context, as_file, layer.service, view, qtbot)


def test_t10_both_grids_of_mapproxy_are_offered(draw, context, as_file, proxy: str, qtbot) -> None:
    layer = offered(f"{proxy}/service?service=WMTS&request=GetCapabilities")
    services = [
        service for service in (layer.service, *(service for _, service in layer.choices)) if service is not None
    ]
    odd = [service for service in services if service.crs == CRS]
    assert odd, [service.crs for service in services]
    hold(draw, context, as_file, odd[0], "its own", qtbot)


def test_t16_tiles_of_mapproxy_by_tms(draw, context, as_file, proxy: str, qtbot) -> None:
    layer = offered(offered(f"{proxy}/tms/1.0.0", "Scene").address, "")
    assert layer.service is not None
    hold(draw, context, as_file, layer.service, "web mercator", qtbot)
