"""Works at the real window in equal cycles, and counts what lives and what memory is held after each.

`tests.support.soak_by_hand` shows the curve of an hour.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from tests.support.analyst import Analyst
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import make_panels
from viewer.app.case.permission import Permissions
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Changed, Questions, Unsaved
from viewer.app.main import SWITCH_INTERVAL_S
from viewer.app.memory_watch import MemoryRest, MemoryWatch
from viewer.app.program import dress
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.rendering.context import RenderContext
from viewer.rendering.overviews import Overviews
from viewer.support.collector import Collector
from viewer.support.jobs import Jobs
from viewer.support.memory import give_back_freed, keep_freed_memory
from viewer.support.messages import Messages
from viewer.support.settings import Settings, cache_folder, sessions_folder

WAIT_S, LOOK_MS = 300.0, 5
SIZE = (1366, 768)
PLACE = Bounds(8.0, 48.0, 12.0, 52.0)
DAYS = ("1985-08-01", "2020-08-01")
MARKS = 3
EQUAL_FROM = 3
"""The first cycles fill caches and load what is loaded once."""
WINDOW = 4
"""Cycles at the beginning and at the end that are compared."""
MOST_PARTS = 4
"""Parts of a tuple by whose classes it is named."""


class Standing(Struct, frozen=True):
    """What lives after a cycle: Python's objects and Qt's by class, and megabytes that the process alone holds."""

    objects: Counter[str]
    widgets: Counter[str]
    rss_mb: float

    @property
    def lives(self) -> int:
        return self.objects.total() + self.widgets.total()

    @property
    def by_class(self) -> Counter[str]:
        return self.objects + self.widgets


class Course:
    """Living objects and memory after each cycle. Compared are those after the third, in the middle, and at the end.

    Of each cycle only the classes are kept whose number differs from the first one: some thirty thousand names a cycle
    would be a megabyte, which is more than a leak that is looked for.
    """

    def __init__(self) -> None:
        self._first: Counter[str] = Counter()
        self._cycles: list[tuple[Counter[str], float]] = []

    def note(self, standing: Standing) -> None:
        lives = standing.by_class
        if not self._cycles:
            self._first = lives
        names = lives.keys() | self._first.keys()
        more = Counter({name: lives[name] - self._first[name] for name in names if lives[name] != self._first[name]})
        self._cycles.append((more, standing.rss_mb))

    @property
    def _early(self) -> list[tuple[Counter[str], float]]:
        return self._cycles[EQUAL_FROM : EQUAL_FROM + WINDOW]

    @property
    def _middle(self) -> list[tuple[Counter[str], float]]:
        begin = (EQUAL_FROM + len(self._cycles) - WINDOW) // 2
        return self._cycles[begin : begin + WINDOW]

    @property
    def _late(self) -> list[tuple[Counter[str], float]]:
        return self._cycles[-WINDOW:]

    def grown(self) -> dict[str, int]:
        """Classes of which there were more in the middle than ever after the third cycle, at last more than ever in the
        middle, and how many more in all.

        What caches hold comes and goes by a few objects, or comes once, as letters of another size do; what leaks by
        one object a cycle is at least six more in sixteen cycles.
        """
        early, middle, late = ([more for more, _ in part] for part in (self._early, self._middle, self._late))
        grown = {
            name: min(more[name] for more in late) - max(more[name] for more in early)
            for name in set().union(*early, *middle, *late)
            if max(more[name] for more in early) < min(more[name] for more in middle)
            and max(more[name] for more in middle) < min(more[name] for more in late)
        }
        return {name: count for name, count in grown.items() if count > WINDOW}

    def grown_mb(self) -> float:
        """Megabytes, likewise."""
        return min(mb for _, mb in self._late) - max(mb for _, mb in self._early)


class AnswersOfSoak(Questions):
    """The program's own questions; those of one's own cycle are answered, as no file dialog is to be driven here."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.to_open: list[str] = []
        self.to_write = Path()

    def paths_to_open(self, folder: Path) -> list[str]:
        return self.to_open

    def case_to_write(self, suggestion: Path) -> Path | None:
        return self.to_write

    def product_to_write(self, suggestion: Path, over: QWidget | None = None) -> Path | None:
        return self.to_write

    def unsaved(self, title: str) -> Unsaved:
        return Unsaved.DISCARD

    def changed_on_disk(self, title: str) -> Changed:
        return Changed.OVERWRITE


