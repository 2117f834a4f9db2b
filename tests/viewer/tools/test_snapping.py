"""Control makes a hand that draws or drags snap to vertices and edges of other marks, with a sign and a word of it."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from layers.document.marks.mark_shape import Circle, as_json, shape_of_site
from layers.geo.bounds import Bounds
from viewer.canvas.snapping import SNAP_COLOR
from viewer.commands.sites import add_site
from viewer.tools.draw import DrawTool
from viewer.tools.edit_vertices import EditVerticesTool
from viewer.tools.measure import MeasureTool
from viewer.tools.select import SelectTool

Left, Nothing, Control = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
CORNER = (9.8, 50.3)
"""Of the field."""


def move(desk, point: QPoint, modifiers=Nothing) -> None:
    QTest.mouseMove(desk.canvas, point)
    if modifiers:
        QTest.keyPress(desk.canvas, Qt.Key.Key_Control, modifiers)


def is_signed(desk, place: tuple[float, float] = CORNER) -> bool:
    picture, at = desk.canvas.grab().toImage(), desk.at(*place)
    around = [(at.x() + dx, at.y() + dy) for dx in range(-9, 10) for dy in range(-9, 10)]
    return any(picture.pixelColor(x, y).name() == SNAP_COLOR for x, y in around)


def test_a_point_is_marked_exactly_at_a_vertex_near_by(desk):
    desk.take(DrawTool(desk.context, "point"))
    near = desk.at(*CORNER) + QPoint(6, -5)
    move(desk, near, Control)
    assert desk.canvas.hint.startswith("Snaps to a vertex of “Site field”.")
    assert is_signed(desk)
    QTest.mouseClick(desk.canvas, Left, Control, near)
    (uuid,) = desk.canvas.selection.uuids
    assert desk.sites[uuid].geometry.coords[0] == CORNER


def test_without_control_nothing_snaps(desk):
    desk.take(DrawTool(desk.context, "point"))
    near = desk.at(*CORNER) + QPoint(6, -5)
    move(desk, near)
    assert "Snaps to" not in desk.canvas.hint
    assert "Ctrl snaps" in desk.canvas.hint
    QTest.mouseClick(desk.canvas, Left, Nothing, near)
    (uuid,) = desk.canvas.selection.uuids
    assert desk.sites[uuid].geometry.coords[0] != CORNER


def test_letting_control_go_takes_the_sign_away(desk):
    desk.take(DrawTool(desk.context, "point"))
    move(desk, desk.at(*CORNER), Control)
    assert is_signed(desk)
    QTest.keyRelease(desk.canvas, Qt.Key.Key_Control)
    assert not is_signed(desk)
    assert "Snaps to" not in desk.canvas.hint


def test_between_vertices_the_edge_is_snapped_to(desk):
    desk.take(DrawTool(desk.context, "line"))
    half = desk.at(9.65, 50.1) + QPoint(0, 6)
    move(desk, half, Control)
    assert desk.canvas.hint.startswith("Snaps to an edge of “Site field”.")
    QTest.mouseClick(desk.canvas, Left, Control, half)
    desk.click(9.6, 49.7)
    desk.key(Qt.Key.Key_Return)
    (uuid,) = desk.canvas.selection.uuids
    assert desk.sites[uuid].geometry.coords[0][1] == pytest.approx(50.1, abs=desk.degrees(0.2))


def test_a_circle_offers_its_centre_and_its_edge(desk):
    document = desk.canvas.scene.document
    circle = Circle((10.2, 50.2), 5000.0)
    edit = add_site(document, circle.geometry(), actor="Li", uuid="c", label="Radome", shape_json=as_json(circle))
    document.apply(edit)
    desk.take(DrawTool(desk.context, "point"))
    move(desk, desk.at(10.2, 50.2) + QPoint(3, 3), Control)
    assert desk.canvas.hint.startswith("Snaps to a vertex of “Radome”.")
    desk.click(10.2, 50.2, Control)
    (uuid,) = desk.canvas.selection.uuids
    assert desk.sites[uuid].geometry.coords[0] == (10.2, 50.2)


def test_a_dragged_point_snaps_by_its_own_place_not_by_the_pointer(desk):
    desk.take(SelectTool(desk.context))
    desk.canvas.selection.set({"port"})
    start, end = desk.at(10, 50) + QPoint(4, 3), desk.at(*CORNER) + QPoint(9, 8)
    QTest.mousePress(desk.canvas, Left, Nothing, start)
    QTest.mouseMove(desk.canvas, start + QPoint(20, 20))
    QTest.mouseRelease(desk.canvas, Left, Control, end)
    assert desk.sites["port"].geometry.coords[0] == CORNER
    assert shape_of_site(desk.sites["port"]) is None


def test_a_dragged_vertex_snaps_to_other_marks_never_to_its_own(desk):
    desk.take(EditVerticesTool(desk.context))
    desk.canvas.selection.set({"line"})
    QTest.mousePress(desk.canvas, Left, Nothing, desk.at(10.4, 49.7))
    QTest.mouseMove(desk.canvas, desk.at(10.3, 49.8))
    QTest.mouseRelease(desk.canvas, Left, Control, desk.at(10.4, 50.0) + QPoint(5, 5))
    assert desk.sites["line"].geometry.coords[1] == (10.4, 50.0)
    QTest.mousePress(desk.canvas, Left, Nothing, desk.at(10.4, 50.0))
    QTest.mouseMove(desk.canvas, desk.at(10.3, 49.9))
    QTest.mouseRelease(desk.canvas, Left, Control, desk.at(9.6, 49.8) + QPoint(4, 4))
    assert desk.sites["line"].geometry.coords[1] != desk.sites["line"].geometry.coords[0]


def test_control_still_adds_to_the_selection(desk):
    desk.take(SelectTool(desk.context))
    desk.click(10, 50)
    desk.click(10.4, 50, Control)
    assert desk.canvas.selection.uuids == {"port", "firm"}
    desk.drag((9.45, 50.35), (9.85, 50.08), modifiers=Control)
    assert desk.canvas.selection.uuids == {"port", "firm", "field"}
    assert desk.edits == []


def test_measuring_snaps(desk):
    tool = desk.take(MeasureTool(desk.context))
    QTest.mouseClick(desk.canvas, Left, Control, desk.at(*CORNER) + QPoint(5, 5))
    assert tool.places == (CORNER,)


def test_snapping_over_the_antimeridian(desk):
    document = desk.canvas.scene.document
    document.apply(add_site(document, shapely.Point(-179.9, 10.0), actor="Li", uuid="over", label="Over"))
    desk.canvas.motion.zoom_to_bounds(Bounds(179.5, 9.7, 180.4, 10.3))
    desk.take(DrawTool(desk.context, "point"))
    QTest.mouseClick(desk.canvas, Left, Control, desk.at(180.1, 10.0) + QPoint(5, 5))
    (uuid,) = desk.canvas.selection.uuids
    assert desk.sites[uuid].geometry.coords[0] == pytest.approx((-179.9, 10.0), abs=1e-12)


def test_by_keys_control_and_enter_mark_at_a_vertex_near_the_crosshair(desk):
    desk.take(DrawTool(desk.context, "point"))
    lon, lat = CORNER[0] + desk.degrees(6), CORNER[1]
    desk.canvas.motion.zoom_to_bounds(Bounds(lon - 0.6, lat - 0.4, lon + 0.6, lat + 0.4), 0.0)
    desk.key(Qt.Key.Key_Return, Control)
    (uuid,) = desk.canvas.selection.uuids
    assert desk.sites[uuid].geometry.coords[0] == CORNER
