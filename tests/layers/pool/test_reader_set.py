"""Readers that stand ready: when they come. Their supervisors start no process here."""

from __future__ import annotations

import threading

import pytest
from msgspec import Struct

from layers.pool import reader_set
from layers.pool.protocol import Profile
from layers.pool.reader_set import STANDING, ReaderSet


class Idle(Struct):
    """A supervisor that does nothing."""

    profile: Profile
    is_leaving: bool = False

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
