"""Fixtures that every test needs: no display, a home of its own, nothing outside loopback."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A slow machine is no fault. A run that decides whether a change lands draws the same examples each time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


_WITH_QT = {"viewer", "end_to_end", "pictures", "corpus"}


class QuickBot(QtBot):
    """Looks again sooner: by pytest-qt's ten milliseconds thousands of tests wait for nothing."""

    def wait(self, ms: int) -> None:
        super().wait(min(ms, 1) if sys._getframe(1).f_code is QtBot.waitUntil.__code__ else ms)


def pytest_sessionfinish() -> None:
    """What a test copied would be taken apart after Python, and end the run with a segmentation fault; the program
    itself ends before that (`viewer.__main__`).
    """
    gui = sys.modules.get("PySide6.QtGui")
    if gui is not None and gui.QGuiApplication.instance() is not None:
        gui.QGuiApplication.clipboard().clear()


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    return QuickBot(request)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, sessions and caches of each test go to a folder of its own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("GEOLOUPE_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def collected_in_between(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the program (`viewer.support.collector`), Python's collector runs in no other thread than the window's, and
    that between tests: in a job it may stop the test for ever.
    """
    if not _WITH_QT & set(request.path.parts):
        yield
        return
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def loud_threads(monkeypatch: pytest.MonkeyPatch) -> object:
    """An exception that only `sys.unraisablehook` hears of fails the test too."""
    heard: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: heard.append(repr(args.exc_value)))
    yield
    assert not heard, heard
