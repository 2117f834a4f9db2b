"""Questions beside the map come one after the other, and go with the case that they were about."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tests.support.windows import settle
from viewer.app.opening.questions_in_turn import QuestionsInTurn
from viewer.app.window import MainWindow


def asked(window: MainWindow) -> tuple[QuestionsInTurn, list[QDialog]]:
    """Three questions, and the dialogs that were made for them so far."""
    questions, made = QuestionsInTurn(window.session, window), []

    def make() -> QDialog:
        made.append(QDialog(window))
        return made[-1]

    for _ in range(3):
        questions.ask_in_turn(make)
    return questions, made


def test_the_next_comes_once_the_one_before_is_answered(window: MainWindow) -> None:
    questions, made = asked(window)
    for number in (1, 2, 3):
        assert [dialog.isVisible() for dialog in made] == [*[False] * (number - 1), True]
        assert questions.dialog is made[-1]
        made[-1].accept()
    assert questions.is_idle


def test_another_case_drops_the_one_that_stands_open_and_those_that_wait(window: MainWindow, qtbot: QtBot) -> None:
    questions, made = asked(window)
    window.file_menu.new_case()
    settle(window, qtbot)
    assert questions.is_idle
    assert len(made) == 1
    assert not made[0].isVisible()
