"""Measures how long the event loop was away: a timer that ought to beat every two milliseconds.

On Linux two kinds of time count for nothing: the thread was ready and had to wait for a core, as other tests run
beside; or the machine is a guest and its host gave the core to somebody else.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 2
LOOKED_S = 0.02
"""Time between two looks at what the host took, as each costs the twentieth part of a millisecond."""
FREE_MS = 200.0
"""No gap of the event loop may be longer; a person notices what is."""
SCHEDULED = Path("/proc/thread-self/schedstat")
"""Nanoseconds on a core, nanoseconds of waiting for one, and turns."""
CORES = Path("/proc/stat")
"""A line a core: its name, and hundredths of a second by kind; the eighth number is what the host took."""


class Heartbeat(QObject):
    """A context manager; `longest_ms` and `beats` count from entering it."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._last, self._waited_s, self._looked_at = 0.0, 0.0, 0.0
        self._taken_s: list[float] = []

    @property
    def longest_ms(self) -> float:
        return max(self.gaps_ms, default=0.0)

    def __enter__(self) -> Self:
        self._last, self._waited_s = time.perf_counter(), waited_for_a_core_s()
        self._looked_at, self._taken_s = self._last, taken_by_the_host_s()
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        self._beat()

    def _beat(self) -> None:
        now, waited_s = time.perf_counter(), waited_for_a_core_s()
        gap_s = now - self._last - (waited_s - self._waited_s)
        if now - self._looked_at > LOOKED_S:
            taken_s = taken_by_the_host_s()
            from_a_core_s = max(
                (after - before for before, after in zip(self._taken_s, taken_s, strict=False)), default=0.0
            )
            gap_s = max(gap_s - from_a_core_s, 0.0)
            self._looked_at, self._taken_s = now, taken_s
        self.gaps_ms.append(1000 * gap_s)
        self._last, self._waited_s = now, waited_s


def waited_for_a_core_s() -> float:
    """Seconds that this thread was ready and did not run; 0 where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        return int(SCHEDULED.read_text().split()[1]) / 1e9
    return 0.0


def taken_by_the_host_s() -> list[float]:
    """Seconds that the host took from each core; none where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        cores = [line.split() for line in CORES.read_text().splitlines() if re.match(r"cpu\d", line)]
        return [int(core[8]) / os.sysconf("SC_CLK_TCK") for core in cores]
    return []
