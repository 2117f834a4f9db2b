"""Small files, a pool that counts, and a drawing painted without a window."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.grid.tile_grid import View
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile, Request
from layers.services.tile_service import TileService
from tests.support.drawn_rasters import write_raster
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.network.folder_consent import FolderConsent
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.images import argb_of_image
from viewer.rendering.layers.drawings import drawing_for
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.world_copies import world_copies
from viewer.support.jobs import Jobs
from viewer.support.painting import painting


@contextmanager
def context_of_host(host: str, folder: Path, pool: ReaderPool, jobs: Jobs) -> Iterator[RenderContext]:
    """A context with a fetcher that may contact one host on loopback, and keeps tiles in a folder."""
    consent = Consent()
    consent.allow_private(host)
    fetcher = Fetcher(folder / "tiles", consent, Limits(first_backoff_s=0.02))
    yield RenderContext(pool, fetcher, jobs, folders=FolderConsent(["/"]))
    fetcher.close()


class CountingPool(ReaderPool):
    """Reads in this process and counts what it was asked for."""

    def __init__(self) -> None:
        super().__init__(inline=True)
        self.asked: Counter[str] = Counter()

    def submit(self, request: Request) -> None:
        self.asked[request.op] += 1
        super().submit(request)

    def pull_from(self, source: Callable[[], Request | None], profile: Profile = Profile.LOCAL) -> None:
        def counted() -> Request | None:
            request = source()
            if request is not None:
                self.asked[request.op] += 1
            return request

        super().pull_from(counted, profile)


@pytest.fixture
def pool() -> Iterator[CountingPool]:
    pool = CountingPool()
    pool.start()
    yield pool
    pool.close()


@pytest.fixture
def opened() -> Iterator[list[LayerDrawing]]:
    """Drawings put in here are closed before what they draw with."""
    drawings: list[LayerDrawing] = []
    yield drawings
    for drawing in drawings:
        drawing.close()


@pytest.fixture
def draw(opened: list[LayerDrawing], context: RenderContext) -> Callable[[Layer], LayerDrawing]:
    """Make a drawing for the length of the test."""

    def draw(layer: Layer) -> LayerDrawing:
        opened.append(drawing_for(layer, None, context))
        return opened[-1]

    return draw


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs) -> RenderContext:
    return RenderContext(pool, None, jobs, folders=FolderConsent(["/"]))


def drawn_service(draw: Callable[[Layer], LayerDrawing], service: TileService, uuid: str) -> TilesDrawing:
    """The drawing of a layer of a tile service."""
    drawing = draw(Layer(uuid=uuid, kind="tiles", name="World", source_json=json.dumps(encoded(service))))
    assert isinstance(drawing, TilesDrawing)
    return drawing


def layer_of(path: Path | str, kind: str = "raster", **values: object) -> Layer:
    return Layer(uuid="layer", kind=kind, name="A layer", source_json=json.dumps({"path": str(path)}), **values)


def picture_of(drawing: LayerDrawing, view: View) -> np.ndarray:
    """(h, w, 4) blue, green, red, alpha of what the drawing paints now."""
    image = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        drawing.paint(painter, view, world_copies(view))
    return argb_of_image(image).view(np.uint8).reshape(view.height, view.width, 4)


def complete(drawing: LayerDrawing, view: View, qtbot) -> np.ndarray:
    """The same once it is final."""
    copies = world_copies(view)
    drawing.set_view(view, copies=copies)
    qtbot.waitUntil(lambda: drawing.is_complete(view, copies), timeout=10_000)
    return picture_of(drawing, view)


def part_near(a: np.ndarray, b: np.ndarray) -> float:
    """The part of what is painted in `a` that is painted in `b`, within a pixel."""
    around = np.pad(b, 1)
    high, wide = b.shape
    wider = np.any([around[dy : dy + high, dx : dx + wide] for dy in range(3) for dx in range(3)], axis=0)
    return float((a & wider).sum() / max(a.sum(), 1))


@pytest.fixture
def ramp(tmp_path: Path) -> Path:
    """700 x 500 pixels of 10 m from (1,000,000, 6,000,000) in Web Mercator: red is the column, green the row."""
    rows, columns = np.mgrid[0:500, 0:700]
    bands = np.stack((columns * 255 // 700, rows * 255 // 500, np.full((500, 700), 60))).astype(np.uint8)
    return write_raster(tmp_path / "ramp.tif", bands, "EPSG:3857", 1e6, 6e6, 10.0, photometric="RGB")
