"""Row F18 at the window: a clock that jumps a year forward and back while one works."""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from shapely import Point

from layers.project.opening.intake import read_case
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site

YEAR_S = 365 * 86_400


@pytest.fixture(
    params=[(1,), pytest.param((-1,), marks=pytest.mark.bounded), pytest.param((1, -1), marks=pytest.mark.bounded)],
    ids=["forward", "back", "to and fro"],
)
def wild_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a year off."""
    steps, looks, begin = request.param, count(), time.time()
    monkeypatch.setattr(time, "time", lambda: begin + YEAR_S * steps[next(looks) % len(steps)])


def settle(window: MainWindow) -> None:
    """Until nothing is under way any more; the usual way looks at the clock."""
    end = time.monotonic() + 10
    QApplication.processEvents()
    while not window.is_idle():
        assert time.monotonic() < end
        QApplication.processEvents()


def test_f18_a_morning_s_work_is_saved_and_found_again(window: MainWindow, wild_clock: None, tmp_path: Path) -> None:
    target = tmp_path / "case.gpkg"
    window.file_menu.new_case()
    session = window.session
    for number in range(4):
        session.push(add_site(session.document, Point(10, 50), actor="me", label=f"{number}"))
        settle(window)
        work = session.working_copy
        assert work is not None
        work.drain()
        assert len(work.read_document().sites) == number + 1
        if number == 0:
            session.save_as(target)
        elif number == 2:
            session.save()
        settle(window)
    session.undo()
    assert not session.is_dirty, "that is what was saved"
    session.redo()
    session.save()
    settle(window)
    assert [site.label for site in read_case(target).document.sites.values()] == ["0", "1", "2", "3"]
    assert not session.is_read_only
    window.file_menu.close_case()
    window.opener.open([str(target)])
    settle(window)
    assert len(window.session.document.sites) == 4
    assert window.settings.recent() == [target]
    assert window.messages.lines() == []
