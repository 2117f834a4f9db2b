"""The history of the open case is listed in its window, from its working copy."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from viewer.app.window import MainWindow
from viewer.commands.sites import add_site, update_site
from viewer.panels.history.history_panel import HistoryPanel


@pytest.mark.bounded
def test_the_history_of_the_shown_site_is_listed_and_a_change_taken_back(window: MainWindow, qtbot: QtBot) -> None:
    window.session.begin_case()
    context = window.panel_context
    context.do(add_site, Point(63.3, 45.9), uuid="pad", label="Site 1")
    context.do(update_site, "pad", label="Gagarin's Start")
    context.do(add_site, Point(64, 46), uuid="other")
    context.selection.set(("pad",))
    window.action_table["history_of_row"].trigger()
    panel = window.findChild(HistoryPanel)
    qtbot.waitUntil(lambda: panel.isVisible() and panel.model.rowCount() == 2)
    assert panel.model.cells_at(0)[0] == "label: Site 1 → Gagarin's Start · site"
    panel.list.view.selectRow(0)
    panel.back_button.click()
    qtbot.waitUntil(lambda: window.session.document.sites["pad"].label == "Site 1")
