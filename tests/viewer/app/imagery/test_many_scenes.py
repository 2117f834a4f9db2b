"""Five hundred scenes, indexed by real readers while the window stays at hand."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.heartbeat import Heartbeat
from tests.support.many_scenes import write_scene
from tests.support.windows import take_up
from tests.viewer.app.conftest import MakeWindow
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel

COUNT = 500
STALL_MS = 1000.0
"""Liveness alone: other work may have the machine."""


@pytest.fixture
def reads_inline() -> bool:
    return False


@pytest.mark.bounded
def test_five_hundred_scenes_are_indexed_while_one_works(make_window: MakeWindow, tmp_path: Path, qtbot: QtBot) -> None:
    random = np.random.default_rng(1)
    for number in range(COUNT):
        lon, lat = random.uniform(8, 12), random.uniform(48, 52)
        date = f"{2000 + number % 24}-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00Z"
        path = tmp_path / f"{number % 20:02}" / f"{number:03}.tif"
        write_scene(path, Bounds(lon, lat, lon + 0.5, lat + 0.5), date, platform="Landsat 8", side=256)
    window = make_window()
    take_up(window, qtbot)
    window.views.show_bounds(Bounds(4.0, 44.0, 16.0, 56.0), 0.0)
    window.docks.show_panel("time_strip")
    qtbot.waitUntil(window.is_idle, timeout=20_000)
    window.scenes.desk.show_outlines(True)
    began = time.monotonic()
    with Heartbeat() as beat:
        window.scenes.folders.add(str(tmp_path))
        qtbot.waitUntil(lambda: window.scenes.folders.is_idle, timeout=240_000)
        took_s = time.monotonic() - began
    qtbot.waitUntil(window.is_idle, timeout=30_000)
    over = sum(gap > 50 for gap in beat.gaps_ms)
    print(f"{took_s:.1f} s, longest gap {beat.longest_ms:.0f} ms, {over} of {len(beat.gaps_ms)} gaps over 50 ms")
    assert len(window.scenes.folders.known_scenes()) == COUNT
    panel = window.docks.time_strip.panel
    assert isinstance(panel, TimeStripPanel)
    assert sum(len(placed.tick.scenes) for placed in panel.view.places.all) == COUNT
    assert beat.longest_ms < STALL_MS
