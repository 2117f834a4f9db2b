"""A folder that is dropped or named offers the files in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import sample_data
from layers.errors import FileMissing
from tests.support.sessions import case_with
from tests.support.windows import opened, texts
from tests.viewer.app.conftest import settle
from viewer.app.opening.folder_files import DEEPEST, files_of_folder
from viewer.app.opening.folder_picker import MOST_TICKED, FolderPicker
from viewer.app.window import MainWindow


@pytest.fixture
def folder(tmp_path: Path, points: Path) -> Path:
    """An image, two vector files, one of them in a folder inside; a case; notes; what nobody opens."""
    folder = tmp_path / "delivered"
    (folder / "inner").mkdir(parents=True)
    shutil.copy(sample_data.path("night_lights.tif"), folder / "lights.tif")
    shutil.copy(points, folder / "points.geojson")
    shutil.copy(points, folder / "inner" / "more.geojson")
    case_with(folder / "case.gpkg", "a")
    (folder / "readme.txt").write_text("read me")
    (folder / "run.exe").write_text("x")
    (folder / ".hidden.tif").write_text("x")
    return folder


def _drop(window: MainWindow, path: Path, qtbot: QtBot) -> FolderPicker:
    window.opener.open([str(path)])
    qtbot.waitUntil(lambda: isinstance(window.layer_questions.dialog, FolderPicker), timeout=10_000)
    picker = window.layer_questions.dialog
    assert isinstance(picker, FolderPicker)
    return picker


@pytest.mark.bounded
def test_a_dropped_folder_offers_its_files(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    picker = _drop(window, folder, qtbot)
    names = [picker.list.topLevelItem(row).text(0) for row in range(picker.list.topLevelItemCount())]  # type: ignore[union-attr]
    assert names == ["case.gpkg", "lights.tif", "points.geojson", "readme.txt", str(Path("inner", "more.geojson"))]
    assert {Path(path).name for path in picker.ticked()} == {"lights.tif", "points.geojson", "more.geojson"}
    assert not window.session.document.layers, "nothing is opened before it is answered"
    assert picker.open_button.text() == "&Open 3 files"
    picker.open_button.click()
    settle(window, qtbot)
    assert {layer.name for layer in window.session.document.layers.values()} == {"lights", "points", "more"}
    assert texts(window) == ""


@pytest.mark.bounded
def test_the_files_are_chosen_by_keyboard_alone(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    picker = _drop(window, folder, qtbot)
    picker.list.setFocus()
    qtbot.keyClick(picker.list, Qt.Key.Key_Down)
    qtbot.keyClick(picker.list, Qt.Key.Key_Space)
    assert {Path(path).name for path in picker.ticked()} == {"points.geojson", "more.geojson"}
    qtbot.keyClick(picker.list, Qt.Key.Key_Return)
    settle(window, qtbot)
    assert len(window.session.document.layers) == 2


@pytest.mark.bounded
def test_a_case_in_the_folder_is_opened_where_it_is_ticked(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    picker = _drop(window, folder, qtbot)
    picker.all_button.click()
    assert len(picker.ticked()) == 5
    picker.none_button.click()
    assert not picker.open_button.isEnabled()
    item = picker.list.topLevelItem(0)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Checked)
    picker.open_button.click()
    settle(window, qtbot)
    assert window.session.target == folder / "case.gpkg"


def test_a_folder_without_a_file_to_open_is_refused(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    opened(window, tmp_path / "empty", qtbot)
    assert "empty is a folder without" in texts(window)


def test_a_folder_of_many_files_ticks_none(qtbot: QtBot, tmp_path: Path) -> None:
    for number in range(MOST_TICKED + 1):
        (tmp_path / f"{number}.tif").write_text("x")
    picker = FolderPicker("many", files_of_folder(tmp_path, lambda: None))
    qtbot.addWidget(picker)
    assert picker.ticked() == []


def test_it_is_looked_only_so_deep(tmp_path: Path) -> None:
    deep = tmp_path
    for depth in range(DEEPEST + 2):
        (deep / f"at{depth}.tif").write_text("x")
        deep = deep / "in"
        deep.mkdir()
    assert len(files_of_folder(tmp_path, lambda: None).files) == DEEPEST + 1


def test_a_folder_that_cannot_be_listed_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match="cannot be listed"):
        files_of_folder(tmp_path / "gone", lambda: None)
