"""Limits how often all things are looked at when each of them may change."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

REST = 9
"""Rest after a look, as a multiple of its length: several kinds of looks share the window's time."""
BRIEF_S = 0.001
"""Longest look in seconds that needs no rest."""


class PacedLook(QObject):
    """Looks at once when asked, but for a limited part of the time.

    Thousands of changes one after the other, each with a look at all things, would cost time quadratic in their number.
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
        """True while a look is still to come."""
        return self._later.isActive()

    def stop(self) -> None:
        """Cancel a look that is due; a later call of `ask` starts again."""
        self._later.stop()

    def ask(self, *_: object) -> None:
        """Look now, or after the rest, once for all calls meanwhile. Called when something has changed."""
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
