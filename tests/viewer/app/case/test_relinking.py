"""F78: files that are not where a case says are found beside it or in one folder for all, and relinked in one step."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.disk.content_mark import KEY, mark_of
from layers.project.opening.intake import read_case
from tests.support.cases.foreign_cases import (
    badges,
    foreign_case,
    known,
    missing,
    paused,
    points_file,
    scene_file,
    shown,
)
from tests.support.windows import opened
from tests.viewer.app.conftest import Answers, settle
from viewer.app.case import relinking
from viewer.app.window import MainWindow
from viewer.panels.layers.relink_dialog import HERE, LAYER, RelinkDialog
from viewer.panels.shell.message_bar import MessageBar


def open_case(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    opened(window, path, qtbot)


def press_in_message(window: MainWindow, key: str) -> None:
    """The button of a message line, as it is seen."""
    line = window.messages.line(key)
    assert line is not None, [line.key for line in window.messages.lines()]
    assert line.action is not None
    (bar,) = window.findChildren(MessageBar)
    assert bar.isVisible()
    line.action.run()
    window.messages.clear(key)


def relink_dialog(window: MainWindow, qtbot: QtBot) -> RelinkDialog:
    dialog = window.relinking.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def here(dialog: RelinkDialog) -> dict[str, str]:
    """Where each layer's file is said to be, by the layer's name; those that are ticked end in a check mark."""
    found = {}
    for row in range(dialog.tree.topLevelItemCount()):
        item = dialog.tree.topLevelItem(row)
        assert item is not None
        ticked = item.checkState(LAYER) is Qt.CheckState.Checked
        found[item.text(LAYER)] = item.text(HERE) + (" ✓" if ticked else "")
    return found


@pytest.mark.bounded
def test_f78_files_beside_the_case_are_found_and_relinked_in_one_step(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    files = [scene_file(tmp_path / "case" / "scenes" / f"{n}.tif", 10 * n + 10) for n in range(12)]
    sources = {f"l{n}": f"D:\\analyst\\scenes\\{file.name}" for n, file in enumerate(files)}
    sources |= {"gone1": "D:\\analyst\\scenes\\none.tif", "gone2": "D:\\analyst\\x.tif"}
    case = foreign_case(tmp_path / "case" / "c.gpkg", **sources)
    before = {uuid: layer.source for uuid, layer in read_case(case).document.layers.items()}
    open_case(window, qtbot, case)
    assert missing(window) == set(sources)
    assert set(badges(window).values()) == {"missing"}
    line = window.messages.line("files")
    assert line is not None
    assert line.text == "Of 14 files that are not where the case says, 12 were found in scenes/."
    press_in_message(window, "files")
    dialog = relink_dialog(window, qtbot)
    assert dialog.says.text() == "12 of 14 found in scenes/"
    assert dialog.relink_button.text() == "&Relink 12 Layers"
    assert here(dialog)["l3"] == "scenes/3.tif ✓"
    assert here(dialog)["gone1"] == "not found"
    dialog.relink_button.click()
    settle(window, qtbot)
    assert shown(window) == {f"l{n}" for n in range(12)}
    assert missing(window) == {"gone1", "gone2"}
    history = window.session.history
    assert history.undo_text() == "Relink 12 layers"
    window.action_table["save"].trigger()
    settle(window, qtbot)
    stored = {uuid: layer.source for uuid, layer in read_case(case).document.layers.items()}
    assert stored["l3"] == {"path": "scenes/3.tif", KEY: encoded(mark_of(files[3]))}
    assert stored["gone1"] == before["gone1"]
    window.action_table["undo"].trigger()
    settle(window, qtbot)
    assert missing(window) == set(sources)
    assert {uuid: layer.source for uuid, layer in window.session.document.layers.items()} == before


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "old", ["C:\\old\\scenes", "\\\\srv\\share\\scenes", "/data/old/scenes", "/net/srv/scenes", "//srv/scenes"]
)
def test_f78_scenes_that_lie_elsewhere_are_found_after_one_remap(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path, old: str
) -> None:
    slash = "\\" if "\\" in old else "/"
    files = [scene_file(tmp_path / "here" / "день" / f"{n}.tif") for n in range(3)]
    points = points_file(tmp_path / "here" / "p.geojson")
    sources = {f"l{n}": slash.join([old, "день", file.name]) for n, file in enumerate(files)}
    case = foreign_case(tmp_path / "case" / "c.gpkg", **sources, points=slash.join([old, points.name]))
    open_case(window, qtbot, case)
    assert paused(window) | missing(window) == {"l0", "l1", "l2", "points"}
    window.action_table["relink_files"].trigger()
    dialog = relink_dialog(window, qtbot)
    assert dialog.old_folder.currentText() == old
    assert dialog.says.text() == "Not found: 4 files."
    assert not dialog.relink_button.isEnabled()
    answers.path = tmp_path / "here"
    dialog.folder_button.click()
    settle(window, qtbot)
    assert dialog.new_folder.text() == str(tmp_path / "here")
    assert dialog.says.text() == f"4 of 4 found in {tmp_path / 'here'}"
    dialog.relink_button.click()
    settle(window, qtbot)
    assert shown(window) == {"l0", "l1", "l2", "points"}
    assert window.scene.stack.problems() == {}
    assert window.messages.lines() == []


@pytest.mark.bounded
def test_f78_by_content_when_the_file_was_renamed(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    file = scene_file(tmp_path / "case" / "a.tif")
    source = known(file)
    file.rename(tmp_path / "case" / "renamed.tif")
    scene_file(tmp_path / "case" / "other" / "a.tif", 7)
    open_case(window, qtbot, foreign_case(tmp_path / "case" / "c.gpkg", a=source))
    press_in_message(window, "files")
    dialog = relink_dialog(window, qtbot)
    assert here(dialog) == {"a": "renamed.tif ✓"}
    dialog.relink_button.click()
    settle(window, qtbot)
    assert shown(window) == {"a"}


@pytest.mark.bounded
def test_another_content_under_the_name_is_said_and_not_ticked(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    source = known(scene_file(tmp_path / "before" / "a.tif"))
    shutil.rmtree(tmp_path / "before")
    scene_file(tmp_path / "case" / "a.tif", 7)
    open_case(window, qtbot, foreign_case(tmp_path / "case" / "c.gpkg", a=source))
    window.action_table["relink_files"].trigger()
    dialog = relink_dialog(window, qtbot)
    assert here(dialog) == {"a": "a.tif, with other content"}
    assert not dialog.relink_button.isEnabled()
    QTest.keyClick(dialog.tree, Qt.Key.Key_Space)
    assert dialog.relink_button.isEnabled()
    dialog.reject()


@pytest.mark.bounded
def test_a_case_with_whole_paths_that_was_sent_with_its_scenes_finds_them(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    file = scene_file(tmp_path / "sent" / "scenes" / "a.tif")
    open_case(window, qtbot, foreign_case(tmp_path / "sent" / "c.gpkg", a="/data/old/trip/scenes/a.tif"))
    assert paused(window) == {"a"}
    line = window.messages.line("files")
    assert line is not None
    assert line.text == "A file that is not where the case says was found in scenes/."
    press_in_message(window, "files")
    relink_dialog(window, qtbot).relink_button.click()
    settle(window, qtbot)
    assert shown(window) == {"a"}
    assert window.messages.line("consent") is None
    assert window.session.document.layers["a"].source["path"] == str(file)


@pytest.mark.bounded
def test_f78_one_file_is_chosen_for_one_layer(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    file = scene_file(tmp_path / "elsewhere" / "b.tif")
    open_case(window, qtbot, foreign_case(tmp_path / "case" / "c.gpkg", a="a.tif", b="C:\\x\\b.tif"))
    menu = window.docks.layer_tree.menu_for("b")
    next(action for action in menu.actions() if action.text() == "Relink…").trigger()
    dialog = relink_dialog(window, qtbot)
    assert next(iter(here(dialog))) == "b", "the layer that was meant stands first"
    answers.path = file
    dialog.file_button.click()
    settle(window, qtbot)
    assert here(dialog) == {"b": f"{file} ✓", "a": "not found"}
    dialog.relink_button.click()
    settle(window, qtbot)
    assert (shown(window), missing(window), paused(window)) == ({"b"}, {"a"}, set())
    assert str(file.parent) in window.permissions.folders.folders, "choosing a file is consent for its folder"


@pytest.mark.bounded
def test_the_image_of_a_combined_layer_is_relinked(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    scene_file(tmp_path / "case" / "a.tif")
    scene_file(tmp_path / "here" / "b.tif")
    images = [{"path": "a.tif", "name": "a", "bands": 1}, {"path": "b.tif", "name": "b", "bands": 1}]
    open_case(window, qtbot, foreign_case(tmp_path / "case" / "c.gpkg", both={"combined": images}))
    assert badges(window) == {"both": "missing"}
    window.action_table["relink_files"].trigger()
    dialog = relink_dialog(window, qtbot)
    assert len(here(dialog)) == 1
    answers.path = tmp_path / "here"
    dialog.folder_button.click()
    settle(window, qtbot)
    dialog.relink_button.click()
    settle(window, qtbot)
    assert window.scene.stack.problems() == {}
    assert badges(window) == {"both": ""}


@pytest.mark.bounded
def test_a_renamed_table_of_one_layer_is_still_read(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    file = points_file(tmp_path / "case" / "points.geojson")
    opened(window, file, qtbot)
    answers.path = tmp_path / "case" / "c.gpkg"
    window.action_table["save_as"].trigger()
    settle(window, qtbot)
    file.rename(tmp_path / "case" / "renamed.geojson")
    open_case(window, qtbot, tmp_path / "case" / "c.gpkg")
    press_in_message(window, "files")
    relink_dialog(window, qtbot).relink_button.click()
    settle(window, qtbot)
    assert len(shown(window)) == 1
    assert window.scene.stack.problems() == {}


@pytest.mark.bounded
def test_it_is_offered_once_and_not_in_the_next_case(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    open_case(window, qtbot, foreign_case(tmp_path / "a" / "c.gpkg", a="a.tif"))
    line = window.messages.line("files")
    assert line is not None
    assert line.text == "1 file of a layer is not where the case says."
    window.messages.clear("files")
    window.canvas.motion.zoom_in()
    settle(window, qtbot)
    assert window.messages.line("files") is None
    window.action_table["relink_files"].trigger()
    open_case(window, qtbot, foreign_case(tmp_path / "b" / "c.gpkg"))
    assert window.relinking.dialog is None
    assert window.messages.line("files") is None


def test_what_is_added_is_known_by_its_content(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    for file in (scene_file(tmp_path / "a.tif"), points_file(tmp_path / "b.geojson")):
        opened(window, file, qtbot)
    for layer in window.session.document.layers.values():
        assert layer.source[KEY] == encoded(mark_of(layer.source["path"]))


def test_a_search_for_files_does_not_stop_the_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[bool] = []
    search: Callable[..., object] = relinking.find_files

    def noting(*args: object, **kwargs: object) -> object:
        threads.append(threading.current_thread() is threading.main_thread())
        return search(*args, **kwargs)

    monkeypatch.setattr(relinking, "find_files", noting)
    open_case(window, qtbot, foreign_case(tmp_path / "c.gpkg", a="a.tif"))
    assert threads == [False]


@pytest.mark.bounded
def test_a_mark_of_somebody_else_is_read_with_care(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    marks = [[], {"size": "x"}, {"size": -1, "ends": 3}, {"size": 10**30, "ends": "0" * 16}, None]
    sources = {f"l{n}": {"path": f"C:\\x\\{n}.tif", KEY: mark} for n, mark in enumerate(marks)}
    open_case(window, qtbot, foreign_case(tmp_path / "c.gpkg", **sources))
    assert missing(window) == set(sources)
