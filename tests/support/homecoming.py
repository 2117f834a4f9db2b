"""The dialog that brings a file of Google Earth home, opened as the menu does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from viewer.app.window import MainWindow
from viewer.panels.homecoming.earth_dialog import EarthDialog

WAIT_MS = 60_000


def dialog_of(window: MainWindow, qtbot: QtBot) -> EarthDialog:
    qtbot.waitUntil(lambda: window.findChild(EarthDialog) is not None, timeout=WAIT_MS)
    dialog = window.findChild(EarthDialog)
    assert dialog is not None
    return dialog


def bring(window: MainWindow, answers: Any, path: Path, qtbot: QtBot) -> EarthDialog:
    """The dialog for a file; `answers` says which one is chosen."""
    qtbot.waitUntil(lambda: window.findChild(EarthDialog) is None, timeout=WAIT_MS)  # one that was closed before
    answers.path = path
    window.action_table["bring_home"].trigger()
    return dialog_of(window, qtbot)
