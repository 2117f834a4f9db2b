"""Some letters find the command, or the place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QComboBox, QLineEdit, QListView
from pytestqt.qtbot import QtBot

from layers.errors import GeoloupeError
from viewer.panels.search.finder import Finder
from viewer.panels.search.hits import BEGINS, EXACT, INSIDE, WEAK_COORDINATE, Hit, HitGroup
from viewer.panels.search.palette import CommandPalette, PaletteEntry, match_score
from viewer.support.jobs import Jobs

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


def test_what_cannot_run_now_stands_below_what_can(qtbot: QtBot) -> None:
    texts = ("Select None", "Select Features", "Select by Expression")
    entries = [PaletteEntry(text, "Edit", "", QIcon(), text != "Select None", print) for text in texts]
    palette = CommandPalette(entries)
    qtbot.addWidget(palette)
    _type(palette, "select", qtbot)
    assert palette.shown_texts() == ["Select Features", "Select by Expression", "Select None"]


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


# -- with a search ----------------------------------------------------------------------------------------------


class Gazetteer:
    """Knows two places and one coordinate; `gate` holds its answers back."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.known = [
            Hit(group=HitGroup.PLACES, text="Samara", lon=50.1, lat=53.2, note="Russia", fields={"label": "Samara"}),
            Hit(group=HitGroup.PLACES, text="Savannah", lon=-81.1, lat=32.1, score=1),
        ]

    def search(self, text: str) -> list[Hit]:
        assert self.gate.wait(10)
        if text[:1].isdigit():
            return [Hit(group=HitGroup.COORDINATES, text="51° N, 128° E", lon=128, lat=51, fields={})]
        if text == "?":
            raise GeoloupeError("Minutes must be below 60, not 60.")
        return [one for one in self.known if one.text.casefold().startswith(text.casefold())]


class Search(NamedTuple):
    palette: CommandPalette
    finder: Finder
    gazetteer: Gazetteer
    previewed: list[Hit | None]
    chosen: list[Hit]
    wanted: list[Hit]

    def type(self, text: str, qtbot: QtBot) -> QLineEdit:
        line = _type(self.palette, text, qtbot)
        qtbot.waitUntil(lambda: not self.finder.is_busy)
        return line


@pytest.fixture
def search(ran: list[str], jobs: Jobs, qtbot: QtBot) -> Iterator[Search]:
    gazetteer = Gazetteer()
    finder = Finder([gazetteer], jobs)
    entries = [PaletteEntry(text, "File", "", QIcon(), True, lambda t=text: ran.append(t)) for text in TEXTS]
    palette = CommandPalette(entries, None, finder)
    qtbot.addWidget(palette)
    found = Search(palette, finder, gazetteer, [], [], [])
    palette.hit_previewed.connect(found.previewed.append)
    palette.hit_chosen.connect(found.chosen.append)
    palette.site_wanted.connect(found.wanted.append)
    palette.show()
    yield found
    gazetteer.gate.set()


def test_a_place_is_listed_previewed_and_gone_to(search: Search, qtbot: QtBot) -> None:
    line = search.type("samar", qtbot)
    assert search.palette.shown_texts() == ["Samara"]
    assert search.previewed[-1] is not None
    assert search.previewed[-1].text == "Samara"
    assert "Shift+Enter" in search.palette.sentence()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert [one.text for one in search.chosen] == ["Samara"]
    assert search.previewed[-1] is None
    assert not search.palette.isVisible()


def test_commands_that_are_meant_stand_before_places_and_headings_are_skipped(search: Search, qtbot: QtBot) -> None:
    line = search.type("sa", qtbot)
    texts = search.palette.shown_texts()
    assert texts == ["Save", "Save As", "Samara", "Savannah", "Select All Sites"]
    for _ in range(2):
        qtbot.keyClick(line, Qt.Key.Key_Down)
    assert search.previewed[-1] is not None
    assert search.previewed[-1].text == "Samara"
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert search.previewed[-1] is None


def test_a_name_stands_before_a_guess_at_a_command(search: Search, ran: list[str], qtbot: QtBot) -> None:
    search.gazetteer.known.append(Hit(group=HitGroup.PLACES, text="Zsel", lon=1, lat=1, score=BEGINS))
    line = search.type("zsel", qtbot)
    assert search.palette.shown_texts() == ["Zsel", "Zoom to Selection"]
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert [one.text for one in search.chosen] == ["Zsel"]
    assert not ran


