"""Fixtures that every test needs: no display, a home of its own, nothing outside loopback."""

from __future__ import annotations

import gc
import itertools
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from PySide6.QtCore import QEventLoop, Qt, QTimer
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if sys.dont_write_bytecode:
    # Whoever wants no compiled modules beside the sources has them elsewhere: else each of many hundred processes would
    # compile the program and its libraries again, and each worker of pytest all tests.
    sys.pycache_prefix = str(Path(__file__).parent.parent / ".pytest_cache" / "compiled")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False

# A slow machine is no fault. A run that decides whether a change lands draws the same examples each time.
# Sixty examples where Hypothesis would draw a hundred: a hundred and fifty properties took a fourteenth of all time.
settings.register_profile("here", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


_CODE = tuple(str(Path(__file__).parents[1] / room) + os.sep for room in ("layers", "viewer"))
# Hypothesis draws constants of the code too, and resolves the path of each module of Python to know which code is ours.
providers.is_local_module_file = lambda path: path.startswith(_CODE)

_UNCOLLECTED = {"viewer", "end_to_end", "pictures", "corpus", "house"}

_numbers = itertools.count()
_done_with: list[Path] = []
"""Folders of tests that have passed."""


class QuickBot(QtBot):
    """Looks again sooner: by pytest-qt's ten milliseconds thousands of tests wait for nothing. One loop for all looks
    takes a quarter of the time of pytest-qt's new ones, which the jobs that are waited for then have.
    """

    def __init__(self, request: pytest.FixtureRequest) -> None:
        super().__init__(request)
        self._loop = QEventLoop()
        self._look = QTimer(singleShot=True, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._look.timeout.connect(self._loop.quit)

    def wait(self, ms: int) -> None:
        if sys._getframe(1).f_code is not QtBot.waitUntil.__code__ or self._loop.isRunning():
            super().wait(ms)
            return
        self._look.start()
        self._loop.exec()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Python's collector has nothing to find among tests that are being collected, nor ever after: ten thousand items
    would be looked through with each later collection.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Make no item of a bounded test where none would run: to make them all takes longer than the modules' import."""
    if collector.config.option.markexpr != "not bounded" or any("::" in word for word in collector.config.args):
        return None
    marks = getattr(obj, "pytestmark", None)
    return [] if isinstance(marks, list) and any(mark.name == "bounded" for mark in marks) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test with `bounded_after(n)` the first `n` rows are among those that are run all the time."""
    seen: Counter[str] = Counter()
    for item in items:
        after = item.get_closest_marker("bounded_after")
        if after is None:
            continue
        name = item.nodeid.partition("[")[0]
        seen[name] += 1
        if seen[name] > after.args[0]:
            item.add_marker(pytest.mark.bounded)
    if not os.environ.get("GEOLOUPE_ALL_ROWS"):
        left_out = _left_out(items)
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def _left_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """Bounded rows of tests with `sampled(n)`, but for `n` of each: the first of the first part, the second of the
    second part, and so on, whereby each value of a grid has its turn.
    """
    families: dict[tuple[str, int], list[pytest.Item]] = {}
    for item in items:
        sampled = item.get_closest_marker("sampled")
        if sampled is not None and item.get_closest_marker("bounded"):
            families.setdefault((item.nodeid.partition("[")[0], sampled.args[0]), []).append(item)
    left_out = []
    for (_, count), rows in families.items():
        part = max(1, len(rows) // count)
        kept = {at * len(rows) // count + at % part for at in range(count)}
        left_out += [row for at, row in enumerate(rows) if at not in kept]
    return left_out


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


@pytest.fixture
def new_folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Path]]:
    """Makes folders, gone once the test has passed. Pytest itself looks for a free number among all the folders that
    there are, which takes longer than most tests when they are ten thousand.
    """
    made: list[Path] = []

    def make(name: str) -> Path:
        folder = _new_place(tmp_path_factory, name)
        folder.mkdir(mode=0o700)
        made.append(folder)
        return folder

    failed_before = request.session.testsfailed
    yield make
    if request.session.testsfailed == failed_before:
        _done_with.extend(made)


def pytest_runtest_logfinish() -> None:
    """Remove folders only now: until here a test may have put something in the place of the system's calls."""
    while _done_with:
        folder = _done_with.pop()
        try:
            folder.rmdir()  # most are empty, and this is a tenth of the work
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def place_of_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings, sessions and caches of each test go to a folder of its own, which most tests never need."""
    home = _new_place(tmp_path_factory, "home")
    monkeypatch.setenv("GEOLOUPE_HOME", str(home))
    yield home
    if home.exists():
        _done_with.append(home)


@pytest.fixture
def own_home(place_of_home: Path) -> Path:
    """The folder for settings, sessions and caches of this test, made."""
    place_of_home.mkdir(mode=0o700, exist_ok=True)
    return place_of_home


def _new_place(factory: pytest.TempPathFactory, name: str) -> Path:
    return factory.getbasetemp() / f"{name}{next(_numbers)}"


@pytest.fixture
def tmp_path(new_folder: Callable[[str], Path], request: pytest.FixtureRequest) -> Path:
    """A folder for the files of a test."""
    return new_folder(re.sub(r"\W", "_", request.node.name)[:30])


@pytest.fixture(autouse=True)
def collected_in_between(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the program (`viewer.support.collector`), Python's collector runs in no other thread than the window's, and
    that between tests: in a job it may stop the test for ever.
    """
    if not _UNCOLLECTED & set(request.path.parts):
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
