"""Runs Python's garbage collector in the window's thread only.

Otherwise it runs in whichever thread happens to allocate: it takes a Qt object apart beside the event loop that still
uses it, and where it undoes a connection it waits for the interpreter while it holds Qt's lock, and the window waits
for the lock while it holds the interpreter.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 100


class Collector(QObject):
    """Collects at turns of the event loop once Python's own thresholds are passed; younger generations more often."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self.look)
        self._clock.start()

    def close(self) -> None:
        """Restore Python's own collection, where it was on before."""
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
