"""The observer of the sheet: the analyst by the name that was stated last, and rows that were kept before it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.errors import InvalidValue
from tests.support.observation_sheets import sheet_of, typed, with_scenes
from tests.support.windows import press
from viewer.app.window import MainWindow
from viewer.commands.observing.named_observer import name_observer

Key = Qt.Key


def test_a_name_that_is_stated_while_the_sheet_is_open_goes_into_the_next_row_and_onto_those_before(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    with_scenes(window, tmp_path, qtbot)
    sheet, document = sheet_of(window, qtbot), window.session.document
    typed("+")
    assert not sheet.unnamed.isVisible(), "nobody is named"
    window.session.analyst.introduce("Nora Stein", "")
    press(Key.Key_Right)
    typed("+")
    assert sorted(row.observer for row in document.observations.values()) == ["", "Nora Stein"]
    assert sheet.unnamed.text() == "1 row has no observer: it is by Nora Stein"
    QTest.mouseClick(sheet.unnamed, Qt.MouseButton.LeftButton)
    assert {row.observer for row in document.observations.values()} == {"Nora Stein"}
    assert not sheet.unnamed.isVisible()
    window.action_table["undo"].trigger()
    assert sorted(row.observer for row in document.observations.values()) == ["", "Nora Stein"]


@pytest.mark.bounded
def test_the_sheet_of_somebody_else_stays_theirs(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    with_scenes(window, tmp_path, qtbot)
    sheet = sheet_of(window, qtbot)
    sheet.desk.set_observer("A second observer")
    window.session.analyst.introduce("Nora Stein", "")
    typed("+")
    assert [row.observer for row in window.session.document.observations.values()] == ["A second observer"]


def test_a_key_that_goes_by_a_question_says_that_nothing_is_kept_yet(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    with_scenes(window, tmp_path, qtbot)
    sheet = sheet_of(window, qtbot)
    at = sheet.view.place
    typed("-")
    press(Key.Key_Left)
    press(Key.Key_Right)
    press(Key.Key_Return)
    typed('"3')
    assert sheet.view.editor is None, "no words and no count are begun"
    assert sheet.view.place == at
    assert sheet.view.question.words.text().endswith(
        "Nothing is kept yet: press c, p, o, a, or Esc to leave it as it is."
    )
    typed("c")
    assert [row.presence for row in window.session.document.observations.values()] == ["absent"]


def test_a_row_stays_unnamed_where_the_observer_has_one_of_the_same_look() -> None:
    rows = [
        Observation(uuid="a", site_uuid="s", image_uuid="i", presence="present"),
        Observation(uuid="b", site_uuid="s", image_uuid="again", presence="absent", observer="Nora"),
        Observation(uuid="c", site_uuid="s", image_uuid="i", presence="present", target="pier"),
    ]
    images = [Image(uuid=uuid, image_key="one") for uuid in ("i", "again")]
    document = Document({"observations": rows, "images": images})
    document.apply(name_observer(document, ["s"], "Nora", actor="Nora"))
    assert [document.observations[uuid].observer for uuid in "abc"] == ["", "Nora", "Nora"]
    with pytest.raises(InvalidValue, match="No row here lacks an observer"):
        name_observer(document, ["s"], "Nora", actor="Nora")
