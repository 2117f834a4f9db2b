"""Edits that a crash has left are offered wherever their case is opened from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from layers.project.saving.lock import CaseLock, Holder
from layers.project.saving.recovery import RecoverableSession, recoverable_of
from layers.project.storage.processes import Owner
from tests.support.sessions import Desk, case_with, session_folders
from tests.support.windows import texts
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.app.desktop.questions import Questions, Recovery
from viewer.app.window import MainWindow
from viewer.support.settings import sessions_folder


@pytest.fixture
def crashed(qtbot: QtBot, tmp_path: Path) -> Path:
    """A case in whose file is one site, and of which a program that was killed has left two more."""
    path = case_with(tmp_path / "Amur.gpkg", "saved")
    desk = Desk()
    desk.session.open_case(path)
    desk.wait()
    for label in ("lost 1", "lost 2"):
        desk.mark(label)
    desk.crash()
    return path


def _labels(window: MainWindow) -> set[str]:
    return {site.label for site in window.session.document.sites.values()}


def _by_open(window: MainWindow, answers: Answers, path: Path) -> None:
    answers.opened = [str(path)]
    window.action_table["open"].trigger()


def _by_words(window: MainWindow, answers: Answers, path: Path) -> None:
    """As the command line and a double click on the file do."""
    window.opener.open([str(path)])


def _by_recent(window: MainWindow, answers: Answers, path: Path) -> None:
    window.settings.add_recent(path)
    window.start_page.set_recent(window.settings.recent())
    cards = window.start_page.findChildren(QPushButton, "card")
    next(card for card in cards if card.accessibleName() == path.stem).click()


def _by_drop(window: MainWindow, answers: Answers, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none))


@pytest.mark.bounded
@pytest.mark.parametrize("way", [_by_open, _by_words, _by_recent, _by_drop])
def test_recovery_is_offered_wherever_the_case_is_opened_from(
    make_window: MakeWindow,
    answers: Answers,
    qtbot: QtBot,
    crashed: Path,
    way: Callable[[MainWindow, Answers, Path], None],
) -> None:
    answers.recovers = Recovery.RECOVER
    window = make_window()
    way(window, answers, crashed)
    settle(window, qtbot)
    (asked,) = (one for one in answers.asked if one.startswith("recovery"))
    assert asked.startswith("recovery of Amur.gpkg: 2 from 20"), "how many edits, and since when"
    assert _labels(window) == {"saved", "lost 1", "lost 2"}
    assert window.session.target == crashed
    assert window.session.is_dirty


@pytest.mark.bounded
@pytest.mark.parametrize("answer", [Recovery.AS_SAVED, Recovery.DISCARD, Recovery.CANCEL])
def test_the_edits_go_only_where_that_is_said(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, crashed: Path, answer: Recovery
) -> None:
    answers.recovers = answer
    window = make_window()
    window.opener.open([str(crashed)])
    settle(window, qtbot)
    assert window.session.is_begun == (answer is not Recovery.CANCEL)
    assert _labels(window) == (set() if answer is Recovery.CANCEL else {"saved"})
    assert (recoverable_of(sessions_folder(), crashed) is None) == (answer is Recovery.DISCARD)
    window.file_menu.close_case()
    settle(window, qtbot)
    offered = [b for b in window.start_page.findChildren(QAbstractButton) if "Recover" in b.accessibleName()]
    assert len(offered) == (answer is not Recovery.DISCARD), "the start page offers what there is now"


@pytest.mark.bounded
def test_the_file_of_a_recovered_case_is_locked(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, crashed: Path
) -> None:
    answers.recovers = Recovery.RECOVER
    window = make_window()
    window.opener.open([str(crashed)])
    settle(window, qtbot)
    assert window.session.hold.lock_of(crashed) is not None
    window.session.close()
    settle(window, qtbot)


@pytest.mark.bounded
def test_a_case_that_somebody_else_has_open_is_recovered_to_be_saved_elsewhere(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, crashed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers.recovers = Recovery.RECOVER
    elsewhere = Holder("Olga", Owner(1, "0", "another computer"), 0.0)
    monkeypatch.setattr(CaseLock, "acquire", lambda self: elsewhere)
    window = make_window()
    window.opener.open([str(crashed)])
    settle(window, qtbot)
    assert _labels(window) == {"saved", "lost 1", "lost 2"}
    assert window.session.is_read_only
    assert "Olga" in texts(window)


@pytest.mark.bounded
def test_what_is_named_beside_a_recovered_case_is_added_to_it(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, crashed: Path, points: Path
) -> None:
    answers.recovers = Recovery.RECOVER
    window = make_window()
    window.opener.open([str(crashed), str(points)])
    settle(window, qtbot)
    assert _labels(window) == {"saved", "lost 1", "lost 2"}
    assert [layer.name for layer in window.session.document.layers.values()] == ["points"]


@pytest.mark.bounded
def test_a_session_that_cannot_be_taken_up_is_said(
    make_window: MakeWindow, qtbot: QtBot, crashed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()

    def spoil(_answers: Answers, name: str, left: RecoverableSession) -> Recovery:
        (left.folder / "session.json").write_text("{")
        return Recovery.RECOVER

    monkeypatch.setattr(Answers, "recovery", spoil)
    window.opener.open([str(crashed)])
    settle(window, qtbot)
    assert "session" in texts(window)
    assert window.opener.is_idle


def _left_by(folder: Path, **owner: str) -> None:
    """Its owner has another name, computer or start."""
    note = json.loads((folder / "session.json").read_text())
    note["owner"] |= owner
    (folder / "session.json").write_text(json.dumps(note))


def _offered(window: MainWindow) -> list[QAbstractButton]:
    return [one for one in window.start_page.findChildren(QAbstractButton) if "Recover" in one.accessibleName()]


@pytest.mark.bounded
def test_a_renamed_computer_is_offered_its_edits(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, crashed: Path
) -> None:
    (folder,) = session_folders()
    _left_by(folder, host="its old name", boot="another start/")
    answers.recovers = Recovery.RECOVER
    window = make_window()
    window.opener.open([str(crashed)])
    settle(window, qtbot)
    assert _labels(window) == {"saved", "lost 1", "lost 2"}
    assert window.session.target == crashed


@pytest.mark.bounded
def test_a_session_of_another_computer_is_offered_as_a_copy(
    make_window: MakeWindow, answers: Answers, qtbot: QtBot, crashed: Path
) -> None:
    (folder,) = session_folders()
    _left_by(folder, host="olga", machine="f" * 32)
    window = make_window()
    window.file_menu.new_case()
    settle(window, qtbot)
    window.file_menu.close_case()
    settle(window, qtbot)
    (card,) = _offered(window)
    assert card.accessibleName().startswith("Recover a copy of")
    assert "perhaps open on olga" in card.accessibleDescription() + card.text()
    card.click()
    settle(window, qtbot)
    assert _labels(window) == {"saved", "lost 1", "lost 2"}
    assert window.session.target is None, "its file may be saved there"
    assert folder in session_folders()
    window.session.close()
    settle(window, qtbot)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(
    ("title", "answer"),
    [("Recover", Recovery.RECOVER), ("Open as Saved", Recovery.AS_SAVED), ("Discard Edits", Recovery.DISCARD)],
)
def test_the_question_says_what_would_be_lost(window: MainWindow, crashed: Path, title: str, answer: Recovery) -> None:
    left = recoverable_of(sessions_folder(), crashed)
    assert left is not None
    said = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.informativeText())
        default = box.defaultButton()
        assert default is not None
        assert default.text() == "&Recover"
        next(b for b in box.buttons() if b.text().replace("&", "") == title).click()

    QTimer.singleShot(0, press)
    assert Questions(window).recovery(crashed.name, left) is answer
    assert "2 edits, made " in said[0]
    assert "are kept, but not in the file" in said[0]
    assert "3 sites" in said[0]
