from __future__ import annotations

from layers.grid.tile_grid import TileGrid, View
from viewer.canvas.motion import ViewHistory


def view(left: int, width: int = 100) -> View:
    return View(TileGrid("EPSG:3857", 10.0), left, 0, width, 100)


def test_back_and_forward():
    history = ViewHistory()
    for left in (0, 50, 90):
        history.record(view(left))
    assert history.back() == view(50)
    assert history.back() == view(0)
    assert history.back() is None
    assert history.forward() == view(50)
    history.record(view(7))
    assert not history.can_go_forward, "a new way starts here"
    assert history.back() == view(50)


def test_a_resized_window_is_no_journey():
    history = ViewHistory()
    history.record(view(0, 100))
    history.record(view(-10, 120))
    assert not history.can_go_back


def test_only_so_many_are_kept():
    history = ViewHistory(limit=3)
    for left in range(0, 1000, 100):
        history.record(view(left))
    assert [history.back(), history.back(), history.back()] == [view(800), view(700), None]
