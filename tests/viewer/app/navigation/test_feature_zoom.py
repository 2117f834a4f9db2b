"""Zoom to features: to where they lie, on the Earth or off it, whatever canvas is shown."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, has_way, transform_bounds
from tests.support.crs_off_earth import GRID, MARS, MOON, MOON_DEGREES
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.canvas.extent import plane_bounds
from viewer.commands.layers import update_layer
from viewer.panels.search.search_providers import AttributeProvider

KINDS = {"grid": GRID, "Moon": MOON, "Moon in degrees": MOON_DEGREES, "Mars": MARS, "pixel space": ""}
SECOND = np.array([2])
NEAR, FAR, BOX = shapely.box(10, 20, 15, 25), shapely.box(30, 40, 35, 45), Bounds(30, 40, 35, 45)


@pytest.fixture(params=KINDS)
def plane(request: pytest.FixtureRequest) -> str:
    return KINDS[request.param]


def opened(window: MainWindow, qtbot: QtBot, folder: Path, crs: str, shapes: tuple = (NEAR, FAR)) -> str:
    """The uuid of a layer of two features, named Alpha and Omega."""
    path = folder / "plane.gpkg"
    geopandas.GeoDataFrame({"name": ["Alpha", "Omega"]}, geometry=list(shapes), crs=crs or "EPSG:32631").to_file(path)
    window.opener.open([str(path)])
    settle(window, qtbot)
    uuid = next(reversed(window.session.document.layers))
    if not crs:
        window.session.push(update_layer(window.session.document, uuid, actor="me", crs=PIXEL_SPACE))
        window.views.show_layer(uuid)
        settle(window, qtbot)
    return uuid


def is_at(window: MainWindow, crs: str, box: Bounds) -> bool:
    """Whether the map shows that box of a CRS whole, and not much beside it."""
    shown = window.canvas.viewport
    if not has_way(crs, shown.crs):
        return False
    wanted, seen = transform_bounds(crs, shown.crs, box), shown.view().world_bounds()
    return seen.contains(wanted) and wanted.width > seen.width / 4


@pytest.mark.bounded
def test_from_its_own_canvas_and_from_the_map(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, points: Path, plane: str
) -> None:
    uuid = opened(window, qtbot, tmp_path, plane)
    own = plane or PIXEL_SPACE
    window.map.zoom.zoom_to(uuid, SECOND)
    settle(window, qtbot)
    assert is_at(window, own, BOX)

    window.opener.open([str(points)])
    settle(window, qtbot)
    assert not window.views.is_off_earth
    window.feature_menu.selection.set(uuid, SECOND)
    window.feature_menu.zoom_to_selection()
    settle(window, qtbot)
    assert is_at(window, own, BOX)
    assert window.messages.line("panel") is None

    earth = next(reversed(window.session.document.layers))
    window.map.zoom.zoom_to(earth, np.array([1]))
    settle(window, qtbot)
    assert not window.views.is_off_earth
    assert window.canvas.viewport.centre_lonlat() == pytest.approx((37.6, 55.7), abs=1e-3)


@pytest.mark.bounded
def test_of_a_selection_on_two_canvases_what_the_shown_one_has(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, points: Path, plane: str
) -> None:
    uuid = opened(window, qtbot, tmp_path, plane)
    window.opener.open([str(points)])
    settle(window, qtbot)
    earth = next(reversed(window.session.document.layers))
    window.feature_menu.selection.set(uuid, SECOND)
    window.feature_menu.selection.set(earth, np.array([1]))
    window.feature_menu.zoom_to_selection()
    settle(window, qtbot)
    assert window.canvas.viewport.centre_lonlat() == pytest.approx((37.6, 55.7), abs=1e-3)
    window.views.show_layer(uuid)
    window.feature_menu.zoom_to_selection()
    settle(window, qtbot)
    assert is_at(window, plane or PIXEL_SPACE, BOX)


@pytest.mark.bounded
def test_a_place_is_shown_with_some_of_what_is_around_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, plane: str
) -> None:
    metres = 10_000.0 if plane in (GRID, MOON) else 1.0
    uuid = opened(window, qtbot, tmp_path, plane, (shapely.Point(metres, 2), shapely.Point(50 * metres, 4)))
    window.map.zoom.zoom_to(uuid, SECOND)
    settle(window, qtbot)
    seen = window.canvas.viewport.view().world_bounds()
    whole = plane_bounds(window.scene, window.canvas.viewport.crs)
    assert whole is not None
    assert 0.01 < max(seen.width, seen.height) / max(whole.width, whole.height) < 0.1


@pytest.mark.bounded
def test_who_looks_elsewhere_meanwhile_is_not_taken_away(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, points: Path
) -> None:
    uuid = opened(window, qtbot, tmp_path, MOON)
    window.opener.open([str(points)])
    settle(window, qtbot)
    window.map.zoom.zoom_to(uuid, SECOND)
    window.views.set_crs("EPSG:3857")
    before = window.canvas.viewport.view()
    settle(window, qtbot)
    assert window.canvas.viewport.view() == before


@pytest.mark.bounded_after(1)
def test_the_palette_finds_a_feature_off_the_earth(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, points: Path, plane: str
) -> None:
    uuid = opened(window, qtbot, tmp_path, plane)
    window.opener.open([str(points)])
    settle(window, qtbot)
    (found,) = AttributeProvider(lambda: window.searches).search("Omega")
    assert (found.fid, found.layer_uuid) == (2, uuid)
    window.hits.go(found)
    settle(window, qtbot)
    assert is_at(window, plane or PIXEL_SPACE, BOX)
    assert window.feature_menu.selection.of(uuid).tolist() == [2]
