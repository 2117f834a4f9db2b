"""A new case begins with the shipped world, or with nothing, as the analyst likes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from layers.project.saving.recovery import recoverable
from tests.support.cases.rich import read_case
from tests.support.sessions import as_a_crash_leaves_it
from tests.support.windows import search_for
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.app.window import MainWindow
from viewer.support.settings import Settings, sessions_folder


@pytest.fixture
def new_on_world() -> bool:
    return True


def _kinds(window: MainWindow) -> list[str]:
    return [layer.kind for layer in window.session.document.layers_in_order()]


def test_a_new_case_begins_on_the_shipped_world(window: MainWindow, qtbot: QtBot) -> None:
    window.action_table["new_case"].trigger()
    settle(window, qtbot)
    layers = window.session.document.layers_in_order()
    assert [layer.source for layer in layers] == [{"shipped": "blue_marble.tif"}, {"shipped": "coast.geojson"}]
    assert all(layer.credit for layer in layers)
    assert not window.isWindowModified(), "nothing to be asked about when it is closed"
    assert not window.action_table["undo"].isEnabled(), "the world is no edit"
    picture = window.canvas.grab().toImage()
    places = [(x, picture.height() // 2) for x in range(0, picture.width(), 20)]
    assert max(picture.pixelColor(*place).value() for place in places) > 60, "no black void"


@pytest.mark.bounded
def test_it_is_a_choice_and_remembered(window: MainWindow, make_window: MakeWindow, qtbot: QtBot) -> None:
    choice = window.action_table["new_on_world"]
    assert choice.isChecked()
    choice.trigger()
    assert Settings.of_user().get("new_on_world") is False
    window.action_table["new_case"].trigger()
    settle(window, qtbot)
    assert _kinds(window) == []
    choice.trigger()
    window.file_menu.close_case()
    window.start_page.new_chosen.emit()
    settle(window, qtbot)
    assert _kinds(window) == ["raster", "vector"]


@pytest.mark.bounded
def test_the_world_is_saved_with_the_case_and_survives_a_crash(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    window.action_table["new_case"].trigger()
    settle(window, qtbot)
    work = window.session.working_copy
    assert work is not None
    left = as_a_crash_leaves_it(work.folder)
    assert recoverable(sessions_folder()) == [], "an untouched case is nothing to be recovered"
    assert not left.exists()
    answers.path = tmp_path / "new.gpkg"
    window.action_table["save_as"].trigger()
    settle(window, qtbot)
    assert len(read_case(answers.path).document.layers) == 2


@pytest.mark.bounded
def test_a_place_that_is_gone_to_without_a_case_lies_on_the_world(window: MainWindow, qtbot: QtBot) -> None:
    _palette, line = search_for(window, "51.884, 128.334", qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    settle(window, qtbot)
    assert _kinds(window) == ["raster", "vector"]
