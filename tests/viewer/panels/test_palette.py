"""Some letters find the command."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLineEdit, QListView
from pytestqt.qtbot import QtBot

from viewer.panels.palette import CommandPalette, PaletteEntry, match_score

TEXTS = ("Save", "Save As", "Select All Sites", "Zoom to Selection", "Export Sites", "Undo")


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def palette(ran: list[str], qtbot: QtBot) -> CommandPalette:
    entries = [
        PaletteEntry(
            text, "Menu", "Ctrl+X" if text == "Save" else "", QIcon(), text != "Undo", lambda t=text: ran.append(t)
        )
        for text in TEXTS
    ]
    palette = CommandPalette(entries)
    qtbot.addWidget(palette)
    return palette


def _type(palette: CommandPalette, text: str, qtbot: QtBot) -> QLineEdit:
    line = palette.findChild(QLineEdit)
    assert line is not None
    qtbot.keyClicks(line, text)
    return line


def test_without_a_word_everything_stands_in_its_order(palette: CommandPalette) -> None:
    assert palette.shown_texts() == list(TEXTS)


def test_letters_in_order_find_it(palette: CommandPalette, qtbot: QtBot) -> None:
    _type(palette, "zsel", qtbot)
    assert palette.shown_texts() == ["Zoom to Selection"]


def test_the_closest_comes_first(palette: CommandPalette, qtbot: QtBot) -> None:
    _type(palette, "save", qtbot)
    assert palette.shown_texts()[:2] == ["Save", "Save As"]
    _type(palette, " a", qtbot)
    assert palette.shown_texts()[0] == "Save As"


def test_enter_runs_the_chosen_one(palette: CommandPalette, ran: list[str], qtbot: QtBot) -> None:
    palette.show()
    line = _type(palette, "s", qtbot)
    first = palette.shown_texts()
    qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert ran == [first[1]]
    assert not palette.isVisible()


def test_what_cannot_run_now_does_not(palette: CommandPalette, ran: list[str], qtbot: QtBot) -> None:
    line = _type(palette, "undo", qtbot)
    assert palette.shown_texts() == ["Undo"]
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert not ran


def test_a_screen_reader_hears_the_shortcut(palette: CommandPalette) -> None:
    view = palette.findChild(QListView)
    assert view is not None
    assert view.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Save, Ctrl+X"


def test_scores() -> None:
    assert match_score("xyz", "Save") is None
    assert match_score("", "Save") is not None
    save, deep = match_score("sa", "Save As"), match_score("sa", "Close all cases at once")
    assert save is not None
    assert deep is not None
    assert save < deep