class Soak(Analyst):
    """An analyst who does the same again and again; `begin` is a case of two scenes that no cycle changes."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window, wait)
        self.folder, self.begin = folder, folder / "begin.gpkg"
        self.answers = AnswersOfSoak(window)
        window.ask = self.answers
        self.actions = 0

    def make_case(self) -> None:
        """Two dated scenes of one place, saved."""
        self.window.file_menu.new_case()
        self.settle()
        for day, (name, seed) in zip(DAYS, (("old", 0), ("new", 40)), strict=True):
            self.window.opener.open([str(write_scene(self.folder, name, seed))])
            self.settle()
            layer = next(one for one in self.window.session.document.layers.values() if one.name == name)
            self.window.panel_context.do(update_layer, layer.uuid, acquired_at=day, date_kind="instant")
        self.save_as(self.begin)

    def cycle(self) -> None:
        """Open, look, edit, undo, save, compare, lay a product out and write it, and open what was saved."""
        self.open(self.begin)
        self.look()
        self.edit()
        self.compare()
        self.product()
        self.save_as(self.folder / "work.gpkg")
        self.open(self.folder / "work.gpkg")
        assert len(self.window.session.document.sites) == MARKS - 1, "what was saved is what is opened"

    def open(self, case: Path) -> None:
        self.answers.to_open = [str(case)]
        before = self.window.session.document
        self.press_keys("Ctrl+O")
        self.wait(lambda: self.window.session.document is not before)
        self.settle()

    def save_as(self, case: Path) -> None:
        self.answers.to_write = case
        self.press_keys("Ctrl+Shift+S")
        self.settle()
        assert self.window.session.target == case
        assert not self.window.session.is_dirty

    def look(self) -> None:
        """Pan and zoom, and back."""
        self.window.views.show_bounds(PLACE, 0.0)
        self.settle()
        middle = self.canvas.rect().center()
        self.press_keys("H")
        for notches, way in ((2, QPoint(120, 60)), (-2, QPoint(-120, -60))):
            self.wheel(middle, notches)
            self.drag(middle, middle + way)
            self.settle()
            self.actions += 2

    def edit(self) -> None:
        """Marks with names; one is taken back, done again, and taken back."""
        middle = self.canvas.rect().center()
        for number in range(MARKS):
            self.press_keys("P")
            self.click(middle + QPoint(40 * number - 100, 20 * number - 60))
            self.settle()
            self.actions += 1
        before = len(self.window.session.document.sites)
        for keys in ("Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Z"):
            self.press_keys(keys)
            self.settle()
        assert len(self.window.session.document.sites) == before - 1

    def compare(self) -> None:
        """The two scenes: swiped, blinked, and let be."""
        self.press_keys("K")
        self.settle()
        assert self.window.comparisons.spec is not None
        for _ in range(2):
            self.press_keys("B")
            self.settle()
        self.press_keys("Esc")
        self.settle()
        assert self.window.comparisons.spec is None

    def product(self) -> None:
        """Laid out, written as a draft, closed."""
        self.press_keys("Ctrl+E")
        self.wait(lambda: bool(self.window.product_windows.windows))
        (shown,) = self.window.product_windows.windows
        self.wait(lambda: shown.is_idle)
        self.answers.to_write = self.folder / "page.png"
        self.answers.to_write.unlink(missing_ok=True)
        shown.fields.page_box.setCurrentText("1200x800")
        shown.fields.dpi_box.setValue(96)
        shown.choose_state("draft")
        self.wait(lambda: shown.is_idle)
        self.press(shown.export_button)
        self.wait(self.answers.to_write.exists)
        self.settle()
        self.wait(lambda: shown.is_idle)
        self.press(shown.close_button)
        self.settle()
        self.come_back()
        self.actions += 3

    def press_keys(self, keys: str) -> None:
        self.canvas.setFocus()
        self.keys(keys, self.canvas)
        self.actions += 1

    def standing(self) -> Standing:
        """Count, once all has come to rest and what is done with is gone.

        Freed memory that the allocator keeps is returned first, as the program does where the window rests.
        """
        self.settle()
        for _ in range(3):
            QApplication.sendPostedEvents(None, 0)
            QApplication.processEvents()
            gc.collect()
        give_back_freed()
        return Standing(_python_objects(), Counter(_qt_objects()), rss_mb())


def _python_objects() -> Counter[str]:
    """The class of each object that the collector knows. No other thread may run meanwhile: a tuple that it has not
    finished would be found too, and cannot be finished while it is held here.
    """
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)
    try:
        return Counter(_named(one) for one in gc.get_objects() if not _is_of_tests(one))
    finally:
        sys.setswitchinterval(interval)


def _is_of_tests(one: object) -> bool:
    """True for what is counted with, and for what pytest keeps of the words that Qt has said."""
    if type(one) is tuple:
        return bool(one) and type(one[0]) is Counter
    return type(one) in (Counter, Standing) or str(type(one).__module__).startswith(("pytestqt", "_pytest"))


def _named(one: object) -> str:
    """The name of its class; of a function, which may be made anew for each of thousands of uses, its own, and of a
    tuple the classes of what it holds: there are tens of thousands.
    """
    if isinstance(one, FunctionType):
        return sys.intern(f"function {one.__module__}.{one.__qualname__}")
    if type(one) is tuple:
        return sys.intern(f"tuple of {', '.join(type(part).__qualname__ for part in one[:MOST_PARTS])}")
    return sys.intern(f"{type(one).__module__}.{type(one).__qualname__}")


def _qt_objects() -> Iterator[str]:
    """The class of each object of Qt that hangs in a window or is one. Qt lists them itself: Python's wrapper of an
    object, once made, outlives it.
    """
    lines: list[str] = []
    tops = [top for top in QApplication.topLevelWidgets() if top.parent() is None]
    before = qInstallMessageHandler(lambda kind, where, text: lines.append(text))
    try:
        for top in tops:
            top.dumpObjectTree()
    finally:
        qInstallMessageHandler(before)
    return ("Qt " + line.split("::")[0].strip() for line in lines)


def write_scene(folder: Path, name: str, seed: int) -> Path:
    y, x = np.mgrid[0:256, 0:256]
    bands = np.stack((x + seed, y + seed, x + y + seed)).astype(np.uint8)
    return write_raster(folder / f"{name}.tif", bands, "EPSG:4326", PLACE)


def rss_mb() -> float:
    """Megabytes of this process in memory; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def wait(holds: Callable[[], bool]) -> None:
    """Let the event loop run until something holds."""
    loop, look = QEventLoop(), QTimer(interval=LOOK_MS, timerType=Qt.TimerType.PreciseTimer)
    until = time.monotonic() + WAIT_S
    look.timeout.connect(loop.quit)
    look.start()
    while not holds():
        assert time.monotonic() < until, "it does not come to rest"
        loop.exec()
    look.stop()


