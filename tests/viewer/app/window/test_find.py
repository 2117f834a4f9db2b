"""Find in the real window: F3, a word of the case, and a filter that hides marks on the map but in no product."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.site import Site
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.canvas.mark_query import marks_in_box
from viewer.panels.finding.filter_bar import FilterBar
from viewer.panels.finding.find_panel import FindPanel
from viewer.panels.shell.message_bar import MessageBar

SITES = [
    Site(uuid="pad", geometry=Point(63.3, 45.9), label="Площадка 1", class_code="launch_site", status="reviewed"),
    Site(uuid="port", geometry=Point(63.4, 45.8), label="Yard", class_code="port"),
]


@pytest.mark.bounded
def test_a_filter_of_the_panel_hides_marks_until_it_is_cleared(window: MainWindow, qtbot: QtBot) -> None:
    window.session.new_case(Document({"sites": SITES}))
    settle(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_F3)
    panel = window.findChild(FindPanel)
    qtbot.waitUntil(lambda: panel.isVisible() and panel.line.hasFocus())
    panel.line.setText("площ")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    QTest.keyClick(panel.line, Qt.Key.Key_Return)
    assert window.selection.uuids == {"pad"}
    window.selection.clear()
    panel.line.clear()
    panel.fields.unreviewed.click()
    window.views.show_case("")
    settle(window, qtbot)

    def shown() -> set[str]:
        view = window.canvas.viewport.view()
        return set(marks_in_box(window.scene, view, 0, 0, view.width, view.height))

    assert shown() == {"pad", "port"}
    panel.on_map.click()
    qtbot.waitUntil(lambda: shown() == {"port"})
    bar = window.findChild(FilterBar)
    qtbot.waitUntil(bar.isVisible)
    assert "unreviewed — 1 of 2 marks" in bar.says.text()
    window.messages.show("copied", "Copied.")
    message = window.findChild(MessageBar)
    qtbot.waitUntil(message.isVisible)
    top = message.mapTo(window, QPoint(0, 0)).y()
    assert top == bar.mapTo(window, QPoint(0, bar.height())).y(), "it lies on the map, not on the words of the filter"
    assert set(window.session.document.copied().sites) == {"pad", "port"}
    assert window.scene.marks.bounds(frozenset(window.session.document.sites)) is not None
    bar.clear_button.click()
    qtbot.waitUntil(lambda: shown() == {"pad", "port"})
    assert not bar.isVisible()
