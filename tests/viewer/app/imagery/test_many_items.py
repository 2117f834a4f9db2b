"""A search that thousands of scenes answer: the first are there soon, the window stays at hand."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import override

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.heartbeat import Heartbeat
from tests.support.many_items import PAGE, serving_many_items
from tests.support.windows import settle, take_up
from viewer.app.main import SWITCH_INTERVAL_S
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.time_strip.archive_dialog import ArchiveDialog
from viewer.panels.time_strip.scene_desk import GROWTH, WAIT_S
from viewer.panels.time_strip.strip_places import MOST_APART
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel

COUNT = 5000
STALL_MS, LONGEST_S = 200.0, 60.0
"""Liveness alone: other work may have the machine."""


class Painted(QObject):
    """Notes when a widget is painted for the first time after something holds."""

    def __init__(self, widget: QWidget, holds: Callable[[], bool]) -> None:
        super().__init__()
        self._holds = holds
        self.at = 0.0
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self.at and self._holds():
            self.at = time.monotonic()
        return False


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture(autouse=True)
def threads_as_in_the_program() -> Iterator[None]:
    """Python's threads take turns as often as the program lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> ArchiveDialog:
    """The dialog of a search over a map with the strip and outlines in sight."""
    take_up(window, qtbot)
    window.resize(1366, 768)
    window.views.show_bounds(Bounds(10.0, 50.0, 11.0, 50.7), 0.0)
    window.docks.show_panel("time_strip")
    window.scenes.desk.show_outlines(True)
    settle(window, qtbot)
    window.action_table["search_archives"].trigger()
    dialog = window.findChild(ArchiveDialog)
    assert dialog is not None
    dialog.place.setCurrentIndex(0)
    dialog.begin.setText("2019")
    return dialog


def strip_of(window: MainWindow) -> TimeStripPanel:
    strip = window.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    return strip


@pytest.mark.bounded
def test_five_thousand_scenes_of_an_archive_come_while_one_works(
    window: MainWindow, dialog: ArchiveDialog, qtbot: QtBot
) -> None:
    strip, desk = strip_of(window), window.scenes.desk
    with serving_many_items(COUNT) as address:
        dialog.archive.setEditText(address)
        qtbot.wait(300)
        on_strip = Painted(strip.view, lambda: bool(strip.view.places.all))
        in_list = Painted(dialog.hits.list.viewport(), lambda: bool(dialog.hits.rows.hits))
        began, cpu = time.monotonic(), time.process_time()
        with Heartbeat() as beat:
            QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda: bool(on_strip.at and in_list.at), timeout=20_000)
            qtbot.waitUntil(lambda: desk.archives.is_idle, timeout=int(1000 * LONGEST_S))
            came_s = time.monotonic() - began
            qtbot.waitUntil(lambda: desk.is_idle, timeout=60_000)
            strip.view.repaint()
            window.scenes.outlines.repaint()
            all_s = time.monotonic() - began
    over = sorted(round(gap) for gap in beat.gaps_ms if gap > 40)
    print(
        f"first drawn {max(on_strip.at, in_list.at) - began:.2f} s, all came {came_s:.2f} s, all drawn {all_s:.2f} s,"
        f" CPU {time.process_time() - cpu:.2f} s, longest gap {beat.longest_ms:.0f} ms, gaps over 40 ms {over},"
        f" load {os.getloadavg()[0]:.1f}"
    )
    assert sum(len(placed.tick.scenes) + len(placed.tick.others) for placed in strip.view.places.all) == COUNT
    assert len(dialog.hits.rows.hits) == COUNT
    assert window.scenes.outlines.count == COUNT
    assert beat.longest_ms < STALL_MS


@pytest.mark.parametrize("count", [5 * PAGE, pytest.param(COUNT, marks=pytest.mark.bounded)])
def test_the_work_of_a_search_grows_with_its_scenes_and_not_with_its_pages(
    window: MainWindow, dialog: ArchiveDialog, qtbot: QtBot, count: int
) -> None:
    """Each item is read and listed once, and few times looked at again; of thousands of ticks as many are painted as
    there is room for.
    """
    strip, desk = strip_of(window), window.scenes.desk
    looked: list[int] = []
    listed: list[int] = []
    desk.ground_changed.connect(lambda: looked.append(sum(len(tick.scenes) for tick in desk.ticks)))
    desk.archives.hits_came.connect(lambda _, hits: listed.append(len(hits)))
    with serving_many_items(count) as address:
        dialog.archive.setEditText(address)
        began = time.monotonic()
        QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: len(dialog.hits.rows.hits) == count, timeout=int(1000 * LONGEST_S))
        qtbot.waitUntil(lambda: desk.archives.is_idle, timeout=20_000)
        settle(window, qtbot)
        slow_looks = 1 + (time.monotonic() - began) / WAIT_S
    assert sum(listed) == count
    current, newest = desk.current, dialog.hits.list.current
    assert newest is not None
    assert newest is dialog.hits.rows.hits[0]
    assert current is not None
    assert newest.scene in current.scenes, "the row that the list has gone to is the one that stands out"
    assert looked[-1] == count
    # A row of looks each of which sees half as many more than the one before, and those of a slow machine.
    assert sum(looked) <= count * (2 + 1 / (GROWTH - 1) + slow_looks)
    room = 2 * (strip.view.width() // 3 + 1)
    assert len(strip.view.places.painted("")) <= max(MOST_APART, room)
