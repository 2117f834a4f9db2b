"""A look at everything, asked for over and over."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from viewer.support.paced_look import PacedLook


def test_a_brief_look_is_taken_at_once_each_time() -> None:
    parent, looks = QObject(), []
    look = PacedLook(lambda: looks.append(1), parent)
    for _ in range(3):
        look.ask()
    assert len(looks) == 3
    assert not look.is_due


def test_many_that_ask_while_a_long_look_rests_get_one(qtbot: QtBot) -> None:
    parent, looks = QObject(), []

    def long_look() -> None:
        looks.append(1)
        time.sleep(0.02)

    look = PacedLook(long_look, parent)
    for _ in range(1000):
        look.ask()
    assert len(looks) == 1
    assert look.is_due
    qtbot.waitUntil(lambda: not look.is_due)
    assert len(looks) == 2


def test_what_asks_while_it_is_looked_at_is_looked_at_once_more(qtbot: QtBot) -> None:
    parent, looks = QObject(), []

    def looked() -> None:
        looks.append(1)
        if len(looks) < 3:
            look.ask()

    look = PacedLook(looked, parent)
    look.ask()
    qtbot.waitUntil(lambda: not look.is_due and len(looks) == 3)
