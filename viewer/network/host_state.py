"""The state of one server: whether it may be asked now, its running requests, and its sentence for the analyst."""

from __future__ import annotations

import math
from collections import deque
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, field

from layers.services.tile_service import MOST_CONNECTIONS
from viewer.network.secrets import Secret

ERRORS_TO_PAUSE = 5
MOST_GAPS = 300
"""Most refusals in a row that are taken for tiles that a server does not have."""
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 300.0


class Waiting(Protocol):
    """A fetch that waits for its turn."""

    has_turn: bool

    def start(self) -> None:
        """Send the request."""

    def tick(self, now: float) -> None:
        """Check whether a limit has passed, or a pause has ended."""


class HostReach(StrEnum):
    """Ways in which a host is reached or not."""

    REACHED = "reached"
    UNREACHABLE = "unreachable"
    """Lack of any answer from this host; others may answer."""
    NO_NETWORK = "no network"
    """Its name was not found, or the proxy lets nothing through."""
    OFFLINE = "offline"
    """Offline mode, by the analyst's choice."""

    @property
    def is_cut_off(self) -> bool:
        """True where only what is stored of the host can be shown."""
        return self is not HostReach.REACHED


class HostState(Struct, eq=False):
    """The circuit breaker of one host. Times are monotonic seconds; `sentence` is empty while all is well."""

    host: str
    sentence: str = ""
    paused_until: float = 0.0
    ask_again_at: float = 0.0
    """Time from which tiles that failed by themselves may be requested again; 0 without any."""
    busy_until: float = 0.0
    """Time until which a host wants to be left alone that is busy, and well otherwise; 0 for any other host."""
    reach: HostReach = HostReach.REACHED
    """Another than reached where nothing came from the host at all: the network fails rather than the server."""
    wants_login: bool = False
    """True where the host lets nobody in without a login, or not with the one that it was shown."""
    proven: Secret | None = None
    """The login with which it was last let in."""
    most_at_once: int = MOST_CONNECTIONS
    """Most requests under way that the terms of its services allow."""
    in_flight: int = 0
    waiting: deque[Waiting] = field(default_factory=deque)
    has_given_tile: bool = False
    _gaps: int = 0
    _errors: int = 0
    _pauses: int = 0

    def is_paused(self, now: float) -> bool:
        return now < self.paused_until

    def ends(self, now: float) -> list[float]:
        """The future times at which the host is worth asking again."""
        return [end for end in (self.paused_until, self.ask_again_at) if now < end < math.inf]

    def take_ready(self, now: float) -> bool:
        """True, once, when such a time has passed."""
        passed = [end for end in (self.paused_until, self.ask_again_at) if 0.0 < end <= now]
        if self.paused_until <= now:
            self.paused_until = 0.0
        if self.ask_again_at <= now:
            self.ask_again_at = 0.0
        return bool(passed)

    def tile_came(self) -> None:
        """Note that it has given a tile."""
        self.has_given_tile, self._gaps = True, 0

    def is_gap(self) -> bool:
        """True for a refusal of one tile by a server that gives others: it is how some say that they have none there.

        Many in a row without a tile are a refusal after all.
        """
        self._gaps += 1
        return self.has_given_tile and self._gaps <= MOST_GAPS

    def succeeded(self) -> None:
        self._errors = self._pauses = 0
        self.paused_until = self.busy_until = 0.0
        self.sentence = ""
        self.reach, self.wants_login = HostReach.REACHED, False

    def failed(self, sentence: str, now: float, at_once: bool = False, reach: HostReach = HostReach.REACHED) -> None:
        """Count an error; after enough in a row (or `at_once`) the host is paused, longer each time."""
        self._errors += 1
        self.reach = reach
        if self.is_paused(now) or not (at_once or self._errors >= ERRORS_TO_PAUSE or self._pauses):
            return
        self.pause(sentence, min(FIRST_PAUSE_S * 2**self._pauses, LONGEST_PAUSE_S), now)
        self._pauses += 1

    def shut_out(self, sentence: str) -> None:
        """Pause the host until somebody asks for it."""
        self.sentence, self.paused_until, self.busy_until = sentence, math.inf, 0.0
        self._errors = 0

    def pause(self, sentence: str, seconds: float, now: float, is_busy: bool = False) -> None:
        """Pause the host for that long (at most five minutes)."""
        self.sentence = sentence
        self.paused_until = max(self.paused_until, now + min(max(seconds, 1.0), LONGEST_PAUSE_S))
        self.busy_until = self.paused_until if is_busy else 0.0
        self._errors = 0
