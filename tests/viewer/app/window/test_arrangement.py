"""Window and panels come back as they were left, on a screen that is there."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.support.windows import begin_on_map, press
from tests.viewer.app.conftest import MakeWindow, settle
from viewer.app.arranging.panel_layouts import FIRST, FORMS
from viewer.app.window import MainWindow
from viewer.support.settings import Settings

Left, Right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea


def begun(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.file_menu.new_case()
    settle(window, qtbot)
    return window


def places(window: MainWindow) -> dict[str, tuple[object, ...]]:
    return {
        dock.objectName(): (dock.isHidden(), dock.isFloating(), window.dockWidgetArea(dock))
        for dock in window.docks.all()
    }


def front(window: MainWindow, id_: str) -> bool:
    return not window.docks[id_].visibleRegion().isEmpty()


def rearrange(window: MainWindow) -> None:
    """Claims to the right and wide, Acquisition away, Sources in front of the sites, Responses afloat."""
    docks = window.docks
    docks.arrangement.folds.open_by_hand("right")
    window.addDockWidget(Right, docks["panel_claims"])
    docks["panel_acquisition"].hide()
    docks["panel_responses"].setFloating(True)
    docks["panel_responses"].setGeometry(40, 50, 300, 400)
    docks.set_panel_visible("panel_sources", True)
    window.resizeDocks([docks["panel_layers"]], [333], Qt.Orientation.Horizontal)


@pytest.mark.bounded
@pytest.mark.parametrize("closes_case_first", [False, True])
def test_the_panels_come_back_as_they_were_left(
    make_window: MakeWindow, qtbot: QtBot, *, closes_case_first: bool
) -> None:
    first = begun(make_window(), qtbot)
    rearrange(first)
    qtbot.waitUntil(lambda: first.docks["panel_layers"].width() == 333)
    left = places(first)
    if closes_case_first:
        first.file_menu.close_case()
        settle(first, qtbot)
    assert first.close()
    second = make_window()
    second.place.restore()
    assert all(dock.isHidden() for dock in second.docks.all()), "the start page stands alone"
    second.resize(first.size())
    begun(second, qtbot)
    assert places(second) == left
    qtbot.waitUntil(lambda: second.docks["panel_layers"].width() == 333)
    qtbot.waitUntil(lambda: front(second, "panel_sources"))
    assert not front(second, "panel_sites")
    assert second.action_table["panel_claims"].isChecked()
    assert not second.action_table["panel_acquisition"].isChecked()


@pytest.mark.bounded
def test_a_look_at_the_start_page_forgets_no_arrangement(make_window: MakeWindow, qtbot: QtBot) -> None:
    first = begun(make_window(), qtbot)
    rearrange(first)
    first.close()
    kept = Settings.of_user().get("panels")
    second = make_window()
    second.place.restore()
    second.close()
    assert kept
    assert Settings.of_user().get("panels") == kept


def _standing(**changed: object) -> dict[str, object]:
    """A settings file's arrangement of the small window of tests."""
    return {
        "layout": "marking",
        "alone": False,
        "kept": {"marking small": {"state": "", "folds": {}, "opened": []} | changed},
    }


BROKEN = [
    {},
    {"layout": 7, "alone": "yes", "kept": []},
    {"layout": "painting", "kept": {"marking small": "AAAA"}},
    {"kept": {"marking small": None, "": 3}},
    *(_standing(state=state) for state in ("", "AAAA", "no base64 at all – «»", "AAAA/wAAAAH9AAAA")),
    *(
        _standing(folds=folds)
        for folds in (7, {"right": 1}, {"top": {}}, {"left": {"ids": [1], "fronts": [], "width_px": 3}})
    ),
    _standing(opened="left"),
]


@pytest.mark.bounded
def test_a_broken_arrangement_is_left_out(make_window: MakeWindow, qtbot: QtBot) -> None:
    first = make_window()
    first.place.restore()
    usual, size = places(begun(first, qtbot)), first.size()
    settings = Settings.of_user()
    for panels in BROKEN:
        settings.set("panels", panels)
        settings.set("window_geometry", "no base64 at all – «»")
        window = make_window()
        window.place.restore()
        assert window.size() == size, panels
        assert places(begun(window, qtbot)) == usual, panels
        assert window.toolbar.isVisible(), panels


