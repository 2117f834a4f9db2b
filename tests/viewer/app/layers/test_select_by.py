"""The small windows that select features, while the case goes on beside them."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from tests.support.analyst import Analyst
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.panels.attributes.select_by import SelectByDialog, SelectNearDialog
from viewer.panels.sites.make_sites import MakeSitesDialog


@pytest.fixture
def analyst(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Analyst:
    frame = gpd.GeoDataFrame({"n": range(6)}, geometry=[Point(n, 50) for n in range(6)], crs=4326)
    for name in ("towns", "ports"):
        pyogrio.write_dataframe(frame, tmp_path / f"{name}.gpkg")
    window.opener.open([str(tmp_path / "towns.gpkg"), str(tmp_path / "ports.gpkg")])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 2, timeout=10_000)
    settle(window, qtbot)
    return Analyst(window, lambda holds: qtbot.waitUntil(holds, timeout=10_000))


def uuid_of(analyst: Analyst, name: str) -> str:
    return next(uuid for uuid, layer in analyst.window.session.document.layers.items() if layer.name == name)


def by_expression(analyst: Analyst, text: str) -> SelectByDialog:
    analyst.window.panel_context.show_layer(uuid_of(analyst, "towns"))
    analyst.window.action_table["select_expression"].trigger()
    dialog = analyst.panel(SelectByDialog)
    QTest.keyClicks(dialog.text, text)
    return dialog


@pytest.mark.bounded
def test_it_says_of_which_layer_it_selects(analyst: Analyst) -> None:
    dialog = by_expression(analyst, "n > 3")
    assert "towns" in dialog.windowTitle()
    analyst.window.panel_context.show_layer(uuid_of(analyst, "ports"))
    analyst.press(analyst.button(dialog, "Select"))
    analyst.settle()
    assert analyst.canvas.features.of(uuid_of(analyst, "towns")).tolist() == [5, 6]


def test_a_window_that_is_closed_while_it_looks_hears_nothing(analyst: Analyst) -> None:
    dialog = by_expression(analyst, "n > 3")
    analyst.press(analyst.button(dialog, "Select"))
    analyst.press(analyst.button(dialog, "Close"))
    analyst.settle()
    assert analyst.window.findChild(SelectByDialog) is None
    assert len(analyst.canvas.features) == 2
    analyst.window.action_table["select_near"].trigger()
    near = analyst.panel(SelectNearDialog)
    analyst.press(analyst.button(near, "Select"))
    analyst.press(analyst.button(near, "Close"))
    analyst.settle()


@pytest.mark.bounded
def test_a_layer_that_is_gone_is_said(analyst: Analyst) -> None:
    dialog = by_expression(analyst, "n > 3")
    analyst.press(analyst.button(dialog, "Select"))
    analyst.settle()
    analyst.window.action_table["make_sites"].trigger()
    sites = analyst.panel(MakeSitesDialog)
    analyst.window.action_table["remove_layer"].trigger()
    analyst.settle()
    analyst.press(analyst.button(dialog, "Select"))
    analyst.settle()
    assert dialog.answer.text() == "The layer “towns” is no longer in the case."
    analyst.press(analyst.button(sites, "Make Sites"))
    analyst.settle()
    assert sites.refusal.text() == "The layer “towns” is no longer in the case."
    assert sites.isVisible()
