"""A supervisor, and a request that is given up before its reader is at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from layers.errors import GivenUp, ReaderCrashed
from layers.pool.known_probes import KnownProbes
from layers.pool.pool_grants import PoolGrants
from layers.pool.protocol import Answer, Profile, Request
from layers.pool.reader_process import ReaderDied, ReaderKilled, ReaderNotReady
from layers.pool.remote_files import RemoteFiles
from layers.pool.supervisor import Supervisor
from layers.readers.confinement.grants import NOTHING
from layers.requests.probe import Probe
from tests.support.readers.raw import raw


class Desk:
    """The pool as a supervisor sees it, with one request to hand out."""

    def __init__(self, request: Request) -> None:
        self.grants, self.known_probes, self.remote_files = PoolGrants(), KnownProbes(), RemoteFiles()
        self.is_closed = False
        self.waiting = [request]
        self.strikes = 0

    def next_request(self, supervisor: Supervisor, *, wait: bool = True) -> Request | None:
        return self.waiting.pop() if self.waiting else None

    def finished(self, request: Request) -> None:
        """Nobody waits for it."""

    def is_quarantined(self, key: str) -> bool:
        return False

    def strike(self, key: str, by: int) -> None:
        self.strikes += by


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

    def close(self) -> None:
        """There is no process."""


class Mortal(SlowStarter):
    """A reader that dies of one cause after the other, at its start or at its work, and then answers."""

    def __init__(self, *causes: type[ReaderDied]) -> None:
        super().__init__(lambda: None)
        self.causes, self.starts = list(causes), 0

    def start(self) -> None:
        self.starts += 1
        is_asked_for = self.starts > 1  # the first one is before any request
        if is_asked_for and self.causes and self.causes[0] is ReaderNotReady:
            raise self.causes.pop(0)

    def ask(self, *arguments: Any) -> Answer:
        if self.causes:
            raise self.causes.pop(0)
        return super().ask(*arguments)


def supervised(desk: Desk, reader: SlowStarter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a supervisor answer what the desk hands out, by this reader."""
    monkeypatch.setattr("layers.pool.supervisor.ReaderProcess", lambda _profile: reader)
    Supervisor(desk, Profile.LOCAL).run()


def test_what_is_given_up_while_a_reader_starts_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file may lie on a drive that is gone: the new reader would hang there until its deadline."""
    answers: list[object] = []
    desk = Desk(request := Request(raw("_echo", {}), answers.append))
    reader = SlowStarter(lambda: setattr(request, "is_given_up", not desk.waiting))
    supervised(desk, reader, monkeypatch)
    assert [type(answer) for answer in answers] == [GivenUp]
    assert reader.asked == 0


def test_the_files_of_what_was_given_up_before_are_granted_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that starts later would look at them first, and hang."""
    answers: list[object] = []
    request = Request(Probe("/gone/a.tif"), answers.append)
    request.is_given_up = True
    desk, reader = Desk(request), SlowStarter(lambda: None)
    supervised(desk, reader, monkeypatch)
    assert [type(answer) for answer in answers] == [GivenUp]
    assert not desk.grants.besides(NOTHING).opened
    assert reader.asked == 0


@pytest.mark.parametrize(
    ("causes", "words", "strikes"),
    [
        ((ReaderNotReady, ReaderNotReady), "a.tif could not be read just now: its reader did not start", 0),
        ((ReaderKilled, ReaderKilled), "a.tif could not be read just now: its reader was stopped", 2),
        ((ReaderDied, ReaderNotReady), "a.tif could not be read just now: its reader was stopped", 1),
        ((ReaderDied, ReaderDied), "a.tif crashed its reader twice: the file is probably damaged.", 2),
    ],
)
def test_a_file_is_called_damaged_only_where_readers_crash_at_it(
    causes: tuple[type[ReaderDied], ...], words: str, strikes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[object] = []
    desk = Desk(Request(Probe("/busy/a.tif"), answers.append, strike_key="/busy/a.tif"))
    supervised(desk, Mortal(*causes), monkeypatch)
    (answer,) = answers
    assert isinstance(answer, ReaderCrashed)
    assert answer.sentence.startswith(words)
    assert answer.sentence.endswith("Try again.") or "damaged" in words
    assert desk.strikes == strikes


@pytest.mark.parametrize("cause", [ReaderNotReady, ReaderKilled, ReaderDied])
def test_a_request_is_tried_once_more_after_a_reader_is_lost_and_nothing_is_held_against_its_file(
    cause: type[ReaderDied], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[object] = []
    desk = Desk(Request(raw("_echo", {"path": "/busy/a.tif"}), answers.append, strike_key="/busy/a.tif"))
    reader = Mortal(cause)
    supervised(desk, reader, monkeypatch)
    assert [type(answer) for answer in answers] == [Answer]
    assert (reader.asked, desk.strikes) == (1, 0)
