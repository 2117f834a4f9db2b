"""Qt objects that only the collector finds are taken apart in the window's thread."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.export.headless import Studio
from viewer.support.collector import Collector
from viewer.support.jobs import JobContext, Jobs


class Knot(QObject):
    """Refers to itself, so that only the collector frees it."""

    def __init__(self, ended: list[str]) -> None:
        super().__init__()
        self.me = self
        self.destroyed.connect(
            lambda: ended.append(threading.current_thread().name), Qt.ConnectionType.DirectConnection
        )


def litter(_context: JobContext) -> None:
    kept = []
    for _ in range(20_000):
        knot: list[object] = []
        knot.append(knot)
        kept.append([])


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[Collector]:
    gc.enable()
    collector = Collector(qapp)
    yield collector
    collector.close()
    assert gc.isenabled(), "as before"


@pytest.mark.bounded
def test_a_knot_is_freed_by_the_window_however_much_a_thread_allocates(
    collector: Collector, jobs: Jobs, qtbot: QtBot
) -> None:
    ended: list[str] = []
    for _ in range(20):
        Knot(ended)
    for _ in range(4):
        jobs.run(litter)
    assert jobs.wait()
    assert ended == [], "not in the thread that littered"
    qtbot.waitUntil(lambda: len(ended) == 20, timeout=10_000)
    assert set(ended) == {threading.main_thread().name}


def test_what_was_off_before_stays_off(qapp: QApplication) -> None:
    gc.disable()
    collector = Collector(qapp)
    collector.close()
    assert not gc.isenabled()


def test_drawing_without_a_window_collects_there_too(qapp: QApplication) -> None:
    gc.enable()
    with Studio():
        assert not gc.isenabled(), "or its jobs would collect"
    assert gc.isenabled()


@pytest.mark.bounded
def test_what_is_not_due_is_left(collector: Collector) -> None:
    gc.collect()
    before = gc.get_stats()[0]["collections"]
    collector.look()
    assert gc.get_stats()[0]["collections"] == before
