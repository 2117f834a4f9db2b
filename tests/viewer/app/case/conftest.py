"""Desks: sessions to work with, shut down when the test is over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

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
