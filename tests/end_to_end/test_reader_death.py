"""Readers are disposable: killed in the middle of a pan they are replaced, and the map completes."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

import sample_data
from layers.errors import GeoloupeError
from layers.pool.protocol import Profile, Request
from tests.end_to_end.conftest import Desk, MakeDesk
from tests.support.pictures import map_of
from tests.support.readers.raw import raw
from viewer.panels.layers.layer_tree import LayerTreePanel

pytestmark = pytest.mark.bounded


def pan_and_kill(desk: Desk, count: int) -> list[int]:
    """Zoom in, then drag a long way; `count` readers die with a request in hand. The process ids before."""
    start = desk.canvas.rect().center() + QPoint(150, 80)
    desk.wheel(start, 3)
    desk.settle()
    desk.keys("H", desk.canvas)
    desk.wait(lambda: len(desk.pool.pids(Profile.LOCAL)) == 2)
    pids = desk.pool.pids(Profile.LOCAL)
    for pid in pids:  # held, so that they are killed at work and not between two tiles
        os.kill(pid, signal.SIGSTOP)
    desk.drag(start, start - QPoint(300, 200), steps=6)
    desk.wait(lambda: not desk.window.context.is_idle())
    for number, pid in enumerate(pids):
        os.kill(pid, signal.SIGKILL if number < count else signal.SIGCONT)
    return pids


@pytest.mark.parametrize("count", [1, 2])
def test_f84_readers_killed_during_a_pan_are_replaced(demo: Desk, count: int) -> None:
    before = pan_and_kill(demo, count)
    demo.settle()
    view = demo.canvas.viewport.view()
    assert demo.canvas.scene.is_complete(view)
    assert len(demo.said()) <= 1
    shown = map_of(demo.canvas.scene, view)
    demo.wait(lambda: len(demo.pool.pids(Profile.LOCAL)) == 2)
    assert len(set(demo.pool.pids(Profile.LOCAL)) - set(before)) == count
    assert demo.canvas.scene.stack.problems() == {}
    assert np.array_equal(shown, undisturbed(demo)), "what was read again is what would have been read"


def undisturbed(desk: Desk) -> np.ndarray:
    """The same view with every tile read anew."""
    view = desk.canvas.viewport.view()
    for uuid in desk.document.layers:
        desk.window.context.tiles.drop_layer(uuid)
    desk.canvas.scene.set_document(desk.document, desk.window.session.base_folder)
    desk.canvas.scene.set_view(view)
    desk.settle()
    return map_of(desk.canvas.scene, view)


def test_f84_a_file_that_kills_three_readers_gets_a_badge(make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOLOUPE_TEST_OPS", "1")
    desk = make_desk()
    desk.open_demo()
    path = str(sample_data.path("blue_marble.tif"))
    answers: list[object] = []
    for _ in range(2):  # each is tried twice: four deaths
        desk.pool.submit(Request(raw("_crash", {"path": path}), answers.append, strike_key=path))
    desk.wait(lambda: len(answers) == 2)
    assert all(isinstance(answer, GeoloupeError) for answer in answers)
    layer = next(layer for layer in desk.document.layers.values() if layer.name.startswith("Blue Marble"))
    tree = desk.panel(LayerTreePanel)
    assert tree.model.problem(layer.uuid) == ""
    desk.wheel(desk.canvas.rect().center(), 3)
    desk.wait(lambda: tree.model.problem(layer.uuid) != "")
    desk.settle()
    badge = tree.model.index(tree.model.row_of(layer.uuid)).data(Qt.ItemDataRole.ToolTipRole)
    assert "blue_marble.tif" in badge
    assert "3 times" in badge
    others = set(desk.canvas.scene.stack.problems()) - {layer.uuid}
    assert not others, "other files are read as before"
    assert len(desk.said()) <= 1