@contextmanager
def soaking(application: QApplication, folder: Path) -> Iterator[Soak]:
    """A window as the program makes it, with readers of its own."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    keep_freed_memory()
    pool = ReaderPool(workers=2)
    pool.start()
    dress(application, Settings(None))
    messages, settings, jobs, consent = Messages(), Settings.of_user(), Jobs(), Consent()
    settings.set("new_on_world", False)
    fetcher = Fetcher(cache_folder() / "tiles", consent)
    session = Session(jobs, messages, settings, sessions_folder())
    permissions = Permissions(consent, settings, messages)
    overviews = Overviews(pool, jobs, cache_folder() / "overviews")
    context = RenderContext(pool, fetcher, jobs, folders=permissions.folders, overviews=overviews, reads_ahead=True)
    window = MainWindow(session, context, permissions, messages, settings)
    MemoryWatch(window.compared, jobs, messages, window)
    MemoryRest(jobs, window.is_idle, window)
    collector = Collector(application)
    window.resize(*SIZE)
    window.show()
    window.activateWindow()
    wait(window.isActiveWindow)
    make_panels(window)
    try:
        yield Soak(window, folder)
    finally:
        sys.setswitchinterval(interval)
        window.product_windows.close_all()
        window.hide()
        window.compared.close()
        fetcher.close()
        jobs.shutdown()
        pool.close()
        session.shutdown(keep=False)
        collector.close()
        window.deleteLater()
