"""The name of the analyst: asked for once, kept for all cases, and never the login name of the computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.project.saving.lock import CaseLock
from tests.support.windows import settle
from tests.viewer.app.conftest import MakeWindow
from viewer.app.case.analyst_naming import KEY, NameDialog
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site


def mark(window: MainWindow, uuid: str) -> str:
    """Add a site, and return the name that stands with it."""
    assert window.panel_context.do(add_site, Point(10, 50), uuid=uuid, label=uuid)
    return window.session.document.sites[uuid].created_by


def test_a_name_is_asked_for_once_and_stands_on_all_that_comes_after(
    make_window: MakeWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "u0412")
    monkeypatch.setattr("viewer.app.case.analyst_naming.ASK_MS", 0)
    window = make_window()
    window.file_menu.new_case()
    assert mark(window, "first") == "", "a login name is no name"
    qtbot.waitUntil(lambda: window.messages.line(KEY) is not None)
    line = window.messages.line(KEY)
    assert line is not None
    assert line.action is not None
    line.action.run()
    (dialog,) = window.findChildren(NameDialog)
    ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    dialog.name_line.setText("u0412")
    assert not ok.isEnabled(), "the login name is refused, with a reason"
    assert not dialog.refusal.isHidden()
    dialog.name_line.setText("  Anna  Lind ")
    dialog.organisation_line.setText("Open Desk")
    ok.click()
    assert window.messages.line(KEY) is None
    assert mark(window, "second") == "Anna Lind"
    assert (window.settings.get("author"), window.settings.get("organisation")) == ("Anna Lind", "Open Desk")
    assert window.session.analyst.answering(window.session.document) == ("Anna Lind", "Open Desk")
    window.session.save_as(tmp_path / "case.gpkg")
    settle(window, qtbot)
    words = CaseLock(tmp_path / "case.gpkg").path.read_text()
    assert '"Anna Lind"' in words, "others see a name, and no login"
    assert "u0412" not in words


def test_whoever_does_not_answer_is_asked_no_second_time(
    make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("viewer.app.case.analyst_naming.ASK_MS", 0)
    window = make_window()
    window.file_menu.new_case()
    mark(window, "first")
    qtbot.waitUntil(lambda: window.messages.line(KEY) is not None)
    window.messages.clear(KEY)
    mark(window, "second")
    qtbot.wait(5)
    assert window.messages.line(KEY) is None
