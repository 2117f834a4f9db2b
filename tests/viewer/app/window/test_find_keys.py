"""Ctrl+F finds in the case, and in the table of attributes while the keyboard is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from tests.support.windows import opened
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.attributes.attribute_table import AttributeTablePanel
from viewer.panels.finding.find_panel import FindPanel
from viewer.panels.sites.new_class import NewClassDialog

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.bounded
def test_ctrl_f_finds_in_the_case_and_in_the_table_that_has_the_keyboard(
    window: MainWindow, qtbot: QtBot, points: Path
) -> None:
    window.session.begin_case()
    opened(window, points, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_F, CTRL)
    panel = window.findChild(FindPanel)
    qtbot.waitUntil(panel.line.hasFocus)
    window.action_table["panel_attributes"].trigger()
    settle(window, qtbot)
    table = window.findChild(AttributeTablePanel)
    qtbot.waitUntil(lambda: table.quick.isEnabled() and table.is_settled)
    table.view.setFocus()
    QTest.keyClick(table.view, Qt.Key.Key_F, CTRL)
    qtbot.waitUntil(table.quick.hasFocus)


@pytest.mark.bounded
def test_a_class_of_ones_own_is_added_from_the_menu(window: MainWindow, qtbot: QtBot) -> None:
    """It made the selected mark one without a question, and could do nothing without a selected mark."""
    window.session.begin_case()
    window.panel_context.do(add_site, Point(63, 46), uuid="s", label="Pad")
    window.action_table["new_class"].trigger()
    dialog = window.findChild(NewClassDialog)
    assert dialog.takes_mark.isHidden()
    dialog.name.setText("Fence")
    dialog.ok_button.click()
    assert [row.class_code for row in window.session.document.table("templates").values()] == ["other/fence"]
    assert "The next mark is a “Fence”" in " ".join(line.text for line in window.messages.lines())
    assert window.toolbox.in_hand == "tool_point"
    qtbot.waitUntil(lambda: window.findChild(NewClassDialog) is None)
    window.selection.set(("s",))
    window.action_table["new_class"].trigger()
    dialog = window.findChild(NewClassDialog)
    assert dialog.takes_mark.text() == "Make “Pad” one, too"
    dialog.name.setText("Wall")
    dialog.ok_button.click()
    assert window.session.document.sites["s"].class_code == "other", "nobody has asked for it"
    qtbot.waitUntil(lambda: window.findChild(NewClassDialog) is None)
    window.selection.set(("s",))
    window.action_table["new_class"].trigger()
    dialog = window.findChild(NewClassDialog)
    dialog.name.setText("Fence")
    dialog.takes_mark.click()
    dialog.ok_button.click()
    assert window.session.document.sites["s"].class_code == "other/fence"
    assert len(window.session.document.table("templates")) == 2
    settle(window, qtbot)
