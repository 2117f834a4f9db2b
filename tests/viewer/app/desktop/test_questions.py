"""The program's own dialogs: each button is its answer, and closing one answers nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from layers.project.saving.recovery import MarkCounts, RecoverableSession
from viewer.app.desktop.questions import Changed, Questions, Recovery, Unsaved, Which
from viewer.panels.shell.start_page import local_moment

DEFAULT, CLOSED = "", "closed"


@pytest.fixture
def ask(qtbot: QtBot) -> Questions:
    window = QWidget()
    qtbot.addWidget(window)
    return Questions(window)


def answered[T](question: Callable[[], T], button: str) -> tuple[T, QMessageBox]:
    """What comes of pressing this button, the one that Enter presses, or of closing the dialog."""
    seen: list[QMessageBox] = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box)
        texts = {each.text().replace("&", ""): each for each in box.buttons()}
        if button == CLOSED:
            box.reject()
        else:
            (box.defaultButton() if button == DEFAULT else texts[button]).click()

    QTimer.singleShot(0, press)
    return question(), seen[0]


UNSAVED = [
    ("Save", Unsaved.SAVE),
    ("Discard", Unsaved.DISCARD),
    ("Cancel", Unsaved.CANCEL),
    (DEFAULT, Unsaved.SAVE),
    (CLOSED, Unsaved.CANCEL),
]
CHANGED = [
    ("Save Mine As…", Changed.SAVE_AS),
    ("Take Theirs", Changed.RELOAD),
    ("Replace Theirs", Changed.OVERWRITE),
    (DEFAULT, Changed.SAVE_AS),
    (CLOSED, Changed.CANCEL),
]
RECOVERY = [
    ("Recover", Recovery.RECOVER),
    ("Open as Saved", Recovery.AS_SAVED),
    ("Discard Edits", Recovery.DISCARD),
    (DEFAULT, Recovery.RECOVER),
    (CLOSED, Recovery.CANCEL),
]


def left(edits: int, first: str = "2026-01-02T02:04:05Z") -> RecoverableSession:
    last = "2026-01-02T03:04:05Z"
    return RecoverableSession(Path("/s"), None, "t", last, edits, MarkCounts(7, 2), first_edit_at=first)


def test_each_button_is_its_answer(ask: Questions) -> None:
    for button, answer in UNSAVED:
        found, box = answered(lambda: ask.unsaved("<b>My</b>\ncase"), button)
        assert found is answer
        assert box.text() == "Save the changes to “<b>My</b> case”?", "plain, and one line"
    for button, answer in CHANGED:
        assert answered(lambda: ask.changed_on_disk("case"), button)[0] is answer
    for button, answer in RECOVERY:
        found, box = answered(lambda: ask.recovery("case.gpkg", left(3)), button)
        assert found is answer
        assert "3 edits, made from" in box.informativeText()
        assert "with them the case has 7 sites and 2 measurements" in box.informativeText()
    for edits, words in ((1, "1 edit, made at {0}, is kept"), (3, "3 edits, made at {0}, are kept")):
        same = left(edits, "2026-01-02T03:04:01Z")
        _, box = answered(lambda same=same: ask.recovery("case.gpkg", same), CLOSED)
        assert words.format(local_moment(same.last_edit_at)) in box.informativeText()
    _, box = answered(lambda: ask.recovery("case.gpkg", left(0)), CLOSED)
    assert "The file is not what was saved last" in box.informativeText()


def test_nobody_takes_over_by_enter(ask: Questions) -> None:
    def question() -> bool:
        return ask.take_over("case", "Ann on desk 4")

    assert answered(question, "Take Over")[0] is True
    assert [answered(question, button)[0] for button in ("Cancel", DEFAULT, CLOSED)] == [False] * 3


def test_only_parts_with_features_can_be_saved(ask: Questions) -> None:
    counts = {Which.ALL: 12345, Which.SHOWN: 3, Which.SELECTED: 0}

    def question() -> Which | None:
        return ask.which_features("Roads", counts)

    found, box = answered(question, CLOSED)
    assert found is None
    words = {each.text().replace("&", ""): each.isEnabled() for each in box.buttons()}
    assert [(text.split(" (")[0], enabled) for text, enabled in words.items()][:3] == [
        ("All", True),
        ("Those the Filter Shows", True),
        ("The Selected", False),
    ]
    assert answered(question, next(text for text in words if text.startswith("Those")))[0] is Which.SHOWN


TO_WRITE = [
    ("case_to_write", "Geoloupe case (*.gpkg)", ".gpkg"),
    ("picture_to_write", "PNG picture (*.png)", ".png"),
    ("data_to_write", "Spreadsheet (*.xlsx)", ".xlsx"),
    ("measurements_to_write", "GeoJSON (*.geojson)", ".geojson"),
    ("layer_to_write", "FlatGeobuf (*.fgb)", ".fgb"),
    ("style_to_write", "QGIS style (*.qml)", ".qml"),
    ("templates_to_write", "Templates (*.json)", ".json"),
]


def test_a_name_without_an_ending_gets_that_of_its_kind(ask: Questions, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = ["/out/name", ""]

    def dialog(_parent: QWidget, title: str, start: str, kinds: str) -> tuple[str, str]:
        assert start == "/start/of.it"
        assert chosen[1] in kinds.split(";;")
        return chosen[0], chosen[1]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)
    for name, kind, suffix in TO_WRITE:
        write: Any = getattr(ask, name)
        chosen[:] = "/out/name", kind
        assert write(Path("/start/of.it")) == Path(f"/out/name{suffix}")
        chosen[0] = "/out/name.other"
        assert write(Path("/start/of.it")) == Path("/out/name.other")
        chosen[0] = ""
        assert write(Path("/start/of.it")) is None


def test_files_and_folders_are_asked_for_where_they_may_be(ask: Questions, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    chosen = ["/in/this"]

    def folder(_parent: QWidget, title: str, start: str) -> str:
        told.append((title, start))
        return chosen[0]

    def file(_parent: QWidget, title: str, start: str, kinds: str = "") -> tuple[str, str]:
        told.append((title, start))
        return chosen[0], kinds

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", folder)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", file)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([*filter(None, chosen)], ""))
    questions: list[Callable[[], Path | None]] = [
        lambda: ask.folder_to_look_in(Path("/start")),
        ask.folder_of_scenes,
        lambda: ask.file_in_place_of("a\nname", Path("/start")),
        lambda: ask.style_to_open(Path("/start")),
        lambda: ask.templates_to_open(Path("/start")),
    ]
    assert [question() for question in questions] == [Path("/in/this")] * 5
    assert [start for _, start in told] == ["/start", str(Path.home()), "/start", "/start", "/start"]
    assert told[2][0] == "Choose the file for a name"
    assert ask.paths_to_open(Path("/start")) == ["/in/this"]
    chosen[0] = ""
    assert [question() for question in questions] == [None] * 5
    assert ask.paths_to_open(Path("/start")) == []


def test_a_moment_is_written_as_all_dates_are() -> None:
    at = datetime(2026, 11, 28, 14, 41).astimezone()
    assert local_moment(at.astimezone(UTC).isoformat()) == "2026-11-28 14:41"
    assert local_moment("no moment") == "no moment"
