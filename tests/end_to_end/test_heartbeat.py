"""The window stays free: no gap of its event loop is long enough for a person to notice a halt."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from tests.end_to_end.conftest import Desk
from tests.support.heartbeat import FREE_MS, Heartbeat


def test_opening_the_demo_leaves_the_window_free(desk: Desk) -> None:
    with Heartbeat() as heart:
        desk.open_demo()
    assert len(heart.gaps_ms) > 20
    assert heart.longest_ms < FREE_MS


def test_panning_and_zooming_leave_the_window_free(demo: Desk) -> None:
    middle = demo.canvas.rect().center()
    demo.keys("H", demo.canvas)
    with Heartbeat() as heart:
        for notches in (3, 2, -4, 5):
            demo.wheel(middle, notches)
            for way in (QPoint(160, 90), QPoint(-220, 60), QPoint(80, -150)):
                demo.drag(middle, middle + way, steps=10)
        demo.settle()
    assert len(heart.gaps_ms) > 20
    assert heart.longest_ms < FREE_MS
