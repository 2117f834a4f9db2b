"""Rows F86 and F87: what goes while work for it is under way hears nothing, and nothing waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import sample_data
from tests.support.deaths.kills import ROOT
from tests.viewer.app.conftest import MakeWindow, settle
from viewer.support.jobs import Jobs

pytestmark = pytest.mark.bounded

QUITTING = """
import sys
from PySide6.QtCore import QTimer
from shapely import Point
from viewer.app import program
from viewer.commands.sites import add_site

class Quitting(program.Program):
    def _begin(self):
        super()._begin()
        QTimer.singleShot(0, self.work)

    def work(self):
        session, window = self._session, self._window
        if "saves" in sys.argv:
            session.new_case()
            session.push(add_site(session.document, Point(10, 50), actor="me", label="kept"))
            session.save_as(__import__("pathlib").Path(sys.argv[1]))
        else:
            window.opener.open([sys.argv[1], sys.argv[2]])
        window.saving.guarded = lambda go_on: go_on()
        print("quits", flush=True)
        QTimer.singleShot(int(sys.argv[-1]), window.close)

program.Program = Quitting

if __name__ == "__main__":
    from viewer.app.main import run
    sys.exit(run([]))
"""


def test_f86_layers_that_go_while_they_are_read_hear_nothing(make_window: MakeWindow, qtbot: QtBot) -> None:
    """Any call of what is gone would be an exception in a slot, which fails the test."""
    window = make_window()
    files = [str(sample_data.path(name)) for name in ("blue_marble.tif", "coast.geojson", "night_lights.tif")]
    window.layer_adder.asks = False
    for turn in range(12):
        window.opener.open(files)
        for _ in range(turn):
            QApplication.processEvents()
        window.session.close()
    settle(window, qtbot)
    assert window.scene.drawings == {}
    assert window.session.document.layers == {}, "nothing is added to a case that it was not opened in"
    assert [line.text for line in window.messages.lines() if line.level == "error"] == []


def test_f86_files_opened_while_others_are_read_are_all_added(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window()
    for name in ("blue_marble.tif", "coast.geojson", "night_lights.tif"):
        window.opener.open([str(sample_data.path(name))])
    qtbot.waitUntil(lambda: window.opener.is_idle)
    sources = [Path(layer.source["path"]).name for layer in window.session.document.layers.values()]
    assert sorted(sources) == ["blue_marble.tif", "coast.geojson", "night_lights.tif"]


def test_f86_what_was_read_for_a_case_is_not_added_to_the_next(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window()
    window.opener.open([str(sample_data.path("coast.geojson"))])
    window.session.new_case()
    qtbot.waitUntil(lambda: window.opener.is_idle)
    settle(window, qtbot)
    assert window.session.document.layers == {}
    assert [line.text for line in window.messages.lines()] == [
        "coast.geojson was not added: another case was opened meanwhile. Open it again to add it to this one."
    ]


def test_f86_a_job_whose_window_is_gone_ends_quietly(qtbot: QtBot) -> None:
    begun, may_end = threading.Event(), threading.Event()
    jobs = Jobs()
    heard: list[object] = []

    def work(_context: object) -> str:
        begun.set()
        may_end.wait(10)
        return "done"

    jobs.run(work, heard.append, title="Working")
    assert begun.wait(5)
    jobs.shutdown(0.01)
    may_end.set()
    qtbot.wait(50)
    assert heard == []


@pytest.mark.sampled(2)
@pytest.mark.parametrize("after_ms", [0, 150])
@pytest.mark.parametrize("what", ["opens", "saves"])
def test_f87_quitting_in_the_middle_of_work_ends_soon_and_in_order(
    own_home: Path, tmp_path: Path, what: str, after_ms: int
) -> None:
    script = tmp_path / "quitting.py"
    script.write_text(QUITTING)
    files = [str(sample_data.path("blue_marble.tif")), str(sample_data.path("coast.geojson"))]
    words = [str(tmp_path / "case.gpkg"), "saves"] if what == "saves" else files
    environment = os.environ | {
        "GEOLOUPE_HOME": str(own_home),
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
    }
    with subprocess.Popen(
        [sys.executable, str(script), *words, str(after_ms)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdout.readline() == "quits\n"
        begin = time.monotonic()
        assert program.wait(20) == 0
        assert time.monotonic() - begin < 10, "no reader and no job is waited for"
        assert program.stderr.read() == ""
    left = [path for path in tmp_path.iterdir() if ".tmp-" in path.name]
    assert left == [], "no half file"
