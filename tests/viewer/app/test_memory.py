"""Row F85: where memory runs short the caches go, it is said once, and the case can be saved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from shapely import Point

import sample_data
from layers.project.opening.intake import read_case
from tests.support.deaths.kills import ROOT
from tests.viewer.app.conftest import settle
from viewer.app.crash import CrashDoors
from viewer.app.memory_watch import MemoryWatch
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.rendering.tiles.tile_cache import LEAST_BYTES
from viewer.support.painting import painting

pytestmark = pytest.mark.bounded


@pytest.fixture
def watch(window: MainWindow) -> MemoryWatch:
    return MemoryWatch(window.compared, window.context.jobs, window.messages, window)


@pytest.fixture
def reported() -> list[str]:
    """The errors of the program that are told."""
    return []


@pytest.fixture
def doors(tmp_path: Path, watch: MemoryWatch, reported: list[str]) -> Iterator[CrashDoors]:
    doors = CrashDoors(tmp_path / "logs", lambda key, sentence: reported.append(key), watch.ran_short)
    doors.install()
    yield doors
    doors.remove()


def cached(window: MainWindow) -> int:
    return window.context.tiles.raw.nbytes + window.context.tiles.styled.nbytes


def opened(window: MainWindow, qtbot: QtBot) -> None:
    window.opener.open([str(sample_data.path("blue_marble.tif"))])
    settle(window, qtbot)
    assert cached(window) > 0


def said(window: MainWindow) -> list[tuple[str, int]]:
    return [(line.key, line.count) for line in window.messages.lines()]


def test_f85_an_exception_for_want_of_memory_empties_the_caches_and_a_save_works(
    window: MainWindow, watch: MemoryWatch, doors: CrashDoors, reported: list[str], qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, qtbot)
    doors.caught(MemoryError, MemoryError(), None)
    assert not watch.has_reserve, "at once, before anything else needs it"
    qtbot.waitUntil(lambda: bool(window.messages.lines()))
    assert cached(window) == 0
    assert said(window) == [("memory", 1)]
    assert reported == [], "it is no fault of the program"
    window.session.push(add_site(window.session.document, Point(10, 50), actor="me", label="after"))
    window.session.save_as(tmp_path / "case.gpkg")
    settle(window, qtbot)
    assert not window.session.is_dirty
    assert [site.label for site in read_case(tmp_path / "case.gpkg").document.sites.values()] == ["after"]
    window.canvas.motion.pan_by(40, 0)
    settle(window, qtbot)
    assert window.scene.stack.problems() == {}, "the map is read and painted again"


def test_f85_a_job_without_memory_is_one_sentence_and_empties_the_caches(
    window: MainWindow, watch: MemoryWatch, qtbot: QtBot
) -> None:
    opened(window, qtbot)
    sentences: list[str] = []

    def hungry(_context: object) -> None:
        raise MemoryError

    window.context.jobs.run(hungry, None, lambda error: sentences.append(error.sentence), "Merging")
    qtbot.waitUntil(lambda: bool(sentences))
    assert "not enough memory" in sentences[0]
    assert "Merging" in sentences[0]
    assert cached(window) == 0
    assert said(window) == [("memory", 1)]


@pytest.mark.bounded
def test_f85_each_shortage_halves_what_is_kept(window: MainWindow, watch: MemoryWatch, qtbot: QtBot) -> None:
    opened(window, qtbot)
    for _ in range(8):
        watch.give_back()
    assert said(window) == [("memory", 8)]
    window.canvas.motion.pan_by(40, 0)
    settle(window, qtbot)
    tiles = window.context.tiles
    assert (tiles.raw.limit_bytes, tiles.styled.limit_bytes) == (LEAST_BYTES, LEAST_BYTES)
    assert window.scene.stack.problems() == {}


@pytest.fixture
def calm_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.app.memory_watch.CALM_MS", 0)


def test_f85_the_reserve_is_held_again_when_it_is_calm(calm_at_once: None, watch: MemoryWatch, qtbot: QtBot) -> None:
    watch.give_back()
    assert not watch.has_reserve
    qtbot.waitUntil(lambda: watch.has_reserve)


def test_f85_a_picture_that_cannot_be_made_is_an_error_and_no_end(qapp: object) -> None:
    with pytest.raises(MemoryError), painting(QImage(200_000, 200_000, QImage.Format.Format_RGB32)):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_f85_with_hardly_any_memory_left_the_program_saves(own_home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.memory_short", str(tmp_path / "case.gpkg")]
    environment = os.environ | {"GEOLOUPE_HOME": str(own_home), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=55, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["asked"], told["saved"]) == (1, True), told
    assert told["cached"] > 1_000_000 > told["left"]
    assert "Memory is running low" in told["said"]["memory"]
    assert "after" in [site.label for site in read_case(tmp_path / "case.gpkg").document.sites.values()]