@pytest.mark.bounded
def test_reset_panels_puts_everything_back(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window()
    assert not window.action_table["reset_panels"].isEnabled(), "the start page has no panels"
    usual = places(begun(window, qtbot))
    begin_on_map(window, qtbot)
    rearrange(window)
    assert places(window) != usual
    window.action_table["reset_panels"].trigger()
    assert places(window) == usual
    assert {id_ for id_, (is_hidden, *_) in usual.items() if is_hidden} == {*FIRST.hidden, *FORMS}
    qtbot.waitUntil(lambda: front(window, "panel_sites"))
    press(Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: front(window, "panel_details"))
    assert set(window.tabifiedDockWidgets(window.docks["panel_sites"])) == {
        window.docks[id_] for id_ in ("panel_claims", "panel_sources", "panel_responses", "panel_bookmarks")
    }


def test_the_window_comes_back_where_it_was(make_window: MakeWindow, qtbot: QtBot) -> None:
    first = make_window()
    first.setGeometry(60, 70, 700, 500)
    first.close()
    second = make_window()
    second.place.restore()
    assert second.geometry() == QRect(60, 70, 700, 500)


@pytest.mark.bounded
def test_nothing_comes_back_where_no_screen_is(make_window: MakeWindow, qtbot: QtBot) -> None:
    first = begun(make_window(), qtbot)
    first.setGeometry(5000, 4000, 700, 500)
    dock: QDockWidget = first.docks["panel_sites"]
    dock.setFloating(True)
    dock.setGeometry(9000, -3000, 300, 400)
    first.close()
    second = make_window()
    second.place.restore()
    begun(second, qtbot)
    available = second.screen().availableGeometry()
    assert available.contains(second.geometry())
    assert second.docks["panel_sites"].isFloating()
    assert available.contains(second.docks["panel_sites"].geometry())


@pytest.mark.bounded
def test_a_tab_bar_that_is_left_where_no_panels_are_goes(window: MainWindow, qtbot: QtBot) -> None:
    """Qt leaves one standing when all docks come back in a window resized before it was shown."""
    window = begun(window, qtbot)
    window.docks.arrangement.folds.open_by_hand("right")
    ghost = QTabBar(window)
    for title in ("Details", "Acquisition", "Comparisons"):
        ghost.addTab(title)
    ghost.setGeometry(QRect(500, 500, 272, 30))
    ghost.show()
    window.docks.arrangement.reset()
    window.docks.arrangement.folds.open_by_hand("right")
    settle(window, qtbot)
    qtbot.waitUntil(lambda: not ghost.isVisible())

    def titles() -> list[list[str]]:
        bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return sorted([bar.tabText(at) for at in range(bar.count())] for bar in bars if bar.isVisible())

    lists = ["Sites", "Claims", "Sources", "Responses", "Bookmarks"]
    qtbot.waitUntil(lambda: titles() == [["Details", "Acquisition", "Comparisons"], lists])


@pytest.mark.bounded
def test_tab_bars_that_qt_has_thrown_away_are_gone(window: MainWindow, qtbot: QtBot) -> None:
    """Python's wrapper of a bar that was found with `findChildren` stays as long as the window does."""
    window.file_menu.new_case()
    settle(window, qtbot)
    counts = []
    for _ in range(4):
        window.file_menu.close_case()
        settle(window, qtbot)
        window.file_menu.new_case()
        settle(window, qtbot)
        QApplication.sendPostedEvents(None, 0)
        gc.collect()
        counts.append(sum(type(one) is QTabBar for one in gc.get_objects()))
    assert counts[1:] == counts[1:2] * 3
    named = [one for one in gc.get_objects() if type(one) is QTabBar and isValid(one) and one.isVisible()]
    assert named
    assert {bar.accessibleName() for bar in named} == {"Panels"}
