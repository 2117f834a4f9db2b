"""The sheet of observations as tests open and fill it: three sites on scenes of some years."""

from __future__ import annotations

from pathlib import Path

import shapely
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from layers.document.observation import Observation
from layers.geo.bounds import Bounds
from tests.support.many_scenes import write_scene
from tests.support.windows import begin_on_map, settle
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.observations.observation_sheet import ObservationSheet

HERE, AWAY = Bounds(10.0, 50.0, 10.1, 50.1), Bounds(20.0, 50.0, 20.1, 50.1)
YEARS = (1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020)
BENDS = {"north": (10.05, 50.08), "middle": (10.05, 50.05), "south": (10.05, 50.02)}


def with_scenes(window: MainWindow, folder: Path, qtbot: QtBot, years: tuple[int, ...] = YEARS[:3]) -> None:
    """A case with three bends of a river, and a scene of each year that shows them."""
    window.resize(1366, 768)
    window.file_menu.new_case()
    settle(window, qtbot)
    window.opener.open(
        [
            str(write_scene(folder / f"{year}.tif", HERE, f"{year}-08-01T10:00:00Z", platform="Landsat", side=32))
            for year in years
        ]
    )
    settle(window, qtbot)
    for name, (lon, lat) in BENDS.items():
        window.session.push(
            add_site(window.session.document, shapely.Point(lon, lat), actor="me", uuid=name, label=name)
        )
    begin_on_map(window, qtbot)


def sheet_of(window: MainWindow, qtbot: QtBot, columns: int = 3) -> ObservationSheet:
    """The sheet, opened by its key."""
    QTest.keyClick(window.canvas, Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    panel = window.docks.observations.panel
    assert isinstance(panel, ObservationSheet)
    qtbot.waitUntil(panel.view.hasFocus)
    qtbot.waitUntil(lambda: len(panel.desk.sheet.images) == columns)
    return panel


def typed(text: str) -> None:
    """Keys, wherever the keyboard is."""
    for letter in text:
        widget = QApplication.focusWidget()
        assert widget is not None
        if letter.isascii():
            QTest.keyClicks(widget, letter)
        else:
            event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(widget, event)


def rows_of(document: Document) -> dict[tuple[str, str], Observation]:
    return {
        (row.site_uuid, document.images[row.image_uuid].acquired_at[:4]): row for row in document.observations.values()
    }
