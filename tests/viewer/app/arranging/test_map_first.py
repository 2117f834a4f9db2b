"""Most of the window is the map's: empty sides fold, one key shows it alone, layouts fit the size of the window."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QToolBar
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from tests.support.windows import begin_on_map, make_panels, press
from tests.viewer.app.conftest import MakeWindow, settle
from viewer.app.arranging import side_folds
from viewer.app.arranging.edge_strip import EdgeStrip
from viewer.app.arranging.panel_layouts import LAYOUTS, MARKING, WindowRoom
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site

CTRL, NOTHING = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def case(make_window: MakeWindow, qtbot: QtBot) -> Callable[..., MainWindow]:
    """Makes a window of some size with a case of two sites."""

    def make(width: int, height: int) -> MainWindow:
        window = make_window()
        window.resize(width, height)
        window.file_menu.new_case()
        for uuid, lon in (("west", 9.1), ("east", 9.9)):
            edit = add_site(window.session.document, Point(lon, 50.0), actor="me", label=uuid, uuid=uuid)
            window.session.push(edit)
        window.views.show_bounds(Bounds(9.0, 49.8, 10.0, 50.6), 0.0)
        settle(window, qtbot)
        begin_on_map(window, qtbot)
        return window

    return make


def seen(window: MainWindow) -> set[str]:
    """The panels that are in sight."""
    return {dock.objectName() for dock in window.docks.all() if not dock.visibleRegion().isEmpty()}


def strips(window: MainWindow) -> dict[str, list[str]]:
    """What the strips at the edges say, by side, of those in sight."""
    shown = [strip for strip in window.findChildren(EdgeStrip) if strip.isVisible()]
    return {
        strip.side: [one.text() for one in strip.findChildren(QAbstractButton) if one.isVisible()] for strip in shown
    }


def place(window: MainWindow, lon: float, lat: float) -> QPoint:
    """Where a place is on the screen."""
    x, y = transform_points(WGS84, window.canvas.viewport.crs, lon, lat)
    px, py = window.canvas.viewport.view().to_pixel(float(x), float(y))
    return window.canvas.mapToGlobal(QPoint(round(px), round(py)))


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(("size", "least"), [((1366, 768), 0.6), ((911, 512), 0.5), ((1920, 1080), 0.6)])
def test_the_map_has_most_of_the_window_at_first_and_beside_a_form(
    case: Callable[..., MainWindow], qtbot: QtBot, size: tuple[int, int], least: float
) -> None:
    window = case(*size)
    assert window.canvas.width() >= (least + 0.1) * window.width(), "nothing is selected"
    make_panels(window)
    window.selection.set({"west"})
    settle(window, qtbot)
    assert "panel_details" in seen(window)
    qtbot.waitUntil(lambda: window.canvas.width() >= least * window.width())


@pytest.mark.bounded
def test_an_empty_side_is_a_strip_with_names_and_opens_by_click_and_by_key(
    case: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = case(1366, 768)
    assert strips(window) == {"right": ["Details", "Acquisition", "Comparisons"]}
    (strip,) = (one for one in window.findChildren(EdgeStrip) if one.isVisible())
    assert strip.width() < 30
    button = next(one for one in strip.findChildren(QAbstractButton) if one.text() == "Comparisons")
    assert "Ctrl+9" in button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert "panel_comparisons" in seen(window)
    assert strips(window) == {}
    press(Qt.Key.Key_F12, CTRL)
    settle(window, qtbot)
    assert strips(window) == {"right": ["Details", "Acquisition", "Comparisons"]}
    begin_on_map(window, qtbot)
    press(Qt.Key.Key_7, CTRL)
    settle(window, qtbot)
    assert "panel_acquisition" in seen(window)
    assert strips(window) == {}
    press(Qt.Key.Key_F11, CTRL)
    settle(window, qtbot)
    assert strips(window) == {"left": ["Layers", "Sites", "Claims", "Sources", "Responses", "Bookmarks"]}
    press(Qt.Key.Key_F11, CTRL)
    settle(window, qtbot)
    assert {"panel_layers", "panel_sites"} <= seen(window)


@pytest.mark.bounded
def test_a_form_folds_again_when_nothing_is_selected_and_not_while_it_is_open_by_hand(
    case: Callable[..., MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_folds, "EMPTY_MS", 0)
    window = case(1366, 768)
    folds = window.docks.arrangement.folds
    window.selection.set({"west"})
    settle(window, qtbot)
    assert "panel_details" in seen(window)
    window.selection.clear()
    qtbot.waitUntil(lambda: "right" in folds.folds)
    press(Qt.Key.Key_6, CTRL)
    assert "panel_details" in seen(window)
    window.selection.set({"west"})
    window.selection.clear()
    qtbot.wait(20)
    assert "panel_details" in seen(window), "it was opened by hand"


def test_what_the_map_shows_stays_where_it_is_as_panels_come_and_go(
    case: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = case(1366, 768)
    before = place(window, 9.5, 50.2)
    for key in (Qt.Key.Key_F11, Qt.Key.Key_F12, Qt.Key.Key_F11, Qt.Key.Key_F12):
        press(key, CTRL)
        settle(window, qtbot)
        assert (place(window, 9.5, 50.2) - before).manhattanLength() <= 2
    assert not window.canvas.motion.can_go_back, "that was no journey"


@pytest.mark.bounded
def test_a_mark_that_is_selected_below_the_form_comes_into_sight(case: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = case(1366, 768)
    on_map = lambda: window.canvas.mapFromGlobal(place(window, 9.9, 50.0))  # noqa: E731
    window.canvas.motion.pan_by(on_map().x() - window.canvas.width() + 100, 0)
    settle(window, qtbot)
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, NOTHING, on_map())
    settle(window, qtbot)
    assert window.selection.uuids == {"east"}
    assert "panel_details" in seen(window)
    assert window.canvas.rect().contains(on_map())


@pytest.mark.bounded
def test_a_mark_near_an_edge_that_nothing_covers_moves_no_map(case: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = case(1366, 768)
    at = window.canvas.mapFromGlobal(place(window, 9.1, 50.0))
    window.canvas.motion.pan_by(at.x() - 20, at.y() - 15)
    settle(window, qtbot)
    before = place(window, 9.1, 50.0)
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, NOTHING, window.canvas.mapFromGlobal(before))
    settle(window, qtbot)
    assert window.selection.uuids == {"west"}
    assert "panel_details" in seen(window)
    assert place(window, 9.1, 50.0) == before


def standing(window: MainWindow) -> dict[str, Any]:
    docks = {dock.objectName(): (dock.geometry(), dock.isHidden()) for dock in window.docks.all()}
    return {"seen": seen(window), "strips": strips(window), "docks": docks, "map": window.canvas.size()}


@pytest.mark.bounded
def test_one_key_shows_the_map_alone_and_brings_back_exactly_what_was(
    case: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = case(1366, 768)
    window.docks.show_panel("panel_claims")
    window.action_table["panel_time_strip"].trigger()
    begin_on_map(window, qtbot)
    settle(window, qtbot)
    qtbot.waitUntil(lambda: not window.docks.arrangement.is_due)
    before, where = standing(window), place(window, 9.5, 50.2)
    press(Qt.Key.Key_F12)
    settle(window, qtbot)
    assert seen(window) == set()
    assert strips(window) == {}
    assert not window.findChild(QToolBar, "toolbar").isVisible()
    assert window.canvas.width() == window.width()
    assert "F12" in window.status.hint.text(), "the way back is said"
    assert window.action_table["map_alone"].isChecked()
    window.selection.set({"west"})
    settle(window, qtbot)
    assert seen(window) == set(), "a click on a mark brings no form back"
    window.selection.clear()
    press(Qt.Key.Key_F12)
    settle(window, qtbot)
    qtbot.waitUntil(lambda: standing(window) == before)
    assert window.toolbar.isVisible()
    assert (place(window, 9.5, 50.2) - where).manhattanLength() <= 2


@pytest.mark.bounded
def test_the_map_stands_alone_after_a_restart_too(
    case: Callable[..., MainWindow], qtbot: QtBot, make_window: MakeWindow
) -> None:
    first = case(1366, 768)
    first.docks.show_panel("panel_claims")
    settle(first, qtbot)
    press(Qt.Key.Key_F12)
    settle(first, qtbot)
    first.place.keep()
    second = make_window()
    second.place.restore()
    second.resize(1366, 768)
    second.file_menu.new_case()
    settle(second, qtbot)
    assert seen(second) == set()
    assert not second.toolbar.isVisible()
    begin_on_map(second, qtbot)
    press(Qt.Key.Key_F12)
    settle(second, qtbot)
    qtbot.waitUntil(lambda: {"panel_layers", "panel_claims"} <= seen(second))
    assert strips(second) == {"right": ["Details", "Acquisition", "Comparisons"]}
    assert second.toolbar.isVisible()


@pytest.mark.bounded
def test_a_panel_that_is_asked_for_ends_the_map_alone(case: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = case(1366, 768)
    press(Qt.Key.Key_F12)
    settle(window, qtbot)
    press(Qt.Key.Key_3, CTRL)
    settle(window, qtbot)
    assert {"panel_layers", "panel_claims"} <= seen(window)
    assert window.toolbar.isVisible()
    assert not window.action_table["map_alone"].isChecked()


@pytest.mark.bounded
def test_each_layout_stands_as_it_was_left(case: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = case(1366, 768)
    wanted = {
        "looking": set(),
        "comparing": {"panel_layers", "panel_comparisons", "panel_time_strip"},
        "writing": {"panel_claims"},
        "marking": {"panel_layers", "panel_sites"},
    }
    assert wanted.keys() == LAYOUTS.keys()
    for name, panels in wanted.items():
        window.action_table[f"layout_{name}"].trigger()
        settle(window, qtbot)
        assert seen(window) == panels, name
        assert [one for one in LAYOUTS if window.action_table[f"layout_{one}"].isChecked()] == [name]
        assert window.canvas.width() >= 0.6 * window.width()
    window.docks.show_panel("panel_sources")
    window.action_table["layout_writing"].trigger()
    settle(window, qtbot)
    window.action_table["layout_marking"].trigger()
    settle(window, qtbot)
    assert seen(window) == {"panel_layers", "panel_sources"}


@pytest.mark.bounded
def test_a_layout_squeezed_on_a_small_screen_does_not_stay_when_it_grows(
    case: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = case(1366, 768)
    window.selection.set({"west"})
    settle(window, qtbot)
    left, right = WindowRoom(1366, 768).sides(MARKING)
    widths = lambda: [window.docks[id_].width() for id_ in ("panel_layers", "panel_details")]  # noqa: E731
    qtbot.waitUntil(lambda: widths() == [left, right])
    window.resizeDocks([window.docks["panel_layers"]], [left + 40], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: widths() == [left + 40, right])
    qtbot.waitUntil(lambda: not window.docks.arrangement.is_due)
    window.resize(911, 512)
    qtbot.waitUntil(lambda: widths() == list(WindowRoom(911, 512).sides(MARKING)))
    assert window.canvas.width() >= 0.5 * 911
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: widths() == [left + 40, right])
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: widths() == list(WindowRoom(1920, 1080).sides(MARKING)))


def test_a_low_strip_has_its_names_in_two_columns_and_cuts_none(qtbot: QtBot) -> None:
    strip = EdgeStrip("right")
    qtbot.addWidget(strip)
    strip.show_panels([(name, name, "") for name in ("Details", "Acquisition", "Comparisons", "Products")])
    buttons = strip.findChildren(QAbstractButton)
    for height, columns in ((700, 1), (220, 2)):
        strip.resize(strip.width(), height)
        strip.show()
        assert len({button.x() for button in buttons}) == columns
        assert strip.width() == max(button.geometry().right() for button in buttons) + 1
        assert all(button.height() >= button.sizeHint().height() for button in buttons)
        assert max(button.geometry().bottom() for button in buttons) < height
        for first, second in pairwise(buttons):
            assert not first.geometry().intersects(second.geometry())
    strip.resize(strip.width(), 60)
    assert max(button.geometry().bottom() for button in buttons) <= 60, "there they are cut"