def test_a_hasty_enter_waits_for_the_names_before_it_runs_a_guess(search: Search, ran: list[str], qtbot: QtBot) -> None:
    search.gazetteer.known.append(Hit(group=HitGroup.PLACES, text="Zsel", lon=1, lat=1, score=BEGINS))
    line = _type(search.palette, "zsel", qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(search.chosen))
    assert not ran
    search.palette.show()
    line.clear()
    _type(search.palette, "save", qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert ran == ["Save"]


def test_names_that_hold_the_letters_stand_below_those_that_begin_so(search: Search, qtbot: QtBot) -> None:
    search.gazetteer.known += [
        Hit(group=HitGroup.SITES, text="Romeo Baikonur Cosmodrome", lon=63, lat=46, score=INSIDE),
        Hit(group=HitGroup.COORDINATES, text="Romeo", lon=135, lat=-89, score=WEAK_COORDINATE),
        Hit(group=HitGroup.PLACES, text="Rome", lon=12.5, lat=41.9, score=EXACT),
    ]
    search.type("rom", qtbot)
    assert search.palette.shown_texts() == ["Rome", "Romeo Baikonur Cosmodrome", "Romeo"]
    assert search.previewed[-1] is not None
    assert search.previewed[-1].lat == 41.9


def test_what_cannot_run_now_is_never_chosen(ran: list[str], qtbot: QtBot) -> None:
    able = {"Undo": False, "Burn Scars": False, "Select a Band": True, "Unite Sites, Draw Outlines": True}
    entries = [PaletteEntry(text, "Edit", "", QIcon(), on, lambda t=text: ran.append(t)) for text, on in able.items()]
    palette = CommandPalette(entries)
    qtbot.addWidget(palette)
    line = _type(palette, "b", qtbot)
    assert palette.shown_texts() == ["Select a Band", "Burn Scars"]
    for _ in range(3):
        qtbot.keyClick(line, Qt.Key.Key_Down)
        assert palette.current() is entries[2]
    view = palette.findChild(QListView)
    assert view is not None
    view.entered.emit(view.model().index(1, 0))
    assert palette.current() is entries[2]
    line.clear()
    _type(palette, "undo", qtbot)
    assert palette.shown_texts() == ["Undo", "Unite Sites, Draw Outlines"]
    assert palette.sentence() == "Undo cannot be done now."
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert not ran, "what was asked for is not replaced by what happens to hold its letters"
    qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert ran == ["Unite Sites, Draw Outlines"]


def test_the_words_of_a_command_may_stand_in_any_order(palette: CommandPalette, qtbot: QtBot) -> None:
    _type(palette, "sites exp", qtbot)
    assert palette.shown_texts() == ["Export Sites"]


def test_shift_enter_marks_a_site_only_where_one_can_be_made(search: Search, qtbot: QtBot) -> None:
    line = search.type("savann", qtbot)
    assert "Shift+Enter" not in search.palette.sentence()
    line.clear()
    line = search.type("samar", qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert [one.text for one in search.wanted] == ["Samara"]
    assert not search.chosen


def test_typing_never_waits_and_a_hasty_enter_means_the_new_text(search: Search, qtbot: QtBot) -> None:
    line = search.type("savann", qtbot)
    search.gazetteer.gate.clear()
    line.clear()
    qtbot.keyClicks(line, "samar")
    assert line.text() == "samar"  # the search is held up, the letters are not
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert not search.chosen, "what is listed still belongs to the text before"
    search.gazetteer.gate.set()
    qtbot.waitUntil(lambda: bool(search.chosen))
    assert search.chosen[0].text == "Samara"


def test_the_datum_is_asked_where_there_is_a_coordinate(search: Search, qtbot: QtBot) -> None:
    box = search.palette.findChild(QComboBox)
    assert box is not None
    search.type("samar", qtbot)
    assert not box.isVisible()
    line = search.palette.findChild(QLineEdit)
    assert line is not None
    line.clear()
    search.type("51 128", qtbot)
    assert box.isVisible()
    assert box.currentText() == "WGS 84"
    with qtbot.waitSignal(search.palette.datum_changed) as changed:
        box.setCurrentText("Pulkovo 1942")
    assert changed.args == ["Pulkovo 1942"]


def test_what_is_wrong_is_said_and_nothing_found_too(search: Search, qtbot: QtBot) -> None:
    search.type("?", qtbot)
    assert search.palette.sentence() == "Minutes must be below 60, not 60."
    _type(search.palette, "qqq", qtbot)
    assert search.palette.sentence() == "Searching…", "nothing can be said of it yet"
    qtbot.waitUntil(lambda: search.palette.sentence().startswith("Nothing found"))


def test_pointing_with_the_mouse_previews(search: Search, qtbot: QtBot) -> None:
    search.type("sa", qtbot)
    view = search.palette.findChild(QListView)
    assert view is not None
    row = next(at for at in range(view.model().rowCount()) if view.model().index(at, 0).data() == "Savannah")
    view.entered.emit(view.model().index(row, 0))
    assert search.previewed[-1] is not None
    assert search.previewed[-1].text == "Savannah"


def test_it_says_what_of_the_screen_it_hides_and_is_no_higher_than_its_rows(search: Search, qtbot: QtBot) -> None:
    covers: list[QRect] = []
    search.palette.covered.connect(covers.append)
    search.type("samar", qtbot)
    small = search.palette.height()
    line = search.palette.findChild(QLineEdit)
    assert line is not None
    line.clear()
    search.type("s", qtbot)
    assert search.palette.height() > small
    assert covers[-1] == search.palette.geometry()
    search.palette.close()
    assert not covers[-1].isValid()


def test_a_screen_reader_hears_the_note_of_a_place(search: Search, qtbot: QtBot) -> None:
    search.type("samar", qtbot)
    view = search.palette.findChild(QListView)
    assert view is not None
    assert view.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Samara, Russia"


def test_an_answer_that_comes_late_never_changes_the_chosen_row(search: Search, ran: list[str], qtbot: QtBot) -> None:
    search.gazetteer.known.append(Hit(group=HitGroup.SITES, text="Saveur", lon=1, lat=1, score=EXACT))
    search.gazetteer.gate.clear()
    line = _type(search.palette, "zsel", qtbot)
    assert search.palette.current() is None, "a guess is not chosen while a name may come before it"
    line.clear()
    _type(search.palette, "save", qtbot)
    chosen = search.palette.current()
    assert chosen is not None
    assert chosen.text == "Save"
    search.gazetteer.gate.set()
    qtbot.waitUntil(lambda: not search.finder.is_busy)
    assert "Saveur" in search.palette.shown_texts()
    assert search.palette.current() == chosen
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert ran == ["Save"]
