"""A tool whose edit is refused does not go on as if it had been made."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from shapely import Polygon

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.site import Site
from layers.errors import InvalidEdit
from layers.geo.bounds import Bounds
from layers.project.saving.publish import write_case
from tests.support.windows import opened, texts
from tests.viewer.app.conftest import MakeWindow
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow

FIELD = Polygon([(9.5, 50.1), (9.8, 50.1), (9.8, 50.3), (9.5, 50.3)])


@pytest.fixture
def case(tmp_path: Path) -> Path:
    field = Site(uuid="field", geometry=FIELD, class_code="other", label="Field")
    write_case(Document({"sites": [field]}), tmp_path / "case.gpkg")
    return tmp_path / "case.gpkg"


def _hand(window: MainWindow, tool: str) -> Desk:
    """A hand on the window's own canvas and tools."""
    window.views.show_bounds(Bounds(9.0, 49.8, 10.0, 50.6), 0.0)
    window.action_table[tool].trigger()
    return Desk(window.canvas)


@pytest.mark.usefixtures("full_home")
def test_a_drawing_that_is_refused_stays_to_be_drawn_elsewhere(
    make_window: MakeWindow, case: Path, qtbot: QtBot
) -> None:
    window = opened(make_window(), case, qtbot)
    hand = _hand(window, "tool_polygon")
    for place in ((9.1, 50.0), (9.2, 50.0), (9.2, 50.1)):
        hand.click(*place)
    assert "Enter or double-click ends" in window.canvas.hint
    hand.key(Qt.Key.Key_Return)
    assert "Nothing was changed: this case is read only" in texts(window)
    assert set(window.session.document.sites) == {"field"}
    assert "Enter or double-click ends" in window.canvas.hint, "the outline is still there"
    assert not window.selection.uuids, "a site that is not there is not selected"
    hand.key(Qt.Key.Key_Escape)
    assert "first vertex" in window.canvas.hint


@pytest.mark.bounded
@pytest.mark.usefixtures("full_home")
def test_a_point_that_is_refused_is_not_selected(make_window: MakeWindow, case: Path, qtbot: QtBot) -> None:
    window = opened(make_window(), case, qtbot)
    hand = _hand(window, "tool_point")
    window.selection.set({"field"})
    hand.click(9.1, 50.0)
    assert "is read only" in texts(window)
    assert window.selection.uuids == {"field"}


@pytest.mark.bounded
def test_a_vertex_that_is_refused_is_not_the_one_to_be_deleted(
    window: MainWindow, case: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The click on a dot would have made the second vertex; Delete must not take the one that is second now."""

    def refuse(edit: Edit) -> None:
        raise InvalidEdit("Nothing was changed: the site has gone.")

    opened(window, case, qtbot)
    hand = _hand(window, "tool_edit_vertices")
    window.selection.set({"field"})
    with monkeypatch.context() as patch:
        patch.setattr(window.session.history, "push", refuse)
        hand.click(9.65, 50.1)
    assert "the site has gone" in texts(window)
    hand.key(Qt.Key.Key_Delete)
    assert window.session.document.sites["field"].geometry.equals(FIELD)
    hand.click(9.8, 50.3)
    hand.key(Qt.Key.Key_Delete)
    assert len(window.session.document.sites["field"].geometry.exterior.coords) == 4, "the marked one goes"
    with monkeypatch.context() as patch:
        window.action_table["undo"].trigger()
        hand.click(9.8, 50.3)
        patch.setattr(window.session.history, "push", refuse)
        hand.key(Qt.Key.Key_Delete)
    hand.key(Qt.Key.Key_Delete)
    assert len(window.session.document.sites["field"].geometry.exterior.coords) == 4, "it was still marked"
