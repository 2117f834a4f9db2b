"""A program is killed while a case is edited; the next one is started with the case's name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from layers.project.opening.intake import read_case
from tests.support.sessions import case_with

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from shapely import Point
from viewer.app import program
from viewer.commands.sites import add_site

CASE, MODE = sys.argv[1:]

class Driven(program.Program):
    def _begin(self):
        super()._begin()
        self._timer = QTimer(interval=20)
        self._timer.timeout.connect(getattr(self, MODE))
        self._timer.start()

    def edit(self):
        session = self._session
        if not session.is_begun or not session.is_idle:
            return
        self._timer.stop()
        for number in range(3):
            session.push(add_site(session.document, Point(number, 50), actor="me", label=f"lost {number}"))
        session.working_copy.drain()
        print("edited", flush=True)

    def recover(self):
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox) and box.defaultButton().text() == "&Recover":
            print(box.informativeText().split(", made")[0], flush=True)
            box.defaultButton().click()
        elif self._session.is_begun and self._session.is_idle:
            self._timer.stop()
            self._window.action_table["save"].trigger()
            self._session.saved.connect(lambda _: QTimer.singleShot(0, self._window.close))

program.Program = Driven

if __name__ == "__main__":
    from viewer.app.main import run
    sys.exit(run([CASE]))
"""


@pytest.mark.bounded
@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_after_a_kill_the_command_line_offers_what_was_not_saved(tmp_path: Path) -> None:
    script, home, case = tmp_path / "driven.py", tmp_path / "home", case_with(tmp_path / "Amur.gpkg", "saved")
    script.write_text(PROGRAM)
    environment = os.environ | {"GEOLOUPE_HOME": str(home), "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(script), str(case)]
    with subprocess.Popen([*command, "edit"], env=environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "edited\n"
        program.send_signal(signal.SIGKILL)
        program.wait(timeout=20)
    done = subprocess.run(
        [*command, "recover"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "3 edits" in done.stdout
    labels = {site.label for site in read_case(case).document.sites.values()}
    assert labels == {"saved", "lost 0", "lost 1", "lost 2"}
