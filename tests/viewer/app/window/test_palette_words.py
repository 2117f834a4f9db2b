"""The palette finds commands by the words that people type, whatever they are called here."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.document import Document
from layers.document.site import Site
from tests.support.windows import begin_on_map, search_for, settle
from viewer.app.actions.action_table import full_text
from viewer.app.navigation.newcomer_words import WORDS
from viewer.app.window import MainWindow
from viewer.panels.search.palette_rows import PaletteEntry

MOST_ROWS_DOWN = 8
"""A command stands among so many, all called by that word or with it in their own name."""


@pytest.fixture
def begun(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.session.new_case(Document({"sites": [Site(uuid="pad", geometry=Point(9.5, 50.1), label="Pad")]}))
    settle(window, qtbot)
    window.selection.set({"pad"})
    begin_on_map(window, qtbot)
    return window


def name_of(window: MainWindow, id_: str) -> str:
    spec = next(spec for menu in window.action_table.menus for spec in menu.actions if spec.id == id_)
    return full_text(spec, window.action_table[id_])


EVERYDAY = [
    ("observation sheet", "panel_observations"),
    ("last seen", "panel_observations"),
    ("counting", "tool_count"),
    ("basemap", "add_imagery"),
    ("wms", "add_imagery"),
    ("pdf", "export_product"),
    ("theme", "dark"),
    ("settings", "new_on_world"),
    ("attach", "add_source"),
    ("screenshot", "copy_picture"),
    ("ruler", "tool_measure"),
    ("pin", "tool_point"),
    ("contrast", "dra"),
    ("symbology", "vector_style"),
    ("before and after", "compare"),
    ("manual", "guide"),
    ("natural colours", "bands_true_colour"),
    ("near-infrared", "bands_colour_infrared"),
    ("nir", "bands_colour_infrared"),
    ("false colour", "bands_colour_infrared"),
    ("reliability", "panel_sources"),
    ("credib", "panel_sources"),
    ("grade", "panel_sources"),
    ("web story", "export_story"),
    ("html", "export_story"),
    ("web page", "export_story"),
    ("ticked", "bring_ticks_home"),
    ("kmz", "export_data"),
]
"""Words that are typed, and the command that they mean."""
AMONG_FIVE = ("settings", "pin", "contrast", "false colour", "nir", "kmz")
"""Words that mean more than one command."""


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("words", [EVERYDAY[:1], EVERYDAY[1:]], ids=["one", "all others"])
def test_everyday_words_lead_to_the_commands(begun: MainWindow, qtbot: QtBot, words: list[tuple[str, str]]) -> None:
    astray = {}
    for typed, id_ in words:
        palette, line = search_for(begun, typed, qtbot)
        names = [row.text for row in palette.rows if isinstance(row, PaletteEntry)]
        if name_of(begun, id_) not in names[: 5 if typed in AMONG_FIVE else 1]:
            astray[typed] = names[:5]
        QTest.keyClick(line, Qt.Key.Key_Escape)
    assert astray == {}


@pytest.mark.bounded
def test_history_leads_to_the_changes_and_undo_to_what_it_takes_back(begun: MainWindow, qtbot: QtBot) -> None:
    begun.action_table["delete"].trigger()
    settle(begun, qtbot)
    palette, _ = search_for(begun, "history", qtbot)
    assert palette.shown_texts()[0].startswith("History")
    palette, line = search_for(begun, "undo", qtbot)
    assert palette.shown_texts()[0].startswith("Undo: Delete site")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(begun, qtbot)
    assert "pad" in begun.session.document.sites


@pytest.mark.bounded
def test_theme_is_switched_by_enter_alone(begun: MainWindow, qtbot: QtBot) -> None:
    was = begun.action_table["dark"].isChecked()
    _, line = search_for(begun, "theme", qtbot)
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(begun, qtbot)
    assert begun.action_table["dark"].isChecked() is not was


@pytest.mark.bounded
def test_each_word_is_of_a_command_that_there_is_and_finds_it(begun: MainWindow) -> None:
    """Every row of the table, by the palette's own order without places."""
    from viewer.app.actions.menu_bar import palette_entries
    from viewer.panels.search.palette_rows import matching

    specs = {spec.id for menu in begun.action_table.menus for spec in menu.actions}
    assert not WORDS.keys() - specs
    entries = palette_entries(begun.action_table, begun.palette())
    lost = []
    for id_, words in WORDS.items():
        for word in words:
            found = [entry.text for _, entry in matching(word, entries)][:MOST_ROWS_DOWN]
            if name_of(begun, id_) not in found:
                lost.append((id_, word, found))
    assert not lost
    assert all(word == word.casefold() and len(word) > 2 for words in WORDS.values() for word in words)


@pytest.mark.bounded
def test_no_command_loses_its_own_name_to_such_a_word(begun: MainWindow) -> None:
    """Whoever types a name as it stands in the menu finds that first."""
    from viewer.app.actions.menu_bar import palette_entries
    from viewer.panels.search.palette_rows import matching

    entries = [entry for entry in palette_entries(begun.action_table, begun.palette()) if entry.enabled]
    for entry in entries:
        found = [other.text for _, other in matching(entry.text.casefold(), entries)]
        assert entry.text in found[: found.count(entry.text)], entry.text
