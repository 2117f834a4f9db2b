"""A search that five thousand scenes answer: the first are there soon, and the window stays at hand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.heartbeat import Heartbeat
from tests.support.many_items import serving_many_items
from tests.support.windows import settle, take_up
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.time_strip.archive_dialog import ArchiveDialog
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel

COUNT = 5000
STALL_MS = 200.0
"""Liveness alone: other work may have the machine."""


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.mark.bounded
def test_five_thousand_scenes_of_an_archive_come_while_one_works(window: MainWindow, qtbot: QtBot) -> None:
    take_up(window, qtbot)
    window.resize(1366, 768)
    window.views.show_bounds(Bounds(10.0, 50.0, 11.0, 50.7), 0.0)
    window.docks.show_panel("time_strip")
    window.scenes.desk.show_outlines(True)
    settle(window, qtbot)
    window.action_table["search_archives"].trigger()
    dialog, strip = window.findChild(ArchiveDialog), window.docks.time_strip.panel
    assert dialog is not None
    assert isinstance(strip, TimeStripPanel)
    archives = window.scenes.desk.archives
    with serving_many_items(COUNT) as address:
        dialog.archive.setEditText(address)
        dialog.place.setCurrentIndex(0)
        dialog.begin.setText("2019")
        qtbot.wait(300)
        began, cpu = time.monotonic(), time.process_time()
        first_s = came_s = 0.0
        with Heartbeat() as beat:
            QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda: bool(strip.view.places.all), timeout=20_000)
            first_s = time.monotonic() - began
            qtbot.waitUntil(lambda: archives.is_idle, timeout=120_000)
            came_s = time.monotonic() - began
            qtbot.waitUntil(lambda: window.scenes.desk.is_idle, timeout=60_000)
            all_s = time.monotonic() - began
    over = sorted(round(gap) for gap in beat.gaps_ms if gap > 40)
    print(
        f"first {first_s:.2f} s, all came {came_s:.2f} s, all shown {all_s:.2f} s, CPU {time.process_time() - cpu:.2f}"
        f" s, longest gap {beat.longest_ms:.0f} ms, gaps over 40 ms {over}, load {os.getloadavg()[0]:.1f}"
    )
    assert sum(len(placed.tick.scenes) + len(placed.tick.others) for placed in strip.view.places.all) == COUNT
    assert beat.longest_ms < STALL_MS
