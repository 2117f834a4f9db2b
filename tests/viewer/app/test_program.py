"""The program as a process: its picture, its end, what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

import sample_data
from layers.project.saving.recovery import recoverable

ROOT = Path(__file__).resolve().parents[3]

EDITING = """
import sys
from PySide6.QtCore import QTimer
from shapely import Point
from viewer.app import program
from viewer.commands.sites import add_site

class Editing(program.Program):
    def _begin(self):
        super()._begin()
        QTimer.singleShot(0, self.edit)

    def edit(self):
        session = self._session
        session.new_case()
        for number in range(10):
            session.push(add_site(session.document, Point(number, 50), actor="me", label=str(number)))
        self._context.jobs.wait()
        session.working_copy.drain()
        print("edited", flush=True)

program.Program = Editing

if __name__ == "__main__":
    from viewer.app.main import run
    sys.exit(run([]))
"""


def _run(arguments: list[str], home: Path, **more: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"GEOLOUPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "viewer", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=50, check=False)


@pytest.mark.bounded
def test_a_picture_of_the_window_leaves_nothing_behind(tmp_path: Path) -> None:
    out, home = tmp_path / "out.png", tmp_path / "home"
    files = [str(sample_data.path("blue_marble.tif")), str(sample_data.path("coast.geojson"))]
    done = _run([*files, "--screenshot", str(out), "--size", "900x600", "--bounds", "100,20,140,60"], home)
    assert (done.returncode, done.stderr) == (0, "")
    image = QImage(str(out))
    assert (image.width(), image.height()) == (900, 600)
    colors = {image.pixelColor(x, y).name() for x in range(280, 520, 7) for y in range(100, 560, 7)}
    assert len(colors) > 100, "the map shows imagery"
    assert not home.exists() or not [path for path in home.rglob("*") if path.is_file()]


@pytest.mark.bounded
@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_f88_a_signal_ends_it_and_no_edit_is_lost(tmp_path: Path, number: signal.Signals) -> None:
    script, home = tmp_path / "editing.py", tmp_path / "home"
    script.write_text(EDITING)
    environment = os.environ | {"GEOLOUPE_HOME": str(home), "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "edited\n"
        started = time.monotonic()
        program.send_signal(number)
        program.wait(timeout=20)
        assert time.monotonic() - started < 10
        assert program.stderr is not None
        said = program.stderr.read()
        assert said == "" or number == signal.SIGKILL, said  # somebody else clears the readers' blocks away then
    assert program.returncode == (-number if number == signal.SIGKILL else 0)
    found = recoverable(home / "data" / "sessions")
    assert [(case.edits, case.marks.sites) for case in found] == [(10, 10)]
    assert not list((home / "data" / "logs").glob("crash-*.log")) or number == signal.SIGKILL
