"""Menu bar, toolbar, palette entries and shortcut sheet, all made from the table of actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence, QPalette
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QToolButton

from viewer.app.actions.action_table import ActionTable, bare, full_text, translated
from viewer.support.icons import SIZE_PX, line_icon
from viewer.support.text import one_line, tooltip

if TYPE_CHECKING:
    from viewer.panels.search.palette import PaletteEntry

WIDEST_PX = 360
"""Of a name in a menu."""

CANVAS_KEYS: tuple[tuple[str, str], ...] = (
    ("Pan while held", "Space"),
    ("Pan", "Arrows"),
    ("Zoom", "+  −  wheel"),
    ("Turn the map", "Shift+←  Shift+→"),
    ("North up", "N"),
    ("Zoom to a box", "Shift+drag"),
    ("Move the selected marks by a pixel", "Arrows"),
    ("Move them by ten pixels", "Shift+Arrows"),
    ("Snap to vertices and edges", "Ctrl, while drawing or dragging"),
    ("Mark at the crosshair", "Enter"),
    ("Mark at a vertex near the crosshair", "Ctrl+Enter"),
    ("Type the length and bearing of a leg", "Digits, while drawing"),
    ("Finish a line, an area or a measurement", "Enter"),
    ("Take the last vertex back, as Undo does while one draws", "Backspace"),
    ("Cancel, then go back to the Select tool", "Esc"),
    ("Back to the map from a panel", "Esc"),
)
"""Keys that the map itself understands (text in English, keys); the canvas and its tools handle these."""


def fill_menu_bar(window: QMainWindow, actions: ActionTable) -> dict[str, QMenu]:
    """The menus by id."""
    menus = {}
    for source in actions.menus:
        menu = window.menuBar().addMenu(translated(source.title))
        inside: dict[str, QMenu] = {}
        for spec in source.actions:
            if spec.breaks and not menu.isEmpty():
                menu.addSeparator()
            if spec.submenu and spec.submenu not in inside:
                inside[spec.submenu] = menu.addMenu(translated(spec.submenu))
            inside.get(spec.submenu, menu).addAction(actions[spec.id])
        menus[source.id] = menu
    return menus


class RecentMenu(QMenu):
    """The cases opened lately, read anew each time it is opened."""

    chosen = Signal(str)

    def __init__(self, recent: Callable[[], list[Path]], parent: QMenu) -> None:
        super().__init__(QCoreApplication.translate("Menus", "Open &Recent"), parent)
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
            self.addAction(QCoreApplication.translate("Menus", "No case yet")).setEnabled(False)


def make_toolbar(window: QMainWindow, actions: ActionTable) -> QToolBar:
    title = QCoreApplication.translate("Menus", "Toolbar")
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
    """The button to what has no room in the toolbar, in our own icon: Qt's is drawn for a light ground."""
    button = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert button is not None
    text = QCoreApplication.translate("Menus", "More tools")
    button.setIcon(line_icon("chevron_down", palette))
    button.setAccessibleName(text)
    button.setToolTip(text)


def palette_entries(actions: ActionTable, palette: QPalette) -> list[PaletteEntry]:
    """Everything that can be done, in the menus' order."""
    # for start-up time: the palette is not open yet
    from viewer.app.actions.newcomer_words import WORDS
    from viewer.panels.search.palette import PaletteEntry

    entries = []
    for menu in actions.menus:
        for spec in menu.actions:
            action = actions[spec.id]
            group, keys = bare(translated(menu.title)), keys_of(actions, spec.id)
            icon = line_icon(spec.icon, palette) if spec.icon else QIcon()
            text, says = full_text(spec, action), translated(spec.tip) if spec.tip else ""
            words = WORDS.get(spec.id, ())
            entries.append(PaletteEntry(text, group, keys, icon, action.isEnabled(), action.trigger, says, words))
    return entries


def shortcut_groups(actions: ActionTable) -> dict[str, list[tuple[str, str]]]:
    """Title to (text, keys) pairs, for the sheet."""
    groups = {
        bare(translated(menu.title)): [
            (bare(translated(spec.text)), keys_of(actions, spec.id)) for spec in menu.actions if spec.shortcut
        ]
        for menu in actions.menus
    }
    on_map = [(QCoreApplication.translate("Menus", text), keys) for text, keys in CANVAS_KEYS]
    return {title: rows for title, rows in groups.items() if rows} | {
        QCoreApplication.translate("Menus", "On the map"): on_map
    }


def keys_of(actions: ActionTable, id_: str) -> str:
    return actions[id_].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
