"""Moving, scaling, turning and nudging marks with the mouse and the keyboard: each stays what it is."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import (
    Callout,
    Circle,
    Freehand,
    Numbered,
    RangeRing,
    Rectangle,
    as_json,
    shape_of_site,
)
from layers.geo.bounds import Bounds
from layers.geo.measure import azimuth_deg, distance_m, geometry_area_m2
from viewer.commands.sites import add_site, update_site
from viewer.tools.mark_handles import Handles
from viewer.tools.select import SelectTool

Left, Nothing, Shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CENTRE = (10.2, 50.2)


@pytest.fixture
def tool(desk) -> SelectTool:
    return desk.take(SelectTool(desk.context))


@pytest.fixture
def mark(desk, tool):
    """Adds a mark, and selects it."""

    def add(geometry, shape=None, uuid="mark"):
        document = desk.canvas.scene.document
        fields = {} if shape is None else {"shape_json": as_json(shape)}
        document.apply(add_site(document, geometry, actor="Li", uuid=uuid, label="", **fields))
        desk.canvas.selection.set({uuid})
        return uuid

    return add


def handles(desk, uuid: str = "mark") -> Handles:
    return Handles.of(Figure.of(desk.sites[uuid]), desk.canvas.viewport.view())


def handle(desk, role: str, number: int = 0) -> QPoint:
    found = next(one for one in handles(desk).each if (one.role, one.number) == (role, number))
    return QPoint(round(found.px), round(found.py))


def drag(desk, start: QPoint, end: QPoint, *, release: bool = True, modifiers=Nothing) -> None:
    QTest.mousePress(desk.canvas, Left, Nothing, start)
    for share in (0.25, 0.5, 1.0):
        QTest.mouseMove(desk.canvas, start + (end - start) * share)
    if release:
        QTest.mouseRelease(desk.canvas, Left, modifiers, end)


def test_a_moved_circle_is_a_circle_of_the_same_radius(desk, mark):
    circle = Circle(CENTRE, 5000.0)
    mark(circle.geometry(), circle)
    desk.drag(CENTRE, (10.0, 50.3))
    site = desk.sites["mark"]
    shape = shape_of_site(site)
    assert isinstance(shape, Circle)
    assert shape.radius_m == 5000.0
    assert shape.centre == pytest.approx((10.0, 50.3), abs=desk.degrees())
    around = shapely.get_coordinates(site.geometry)
    assert [distance_m(*shape.centre, *place) for place in around] == pytest.approx([5000.0] * len(around))
    (edit,) = desk.edits
    desk.canvas.scene.document.apply(edit.inverse())
    assert shape_of_site(desk.sites["mark"]) == circle


def test_the_edge_handle_of_a_circle_changes_its_radius(desk, mark):
    circle = Circle(CENTRE, 5000.0)
    mark(circle.geometry(), circle)
    drag(desk, handle(desk, "radius"), handle(desk, "radius") + QPoint(40, 0))
    shape = shape_of_site(desk.sites["mark"])
    assert shape.centre == CENTRE
    grown_m = 40 * desk.degrees(1.0) * distance_m(10, 50.2, 11, 50.2)
    assert shape.radius_m == pytest.approx(5000.0 + grown_m, abs=300)
    assert len(desk.edits) == 1


def test_each_ring_has_a_handle_and_keeps_to_its_place_among_them(desk, mark):
    rings = RangeRing(CENTRE, (3000.0, 6000.0))
    mark(rings.geometry(), rings)
    drag(desk, handle(desk, "radius", 1), handle(desk, "radius", 1) + QPoint(30, 0))
    grown = shape_of_site(desk.sites["mark"])
    assert grown.radii_m[0] == 3000.0
    assert grown.radii_m[1] > 6500.0
    drag(desk, handle(desk, "radius", 0), handle(desk, "radius", 1) + QPoint(30, 0))
    assert shape_of_site(desk.sites["mark"]) == grown, "an inner ring does not pass the outer one"


def test_a_corner_of_a_rectangle_keeps_the_opposite_one(desk, mark):
    box = Rectangle(CENTRE, 12_000.0, 8000.0, 30.0)
    mark(box.geometry(), box)
    far = box.corners[2]
    drag(desk, handle(desk, "corner", 0), handle(desk, "corner", 0) + QPoint(-30, -20))
    shape = shape_of_site(desk.sites["mark"])
    assert isinstance(shape, Rectangle)
    assert shape.rotation_deg == 30.0
    assert shape.corners[2] == pytest.approx(far, abs=1e-4)
    assert shape.width_m * shape.height_m > box.width_m * box.height_m


def test_the_handle_on_the_stalk_turns_a_rectangle(desk, mark):
    box = Rectangle(CENTRE, 12_000.0, 8000.0)
    mark(box.geometry(), box)
    desk.canvas.grab_picture()
    middle = desk.at(*CENTRE)
    start = handle(desk, "turn")
    drag(desk, start, middle + QPoint(middle.y() - start.y(), 0))
    shape = shape_of_site(desk.sites["mark"])
    assert shape.rotation_deg == pytest.approx(90.0, abs=1.5)
    assert (shape.width_m, shape.height_m) == (12_000.0, 8000.0)


@pytest.mark.parametrize("role", ["corner", "turn"])
def test_a_line_keeps_its_vertices_when_it_is_scaled_or_turned(desk, mark, role):
    line = shapely.LineString([(10.1, 50.1), (10.2, 50.2), (10.3, 50.15)])
    mark(line, Freehand(3.0))
    before = azimuth_deg(*line.coords[0], *line.coords[2])
    drag(desk, handle(desk, role), handle(desk, role) + QPoint(-40, -40))
    site = desk.sites["mark"]
    assert len(site.geometry.coords) == 3
    assert isinstance(shape_of_site(site), Freehand)
    after = azimuth_deg(*site.geometry.coords[0], *site.geometry.coords[2])
    ratio = distance_m(*site.geometry.coords[0], *site.geometry.coords[2]) / distance_m(
        *line.coords[0], *line.coords[2]
    )
    if role == "corner":
        assert ratio > 1.2
        assert after == pytest.approx(before, abs=0.5)
        assert site.geometry.coords[0] != line.coords[0]
    else:
        assert ratio == pytest.approx(1.0, abs=1e-6)
        assert abs(after - before) > 5.0


def test_the_box_of_a_callout_has_a_handle_and_goes_along_when_it_is_moved(desk, mark):
    callout = Callout("Antenna", (10.3, 50.3))
    mark(shapely.Point(CENTRE), callout)
    drag(desk, handle(desk, "box"), handle(desk, "box") + QPoint(30, 0))
    moved = shape_of_site(desk.sites["mark"])
    assert moved.leader[0] > 10.32
    assert desk.sites["mark"].geometry.coords[0] == CENTRE
    desk.drag(CENTRE, (10.25, 50.2))
    again = shape_of_site(desk.sites["mark"])
    assert again.leader[0] - moved.leader[0] == pytest.approx(0.05, abs=desk.degrees())


def test_escape_during_a_drag_of_a_handle_gives_it_up(desk, mark):
    circle = Circle(CENTRE, 5000.0)
    mark(circle.geometry(), circle)
    drag(desk, handle(desk, "radius"), handle(desk, "radius") + QPoint(40, 0), release=False)
    desk.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(desk.canvas, Left, Nothing, handle(desk, "radius") + QPoint(40, 0))
    assert desk.edits == []
    assert desk.canvas.selection.uuids == {"mark"}


def test_a_drag_on_a_mark_that_is_not_selected_pans(desk, tool):
    before = desk.canvas.viewport.centre_lonlat()
    drag(desk, desk.at(10, 50), desk.at(10.1, 50.05))
    assert desk.edits == []
    assert desk.canvas.selection.uuids == frozenset()
    lon, lat = desk.canvas.viewport.centre_lonlat()
    assert (lon, lat) == pytest.approx((before[0] - 0.1, before[1] - 0.05), abs=3 * desk.degrees())


def test_a_polygon_moved_to_the_north_keeps_its_size(desk, tool):
    desk.canvas.motion.zoom_to_bounds(Bounds(-30, 40, 50, 80))
    document = desk.canvas.scene.document
    wide = shapely.Polygon([(5, 48), (15, 48), (15, 52), (5, 52)])
    document.apply(add_site(document, wide, actor="Li", uuid="wide"))
    desk.canvas.selection.set({"wide"})
    desk.drag((8, 49.2), (8, 70))
    moved = desk.sites["wide"].geometry
    assert moved.centroid.y > 65
    assert geometry_area_m2(moved) == pytest.approx(geometry_area_m2(wide), rel=0.01)


def test_a_mark_is_dragged_over_the_antimeridian(desk, mark):
    desk.canvas.motion.zoom_to_bounds(Bounds(178.5, 49.5, 180.9, 50.5))
    circle = Circle((179.5, 50.0), 8000.0)
    mark(circle.geometry(), circle)
    desk.drag((179.5, 50.0), (180.3, 50.0))
    shape = shape_of_site(desk.sites["mark"])
    assert isinstance(shape, Circle)
    assert shape.centre[0] % 360.0 == pytest.approx(180.3, abs=desk.degrees())
    assert handles(desk).each


def test_a_mark_that_looks_tiny_has_no_handles_in_its_way(desk, mark):
    box = Rectangle(CENTRE, 30.0, 20.0)
    mark(box.geometry(), box)
    assert handles(desk).each == ()


def test_arrow_keys_move_what_is_selected_by_a_pixel_and_with_shift_by_ten(desk, tool):
    desk.canvas.selection.set({"port"})
    view = desk.canvas.viewport.centre_lonlat()
    desk.key(Qt.Key.Key_Right)
    one = desk.sites["port"].geometry.x - 10
    assert one == pytest.approx(desk.degrees(1.0), rel=1e-6)
    desk.key(Qt.Key.Key_Left, Shift)
    assert desk.sites["port"].geometry.x - 10 == pytest.approx(-9 * one, rel=1e-6)
    assert desk.canvas.viewport.centre_lonlat() == view
    assert len({edit.series for edit in desk.edits}) == 1
    assert desk.edits[0].series


def test_arrow_keys_pan_where_nothing_is_selected_and_with_control(desk, tool):
    before = desk.canvas.viewport.centre_lonlat()
    desk.key(Qt.Key.Key_Right)
    after = desk.canvas.viewport.centre_lonlat()
    assert after[0] > before[0]
    desk.canvas.selection.set({"port"})
    desk.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert desk.canvas.viewport.centre_lonlat()[0] > after[0]
    assert desk.edits == []
    assert "arrow keys" in tool.hint


@pytest.mark.parametrize("uuid", ["port", "field"])
def test_what_is_out_of_sight_is_not_moved_by_keys(desk, tool, uuid):
    desk.canvas.selection.set({uuid})
    desk.canvas.motion.zoom_to_bounds(Bounds(30, 49.6, 31, 50.4))
    before = desk.canvas.viewport.centre_lonlat()
    desk.key(Qt.Key.Key_Right)
    assert desk.edits == []
    assert desk.canvas.viewport.centre_lonlat() != before


def test_another_selection_begins_another_series_of_nudges(desk, tool):
    for uuid in ("port", "firm"):
        desk.canvas.selection.set({uuid})
        desk.key(Qt.Key.Key_Up)
    assert desk.edits[0].series != desk.edits[1].series


def test_a_reviewed_mark_that_is_turned_is_a_draft_again(desk, mark):
    box = Rectangle(CENTRE, 12_000.0, 8000.0)
    mark(box.geometry(), box)
    document = desk.canvas.scene.document
    document.apply(update_site(document, "mark", actor="Li", status="reviewed"))
    drag(desk, handle(desk, "turn"), handle(desk, "turn") + QPoint(60, 20))
    assert desk.sites["mark"].status == "draft"
    assert desk.sites["mark"].reviewed_by == ""


def test_a_locked_number_keeps_it_wherever_its_marker_goes(desk, mark):
    mark(shapely.Point(CENTRE), Numbered(7, locked=True))
    desk.drag(CENTRE, (10.0, 50.3))
    assert shape_of_site(desk.sites["mark"]) == Numbered(7, locked=True)
