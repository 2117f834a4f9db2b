"""The window in a made-up language: whatever is still English on it was not marked for translation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.support.made_up_language import english_in, spoken
from tests.support.windows import settle
from viewer.app.window import MainWindow
from viewer.panels.widgets.fold_section import FoldSection

CITED = frozenset(
    {"geoloupe", "qgis", "geotiff", "geojson", "geopackage", "shapefile", "landsat", "sentinel", "maxar", "airbus"}
    | {"planet", "esri", "ctrl", "shift", "alt", "del", "esc", "tab", "enter", "return", "space", "home", "end"}
    | {"backspace", "pgup", "pgdown", "left", "right", "up", "down", "ins"}
)
"""Names and keys, which no language translates here."""

ENGLISH_IN_MENUS, ENGLISH_IN_PANELS = 27, 72
"""Words of tables in `layers/` that nobody has marked yet: band combinations, templates, palettes, symbols, directions,
bases of positions; and Qt's own. These numbers only fall.
"""


@pytest.fixture
def speaking(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    """A window that was made in the language."""
    language = spoken()
    yield request.getfixturevalue("window")
    QCoreApplication.removeTranslator(language)


def said_by(top: QWidget) -> Iterator[tuple[str, str]]:
    """(widget, text) of all that a window says: texts, tips, placeholders, names for screen readers, rows."""
    for widget in (top, *top.findChildren(QWidget)):
        name = f"{type(widget).__name__} {widget.objectName()}"
        found = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle()]
        match widget:
            case QLabel() | QAbstractButton():
                found.append(widget.text())
            case QGroupBox():
                found.append(widget.title())
            case QLineEdit():
                found.append(widget.placeholderText())
            case QComboBox():
                found += [widget.itemText(row) for row in range(widget.count())]
            case QTabBar():
                found += [widget.tabText(at) for at in range(widget.count())]
            case QAbstractItemView():
                found += headers_of(widget)
        yield from ((name, text) for text in found if text)


def headers_of(view: QAbstractItemView) -> list[str]:
    model = view.model()
    if model is None or isinstance(model, QAbstractListModel):
        return []
    columns = range(model.columnCount(QModelIndex()))
    return [str(model.headerData(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) or "") for at in columns]


def actions_of(window: MainWindow) -> Iterator[QAction]:
    waiting = list(window.menuBar().actions())
    while waiting:
        action = waiting.pop()
        yield action
        if (menu := action.menu()) is not None:
            waiting += menu.actions()


def english_on(texts: Iterator[tuple[str, str]], cited: frozenset[str] = CITED) -> list[tuple[str, str]]:
    return sorted({(name, text) for name, text in texts if english_in(text, cited)})


def test_menus_are_in_the_language(speaking: MainWindow) -> None:
    texts = (
        (action.objectName(), text) for action in actions_of(speaking) for text in (action.text(), action.toolTip())
    )
    found = english_on(texts)
    assert len(found) <= ENGLISH_IN_MENUS, found


def test_panels_are_in_the_language(speaking: MainWindow, qtbot: QtBot) -> None:
    speaking.file_menu.new_case()
    settle(speaking, qtbot)
    speaking.docks.make_all()
    for part in speaking.findChildren(FoldSection):
        part.set_folded(False)
    QApplication.processEvents()
    found = english_on(said_by(speaking))
    assert len(found) <= ENGLISH_IN_PANELS, found
