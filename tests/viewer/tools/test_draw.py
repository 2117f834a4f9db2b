"""Drawing by mouse and keys."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from layers.geo.bounds import Bounds
from layers.geo.measure import length_m
from layers.text.measures import area_text, length_text
from viewer.tools.draw import DrawTool


def vertices(desk) -> list[tuple[float, float]]:
    (edit,) = desk.edits
    return shapely.get_coordinates(edit.changes[0].after.geometry).tolist()


def test_a_click_makes_a_point_that_is_a_selected_draft(desk):
    heard = []
    tool = desk.take(DrawTool(desk.context, "point", "port"))
    tool.drawn.connect(heard.append)
    desk.click(9.7, 49.9)
    (edit,) = desk.edits
    site = edit.changes[0].after
    assert (site.geometry.x, site.geometry.y) == pytest.approx((9.7, 49.9), abs=desk.degrees())
    assert (site.status, site.position_basis, site.class_code) == ("draft", "measured on the image", "port")
    assert site.created_by == "Tester"
    assert site.position_error_m is None, "nobody has judged it"
    assert desk.canvas.selection.uuids == {site.uuid}
    assert heard == [site.uuid]


def test_a_slip_of_the_hand_is_still_a_click(desk):
    desk.take(DrawTool(desk.context, "point"))
    desk.drag((9.7, 49.9), (9.72, 49.9))
    assert len(desk.edits) == 1


@pytest.mark.parametrize("ending", ["enter", "double click"])
def test_a_line_vertex_by_vertex(desk, ending):
    desk.take(DrawTool(desk.context, "line"))
    places = [(9.6, 50.0), (9.8, 50.05), (9.9, 49.9)]
    for place in places[:2]:
        desk.click(*place)
    if ending == "enter":
        desk.click(*places[2])
        desk.key(Qt.Key.Key_Return)
    else:
        desk.double_click(*places[2])
    found = vertices(desk)
    assert len(found) == 3, "a double click sets its vertex once"
    for vertex, place in zip(found, places, strict=True):
        assert vertex == pytest.approx(place, abs=desk.degrees())
    assert desk.edits[0].changes[0].after.kind == "line"


def test_a_polygon_needs_three_and_backspace_takes_one_back(desk):
    desk.take(DrawTool(desk.context, "polygon"))
    for place in [(9.6, 50.0), (9.8, 50.0), (9.9, 50.3)]:
        desk.click(*place)
    desk.key(Qt.Key.Key_Backspace)
    desk.key(Qt.Key.Key_Return)
    assert desk.edits == [], "two vertices are no polygon, and the drawing goes on"
    desk.click(9.8, 50.2)
    desk.key(Qt.Key.Key_Return)
    assert len(vertices(desk)) == 4
    assert desk.edits[0].changes[0].after.kind == "polygon"


def test_escape_gives_up(desk):
    desk.take(DrawTool(desk.context, "line"))
    desk.click(9.6, 50.0)
    desk.click(9.8, 50.0)
    desk.key(Qt.Key.Key_Escape)
    desk.key(Qt.Key.Key_Return)
    assert desk.edits == []


def test_an_outline_that_crosses_itself_is_refused_in_words(desk):
    desk.take(DrawTool(desk.context, "polygon"))
    for place in [(9.6, 50.0), (9.9, 50.2), (9.9, 50.0), (9.6, 50.2)]:
        desk.click(*place)
    desk.key(Qt.Key.Key_Return)
    assert desk.edits == []
    assert "crosses itself" in desk.said[0]
    desk.key(Qt.Key.Key_Backspace)
    desk.key(Qt.Key.Key_Return)
    assert len(desk.edits) == 1


def test_the_hint_measures_geodesically_up_to_the_mouse(desk, qtbot):
    tool = desk.take(DrawTool(desk.context, "line"))
    desk.click(9.6, 50.0)
    with qtbot.waitSignal(desk.canvas.hint_changed):
        desk.hover(10.2, 50.1)
    lon, lat = desk.canvas.viewport.lonlat(*(float(v) for v in desk.at(10.2, 50.1).toTuple()))
    assert length_text(length_m([tool._places[0][0], lon], [tool._places[0][1], lat])) in desk.canvas.hint


def test_what_is_drawn_shows(desk):
    before: QImage = desk.canvas.grab_picture()
    desk.take(DrawTool(desk.context, "line"))
    desk.click(9.6, 50.0)
    desk.hover(9.8, 50.05)
    assert desk.canvas.grab_picture() != before


def test_off_the_map_nothing_is_set(desk):
    desk.canvas.motion.full_view()
    desk.canvas.motion.zoom_out()
    desk.take(DrawTool(desk.context, "point"))
    QTest.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(300, 2))
    assert desk.edits == []


def test_where_the_world_is_seen_again_a_point_is_set_at_its_place(desk):
    desk.canvas.resize(1800, 300)
    desk.canvas.motion.full_view()
    desk.take(DrawTool(desk.context, "point"))
    turn_px = 40_075_016.7 / desk.canvas.viewport.resolution
    for turns in (-2, 1):
        at = desk.at(40.0, 30.0) + QPoint(round(turns * turn_px), 0)
        QTest.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert len(desk.edits) == 2
    for site in list(desk.sites.values())[-2:]:
        assert site.geometry.x == pytest.approx(40.0, abs=desk.degrees())


def test_across_the_antimeridian_a_line_takes_the_short_way(desk):
    desk.canvas.motion.set_crs("EPSG:3995")
    desk.canvas.motion.zoom_to_bounds(Bounds(170, 70, 190, 76))
    desk.take(DrawTool(desk.context, "line"))
    for place in [(176.0, 73.0), (-176.0, 73.0)]:
        desk.click(*place)
    desk.key(Qt.Key.Key_Return)
    lons = [lon for lon, _ in vertices(desk)]
    assert lons == pytest.approx([176.0, 184.0], abs=0.2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (length_text(12.3456), "12.35 m"),
        (length_text(1234.5), "1.234 km"),
        (length_text(9.2889e6), "9289 km"),
        (area_text(950.0), "950 m²"),
        (area_text(56_780.0), "5.678 ha"),
        (area_text(3.21e7), "32.1 km²"),
    ],
)
def test_measures_in_words(text, expected):
    assert text == expected


def test_over_the_edge_of_the_map_a_point_lies_where_it_is_and_a_line_stays_in_one_piece(desk) -> None:
    desk.canvas.viewport.fit_lonlat(Bounds(170.0, 55.0, 190.0, 65.0))
    middle, wide = desk.canvas.height() // 2, desk.canvas.width()
    desk.take(DrawTool(desk.context, "point"))
    QTest.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(wide - 40, middle))
    place = desk.edits[-1].changes[0].after.geometry
    assert -180.0 < place.x < -165.0
    desk.take(DrawTool(desk.context, "line"))
    for x in (60, wide - 60):
        QTest.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, middle))
    desk.key(Qt.Key.Key_Return)
    (west, _), (east, _) = desk.edits[-1].changes[0].after.geometry.coords
    assert 165.0 < west < 180.0 < east < 195.0


def test_over_the_edge_of_the_map_the_sketch_goes_on(desk) -> None:
    desk.canvas.viewport.fit_lonlat(Bounds(170.0, 55.0, 190.0, 65.0))
    wide, high = desk.canvas.width(), desk.canvas.height()
    desk.take(DrawTool(desk.context, "polygon"))
    ground = desk.canvas.grab().toImage().pixelColor(wide // 2 + 60, high // 2)
    for x, y in ((60, 80), (wide - 60, 80), (wide - 60, high - 60), (60, high - 60)):
        QTest.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, y))
    picture = desk.canvas.grab().toImage()
    colors = {picture.pixelColor(x, high // 2).name() for x in range(80, wide - 80) if abs(x - wide // 2) > 25}
    assert len(colors) == 1, "no edge at the antimeridian, beside the crosshair"
    assert colors != {ground.name()}
