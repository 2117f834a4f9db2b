"""A case of many bytes in the window: shown by its rows, its pictures judged later; a damaged one is not saved over."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.site import Site
from layers.project.opening.case_process import CaseProcess
from layers.project.opening.intake import read_case
from layers.project.saving import opened_copy, publish
from tests.support.cases.flipped_bits import flip
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.commands.sites import update_site

CHECKING = "Checking chips and files of case.gpkg"
PICTURE = random.Random(5).randbytes(300_000)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with a chip, written and opened as a case of very many bytes."""
    monkeypatch.setattr("viewer.app.case.case_files.CaseProcess", CaseProcess)  # it is what this is about
    monkeypatch.setattr(opened_copy, "SOON_COPIED_BYTES", 0)
    monkeypatch.setattr(publish, "MANY_BYTES", 0)
    site, chip = Site(uuid="site", geometry=Point(9, 50)), Chip(uuid="chip", content_type="image/png", site_uuid="site")
    path = tmp_path / "home" / "case.gpkg"
    path.parent.mkdir()
    publish.write_case(Document({"sites": [site], "chips": [chip]}), path, blobs={("chips", "chip"): PICTURE})
    return path


@pytest.mark.bounded
@pytest.mark.parametrize("is_damaged", [False, True])
def test_pictures_are_judged_after_the_case_is_shown(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, case: Path, is_damaged: bool
) -> None:
    if is_damaged:
        flip(case, PICTURE, 100_000)
    before, window, begun, ended = case.read_bytes(), make_window(), [], []
    jobs = window.context.jobs
    jobs.started.connect(lambda job: begun.append((job.title, window.session.is_begun, job.is_awaited)))
    jobs.finished.connect(lambda job: ended.append(job.title))
    window.opener.open([str(case)])
    qtbot.waitUntil(lambda: CHECKING in ended, timeout=20_000)
    assert (CHECKING, True, False) in begun, "it begins once the case is shown, and the map does not wait for it"
    settle(window, qtbot)
    line, session = window.messages.line("open"), window.session
    session.push(update_site(session.document, "site", actor="me", notes="edited"))
    answers.path = case.with_name("elsewhere.gpkg")
    window.action_table["save"].trigger()
    settle(window, qtbot)
    if not is_damaged:
        assert line is None
        assert answers.asked == []
        assert read_case(case).document.sites["site"].notes == "edited"
        return
    assert line is not None
    assert line.text.startswith("“case.gpkg” is damaged (bytes of its pictures or kept files are not what was saved).")
    assert line.text.endswith("What you change is saved under another name; this file is kept.")
    assert answers.asked == ["write case.gpkg"]
    assert case.read_bytes() == before
    assert read_case(answers.path).document.sites["site"].notes == "edited"
    assert not session.is_read_only


@pytest.mark.bounded
def test_closing_the_case_ends_the_check(make_window: MakeWindow, qtbot: QtBot, case: Path) -> None:
    flip(case, PICTURE, 100_000)
    window, ended = make_window(), []
    jobs, session = window.context.jobs, window.session
    jobs.started.connect(lambda job: CHECKING in job.title and session.close())
    jobs.finished.connect(lambda job: ended.append(job.title))
    window.opener.open([str(case)])
    qtbot.waitUntil(lambda: CHECKING in ended, timeout=20_000)
    settle(window, qtbot)
    assert window.messages.line("open") is None
    assert not session.is_begun
