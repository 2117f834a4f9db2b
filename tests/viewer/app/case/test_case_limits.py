"""A case with no room for a working copy, a damaged one, one that was taken over: said, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path
from sqlite3 import Connection

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.decoding import encoded
from layers.document.document import Document
from layers.errors import InvalidEdit
from layers.project.saving import case_writer
from layers.project.saving.case_writer import open_work
from layers.project.saving.lock import CaseLock
from layers.project.saving.publish import write_case
from layers.project.storage.processes import Owner, start_of
from tests.support.cases.rich import BLOBS, read_case, rich_document
from tests.support.windows import opened, texts
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.shell.message_bar import MessageBar


@pytest.fixture
def case(tmp_path: Path) -> Path:
    write_case(rich_document(), tmp_path / "case.gpkg", blobs=BLOBS)
    return tmp_path / "case.gpkg"


def press(window: MainWindow, text: str, qtbot: QtBot) -> None:
    (bar,) = window.findChildren(MessageBar)
    (button,) = [one for one in bar.findChildren(QPushButton) if one.isVisible() and text in one.text()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)


@pytest.mark.bounded
@pytest.mark.usefixtures("full_home")
def test_f05_without_room_for_a_working_copy_a_case_can_be_looked_at(
    make_window: MakeWindow, answers: Answers, case: Path, qtbot: QtBot
) -> None:
    window = opened(make_window(), case, qtbot)
    assert len(window.session.document.sites) == 4
    assert "read-only" in window.windowTitle()
    assert "is read only" in texts(window)
    assert "disk is full" in texts(window)
    with pytest.raises(InvalidEdit, match="is read only"):
        window.session.push(add_site(window.session.document, Point(1, 2), actor="me", label="x"))
    assert len(window.session.document.sites) == 4
    assert not case.with_name("case.gpkg.lock").exists(), "who only looks holds nobody up"


@pytest.mark.bounded
@pytest.mark.usefixtures("full_home")
def test_f05_what_can_only_be_looked_at_is_saved_elsewhere_from_memory(
    make_window: MakeWindow, answers: Answers, case: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = opened(make_window(), case, qtbot)
    answers.path = tmp_path / "other disk.gpkg"
    window.file_menu.save_as()
    settle(window, qtbot)
    saved = read_case(answers.path)
    assert set(saved.document.sites) == set(window.session.document.sites)
    assert answers.path.read_bytes().count(b"\x89PNG") == 1, "the bytes of chips come along"


@pytest.mark.usefixtures("full_home")
def test_f05_a_new_case_on_a_full_disk_is_saved_on_another(
    make_window: MakeWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    window.file_menu.new_case()
    settle(window, qtbot)
    window.session.push(add_site(window.session.document, Point(1, 2), actor="me", label="mine"))
    settle(window, qtbot)
    assert "disk is full" in texts(window)
    answers.path = tmp_path / "other disk.gpkg"
    window.file_menu.save_as()
    settle(window, qtbot)
    assert [site.label for site in read_case(answers.path).document.sites.values()] == ["mine"]
    assert not window.session.is_dirty


@pytest.mark.bounded
def test_f05_when_the_journals_disk_fills_up_save_as_writes_every_edit(
    make_window: MakeWindow,
    answers: Answers,
    case: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connections: list[Connection] = []
    monkeypatch.setattr(case_writer, "open_work", lambda path: connections.append(open_work(path)) or connections[-1])
    window = opened(make_window(), case, qtbot)
    pages = connections[-1].execute("PRAGMA page_count").fetchone()[0]
    connections[-1].execute(f"PRAGMA max_page_count = {pages}")
    for number in range(3):
        site = add_site(window.session.document, Point(number, 2), actor="me", label=f"{number} " + "x" * 400_000)
        window.session.push(site)
    qtbot.waitUntil(lambda: "disk of your home folder is full" in texts(window), timeout=10_000)
    answers.path = tmp_path / "other disk.gpkg"
    window.file_menu.save_as()
    settle(window, qtbot)
    labels = {site.label[:2] for site in read_case(answers.path).document.sites.values()}
    assert {"0 ", "1 ", "2 "} <= labels


@pytest.mark.bounded
def test_what_is_left_of_a_damaged_case_is_offered(make_window: MakeWindow, case: Path, qtbot: QtBot) -> None:
    data = bytearray(case.read_bytes())
    at = data.index(b"Something is so")
    data[at] ^= 0x80
    case.write_bytes(data)
    window = opened(make_window(), case, qtbot)
    assert not window.session.is_begun
    press(window, "Open What Is Left", qtbot)
    assert window.session.document.sites["site-point"].label == "Jiuquan"
    assert "damaged" in texts(window)
    damaged = case.read_bytes()
    window.session.push(add_site(window.session.document, Point(1, 2), actor="me", label="x"))
    window.file_menu.save()
    settle(window, qtbot)
    assert case.with_name("case.gpkg.bak1").read_bytes() == damaged


@pytest.mark.bounded
def test_who_is_taken_over_is_told_within_seconds(make_window: MakeWindow, case: Path, qtbot: QtBot) -> None:
    window = opened(make_window(), case, qtbot)
    window.session.hold.look_again()
    settle(window, qtbot)
    assert "taken this case over" not in texts(window)
    owner = Owner(os.getppid(), start_of(os.getppid()), socket.gethostname())
    lock = CaseLock(case).path
    lock.write_text(json.dumps({"user": "Olga", "owner": encoded(owner), "at": lock.stat().st_mtime}))
    qtbot.waitUntil(lambda: "taken this case over" in texts(window), timeout=10_000)
    assert "Olga" in texts(window)
    window.file_menu.close_case()
    settle(window, qtbot)
    assert "Olga" in lock.read_text(), "her lock stays"


@pytest.mark.bounded
def test_who_is_taken_over_is_told_though_the_other_has_let_go_soon(
    make_window: MakeWindow, case: Path, qtbot: QtBot
) -> None:
    window = opened(make_window(), case, qtbot)
    CaseLock(case).path.unlink()  # as one leaves it who took over, saved and closed between two looks
    qtbot.waitUntil(lambda: "has let go of it" in texts(window), timeout=10_000)
    assert CaseLock(case).holder() is not None, "it is held here again"
    window.file_menu.close_case()
    settle(window, qtbot)
    assert not CaseLock(case).path.exists()


@pytest.mark.bounded
def test_a_case_in_a_private_file_has_private_copies(make_window: MakeWindow, case: Path, qtbot: QtBot) -> None:
    case.chmod(0o600)
    window = opened(make_window(), case, qtbot)
    work = window.session.working_copy
    assert work is not None
    window.session.push(add_site(window.session.document, Point(1, 2), actor="me", label="x"))
    window.file_menu.save()
    settle(window, qtbot)
    assert work.folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o077 for path in work.folder.rglob("*.gpkg*")} == dict.fromkeys(
        (path.name for path in work.folder.rglob("*.gpkg*")), 0
    )
    for path in (case, case.with_name("case.gpkg.bak1")):
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.bounded
def test_opening_a_case_by_a_link_locks_and_saves_the_file_behind_it(
    make_window: MakeWindow, case: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    link = tmp_path / "links" / "link.gpkg"
    link.parent.mkdir()
    link.symlink_to(case)
    window = opened(make_window(), link, qtbot)
    assert case.with_name("case.gpkg.lock").exists()
    window.session.push(add_site(window.session.document, Point(1, 2), actor="me", label="through the link"))
    window.file_menu.save()
    settle(window, qtbot)
    assert link.is_symlink()
    assert "through the link" in {site.label for site in read_case(case).document.sites.values()}


@pytest.mark.bounded
def test_an_unsaved_copy_has_its_bytes_when_it_is_saved(
    make_window: MakeWindow, answers: Answers, case: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    window.session.open_case(case, copy_title="A copy")
    settle(window, qtbot)
    before = shutil.copy(case, tmp_path / "before.gpkg")
    answers.path = tmp_path / "mine.gpkg"
    window.file_menu.save()
    settle(window, qtbot)
    assert answers.path.read_bytes().count(b"\x89PNG") == 1
    assert case.read_bytes() == Path(before).read_bytes()
    assert isinstance(read_case(answers.path).document, Document)
