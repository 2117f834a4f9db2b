"""Select, move, delete."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from layers.geo.bounds import Bounds
from viewer.commands.imagery.searches import record_search
from viewer.commands.sites import add_site, update_site
from viewer.tools.select import SelectTool

Control = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def tool(desk) -> SelectTool:
    return desk.take(SelectTool(desk.context))


def test_click_control_click_and_click_beside(desk, tool):
    selection = desk.canvas.selection
    desk.click(10, 50)
    assert selection.uuids == {"port"}
    desk.click(10.4, 50, Control)
    assert selection.uuids == {"port", "firm"}
    desk.click(10, 50, Control)
    assert selection.uuids == {"firm"}
    desk.click(9.45, 49.65)
    assert selection.uuids == frozenset()


def test_a_second_click_takes_the_one_below(desk, tool):
    desk.canvas.motion.zoom_to_bounds(Bounds(-30, 30, 50, 70))
    taken = []
    for _ in range(4):
        desk.click(10, 50)
        (uuid,) = desk.canvas.selection.uuids
        taken.append(uuid)
    assert taken[0] == "firm"
    assert len(set(taken)) >= 3


def test_a_box_takes_all_inside_and_control_adds(desk, tool):
    desk.drag((9.9, 50.05), (10.5, 49.95))
    assert desk.canvas.selection.uuids == {"port", "firm"}
    desk.drag((9.45, 50.35), (9.85, 50.08), modifiers=Control)
    assert desk.canvas.selection.uuids == {"port", "firm", "field"}
    assert desk.edits == []


def test_dragging_the_selected_moves_them_in_one_edit(desk, tool):
    desk.canvas.selection.set({"port", "line"})
    before = desk.sites["line"].geometry.coords[0]
    desk.drag((10, 50), (10.1, 50.05), release=False)
    assert desk.edits == [], "nothing happens before the mouse is let go"
    picture = desk.canvas.grab_picture()
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.grab_picture() != picture, "the preview is gone"
    desk.drag((10, 50), (10.1, 50.05))
    (edit,) = desk.edits
    assert {change.uuid for change in edit.changes} == {"port", "line"}
    port = desk.sites["port"].geometry
    assert (port.x, port.y) == pytest.approx((10.1, 50.05), abs=desk.degrees())
    moved = desk.sites["line"].geometry.coords[0]
    assert moved[0] - before[0] == pytest.approx(0.1, abs=desk.degrees())
    assert desk.canvas.selection.uuids == {"port", "line"}


def test_delete_deletes_and_deselects(desk, tool):
    desk.canvas.selection.set({"port", "field"})
    desk.key(Qt.Key.Key_Delete)
    assert set(desk.sites) == {"firm", "loose", "line"}
    assert desk.canvas.selection.uuids == frozenset()
    assert len(desk.edits) == 1
    desk.key(Qt.Key.Key_Delete)
    assert len(desk.edits) == 1


def test_all_and_none(desk, tool):
    desk.key(Qt.Key.Key_A, Control)
    assert desk.canvas.selection.uuids == set(desk.sites)
    desk.key(Qt.Key.Key_Escape)
    assert len(desk.canvas.selection) == 0


def test_the_hint_follows_the_selection(desk, tool, qtbot):
    before = tool.hint
    with qtbot.waitSignal(desk.canvas.hint_changed):
        desk.canvas.selection.set({"port"})
    assert desk.canvas.hint != before


def test_moving_off_the_map_moves_nothing(desk, tool):
    desk.canvas.motion.zoom_to_bounds(Bounds(-179, -80, 179, 84))
    desk.canvas.motion.zoom_out()
    desk.canvas.selection.set({"port"})
    desk.drag((10, 50), (10, 80), release=False)
    beyond = QPoint(desk.at(10, 50).x(), 2)
    QTest.mouseMove(desk.canvas, beyond)
    QTest.mouseRelease(desk.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, beyond)
    assert desk.edits == []


def test_a_dragged_site_says_that_it_was_placed_by_hand_and_one_undo_takes_both_back(desk, tool):
    document = desk.canvas.scene.document
    document.apply(update_site(document, "port", actor="Li", position_basis="MGRS coordinate of 1 km"))
    before = document.sites["port"]
    desk.canvas.selection.set({"port"})
    desk.drag((10, 50), (10.1, 50.05))
    (edit,) = desk.edits
    assert document.sites["port"].position_basis == "placed by hand on the map; was: MGRS coordinate of 1 km"
    document.apply(edit.inverse())
    assert document.sites["port"] == before


@pytest.mark.parametrize(("chosen", "words"), [({"port"}, "1 site selected"), ({"port", "firm"}, "2 sites selected")])
def test_the_hint_counts_in_words(desk, tool, chosen, words):
    desk.canvas.selection.set(chosen)
    assert tool.hint.startswith(words)


def test_a_move_that_cannot_be_is_not_shown(desk, tool):
    """A box of nearly the whole Earth that is dragged over the antimeridian would be a narrow one."""
    wide = shapely.Polygon([(-170, -60), (170, -60), (170, 60), (-170, 60)])
    document = desk.canvas.scene.document
    document.apply(add_site(document, wide, actor="Li", uuid="wide", label="Net"))
    desk.canvas.motion.full_view()
    desk.canvas.selection.set({"wide"})
    inside = desk.at(-150, 40)  # of the narrow one, beside its label
    before = desk.canvas.grab().toImage().pixelColor(inside)
    desk.drag((-60, 10), (-30, 20), release=False)
    assert desk.canvas.grab().toImage().pixelColor(inside) == before
    desk.release((-30, 20))
    assert desk.edits == []
    assert "reaches nearly all round the Earth" in desk.said[0]


def test_an_area_that_was_searched_is_not_moved_or_resized(desk, tool):
    """A stray drag moved it away from the image and the cells on which its shares stand."""
    desk.canvas.selection.set({"field"})
    desk.canvas.scene.document.apply(
        update_site(desk.canvas.scene.document, "field", actor="me", mark_kind="search area")
    )
    assert tool.handles() is not None, "nothing was searched in it yet"
    search = {"area_uuid": "field", "result": "none seen", "target": "a kiln", "target_size_m": 30.0}
    desk.canvas.scene.document.apply(record_search(desk.canvas.scene.document, actor="me", assessed_pct=92.0, **search))
    before = desk.sites["field"].geometry
    desk.edits.clear()
    assert tool.handles() is None
    assert "stays where it is" in tool.hint
    desk.drag((9.5, 50.2), (9.7, 50.2))
    desk.drag((9.5, 50.3), (9.4, 50.4))
    desk.key(Qt.Key.Key_Right)
    assert (desk.edits, desk.sites["field"].geometry) == ([], before)
    desk.canvas.selection.set({"field", "port"})
    assert "stays where it is" not in tool.hint
    desk.key(Qt.Key.Key_Right)
    (edit,) = desk.edits
    assert {change.uuid for change in edit.changes} == {"port"}, "marks beside it do move"
