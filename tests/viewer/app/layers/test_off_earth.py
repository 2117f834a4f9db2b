"""The window where data lie off the Earth, on one canvas where they are of one body, or beyond the map's edge."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.crs_off_earth import GRID, MOON, MOON_DEGREES
from tests.support.pictures import picture
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import opened
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.app.window import MainWindow
from viewer.canvas.extent import unplaced_in
from viewer.panels.layers.layer_rows import BADGE_ROLE

VALUES = np.full((1, 64, 64), 200, np.uint8)
DEGREE = 1737400 * np.pi / 180


@pytest.mark.bounded
def test_two_of_one_body_are_shown_together(window: MainWindow, qtbot: QtBot, tmp_path: Path, points: Path) -> None:
    a = write_raster(tmp_path / "a.tif", VALUES, MOON, Bounds(0, 0, DEGREE, DEGREE))
    b = write_raster(tmp_path / "b.tif", VALUES, MOON_DEGREES, Bounds(3, 0, 4, 1))
    window.opener.open([str(a), str(b)])
    settle(window, qtbot)
    assert window.views.is_off_earth
    seen = window.canvas.viewport.view().world_bounds()
    shown = [window.scene.drawings[uuid].plane_bounds(window.canvas.viewport.crs) for uuid in window.scene.drawings]
    assert all(box is not None and seen.contains(box) for box in shown)
    assert window.scene.stack.problems() == {}
    assert window.docks.layer_tree.model.index(1).data(BADGE_ROLE) == "no map"
    assert (picture(window.canvas) == 200).all(axis=-1).mean() > 0.05
    assert window.canvas.gestures.cursor_pixel() is None

    opened(window, points, qtbot)
    assert not window.views.is_off_earth, "the map of the Earth is back for what lies on it"
    assert len(window.scene.stack.problems()) == 2
    uuid = next(iter(window.session.document.layers))
    window.views.show_layer(uuid)
    settle(window, qtbot)
    assert window.views.is_off_earth
    assert unplaced_in(window.scene, window.canvas.viewport.view()).layers_on_earth == 1
    window.views.set_crs("EPSG:3857")
    settle(window, qtbot)
    assert not window.views.is_off_earth


def test_a_polar_map_is_offered_for_what_lies_beyond_the_edge(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, points: Path
) -> None:
    ice = tmp_path / "ice.geojson"
    ice.write_text(shapely.to_geojson(shapely.box(10, 87, 40, 88)))
    opened(window, ice, qtbot)
    (line,) = window.messages.lines()
    assert "beyond 85 degrees" in line.text
    assert line.action is not None
    line.action.run()
    settle(window, qtbot)
    assert window.canvas.viewport.crs == "EPSG:3995"
    assert window.messages.lines() == []
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(25, abs=3), pytest.approx(87.5, abs=0.2))
    assert picture(window.canvas).std() > 3


@pytest.mark.bounded
def test_features_by_their_numbers_can_be_asked_and_the_view_is_kept(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    window = make_window()
    grid = tmp_path / "grid.gpkg"
    frame = geopandas.GeoDataFrame({"name": ["hall"]}, geometry=[shapely.box(100, 200, 130, 220)], crs=GRID)
    frame.to_file(grid)
    opened(window, grid, qtbot)
    (uuid,) = window.session.document.layers
    assert window.views.is_off_earth
    assert window.canvas.viewport.centre == pytest.approx((115, 210))
    middle = window.canvas.rect().center()
    for tool in window.toolbox.ids:
        window.toolbox.take(tool)
        qtbot.mouseMove(window.canvas, middle)
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle)
        settle(window, qtbot)
    assert window.session.document.sites == {}
    window.feature_menu.selection.set(uuid, np.array([1]))
    settle(window, qtbot)
    window.map.zoom.zoom_to(uuid, np.array([1]))
    settle(window, qtbot)
    window.canvas.motion.zoom_out()
    shown = window.canvas.viewport.centre, window.canvas.viewport.resolution
    answers.path = tmp_path / "case.gpkg"
    window.file_menu.save()
    settle(window, qtbot)

    other = make_window()
    opened(other, answers.path, qtbot)
    centre, resolution = shown
    assert other.canvas.viewport.crs == window.canvas.viewport.crs
    assert other.canvas.viewport.centre == pytest.approx(centre, abs=resolution), "in a map of another width"
    assert other.canvas.viewport.resolution == pytest.approx(resolution, rel=1e-6)
    assert other.scene.stack.problems() == {}
    assert picture(other.canvas).std() > 3
