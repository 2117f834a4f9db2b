"""A supervisor, and a request that is given up before its reader is at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layers.errors import GivenUp
from layers.pool.known_probes import KnownProbes
from layers.pool.pool_grants import PoolGrants
from layers.pool.protocol import Answer, Profile, Request
from layers.pool.supervisor import Supervisor
from layers.readers.confinement.grants import NOTHING
from layers.requests.probe import Probe
from tests.support.readers.raw import raw


class Desk:
    """The pool as a supervisor sees it."""

    def __init__(self) -> None:
        self.grants, self.known_probes = PoolGrants(), KnownProbes()
        self.is_closed = False

    def is_quarantined(self, key: str) -> bool:
        return False


class SlowStarter:
    """A reader in whose start something happens; it notes what it is asked."""

    holds, is_ready = None, True

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._meanwhile, self.asked = meanwhile, 0

    def start(self) -> None:
        self._meanwhile()

    def ask(self, *_: Any) -> Answer:
        self.asked += 1
        return Answer({})


def test_what_is_given_up_while_a_reader_starts_is_not_asked() -> None:
    """Its file may lie on a drive that is gone: the new reader would hang there until its deadline."""
    request = Request(raw("_echo", {}), lambda _: None)
    reader = SlowStarter(lambda: setattr(request, "is_given_up", True))
    answer = Supervisor(Desk(), Profile.LOCAL)._answer(request, reader, lambda: None)
    assert isinstance(answer, GivenUp)
    assert reader.asked == 0


def test_the_files_of_what_was_given_up_before_are_granted_to_nobody() -> None:
    """A process that starts later would look at them first, and hang."""
    desk, reader = Desk(), SlowStarter(lambda: None)
    request = Request(Probe("/gone/a.tif"), lambda _: None)
    request.is_given_up = True
    assert isinstance(Supervisor(desk, Profile.LOCAL)._answer(request, reader, lambda: None), GivenUp)
    assert not desk.grants.besides(NOTHING).opened
    assert reader.asked == 0
