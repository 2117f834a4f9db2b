"""Every control of the window, its forms with all parts open, and its dialogs: a name, and a way to it by key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenuBar,
    QSlider,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.edit import Change, Edit
from layers.document.rows import ClaimSource
from tests.support.cases.marks import marks_of_every_kind
from tests.support.dialogs import DIALOGS, look_at_each, open_about_files, open_now
from tests.support.windows import make_panels
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.commands.sites import add_site
from viewer.panels.widgets.fold_section import FoldSection

_CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QSlider)


@pytest.fixture
def demo(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.file_menu.open_demo()
    settle(window, qtbot)
    make_panels(window)
    return window


def nameless(top: QWidget) -> list[str]:
    return [_path(widget) for widget in _own(top) if _takes_focus(widget) and not _name(top, widget)]


def without_key(window: MainWindow, top: QWidget) -> list[str]:
    """Controls that neither Tab nor a menu reaches."""
    found = []
    for widget in _own(top):
        if not isinstance(widget, _CONTROLS) or _is_part(widget) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        if isinstance(widget, QToolButton) and widget.defaultAction() in _in_menus(window):
            continue
        if not widget.objectName().startswith("qt_"):  # of Qt's own bars and corners
            found.append(_path(widget))
    return found


def _own(top: QWidget) -> Iterator[QWidget]:
    return (widget for widget in top.findChildren(QWidget) if widget.window() is top)


def _is_part(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    boxes = QComboBox, QAbstractSpinBox, QLineEdit, QTabBar, QDockWidget, QMenuBar, QHeaderView
    return isinstance(widget, QHeaderView) or isinstance(parent, boxes)


def _takes_focus(widget: QWidget) -> bool:
    if isinstance(widget, QLineEdit) and isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox):
        return False  # the box speaks for its line, and is looked at itself
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not isinstance(widget, QGroupBox)


def _name(window: QWidget, widget: QWidget) -> str:
    own = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    scrolls = "scrolls" if isinstance(widget, QAbstractScrollArea) and type(widget).__name__ == "_UprightScroll" else ""
    if name := widget.accessibleName() or own or scrolls:
        return name
    buddies = (label.text() for label in window.findChildren(QLabel) if label.buddy() is widget)  # slow: for few
    return next(buddies, "")


def _path(widget: QWidget) -> str:
    parts = [f"{type(widget).__name__} {widget.objectName() or widget.accessibleName()}"]
    parent = widget.parentWidget()
    while parent is not None:
        parts.append(type(parent).__name__)
        parent = parent.parentWidget()
    return " in ".join(parts[:5])


def _in_menus(window: MainWindow) -> set[QAction]:
    found, waiting = set[QAction](), list(window.menuBar().actions())
    while waiting:
        action = waiting.pop()
        found.add(action)
        menu = action.menu()
        if menu is not None:
            waiting.extend(menu.actions())
    return found


def _lacking(window: MainWindow, top: QWidget) -> tuple[list[str], list[str]]:
    """(controls without a name, controls without a key) with all parts open."""
    for part in top.findChildren(FoldSection):
        part.set_folded(False)
    QApplication.processEvents()
    return nameless(top), without_key(window, top)


def _judge(window: MainWindow, top: QWidget) -> None:
    assert _lacking(window, top) == ([], [])


@pytest.mark.bounded
def test_every_control_has_a_name(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    window.session.push(add_layer(window.session.document, "vector", "v", {"path": "/v.geojson"}, actor="me"))
    window.session.push(add_site(window.session.document, Point(37.6, 55.7), actor="me", label="a"))
    settle(window, qtbot)
    make_panels(window)
    window.selection.set(window.session.document.sites)
    window.messages.show("a", "Something happened.")
    _judge(window, window)


@pytest.mark.bounded
@pytest.mark.timeout(120)
def test_every_control_of_the_window_and_its_forms(demo: MainWindow, qtbot: QtBot) -> None:
    document = demo.session.document
    demo.messages.show("a", "Something happened.")
    demo.session.push(Edit("marks", tuple(Change("sites", None, mark) for mark in marks_of_every_kind())))
    for uuid in ("point", "turned", "circle", "arrow", "callout"):
        demo.selection.set([uuid])
        _judge(demo, demo)
    demo.selection.set([mark.uuid for mark in marks_of_every_kind()])
    _judge(demo, demo)
    (link, *_) = document.table("claim_sources").values()
    assert isinstance(link, ClaimSource)
    context = demo.panel_context
    context.show_claim(link.claim_uuid, raise_form=True)
    _judge(demo, demo)
    context.show_row("sources", link.source_uuid, raise_form=True)
    _judge(demo, demo)
    context.show_row("responses", next(iter(document.responses)), raise_form=True)
    _judge(demo, demo)
    for layer in document.layers:
        context.show_layer(layer, raise_form=True)
        settle(demo, qtbot)
        _judge(demo, demo)


@pytest.mark.bounded
@pytest.mark.timeout(120)
def test_every_control_of_the_dialogs(demo: MainWindow, qtbot: QtBot) -> None:
    demo.selection.set(list(demo.session.document.sites)[:1])
    lacking = dict[str, tuple[list[str], list[str]]]()

    def look(dialog: QDialog) -> None:
        lacking[type(dialog).__name__] = _lacking(demo, dialog)

    look_at_each(demo, qtbot, DIALOGS, look)
    assert lacking.keys() == set(DIALOGS.values())
    assert {name: lacks for name, lacks in lacking.items() if lacks != ([], [])} == {}


def test_every_control_of_the_dialogs_about_files_and_rows(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    open_about_files(window, qtbot, tmp_path)
    lacking = {name: _lacking(window, dialog) for name, dialog in open_now(window).items()}
    assert {name: lacks for name, lacks in lacking.items() if lacks != ([], [])} == {}
    for dialog in open_now(window).values():
        dialog.close()
