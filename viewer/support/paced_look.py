"""Limits the share of time spent on a check that is requested at every change."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

REST = 9
"""Rest after a check, as a multiple of its duration: several kinds of checks share the window's time."""
BRIEF_S = 0.001
"""Longest check, in seconds, that needs no rest."""


class PacedLook(QObject):
    """Calls `look`, a check of all things, at once when requested, but rests after it in proportion to its duration.

    With a full check for each of thousands of successive changes the time would be quadratic in their number.
    """

    def __init__(self, look: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._rests_until = 0.0
        self._is_looking = False
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._look_now)

    @property
    def is_due(self) -> bool:
        """True while a check is scheduled."""
        return self._later.isActive()

    def stop(self) -> None:
        """Cancel the scheduled check; a later `ask` schedules another."""
        self._later.stop()

    def ask(self, *_: object) -> None:
        """Request a check, as something has changed: now, or once after the rest for all requests meanwhile."""
        if self._later.isActive():
            return
        rest_s = self._rests_until - time.monotonic()
        if self._is_looking or rest_s > 0:
            self._later.start(max(0, math.ceil(rest_s * 1000)))
        else:
            self._look_now()

    def _look_now(self) -> None:
        self._is_looking = True
        began = time.monotonic()
        try:
            self._look()
        finally:
            self._is_looking = False
            ended = time.monotonic()
            took_s = ended - began
            self._rests_until = ended + REST * took_s if took_s > BRIEF_S else ended
