"""House rules of the one table of actions."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from layers.raster.presets import COMBINATIONS
from viewer.app.actions.action_table import ACTIONS, MENUS, PANELS, ActionSpec, ActionTable, band_action, bare
from viewer.app.actions.menus import CANVAS_KEYS, palette_entries, shortcut_groups
from viewer.app.arrangement import HIDDEN
from viewer.app.window import MainWindow
from viewer.resources import icon_names

CONDITIONS = {
    "",
    "vector",
    "features",
    "filter",
    "case",
    "selection",
    "layer",
    "raster",
    "coarse",
    "undo",
    "redo",
    "changes",
}
CONDITIONS |= set(map(band_action, COMBINATIONS))


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_an_action_is_whole(spec: ActionSpec) -> None:
    assert spec.text.strip()
    assert spec.text.count("&") <= 1
    assert spec.menu in {id_ for id_, _title in MENUS}
    assert spec.needs in CONDITIONS
    assert not spec.icon or spec.icon in icon_names()
    assert spec.icon or not spec.toolbar, "a toolbar button needs an icon"
    assert not spec.shortcut or not QKeySequence(spec.shortcut).isEmpty()


def test_ids_and_shortcuts_are_unique() -> None:
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
    keys = Counter(QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut)
    assert [key for key, times in keys.items() if times > 1] == []


def test_no_shortcut_takes_a_key_of_the_map() -> None:
    of_map = {part for _text, keys in CANVAS_KEYS for part in keys.split()}
    assert not {spec.shortcut for spec in ACTIONS} & of_map


def test_keys_of_menus_are_unique_within_each() -> None:
    for menu, _title in MENUS:
        marks = [
            spec.text[spec.text.index("&") + 1].lower() for spec in ACTIONS if spec.menu == menu and "&" in spec.text
        ]
        assert [mark for mark, times in Counter(marks).items() if times > 1] == [], menu


def test_a_handler_too_few_or_too_many_is_our_error(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    handlers = {spec.id: lambda *_: None for spec in ACTIONS}
    ActionTable(handlers, owner)
    with pytest.raises(ValueError, match="save_as"):
        ActionTable({id_: handler for id_, handler in handlers.items() if id_ != "save_as"}, owner)
    with pytest.raises(ValueError, match="nonsense"):
        ActionTable(handlers | {"nonsense": lambda: None}, owner)


def test_menus_toolbar_palette_and_sheet_hold_every_action(window: MainWindow) -> None:
    in_menus = {action.objectName() for menu in window.menuBar().actions() for action in menu.menu().actions()} - {""}
    assert in_menus == {spec.id for spec in ACTIONS}
    toolbar = window.findChild(QToolBar, "toolbar")
    assert toolbar is not None
    assert {a.objectName() for a in toolbar.actions()} - {""} == {spec.id for spec in ACTIONS if spec.toolbar}
    assert len(palette_entries(window.action_table, window.palette())) == len(ACTIONS)
    listed = [row for rows in shortcut_groups(window.action_table).values() for row in rows]
    assert len(listed) == len([spec for spec in ACTIONS if spec.shortcut]) + len(CANVAS_KEYS)


def test_every_panel_has_its_switch(window: MainWindow) -> None:
    assert {dock.objectName() for dock in window.docks.all()} == set(PANELS)
    window.action_table["new_case"].trigger()
    for id_ in PANELS:
        assert window.action_table[id_].isChecked() == (id_ not in HIDDEN)
        if window.docks[id_].visibleRegion().isEmpty():
            window.action_table[id_].trigger()  # behind another tab: it comes to the front
            assert window.action_table[id_].isChecked()
            assert not window.docks[id_].visibleRegion().isEmpty()
        window.action_table[id_].trigger()
        assert window.docks[id_].isHidden()
        assert not window.action_table[id_].isChecked()
        window.action_table[id_].trigger()
        assert not window.docks[id_].isHidden()


def test_a_tooltip_says_what_and_by_which_key(window: MainWindow) -> None:
    assert window.action_table["open"].toolTip() == "Open a case, or add rasters and vectors (Ctrl+O)"
    assert window.action_table["undo"].toolTip() == "Undo (Ctrl+Z)"


def test_needs_are_obeyed(window: MainWindow) -> None:
    table = window.action_table
    table.offer([])
    assert not any(table[spec.id].isEnabled() for spec in ACTIONS if spec.needs)
    table.offer(["case", "undo"])
    for spec in ACTIONS:
        assert table[spec.id].isEnabled() == (spec.needs in ("", "case", "undo"))


def test_icons_follow_the_colours(window: MainWindow, qapp: QApplication) -> None:
    def ink() -> set[str]:
        image = window.action_table["save"].icon().pixmap(20).toImage()
        points = [(x, y) for x in range(20) for y in range(20)]
        return {image.pixelColor(x, y).name() for x, y in points if image.pixelColor(x, y).alpha() == 255}

    window.action_table["dark"].setChecked(True)
    window.action_table["dark"].trigger()
    light = ink()
    window.action_table["dark"].trigger()
    assert light != ink()


def test_bare_text() -> None:
    assert bare("&Save As…") == "Save As"
