"""The View menu: zoom and turn the map, go to a coordinate, layouts of the panels, colours and full screen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.arranging.arrangement import Arrangement
from viewer.app.case.session import Session
from viewer.app.desktop.theme import apply_theme
from viewer.app.navigation.map_views import MapViews
from viewer.app.navigation.web_maps import KnownWebMaps
from viewer.canvas.widget import MapCanvas
from viewer.commands.meta import graticule_of_case, set_graticule
from viewer.panels.shell.status_bar import StatusBar
from viewer.support.settings import Settings

GRATICULE_MENU = QT_TRANSLATE_NOOP("Actions", "Gra&ticule")
LAYOUT_MENU = QT_TRANSLATE_NOOP("Actions", "La&yout of the Panels")


def _graticule(notation: str, text: Any, *, breaks: bool = False) -> Action:
    """Row of the menu that shows a graticule in a notation; an empty notation shows none."""

    def show(menu: ViewMenu, _checked: bool) -> None:
        menu.show_graticule(notation)

    def is_shown(menu: ViewMenu) -> bool:
        return graticule_of_case(menu.session.document) == notation

    return Action(
        f"graticule_{notation.lower() or 'off'}",
        text,
        show,
        check="own",
        offered=has_case,
        checked=is_shown,
        submenu=GRATICULE_MENU,
        tip=QT_TRANSLATE_NOOP("Actions", "Lines of a grid over the map, with labels at its edges"),
        breaks=breaks,
    )


def _layout(name: str, text: Any, tip: Any, *, breaks: bool = False) -> Action:
    """Row of the menu that arranges the panels for one kind of work."""

    def choose(menu: ViewMenu, _checked: bool) -> None:
        menu.arrangement.choose(name)
        menu.own_changed.emit()

    def is_chosen(menu: ViewMenu) -> bool:
        return menu.arrangement.layout.name == name

    return Action(
        f"layout_{name}",
        text,
        choose,
        check="own",
        offered=has_case,
        checked=is_chosen,
        submenu=LAYOUT_MENU,
        tip=tip,
        breaks=breaks,
    )


class ViewMenu(CaseMenu):
    """Handlers of the View menu.

    `theme_changed`: icons must be drawn anew. `full_screen_wanted`: whether the window should fill the screen.
    """

    theme_changed = Signal()
    full_screen_wanted = Signal(bool)

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        views: MapViews,
        status: StatusBar,
        web_maps: KnownWebMaps,
        settings: Settings,
        arrangement: Arrangement,
        window: QWidget,
    ) -> None:
        """`web_maps` are those in which the view can be opened; `window` is the parent of dialogs."""
        super().__init__(session, window)
        self._canvas, self._views, self._status = canvas, views, status
        self._web_maps, self._settings, self._window = web_maps, settings, window
        self.arrangement = arrangement
        arrangement.changed.connect(self.own_changed)

    # -- the map ------------------------------------------------------------------------------------------------

    def zoom_in(self) -> None:
        self._canvas.motion.zoom_in()

    def zoom_out(self) -> None:
        self._canvas.motion.zoom_out()

    def show_everything(self) -> None:
        self._views.show_everything()

    def show_selection(self) -> None:
        self._views.show_selection()

    def has_selection(self) -> bool:
        """True while sites are selected."""
        return self.session.is_begun and len(self._canvas.selection) > 0

    def go_to(self) -> None:
        """Ask for a coordinate, and show that place."""
        from viewer.app.navigation.go_to import GoToDialog  # for start-up time: nobody has asked for it

        dialog = GoToDialog(self._status.notation, "", self._window)
        dialog.place_chosen.connect(self._views.show_place)
        dialog.extent_chosen.connect(self._views.show_bounds)
        dialog.open()

    def open_view(self) -> None:
        """Offer web maps in which the view can be opened."""
        # For start-up time: nobody has asked for it.
        from viewer.app.navigation.open_view import OpenViewDialog, in_browser, shown_view

        view = shown_view(self._canvas, self._views)
        if view is None:
            self._web_maps.say(
                self.tr("The map shows no place on the Earth: there is nothing that a web map could show.")
            )
            return
        maps = self._web_maps
        OpenViewDialog(view, maps.maps().links, in_browser, str(maps.path), self._window).open()

    def back(self) -> None:
        self._canvas.motion.back()

    def forward(self) -> None:
        self._canvas.motion.forward()

    def turn_left(self) -> None:
        self._views.turn_left()

    def turn_right(self) -> None:
        self._views.turn_right()

    def north_up(self) -> None:
        self._canvas.motion.reset_rotation()

    def show_graticule(self, notation: str) -> None:
        """Show a graticule over the map, or none; the case keeps the choice."""
        if notation != graticule_of_case(self.session.document):
            edit = set_graticule(self.session.document, notation, actor=self.session.actor)
            self.session.push_or_say(edit)
        self.own_changed.emit()

    # -- the window ---------------------------------------------------------------------------------------------

    def next_notation(self) -> None:
        self._status.next_notation()

    def set_dark(self, dark: bool) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._settings.set("theme", "dark" if dark else "light")
        # Qt styles each part of the window anew, once for each that it lies in, which takes a second: that is said.
        application.setOverrideCursor(Qt.CursorShape.WaitCursor)
        self._status.show_done(self.tr("Changing the colours …"))
        self._status.repaint()
        try:
            apply_theme(application, self._settings.get("theme"))
            self.theme_changed.emit()
        finally:
            application.restoreOverrideCursor()
            self._status.show_done("")

    def is_dark(self) -> bool:
        return bool(self._settings.get("theme") == "dark")

    def set_alone(self, alone: bool) -> None:
        """Show the map alone, or bring the panels back."""
        self.arrangement.set_alone(alone)

    def is_alone(self) -> bool:
        return self.arrangement.is_alone

    def set_full_screen(self, full: bool) -> None:
        self.full_screen_wanted.emit(full)

    id = "view"
    actions = (
        Action(
            "zoom_in",
            QT_TRANSLATE_NOOP("Actions", "Zoom &In"),
            zoom_in,
            "Ctrl++",
            "zoom_in",
            toolbar=True,
            offered=has_case,
            breaks=True,
        ),
        Action(
            "zoom_out",
            QT_TRANSLATE_NOOP("Actions", "Zoom &Out"),
            zoom_out,
            "Ctrl+-",
            "zoom_out",
            toolbar=True,
            offered=has_case,
        ),
        Action(
            "full_view",
            QT_TRANSLATE_NOOP("Actions", "&Full View"),
            show_everything,
            "Ctrl+0",
            "full_view",
            toolbar=True,
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Show everything"),
        ),
        Action(
            "zoom_selection",
            QT_TRANSLATE_NOOP("Actions", "Zoom to &Selection"),
            show_selection,
            "Ctrl+J",
            "zoom_selection",
            toolbar=True,
            offered=has_selection,
        ),
        Action(
            "go_to",
            QT_TRANSLATE_NOOP("Actions", "&Go to Coordinate…"),
            go_to,
            "Ctrl+G",
            "go_to",
            toolbar=True,
            offered=has_case,
        ),
        Action(
            "open_view",
            QT_TRANSLATE_NOOP("Actions", "Open This &View in a Web Map…"),
            open_view,
            "Ctrl+Shift+O",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Show the same place in a web map; you see first what is sent"),
        ),
        Action("back", QT_TRANSLATE_NOOP("Actions", "&Back"), back, "Alt+Left", "back", toolbar=True, offered=has_case),
        Action(
            "forward",
            QT_TRANSLATE_NOOP("Actions", "For&ward"),
            forward,
            "Alt+Right",
            "forward",
            toolbar=True,
            offered=has_case,
        ),
        Action(
            "rotate_left",
            QT_TRANSLATE_NOOP("Actions", "Rotate &Left"),
            turn_left,
            "Ctrl+Left",
            "rotate_left",
            offered=has_case,
            breaks=True,
        ),
        Action(
            "rotate_right",
            QT_TRANSLATE_NOOP("Actions", "Rotate &Right"),
            turn_right,
            "Ctrl+Right",
            "rotate_right",
            offered=has_case,
        ),
        Action(
            "north_up", QT_TRANSLATE_NOOP("Actions", "&North Up"), north_up, "Ctrl+Up", "north_up", offered=has_case
        ),
        _graticule("", QT_TRANSLATE_NOOP("Actions", "&None"), breaks=True),
        _graticule("DD", QT_TRANSLATE_NOOP("Actions", "&Degrees")),
        _graticule("DMS", QT_TRANSLATE_NOOP("Actions", "Degrees, &Minutes, Seconds")),
        _graticule("UTM", QT_TRANSLATE_NOOP("Actions", "&UTM")),
        _graticule("MGRS", QT_TRANSLATE_NOOP("Actions", "M&GRS")),
        Action(
            "next_notation",
            QT_TRANSLATE_NOOP("Actions", "Ne&xt Coordinate Notation"),
            next_notation,
            "Ctrl+Shift+N",
            breaks=True,
        ),
        _layout(
            "looking",
            QT_TRANSLATE_NOOP("Actions", "&Looking"),
            QT_TRANSLATE_NOOP("Actions", "Most of the window for the map; layers, views and dates at its edges"),
            breaks=True,
        ),
        _layout(
            "marking",
            QT_TRANSLATE_NOOP("Actions", "&Marking"),
            QT_TRANSLATE_NOOP("Actions", "Layers and sites beside the map, and the form of what is selected"),
        ),
        _layout(
            "comparing",
            QT_TRANSLATE_NOOP("Actions", "&Comparing"),
            QT_TRANSLATE_NOOP("Actions", "Layers and comparisons beside the map, scenes over time below it"),
        ),
        _layout(
            "writing",
            QT_TRANSLATE_NOOP("Actions", "&Writing"),
            QT_TRANSLATE_NOOP("Actions", "Claims, sources and responses in a long list, and a wide form"),
        ),
        Action(
            "map_alone",
            QT_TRANSLATE_NOOP("Actions", "&Map Alone"),
            set_alone,
            "F12",
            check="own",
            offered=has_case,
            checked=is_alone,
            tip=QT_TRANSLATE_NOOP("Actions", "Put panels and toolbar away, or bring them back as they were"),
        ),
        Action(
            "dark",
            QT_TRANSLATE_NOOP("Actions", "&Dark Colours"),
            set_dark,
            "Ctrl+Shift+D",
            "theme",
            check="own",
            checked=is_dark,
            breaks=True,
        ),
        Action(
            "full_screen",
            QT_TRANSLATE_NOOP("Actions", "F&ull Screen"),
            set_full_screen,
            "F11",
            "full_screen",
            check="own",
        ),
    )
