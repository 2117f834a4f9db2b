"""Columns of the attribute table are hidden and shown again, however many there are."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from tests.support.analyst import Analyst
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer, remove_layers, update_layer
from viewer.panels.attributes.attribute_table import AttributeTablePanel

pytestmark = pytest.mark.qt_log_ignore(
    "does not support grabbing the keyboard", extend=True
)  # as every popup offscreen
COLUMNS = [f"column {n:03d}" for n in range(90)]


@pytest.fixture
def analyst(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Analyst:
    frame = gpd.GeoDataFrame({name: [1, 2] for name in COLUMNS}, geometry=[Point(0, 0), Point(1, 1)], crs=4326)
    pyogrio.write_dataframe(frame, tmp_path / "wide.gpkg")
    window.opener.open([str(tmp_path / "wide.gpkg")])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=10_000)
    settle(window, qtbot)
    window.panel_context.show_layer(next(iter(window.session.document.layers)))
    window.action_table["attribute_table"].trigger()
    analyst = Analyst(window, lambda holds: qtbot.waitUntil(holds, timeout=10_000))
    analyst.wait(lambda: window.docks.attributes.panel.is_settled and window.is_idle())
    return analyst


def from_menu(analyst: Analyst, panel: AttributeTablePanel, entry: str) -> None:
    """Press the button of the columns and choose an entry of its menu."""
    analyst.press(panel.columns_button)
    analyst.wait(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(action for action in menu.actions() if action.text() == entry)
    assert action.isEnabled()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    analyst.wait(lambda: QApplication.activePopupWidget() is None)
    analyst.come_back()


def test_each_hidden_column_can_be_shown_again(analyst: Analyst) -> None:
    panel = analyst.panel(AttributeTablePanel)
    assert panel.shown_columns() == COLUMNS
    for section in (85, 3, 86):
        analyst.click_index(panel.view, panel.model.index(0, section))
        from_menu(analyst, panel, "Hide column")
    left = [name for name in COLUMNS if name not in ("column 085", "column 003", "column 086")]
    assert panel.shown_columns() == left
    from_menu(analyst, panel, "column 085")
    assert panel.shown_columns() == sorted([*left, "column 085"])
    from_menu(analyst, panel, "Show all columns")
    assert panel.shown_columns() == COLUMNS


@pytest.mark.bounded
def test_the_title_says_whose_attributes_they_are(analyst: Analyst, qtbot: QtBot) -> None:
    window = analyst.window
    dock, document, push = window.docks["panel_attributes"], window.session.document, window.session.push
    (wide,) = document.layers
    assert dock.windowTitle() == "Attributes: wide"
    push(add_layer(document, "raster", "Blue Marble", {"shipped": "blue_marble.tif"}, actor="me", uuid="earth"))
    window.panel_context.show_layer("earth")
    settle(window, qtbot)
    assert dock.windowTitle() == "Attributes: wide", "an image has none"
    push(update_layer(document, wide, actor="me", name="Columns & rows"))
    assert dock.windowTitle() == "Attributes: Columns & rows"
    push(add_layer(document, "vector", "Coast", {"shipped": "coast.geojson"}, actor="me", uuid="coast"))
    window.panel_context.show_layer("coast")
    assert dock.windowTitle() == "Attributes: Coast"
    for uuid in ("coast", wide):
        push(remove_layers(document, [uuid], actor="me"))
    assert dock.windowTitle() == "Attributes"
