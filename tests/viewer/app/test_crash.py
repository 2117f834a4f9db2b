"""An error inside is logged, said once, counted, and never the end."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer.app.crash import CrashDoors, left_behind, redact, sentence_of


class Said:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, key: str, sentence: str) -> None:
        self.lines.append((key, sentence))


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def doors(tmp_path: Path, said: Said) -> Iterator[CrashDoors]:
    doors = CrashDoors(tmp_path / "logs", said)
    doors.install()
    yield doors
    doors.remove()


def _log(tmp_path: Path) -> str:
    return (tmp_path / "logs" / "geoloupe.log").read_text(encoding="utf-8")


def _fail(kind: type[Exception]) -> None:
    raise kind("here")


def _raise_in_a_thread() -> None:
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()


def test_f83_an_exception_in_any_thread_is_said_and_logged(doors: CrashDoors, said: Said, tmp_path: Path) -> None:
    _raise_in_a_thread()
    assert len(said.lines) == 1
    assert "ZeroDivisionError: division by zero" in said.lines[0][1]
    assert "_raise_in_a_thread" not in said.lines[0][1]
    assert "Traceback" in _log(tmp_path)


def test_the_same_error_is_said_once_in_a_while(
    doors: CrashDoors, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saying it paints the message line: what fails whenever it is painted would be painted for ever."""
    for _ in range(50):
        _raise_in_a_thread()
    assert len(said.lines) == 1
    assert _log(tmp_path).count("Traceback") == 1
    monkeypatch.setattr("viewer.app.crash.QUIET_S", 0.0)
    _raise_in_a_thread()
    assert len(said.lines) == 2
    assert said.lines[0] == said.lines[1], "the message line counts them"
    assert "49 times since" in _log(tmp_path)


def test_errors_of_other_places_are_others(doors: CrashDoors, said: Said) -> None:
    for kind in (ValueError, KeyError):
        for _ in range(3):
            thread = threading.Thread(target=_fail, args=(kind,))
            thread.start()
            thread.join()
    assert len({key for key, _sentence in said.lines}) == len(said.lines) == 2


def test_of_ever_new_errors_the_first_are_forgotten(doors: CrashDoors, said: Said) -> None:
    """They would take ever more memory."""
    odd = [type(f"Odd{number}", (Exception,), {}) for number in range(1100)]
    for kind in odd:
        doors.caught(kind, None, None)
    count = len(said.lines)
    doors.caught(odd[-1], None, None)
    assert len(said.lines) == count, "known"
    doors.caught(odd[0], None, None)
    assert len(said.lines) == count + 1, "said as a new one"


def test_f82_an_exception_in_a_slot_leaves_the_program_alive(
    doors: CrashDoors, said: Said, qtbot: QtBot, tmp_path: Path
) -> None:
    class Fragile(QWidget):
        alive = 0

        @Slot()
        def fail(self) -> None:
            self.alive += 1
            raise ValueError("a slot broke")

    widget = Fragile()
    qtbot.addWidget(widget)
    with qtbot.captureExceptions() as caught:
        QTimer.singleShot(0, widget.fail)
        QTimer.singleShot(5, widget.fail)
        qtbot.waitUntil(lambda: widget.alive == 2)
    assert len(caught) == 2  # pytest-qt stands in front of our hook in tests
    doors.caught(*caught[0])
    assert "a slot broke" in said.lines[-1][1]


def test_a_reference_counted_failure_is_heard_too(doors: CrashDoors, said: Said) -> None:
    class Bad:
        def __del__(self) -> None:
            raise RuntimeError("while being collected")

    bad = Bad()
    del bad
    assert "while being collected" in said.lines[-1][1]


def test_ctrl_c_is_no_crash(doors: CrashDoors, said: Said) -> None:
    doors.caught(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not said.lines


def test_the_hooks_are_given_back(tmp_path: Path, said: Said) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook, list(logging.getLogger().handlers))
    doors = CrashDoors(tmp_path / "logs", said)
    doors.install()
    assert sys.excepthook is not before[0]
    doors.remove()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook, list(logging.getLogger().handlers)) == before
    assert not list((tmp_path / "logs").glob("crash-*.log")), "an orderly end leaves no crash file"


def test_f91_a_log_folder_that_cannot_be_made_is_said(tmp_path: Path, said: Said) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    doors = CrashDoors(tmp_path / "logs", said)
    doors.install()
    try:
        assert "No log" in doors.problem
        _raise_in_a_thread()
        assert len(said.lines) == 1
    finally:
        doors.remove()


def test_the_log_can_be_sent_to_somebody() -> None:
    home = str(Path.home())
    text = redact(f"{home}/cases/x.gpkg at https://tiles.example/1/2/3.png?key=secret&b=1 failed")
    assert "secret" not in text
    assert home not in text
    assert "https://tiles.example/1/2/3.png" in text
    assert text.endswith(" failed")
    assert redact("at http://ann:word@tiles.example/1.png now") == "at http://…@tiles.example/1.png now"
    assert redact("plain words") == "plain words"


def test_sentences_are_short_and_of_one_line() -> None:
    sentence = sentence_of(ValueError, ValueError("first line\nsecond line" + "x" * 1000))
    assert "first line" in sentence
    assert "second" not in sentence
    assert "\n" not in sentence
    assert "KeyError" in sentence_of(KeyError, None)


def test_crash_files_of_dead_programs_are_found(tmp_path: Path) -> None:
    (tmp_path / "crash-1999999999.log").write_text("Fatal Python error: Segmentation fault")
    (tmp_path / "crash-1999999998.log").write_text("")
    (tmp_path / f"crash-{os.getpid()}.log").write_text("running")
    (tmp_path / f"crash-{os.getppid()}.log").write_text("running too")
    assert left_behind(tmp_path) == [tmp_path / "crash-1999999999.log"]
    assert not (tmp_path / "crash-1999999998.log").exists()
    assert left_behind(tmp_path / "nowhere") == []
