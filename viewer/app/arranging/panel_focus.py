"""Moves the keyboard focus into a panel, and back to the map."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from viewer.app.arranging.docks import Docks
from viewer.panels.widgets.form_page import page_of
from viewer.panels.widgets.lazy_panel import LazyPanel


class PanelFocus:
    """Moves the keyboard focus between one canvas and the docks around it."""

    def __init__(self, docks: Docks, canvas: QWidget) -> None:
        self._docks, self._canvas = docks, canvas

    def switch(self, id_: str) -> None:
        """Move the keyboard focus into a panel, shown first if hidden; if it is there already, back to the map."""
        dock = self._docks[id_]
        focus = QApplication.focusWidget()
        is_in_sight = not dock.visibleRegion().isEmpty()
        if focus is not None and dock.isAncestorOf(focus) and is_in_sight:
            self._canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        folds = self._docks.arrangement.folds
        if side := folds.side_of(id_):
            folds.open_by_hand(side, id_)
        self._docks.show_panel(id_)
        inside = dock.widget()
        target = _target(inside.panel if isinstance(inside, LazyPanel) else inside)
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_current(self) -> None:
        """Hide the panel with the keyboard focus, and move the focus to the map."""
        focus = QApplication.focusWidget()
        for dock in self._docks.all():
            if focus is not None and dock.isAncestorOf(focus):
                self._docks.set_panel_visible(dock.objectName(), False)
                self._canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return


def _target(panel: QWidget) -> QWidget | None:
    """Widget of a panel to focus: the panel's choice, else the last one used, its list, or the first taking keys."""
    if (named := panel.focusProxy()) is not None and _takes_keys(named, panel):
        return named
    last = panel.focusWidget()
    if last is not None and _takes_keys(last, panel):
        return last
    views = [
        view for view in panel.findChildren(QAbstractItemView) if _takes_keys(view, panel) and page_of(view) is None
    ]
    if views:
        return views[0]
    at = panel.nextInFocusChain()
    while at is not None and at is not panel:
        if panel.isAncestorOf(at) and _takes_keys(at, panel):
            return at
        at = at.nextInFocusChain()
    return None


def _takes_keys(widget: QWidget, panel: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_tab and widget.isEnabled() and widget.isVisibleTo(panel)
