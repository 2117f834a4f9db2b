"""The lasso for sites."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from viewer.tools.lasso_sites import LassoSitesTool

Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Nothing = Qt.KeyboardModifier.NoModifier
ROUND_PORT = [(9.9, 50.1), (10.1, 50.1), (10.1, 49.9), (9.9, 49.9)]
ROUND_FIRM = [(10.35, 50.05), (10.45, 50.05), (10.45, 49.95), (10.35, 49.95)]


@pytest.fixture
def tool(desk) -> LassoSitesTool:
    return desk.take(LassoSitesTool(desk.context))


def _draw(desk, ring, modifiers=Nothing) -> None:
    QTest.mousePress(desk.canvas, Qt.MouseButton.LeftButton, modifiers, desk.at(*ring[0]))
    for place in ring[1:]:
        QTest.mouseMove(desk.canvas, desk.at(*place))
    QTest.mouseRelease(desk.canvas, Qt.MouseButton.LeftButton, modifiers, desk.at(*ring[-1]))


def test_drawn_round_sites_selects_them_and_shift_and_control_add_and_toggle(desk, tool):
    selection = desk.canvas.selection
    _draw(desk, ROUND_PORT)
    assert "port" in selection
    assert "firm" not in selection
    _draw(desk, ROUND_FIRM, Shift)
    assert {"port", "firm"} <= selection.uuids
    assert f"{len(selection)} sites selected" in tool.hint
    _draw(desk, ROUND_FIRM, Control)
    assert "firm" not in selection
    desk.key(Qt.Key.Key_Escape)
    assert "port" in selection, "Esc hands back what was selected"
    assert desk.edits == []


def test_corner_by_corner_with_the_keyboard_to_end_and_to_give_up(desk, tool):
    for place in ROUND_FIRM:
        desk.click(*place)
    desk.key(Qt.Key.Key_Return)
    assert desk.canvas.selection.uuids == {"firm"}
    desk.click(*ROUND_PORT[0])
    desk.click(*ROUND_PORT[1])
    desk.key(Qt.Key.Key_Escape)
    desk.key(Qt.Key.Key_Return)
    assert desk.canvas.selection.uuids == {"firm"}


def test_a_ring_that_crosses_itself_and_one_without_an_inside_do_no_harm(desk, tool):
    _draw(desk, [(9.9, 50.1), (10.1, 49.9), (10.1, 50.1), (9.9, 49.9)])
    _draw(desk, [(9.9, 50.1), (9.95, 50.1), (9.9, 50.1)])
    assert "port" not in desk.canvas.selection
