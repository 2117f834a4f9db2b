"""The case's life: made, edited, saved, opened, recovered, contested."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.errors import GeoloupeError
from layers.project.history.history_reader import HistoryFilter, opened_history, read_page
from layers.project.opening.case_process import CaseProcess
from layers.project.saving.later_history import HistoryUnderWay
from layers.project.saving.lock import CaseLock, Holder
from layers.project.saving.session_file import read_session
from layers.project.storage.processes import Owner
from tests.support.cases.rich import read_case
from tests.support.sessions import Desk, as_a_crash_leaves_it, case_with, session_folders
from viewer.commands.sites import add_site
from viewer.support.settings import sessions_folder


def test_an_untouched_new_case_leaves_nothing_behind(desk: Desk) -> None:
    desk.session.new_case()
    desk.wait()
    assert desk.session.is_begun
    assert not desk.session.is_dirty
    assert len(session_folders()) == 1, "the first edit is to be as durable as the second"
    desk.session.close()
    desk.wait()
    assert session_folders() == []


def test_the_first_edit_of_a_case_without_a_file_is_durable(desk: Desk) -> None:
    desk.session.new_case()
    desk.mark("first")
    desk.mark("second")
    desk.wait()
    work = desk.session.working_copy
    assert work is not None
    work.drain()
    assert [site.label for site in work.read_document().sites.values()] == ["first", "second"]
    assert desk.session.is_dirty


def test_save_as_open_and_find_it_again(desk: Desk, other: Desk, tmp_path: Path) -> None:
    path, heard = tmp_path / "case.gpkg", []
    desk.session.new_case()
    desk.mark("Vostochny")
    desk.session.save_as(path, lambda: heard.append("saved"))
    desk.wait()
    assert heard == ["saved"]
    assert (desk.session.target, desk.session.is_dirty, desk.session.title) == (path, False, "case")
    assert desk.settings.recent() == [path]
    desk.session.close()
    other.session.open_case(path)
    other.wait()
    assert other.labels() == ["Vostochny"]
    assert not other.session.is_dirty


@pytest.mark.bounded
def test_who_asks_for_the_history_waits_for_its_older_rows(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.app.case.case_files.CaseProcess", CaseProcess)  # it reads on while the case is shown
    monkeypatch.setattr("layers.project.saving.opened_copy.SOON_COPIED_BYTES", 0)
    monkeypatch.setattr("layers.project.saving.later_history.MANY_ROWS", 2)
    path = case_with(tmp_path / "case.gpkg", "a", "b", "c")
    monkeypatch.setattr(
        "layers.project.saving.working_copy.WorkingCopy.judge_rest", lambda *_values: None
    )  # nothing is copied yet
    desk.session.open_case(path)
    desk.wait()
    work = desk.session.working_copy
    assert work is not None
    assert read_session(work.folder).later_history == 3
    desk.mark("d")
    past = desk.session.recorded_history()
    assert past is not None
    assert past.under_way() == HistoryUnderWay(3, 0)
    past.wait()
    assert past.under_way() is None
    with opened_history(past.path) as connection:
        changes = read_page(connection, HistoryFilter()).changes
    assert [change.seq for change in changes] == [4, 3, 2, 1]


@pytest.mark.bounded
def test_save_is_clean_only_for_what_it_held(desk: Desk, tmp_path: Path) -> None:
    path = case_with(tmp_path / "case.gpkg", "a")
    desk.session.open_case(path)
    desk.wait()
    desk.mark("b")
    desk.session.save()
    desk.mark("c")
    desk.wait()
    assert desk.session.is_dirty
    desk.session.save()
    desk.wait()
    assert not desk.session.is_dirty
    desk.session.undo()
    assert desk.session.is_dirty
    desk.session.redo()
    assert not desk.session.is_dirty
    assert len(read_case(path).document.sites) == 3


def test_a_saved_case_is_known_as_saved_before_its_lock_or_its_message_can_hinder(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, dirty = desk.session, list[bool]()
    hold = session.hold.hold

    def note(path: Path | None, lock: CaseLock | None, holder: str = "") -> None:
        dirty.append(session.is_dirty)
        hold(path, lock, holder)

    session.new_case()
    desk.mark("a")
    desk.wait()
    monkeypatch.setattr(session.hold, "hold", note)
    session.save_as(tmp_path / "case.gpkg")
    desk.wait()
    assert dirty == [False]


def test_opening_changes_no_byte(desk: Desk, tmp_path: Path) -> None:
    path = case_with(tmp_path / "case.gpkg", "a")
    before, stat = path.read_bytes(), path.stat()
    desk.session.open_case(path)
    desk.wait()
    desk.session.close()
    desk.wait()
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == stat.st_mtime_ns
    assert [entry.name for entry in tmp_path.iterdir()] == ["case.gpkg"]


def test_a_copy_has_no_target_and_asks_nothing_when_untouched(desk: Desk, tmp_path: Path) -> None:
    path = case_with(tmp_path / "demo.gpkg", "a")
    desk.session.open_case(path, copy_title="Demo case (unsaved copy)")
    desk.wait()
    assert (desk.session.target, desk.session.title) == (None, "Demo case (unsaved copy)")
    assert not desk.session.is_dirty
    assert desk.settings.recent() == []
    desk.mark("mine")
    assert desk.session.is_dirty
    desk.session.save_as(tmp_path / "mine.gpkg")
    desk.wait()
    assert desk.session.title == "mine"
    assert len(read_case(path).document.sites) == 1


@pytest.mark.parametrize("content", [None, b"", b"text, no case at all" * 50])
def test_what_cannot_be_opened_leaves_everything_as_it_is(desk: Desk, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.gpkg"
    if content is not None:
        path.write_bytes(content)
    desk.session.new_case()
    desk.mark("kept")
    failures: list[GeoloupeError] = []
    desk.session.open_case(path, failed=failures.append)
    desk.wait()
    assert desk.labels() == ["kept"]
    assert len(failures) == 1
    assert desk.texts() == [failures[0].sentence]
    assert "bad.gpkg" in failures[0].sentence


def test_a_save_right_after_the_first_edit_holds_it(desk: Desk, tmp_path: Path) -> None:
    desk.session.new_case()
    desk.mark("kept")
    desk.session.save_as(tmp_path / "case.gpkg")  # the working copy is still being made
    desk.mark("late")
    desk.wait()
    assert "kept" in [site.label for site in read_case(tmp_path / "case.gpkg").document.sites.values()]
    assert len(session_folders()) == 1


def test_a_save_that_fails_says_so_and_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.session.new_case()
    desk.mark("kept")
    desk.session.save_as(tmp_path / "no such folder" / "case.gpkg")
    desk.wait()
    assert desk.session.target is None
    assert desk.session.is_dirty
    assert [line.level for line in desk.messages.lines()] == ["error"]
    desk.session.save_as(tmp_path / "case.gpkg")
    desk.wait()
    assert desk.texts() == []
    assert len(read_case(tmp_path / "case.gpkg").document.sites) == 1


def test_f10_another_save_meanwhile_is_never_overwritten_silently(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    path = case_with(tmp_path / "case.gpkg", "a")
    desk.session.open_case(path)
    desk.wait()
    desk.mark("mine")
    case_with(path, "theirs", "theirs too")
    with qtbot.waitSignal(desk.session.changed_on_disk):
        desk.session.save()
    assert [s.label for s in read_case(path).document.sites.values()] == ["theirs", "theirs too"]
    assert desk.session.is_dirty
    desk.session.save(overwrite=True)
    desk.wait()
    assert sorted(s.label for s in read_case(path).document.sites.values()) == ["a", "mine"]


def test_a_crashed_session_is_found_and_recovered(desk: Desk, other: Desk, tmp_path: Path) -> None:
    desk.session.new_case()
    for number in range(10):
        desk.mark(str(number))
    desk.wait()
    work = desk.session.working_copy
    assert work is not None
    work.drain()
    crashed = as_a_crash_leaves_it(work.folder)
    found: list[object] = []
    other.session.find_recoverable(found.extend)
    other.wait()
    assert [(case.edits, case.marks.sites) for case in found] == [(10, 10)]
    other.session.recover(crashed)
    other.wait()
    assert other.labels() == [str(number) for number in range(10)]
    assert other.session.is_dirty
    other.session.save_as(tmp_path / "saved.gpkg")
    other.wait()
    assert not other.session.is_dirty
    assert len(read_case(tmp_path / "saved.gpkg").document.sites) == 10


def test_a_case_open_elsewhere_can_be_read_and_saved_under_another_name(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = case_with(tmp_path / "case.gpkg", "a")
    elsewhere = Holder("Olga", Owner(1, "0", "another computer"), 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(CaseLock, "acquire", lambda self: elsewhere)
        desk.session.open_case(path)
        desk.wait()
        assert desk.session.is_read_only
        assert "Olga" in desk.texts()[0]
        desk.mark("b")
        desk.session.save_as(path)
        desk.wait()
        assert "Olga" in desk.texts()[-1]
    assert len(read_case(path).document.sites) == 1
    desk.session.save_as(tmp_path / "mine.gpkg")
    desk.wait()
    assert not desk.session.is_read_only
    assert len(read_case(tmp_path / "mine.gpkg").document.sites) == 2


def test_f91_edits_wait_for_a_data_folder_that_can_be_written(desk: Desk, tmp_path: Path) -> None:
    sessions_folder().parent.mkdir(parents=True)
    sessions_folder().write_text("a file where the folder should be")
    desk.session.new_case()
    desk.mark("a")
    desk.wait()
    assert [line.level for line in desk.messages.lines()] == ["error"]
    sessions_folder().unlink()
    desk.mark("b")
    desk.session.save_as(tmp_path / "case.gpkg")
    desk.wait()
    assert len(read_case(tmp_path / "case.gpkg").document.sites) == 2
    assert desk.texts() == []


def test_closing_for_good_leaves_no_session(desk: Desk, tmp_path: Path) -> None:
    desk.session.open_case(case_with(tmp_path / "case.gpkg", "a"))
    desk.wait()
    assert len(session_folders()) == 1
    desk.session.close()
    desk.wait()
    assert session_folders() == []
    assert not desk.session.is_begun


def test_an_edit_that_does_not_fit_is_a_message(desk: Desk) -> None:
    desk.session.new_case()
    edit = add_site(desk.session.document, Point(0, 0), actor="me", label="a")
    desk.session.push_or_say(edit.inverse())
    assert len(desk.texts()) == 1
    assert desk.session.history.stack.count() == 0


def test_the_map_view_is_kept_with_the_case(desk: Desk, tmp_path: Path) -> None:
    desk.session.new_case()
    desk.mark("a")
    desk.session.save_as(tmp_path / "case.gpkg", viewport_json='{"crs": "EPSG:3857"}')
    desk.wait()
    with sqlite3.connect(tmp_path / "case.gpkg") as connection:
        rows = connection.execute("SELECT value FROM loupe_meta WHERE key = 'viewport'").fetchall()
    connection.close()
    assert rows == [('{"crs": "EPSG:3857"}',)]
    assert read_case(tmp_path / "case.gpkg").document.meta("viewport") == '{"crs": "EPSG:3857"}'
