"""Measures how long the event loop was away: a timer that ought to beat every two milliseconds.

On Linux the time that the thread was ready and had to wait for a core counts for nothing: other tests run beside.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 2
FREE_MS = 200.0
"""No gap of the event loop may be longer; a person notices what is."""
SCHEDULED = Path("/proc/thread-self/schedstat")
"""Nanoseconds on a core, nanoseconds of waiting for one, and turns."""


class Heartbeat(QObject):
    """A context manager; `longest_ms` and `beats` count from entering it."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._last, self._waited_s = 0.0, 0.0

    @property
    def longest_ms(self) -> float:
        return max(self.gaps_ms, default=0.0)

    def __enter__(self) -> Self:
        self._last, self._waited_s = time.perf_counter(), waited_for_a_core_s()
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        self._beat()

    def _beat(self) -> None:
        now, waited_s = time.perf_counter(), waited_for_a_core_s()
        self.gaps_ms.append(1000 * (now - self._last - (waited_s - self._waited_s)))
        self._last, self._waited_s = now, waited_s


def waited_for_a_core_s() -> float:
    """Seconds that this thread was ready and did not run; 0 where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        return int(SCHEDULED.read_text().split()[1]) / 1e9
    return 0.0
