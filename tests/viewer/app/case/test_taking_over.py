"""A case that somebody else has open: read only, or taken over after a warning; no save is replaced unasked."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.decoding import encoded
from layers.document.document import Document
from layers.project.saving.lock import CaseLock
from layers.project.saving.publish import write_case
from layers.project.storage import schema
from layers.project.storage.processes import Owner, start_of
from tests.support.cases.rich import read_case
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.app.desktop.questions import Changed, Questions
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.shell.message_bar import MessageBar


@pytest.fixture
def case(tmp_path: Path) -> Path:
    document = Document()
    document.apply(add_site(document, Point(1, 2), actor="them", label="first"))
    write_case(document, tmp_path / "case.gpkg")
    return tmp_path / "case.gpkg"


def held_by_olga(case: Path) -> None:
    """The lock as another living process has left it."""
    owner = Owner(os.getppid(), start_of(os.getppid()), socket.gethostname())
    lock = {"user": "Olga", "owner": encoded(owner), "at": CaseLock(case).path.stat().st_mtime}
    CaseLock(case).path.write_text(json.dumps(lock))


def opened(window: MainWindow, case: Path, qtbot: QtBot) -> MainWindow:
    window.opener.open([str(case)])
    settle(window, qtbot)
    return window


def both(make_window: MakeWindow, case: Path, qtbot: QtBot) -> tuple[MainWindow, MainWindow]:
    """Olga's window, and the one of who comes second."""
    hers = opened(make_window(), case, qtbot)
    held_by_olga(case)
    return hers, opened(make_window(), case, qtbot)


def button(window: MainWindow) -> QPushButton | None:
    (bar,) = window.findChildren(MessageBar)
    return next((one for one in bar.findChildren(QPushButton) if one.isVisible() and "Take" in one.text()), None)


def press(window: MainWindow, qtbot: QtBot) -> None:
    take = button(window)
    assert take is not None
    QTest.mouseClick(take, Qt.MouseButton.LeftButton)
    settle(window, qtbot)


def mark(window: MainWindow, label: str, qtbot: QtBot) -> None:
    window.session.push(add_site(window.session.document, Point(10, 50), actor="me", label=label))
    settle(window, qtbot)


def save(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.save()
    settle(window, qtbot)


def labels(case: Path) -> list[str]:
    return sorted(site.label for site in read_case(case).document.sites.values())


@pytest.mark.bounded
def test_f13_it_is_warned_of_and_a_no_leaves_it_read_only(
    make_window: MakeWindow, answers: Answers, case: Path, qtbot: QtBot
) -> None:
    _hers, mine = both(make_window, case, qtbot)
    assert "read-only" in mine.windowTitle()
    press(mine, qtbot)
    (asked,) = answers.asked
    assert asked.startswith("take over case from Olga on ")
    assert "read-only" in mine.windowTitle()
    assert button(mine) is not None, "it can be thought over"
    assert "Olga" in CaseLock(case).path.read_text()


@pytest.mark.bounded
def test_a_case_that_was_taken_over_is_saved_in_its_place(
    make_window: MakeWindow, answers: Answers, case: Path, qtbot: QtBot
) -> None:
    _hers, mine = both(make_window, case, qtbot)
    answers.takes_over = True
    press(mine, qtbot)
    assert "read-only" not in mine.windowTitle()
    assert button(mine) is None
    assert json.loads(CaseLock(case).path.read_text())["owner"]["pid"] == os.getpid()
    mark(mine, "mine", qtbot)
    save(mine, qtbot)
    assert len(answers.asked) == 1, "no other name was asked for"
    assert labels(case) == ["first", "mine"]
    assert not mine.session.is_dirty


@pytest.mark.bounded
@pytest.mark.parametrize("she_is_first", [True, False])
def test_f13_the_later_of_two_saves_is_asked_and_replaces_nothing(
    make_window: MakeWindow, answers: Answers, case: Path, qtbot: QtBot, *, she_is_first: bool
) -> None:
    hers, mine = both(make_window, case, qtbot)
    answers.takes_over = True
    press(mine, qtbot)
    mark(hers, "hers", qtbot)
    mark(mine, "mine", qtbot)
    first, later = (hers, mine) if she_is_first else (mine, hers)
    save(first, qtbot)
    save(later, qtbot)
    assert answers.asked[1:] == ["changed case"]
    assert labels(case) == ["first", "hers" if she_is_first else "mine"]
    assert later.session.is_dirty
    answers.changed_answer = Changed.OVERWRITE
    save(later, qtbot)
    assert labels(case) == ["first", "mine" if she_is_first else "hers"]


@pytest.mark.bounded
def test_a_folder_that_takes_no_lock_is_said(
    make_window: MakeWindow, answers: Answers, case: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hers, mine = both(make_window, case, qtbot)
    answers.takes_over = True
    monkeypatch.setattr(CaseLock, "take_over", lambda self: None)
    press(mine, qtbot)
    assert "read-only" in mine.windowTitle()
    assert "takes no files" in mine.messages.lines()[-1].text


@pytest.mark.bounded
def test_the_message_goes_with_the_case(make_window: MakeWindow, case: Path, qtbot: QtBot) -> None:
    _hers, mine = both(make_window, case, qtbot)
    mine.file_menu.close_case()
    settle(mine, qtbot)
    assert mine.messages.line("lock") is None


@pytest.mark.parametrize(("word", "answer"), [("Take Over", True), ("Cancel", False), ("", False)])
def test_the_question_warns_and_does_nothing_by_default(
    window: MainWindow, qtbot: QtBot, word: str, *, answer: bool
) -> None:
    seen: list[str] = []

    def decide() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.extend((box.text(), box.informativeText()))
        chosen = next(one for one in box.buttons() if one.text().replace("&", "") == word) if word else None
        (chosen or box.defaultButton()).click()

    QTimer.singleShot(0, window, decide)
    assert Questions(window).take_over("case", "Olga on sigma") is answer
    assert seen[0] == "Take “case” over from Olga on sigma?"
    assert "nothing is replaced unasked" in seen[1]


@pytest.mark.bounded
def test_f74_a_case_of_a_newer_geoloupe_stays_read_only_when_taken_over(
    make_window: MakeWindow, answers: Answers, case: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved in its place, it would lose what this version does not know."""
    monkeypatch.setattr(schema, "MIN_WRITER_VERSION", 999)
    write_case(read_case(case).document, case)
    _hers, mine = both(make_window, case, qtbot)
    answers.takes_over = True
    press(mine, qtbot)
    assert button(mine) is None
    assert "read-only" in mine.windowTitle()


@pytest.mark.bounded
def test_a_case_that_is_read_again_is_still_held(window: MainWindow, case: Path, qtbot: QtBot) -> None:
    opened(window, case, qtbot)
    opened(window, case, qtbot)
    assert json.loads(CaseLock(case).path.read_text())["owner"]["pid"] == os.getpid()
    window.file_menu.close_case()
    settle(window, qtbot)
    assert not CaseLock(case).path.exists()
