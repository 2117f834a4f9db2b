"""Python's garbage collector, in the window's thread only.

Left to itself it runs in whichever thread happens to allocate: a Qt object it finds there is taken apart beside the
event loop that still uses it, and a connection it undoes there waits for the interpreter with Qt's lock in its hand,
while the window waits for the lock with the interpreter in its own.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 100


class Collector(QObject):
    """Collects at turns of the event loop once Python's own thresholds are passed; the younger, the more often."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()

    def close(self) -> None:
        """Leave it to Python again, where it was left to it before."""
        self._clock.stop()
        if self._was_enabled:
            gc.enable()
        self.deleteLater()

    def look(self) -> None:
        """Collect the oldest generation that is due."""
        limits = [limit or 10 for limit in gc.get_threshold()]  # where Python decides by itself, it says 0
        due = [generation for generation, count in enumerate(gc.get_count()) if count > limits[generation]]
        if due:
            gc.collect(due[-1])
