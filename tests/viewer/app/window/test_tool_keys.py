"""Keys that a tool has for itself reach it in the real window, whatever shortcuts the window has."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from shapely import Polygon

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.project.saving.publish import write_case
from tests.support.windows import opened, settle
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow

FIELD = Polygon([(9.5, 50.1), (9.8, 50.1), (9.8, 50.3), (9.5, 50.3)])


@pytest.fixture
def hand(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Desk:
    """A hand on the window's own canvas, with a site of a case selected and the map at rest."""
    field = Site(uuid="field", geometry=FIELD, class_code="other", label="Field")
    write_case(Document({"sites": [field]}), tmp_path / "case.gpkg")
    opened(window, tmp_path / "case.gpkg", qtbot)
    window.views.show_bounds(Bounds(9.0, 49.8, 10.0, 50.6), 0.0)
    window.selection.set({"field"})
    settle(window, qtbot)
    window.activateWindow()
    window.canvas.setFocus()
    return Desk(window.canvas)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(("key", "left"), [(Qt.Key.Key_Delete, 4), (Qt.Key.Key_Backspace, 5)])
def test_with_vertices_in_hand_delete_removes_the_marked_one_and_never_the_site(
    window: MainWindow, hand: Desk, qtbot: QtBot, key: Qt.Key, left: int
) -> None:
    """Backspace is for what is being drawn: it removes nothing here."""
    window.action_table["tool_edit_vertices"].trigger()
    qtbot.keyClick(window.canvas, key)
    assert set(window.session.document.sites) == {"field"}, "no vertex is marked"
    hand.click(9.8, 50.3)
    qtbot.keyClick(window.canvas, key)
    assert len(window.session.document.sites["field"].geometry.exterior.coords) == left


@pytest.mark.bounded
def test_with_another_tool_in_hand_delete_removes_the_site(window: MainWindow, hand: Desk, qtbot: QtBot) -> None:
    window.action_table["tool_select"].trigger()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not window.session.document.sites)
