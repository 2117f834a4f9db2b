"""The log and the diagnostics of a bug report: what happened is in them, and no name of a file, place, site or host."""

from __future__ import annotations

import logging
import os
import re
import shutil
import stat
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import PySide6
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.errors import ReaderCrashed
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile
from layers.project.saving.publish import write_case
from tests.support.cases.foreign_cases import foreign_case
from tests.support.cases.rich import rich_document
from tests.support.readers.raw import raw
from tests.support.windows import opened
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.app.actions.menu_bar import palette_entries
from viewer.app.crash import log_folder
from viewer.app.window import MainWindow
from viewer.support import event_log
from viewer.support.event_log import EventLog, last_lines, note, without_names
from viewer.support.settings import data_folder

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [A-Z]+ [\w.]+: .+")


@pytest.fixture
def log(own_home: Path) -> Iterator[EventLog]:
    log = EventLog(log_folder(data_folder()))
    log.open()
    yield log
    log.close()


@pytest.fixture
def window(make_window: MakeWindow, log: EventLog) -> MainWindow:
    return make_window()


def lines(log: EventLog) -> list[str]:
    return last_lines(log.path.parent, 1000)


def told(log: EventLog) -> str:
    return "\n".join(lines(log))


def open_file(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    opened(window, path, qtbot)


@pytest.mark.bounded
def test_a_day_with_a_case_is_told_line_by_line(
    window: MainWindow, qtbot: QtBot, answers: Answers, log: EventLog, tmp_path: Path
) -> None:
    case = tmp_path / "Operation Lantern.gpkg"
    write_case(rich_document(), case)
    open_file(window, qtbot, case)
    assert "a case is open: 4 sites, 2 claims, 1 source, 1 layer (1 raster)" in told(log)
    vector = tmp_path / "informants.geojson"
    vector.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"who":"Ivan"},'
        '"geometry":{"type":"Point","coordinates":[100.29871,40.96123]}}]}'
    )
    open_file(window, qtbot, vector)
    assert "a layer was added: vector .geojson" in told(log)
    answers.path = tmp_path / "Lantern two.gpkg"
    window.action_table["save_as"].trigger()
    settle(window, qtbot)
    assert "the case was saved: 4 sites, 2 claims, 1 source, 2 layers" in told(log)
    wrong = tmp_path / "Volkov.tif"
    wrong.write_bytes(b"II*\0" + b"nonsense" * 40)
    open_file(window, qtbot, wrong)
    assert "a file to be opened was refused: NotReadable" in told(log)
    assert all(LINE.fullmatch(line) for line in lines(log)), lines(log)
    for name in ("Lantern", "informants", "Ivan", "Volkov", "Jiuquan", "100.2", str(tmp_path), tmp_path.name):
        assert name not in told(log), name


def test_a_damaged_case_is_told_by_its_noun(window: MainWindow, qtbot: QtBot, log: EventLog, tmp_path: Path) -> None:
    case = tmp_path / "secret.gpkg"
    write_case(rich_document(), case)
    case.write_bytes(case.read_bytes().replace(b"Something is so", b"Nothing is real"))
    open_file(window, qtbot, case)
    assert "work in the background was refused: CaseDamaged" in told(log)
    assert "a message was shown (error): open" in told(log)
    assert "secret" not in told(log)


