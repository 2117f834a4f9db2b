"""The Panels menu: shows the panels around the map and moves the keyboard into them, or puts them away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from layers.document.edit import Table
from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.arranging.docks import Docks
from viewer.app.arranging.panel_focus import PanelFocus
from viewer.app.case.session import Session
from viewer.panels.context import PanelContext

if TYPE_CHECKING:
    from layers.product.custody.custody_report import CustodyTable


def _panel(id_: str, text: Any, shortcut: str, icon: str) -> Action:
    """Row of the menu for one panel, by the id of its dock."""
    switch, is_shown = partial(_switch, id_=id_), partial(_is_shown, id_=id_)
    return Action(id_, text, switch, shortcut, icon, check="own", checked=is_shown)


def _switch(menu: PanelsMenu, _checked: bool, id_: str) -> None:
    menu.focus.switch(id_)
    menu.changed.emit()  # the check says that the panel stands there, whatever the click did to it


def _is_shown(menu: PanelsMenu, id_: str) -> bool:
    return menu.docks.is_panel_shown(id_)


def _fold(side: str, text: Any, shortcut: str, *, breaks: bool = False) -> Action:
    """Row of the menu that folds a side into the edge of the window, or unfolds it."""

    def switch(menu: PanelsMenu, _checked: bool) -> None:
        menu.docks.arrangement.folds.switch(side)

    def is_folded(menu: PanelsMenu) -> bool:
        return side in menu.docks.arrangement.folds.folds

    def can_switch(menu: PanelsMenu) -> bool:
        return menu.session.is_begun and menu.docks.arrangement.folds.can_switch(side)

    tip = QT_TRANSLATE_NOOP("Actions", "Leave a narrow strip with the names of the panels, or bring them back")
    return Action(
        f"fold_{side}",
        text,
        switch,
        shortcut,
        check="own",
        checked=is_folded,
        offered=can_switch,
        tip=tip,
        breaks=breaks,
    )


class PanelsMenu(CaseMenu):
    """Handlers of the Panels menu.

    An entry moves the keyboard into its panel; it is checked while the panel stands in the window.
    """

    def __init__(
        self, session: Session, docks: Docks, focus: PanelFocus, panels: PanelContext, window: QWidget
    ) -> None:
        super().__init__(session, window)
        self.docks, self.focus, self._panels, self._window = docks, focus, panels, window
        panels.comments_wanted.connect(self.show_comments_on)
        panels.custody_wanted.connect(self.show_custody_of)
        docks.panel_switched.connect(self.own_changed)
        docks.arrangement.folds.changed.connect(self.changed)
        docks.trail.changed.connect(self.changed)

    def go_back(self) -> None:
        """Show the record that the inspector showed before."""
        self.docks.trail.go_back()

    def can_go_back(self) -> bool:
        return self.docks.trail.can_go_back()

    def show_printing(self) -> None:
        """Open the product that prints the inspector's record."""
        self.docks.show_printing()

    def show_history(self) -> None:
        """List the changes of the inspector's record."""
        self.docks.show_history_of_shown()

    def show_case_history(self) -> None:
        """List the changes of the whole case."""
        self.docks.show_history("", "")

    def show_comments(self) -> None:
        """Show the comments on the inspector's record."""
        row = self.docks.trail.row
        if row is None:
            self._panels.report(self.tr("Choose a site, claim, source, answer or layer first, to comment on it."))
        else:
            self.show_comments_on(*row)

    def show_comments_on(self, table: Table, uuid: str) -> None:
        """Show the comments on a row beside the map."""
        from viewer.panels.comments.comments_dialog import show_comments  # for start-up time: few rows have any

        show_comments(self._panels, table, uuid, self._window)

    def show_custody_of(self, table: CustodyTable, uuid: str) -> None:
        """Show the custody of a chip or kept copy beside the map."""
        from viewer.panels.custody.custody_dialog import show_custody  # for start-up time: few ask for it

        show_custody(self._panels, table, uuid, self._window)

    def review(self) -> None:
        """Review the selected marks, else the inspector's record."""
        from viewer.panels.reviewing.review_dialog import review  # for start-up time: nobody reviews at once

        row, marks = self.docks.trail.row, self._panels.selection.uuids
        is_claim = row is not None and row[0] == "claims"
        review(self._panels, [row[1]] if row is not None and is_claim else sorted(marks), self._window)

    def close_panel(self) -> None:
        """Hide the panel with the keyboard focus."""
        self.focus.close_current()

    def reset(self) -> None:
        """Put the panels back to their first places in the chosen layout."""
        self.docks.arrangement.reset()

    id = "panels"
    actions = (
        _panel("panel_layers", QT_TRANSLATE_NOOP("Actions", "&Layers"), "Ctrl+1", "layers"),
        _panel("panel_sites", QT_TRANSLATE_NOOP("Actions", "&Sites"), "Ctrl+2", "sites"),
        _panel("panel_claims", QT_TRANSLATE_NOOP("Actions", "&Claims"), "Ctrl+3", "claims"),
        _panel("panel_sources", QT_TRANSLATE_NOOP("Actions", "S&ources"), "Ctrl+4", "sources"),
        _panel("panel_responses", QT_TRANSLATE_NOOP("Actions", "Respo&nses"), "Ctrl+5", "responses"),
        _panel("panel_details", QT_TRANSLATE_NOOP("Actions", "&Details"), "Ctrl+6", "form"),
        _panel("panel_acquisition", QT_TRANSLATE_NOOP("Actions", "&Acquisition"), "Ctrl+7", "acquisition"),
        _panel("panel_bookmarks", QT_TRANSLATE_NOOP("Actions", "&Bookmarks"), "Ctrl+8", "bookmarks"),
        _panel("panel_comparisons", QT_TRANSLATE_NOOP("Actions", "Co&mparisons"), "Ctrl+9", "compare"),
        _panel("panel_measurements", QT_TRANSLATE_NOOP("Actions", "Meas&urements"), "F4", "measure"),
        _panel("panel_products", QT_TRANSLATE_NOOP("Actions", "&Products"), "Ctrl+Shift+P", "export"),
        _panel("panel_searches", QT_TRANSLATE_NOOP("Actions", "Sea&rches"), "Ctrl+Shift+Q", "search_area"),
        _panel("panel_find", QT_TRANSLATE_NOOP("Actions", "Find"), "F3", "search"),
        _panel("panel_attributes", QT_TRANSLATE_NOOP("Actions", "A&ttributes"), "F6", "table"),
        _panel("panel_time_strip", QT_TRANSLATE_NOOP("Actions", "T&ime Strip"), "F9", "time_strip"),
        _panel("panel_timeline", QT_TRANSLATE_NOOP("Actions", "Timeline"), "Shift+F3", "timeline"),
        _panel("panel_observations", QT_TRANSLATE_NOOP("Actions", "Obser&vations"), "Shift+F9", "eye"),
        _panel("panel_history", QT_TRANSLATE_NOOP("Actions", "Histor&y"), "Shift+F6", "recover"),
        Action(
            "details_back",
            QT_TRANSLATE_NOOP("Actions", "Bac&k in the Details"),
            go_back,
            "Alt+Backspace",
            "back",
            offered=can_go_back,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Show the site, claim, source or layer that was shown before"),
        ),
        Action(
            "products_printing",
            QT_TRANSLATE_NOOP("Actions", "Products that Pri&nt This"),
            show_printing,
            "",
            "export",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Open the issued product that prints the site, claim, source or answer shown"
            ),
        ),
        Action(
            "history_of_row",
            QT_TRANSLATE_NOOP("Actions", "Hist&ory of This Row"),
            show_history,
            "Ctrl+Shift+F6",
            "recover",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "List who changed the site, claim, source, answer or layer shown, and when"
            ),
        ),
        Action(
            "history_of_case",
            QT_TRANSLATE_NOOP("Actions", "Histor&y of the Case"),
            show_case_history,
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "List who changed or deleted what in the whole case, when and why"),
        ),
        Action(
            "comment_on_row",
            QT_TRANSLATE_NOOP("Actions", "Co&mment on This…"),
            show_comments,
            "Ctrl+M",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Comment on the site, claim, source, answer or layer shown, and answer comments on it"
            ),
        ),
        Action(
            "review_rows",
            QT_TRANSLATE_NOOP("Actions", "Re&view…"),
            review,
            "Ctrl+Shift+V",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Review the selected marks, or the claim shown, in the reviewer's name"),
        ),
        Action(
            "close_panel",
            QT_TRANSLATE_NOOP("Actions", "Close t&he Panel"),
            close_panel,
            "Ctrl+F4",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Close the panel that has the keyboard"),
        ),
        _fold("left", QT_TRANSLATE_NOOP("Actions", "&Fold the Left Panels"), "Ctrl+F11", breaks=True),
        _fold("right", QT_TRANSLATE_NOOP("Actions", "Fold the Ri&ght Panels"), "Ctrl+F12"),
        Action("reset_panels", QT_TRANSLATE_NOOP("Actions", "R&eset Panels"), reset, offered=has_case),
    )
