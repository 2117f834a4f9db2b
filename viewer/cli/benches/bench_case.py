"""Measures work on a case in the real window: draw, select, edit, undo, search, pan, and the growth of memory.

Everything is delivered as events to the window, offscreen, and a measurement ends when the frame that shows the change
has been painted and the event loop is free again.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, override

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from viewer.app.case.permission import Permissions
from viewer.app.case.session import Session
from viewer.app.program import dress
from viewer.app.window import MainWindow
from viewer.cli.benches.bench_find import find_figures
from viewer.cli.benches.bench_sheet import sheet_figures
from viewer.cli.benches.bench_view import pss_kb, refuse_undrawn, spin_until
from viewer.cli.terminal.reading import case_file
from viewer.commands.sites import update_site
from viewer.network.consent import Consent
from viewer.panels.search.finder import Finder
from viewer.panels.search.palette import CommandPalette
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.rendering.context import RenderContext
from viewer.support.collector import Collector
from viewer.support.jobs import Jobs
from viewer.support.memory import keep_freed_memory
from viewer.support.messages import Messages
from viewer.support.qt_application import make_application
from viewer.support.settings import Settings
from viewer.tools.toolbox import FIRST_TOOL

ROUNDS = 21
EDITS = 10_000
SIZE = (1366, 768)
WORKING = 1 / 20
"""Part of the sites' extent that is in view, as in ordinary work."""
DRAG_STEPS, DRAG_PX = 40, 7
TURN = 500
"""Edits between two turns of the event loop while memory is measured."""
EDGE_PX, TOP_PX = 60, 140
"""Margins of the map in logical pixels, where the compass and the lines of messages may cover it."""
SWITCH_INTERVAL_S = 0.0005
NAP_S = 0.0001
"""Seconds between two checks for a painted frame, in which other threads run."""

type Figures = dict[str, Any]


def measure_case(case: str, edits: int = EDITS) -> Figures:
    """The figures of `bench case --json`. The case itself is only read."""
    path = case_file(case)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    keep_freed_memory()
    with TemporaryDirectory() as folder, real_window(Path(folder)) as window:
        opened_ms = _open(window, path)
        if not window.session.document.sites:
            raise InvalidValue("{path} has no sites: there is nothing to measure.", path=path)
        bench = _Bench(window)
        return {"sites": len(window.session.document.sites), "open_ms": opened_ms, **bench.run(edits)}


@contextmanager
def real_window(folder: Path) -> Iterator[MainWindow]:
    """Open the program's window with its own readers; its settings and data are kept in `folder`."""
    pool = ReaderPool(workers=2)
    pool.start()
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else make_application(QApplication, pool.close)
    settings, jobs, messages, collector = Settings(None), Jobs(), Messages(), Collector()
    dress(application, settings)
    session = Session(jobs, messages, settings, folder / "sessions")
    permissions = Permissions(Consent(), settings, messages)
    context = RenderContext(pool, None, jobs, consent=permissions.consent, folders=permissions.folders)
    window = MainWindow(session, context, permissions, messages, settings)
    window.resize(*SIZE)
    window.show()
    try:
        yield window
    finally:
        window.hide()
        window.compared.close()
        jobs.shutdown()
        pool.close()
        session.shutdown(keep=False)
        collector.close()
        window.deleteLater()
        application.processEvents()


def _open(window: MainWindow, path: Path) -> float:
    start = time.perf_counter()
    window.opener.open([str(path)])
    spin_until(lambda: window.session.is_begun and window.is_idle())
    opened_ms = _ms(start)
    window.docks.warm_up(window.context.jobs)
    spin_until(lambda: not window.docks.waiting())
    spin_until(window.is_idle)
    refuse_undrawn(window.scene)
    gc.freeze()
    return opened_ms


