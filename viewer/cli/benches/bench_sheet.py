"""Measures the sheet of observations in the real window, on 100 sites of a case and 50 dates."""

from __future__ import annotations

import time
from itertools import islice
from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from layers.document.edit import Edit
from layers.document.image import Image
from layers.document.observation import Observation
from viewer.app.window import MainWindow
from viewer.cli.benches.bench_view import spin_until
from viewer.commands.stamps import insert, stamp_of
from viewer.panels.observations.observation_sheet import ObservationSheet

SITES, DATES = 100, 50
STEPS = 120
"""Number of keys that are measured."""
NAP_S = 0.0001
LONGEST_S = 1.0
"""Longest wait for a painting: a key at the edge of the sheet paints nothing."""


def sheet_figures(window: MainWindow) -> dict[str, float]:
    """Milliseconds in which the sheet opens, and the 95th percentile of those in which a key moves in it."""
    document = window.session.document
    chosen = list(islice((uuid for uuid, site in document.sites.items() if site.is_site), SITES))
    window.session.push(_observed(chosen, window.session.actor))
    window.selection.set(chosen)
    panel = window.docks.observations.panel
    assert isinstance(panel, ObservationSheet)
    spin_until(window.is_idle)
    work = window.session.working_copy
    if work is not None:
        work.drain()  # a sheet is opened long after its rows were written, not beside it
    frames, start = _Paints(panel.view.viewport()), time.perf_counter()
    window.docks.show_panel("panel_observations")
    frames.wait()
    opened_ms = _ms_since(start)
    panel.view.setFocus()
    panel.view.begin()
    spin_until(lambda: window.is_idle() and not panel.cell_image.is_due)
    times = []
    for step in range(STEPS):
        key = Qt.Key.Key_Down if step % 4 == 3 else Qt.Key.Key_Right if step < STEPS / 2 else Qt.Key.Key_Left
        frames.count, start = 0, time.perf_counter()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(panel.view, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))
        frames.wait()
        times.append(_ms_since(start))
    window.docks.set_panel_visible("panel_observations", visible=False)
    window.session.undo()
    spin_until(window.is_idle)
    return {"sheet_open_ms": opened_ms, "sheet_key_p95_ms": sorted(times)[int(0.95 * (len(times) - 1))]}


def _observed(sites: list[str], observer: str) -> Edit:
    """Rows of an observer for these sites on images of many dates, as one edit."""
    stamp = stamp_of("bench", None)
    images = [
        Image(uuid=f"image {at}", image_key=f"bench {at}", acquired_at=f"{1970 + at}-07-01", date_kind="instant")
        for at in range(DATES)
    ]
    rows = [
        Observation(
            uuid=f"row {site} {image.uuid}",
            site_uuid=site,
            image_uuid=image.uuid,
            presence=("present", "absent", "cannot tell")[number % 3],
            why="cloud" if number % 3 == 2 else "",
            words="a short note on it" if number % 5 == 0 else "",
            observer=observer,
        )
        for site in sites
        for number, image in enumerate(images)
    ]
    changes = [insert("images", image, stamp) for image in images] + [
        insert("observations", row, stamp) for row in rows
    ]
    return Edit("Rows to be measured", tuple(changes))


class _Paints(QObject):
    """Counts the paintings of a widget."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False

    def wait(self) -> None:
        """Wait until the widget has been painted, and all events pending with it are done."""
        until = time.perf_counter() + LONGEST_S
        while not self.count and time.perf_counter() < until:
            QApplication.processEvents()
            time.sleep(NAP_S)


def _ms_since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 2)
