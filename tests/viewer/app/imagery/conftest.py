"""A scene on the disk, and a hand on the map that shows it, for tests of work with images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.drawn_rasters import write_raster
from tests.support.windows import begin_on_map, settle
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow

AT, CREDIT = "2024-04-12T08:30:00Z", "Test imagery"
LEFT, TOP, PIXEL_M, SIDE = 1_050_000.0, 6_480_000.0, 10.0, 1024
"""In Web Mercator, near 9.4 E, 50.2 N."""
HOLE = slice(300, 500)
"""Rows and columns without data."""
MIDDLE = (9.4900, 50.1550)
IN_HOLE = (9.4682, 50.1713)


def write_scene(path: Path, *, value: int = 90, hole: bool = True, **tags: str) -> Path:
    bands = np.full((3, SIDE, SIDE), value, np.uint8)
    bands[1] += np.arange(SIDE, dtype=np.uint16).astype(np.uint8)[None, :] // 4
    if hole:
        bands[:, HOLE, HOLE] = 0
    write_raster(path, bands, "EPSG:3857", LEFT, TOP, PIXEL_M, nodata=0, tiled=True)
    with rasterio.open(path, "r+") as file:
        file.update_tags(**tags)
    return path


@pytest.fixture
def scene_file(tmp_path: Path) -> Path:
    return write_scene(tmp_path / "scene.tif", ACQUISITION_DATETIME=AT)


type AddImage = Callable[..., str]


@pytest.fixture
def add_image(window: MainWindow, qtbot: QtBot) -> AddImage:
    """Opens a file of imagery as the analyst does; the uuid of its layer."""

    def add(path: Path) -> str:
        before = set(window.session.document.layers)
        window.opener.open([str(path)])
        qtbot.waitUntil(lambda: len(window.session.document.layers) > len(before), timeout=10_000)
        settle(window, qtbot)
        (uuid,) = set(window.session.document.layers) - before
        return uuid

    return add


@pytest.fixture
def desk(window: MainWindow, scene_file: Path, add_image: AddImage, qtbot: QtBot) -> Desk:
    """A hand on the map of a new case with the scene in view."""
    window.file_menu.new_case()
    settle(window, qtbot)
    add_image(scene_file)
    window.views.show_bounds(Bounds(9.435, 50.137, 9.522, 50.193), 0.0)
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    return Desk(window.canvas)
