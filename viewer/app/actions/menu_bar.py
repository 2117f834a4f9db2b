"""Menu bar, toolbar, palette entries and shortcut sheet, all made from the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence, QPalette
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton

from viewer.app.actions.action_table import Action, ActionMenu, ActionTable, bare, full_text, translated
from viewer.support.icons import SIZE_PX, line_icon
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import translate

if TYPE_CHECKING:
    from viewer.panels.search.palette import PaletteEntry

WIDEST_PX = 360
"""Greatest width of a name in a menu."""

CANVAS_KEYS: tuple[tuple[object, object], ...] = (
    (QT_TRANSLATE_NOOP("Menus", "Pan while held"), "Space"),
    (QT_TRANSLATE_NOOP("Menus", "Pan"), QT_TRANSLATE_NOOP("Menus", "Arrows")),
    (QT_TRANSLATE_NOOP("Menus", "Zoom"), QT_TRANSLATE_NOOP("Menus", "+  −  wheel")),
    (QT_TRANSLATE_NOOP("Menus", "Turn the map"), "Shift+←  Shift+→"),
    (QT_TRANSLATE_NOOP("Menus", "North up"), "N"),
    (QT_TRANSLATE_NOOP("Menus", "Zoom to a box"), QT_TRANSLATE_NOOP("Menus", "Shift+drag")),
    (QT_TRANSLATE_NOOP("Menus", "Move the selected marks by a pixel"), QT_TRANSLATE_NOOP("Menus", "Arrows")),
    (QT_TRANSLATE_NOOP("Menus", "Move them by ten pixels"), QT_TRANSLATE_NOOP("Menus", "Shift+Arrows")),
    (
        QT_TRANSLATE_NOOP("Menus", "Snap to vertices and edges"),
        QT_TRANSLATE_NOOP("Menus", "Ctrl, while drawing or dragging"),
    ),
    (QT_TRANSLATE_NOOP("Menus", "Mark at the crosshair"), "Enter"),
    (QT_TRANSLATE_NOOP("Menus", "Mark at a vertex near the crosshair"), "Ctrl+Enter"),
    (
        QT_TRANSLATE_NOOP("Menus", "Type the length and bearing of a leg"),
        QT_TRANSLATE_NOOP("Menus", "Digits, while drawing"),
    ),
    (QT_TRANSLATE_NOOP("Menus", "Finish a line, an area or a measurement"), "Enter"),
    (QT_TRANSLATE_NOOP("Menus", "Take the last vertex back, as Undo does while one draws"), "Backspace"),
    (QT_TRANSLATE_NOOP("Menus", "Cancel, then go back to the Select tool"), "Esc"),
    (QT_TRANSLATE_NOOP("Menus", "Back to the map from a panel"), "Esc"),
)
"""Keys that the map itself understands (text in English, keys); the canvas and its tools handle these."""

SHEET_KEYS: tuple[tuple[object, object], ...] = (
    (QT_TRANSLATE_NOOP("Menus", "Present, absent, cannot tell"), "+  -  ?"),
    (QT_TRANSLATE_NOOP("Menus", "Count"), QT_TRANSLATE_NOOP("Menus", "Digits")),
    (QT_TRANSLATE_NOOP("Menus", "Count by ticks on the image"), "#"),
    (QT_TRANSLATE_NOOP("Menus", "Words"), "Enter"),
    (QT_TRANSLATE_NOOP("Menus", "Carry the earlier words forward"), '"'),
    (QT_TRANSLATE_NOOP("Menus", "Image clear, partly obscured, obscured (Shift: of this cell)"), "C  P  O"),
    (QT_TRANSLATE_NOOP("Menus", "No change seen, changed, cannot tell"), "=  !  *"),
    (QT_TRANSLATE_NOOP("Menus", "Evidence of the open claim"), "E"),
    (QT_TRANSLATE_NOOP("Menus", "Delete the row"), "Del"),
    (QT_TRANSLATE_NOOP("Menus", "Select the site"), "Space"),
)
"""Keys of the sheet of observations (text in English, keys), which its table handles."""

BAR: Mapping[str, Any] = {
    "file": QT_TRANSLATE_NOOP("Actions", "&File"),
    "edit": QT_TRANSLATE_NOOP("Actions", "&Edit"),
    "view": QT_TRANSLATE_NOOP("Actions", "&View"),
    "layer": QT_TRANSLATE_NOOP("Actions", "&Layer"),
    "image": QT_TRANSLATE_NOOP("Actions", "&Image"),
    "mark": QT_TRANSLATE_NOOP("Actions", "&Mark"),
    "evidence": QT_TRANSLATE_NOOP("Actions", "Evi&dence"),
    "help": QT_TRANSLATE_NOOP("Actions", "&Help"),
}
"""Titles of the menu bar's menus, by id, from left to right."""


