"""Searches in a window as an analyst makes them: of a radar scene, begun and gone through by keys."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.support.drawn_rasters import write_raster
from tests.support.windows import begin_on_map, settle
from viewer.app.window import MainWindow
from viewer.canvas.pointer import PointerEvent
from viewer.panels.searches.search_bar import SearchBar
from viewer.panels.searches.search_dialog import SearchDialog

LEFT, TOP, SIDE = 400_000.0, 5_500_000.0, 500
UTM = "EPSG:32633"
NOISE, GROUND = 6.0, 60.0


def radar_scene(path: Path, step: float = 1.0) -> Path:
    """A radar scene of one look with radar shadow in row 2, columns 3 and 4 of 5 x 5 cells; its mask is whole."""
    mean = np.full((SIDE, SIDE), GROUND)
    mean[100:200, 200:400] = NOISE
    values = np.random.default_rng(7).rayleigh(mean / 1.25) - 2.0
    write_raster(path, np.clip(values, 0, 255).astype(np.uint8)[None], UTM, LEFT, TOP, step)
    return path


def ask(window: MainWindow, qtbot: QtBot) -> SearchDialog:
    """The form of a search, opened by its key on the map."""
    begin_on_map(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: window.findChild(SearchDialog) is not None)
    dialog = window.findChild(SearchDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.target.hasFocus)
    return dialog


def go_on_unnamed(dialog: SearchDialog) -> None:
    """Begin once more where it was asked who searches, as it is once where no name is known."""
    if dialog.isVisible() and dialog.focusWidget() is dialog.observer:
        QTest.keyClick(dialog.observer, Qt.Key.Key_Return)


def begin(window: MainWindow, qtbot: QtBot, size: str = "5", rows: int = 5, columns: int = 5) -> SearchBar:
    """A search for vehicles of the selected area, else of the whole image, begun by keys alone."""
    dialog = ask(window, qtbot)
    dialog.rows.setValue(rows)
    dialog.columns.setValue(columns)
    QTest.keyClicks(dialog.target, "vehicle")
    QTest.keyClick(dialog.target, Qt.Key.Key_Tab)
    QTest.keyClicks(QApplication.focusWidget(), size)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    go_on_unnamed(dialog)
    qtbot.waitUntil(lambda: window.bars.searches.walk is not None)
    settle(window, qtbot)
    return window.bars.search_bar.bar


def shown(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the cell in hand was shown, going through its parts by Enter."""
    for _ in range(20):
        settle(window, qtbot)
        walk = window.bars.searches.walk
        if walk is None or walk.is_shown:
            return
        QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    pytest.fail("the cell was never shown whole")


def words_of_map_menu(window: MainWindow) -> list[str]:
    """The entries of the context menu of the selected mark, as by the menu key."""
    with qt_menu(window) as menu:
        return [action.text().replace("&", "") for action in menu.actions()]


@contextmanager
def qt_menu(window: MainWindow) -> Iterator[QMenu]:
    window.canvas.context_menu_requested.emit(
        PointerEvent(10.0, 10.0, math.nan, math.nan, button=Qt.MouseButton.NoButton)
    )
    menu = next(menu for menu in window.canvas.findChildren(QMenu) if menu.isVisible())
    yield menu
    menu.close()
