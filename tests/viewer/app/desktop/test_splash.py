"""A start is seen at once: before most of the program is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pytestqt.qtbot import QtBot

from viewer.app.desktop.splash import SIZE, Splash
from viewer.app.main import run
from viewer.app.window import MainWindow

PROBE = """
import sys
from viewer.app import main
from viewer.support.plain_imports import load_qt
load_qt()
class Pool:
    def close(self): pass
splash = main._begin(Pool(), None)
late = [name for name in ("viewer.app.program", "viewer.app.window", "numpy", "shapely") if name in sys.modules]
print(splash.isVisible(), splash.windowHandle().isExposed(), late)
"""


@pytest.mark.bounded
def test_the_sign_is_on_the_screen_before_the_program_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split(maxsplit=2)[:2] == ["True", "True"]
    assert "viewer.app" not in done.stdout


@pytest.mark.bounded
def test_it_says_what_it_is_and_goes_when_the_window_stands(window: MainWindow, qtbot: QtBot) -> None:
    splash = Splash()
    qtbot.addWidget(splash)
    splash.show_now()
    assert splash.isVisible()
    assert "starting" in splash.accessibleName()
    assert (splash.width(), splash.height()) == SIZE
    splash.finish(window)
    assert not splash.isVisible()


def test_a_picture_of_the_window_has_no_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    def show(*_: object) -> None:
        raise AssertionError("shown")

    def begin(*_: object, **__: object) -> None:
        raise RuntimeError("enough")

    monkeypatch.setattr(Splash, "show_now", show)
    monkeypatch.setattr("viewer.app.main.ReaderPool.start", lambda *_: None)
    monkeypatch.setattr("viewer.app.program.Program", begin)
    with pytest.raises(RuntimeError, match="enough"):
        run([], screenshot="a.png")
