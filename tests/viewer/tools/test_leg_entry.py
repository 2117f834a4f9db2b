"""Length and bearing typed for the next vertex while one draws."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from layers.document.marks.mark_shape import Circle, shape_of_site
from layers.geo.measure import azimuth_deg, distance_m
from tests.support.windows import press
from viewer.tools.draw import DrawTool
from viewer.tools.draw_areas import CircleTool
from viewer.tools.draw_strokes import ArrowTool
from viewer.tools.leg_entry import LegEntry

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def line(desk, qtbot) -> DrawTool:
    """A line tool in hand in the active window, with one vertex set."""
    desk.canvas.activateWindow()
    qtbot.waitUntil(desk.canvas.isActiveWindow)
    tool = desk.take(DrawTool(desk.context, "line"))
    desk.canvas.setFocus()
    desk.click(10, 50)
    return tool


def entry(desk) -> LegEntry:
    (found,) = desk.canvas.findChildren(LegEntry)
    return found


def write(text: str) -> None:
    """Where the keyboard is."""
    QTest.keyClicks(QApplication.focusWidget(), text)


def legs(desk) -> list[tuple[float, float]]:
    (uuid,) = desk.canvas.selection.uuids
    places = list(desk.sites[uuid].geometry.coords)
    return [(round(distance_m(*a, *b), 3), round(azimuth_deg(*a, *b), 3)) for a, b in pairwise(places)]


def test_a_leg_is_typed_in_one_go(desk, line):
    press(Key.Key_1)
    assert entry(desk).isVisible()
    write("20 m 45")
    press(Key.Key_Return)
    assert not entry(desk).isVisible()
    assert desk.canvas.hasFocus()
    press(Key.Key_2)
    write(" km 312.5")
    press(Key.Key_Return)
    press(Key.Key_Return)
    assert legs(desk) == [(120.0, 45.0), (2000.0, 312.5)]


def test_or_with_tab_or_enter_between(desk, line):
    press(Key.Key_5)
    write("00")
    press(Key.Key_Tab)
    assert QApplication.focusWidget().accessibleName() == "Bearing, from north"
    write("90")
    press(Key.Key_Return)
    press(Key.Key_7)
    press(Key.Key_Return)
    write("180")
    press(Key.Key_Return)
    press(Key.Key_Return)
    assert legs(desk) == [(500.0, 90.0), (7.0, 180.0)]


def test_what_is_typed_is_previewed_and_said(desk, line):
    before = desk.canvas.grab_picture()
    press(Key.Key_5)
    write(" km 90")
    assert "5 km" in desk.canvas.hint
    assert desk.canvas.grab_picture() != before
    write("x")
    assert desk.canvas.grab_picture() == before


def test_escape_gives_the_entry_up_and_not_the_line(desk, line):
    press(Key.Key_5)
    press(Key.Key_Escape)
    assert not entry(desk).isVisible()
    assert desk.canvas.hasFocus()
    assert len(line.places) == 1


def test_nonsense_is_refused_with_a_reason_and_stays_to_be_mended(desk, line):
    press(Key.Key_5)
    write(" parsec 3")
    press(Key.Key_Return)
    assert "no length" in entry(desk).refusal.text()
    assert entry(desk).length.text() == "5 parsec 3"
    assert len(line.places) == 1


def test_a_click_on_the_map_closes_the_entry_and_sets_its_vertex(desk, line):
    press(Key.Key_5)
    desk.click(10.2, 50.1)
    assert not entry(desk).isVisible()
    assert len(line.places) == 2


def test_digits_are_the_windows_while_nothing_is_drawn(desk):
    tool = desk.take(DrawTool(desk.context, "line"))
    assert not tool.own_keys
    point = desk.take(DrawTool(desk.context, "point"))
    assert not point.own_keys


def test_the_entry_stays_inside_of_a_small_map(desk, line):
    line.cancel()
    desk.click(10.59, 49.61)
    press(Key.Key_5)
    assert desk.canvas.rect().contains(entry(desk).geometry())


def test_a_circle_is_given_its_radius(desk, line):
    desk.take(CircleTool(desk.context))
    desk.canvas.setFocus()
    desk.click(10, 50)
    assert "Digits: type the radius" in desk.canvas.hint
    press(Key.Key_5)
    write("00 m")
    press(Key.Key_Return)
    (uuid,) = desk.canvas.selection.uuids
    shape = shape_of_site(desk.sites[uuid])
    assert isinstance(shape, Circle)
    assert shape.radius_m == pytest.approx(500.0)


def test_an_arrow_is_given_its_length_and_snaps(desk, line):
    desk.take(ArrowTool(desk.context))
    desk.canvas.setFocus()
    QTest.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, Control, desk.at(10, 50) + QPoint(5, 5))
    press(Key.Key_3)
    write(" km 180")
    press(Key.Key_Return)
    assert legs(desk) == [(3000.0, 180.0)]
    (uuid,) = desk.canvas.selection.uuids
    assert desk.sites[uuid].geometry.coords[0] == (10.0, 50.0)
