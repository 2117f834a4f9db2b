"""Waits for windows, finds with their palette, and fills their session as no file could."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

import sample_data
from layers.document.document import Document
from layers.grid.tile_grid import TileGrid
from layers.places.unpack import unpacked
from layers.project.opening.case_paths import CaseHome
from viewer.app.navigation.map_search import PLACES_FILE
from viewer.app.window import MainWindow
from viewer.panels.search.palette import CommandPalette
from viewer.panels.widgets.refusal import Refusal
from viewer.support.settings import cache_folder


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Until nothing is under way any more."""
    qtbot.waitUntil(window.is_idle, timeout=60_000)


def warm_up(window: MainWindow, qtbot: QtBot) -> None:
    """All panels are made, as in a program that has stood for a moment."""
    window.docks.warm_up(window.context.jobs)
    qtbot.waitUntil(lambda: not window.docks.waiting(), timeout=60_000)


def shown_where(window: MainWindow) -> tuple[TileGrid, int, int]:
    """The scale of the map, and where on the screen its pixels are: equal while all that is shown stays where it is,
    also as panels come and go beside it.
    """
    view, corner = window.canvas.viewport.view(), window.canvas.mapToGlobal(QPoint())
    return view.grid, view.left - round(corner.x() * view.ratio), view.top - round(corner.y() * view.ratio)


def new_case(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window, as large as most screens are, with an empty case, and the keyboard on its map."""
    window.resize(1366, 768)
    window.file_menu.new_case()
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    return window


def begin_on_map(window: MainWindow, qtbot: QtBot) -> None:
    """The window is the active one, and its map has the keyboard."""
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)


def search_for(window: MainWindow, text: str, qtbot: QtBot) -> tuple[CommandPalette, QLineEdit]:
    """The palette and its line, once all has been found; the names of places are unpacked, as after any first start."""
    _lay_names_out(cache_folder())
    window.action_table["palette"].trigger()
    palette = window.findChildren(CommandPalette)[-1]
    line = palette.findChild(QLineEdit)
    assert line is not None
    line.setText(text)
    qtbot.waitUntil(lambda: not palette.is_searching, timeout=20_000)
    return palette, line


@cache
def _unpacked_names() -> TemporaryDirectory[str]:
    """The folder of the unpacked names, for all tests of this process."""
    folder = TemporaryDirectory()
    unpacked(sample_data.path(PLACES_FILE), Path(folder.name))
    return folder


def _lay_names_out(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in Path(_unpacked_names().name).iterdir():
        if not (folder / one.name).exists():
            shutil.copyfile(one, folder / one.name)


def take_up(window: MainWindow, qtbot: QtBot, **tables: list[Any]) -> None:
    """Have a case that holds these rows, whatever they are."""
    window.file_menu.new_case()
    settle(window, qtbot)
    show_rows(window, **tables)
    settle(window, qtbot)


def show_rows(window: MainWindow, **tables: list[Any]) -> None:
    """Give the session a document that holds these rows, in the place of the one that it has."""
    window.session._take_up(Document(tables), None)
    window.session.home = CaseHome("/")  # whatever the layers name lies beside it
    window.session._is_begun = True
    window.session._tell_replaced()


def opened(window: MainWindow, case: Path, qtbot: QtBot) -> MainWindow:
    """The window with this case open."""
    window.opener.open([str(case)])
    settle(window, qtbot)
    return window


def make_panels(window: MainWindow) -> None:
    """Make every panel that is not there yet."""
    while waiting := window.docks.waiting():
        _made = waiting[0].panel


def texts(window: MainWindow) -> str:
    """All lines of its messages."""
    return " | ".join(line.text for line in window.messages.lines())


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, wherever the keyboard is."""
    QTest.keyClick(keyboard(), key, modifiers)


def keyboard() -> QWidget:
    """The widget that gets what is typed now."""
    widget = QApplication.activePopupWidget() or QApplication.focusWidget()
    assert widget is not None, "the keyboard is nowhere"
    return widget


def covered(refusal: Refusal) -> list[str]:
    """The fields, captions and buttons of panels that a refusal stands over."""
    assert refusal.isVisible(), "nobody sees it"
    host = refusal.window()
    kinds = (QLineEdit, QPlainTextEdit, QComboBox, QLabel, QAbstractButton)
    parts = [one for dock in host.findChildren(QDockWidget) for kind in kinds for one in dock.findChildren(kind)]
    seen = {one: QRect(one.mapTo(host, QPoint()), one.size()) for one in parts if not one.visibleRegion().isEmpty()}
    return [one.accessibleName() or one.objectName() for one, at in seen.items() if refusal.geometry().intersects(at)]
