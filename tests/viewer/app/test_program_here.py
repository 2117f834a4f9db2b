"""The program from its first line to its exit code, in the test's own process, which is there already."""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from shapely.geometry import Point

from layers.document.document import Document
from layers.pool.pool import ReaderPool
from layers.project.saving.publish import write_case
from layers.project.saving.recovery import recoverable
from tests.support.reading_inline import Interruptible
from tests.support.tile_server import serving
from tests.viewer.canvas.conftest import site
from viewer.app.main import run
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.support.settings import Settings

type Act = Callable[[MainWindow], object]


@pytest.fixture(autouse=True)
def in_this_process(dressed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Readers of this process; all that a run sets for its own process is put back after."""
    monkeypatch.setattr("viewer.app.main.ReaderPool", lambda workers, grants: ReaderPool(inline=True))
    monkeypatch.setattr("viewer.app.main.CaseProcess", Interruptible)
    monkeypatch.setattr("viewer.app.arranging.docks.Docks.warm_up", lambda docks, jobs: None)
    monkeypatch.setattr(
        "viewer.app.desktop.splash.Splash.show_now", lambda sign: None
    )  # that waits for a second offscreen
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    interval, name, quits = (
        sys.getswitchinterval(),
        application.applicationName(),
        application.quitOnLastWindowClosed(),
    )
    yield
    sys.setswitchinterval(interval)
    application.setApplicationName(name)
    application.setQuitOnLastWindowClosed(quits)
    gc.unfreeze()
    gc.disable()  # as in all tests with a window
    if sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)


def of_the_window(*acts: Act, closes: bool = True) -> list[str]:
    """Do these one after the other, each once the window is idle and again while it says False, and close it then;
    what was seen wrong.
    """
    waiting, wrong = list(acts), []

    def look() -> None:
        windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
        shown = next((window for window in windows if window.isVisible()), None)
        if shown is None or not shown.is_idle():
            QTimer.singleShot(5, look)
            return
        try:
            if waiting:
                if waiting[0](shown) is not False:
                    waiting.pop(0)
                QTimer.singleShot(5, look)
            elif closes:
                shown.close()
        except AssertionError as error:
            wrong.append(str(error) or "wrong")
            shown.close()

    QTimer.singleShot(0, look)
    return wrong


def small_case(path: Path) -> Path:
    write_case(Document({"sites": [site("here", Point(10, 50)), site("there", Point(11, 51))]}), path)
    return path


@pytest.mark.bounded
def test_a_picture_leaves_nothing_behind(own_home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    case, out = small_case(tmp_path / "case.gpkg"), tmp_path / "out.png"
    assert run([str(case)], screenshot=str(out), size=(700, 500), bounds=(9, 49, 12, 52)) == 0
    assert capfd.readouterr().err == ""
    image = QImage(str(out))
    assert (image.width(), image.height()) == (700, 500)
    assert not [path for path in own_home.rglob("*") if path.is_file()]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.gpkg", "out.png"]


@pytest.mark.bounded
def test_a_picture_of_what_cannot_be_opened_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.tif").write_text("no picture")
    assert run([str(tmp_path / "text.tif")], screenshot=str(tmp_path / "out.png")) == 1
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "text.tif" in said
    assert not (tmp_path / "out.png").exists()


@pytest.mark.bounded
def test_a_picture_that_cannot_be_written_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run([], screenshot=str(tmp_path / "nowhere" / "out.png")) == 1
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "out.png" in said


def test_a_picture_that_does_not_get_complete_is_written_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("viewer.app.screenshot.LONGEST_S", 0.0)
    monkeypatch.setattr("viewer.app.screenshot.QUIET_ROUNDS", 10_000)
    assert run([], screenshot=str(tmp_path / "out.png"), size=(700, 500)) == 1
    assert "was not complete after 0 s" in capfd.readouterr().err
    assert QImage(str(tmp_path / "out.png")).width() == 700


@pytest.mark.bounded
@pytest.mark.parametrize(("is_gone", "code"), [(False, 0), (True, 3)])
def test_a_picture_none_of_whose_tiles_came_is_done_with_findings(
    own_home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], is_gone: bool, code: int
) -> None:
    with serving() as server:
        if is_gone:
            server.stop()
        out = tmp_path / "out.png"
        assert run([server.template()], screenshot=str(out), size=(900, 600), bounds=(10, 40, 40, 60)) == code
        said = capfd.readouterr().err
        assert said.count("\n") == (1 if is_gone else 0)
        assert ("none of its tiles came" in said and server.host in said) is is_gone
        assert QImage(str(out)).width() == 900


@pytest.mark.bounded
def test_a_window_with_the_case_that_was_named_says_what_is_worth_saying(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that a crash left, no font for Chinese, and the sign of the start, which goes."""
    logs = own_home / "data" / "logs"
    logs.mkdir(parents=True)
    (logs / "crash-4194305.log").write_text("Fatal Python error")
    monkeypatch.setattr("viewer.app.program.has_chinese", lambda: False)
    signs: list[str] = []
    monkeypatch.setattr("viewer.app.desktop.splash.Splash.show_now", lambda sign: signs.append("shown"))
    monkeypatch.setattr("viewer.app.desktop.splash.Splash.finish", lambda sign, window: signs.append("gone"))

    def look(window: MainWindow) -> None:
        assert set(window.session.document.sites) == {"here", "there"}
        said = [line.key for line in window.messages.lines()]
        assert said.count("left behind") == 1
        assert said.count("no chinese") == 1
        assert not is_paused(window)

    wrong = of_the_window(lambda window: None, look)
    assert run([str(small_case(tmp_path / "case.gpkg"))], trace=str(tmp_path / "trace.json")) == 0
    assert wrong == []
    assert signs == ["shown", "gone"]
    assert json.loads((tmp_path / "trace.json").read_text())["traceEvents"]

    wrong = of_the_window(lambda window: None, lambda window: no_word_of("no chinese", window))
    assert run([]) == 0
    assert wrong == []


def is_paused(window: MainWindow) -> bool:
    return any("Safe mode" in line.text for line in window.messages.lines())


def no_word_of(key: str, window: MainWindow) -> None:
    assert key not in [line.key for line in window.messages.lines()], "said once"


@pytest.mark.bounded
@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_f88_a_signal_ends_it_and_what_was_not_saved_is_offered(
    own_home: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(number)
    Settings.of_user().set("new_on_world", False)

    def begin(window: MainWindow) -> None:
        window.file_menu.new_case()

    def mark_one(window: MainWindow) -> None:
        window.session.push(add_site(window.session.document, Point(10, 50), actor="me", label="mine"))
        os.kill(os.getpid(), number)

    of_the_window(begin, mark_one, closes=False)
    assert run([]) == 0
    monkeypatch.setattr("layers.project.storage.processes.start_of", lambda pid: f"another {pid}")
    assert [(left.edits, left.marks.sites) for left in recoverable(own_home / "data" / "sessions")] == [(1, 1)]
    assert signal.getsignal(number) is before

    offered: list[int] = []
    monkeypatch.setattr("viewer.app.window.MainWindow.offer_recovery", lambda window, cases: offered.append(len(cases)))
    of_the_window(lambda window: bool(offered))
    assert run([]) == 0
    assert offered == [1]


@pytest.mark.bounded
def test_f90_a_case_that_brought_it_down_twice_is_opened_with_its_layers_paused(own_home: Path, tmp_path: Path) -> None:
    case = small_case(tmp_path / "case.gpkg")
    (own_home / "data").mkdir(parents=True, exist_ok=True)
    (own_home / "data" / "opening.json").write_text(json.dumps([[str(case), 1.0], [str(case), 2.0]]))
    seen: list[bool] = []
    of_the_window(lambda window: seen.append(is_paused(window)))
    assert run([str(case)]) == 0
    assert seen == [True]
    assert run_and_see() == [False]


def run_and_see() -> list[bool]:
    seen: list[bool] = []
    of_the_window(lambda window: seen.append(is_paused(window)))
    assert run([]) == 0
    return seen


@pytest.mark.bounded
def test_safe_mode_and_the_demo(own_home: Path) -> None:
    seen: list[tuple[bool, int]] = []
    of_the_window(lambda window: seen.append((is_paused(window), len(window.session.document.sites))))
    assert run([], demo=True, safe_mode=True) == 0
    assert seen[0][0]
    assert seen[0][1] > 3


@pytest.mark.bounded
def test_what_nobody_caught_and_want_of_memory_are_said_in_the_window(own_home: Path) -> None:
    def fail(window: MainWindow) -> None:
        sys.excepthook(ValueError, ValueError("of no use"), None)
        sys.excepthook(MemoryError, MemoryError(), None)

    told: list[str] = []

    def look(window: MainWindow) -> bool:
        told[:] = [line.text for line in window.messages.lines()]
        return len(told) > 1

    hook = sys.excepthook
    of_the_window(fail, look)
    assert run([]) == 0
    assert sys.excepthook is hook
    assert any("Something went wrong inside Geoloupe (ValueError: of no use)" in line for line in told)
    assert any(line.startswith("Memory is running low") for line in told)
    (log,) = (own_home / "data" / "logs").glob("*.log")
    assert "an exception that nobody caught" in log.read_text()