@pytest.mark.bounded
def test_a_recovery_is_told(
    make_window: MakeWindow, qtbot: QtBot, log: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    window.file_menu.new_case()
    settle(window, qtbot)
    work = window.session.working_copy
    assert work is not None
    window.session.shutdown(keep=True)
    monkeypatch.setattr("layers.project.saving.recovery.is_alive", lambda *_: False, raising=False)
    other = make_window()
    other.session.recover(work.folder)
    settle(other, qtbot)
    assert "this case was recovered from a session that had ended without a save" in told(log)


def test_layers_that_wait_for_a_permission_are_told_without_their_host(
    window: MainWindow, qtbot: QtBot, log: EventLog, tmp_path: Path
) -> None:
    template = "https://tiles.example.org/{z}/{x}/{y}.png"
    open_file(window, qtbot, foreign_case(tmp_path / "c.gpkg", tiles={"template": template, "max_level": 5}))
    assert "a message was shown (info): consent" in told(log)
    assert "example" not in told(log)


@pytest.mark.bounded
def test_a_reader_that_ends_is_told_without_its_file(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOLOUPE_TEST_OPS", "1")
    pool = ReaderPool(1)
    pool.start()
    try:
        with pytest.raises(ReaderCrashed):
            pool.ask(raw("_crash", {"path": "/secret/place.tif"}))
    finally:
        pool.close()
    lost = [line for line in lines(log) if "a reader process (local) was lost while it worked at a request" in line]
    assert len(lost) == 2
    assert "place" not in told(log)


# -- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_log_is_private_and_bounded(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12_000):
        note(f"line {number} of many, each of some hundred characters so that it fills the file {'x' * 20}")
    files = sorted(log.path.parent.iterdir())
    assert len(files) == 1 + event_log.LOGS_KEPT
    assert sum(path.stat().st_size for path in files) <= (1 + event_log.LOGS_KEPT) * event_log.LOG_BYTES
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert lines(log)[-1].endswith("x" * 20)
    assert "line 11999 of" in lines(log)[-1]


def test_a_log_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    old = tmp_path / event_log.FILE_NAME
    old.write_text("old\n")
    old.chmod(0o644)
    log = EventLog(tmp_path)
    log.open()
    log.close()
    assert stat.S_IMODE(old.stat().st_mode) == 0o600


def test_a_log_that_cannot_be_written_harms_nobody(
    log: EventLog, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    note("before")

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    (handler,) = (one for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler))
    monkeypatch.setattr(handler, "shouldRollover", full)
    note("after")
    monkeypatch.undo()
    shutil.rmtree(log.path.parent)
    note("nowhere")
    assert lines(log) == []
    assert capfd.readouterr().err == ""


PRIVATE = {
    "QImageReader: cannot open '/home/ivan/Op Lantern/scene 1.tif'": ("ivan", "Lantern", "scene"),
    "QNetworkReply: host maps.secret.example not found": ("secret",),
    "bad file scene-7.tif at C:\\Users\\ivan\\x": ("scene", "ivan"),
    "mail anna@agency.example about “Jiuquan”": ("anna", "agency", "Jiuquan"),
    "at 100.29871, 40.96123 and 12,345.6": ("29871", "96123"),
}


@pytest.mark.parametrize("text", PRIVATE)
def test_what_others_say_loses_its_names(text: str, log: EventLog) -> None:
    logging.getLogger("geoloupe.qt").warning("%s", text)
    for name in PRIVATE[text]:
        assert name not in without_names(text)
        assert name not in told(log)
    assert "geoloupe.qt" in lines(log)[-1]


def test_an_exception_is_told_by_its_steps_and_kind(log: EventLog) -> None:
    try:
        raise KeyError("Jiuquan")
    except KeyError:
        logging.getLogger("viewer.support.jobs").exception("job %r failed", "Opening Lantern.gpkg")
    try:
        _ = "".jiuquan  # type: ignore[attr-defined]
    except AttributeError:
        logging.getLogger("viewer").exception("twice")
    text = told(log)
    assert "  tests.viewer.app.desktop.test_diagnostics:" in text
    assert "\nKeyError\n" in text
    assert "AttributeError: 'str' object has no attribute 'jiuquan'" in text
    assert "Jiuquan" not in text
    assert "Lantern" not in text


# -- the clipboard ----------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_diagnostics_are_copied_from_the_menu_and_that_is_said(
    window: MainWindow, qtbot: QtBot, log: EventLog, tmp_path: Path
) -> None:
    case = tmp_path / "Lantern.gpkg"
    write_case(rich_document(), case)
    open_file(window, qtbot, case)
    (entry,) = (e for e in palette_entries(window.action_table, window.palette()) if e.text == "Copy Diagnostics")
    entry.run()
    qtbot.waitUntil(lambda: window.messages.line("copied") is not None)
    line = window.messages.line("copied")
    assert line is not None
    assert "Diagnostics copied" in line.text
    text = QApplication.clipboard().text()
    versions = ("Geoloupe ", "System: ", "Python 3", f"PySide6 {PySide6.__version__}", "GDAL 3", "PROJ 9")
    for words in (*versions, "Screen 1: "):
        assert words in text
    assert "a case is open: 4 sites" in text
    for name in ("Lantern", str(tmp_path), str(Path.home()), "Jiuquan"):
        assert name not in text, name


def test_diagnostics_are_copied_where_no_reader_answers(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.app.desktop.diagnostics.READER_ANSWERS_MS", 50)
    monkeypatch.setattr(window.context.pool, "submit", lambda request: None)
    window.action_table["copy_diagnostics"].trigger()
    qtbot.waitUntil(lambda: window.messages.line("copied") is not None)
    assert "no reader answered" in QApplication.clipboard().text()


@pytest.mark.bounded
def test_diagnostics_say_how_far_a_reader_is_confined(log: EventLog, qtbot: QtBot, dressed: None) -> None:
    from viewer.app.desktop.diagnostics import report  # as the window does: it is imported when it is asked for

    pool = ReaderPool(1)
    pool.start()
    try:
        header = pool.ask(raw("versions", {})).header
        text = report("", {"local": pool.holds(Profile.LOCAL)}, ["a line"])
    finally:
        pool.close()
    assert header["GDAL"].startswith("3.")
    assert re.search(r"Readers \(local\): (only granted|all) files; ", text)
    assert text.endswith("a line\n")
