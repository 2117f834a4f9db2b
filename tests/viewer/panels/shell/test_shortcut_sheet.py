"""Every key is on the sheet."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from viewer.panels.shell.shortcut_sheet import ShortcutSheet


def test_every_key_is_on_the_sheet(qtbot: QtBot) -> None:
    groups = {f"Menu {n}": [(f"Action {n}.{m}", f"Ctrl+{m}") for m in range(n + 1)] for n in range(8)}
    sheet = ShortcutSheet(groups)
    qtbot.addWidget(sheet)
    texts = [label.text() for label in sheet.findChildren(QLabel)]
    for title, rows in groups.items():
        assert title in texts
        assert all(text in texts for text, _keys in rows)
    assert texts.count("Ctrl+0") == 8
