"""Readers that stand ready: when they come. Their supervisors start no process here."""

from __future__ import annotations

import threading

import pytest
from msgspec import Struct

from layers.pool import reader_set
from layers.pool.protocol import Profile
from layers.pool.reader_set import STANDING, ReaderSet


class Idle(Struct, eq=False):
    """A supervisor that does nothing."""

    profile: Profile
    is_leaving: bool = False
    is_unasked: bool = True

    def start(self) -> None:
        """There is nothing to start."""

    def is_alive(self) -> bool:
        return not self.is_leaving


def test_while_the_window_starts_one_of_each_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = threading.Event()
    monkeypatch.setattr(reader_set, "OTHERS_AFTER_S", 0.05)
    state = threading.Condition()
    readers = ReaderSet(state, 2, Idle)
    try:
        with state:  # the others have to wait for it
            readers.start(Profile.LOCAL)
            readers.ask(Profile.FEATURES)
            assert [len(readers.of(profile)) for profile in STANDING] == [1, 1]
        for _ in range(1000):
            if len(readers.of(Profile.FEATURES)) == 2:
                break
            moment.wait(0.01)
        else:
            pytest.fail("nobody else came")
    finally:
        readers.close()


@pytest.mark.parametrize(("asked", "turned"), [(0, 2), (1, 1), (2, 0)])
def test_files_on_hosts_are_read_by_processes_that_wait_for_a_first_request(
    monkeypatch: pytest.MonkeyPatch, asked: int, turned: int
) -> None:
    monkeypatch.setattr(reader_set, "OTHERS_AFTER_S", 0.05)
    moment, readers = threading.Event(), ReaderSet(threading.Condition(), 2, Idle)
    try:
        readers.expect()
        waiting = readers.of(Profile.LOCAL)
        for supervisor in waiting[:asked]:
            supervisor.is_unasked = False
        readers.ask(Profile.REMOTE)
        assert len([supervisor for supervisor in readers.of(Profile.REMOTE) if supervisor in waiting]) == turned
        assert len(readers.of(Profile.REMOTE)) == 2
        for _ in range(1000):
            if len(readers.of(Profile.LOCAL)) == 2:
                break
            moment.wait(0.01)
        else:
            pytest.fail("files of this computer have no readers any more")
    finally:
        readers.close()


def test_a_host_named_while_the_window_starts_has_all_readers_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_set, "OTHERS_AFTER_S", 0.05)
    moment, readers = threading.Event(), ReaderSet(threading.Condition(), 2, Idle)
    try:
        readers.start(Profile.LOCAL)
        readers.ask(Profile.REMOTE)
        for _ in range(1000):
            if all(len(readers.of(profile)) == 2 for profile in (Profile.LOCAL, Profile.REMOTE)):
                break
            moment.wait(0.01)
        else:
            pytest.fail("nobody else came")
    finally:
        readers.close()
