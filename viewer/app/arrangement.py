"""Arranges the panels around the map: at first, as they were left, and away while there is no case."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget

from viewer.app.tab_bars import TabBars

LEFT_PX, RIGHT_PX = 318, 350
BELOW_PX = {"panel_attributes": 300, "panel_time_strip": 184}
"""Heights of the panels below the map."""
_LEFT_AT_MOST = 0.3
"""Of the window's width, on small screens."""
STATE_VERSION = 4
LISTS = (
    "panel_sites",
    "panel_claims",
    "panel_sources",
    "panel_responses",
    "panel_bookmarks",
    "panel_measurements",
    "panel_products",
)
"""The panels of the list area, one behind the other below the layers; what is chosen in them opens at the right."""
AREAS = {
    **dict.fromkeys(("panel_layers", *LISTS), Qt.DockWidgetArea.LeftDockWidgetArea),
    **dict.fromkeys(BELOW_PX, Qt.DockWidgetArea.BottomDockWidgetArea),
}
"""Areas of the panels that do not stand at the right."""
HIDDEN = frozenset({*BELOW_PX, "panel_measurements", "panel_products"})
"""Panels that are there when they are asked for."""


class Arrangement(QObject):
    """Of docks by their ids."""

    front_chosen = Signal(object)
    """Somebody has put the QDockWidget in front of others by its tab."""
    taken_up = Signal()
    """All panels stand anew, with the buttons that Qt gives them."""

    def __init__(self, window: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        self._is_arranging = True
        self._wanted: dict[str, bool] = {}
        """True for panels that come back, by their ids, while all are away."""
        self._away = ""
        # Hidden panels take no sizes: shares are dealt when they first show, unless an arrangement is known.
        self._first_shares = QTimer(self, singleShot=True, interval=0)
        self._first_shares.timeout.connect(self._share_out)
        self._has_shares = False
        self._tabs = TabBars(window)
        self._tabs.chosen.connect(self._tab_chosen)
        for side in (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea):
            window.setTabPosition(side, QTabWidget.TabPosition.North)
        window.setDockNestingEnabled(True)
        # Lists and forms need the height at the sides.
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.reset()

    def reset(self) -> None:
        """Every panel at its place."""
        window, docks = self._window, self._docks
        self._is_arranging = True
        for id_, dock in docks.items():
            dock.setFloating(False)
            window.addDockWidget(AREAS.get(id_, Qt.DockWidgetArea.RightDockWidgetArea), dock)
            dock.setVisible(id_ not in HIDDEN)
        window.splitDockWidget(docks["panel_layers"], docks["panel_sites"], Qt.Orientation.Vertical)
        for id_ in LISTS[1:]:
            window.tabifyDockWidget(docks["panel_sites"], docks[id_])
        for id_ in ("panel_acquisition", "panel_comparisons"):
            window.tabifyDockWidget(docks["panel_details"], docks[id_])
        docks["panel_details"].raise_()
        docks["panel_sites"].raise_()
        self._share_out()
        self._is_arranging = False
        self.taken_up.emit()

    def _share_out(self) -> None:
        """Give the right side to what is chosen."""
        window, docks = self._window, self._docks
        horizontal = [docks["panel_layers"], docks["panel_details"]]
        left = min(LEFT_PX, round(_LEFT_AT_MOST * window.width()))
        window.resizeDocks(horizontal, [left, RIGHT_PX], Qt.Orientation.Horizontal)
        vertical = [docks["panel_layers"], docks["panel_sites"], docks["panel_attributes"]]
        window.resizeDocks(vertical, [320, 300, BELOW_PX["panel_attributes"]], Qt.Orientation.Vertical)
        QTimer.singleShot(0, self._drop_ghosts)  # once the docks are where they will be

    def _drop_ghosts(self) -> None:
        """Hide tab bars that Qt has left standing where their docks no longer are, when all came back at once."""
        shown = [bar for bar in self._tabs.bars if bar.isVisible()]
        heads = {(dock.x(), dock.y()) for dock in self._docks.values() if dock.isVisible()}
        titles = [[bar.tabText(at) for at in range(bar.count())] for bar in shown]
        for bar, mine in zip(shown, titles, strict=True):
            if titles.count(mine) > 1 and (bar.x(), bar.y() + bar.height()) not in heads:
                bar.hide()

    def gather_below(self, id_: str) -> None:
        """Put a panel below the map behind a tab with the others that stand there: side by side they are too narrow."""
        dock = self._docks[id_]
        for other_id in BELOW_PX if id_ in BELOW_PX else ():
            other = self._docks[other_id]
            beside = other is not dock and not (other.isHidden() or other.isFloating() or dock.isFloating())
            if beside and other not in self._window.tabifiedDockWidgets(dock):
                self._window.tabifyDockWidget(other, dock)

    def set_shown(self, shown: bool) -> None:
        """Take all panels away while there is no case, and bring back those that stood."""
        if not shown and not self._wanted:
            self._away = self.state() if self._has_shares else ""
            self._wanted = {id_: not dock.isHidden() for id_, dock in self._docks.items()}
            for dock in self._docks.values():
                dock.hide()
        elif shown and self._wanted:
            self._is_arranging = True
            for id_, visible in self._wanted.items():
                self._docks[id_].setVisible(visible)
            self._wanted = {}
            for front in ("panel_details", "panel_sites"):
                self._docks[front].raise_()
            self._is_arranging = False
            self.restore(self._away)
            if not self._has_shares:
                self._has_shares = True
                self._share_out()
                self._first_shares.start()  # and once more when the docks are where they will be
            else:
                QTimer.singleShot(0, self._drop_ghosts)

    def _tab_chosen(self, title: str) -> None:
        if self._is_arranging:
            return
        for dock in self._docks.values():
            if dock.windowTitle() == title:
                self.front_chosen.emit(dock)

    def state(self) -> str:
        """The arrangement, for the settings; while the panels are away, how they will come back."""
        if self._wanted:
            return self._away
        return bytes(self._window.saveState(STATE_VERSION).toBase64().data()).decode("ascii")

    def restore(self, state: str) -> None:
        """Take up an arrangement, at the latest when the panels are shown; a broken or another version's is left."""
        if self._wanted:
            self._away = state
            return
        if not state:
            return
        self._is_arranging = True
        known = QByteArray.fromBase64(state.encode("ascii", "ignore"))
        self._has_shares = self._window.restoreState(known, STATE_VERSION) or self._has_shares
        self._is_arranging = False
        self.taken_up.emit()
