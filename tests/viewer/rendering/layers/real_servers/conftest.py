"""One picture as a file and on real servers, and what is drawn of either."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import transform_points
from layers.grid.tile_grid import TileGrid, View
from layers.raster.style import RasterStyle, Stretch
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.offers.recognise import recognised
from layers.services.tile_service import TileService
from tests.support.picture_shift import shift_of
from tests.support.real_servers.map_servers import DATED, GEOJSON, PARKS, mapproxy, mapserver
from tests.support.real_servers.parks import write_parks
from tests.support.real_servers.processes import folder_of_nobody
from tests.support.real_servers.titiler import Titiler, titiler
from tests.viewer.rendering.conftest import complete, layer_of, write_raster
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.network.folder_consent import FolderConsent
from viewer.rendering.context import RenderContext

CRS, SIDE_PX, STEP_M = "EPSG:32652", 900, 500.0
PLACE = Bounds(200_000.0, 5_400_000.0, 200_000.0 + SIDE_PX * STEP_M, 5_400_000.0 + SIDE_PX * STEP_M)
DAYS = {"2024-04-01": "scene.tif", "2024-04-12": "later.tif"}
"""Pictures of a layer by their days."""
VIEWS = {"web mercator": ("EPSG:3857", 800.0), "its own": (CRS, 600.0), "degrees": ("EPSG:4326", 0.007)}

type Hold = Callable[..., None]
type ShowService = Callable[[TileService | None, View], np.ndarray]


def bands(phase: float = 0.0) -> np.ndarray:
    """Three bands of waves, which are nowhere the same for long."""
    rows, columns = np.mgrid[0:SIDE_PX, 0:SIDE_PX]
    waves = [np.sin(columns / a + phase) * np.cos(rows / b) for a, b in ((17, 23), (29, 15), (21, 21))]
    return np.stack([(wave * 110 + 128).astype(np.uint8) for wave in waves])


def write_scene(path: Path, phase: float = 0.0) -> Path:
    """A picture at `PLACE` that anybody may read."""
    write_raster(path, bands(phase), CRS, PLACE.left, PLACE.top, STEP_M, photometric="RGB")
    path.chmod(0o644)
    return path


def view_of(name: str) -> View:
    crs, resolution = VIEWS[name]
    east, north = PLACE.centre
    x, y = (float(coordinate) for coordinate in transform_points(CRS, crs, east, north))
    return View(TileGrid(crs, resolution, x, y), -170, -140, 340, 280)


def offer_at(address: str) -> ServiceOffer:
    """The offer of the document at an address."""
    with urllib.request.urlopen(address, timeout=60) as answer:
        return recognised(answer.read(), answer.url)


def offered(address: str, name: str = "scene") -> OfferedLayer:
    """The layer of that name in the document at an address."""
    return next(layer for layer in offer_at(address).layers if name in layer.name)


@pytest.fixture(scope="package")
def folder() -> Iterator[Path]:
    """A folder that a server without the rights of its user may read and write."""
    with folder_of_nobody() as folder:
        write_scene(folder / "scene.tif")
        yield folder


@pytest.fixture(scope="package")
def maps(folder: Path) -> Iterator[str]:
    write_parks(folder / "parks.geojson")
    write_scene(folder / "later.tif", phase=1.0)
    index = gpd.GeoDataFrame(
        {"location": [str(folder / name) for name in DAYS.values()], "time": list(DAYS)},
        geometry=[shapely.box(*PLACE)] * len(DAYS),
        crs=CRS,
    )
    index.to_file(folder / "index.shp")
    for file in folder.glob("index.*"):
        file.chmod(0o644)
    dated = DATED.format(index=folder / "index.shp", crs=CRS, times=",".join(DAYS), default=list(DAYS)[-1])
    parks = PARKS.format(path=folder / "parks.geojson", formats='"wfs_getfeature_formatlist" "gml,geojson"')
    with mapserver(folder / "scene.tif", CRS, tuple(PLACE), folder, [parks, dated], [GEOJSON]) as server:
        yield server.address


@pytest.fixture(scope="package")
def proxy(maps: str, folder: Path) -> Iterator[str]:
    with mapproxy(maps, CRS, tuple(PLACE), folder) as address:
        yield address


@pytest.fixture(scope="package")
def dated_proxy(maps: str) -> Iterator[str]:
    with folder_of_nobody() as folder, mapproxy(maps, CRS, tuple(PLACE), folder, times=list(DAYS)) as address:
        yield address


@pytest.fixture(scope="package")
def tiler(folder: Path) -> Iterator[Titiler]:
    with titiler(folder / "scene.tif", folder) as server:
        yield server


@pytest.fixture
def context(pool, jobs, tmp_path: Path) -> Iterator[RenderContext]:
    fetcher = Fetcher(tmp_path / "tiles", Consent(), Limits(first_backoff_s=0.02))
    yield RenderContext(pool, fetcher, jobs, folders=FolderConsent(["/"]))
    fetcher.close()


@pytest.fixture
def as_file(draw, qtbot) -> Callable[[Path, View], np.ndarray]:
    """What is drawn of a picture that is opened as a file."""
    style = json.dumps(RasterStyle((1, 2, 3), (Stretch(0, 255),) * 3).to_json())
    return lambda path, view: complete(draw(layer_of(path, style_json=style)), view, qtbot)


@pytest.fixture
def show(draw, context: RenderContext, qtbot) -> ShowService:
    """What is drawn of a service."""

    def show(service: TileService | None, view: View) -> np.ndarray:
        assert service is not None
        assert context.fetcher is not None
        for host in service.hosts:
            context.fetcher.consent.allow_private(host)
        drawing = draw(Layer(uuid="maps", kind="tiles", name="Map", source_json=json.dumps(encoded(service))))
        picture = complete(drawing, view, qtbot)
        assert drawing.problem == ""
        return picture

    return show


@pytest.fixture
def hold(show: ShowService, as_file, folder: Path) -> Hold:
    """Fails where a service is not drawn where the file is, or looks otherwise."""

    def hold(service: TileService | None, view: str, name: str = "scene.tif", least_shown: float = 1.0) -> None:
        maps, file = show(service, view_of(view)), as_file(folder / name, view_of(view))
        is_shown = maps[:, :, 3:] == 255
        assert is_shown.mean() >= least_shown
        maps = np.where(is_shown, maps, file)
        assert np.hypot(*shift_of(maps, file)) < 0.5
        inner = (slice(20, -20), slice(20, -20), slice(0, 3))
        difference = np.abs(maps[inner].astype(int) - file[inner].astype(int))
        assert difference.mean() < 6, "drawn, but with other colours"

    return hold
