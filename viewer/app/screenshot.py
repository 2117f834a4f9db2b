"""Writes a picture of the real window once everything in it is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from layers.errors import GeoloupeError
from viewer.export.image import save_image

POLL_MS = 5
LONGEST_S = 120.0
QUIET_ROUNDS = 3
"""Number of successive checks that must find everything idle: work about to begin shows in the next one."""


class Screenshot(QObject):
    """Waits until `is_idle`, then writes `path`. `finished` gets one sentence, empty where all went well.

    Nothing is written where `failures` holds a sentence by then: a picture that lacks a requested part misleads.
    """

    def __init__(
        self,
        window: QWidget,
        is_idle: Callable[[], bool],
        path: Path,
        finished: Callable[[str], None],
        failures: Sequence[str] = (),
    ) -> None:
        super().__init__(window)
        self._failures = failures
        self._window, self._is_idle, self._path, self._finished = window, is_idle, path, finished
        self._started, self._quiet = time.monotonic(), 0
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        self._timer.start()

    def _look(self) -> None:
        self._quiet = self._quiet + 1 if self._is_idle() else 0
        is_late = time.monotonic() - self._started > LONGEST_S
        if self._quiet < QUIET_ROUNDS and not is_late:
            return
        self._timer.stop()
        problem = self._write()
        if not problem and is_late:
            problem = f"The map was not complete after {LONGEST_S:.0f} s; {self._path} shows what there was."
        self._finished(problem)

    def _write(self) -> str:
        if self._failures:
            return ""
        image = self._window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)  # opaque: a quarter less
        try:
            save_image(image, self._path)
        except GeoloupeError as error:
            return error.sentence
        return ""
