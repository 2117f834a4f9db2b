"""Folds the panels of a side into the window's edge, and unfolds them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow

from viewer.app.arranging.panel_layouts import FORMS, LISTS, Fold

SIDES = {"left": Qt.DockWidgetArea.LeftDockWidgetArea, "right": Qt.DockWidgetArea.RightDockWidgetArea}
ORDER = ("panel_layers", *LISTS, *FORMS)
"""Order of the panels' names in a strip."""
EMPTY_MS = 1_500
"""Delay before an empty side folds: the next selection may fill it at once."""


class SideFolds(QObject):
    """Folds the docks (by their ids) of the left and the right side into the window's edge.

    A side folds by itself while it has nothing to show, unless it was opened by hand.
    """

    changed = Signal()

    def __init__(
        self,
        window: QMainWindow,
        docks: Mapping[str, QDockWidget],
        is_empty: Callable[[str], bool],
        hold_map: Callable[[], Callable[[], None]],
    ) -> None:
        """`is_empty` is true for the id of a panel that has nothing to show. `hold_map` returns a call that puts the
        map's content back to its present place on the screen.
        """
        super().__init__(window)
        self._window, self._docks, self._is_empty, self._hold_map = window, docks, is_empty, hold_map
        self.folds: dict[str, Fold] = {}
        self.opened: set[str] = set()
        """Sides that were opened by hand."""
        self.is_busy = False
        """True while tabs change without a click of the analyst."""
        self._soon = QTimer(self, singleShot=True, interval=EMPTY_MS)
        self._soon.timeout.connect(self._fold_if_left)

    # -- asked --------------------------------------------------------------------------------------------------

    def side_of(self, id_: str) -> str:
        """The side that a panel is folded into; empty for none."""
        return next((side for side, fold in self.folds.items() if id_ in fold.ids), "")

    def standing(self, side: str) -> list[str]:
        """Ids of the panels at a side, including those behind tabs."""
        docks = {id_: self._docks[id_] for id_ in (*ORDER, *self._docks) if id_ in self._docks}
        return [
            id_
            for id_, dock in docks.items()
            if not (dock.isHidden() or dock.isFloating()) and self._window.dockWidgetArea(dock) == SIDES[side]
        ]

    def can_switch(self, side: str) -> bool:
        """True where there is something to fold or to unfold."""
        return side in self.folds or bool(self.standing(side))

    # -- done ---------------------------------------------------------------------------------------------------

    def switch(self, side: str) -> None:
        """Fold a side, or unfold it, by hand."""
        if side in self.folds:
            self.open_by_hand(side)
        else:
            self.opened.discard(side)
            self.fold(side)

    def open_by_hand(self, side: str, id_: str = "") -> None:
        """Unfold a side with one panel in front; it stays open though it is empty."""
        self.opened.add(side)
        self.unfold(side, id_)

    def fold(self, side: str, width_px: int = 0) -> None:
        """Fold the panels of a side into the edge. They come back with this width, or with their present one."""
        ids = self.standing(side)
        if not ids:
            return
        fronts = [id_ for id_ in ids if not self._docks[id_].visibleRegion().isEmpty()] or [ids[0]]
        width = width_px or max(self._docks[id_].width() for id_ in fronts)
        self.folds[side] = Fold(tuple(ids), tuple(fronts), width)

        def hide() -> None:
            for id_ in ids:
                self._docks[id_].hide()

        self._move(hide)

    def unfold(self, side: str, id_: str = "") -> None:
        """Show the panels of a side as they were, with the one of this id in front."""
        fold = self.folds.pop(side, None)
        if fold is None:
            return
        docks = [self._docks[dock_id] for dock_id in fold.ids if dock_id in self._docks]

        def show() -> None:
            for dock in docks:
                dock.show()
            for front in (*fold.fronts, id_):
                if front in self._docks:
                    self._docks[front].raise_()
            if docks:
                self._window.resizeDocks([docks[0]], [fold.width_px], Qt.Orientation.Horizontal)

        self._move(show)

    def fold_empty(self, widths_px: Mapping[str, int]) -> None:
        """Fold each side that has nothing to show, at once; it comes back with the given width."""
        for side in SIDES:
            if self._can_fold_itself(side):
                self.fold(side, widths_px[side])

    def look_soon(self, *_: object) -> None:
        """Fold each side that is empty now and still is a moment later."""
        self._soon.start()

    def stand_anew(self, folds: Mapping[str, Fold], opened: set[str]) -> None:
        """Replace the folds by others whose panels are hidden already."""
        existing = {
            side: Fold(tuple(id_ for id_ in fold.ids if id_ in self._docks), fold.fronts, fold.width_px)
            for side, fold in folds.items()
        }
        self.folds = {side: fold for side, fold in existing.items() if fold.ids}
        self.opened = set(opened)
        self._soon.stop()
        self.changed.emit()

    # -----------------------------------------------------------------------------------------------------------

    def _can_fold_itself(self, side: str) -> bool:
        if side in self.folds or side in self.opened:
            return False
        fronts = [id_ for id_ in self.standing(side) if not self._docks[id_].visibleRegion().isEmpty()]
        return bool(fronts) and all(self._is_empty(id_) for id_ in fronts)

    def _fold_if_left(self) -> None:
        """Fold each empty side, but wait while the analyst works in it or drags something."""
        for side in SIDES:
            if not self._can_fold_itself(side):
                continue
            if self._is_in_use(side):
                self._soon.start()
            else:
                self.fold(side)

    def _is_in_use(self, side: str) -> bool:
        focus, pointer = QApplication.focusWidget(), QCursor.pos()
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton or QApplication.activePopupWidget() is not None:
            return True
        for id_ in self.standing(side):
            dock = self._docks[id_]
            if focus is not None and dock.isAncestorOf(focus):
                return True
            if dock.rect().contains(dock.mapFromGlobal(pointer)) and not dock.visibleRegion().isEmpty():
                return True
        return False

    def _move(self, change: Callable[[], object]) -> None:
        """Call `change`, which shows or hides panels; the map's content keeps its place on the screen."""
        put_back = self._hold_map()
        was_busy, self.is_busy = self.is_busy, True
        change()
        self.changed.emit()
        layout = self._window.layout()
        if layout is not None:
            layout.activate()
        self.is_busy = was_busy
        put_back()
