"""Desks: sessions to work with, shut down when the test is over."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from layers.project.storage.fsops import FileSystem
from tests.support.sessions import Desk


@pytest.fixture
def desks(qtbot: QtBot) -> Iterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for desk in made:
        desk.jobs.shutdown()
        desk.session.shutdown(keep=False)


@pytest.fixture
def desk(desks: list[Desk]) -> Desk:
    desks.append(Desk())
    return desks[0]


@pytest.fixture
def other(desks: list[Desk], desk: Desk) -> Desk:
    desks.append(Desk())
    return desks[1]


@pytest.fixture
def full_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """No room where working copies are kept."""
    make = FileSystem.mkdir

    def mkdir(self: FileSystem, folder: Path, mode: int = 0o777) -> None:
        if "sessions" in folder.parts:
            raise OSError(errno.ENOSPC, "No space left on device")
        make(self, folder, mode)

    monkeypatch.setattr(FileSystem, "mkdir", mkdir)
