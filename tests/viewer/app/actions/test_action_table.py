"""House rules of the menus' tables of actions."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QTabBar, QToolBar, QWidget
from pytestqt.qtbot import QtBot
from shapely import Point

import sample_data
from layers.raster.presets import COMBINATIONS
from tests.support.windows import opened
from tests.viewer.app.conftest import Answers, settle
from viewer.app.actions.action_table import Action, ActionMenu, ActionTable, bare
from viewer.app.actions.bookmark_menu import BookmarkMenu
from viewer.app.actions.compare_menu import CompareMenu
from viewer.app.actions.edit_menu import EditMenu
from viewer.app.actions.feature_menu import FeatureMenu
from viewer.app.actions.file_menu import FileMenu
from viewer.app.actions.help_menu import HelpMenu
from viewer.app.actions.image_menu import ImageMenu, band_action
from viewer.app.actions.layer_menu import LayerMenu
from viewer.app.actions.menu_bar import BAR, CANVAS_KEYS, SHEET_KEYS, palette_entries, place_of, shortcut_groups, way_to
from viewer.app.actions.panels_menu import PanelsMenu
from viewer.app.actions.service_menu import ServiceMenu
from viewer.app.actions.site_menu import SiteMenu
from viewer.app.actions.tools_menu import ToolsMenu
from viewer.app.actions.view_menu import ViewMenu
from viewer.app.arranging.panel_layouts import FIRST
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.resources import icon_names

MENUS: tuple[type[ActionMenu], ...] = (
    FileMenu,
    EditMenu,
    ViewMenu,
    BookmarkMenu,
    LayerMenu,
    ServiceMenu,
    FeatureMenu,
    ImageMenu,
    CompareMenu,
    SiteMenu,
    ToolsMenu,
    PanelsMenu,
    HelpMenu,
)
ACTIONS = tuple(spec for menu in MENUS for spec in menu.actions)
PANELS = tuple(spec.id for spec in PanelsMenu.actions if spec.id.startswith("panel_"))


def test_each_action_is_whole() -> None:
    icons = set(icon_names())
    for spec in ACTIONS:
        assert spec.text.strip(), spec.id
        assert spec.text.count("&") <= 1, spec.id
        assert not spec.icon or spec.icon in icons, spec.id
        assert spec.icon or not spec.toolbar, f"{spec.id}: a toolbar button needs an icon"
        assert not spec.shortcut or not QKeySequence(spec.shortcut).isEmpty(), spec.id
        assert spec.checked is None or spec.check == "own", f"{spec.id}: one of a group is unchecked by another only"


def test_ids_and_shortcuts_are_unique() -> None:
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)
    keys = Counter(QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut)
    assert [key for key, times in keys.items() if times > 1] == []


def test_no_shortcut_takes_a_key_of_the_map() -> None:
    of_map = {part for _text, keys in CANVAS_KEYS for part in keys.split()}
    assert not {spec.shortcut for spec in ACTIONS} & of_map


def test_keys_of_menus_are_unique_within_each() -> None:
    placed = [(place_of(menu, spec), spec) for menu in MENUS for spec in menu.actions]  # type: ignore[arg-type]
    marks = [(*place, _mark(spec.text)) for place, spec in placed if "&" in spec.text]
    inside = {place for place, _ in placed if place.inside}
    marks += [(place.menu, "", _mark(place.inside)) for place in inside]
    marks += [("", "", _mark(title)) for title in BAR.values()]
    assert [mark for mark, times in Counter(marks).items() if times > 1] == []


def test_the_bar_has_few_menus_and_each_some_entries(window: MainWindow) -> None:
    """Newcomers read eleven titles, of which one had four entries and two overlapped."""
    titles = [bare(action.text()) for action in window.menuBar().actions()]
    assert titles == ["File", "Edit", "View", "Layer", "Image", "Mark", "Evidence", "Help"]
    for action in window.menuBar().actions():
        entries = action.menu().actions()
        assert len(entries) > 6
        assert not entries[0].isSeparator()
        assert not any(one.isSeparator() and two.isSeparator() for one, two in pairwise(entries))
        assert len([one for one in entries if not one.isSeparator()]) < 25


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(
    ("id_", "way"),
    [
        ("tool_measure", "Mark, Measure"),
        ("tool_point", "Mark"),
        ("tool_arrow", "Mark, Draw"),
        ("add_bookmark", "View, Bookmarks"),
        ("panel_claims", "View, Panels"),
        ("attribute_table", "Layer, Features"),
        ("compare_swipe", "Image, Compare"),
        ("report", "Evidence"),
        ("tool_nudge_layer", "Layer"),
        ("tool_lasso_sites", "Edit, Select By"),
    ],
)
def test_menus_guide_and_palette_lead_the_same_way(window: MainWindow, id_: str, way: str) -> None:
    window.action_table["new_case"].trigger()
    menu, spec = next((menu, spec) for menu in window.action_table.menus for spec in menu.actions if spec.id == id_)
    assert way_to(menu, spec) == way
    opened: list[QMenu] = [window.menuBar()]  # type: ignore[list-item]
    for title in way.split(", "):
        opened.append(next(one.menu() for one in opened[-1].actions() if one.menu() and bare(one.text()) == title))
    assert window.action_table[id_] in opened[-1].actions()
    entries = palette_entries(window.action_table, window.palette())
    said = next(entry for entry in entries if entry.text.endswith(bare(spec.text)))
    assert way.startswith(said.group)
    (help_menu,) = [one for one in window.action_table.menus if isinstance(one, HelpMenu)]
    assert help_menu.words_of(id_).startswith(f"{way}, ")


def _mark(text: str) -> str:
    """The letter that takes an entry of an open menu."""
    return text[text.index("&") + 1].lower()


def test_a_menu_or_an_id_added_twice_is_our_error(qtbot: QtBot) -> None:
    class Other(ActionMenu):
        id = "other"
        actions = (Action("save_as", "Save", lambda menu: None),)

    class Another(Other):
        id = "another"

    owner = QWidget()
    qtbot.addWidget(owner)
    table = ActionTable(owner)
    table.add(Other(owner))
    with pytest.raises(ValueError, match=r"another .'save_as'"):
        table.add(Another(owner))
    with pytest.raises(ValueError, match="other"):
        table.add(Other(owner))


def test_menus_toolbar_palette_and_sheet_hold_every_action(window: MainWindow) -> None:
    assert [type(menu) for menu in window.action_table.menus] == list(MENUS)
    in_menus = {name for menu in window.menuBar().actions() for name in _names_in(menu.menu())} - {""}
    assert in_menus == {spec.id for spec in ACTIONS}
    toolbar = window.findChild(QToolBar, "toolbar")
    assert toolbar is not None
    assert {a.objectName() for a in toolbar.actions()} - {""} == {spec.id for spec in ACTIONS if spec.toolbar}
    assert len(palette_entries(window.action_table, window.palette())) == len(ACTIONS)
    listed = [row for rows in shortcut_groups(window.action_table).values() for row in rows]
    assert len(listed) == len([spec for spec in ACTIONS if spec.shortcut]) + len(CANVAS_KEYS) + len(SHEET_KEYS)


def _names_in(menu: QMenu) -> set[str]:
    """Of all actions of a menu and of the menus in it."""
    names = {action.objectName() for action in menu.actions()}
    return names.union(*(_names_in(action.menu()) for action in menu.actions() if action.menu()))


@pytest.mark.bounded
def test_every_panel_has_its_switch(window: MainWindow) -> None:
    assert {dock.objectName() for dock in window.docks.all()} == set(PANELS)
    window.action_table["new_case"].trigger()
    for id_ in PANELS:
        assert window.action_table[id_].isChecked() == (id_ not in FIRST.hidden)
        for _ in range(3):  # it comes to the front, and is never put away
            window.action_table[id_].trigger()
            assert window.action_table[id_].isChecked()
            assert not window.docks[id_].visibleRegion().isEmpty()
        window.docks[id_].close()
        assert not window.action_table[id_].isChecked()
        window.action_table[id_].trigger()
        assert not window.docks[id_].isHidden()


def test_a_tooltip_says_what_and_by_which_key(window: MainWindow) -> None:
    assert window.action_table["open"].toolTip() == "Open a case, or add rasters and vectors (Ctrl+O)"
    assert window.action_table["undo"].toolTip() == "Undo (Ctrl+Z)"


ALWAYS = {
    "new_case",
    "new_on_world",
    "open",
    "bring_home",
    "add_table",
    "open_demo",
    "quit",
    "your_name",
    "next_notation",
    "dark",
    "full_screen",
    "add_files",
    "add_imagery",
    "offline",
    "paste",
    "palette",
    "guide",
    "shortcuts",
    "copy_diagnostics",
    "show_log",
    "about",
    *PANELS,
}
OF_A_CASE = {
    *("import_observations", "search_area"),
    *("graticule_off", "graticule_dd", "graticule_dms", "graticule_utm", "graticule_mgrs"),
    *("add_scene_folder", "scene_outlines", "search_archives", "what_is_new"),
    "save_as",
    "export_product",
    "products_printing",
    "history_of_row",
    "history_of_case",
    "review_rows",
    "comment_on_row",
    "export_batch",
    "fact_check",
    "changed_facts",
    "bring_ticks_home",
    "export_story",
    "export_data",
    "export_measurements",
    "permissions",
    "close_case",
    "select_all",
    "find",
    "new_class",
    "copy_coordinate",
    "lock_numbers",
    "copy_picture",
    "open_view",
    "add_bookmark",
    "compare",
    "zoom_in",
    "zoom_out",
    "full_view",
    "go_to",
    "back",
    "forward",
    "rotate_left",
    "rotate_right",
    "north_up",
    "relink_files",
    "select_class",
    "mark_as",
    "edit_templates",
    "select_folder",
    "report",
    "judge",
    "take_chip",
    "case_chips",
    "add_source",
    "add_response",
    "add_scene_folder",
    "scene_outlines",
    "close_panel",
    "reset_panels",
    "map_alone",
    "fold_left",
    "fold_right",
    *(spec.id for spec in ACTIONS if spec.id.startswith(("tool_", "copy_place_", "template_", "layout_"))),
}
OF_A_SELECTION = {
    "cut",
    "copy",
    "duplicate",
    "measurements_to_sites",
    "sites_to_measurements",
    "select_same_class",
    "select_same_folder",
    "delete",
    "select_none",
    "zoom_selection",
}
OF_A_LAYER = {"zoom_layer", "remove_layer", "layer_properties"}
OF_A_VECTOR = OF_A_LAYER | {"save_layer", "vector_style", "attribute_table", "select_expression"}
OF_A_RASTER = OF_A_LAYER | {
    "date_layers",
    "register_layer",
    "read_again",
    "dra",
    "copy_stretch",
    "paste_stretch",
    "invert",
    "area_statistics",
    "match_plate",
    "georeference",
    "auto_style",
    "image_style",
    "combine_bands",
    band_action(COMBINATIONS[0]),
}
OF_FEATURES = {"select_near", "select_no_features", "zoom_features", "make_sites"}


def _offered(window: MainWindow) -> set[str]:
    return {spec.id for spec in ACTIONS if window.action_table[spec.id].isEnabled()}


@pytest.mark.bounded
def test_actions_are_offered_when_they_can_be_done(
    window: MainWindow, answers: Answers, qtbot: QtBot, points: Path, tmp_path: Path
) -> None:
    assert _offered(window) == ALWAYS
    window.action_table["new_case"].trigger()
    of_case = ALWAYS | OF_A_CASE
    assert _offered(window) == of_case | {"save"}
    site = add_site(window.session.document, Point(10, 50), actor="me", uuid="s")
    window.session.push(site)
    assert _offered(window) == of_case | {"save", "undo"}
    window.selection.set({"s"})
    assert _offered(window) == of_case | {"save", "undo"} | OF_A_SELECTION
    window.selection.clear()
    window.action_table["undo"].trigger()
    assert _offered(window) == of_case | {"save", "redo"}
    opened(window, points, qtbot)
    assert _offered(window) == of_case | {"save", "undo"} | OF_A_VECTOR
    (uuid,) = window.session.document.layers
    window.feature_menu.selection.set(uuid, [0])
    assert _offered(window) == of_case | {"save", "undo"} | OF_A_VECTOR | OF_FEATURES
    window.feature_menu.selection.clear()
    opened(window, sample_data.path("blue_marble.tif"), qtbot)
    assert _offered(window) - {"build_overviews"} == of_case | {"save", "undo"} | OF_A_RASTER
    answers.path = tmp_path / "case.gpkg"
    window.action_table["save"].trigger()
    settle(window, qtbot)
    assert "save" in _offered(window), "what is typed and not entered yet is no change"
    window.action_table["close_case"].trigger()
    assert _offered(window) == ALWAYS


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


@pytest.mark.bounded
def test_a_key_finds_the_actions_as_they_are_though_the_loop_was_not_free(window: MainWindow, qtbot: QtBot) -> None:
    window.action_table["new_case"].trigger()
    settle(window, qtbot)
    session, actions = window.session, window.action_table
    session.push(add_site(session.document, Point(10, 20), label="Pad", actor="t"))
    settle(window, qtbot)
    duplicate = actions["duplicate"]
    assert not duplicate.isEnabled()
    window.canvas.setFocus()
    window.selection.set(session.document.sites)
    assert not duplicate.isEnabled(), "looked at once, when all that one step changes is done"
    qtbot.keyClick(window.canvas, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(session.document.sites) == 2


@pytest.mark.bounded
def test_a_step_has_the_actions_looked_at_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.action_table["new_case"].trigger()
    settle(window, qtbot)
    session, looks = window.session, list[str]()
    own = ActionTable._refresh
    monkeypatch.setattr(ActionTable, "_refresh", lambda table, menu: looks.append(menu.id) or own(table, menu))
    session.push(add_site(session.document, Point(10, 20), label="Pad", actor="t"))
    window.selection.set(session.document.sites)
    assert looks.count("site") == 0
    qtbot.waitUntil(lambda: looks.count("site") == 1)
    settle(window, qtbot)
    assert looks.count("site") == 1


@pytest.mark.bounded
def test_a_panel_has_one_word(window: MainWindow, qtbot: QtBot) -> None:
    """In the menu, on its dock and its tab, and in the palette: Details was Site on its tab."""
    window.action_table["new_case"].trigger()
    settle(window, qtbot)
    for id_ in PANELS:
        window.action_table[id_].trigger()
    entries = [entry.text for entry in palette_entries(window.action_table, window.palette())]
    titles = [window.docks[id_].windowTitle() for id_ in PANELS]
    assert titles == [bare(window.action_table[id_].text()) for id_ in PANELS]
    assert set(titles) <= set(entries)
    tabs = {bar.tabText(at) for bar in window.findChildren(QTabBar) for at in range(bar.count())}
    assert tabs & {"Details", "Site"} == {"Details"}
