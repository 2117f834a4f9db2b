"""The message line: newest first, counted, done about, dismissed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viewer.panels.shell.message_bar import MessageBar
from viewer.support.messages import MessageAction, Messages


@pytest.fixture
def messages(qapp: object) -> Messages:
    return Messages()


@pytest.fixture
def bar(messages: Messages, qtbot: QtBot) -> Iterator[MessageBar]:
    window = QWidget()
    qtbot.addWidget(window)
    bar = MessageBar(messages, window)
    QVBoxLayout(window).addWidget(bar)
    window.resize(700, 200)
    window.show()
    yield bar
    window.close()


def _texts(bar: MessageBar) -> list[str]:
    return [
        label.text()
        for label in bar.findChildren(QLabel)
        if label.text() and not label.isHidden() and label.isVisible()
    ]


def _button(bar: MessageBar, text: str) -> QToolButton | QPushButton:
    found = [b for b in bar.findChildren(QToolButton) + bar.findChildren(QPushButton) if b.isVisible()]
    return next(b for b in found if text in (b.text(), b.toolTip()))


def test_it_is_away_while_there_is_nothing_to_say(bar: MessageBar, messages: Messages) -> None:
    assert not bar.isVisible()
    messages.show("a", "Something")
    assert bar.isVisible()
    messages.clear("a")
    assert not bar.isVisible()


@pytest.mark.bounded
def test_400_failing_tiles_are_one_line_with_a_count(bar: MessageBar, messages: Messages) -> None:
    for _ in range(400):
        messages.show("tiles", "The server does not answer.", "warning")
    assert _texts(bar) == ["The server does not answer.", "×400"]


def test_the_others_wait_behind_a_button(bar: MessageBar, messages: Messages, qtbot: QtBot) -> None:
    for key in ("first", "second", "third"):
        messages.show(key, key)
    assert _texts(bar) == ["third"]
    qtbot.mouseClick(_button(bar, "2 more"), Qt.MouseButton.LeftButton)
    assert _texts(bar) == ["third", "second", "first"]
    qtbot.mouseClick(_button(bar, "Fewer"), Qt.MouseButton.LeftButton)
    assert _texts(bar) == ["third"]


def test_dismissing_and_acting(bar: MessageBar, messages: Messages, qtbot: QtBot) -> None:
    done: list[str] = []
    messages.show("a", "Layers wait.", action=MessageAction("Allow", lambda: done.append("allowed")))
    qtbot.mouseClick(_button(bar, "Allow"), Qt.MouseButton.LeftButton)
    assert done == ["allowed"]
    assert not messages.lines()
    messages.show("b", "Something else")
    qtbot.mouseClick(_button(bar, "Dismiss"), Qt.MouseButton.LeftButton)
    assert not messages.lines()


def test_markup_is_shown_as_it_is(bar: MessageBar, messages: Messages) -> None:
    messages.show("a", "<h1>file</h1>.tif is damaged")
    assert _texts(bar) == ["<h1>file</h1>.tif is damaged"]


def test_the_corner_of_the_north_arrow_stays_free(qtbot) -> None:
    host, messages = QWidget(), Messages()
    qtbot.addWidget(host)
    host.resize(500, 300)
    bar = MessageBar(messages, host)
    bar.lie_over(host, 66)
    host.show()
    messages.show("a", "Something happened.")
    qtbot.waitUntil(bar.isVisible)
    assert (bar.x(), bar.width()) == (0, 434)
