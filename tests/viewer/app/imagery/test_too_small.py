"""The badge of images that are there and too small to be seen at the scale of the map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.support.windows import settle
from tests.viewer.app.imagery.conftest import LEFT, PIXEL_M, SIDE, TOP, AddImage, write_scene
from tests.viewer.rendering.conftest import write_raster
from viewer.app.window import MainWindow
from viewer.panels.layers.layer_rows import BADGE_ROLE


def badge(window: MainWindow, uuid: str) -> str:
    model = window.docks.layer_tree.model
    return str(model.index(model.row_of(uuid)).data(BADGE_ROLE) or "")


def look_from(window: MainWindow, resolution: float, qtbot: QtBot, off_px: float = 0.0) -> None:
    """The scene in the middle, or so far off it, at so many metres a pixel."""
    middle = SIDE * PIXEL_M / 2
    off = off_px * resolution
    window.canvas.viewport.centre_on(LEFT + middle + off, TOP - middle + off, resolution)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)


@pytest.mark.bounded
def test_a_scene_from_afar_is_too_small_and_does_not_lack_data(
    window: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    uuid = add_image(write_scene(tmp_path / "scene.tif"))
    tree = window.docks.layer_tree.model
    seen = set()
    for resolution in (20_000.0, 40_000.0, 60_000.0, 100_000.0):
        for off_px in (0.0, 0.5):  # on the middle of a pixel it is drawn, on the border of two it is not
            look_from(window, resolution, qtbot, off_px)
            seen.add(badge(window, uuid))
            if badge(window, uuid):
                assert "too small to see here" in tree.index(tree.row_of(uuid)).data(3)
    assert seen == {"", "too small to see here"}
    look_from(window, 100.0, qtbot)
    assert badge(window, uuid) == ""


def test_an_image_without_a_value_still_has_none(
    window: MainWindow, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    empty = np.full((1, SIDE, SIDE), 7, np.uint8)
    uuid = add_image(write_raster(tmp_path / "empty.tif", empty, "EPSG:3857", LEFT, TOP, PIXEL_M, nodata=7))
    look_from(window, 100.0, qtbot)
    assert badge(window, uuid) == "no data"
