"""Passes calls from any thread to the window's thread: one long-lived receiver, never a lambda of a dying widget."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

TURN_BUDGET_S = 0.004
"""Most seconds for calls in one event-loop turn, before the window gets its turn."""

log = logging.getLogger(__name__)


class Mailbox(QObject):
    """Makes calls from any thread in the thread of this object, in order, a few milliseconds a turn.

    While it is held the calls wait: what they would change stays as it is for a job that reads it.
    """

    _rung = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._letters: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._ringing = False
        self._holders: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._rung.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Make `call(*arguments)` in the window's thread. Safe from any thread."""
        self._letters.append((call, arguments))
        self._ring()

    def is_empty(self) -> bool:
        return not self._letters

    @property
    def is_held(self) -> bool:
        return bool(self._holders)

    def hold(self, give_up: Callable[[], None]) -> None:
        """Hold all calls back until `release` (window's thread only).

        `give_up` is called when the calls are needed: the holder must then end soon. It may be called more than once.
        """
        self._holders.append(give_up)

    def release(self, give_up: Callable[[], None]) -> None:
        """End the hold that was begun with this `give_up`; calls go on once none is left."""
        self._holders.remove(give_up)
        if self._letters:
            self._ring()

    def ask_back(self) -> None:
        """Ask all who hold the calls to give up."""
        for give_up in tuple(self._holders):
            give_up()

    def deliver_all(self) -> None:
        """Make every waiting call now (window's thread only), for scripts and shutdown without an event loop."""
        while self._letters and not self._holders:
            call, arguments = self._letters.popleft()
            call(*arguments)

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            self._ringing = False
        end = time.perf_counter() + TURN_BUDGET_S
        try:
            while self._letters and not self._holders:
                call, arguments = self._letters.popleft()
                call(*arguments)
                if time.perf_counter() > end:
                    return
        finally:
            # Also after an exception: what is left must not wait for the next letter.
            if self._letters and not self._holders:
                self._ring()

    def _ring(self) -> None:
        with self._lock:
            if self._ringing:
                return
            self._ringing = True
        try:
            self._rung.emit()
        except RuntimeError:
            # Qt has deleted us: the program is ending and nobody is left to hear.
            log.debug("a letter came after the end of the window")