class MenuPlace(NamedTuple):
    """A place in the bar: the id of a menu, and the title of a menu inside it."""

    menu: str
    inside: Any = ""


_BOOKMARKS = MenuPlace("view", QT_TRANSLATE_NOOP("Actions", "Bookmar&ks"))
_PANELS = MenuPlace("view", QT_TRANSLATE_NOOP("Actions", "&Panels"))
_FEATURES = MenuPlace("layer", QT_TRANSLATE_NOOP("Actions", "Feat&ures"))
_SERVICES = MenuPlace("layer", QT_TRANSLATE_NOOP("Actions", "Ser&vices"))
_COMPARE = MenuPlace("image", QT_TRANSLATE_NOOP("Actions", "Compa&re"))
_OF_TABLES: Mapping[str, MenuPlace] = {
    **{name: MenuPlace(name) for name in ("file", "edit", "view", "layer", "image", "help")},
    "bookmarks": _BOOKMARKS,
    "feature": _FEATURES,
    "service": _SERVICES,
    "compare": _COMPARE,
    "site": MenuPlace("mark"),
    "tools": MenuPlace("mark"),
    "panels": _PANELS,
}
"""Place in the menu bar for the actions of each table."""
_APART: Mapping[str, MenuPlace] = {
    "tool_pan": MenuPlace("view"),
    "tool_box_zoom": MenuPlace("view"),
    "tool_select": MenuPlace("edit"),
    "tool_lasso_sites": MenuPlace("edit", QT_TRANSLATE_NOOP("Actions", "Select &By")),
    "tool_nudge_layer": MenuPlace("layer"),
    "make_pack": MenuPlace("layer"),
    **dict.fromkeys(
        (
            *("report", "judge", "take_chip", "case_chips", "cite_image", "link_chip", "check_shadow", "search_area"),
            *(
                "add_source",
                "attach_file",
                "add_response",
                "products_printing",
                "history_of_row",
                "history_of_case",
                "comment_on_row",
                "review_rows",
            ),
        ),
        MenuPlace("evidence"),
    ),
}
"""Places of actions that are in another menu than the rest of their table."""


def place_of(menu: ActionMenu, spec: Action) -> MenuPlace:
    """The place of an action in the bar."""
    menu_id, inside = _APART.get(spec.id) or _OF_TABLES[menu.id]
    return MenuPlace(menu_id, inside or spec.submenu)


def way_to(menu: ActionMenu, spec: Action) -> str:
    """The titles of the menus that lead to an action: "Layer, Features"."""
    place = place_of(menu, spec)
    return ", ".join(bare(translated(title)) for title in (BAR[place.menu], place.inside) if title)


def fill_menu_bar(window: QMainWindow, actions: ActionTable) -> dict[str, QMenu]:
    """Fill the menu bar from the table of actions; returns its menus by id.

    Separators stand between the actions of different tables; tables with a submenu of their own come last.
    """
    menus = {id_: window.menuBar().addMenu(translated(title)) for id_, title in BAR.items()}
    inside: dict[MenuPlace, QMenu] = {}
    parted: set[tuple[str, str]] = set()
    for source in sorted(actions.menus, key=lambda menu: bool(_OF_TABLES[menu.id].inside)):
        for spec in source.actions:
            place = place_of(source, spec)
            menu = menus[place.menu]
            is_own = place == _OF_TABLES[source.id] and bool(place.inside)
            block = (place.menu, "" if is_own else source.id)
            if ((spec.breaks and not is_own) or block not in parted) and not menu.isEmpty():
                menu.addSeparator()
            parted.add(block)
            if place.inside and place not in inside:
                inside[place] = menu.addMenu(translated(place.inside))
            target = inside.get(place, menu)
            if is_own and spec.breaks and not target.isEmpty():
                target.addSeparator()
            target.addAction(actions[spec.id])
    return menus


