"""The sentence below the sheet on images between two dates that nobody has looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.support.observation_sheets import sheet_of, typed, with_scenes
from tests.support.windows import press
from viewer.app.window import MainWindow
from viewer.panels.observations.sheet_line import SheetLine


@pytest.mark.bounded
def test_the_sheet_says_how_many_images_between_two_dates_have_no_row(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    with_scenes(window, tmp_path, qtbot)
    sheet = sheet_of(window, qtbot)
    typed("+")
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    typed("-c")
    assert "last seen 1 August 1985; not seen 1 August 1995 (1 image between without a row)" in sheet.words.text()
    press(Qt.Key.Key_Left)
    typed("-c")
    assert "without a row" not in sheet.words.text()


def test_a_sentence_longer_than_a_line_stands_whole_on_two(qtbot: QtBot) -> None:
    line = SheetLine(lines=2)
    qtbot.addWidget(line)
    sentence = "East bend; 1 August 1985: present; " + "last seen 1 August 1985; " * 4
    line.say(sentence)
    line.resize(round(line.fontMetrics().horizontalAdvance(sentence) * 0.7), line.sizeHint().height())
    assert line.shown_text() == line.text()
    line.say(sentence * 4)
    assert line.shown_text().endswith("…")
    assert len(line.shown_text()) > len(sentence), "both lines are used"
