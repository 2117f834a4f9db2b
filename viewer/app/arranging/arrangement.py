"""Arranges the panels around the map by named layouts, restores them as they were left, and hides them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, override

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabWidget

from layers.decoding import decoded_or_none, encoded
from viewer.app.arranging.panel_layouts import (
    BELOW_PX,
    FIRST,
    LAYOUTS,
    Standing,
    WindowRoom,
)
from viewer.app.arranging.side_folds import SideFolds
from viewer.app.arranging.tab_bars import TabBars

STATE_VERSION = 5
REST_MS = 300
"""Time without a resize after which the size of the window and the places of its panels are final."""
_NO_CASE, _ALONE = "no case", "alone"
"""Reasons for hiding all panels."""
_Area = Qt.DockWidgetArea


class Arrangement(QObject):
    """Arranges docks, by their ids, in named layouts.

    Each layout is kept as it was left, once for each size class of the window.
    """

    front_chosen = Signal(object)
    """The QDockWidget that the analyst has brought to the front by its tab."""
    tab_clicked = Signal(object)
    """The QDockWidget whose tab was clicked, in front or not."""
    taken_up = Signal()
    """All panels were placed anew, which gives their title bars Qt's own buttons again."""
    changed = Signal()
    """Panels have come to rest after a move, another layout was chosen, or the map alone was turned on or off."""

    def __init__(
        self,
        window: QMainWindow,
        docks: Mapping[str, QDockWidget],
        is_empty: Callable[[str], bool],
        hold_map: Callable[[], Callable[[], None]],
    ) -> None:
        """`is_empty` and `hold_map` as in `SideFolds`."""
        super().__init__(window)
        self._window, self._docks = window, docks
        self.folds = SideFolds(window, docks, is_empty, hold_map)
        self.layout = FIRST
        self._is_arranging = True
        self._kept: dict[str, Standing] = {}
        """Kept arrangements, by layout and size class."""
        self._size_class = ""
        """Size class for which the panels are arranged now."""
        self._reasons: set[str] = set()
        """Reasons that hold now: all panels are hidden while there is one."""
        # Hidden panels take no sizes: shares are dealt when they first show, unless an arrangement is known.
        self._first_shares = QTimer(self, singleShot=True, interval=0)
        self._first_shares.timeout.connect(self._share_out)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._come_to_rest)
        self.tabs = TabBars(window)
        self.tabs.chosen.connect(self._tab_chosen)
        self.tabs.pressed.connect(self._tab_pressed)
        for side in (_Area.LeftDockWidgetArea, _Area.RightDockWidgetArea):
            window.setTabPosition(side, QTabWidget.TabPosition.North)
        window.setDockNestingEnabled(True)
        # Lists and forms need the height at the sides.
        window.setCorner(Qt.Corner.BottomLeftCorner, _Area.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, _Area.RightDockWidgetArea)
        self._place_all()
        for watched in (window, *docks.values()):
            watched.installEventFilter(self)

    # -- layouts ------------------------------------------------------------------------------------------------

    @property
    def is_alone(self) -> bool:
        """True while the map stands alone in the window."""
        return _ALONE in self._reasons

    def choose(self, name: str) -> None:
        """Arrange the panels by a named layout, as it was left."""
        self._keep()
        self.layout = LAYOUTS[name]
        if self.is_alone:
            self.set_alone(False)
        elif not self._reasons:
            self._stand()
        self.changed.emit()

    def reset(self) -> None:
        """Put every panel at its first place in the chosen layout."""
        self._place_all()
        self._share_out()
        self._first_shares.start()  # and once more when the docks are where they will be
        widths = dict(zip(("left", "right"), self._room.sides(self.layout), strict=True))
        for side in self.layout.folded:
            self.folds.fold(side, widths[side])
        self.folds.fold_empty(widths)

    def set_alone(self, alone: bool) -> None:
        """Hide all panels around the map, or show exactly those that were there before."""
        if alone != self.is_alone:
            self._set_away(_ALONE, alone)
            self.changed.emit()

    def set_shown(self, shown: bool) -> None:
        """Show the panels of before while there is a case; hide all while there is none."""
        if shown is (_NO_CASE in self._reasons):
            self._set_away(_NO_CASE, not shown)

    def _set_away(self, reason: str, away: bool) -> None:
        was_away = bool(self._reasons)
        if away and not was_away:
            self._keep()
        (self._reasons.add if away else self._reasons.discard)(reason)
        if self._reasons and not was_away:
            self._hide_all()
        elif was_away and not self._reasons:
            self._stand()

    def _hide_all(self) -> None:
        self._is_arranging = True
        for dock in self._docks.values():
            dock.hide()
        self.folds.stand_anew({}, set())
        self._is_arranging = False

    def _stand(self) -> None:
        """Arrange the panels as kept for this layout and the window's size, or as at first where nothing is kept."""
        self._size_class = self._room.size_class
        kept = self._kept.get(self._key)
        if kept is None or not self._take_up(kept):
            self.reset()
        QTimer.singleShot(0, self, self._drop_ghosts)

    @property
    def _room(self) -> WindowRoom:
        return WindowRoom(self._window.width(), self._window.height())

    @property
    def _key(self) -> str:
        return f"{self.layout.name} {self._size_class}"

    # -- places -------------------------------------------------------------------------------------------------

    def _place_all(self) -> None:
        window, docks, layout = self._window, self._docks, self.layout
        self._is_arranging = True
        self.folds.stand_anew({}, set())
        left, hidden = self._room.left_groups(layout), self._room.hidden(layout)
        groups = [*((_Area.LeftDockWidgetArea, group) for group in left), (_Area.RightDockWidgetArea, layout.right)]
        groups += [(_Area.BottomDockWidgetArea, (id_,)) for id_ in BELOW_PX]
        placed = {id_ for _area, group in groups for id_ in group}
        groups += [(_Area.LeftDockWidgetArea, (id_,)) for id_ in docks if id_ not in placed]
        for dock in docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        for area, group in groups:
            for id_ in group:
                window.addDockWidget(area, docks[id_])
                docks[id_].setVisible(id_ not in hidden)
        for first, second in pairwise(left):
            window.splitDockWidget(docks[first[0]], docks[second[0]], Qt.Orientation.Vertical)
        for _area, group in groups:
            for id_ in group[1:]:
                window.tabifyDockWidget(docks[group[0]], docks[id_])
            docks[group[0]].raise_()
        self._is_arranging = False
        self.taken_up.emit()

    def _share_out(self) -> None:
        """Set the first sizes: most of the window for the map, the rest for the sides and the panels below."""
        window, docks = self._window, self._docks
        left, right = self._room.sides(self.layout)
        sides = [docks[self.layout.left[0][0]], docks[self.layout.right[0]]]
        window.resizeDocks(sides, [left, right], Qt.Orientation.Horizontal)
        upright = [docks[group[0]] for group in self.layout.left] + [docks[id_] for id_ in BELOW_PX]
        heights = [320, 300][: len(self.layout.left)] + [self._room.below_px(id_) for id_ in BELOW_PX]
        window.resizeDocks(upright, heights, Qt.Orientation.Vertical)
        QTimer.singleShot(0, self, self._drop_ghosts)  # once the docks are where they will be

    def _drop_ghosts(self) -> None:
        """Hide the tab bars that Qt leaves behind at places without docks when all docks return at once."""
        edges = [
            (dock.x(), edge)
            for dock in self._docks.values()
            if dock.isVisible() and not dock.isFloating()
            for edge in (dock.y(), dock.y() + dock.height())
        ]
        for bar in self.tabs.bars:
            if not any(bar.x() == x and edge in (bar.y(), bar.y() + bar.height()) for x, edge in edges):
                bar.hide()

    def gather_below(self, id_: str) -> None:
        """Stack a panel below the map in tabs with the others there: side by side they would be too narrow."""
        dock = self._docks[id_]
        for other_id in BELOW_PX if id_ in BELOW_PX else ():
            other = self._docks[other_id]
            beside = other is not dock and not (other.isHidden() or other.isFloating() or dock.isFloating())
            if beside and other not in self._window.tabifiedDockWidgets(dock):
                self._window.tabifyDockWidget(other, dock)

    # -- tabs ---------------------------------------------------------------------------------------------------

    def _tab_chosen(self, title: str) -> None:
        if not (self._is_arranging or self.folds.is_busy):
            for dock in self._titled(title):
                self.front_chosen.emit(dock)

    def _tab_pressed(self, title: str) -> None:
        for dock in self._titled(title):
            self.tab_clicked.emit(dock)

    def _titled(self, title: str) -> list[QDockWidget]:
        return [dock for dock in self._docks.values() if title and dock.windowTitle() == title]

    # -- coming to rest -----------------------------------------------------------------------------------------

    @property
    def is_due(self) -> bool:
        """True until every move, resize, show and hide of a panel has been taken into account.

        A pressed mouse button puts that off: nothing is due as long as a hand may still drag an edge.
        """
        return self._rest.isActive() and QApplication.mouseButtons() == Qt.MouseButton.NoButton

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._rest.start()
        return False

    def _come_to_rest(self) -> None:
        """Remember the panels' places; where the window has another size class now, arrange the panels for it first."""
        if self._reasons:
            return
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._rest.start()
            return
        if self._room.size_class != self._size_class:
            self._change_class()
        self._keep()
        self.changed.emit()

    def _change_class(self) -> None:
        """Arrange the panels as kept for the new size class. Panels in front stay so: a form in use stays open."""
        self._size_class = self._room.size_class
        kept = self._kept.get(self._key)
        fronts = [id_ for id_, dock in self._docks.items() if not dock.visibleRegion().isEmpty()]
        if kept is None or not self._take_up(kept):
            self._share_out()
            return
        for id_ in fronts:
            self.folds.unfold(self.folds.side_of(id_))
            if not self._docks[id_].isHidden():
                self._docks[id_].raise_()

    # -- kept ---------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Remember the panels' places, unless they are hidden or the window has just changed its size class."""
        if not self._reasons and self._size_class == self._room.size_class:
            state = bytes(self._window.saveState(STATE_VERSION).toBase64().data()).decode("ascii")
            self._kept[self._key] = Standing(state, dict(self.folds.folds), tuple(sorted(self.folds.opened)))

    def kept_over(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return everything kept, for the settings; entries of other versions in `stored` are preserved."""
        self._keep()
        before = stored.get("kept")
        kept = {**(before if isinstance(before, dict) else {}), **encoded(self._kept)}
        return {**stored, "layout": self.layout.name, "alone": self.is_alone, "kept": kept}

    def restore(self, stored: Mapping[str, Any]) -> None:
        """Restore the settings' arrangements, before panels are shown. Damaged and other versions' ones are ignored."""
        name, kept = stored.get("layout"), stored.get("kept")
        self.layout = LAYOUTS.get(name, FIRST) if isinstance(name, str) else FIRST
        read = {key: decoded_or_none(entry, Standing) for key, entry in kept.items()} if isinstance(kept, dict) else {}
        self._kept = {key: standing for key, standing in read.items() if standing is not None}
        if stored.get("alone") is True:
            self.set_alone(True)
        elif not self._reasons:
            self._stand()

    def _take_up(self, standing: Standing) -> bool:
        """Arrange the panels as in `standing`. False, with nothing changed, where Qt cannot read it."""
        self._is_arranging = True
        qt_state = QByteArray.fromBase64(standing.state.encode("ascii", "ignore"))
        is_read = self._window.restoreState(qt_state, STATE_VERSION)
        if is_read:
            self.folds.stand_anew(standing.folds, set(standing.opened))
        self._is_arranging = False
        self.taken_up.emit()
        return is_read