class RecentMenu(QMenu):
    """Menu of recently opened cases, filled anew each time it is opened."""

    chosen = Signal(str)

    def __init__(self, recent: Callable[[], list[Path]], parent: QMenu) -> None:
        super().__init__(translate("Menus", "Open &Recent"), parent)
        self._recent = recent
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for path in self._recent():
            name = self.fontMetrics().elidedText(one_line(path.stem), Qt.TextElideMode.ElideMiddle, WIDEST_PX)
            action = self.addAction(name.replace("&", "&&"))
            action.setToolTip(tooltip(str(path)))
            action.triggered.connect(lambda _checked=False, path=path: self.chosen.emit(str(path)))
        if self.isEmpty():
            self.addAction(translate("Menus", "No case yet")).setEnabled(False)


def make_toolbar(window: QMainWindow, actions: ActionTable) -> QToolBar:
    title = translate("Menus", "Toolbar")
    bar = QToolBar(title, window)
    bar.setObjectName("toolbar")
    bar.setAccessibleName(title)
    bar.setMovable(False)
    bar.setIconSize(QSize(SIZE_PX, SIZE_PX))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    group = ""
    for menu, spec in actions.in_toolbar():
        if group and menu != group:
            bar.addSeparator()
        group = menu
        bar.addAction(actions[spec.id])
        button = bar.widgetForAction(actions[spec.id])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(bare(translated(spec.text)))
    return bar


def color_overflow(bar: QToolBar, palette: QPalette) -> None:
    """Give the toolbar's overflow button our own icon: Qt's is drawn for a light background."""
    button = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert button is not None
    text = translate("Menus", "More tools")
    button.setIcon(line_icon("chevron_down", palette))
    button.setAccessibleName(text)
    button.setToolTip(text)


def palette_entries(actions: ActionTable, palette: QPalette) -> list[PaletteEntry]:
    """Entries of the palette for all actions, in the menus' order."""
    # for start-up time: the palette is not open yet
    from viewer.app.navigation.newcomer_words import WORDS
    from viewer.panels.search.palette import PaletteEntry

    entries = []
    for menu in actions.menus:
        for spec in menu.actions:
            action = actions[spec.id]
            group, keys = _group_of(menu, spec), keys_of(actions, spec.id)
            icon = line_icon(spec.icon, palette) if spec.icon else QIcon()
            text, tip = full_text(spec, action), translated(spec.tip) if spec.tip else ""
            words = WORDS.get(spec.id, ())
            entries.append(PaletteEntry(text, group, keys, icon, action.isEnabled(), action.trigger, tip, words))
    return entries


def _group_of(menu: ActionMenu, spec: Action) -> str:
    """Menu titles shown beside an action's name in the palette; the name has the title of its submenu already."""
    place = place_of(menu, spec)
    return way_to(menu, spec) if place.inside != spec.submenu else bare(translated(BAR[place.menu]))


def shortcut_groups(actions: ActionTable) -> dict[str, list[tuple[str, str]]]:
    """Groups of the shortcut sheet: the title of each, with its (text, keys) pairs."""
    groups: dict[str, list[tuple[str, str]]] = {bare(translated(title)): [] for title in BAR.values()}
    for menu in actions.menus:
        for spec in menu.actions:
            if spec.shortcut:
                title = bare(translated(BAR[place_of(menu, spec).menu]))
                groups[title].append((bare(translated(spec.text)), keys_of(actions, spec.id)))
    on_map = [(translate("Menus", text), translate("Menus", keys)) for text, keys in CANVAS_KEYS]
    in_sheet = [(translate("Menus", text), translate("Menus", keys)) for text, keys in SHEET_KEYS]
    more = {translate("Menus", "On the map"): on_map, translate("Menus", "In the sheet of observations"): in_sheet}
    return {title: rows for title, rows in groups.items() if rows} | more


def keys_of(actions: ActionTable, id_: str) -> str:
    return actions[id_].shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def words_of_panel(actions: ActionTable, id_: str) -> tuple[str, str]:
    """Name and shortcut of a panel."""
    return bare(actions[id_].text()), keys_of(actions, id_)
