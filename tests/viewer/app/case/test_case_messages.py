"""Messages about a case go when another one takes its place; those about the program stay."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.document import Document
from layers.project.saving.publish import write_case
from tests.support.drawn_rasters import written
from tests.viewer.app.conftest import Answers, settle
from viewer.app.desktop.questions import Unsaved
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site


def case(path: Path, *labels: str) -> Path:
    document = Document()
    for label in labels:
        document.apply(add_site(document, Point(1, 2), actor="them", label=label))
    write_case(document, path)
    return path


def faulty_case(path: Path) -> Path:
    """A case of two sites one of which lies nowhere: opening it has something to say."""
    with closing(sqlite3.connect(case(path, "here", "nowhere"))) as connection:
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        connection.execute("UPDATE site_point SET geom = x'00' WHERE label = 'nowhere'")
        connection.commit()
    return path


def opened(window: MainWindow, qtbot: QtBot, *words: Path) -> None:
    window.opener.open([str(word) for word in words])
    settle(window, qtbot)


def said(window: MainWindow) -> list[str]:
    return [line.text for line in window.messages.lines()]


@pytest.mark.bounded
def test_problems_of_one_case_are_not_those_of_the_next(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, qtbot, faulty_case(tmp_path / "first.gpkg"), tmp_path / "nowhere.tif")
    about_first = said(window)
    assert len(about_first) >= 2, "the site without a place, and the file that is not there"
    window.messages.show("settings", "The settings cannot be kept.", "warning", about="program")
    opened(window, qtbot, case(tmp_path / "second.gpkg", "elsewhere"))
    assert window.session.title == "second"
    assert said(window) == ["The settings cannot be kept."]


@pytest.mark.bounded
@pytest.mark.parametrize("way", ["new", "close", "recover"])
def test_they_go_whichever_way_the_case_ends(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path, way: str
) -> None:
    opened(window, qtbot, faulty_case(tmp_path / "first.gpkg"))
    assert said(window)
    answers.unsaved_answer = Unsaved.DISCARD
    match way:
        case "new":
            window.file_menu.new_case()
        case "close":
            window.file_menu.close_case()
        case "recover":
            work = window.session.working_copy
            assert work is not None
            window.session.push(add_site(window.session.document, Point(1, 2), actor="me", label="mine"))
            settle(window, qtbot)
            window.session.shutdown(keep=True)
            window.cases.recover(str(work.folder))
    settle(window, qtbot)
    assert [text for text in said(window) if "Recovered" not in text] == []


def test_a_case_that_cannot_be_opened_leaves_what_is_said_of_the_open_one(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, qtbot, faulty_case(tmp_path / "first.gpkg"))
    before = said(window)
    broken = case(tmp_path / "broken.gpkg", "a")
    broken.write_bytes(broken.read_bytes()[:5000])
    opened(window, qtbot, broken)
    assert set(before) < set(said(window))
    assert any("broken.gpkg" in text for text in said(window))


@pytest.mark.bounded
def test_what_a_file_lacks_is_said_again_in_the_next_case(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.raster.overviews.ENOUGH_PIXELS", 1_000_000)
    monkeypatch.setattr("layers.raster.overviews.MODERATE_PIXELS", 1_100_000)
    scene = written(tmp_path / "scene.tif", 200)
    opened(window, qtbot, case(tmp_path / "first.gpkg", "a"), scene)
    assert any("no overviews" in text for text in said(window))
    window.session.close()
    settle(window, qtbot)
    assert said(window) == []
    opened(window, qtbot, case(tmp_path / "second.gpkg", "a"), scene)
    assert [("no overviews" in line.text, line.count) for line in window.messages.lines()] == [(True, 1)]
