"""Acts when memory runs short: frees caches, says so once, and keeps room for a save.

It also gives memory that large work has freed back to the system: a page of a product leaves some hundred megabytes.
"""

from __future__ import annotations

import gc
import mmap
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPixmapCache

from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.support.jobs import Jobs
from viewer.support.memory import give_back_freed, resident_bytes
from viewer.support.messages import Messages

RESERVE_BYTES = 32 << 20
"""Memory reserved for the moment when there is none left: a save needs a few MB."""
CALM_MS = 10_000
KEY = "memory"
LOOK_MS = 15_000
MOST_MORE_BYTES = 32 << 20
"""Growth of the process at which freed memory is given back again.

Panning takes and frees less than this, and would need it again at once.
"""


class MemoryWatch(QObject):
    """Frees memory when it runs short. `ran_short` may be called in any thread; the rest runs in the window's."""

    def __init__(self, shown: ComparedScene, jobs: Jobs, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._shown, self._jobs, self._messages = shown, jobs, messages
        self._reserve = mmap.mmap(-1, RESERVE_BYTES)  # addresses only: nothing of it is in use
        self._calm = QTimer(self, singleShot=True, interval=CALM_MS)
        self._calm.timeout.connect(self._hold_back)
        jobs.ran_short.connect(self.give_back)

    @property
    def has_reserve(self) -> bool:
        return not self._reserve.closed

    def ran_short(self) -> None:
        """Free the reserve and all caches, as there was not enough memory for something."""
        self._reserve.close()
        self._jobs.mailbox.post(self.give_back)

    def give_back(self) -> None:
        """Free all caches that can be read or painted again."""
        self._reserve.close()
        self._shown.give_back()
        QPixmapCache.clear()
        gc.collect()
        sentence = self.tr("Memory is running low, so cached data were released. Save your work, then close layers.")
        self._messages.show(KEY, sentence, "warning", about="program")
        self._calm.start()

    def _hold_back(self) -> None:
        """Take a new reserve as soon as there is memory for it."""
        try:
            self._reserve = mmap.mmap(-1, RESERVE_BYTES)
        except OSError:
            self._calm.start()


class MemoryRest(QObject):
    """Gives freed memory back to the system now and then, while the window `is_idle`."""

    def __init__(self, jobs: Jobs, is_idle: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._is_idle = jobs, is_idle
        self._least = 0
        """Bytes in memory after memory was last given back."""
        self._clock = QTimer(self, interval=LOOK_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()

    def look(self) -> None:
        """Give freed memory back to the system, in a job, where enough may have gathered."""
        if self._is_idle() and resident_bytes() > self._least + MOST_MORE_BYTES:
            self._jobs.run(lambda _: give_back_freed(), lambda _: self._note())

    def _note(self) -> None:
        self._least = resident_bytes()
