"""Marks with a shape, drawn by mouse and by keys: each is kept as what it is, one undo step a mark."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from layers.document.marks.mark_shape import (
    Arrow,
    Callout,
    Circle,
    Freehand,
    MarkShape,
    Numbered,
    RangeRing,
    Rectangle,
    TextMark,
    shape_of_site,
)
from layers.document.site import Site
from layers.geo.measure import distance_m
from layers.text.measures import area_text, length_text
from viewer.tools.draw_areas import CircleTool, RangeRingTool, RectangleTool, TurnedRectangleTool
from viewer.tools.draw_strokes import ArrowTool, FreehandTool, smoothed
from viewer.tools.draw_words import CalloutTool, NumberTool, TextTool

ALL = [
    RectangleTool,
    TurnedRectangleTool,
    CircleTool,
    RangeRingTool,
    FreehandTool,
    ArrowTool,
    TextTool,
    CalloutTool,
    NumberTool,
]
KINDS = [Rectangle, Rectangle, Circle, RangeRing, Freehand, Arrow, TextMark, Callout, Numbered]
PLACES = [(9.7, 49.9), (9.9, 50.0), (9.8, 50.1)]
Return = Qt.Key.Key_Return


def drawn(desk) -> Site:
    (edit,) = desk.edits
    (change,) = edit.changes
    return change.after


def shape_drawn(desk) -> MarkShape | None:
    return shape_of_site(drawn(desk))


def hover_at(desk, qtbot, place: tuple[float, float]) -> None:
    """Move the mouse there, from elsewhere: where it is already Qt tells of no move."""
    desk.hover(9.65, 50.25)
    with qtbot.waitSignal(desk.canvas.hint_changed):
        desk.hover(*place)


def draw_by_clicks(desk, tool) -> None:
    for place in PLACES[: tool.places_wanted or 3]:
        desk.click(*place)
    if tool.places_wanted is None:
        desk.key(Return)


@pytest.mark.parametrize(("kind", "shape"), list(zip(ALL, KINDS, strict=True)))
def test_a_mark_by_clicks(desk, kind, shape):
    heard = []
    tool = desk.take(kind(desk.context))
    tool.drawn.connect(heard.append)
    draw_by_clicks(desk, tool)
    site = drawn(desk)
    assert isinstance(shape_of_site(site), shape)
    assert heard == [site.uuid]
    assert desk.canvas.selection.uuids == {site.uuid}
    assert (site.status, site.position_basis, site.created_by) == ("draft", "measured on the image", "Tester")
    assert site.mark_kind == ("site" if shape in (Rectangle, Circle) else "annotation")
    assert desk.said == []
    desk.canvas.scene.document.apply(desk.edits[0].inverse())
    assert site.uuid not in desk.sites


@pytest.mark.parametrize(("kind", "shape"), list(zip(ALL, KINDS, strict=True)))
def test_a_mark_by_keys_alone(desk, kind, shape):
    tool = desk.take(kind(desk.context))
    for _ in range(tool.places_wanted or 3):
        desk.key(Return)
        if desk.edits:
            break
        assert "Enter" in desk.canvas.hint
        desk.key(Qt.Key.Key_Right)
        desk.key(Qt.Key.Key_Up)
    if tool.places_wanted is None:
        desk.key(Return)
        desk.key(Return)
    assert isinstance(shape_drawn(desk), shape)


def whole_picture(desk, qtbot):
    """What the canvas shows once its labels have found their places."""
    qtbot.waitUntil(desk.canvas.is_idle, timeout=30_000)
    return desk.canvas.grab_picture()


@pytest.mark.bounded_after(4)
@pytest.mark.parametrize("kind", ALL)
def test_esc_gives_up_and_what_shows_is_gone(desk, qtbot, kind):
    before = whole_picture(desk, qtbot)
    tool = desk.take(kind(desk.context))
    empty = whole_picture(desk, qtbot)
    assert empty != before, "the crosshair shows"
    if tool.places_wanted != 1:
        desk.click(*PLACES[0])
        desk.hover(*PLACES[1])
        assert whole_picture(desk, qtbot) != empty
    desk.key(Qt.Key.Key_Escape)
    assert whole_picture(desk, qtbot) == empty
    assert desk.edits == []


@pytest.mark.parametrize("kind", [RectangleTool, CircleTool, ArrowTool, CalloutTool])
def test_one_drag_makes_a_mark(desk, kind):
    desk.take(kind(desk.context))
    desk.drag(PLACES[0], PLACES[1])
    assert shape_drawn(desk) is not None


def test_a_rectangle_has_the_corners_that_were_clicked_and_the_hint_its_sides(desk, qtbot):
    desk.take(RectangleTool(desk.context))
    desk.click(*PLACES[0])
    hover_at(desk, qtbot, PLACES[1])
    hint = desk.canvas.hint
    desk.click(*PLACES[1])
    shape = shape_drawn(desk)
    for place in PLACES[:2]:
        nearest = min(np.hypot(lon - place[0], lat - place[1]) for lon, lat in shape.corners)
        assert nearest < desk.degrees()
    for words in (length_text(shape.width_m), length_text(shape.height_m), area_text(shape.area_m2)):
        assert words in hint
    assert shape.rotation_deg == pytest.approx(0.0, abs=1e-6)
    assert drawn(desk).kind == "polygon"


def test_on_a_turned_map_a_rectangle_lies_along_the_picture(desk):
    desk.canvas.motion.rotate_by(30)
    desk.take(RectangleTool(desk.context))
    desk.click(*PLACES[0])
    desk.click(*PLACES[1])
    view = desk.canvas.viewport.view()
    pixels = np.array([desk.at(*corner).toTuple() for corner in shape_drawn(desk).corners])
    sides = np.abs(np.diff(np.vstack([pixels, pixels[:1]]), axis=0))
    assert (sides.min(axis=1) <= 3).all(), "each side is upright or level on the picture"
    assert view.grid.rotation_deg != 0


@pytest.mark.bounded
def test_a_turned_rectangle_has_its_side_and_reaches_the_third_place(desk):
    desk.take(TurnedRectangleTool(desk.context))
    for place in PLACES:
        desk.click(*place)
    shape = shape_drawn(desk)
    assert shape.width_m == pytest.approx(distance_m(*PLACES[0], *PLACES[1]), rel=0.02)
    assert 1 < shape.rotation_deg % 90 < 89


def test_a_circle_from_its_centre(desk, qtbot):
    desk.take(CircleTool(desk.context))
    desk.click(*PLACES[0])
    hover_at(desk, qtbot, PLACES[1])
    hint = desk.canvas.hint
    desk.click(*PLACES[1])
    shape = shape_drawn(desk)
    assert shape.centre == pytest.approx(PLACES[0], abs=desk.degrees())
    assert f"radius {length_text(shape.radius_m)}" in hint


def test_the_radius_of_a_circle_is_typed(desk):
    desk.take(CircleTool(desk.context))
    desk.click(*PLACES[0])
    desk.key(Qt.Key.Key_2)
    entry = QApplication.focusWidget()
    assert entry is not desk.canvas
    QTest.keyClicks(entry, "50 m")
    QTest.keyClick(entry, Return)
    assert shape_drawn(desk).radius_m == pytest.approx(250.0)


def test_range_rings_of_any_number_smallest_first(desk):
    desk.take(RangeRingTool(desk.context))
    desk.click(9.7, 50.0)
    desk.click(10.0, 50.0)
    desk.click(9.8, 50.0)
    desk.click(9.8, 50.0)
    assert "radii" in desk.canvas.hint
    desk.key(Qt.Key.Key_Backspace)
    desk.double_click(9.9, 50.0)
    shape = shape_drawn(desk)
    assert [round(radius / 1000, -1) for radius in shape.radii_m] == pytest.approx([10, 10, 20], abs=5)
    assert list(shape.radii_m) == sorted(shape.radii_m)
    assert drawn(desk).kind == "line"


def test_an_arrow_points_where_it_was_drawn_to(desk, qtbot):
    desk.take(ArrowTool(desk.context))
    desk.click(*PLACES[0])
    hover_at(desk, qtbot, PLACES[1])
    assert "°" in desk.canvas.hint
    desk.click(*PLACES[1])
    assert drawn(desk).geometry.coords[0] == pytest.approx(PLACES[0], abs=desk.degrees())
    assert drawn(desk).geometry.coords[-1] == pytest.approx(PLACES[1], abs=desk.degrees())


def test_a_freehand_line_follows_the_hand_and_is_smooth(desk):
    desk.take(FreehandTool(desk.context))
    way = [(9.7 + 0.02 * step, 50.0 + 0.1 * np.sin(step / 2)) for step in range(16)]
    QTest.mousePress(desk.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, desk.at(*way[0]))
    for place in way[1:]:
        QTest.mouseMove(desk.canvas, desk.at(*place))
    assert "km" in desk.canvas.hint
    QTest.mouseRelease(desk.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, desk.at(*way[-1]))
    line = drawn(desk).geometry
    assert len(line.coords) > len(way), "a curve"
    assert max(line.distance(shapely.Point(place)) for place in way) < desk.degrees(6)
    assert shape_drawn(desk).smoothing_m > 0
    assert line.coords[0] == pytest.approx(way[0], abs=desk.degrees())
    assert line.coords[-1] == pytest.approx(way[-1], abs=desk.degrees())


def test_smoothing_goes_through_the_places_that_matter_and_drops_the_tremble():
    along = np.linspace(0, 300, 200)
    trembling = np.column_stack([along, np.where(np.arange(200) % 2, 0.5, -0.5)])
    assert len(smoothed(trembling, 1.5)) == 2
    corner = np.array([(0.0, 0.0), (50.0, 40.0), (100.0, 0.0)])
    curve = smoothed(corner, 1.5)
    assert shapely.LineString(curve).distance(shapely.Point(50, 40)) < 0.5
    assert len(smoothed(np.array([(1.0, 1.0), (1.0, 1.0)]), 1.0)) <= 2


def test_a_callout_stands_away_from_what_it_is_about(desk):
    desk.take(CalloutTool(desk.context))
    desk.click(*PLACES[0])
    desk.click(*PLACES[1])
    assert (drawn(desk).geometry.x, drawn(desk).geometry.y) == pytest.approx(PLACES[0], abs=desk.degrees())
    assert shape_drawn(desk).leader == pytest.approx(PLACES[1], abs=desk.degrees())


def test_numbers_count_on(desk):
    for lon in (9.7, 9.8, 9.9):
        desk.take(NumberTool(desk.context))
        desk.click(lon, 49.9)
    assert [edit.changes[0].after.number for edit in desk.edits] == [1, 2, 3]


def test_places_that_make_no_shape_are_refused_in_words(desk):
    desk.take(CircleTool(desk.context))
    desk.click(*PLACES[0])
    desk.click(*PLACES[0])
    assert desk.edits == []
    assert "set the next one elsewhere" in desk.said[-1]
    desk.click(*PLACES[1])
    assert isinstance(shape_drawn(desk), Circle), "the drawing went on"