class _Frames(QObject):
    """Counts the frames of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False


class _Bench:
    def __init__(self, window: MainWindow) -> None:
        self._window, self._canvas = window, window.canvas
        self._frames = _Frames(window.canvas)
        self._document = window.session.document

    def run(self, edits: int) -> Figures:
        extent = self._canvas.scene.marks.bounds(frozenset(self._document.sites))
        if extent is None:
            raise InvalidValue("No site of the case has a place on the map: there is nothing to measure.")
        times = self._work(_part(extent, WORKING))
        all_in_view = self._work(_part(extent, 1.0))
        times["search_ms"] = self._search()
        self._show(_part(extent, WORKING))
        pans = sorted(self._pan())
        figures: Figures = {key: round(median(values), 1) for key, values in times.items()}
        figures |= sheet_figures(self._window)
        figures |= find_figures(self._window)
        figures["pan_p95_ms"] = round(pans[int(0.95 * (len(pans) - 1))], 1)
        figures["growth_mb"] = round(self._growth(edits), 1)
        figures["least"] = {key: round(min(values), 1) for key, values in {**times, "pan_ms": pans}.items()}
        figures["all_in_view"] = {key: round(median(values), 1) for key, values in all_in_view.items()}
        return figures

    def _work(self, where: Bounds) -> dict[str, list[float]]:
        self._show(where)
        return {
            "draw_ms": self._draw(),
            "select_ms": self._select(),
            "edit_ms": self._edit(),
            "undo_ms": self._undo(),
        }

    # -- events -------------------------------------------------------------------------------------------------

    def _timed(self, act: Callable[[], object]) -> float:
        """Milliseconds until the result of `act` has been painted on the map, and the event loop is free."""
        frames, start = self._frames.count, time.perf_counter()
        act()
        self._until_painted(frames)
        took = _ms(start)
        self._settle()
        return took

    def _until_painted(self, frames: int) -> None:
        """Wait until another frame has been painted, and all events pending with it are done.

        It polls rather than wait for the next event, as the wait for a timer of 10 ms would count as work.
        """
        while self._frames.count <= frames:
            QApplication.processEvents()
            time.sleep(NAP_S)

    def _settle(self) -> None:
        spin_until(self._window.is_idle)

    def _show(self, where: Bounds) -> None:
        self._window.views.show_bounds(where, 0.0)
        self._settle()

    def _click(self, at: QPoint) -> None:
        left = Qt.MouseButton.LeftButton
        _mouse(self._canvas, QEvent.Type.MouseButtonPress, at, left, left)
        _mouse(self._canvas, QEvent.Type.MouseButtonRelease, at, left, Qt.MouseButton.NoButton)

    # -- the measurements ---------------------------------------------------------------------------------------

    def _draw(self) -> list[float]:
        """Milliseconds for points drawn by clicks with the drawing tool."""
        self._window.toolbox.keep("tool_point")
        times = [self._timed(partial(self._click, at)) for at in self._grid()]
        self._window.toolbox.take(FIRST_TOOL)
        self._settle()
        return times

    def _select(self) -> list[float]:
        """Milliseconds for sites selected by clicks, one after the other."""
        self._window.selection.clear()
        self._settle()
        return [self._timed(partial(self._click, at)) for at in self._sites_in_view()]

    def _edit(self) -> list[float]:
        """Milliseconds for a letter added to the label in the form, with Enter."""
        times = []
        for at in self._sites_in_view():
            self._click(at)
            self._settle()
            form = self._window.findChild(SiteFormPanel)
            assert form is not None
            label = form.fields.fields["label"]
            assert isinstance(label, QLineEdit)
            label.setFocus()
            label.end(False)
            _key(label, Qt.Key.Key_X, "x")
            self._settle()
            times.append(self._timed(partial(_key, label, Qt.Key.Key_Return)))
        return times

    def _undo(self) -> list[float]:
        undo = self._window.action_table["undo"]
        return [self._timed(undo.trigger) for _ in range(ROUNDS)]

    def _search(self) -> list[float]:
        """Milliseconds from the last letter of a search to the list of its hits."""
        self._window.action_table["palette"].trigger()
        palette = self._window.findChildren(CommandPalette)[-1]
        line, finder = palette.findChild(QLineEdit), palette.findChild(Finder)
        assert line is not None
        assert finder is not None
        answers: list[object] = []
        finder.found.connect(lambda hits, problems: answers.append(hits))
        names = [site.label for site in self._document.sites.values() if site.label]
        times = []
        for name in names[:: max(1, len(names) // ROUNDS)][:ROUNDS]:
            count, start = len(answers), time.perf_counter()
            line.setText(name)
            spin_until(lambda count=count: len(answers) > count)  # type: ignore[misc]
            times.append(_ms(start))
        palette.close()
        self._settle()
        return times or [0.0]

    def _pan(self) -> list[float]:
        """Milliseconds of the frames of a drag of the map, there and back."""
        times = []
        middle, button = self._canvas.rect().center(), Qt.MouseButton.MiddleButton
        _mouse(self._canvas, QEvent.Type.MouseButtonPress, middle, button, button)
        for step in range(1, 2 * DRAG_STEPS):  # a step of no way shows nothing else
            at = middle + QPoint(DRAG_PX * (step if step < DRAG_STEPS else 2 * DRAG_STEPS - step), 0)
            frames, start = self._frames.count, time.perf_counter()
            _mouse(self._canvas, QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, button)
            self._until_painted(frames)
            times.append(_ms(start))
        _mouse(self._canvas, QEvent.Type.MouseButtonRelease, middle, button, Qt.MouseButton.NoButton)
        self._settle()
        return times[1:]  # the first is the slop before a drag begins

    def _growth(self, edits: int) -> float:
        """Megabytes by which the window's process has grown after edits, and as many undos."""
        session = self._window.session
        uuids = list(self._document.sites)
        self._edit_many(uuids, min(edits, TURN), "warm")
        before = self._memory_kb()
        self._edit_many(uuids, edits, "bench")
        for turn in range(edits):
            session.undo()
            if turn % TURN == 0:
                self._settle()
        self._settle()
        return (self._memory_kb() - before) / 1024

    def _edit_many(self, uuids: list[str], edits: int, word: str) -> None:
        session = self._window.session
        for turn in range(edits):
            site = self._document.sites[uuids[turn * 37 % len(uuids)]]
            session.push(update_site(self._document, site.uuid, actor="bench", notes=f"{word} {turn}"))
            if turn % TURN == 0:
                self._settle()
        self._settle()

    def _memory_kb(self) -> int:
        gc.collect()
        self._settle()
        return pss_kb(os.getpid())

    # -- places -------------------------------------------------------------------------------------------------

    def _grid(self) -> list[QPoint]:
        """Places spread over the map."""
        width, height = self._canvas.width(), self._canvas.height()
        spread = [(0.13 + 0.618034 * turn) % 0.7 + 0.1 for turn in range(ROUNDS)]
        return [QPoint(round(width * x), round(height * (0.2 + 0.6 * turn / ROUNDS))) for turn, x in enumerate(spread)]

    def _sites_in_view(self) -> list[QPoint]:
        """Places of points that a click hits, in logical pixels, spread over the map."""
        view = self._canvas.viewport.view()
        frame = self._canvas.scene.marks.frames(view)[0]
        inside = np.flatnonzero(
            (frame.px > EDGE_PX)
            & (frame.px < view.width - EDGE_PX)
            & (frame.py > TOP_PX)
            & (frame.py < view.height - TOP_PX)
        )
        if not len(inside):
            raise InvalidValue("No point of the case is in the middle of its sites: there is nothing to click on.")
        chosen = inside[np.linspace(0, len(inside) - 1, ROUNDS).astype(int)]
        return [QPoint(round(frame.px[at] / view.ratio), round(frame.py[at] / view.ratio)) for at in chosen]


def _part(extent: Bounds, share: float) -> Bounds:
    return extent.scaled(share)


def _mouse(widget: QWidget, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    everywhere = QPointF(widget.mapToGlobal(at))
    QApplication.sendEvent(
        widget, QMouseEvent(kind, QPointF(at), everywhere, button, held, Qt.KeyboardModifier.NoModifier)
    )


def _key(widget: QWidget, key: Qt.Key, text: str = "") -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))


def _ms(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 2)
