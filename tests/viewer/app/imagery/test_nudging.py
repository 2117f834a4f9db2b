"""Layers nudged in the real window by mouse and keyboard, taken back to nothing and done again to the same case."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.document.placing.nudge import Nudge, read_nudge
from layers.geo.crs import WGS84, transform_points
from layers.geo.ground_offset import offset_m
from tests.support.content_hash import content_hash
from tests.support.windows import opened, press, settle
from tests.viewer.app.conftest import Answers
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.panels.layers.layer_facts import nudge_fact
from viewer.tools.nudge_entry import NudgeEntry

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

Key, Shift, Left = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton
FROM = (9.48, 50.16)


def the_layer(window: MainWindow) -> Layer:
    (layer,) = [layer for layer in window.session.document.layers.values() if layer.name.startswith("scene")]
    return layer


def nudge_of(window: MainWindow) -> Nudge | None:
    return read_nudge(the_layer(window).nudge_json)


def ground_of(window: MainWindow, dx: float, dy: float, at: tuple[float, float] = FROM) -> tuple[float, float]:
    """Metres east and north of so many pixels of the picture, at a place."""
    view = window.canvas.viewport.view()
    x, y = (float(v) for v in transform_points(WGS84, view.grid.crs, *at))
    to = view.affine.a * dx + x, view.affine.e * dy + y
    return offset_m(*at, *(float(v) for v in transform_points(view.grid.crs, WGS84, *to)))


def entry_of(window: MainWindow) -> NudgeEntry:
    (entry,) = window.canvas.findChildren(NudgeEntry)
    return entry


@pytest.mark.bounded
def test_a_layer_is_nudged_by_mouse_and_by_keyboard(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    layer, canvas = the_layer(window), window.canvas
    window.panel_context.show_layer(layer.uuid)
    bounds = window.scene.stack.bounds_of(layer.uuid)
    hashes = [content_hash(window.session.document)]
    press(Key.Key_N, Shift)
    assert window.toolbox.in_hand == "tool_nudge_layer"
    assert "arrow keys" in canvas.hint
    entry = entry_of(window)
    assert entry.isVisible()
    assert entry.said.text() == "Not shifted."
    assert not entry.reset.isEnabled()

    # by the mouse: one step, seen while it lasts
    start = desk.at(*FROM)
    QTest.mousePress(canvas, Left, Qt.KeyboardModifier.NoModifier, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(canvas, start + QPoint(round(40 * share), round(-25 * share)))
    assert entry.east.value() > 0
    assert window.scene.stack.bounds_of(layer.uuid) != bounds
    assert content_hash(window.session.document) == hashes[0]
    QTest.mouseRelease(canvas, Left, Qt.KeyboardModifier.NoModifier, start + QPoint(40, -25))
    settle(window, qtbot)
    dragged = nudge_of(window)
    assert dragged is not None
    assert (dragged.dx_m, dragged.dy_m) == pytest.approx(ground_of(window, 40, -25), abs=0.5)
    assert dragged.dy_m > 0
    assert (dragged.by, dragged.at[:2], dragged.how) == (window.session.actor, "20", "hand")
    hashes.append(content_hash(window.session.document))
    shown = window.scene.stack.bounds_of(layer.uuid)
    assert bounds is not None
    assert shown is not None
    assert offset_m(*bounds.centre, *shown.centre) == pytest.approx((dragged.dx_m, dragged.dy_m), rel=0.01)

    # by the keyboard: arrows in a row are one step
    press(Key.Key_Left)
    press(Key.Key_Down, Shift)
    pushed = nudge_of(window)
    assert pushed is not None
    pixel = ground_of(window, 1, 1)
    assert pushed.dx_m - dragged.dx_m == pytest.approx(-pixel[0], rel=0.02)
    assert pushed.dy_m - dragged.dy_m == pytest.approx(10 * pixel[1], rel=0.02)
    hashes.append(content_hash(window.session.document))

    # typed
    press(Key.Key_Return)
    assert entry.east.hasFocus()
    assert entry.east.accessibleName() == "Metres east"
    QTest.keyClicks(QApplication.focusWidget(), "12.5")
    press(Key.Key_Tab)
    entry.north.selectAll()
    QTest.keyClicks(entry.north, "-3")
    press(Key.Key_Return)
    settle(window, qtbot)
    assert canvas.hasFocus()
    typed = nudge_of(window)
    assert typed is not None
    assert (typed.dx_m, typed.dy_m) == (12.5, -3.0)
    assert "12.5 m east, 3 m south" in entry.said.text()
    assert "QGIS" in nudge_fact(the_layer(window))
    hashes.append(content_hash(window.session.document))

    # and back
    press(Key.Key_Backspace)
    settle(window, qtbot)
    assert nudge_of(window) is None
    assert window.scene.stack.bounds_of(layer.uuid) == bounds
    stack = window.session.history.stack
    steps = stack.count()
    while window.session.document.layers[layer.uuid].nudge_json or stack.index() == steps:
        stack.undo()
    assert content_hash(window.session.document) == hashes[0]
    for wanted in hashes[1:3]:
        stack.redo()
        assert content_hash(window.session.document) == wanted
    while stack.canRedo():
        stack.redo()
    assert nudge_of(window) is None
    press(Key.Key_Escape)
    assert not entry.isVisible()


def test_esc_gives_a_drag_up_and_a_hidden_layer_is_not_moved(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    layer = the_layer(window)
    window.panel_context.show_layer(layer.uuid)
    press(Key.Key_N, Shift)
    start = desk.at(*FROM)
    QTest.mousePress(window.canvas, Left, Qt.KeyboardModifier.NoModifier, start)
    for step in (10, 30):
        QTest.mouseMove(window.canvas, start + QPoint(step, step))
    bounds = window.scene.drawings[layer.uuid].bounds_lonlat()
    assert window.scene.stack.bounds_of(layer.uuid) != bounds
    press(Key.Key_Escape)
    QTest.mouseRelease(window.canvas, Left, Qt.KeyboardModifier.NoModifier, start + QPoint(30, 30))
    assert window.scene.stack.bounds_of(layer.uuid) == bounds
    assert nudge_of(window) is None
    window.panel_context.show_layer("")
    assert "Choose the layer" in window.canvas.hint
    assert not entry_of(window).isVisible()
    press(Key.Key_Right)
    assert nudge_of(window) is None


@pytest.mark.bounded
def test_the_nudge_is_kept_in_the_saved_case_and_shown_when_it_is_opened(
    window: MainWindow, desk: Desk, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    layer = the_layer(window)
    window.panel_context.show_layer(layer.uuid)
    press(Key.Key_N, Shift)
    press(Key.Key_Up, Shift)
    before, shown = nudge_of(window), window.scene.stack.bounds_of(layer.uuid)
    assert before is not None
    answers.path = tmp_path / "nudged.gpkg"
    window.saving.save()
    settle(window, qtbot)
    window.file_menu.new_case()
    settle(window, qtbot)
    opened(window, tmp_path / "nudged.gpkg", qtbot)
    assert nudge_of(window) == before
    assert window.scene.stack.bounds_of(layer.uuid) == shown
