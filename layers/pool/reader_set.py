"""Starts and ends the supervisors of a pool; keeps some for imagery and for features ready until they are needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from layers.pool.protocol import Profile

if TYPE_CHECKING:
    from layers.pool.supervisor import Supervisor

OTHERS_AFTER_S = 1.6
"""Seconds until the other readers start. By then a case is on the screen; before, they would take a core from the
window and from the first reader.
"""
SPARE_S = 0.005
"""Seconds of work after which idle readers of unused profiles end: the busy ones need their core."""
EXPECTED_S = 60.0
STANDING = (Profile.LOCAL, Profile.FEATURES)
"""Profiles with readers before anything is asked, `workers` of each; readers of others start with a first request."""
SEVERAL = (*STANDING, Profile.REMOTE)
"""Profiles with `workers` readers: of files on hosts too, as each waits for the network for most of its time."""


ALIKE = {Profile.REMOTE: Profile.LOCAL}
"""Profile whose processes may be used by another one until they are asked something: they have loaded the same."""


class ReaderSet:
    """The supervisors of a pool. Thread-safe by the pool's own condition, which also reports those that leave."""

    def __init__(self, state: threading.Condition, workers: int, make: Callable[[Profile], Supervisor]) -> None:
        self.supervisors: list[Supervisor] = []
        self._state, self._workers, self._make = state, workers, make
        self._profiles: set[Profile] = set()
        self._kept_until = 0.0
        self._timers: dict[str, threading.Timer] = {}
        self._is_starting = self._closed = False

    def of(self, profile: Profile) -> list[Supervisor]:
        """Supervisors of a profile, without those that are leaving."""
        return [s for s in self.supervisors if s.profile is profile and not s.is_leaving]

    def start(self, first: Profile) -> None:
        """Start one of `first` now, the others when the window does not need their core any more."""
        with self._state:
            self._is_starting = True
            self._add(first, 1)
            self._call_later("others", OTHERS_AFTER_S, self._start_others)

    def ask(self, profile: Profile) -> None:
        """Have readers for a profile, as there is work for it, and end those that are of no use."""
        with self._state:
            self._fill(profile)
            if profile in STANDING:
                self._profiles.add(profile)
                if self._spares() and "spares" not in self._timers:
                    self._call_later("spares", SPARE_S, self._let_spares_go)

    def expect(self) -> None:
        """Have all readers of the program's start again, for a while."""
        self.keep_all(EXPECTED_S)
        with self._state:
            for profile in STANDING:
                self._fill(profile)

    def keep_all(self, seconds: float) -> None:
        """Keep all readers running for at least so many seconds."""
        with self._state:
            self._kept_until = max(self._kept_until, time.monotonic() + seconds)

    def close(self) -> list[Supervisor]:
        """Refuse new readers from now on; return those that are running."""
        with self._state:
            self._closed = True
            for timer in self._timers.values():
                timer.cancel()
            return list(self.supervisors)

    # --- with the state held

    def _fill(self, profile: Profile) -> None:
        if not self.of(profile):
            count = self._workers if profile in SEVERAL and not self._is_starting else 1
            self._add(profile, count - self._turn(profile, count))

    def _turn(self, profile: Profile, count: int) -> int:
        """Let processes that wait for their first request of a profile work for one alike; the number of them.

        To start others takes as long as all of a first picture. The first profile gets new ones later.
        """
        free = [s for s in self.of(ALIKE[profile]) if s.is_unasked] if profile in ALIKE else []
        for supervisor in free[:count]:
            supervisor.profile = profile
        if free and "refill" not in self._timers:
            self._call_later("refill", OTHERS_AFTER_S, self._refill)
        return len(free[:count])

    def _add(self, profile: Profile, count: int) -> None:
        for _ in range(0 if self._closed else count):
            supervisor = self._make(profile)
            self.supervisors.append(supervisor)
            supervisor.start()

    def _spares(self) -> list[Supervisor]:
        return [s for profile in STANDING if profile not in self._profiles for s in self.of(profile)]

    def _call_later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        if not self._closed:
            timer = self._timers[name] = threading.Timer(seconds, call)
            timer.daemon = True
            timer.start()

    # --- by the timers

    def _start_others(self) -> None:
        with self._state:
            self._is_starting = False
            profiles = [profile for profile in STANDING if profile in self._profiles]
            for profile in (*(profiles or STANDING), *filter(self.of, ALIKE)):
                self._add(profile, self._workers - len(self.of(profile)))

    def _refill(self) -> None:
        with self._state:
            self._timers.pop("refill", None)
            if not self._is_starting:  # else the others come by themselves
                for profile in set(ALIKE.values()):
                    self._add(profile, self._workers - len(self.of(profile)))

    def _let_spares_go(self) -> None:
        with self._state:
            self._timers.pop("spares", None)
            kept_s = self._kept_until - time.monotonic()
            if kept_s > 0:
                self._call_later("spares", kept_s, self._let_spares_go)
                return
            for supervisor in self._spares():
                supervisor.is_leaving = True
            self.supervisors = [s for s in self.supervisors if s.is_alive()]
            self._state.notify_all()
