"""Searches on the map with what they have shown: of selected areas, of the row chosen in the list, or of all."""

from __future__ import annotations

from itertools import product

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.observing.search_cells import CANNOT_TELL, FOUND, NOTHING, SearchCell, SearchSheet
from layers.observing.search_grid import grid_over
from tests.support.windows import new_case, search_for
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.canvas.search_painter import FOUND_COLOR, NOTHING_COLOR, OBSCURED_COLOR, OPEN_COLOR
from viewer.commands.claims import add_claim
from viewer.commands.imagery.searches import record_search
from viewer.commands.sites import add_site
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.layers.layer_rows import SITES_ROW
from viewer.panels.searches.search_list import SearchListPanel

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

AREA = shapely.box(10.0, 50.0, 10.2, 50.13)
ANSWERS = {(1, 1): FOUND, (1, 2): NOTHING, (2, 1): CANNOT_TELL}
"""Answers of a grid of 2 by 2 cells: nobody looked at the last one."""
INSET_PX = 8
COLORS = (FOUND_COLOR, NOTHING_COLOR, OBSCURED_COLOR, OPEN_COLOR)


def searched(window: MainWindow, qtbot: QtBot, area_uuid: str = "area", search_uuid: str = "search") -> MainWindow:
    """A new case with a searched area in the middle of the map, and nothing selected."""
    new_case(window, qtbot)
    document = window.session.document
    window.session.push(add_site(document, AREA, actor="ana", uuid=area_uuid, mark_kind="search area"))
    sheet = SearchSheet(grid_over(AREA, 2, 2))
    for (row, column), answer in ANSWERS.items():
        why = "cloud" if answer == CANNOT_TELL else ""
        sheet = sheet.with_cell(SearchCell(row, column, answer, why, shown=1.0))
    kept = {"area_uuid": area_uuid, "cells_json": sheet.text, "target": "vehicle", "target_size_m": 5.0}
    shares = {"assessed_pct": 50.0, "obscured_pct": 25.0, "not_searched_pct": 25.0, "result": "found"}
    window.session.push(record_search(document, actor="ana", uuid=search_uuid, **kept, **shares))
    window.canvas.viewport.fit_lonlat(Bounds(*AREA.bounds), 0.2)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)
    return window


def painted(window: MainWindow, qtbot: QtBot) -> list[bool]:
    """Whether each colour of a search is on the map, inside the outline of the area."""
    settle(window, qtbot)
    image = window.canvas.grab().toImage()
    (left, top), (right, bottom) = pixel_of(window, 10.0, 50.13), pixel_of(window, 10.2, 50.0)
    inside = product(range(left + INSET_PX, right - INSET_PX), range(top + INSET_PX, bottom - INSET_PX))
    shown = {image.pixelColor(x, y).rgb() for x, y in inside}
    return [any(_is_like(QColor(rgb), color) for rgb in shown) for color in COLORS]


def pixel_of(window: MainWindow, lon: float, lat: float) -> tuple[int, int]:
    """The pixel of a place on the map."""
    view = window.canvas.viewport.view()
    x, y = view.to_pixel(*map(float, transform_points(WGS84, view.grid.crs, lon, lat)))
    return round(x), round(y)


def _is_like(color: QColor, wanted: QColor) -> bool:
    return all(abs(a - b) < 16 for a, b in zip(color.getRgb()[:3], wanted.getRgb()[:3], strict=True))


@pytest.mark.bounded
def test_a_searched_area_that_is_clicked_shows_what_was_seen(window: MainWindow, qtbot: QtBot) -> None:
    searched(window, qtbot)
    assert painted(window, qtbot) == [False] * 4
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(*pixel_of(window, 10.0, 50.06)))
    settle(window, qtbot)
    assert window.selection.uuids == {"area"}
    assert painted(window, qtbot) == [True] * 4
    window.selection.clear()
    assert painted(window, qtbot) == [False] * 4


@pytest.mark.bounded
def test_the_search_chosen_in_the_list_is_on_the_map_while_the_list_is_in_sight(
    window: MainWindow, qtbot: QtBot
) -> None:
    searched(window, qtbot)
    window.docks.show_panel("panel_searches")
    settle(window, qtbot)
    panel = window.findChild(SearchListPanel)
    assert panel is not None
    assert not panel.on_map.isVisible()
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.on_map.isVisible()
    assert painted(window, qtbot) == [True] * 4
    window.docks.show_panel("panel_layers")
    window.docks["panel_searches"].hide()
    assert painted(window, qtbot) == [False] * 4


@pytest.mark.bounded
def test_all_searches_are_a_choice_in_the_layers_and_the_palette(window: MainWindow, qtbot: QtBot) -> None:
    searched(window, qtbot)
    tree = window.docks.layer_tree
    window.docks.show_panel("panel_layers")
    place = tree.view.visualRect(tree.model.index(SITES_ROW)).center()
    tree.view.customContextMenuRequested.emit(place)
    menu = tree.findChildren(type(tree.menu_of_sites()))[0]
    entry = next(action for action in menu.actions() if action.text() == "All searches on the map")
    assert entry.isCheckable()
    assert not entry.isChecked()
    entry.trigger()
    assert painted(window, qtbot) == [True] * 4
    palette, line = search_for(window, "hide all searches", qtbot)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert painted(window, qtbot) == [False] * 4
    palette.close()


@pytest.mark.bounded
def test_delete_in_a_list_is_about_its_row_and_not_about_the_selected_mark(window: MainWindow, qtbot: QtBot) -> None:
    """Delete in the lists of searches and claims deleted the mark that was selected on the map."""
    searched(window, qtbot)
    document, context = window.session.document, window.panel_context
    assert context.do(add_claim, uuid="claim", statement="A pad")
    window.session.push(add_site(document, shapely.Point(10.3, 50.0), actor="ana", uuid="mark"))
    window.selection.set(("mark",))
    window.docks.show_panel("panel_searches")
    settle(window, qtbot)
    panel = window.findChild(SearchListPanel)
    assert panel is not None
    panel.choose("search")
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert not document.searches
    window.docks.show_panel("panel_claims")
    settle(window, qtbot)
    claims = window.findChild(ClaimListPanel)
    assert claims is not None
    claims.list.select(("claim",))
    claims.list.view.setFocus()
    QTest.keyClick(claims.list.view, Qt.Key.Key_Delete)
    assert not document.claims
    assert "mark" in document.sites
