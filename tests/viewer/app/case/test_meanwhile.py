"""An analyst goes on working while the case is being read or written."""

from __future__ import annotations

import time
from pathlib import Path

from layers.errors import GeoloupeError
from layers.project.saving.lock import CaseLock
from tests.support.cases.rich import read_case
from tests.support.sessions import Desk, as_a_crash_leaves_it, case_with, session_folders


def until_written(path: Path) -> None:
    """The job has ended, the window has not heard of it yet."""
    end = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    time.sleep(0.2)


def test_a_save_that_ends_late_is_no_target_of_the_next_case(desk: Desk, tmp_path: Path) -> None:
    desk.session.new_case()
    desk.mark("first")
    desk.wait()
    path, heard = tmp_path / "first.gpkg", list[str]()
    desk.session.save_as(path, lambda: heard.append("then"))
    until_written(path)
    desk.session.new_case()
    desk.mark("second")
    desk.wait()
    assert desk.session.target is None
    assert desk.session.is_dirty
    assert not heard, "what was to follow was about the other case"
    assert not CaseLock(path).path.exists()
    assert [site.label for site in read_case(path).document.sites.values()] == ["first"]


def test_f87_a_case_that_is_discarded_while_it_is_saved_is_in_its_file_and_nothing_fails(
    desk: Desk, tmp_path: Path
) -> None:
    for path in (tmp_path / "first.gpkg", tmp_path / "second.gpkg"):
        desk.session.new_case()
        desk.mark(path.stem)
        desk.wait()
        desk.session.save_as(path)
        desk.mark("unsaved")
        desk.session.close()
        desk.wait()
        assert read_case(path).document.sites, "what was saved before it was discarded is there"
        assert desk.texts() == [
            f"{path.name} was saved all the same: saving it was under way when the case was closed."
        ]
        assert not session_folders(), "nothing is left to be recovered"
        assert not CaseLock(path).path.exists()


def test_a_case_that_was_opened_meanwhile_keeps_its_own_lock(desk: Desk, tmp_path: Path) -> None:
    path = case_with(tmp_path / "case.gpkg", "a")
    desk.session.new_case()
    desk.mark("mine")
    desk.wait()
    desk.session.save_as(tmp_path / "mine.gpkg")
    until_written(tmp_path / "mine.gpkg")
    desk.session.close()
    desk.session.open_case(path)
    desk.wait()
    assert desk.session.target == path
    assert CaseLock(path).path.exists()


def test_edits_made_while_another_case_is_read_are_not_lost(desk: Desk, tmp_path: Path) -> None:
    path, failures = case_with(tmp_path / "case.gpkg", "theirs"), list[GeoloupeError]()
    desk.session.new_case()
    desk.wait()
    desk.session.open_case(path, failed=failures.append)
    desk.mark("mine")
    desk.wait()
    assert desk.labels() == ["mine"]
    assert desk.session.target is None
    assert "case.gpkg was not opened" in desk.texts()[0]
    assert [error.sentence for error in failures] == desk.texts()
    assert not CaseLock(path).path.exists()
    assert len(session_folders()) == 1, "what was read is let go"
    desk.session.undo()
    desk.session.open_case(path)
    desk.wait()
    assert desk.labels() == ["theirs"]
    assert desk.texts() == []


def test_the_same_case_read_again_keeps_its_lock_where_edits_came_first(desk: Desk, tmp_path: Path) -> None:
    path = case_with(tmp_path / "case.gpkg", "a")
    desk.session.open_case(path)
    desk.wait()
    desk.session.open_case(path)
    desk.mark("b")
    desk.wait()
    assert desk.labels() == ["a", "b"]
    assert CaseLock(path).path.exists()
    desk.session.close()
    assert not CaseLock(path).path.exists(), "it stands for the lock that was set when the case was read again"


def test_a_session_that_is_not_taken_up_can_be_recovered_later(desk: Desk, other: Desk) -> None:
    desk.session.new_case()
    desk.mark("crashed")
    desk.wait()
    assert desk.session.working_copy is not None
    desk.session.working_copy.drain()
    crashed = as_a_crash_leaves_it(desk.session.working_copy.folder)
    other.session.new_case()
    other.wait()
    other.session.recover(crashed)
    other.mark("mine")
    other.wait()
    assert other.labels() == ["mine"]
    other.session.save_as(crashed.parent.parent / "mine.gpkg")
    other.wait()
    other.session.recover(crashed)
    other.wait()
    assert other.labels() == ["crashed"]
