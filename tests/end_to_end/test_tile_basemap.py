"""A tile server as the basemap: drawn where the file itself is, and quiet when the server dies."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, world_bounds
from layers.grid.tile_grid import TileGrid, View
from layers.pool.pool import ReaderPool
from tests.end_to_end.conftest import Desk
from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.pictures import image_of, map_of
from tests.support.tile_server import TileServer, serving
from viewer.canvas.scene import MapScene
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.rendering.context import RenderContext
from viewer.support.jobs import Jobs
from viewer.support.painting import painting

pytestmark = pytest.mark.bounded

LEVEL_4_PX = 4096
REGION = QRect(2688, 1280, 1088, 832)
"""Of that picture, what the test looks at: 56 to 152 E, 5 S to 62 N."""
BLUE_MARBLE = "Blue Marble Next Generation"


@pytest.fixture(scope="module")
def world_picture(qapp: object) -> Iterator[QImage]:
    """The shipped Blue Marble in Web Mercator at level 4, painted by a canvas's scene: coarse, but for the region."""
    pool, jobs = ReaderPool(workers=2), Jobs()
    pool.start()
    source = json.dumps({"shipped": "blue_marble.tif"})
    document = Document({"layers": [Layer(uuid="layer", kind="raster", name="Blue Marble", source_json=source)]})
    scene = MapScene(document, RenderContext(pool, None, jobs))
    world = world_bounds(WEB_MERCATOR)
    image = QImage(LEVEL_4_PX, LEVEL_4_PX, QImage.Format.Format_RGB32)
    with painting(image) as painter:
        step = world.width / LEVEL_4_PX
        for part, scale in ((QRect(0, 0, LEVEL_4_PX, LEVEL_4_PX), 4), (REGION, 1)):
            grid = TileGrid(WEB_MERCATOR, step * scale, world.left + part.left() * step, world.top - part.top() * step)
            view = View(grid, 0, 0, part.width() // scale, part.height() // scale)
            scene.set_view(view)
            end = time.monotonic() + 60
            while not scene.is_complete(view):
                assert time.monotonic() < end
                QApplication.processEvents()
            painter.drawImage(part, image_of(scene, view))
    yield image
    scene.close()
    assert jobs.shutdown()
    pool.close()


def hide(desk: Desk, *names: str) -> None:
    """Uncheck rows of the layer tree by Space."""
    tree = desk.panel(LayerTreePanel)
    for row in range(tree.model.rowCount()):
        index = tree.model.index(row)
        if index.data() in names:
            desk.click_index(tree.view, index)
            QTest.keyClick(tree.view, Qt.Key.Key_Space)


def add_tiles(desk: Desk, server: TileServer, ext: str) -> str:
    """Layer, Add Imagery, the address of its tiles; the uuid of the new layer."""
    before = set(desk.document.layers)
    desk.menu("Layer", "Add Imagery")
    dialog = desk.window.findChildren(AddImageryDialog)[-1]
    desk.wait(dialog.isVisible)
    form = dialog.panel.form
    desk.wait(lambda: dialog.panel.model.rowCount() > 0)
    desk.write(dialog.panel.line, server.template("ok", ext))
    desk.write(form.name, "Loopback")
    desk.write(form.attribution, "Tiles: NASA Blue Marble")
    form.more.set_folded(False)
    desk.write(form.levels, "4")
    desk.press(dialog.add_button)
    desk.come_back()
    (uuid,) = set(desk.document.layers) - before
    return uuid


@pytest.fixture
def server(demo: Desk, world_picture: QImage) -> Iterator[TileServer]:
    hide(demo, "Sites", "Coast")
    demo.settle()
    with serving(world_picture) as server:
        yield server


def shifted(picture: np.ndarray, dx: int, dy: int) -> np.ndarray:
    return np.roll(picture, (dy, dx), (0, 1))


def offset_px(one: np.ndarray, other: np.ndarray, reach: int = 4) -> tuple[int, int]:
    """(dx, dy) that lays `other` best on `one`."""
    a, b = (image.astype(np.int32).sum(axis=2) for image in (one, other))
    inner = (slice(reach, -reach), slice(reach, -reach))
    steps = [(dx, dy) for dx in range(-reach, reach + 1) for dy in range(-reach, reach + 1)]
    return min(steps, key=lambda step: float(np.abs(a - shifted(b, *step))[inner].mean()))


def map_picture(desk: Desk) -> np.ndarray:
    return map_of(desk.canvas.scene, desk.canvas.viewport.view())


@pytest.mark.parametrize("ext", ["png", "jpg"])
def test_tiles_lie_where_the_file_lies(demo: Desk, server: TileServer, ext: str) -> None:
    # between levels, so that the tiles are resampled as well
    demo.canvas.motion.zoom_to_bounds(Bounds(75, 15, 135, 55), 0.0)
    demo.settle()
    file = map_picture(demo)
    uuid = add_tiles(demo, server, ext)
    demo.settle()
    assert demo.document.layers[uuid].credit == "Tiles: NASA Blue Marble"
    hide(demo, BLUE_MARBLE)
    demo.settle()
    tiles = map_picture(demo)
    assert any(path.startswith(("/ok/3/", "/ok/4/")) for path in server.log)
    assert offset_px(file, tiles) == (0, 0)
    assert offset_px(file, shifted(tiles, 2, 0)) == (-2, 0), "the measure sees a shift of two pixels"
    difference = np.abs(file.astype(int) - tiles).mean()
    assert difference < 8
    assert np.abs(file.astype(int) - shifted(tiles, 2, 2)).mean() > 1.5 * difference
    assert demo.said() == []


def test_f22_a_server_that_dies_leaves_the_program_free_and_its_tiles_on_the_map(
    demo: Desk, server: TileServer
) -> None:
    uuid = add_tiles(demo, server, "png")
    hide(demo, BLUE_MARBLE)
    demo.settle()
    seen, view = map_picture(demo), demo.canvas.viewport.view()
    tree = demo.panel(LayerTreePanel)
    assert tree.model.problem(uuid) == ""
    server.stop()
    middle = demo.canvas.rect().center()
    with Heartbeat() as heart:
        demo.wheel(middle, 6)
        demo.drag(middle, middle + QPoint(160, -90), steps=12)
        demo.wait(lambda: tree.model.problem(uuid) != "")
        demo.settle()
    assert heart.longest_ms < FREE_MS
    assert server.host in tree.model.problem(uuid)
    badge = tree.model.index(tree.model.row_of(uuid))
    assert server.host in badge.data(Qt.ItemDataRole.ToolTipRole)
    assert len(demo.said()) <= 1
    far = map_picture(demo)
    assert far.std() > 10, "what is kept of coarser levels stands in"
    for _ in range(2):
        if demo.canvas.viewport.view() != view:
            demo.keys("Alt+Left", demo.canvas)
    assert demo.canvas.viewport.view() == view
    demo.settle()
    assert np.array_equal(map_picture(demo), seen), "tiles that were there are there"
    assert tree.model.problem(uuid) != ""
