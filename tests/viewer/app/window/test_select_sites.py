"""Marks selected by class and folder from the Edit menu of the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.support.windows import opened, settle, texts
from viewer.app.window import MainWindow
from viewer.commands.sites import update_sites
from viewer.panels.widgets.tick_dialog import TickDialog

pytestmark = pytest.mark.qt_log_ignore(
    "does not support grabbing the keyboard", extend=True
)  # as every popup offscreen


@pytest.fixture
def demo(window: MainWindow, qtbot: QtBot) -> MainWindow:
    return opened(window, Path("sample_data/demo.gpkg"), qtbot)


def of(window: MainWindow, column: str, value: str) -> set[str]:
    return {site.uuid for site in window.session.document.sites.values() if getattr(site, column) == value}


def test_the_same_class_as_the_selected(demo: MainWindow, qtbot: QtBot) -> None:
    company, airfield = of(demo, "class_code", "company"), of(demo, "class_code", "launch_site")
    demo.selection.set([next(iter(company)), next(iter(airfield))])
    demo.canvas.setFocus()
    qtbot.keyClick(demo.canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert demo.selection.uuids == company | airfield


@pytest.mark.bounded
def test_a_class_is_ticked(demo: MainWindow, qtbot: QtBot) -> None:
    demo.action_table["select_class"].trigger()
    dialog = demo.findChild(TickDialog)
    assert dialog is not None
    rows = {dialog.list.topLevelItem(row).text(0): row for row in range(dialog.list.topLevelItemCount())}
    count = dialog.list.topLevelItem(rows["Company"]).text(1)
    assert count == str(len(of(demo, "class_code", "company")))
    assert not dialog.take_button.isEnabled()
    dialog.list.setCurrentItem(dialog.list.topLevelItem(rows["Company"]))
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert dialog.take_button.text() == "Select 1 class"
    qtbot.keyClick(dialog.take_button, Qt.Key.Key_Return)
    assert demo.selection.uuids == of(demo, "class_code", "company")


@pytest.mark.bounded
def test_folders(demo: MainWindow, qtbot: QtBot) -> None:
    demo.action_table["select_folder"].trigger()
    assert "No mark is in a folder" in texts(demo)
    company = of(demo, "class_code", "company")
    demo.panel_context.do(update_sites, company, folder="Firms")
    settle(demo, qtbot)
    demo.action_table["select_folder"].trigger()
    dialog = demo.findChild(TickDialog)
    assert dialog is not None
    assert dialog.list.topLevelItemCount() == 1
    dialog.all_button.click()
    dialog.take_button.click()
    assert demo.selection.uuids == company
    demo.selection.set([next(iter(company))])
    demo.action_table["select_same_folder"].trigger()
    assert demo.selection.uuids == company
