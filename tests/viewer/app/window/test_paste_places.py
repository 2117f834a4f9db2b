"""Coordinates and addresses on the clipboard, pasted on the map of the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.measure import distance_m
from layers.services.tile_service import TileService
from tests.support.windows import settle, texts
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.panels.imagery.add_imagery import AddImageryDialog

PAD = 128.334, 51.884


def paste(window: MainWindow, text: str, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle(window, qtbot)


@pytest.mark.bounded
@pytest.mark.parametrize(
    "text",
    [
        "51.884, 128.334",
        " 51\u00b053'02.4\"N 128\u00b020'02.4\"E\n",
        "52U DC 54160 48346",
    ],
    ids=["degrees", "DMS", "MGRS"],
)
def test_a_pasted_place_is_gone_to_and_said(window: MainWindow, desk: Desk, text: str, qtbot: QtBot) -> None:
    before = window.session.document
    assert distance_m(*window.views.map_centre(), *PAD) > 1_000_000
    paste(window, text, qtbot)
    qtbot.waitUntil(lambda: distance_m(*window.views.map_centre(), *PAD) < 1_500, timeout=20_000)
    assert "The map shows 51.88" in texts(window)
    assert window.session.document == before, "only the map moves"


@pytest.mark.bounded
def test_a_pasted_shape_is_shown_whole(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    paste(window, "POLYGON ((128 51, 129 51, 129 52, 128 52, 128 51))", qtbot)
    qtbot.waitUntil(lambda: distance_m(*window.views.map_centre(), 128.5, 51.5) < 5_000, timeout=20_000)


@pytest.mark.bounded
def test_a_place_off_the_earth_is_said_and_the_map_stays(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    before = window.views.map_centre()
    paste(window, "151.884 N, 128.334 E", qtbot)
    assert window.views.map_centre() == before
    assert "90" in texts(window)


@pytest.mark.bounded
def test_a_pasted_address_of_dated_imagery_is_a_dated_layer_in_three_interactions(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    address = "http://127.0.0.1:9/51.884/128.334/{Time}/{z}/{x}/{y}.png"
    paste(window, address, qtbot)  # the first
    qtbot.waitUntil(lambda: window.findChild(AddImageryDialog) is not None, timeout=20_000)
    dialog = window.findChild(AddImageryDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.panel.current() is not None, timeout=20_000)
    for _ in range(2):
        if not window.session.document.layers:
            QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)
            settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    service = TileService.from_json(layer.source)
    assert service.template == address.replace("{Time}", "{time}")
    assert service.time
    assert layer.acquired_at == service.time, "the layer is dated"
