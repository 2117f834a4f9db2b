"""Links each action of one window to its handler, and tells which actions are offered now."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from viewer.app.actions.action_table import PANELS, ActionTable

if TYPE_CHECKING:
    from viewer.app.window import MainWindow


class ActionLink(QObject):
    """Made when all verbs of the window are there."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.table = ActionTable(self._handlers(), window)

    def offer(self, *_: object) -> None:
        """Enable what can be done as things are, and say what would be undone."""
        window = self._window
        session, history = window.session, window.session.history
        held = {
            "case": session.is_begun,
            "selection": session.is_begun and len(window.selection) > 0,
            "layer": session.is_begun and bool(window.panel_context.layer_uuid),
            "undo": history.stack.canUndo(),
            "redo": history.stack.canRedo(),
            "changes": session.is_dirty or (session.is_begun and session.target is None),
        }
        names = {name for name, holds in held.items() if holds}
        if session.is_begun:
            names |= window.rasters.conditions() | window.upkeep.conditions() | window.features.conditions()
        self.table.offer(names)
        undo, redo = history.undo_text(), history.redo_text()
        self.table.set_text("undo", self.tr("&Undo: {0}").format(undo.replace("&", "&&")) if undo else "")
        self.table.set_text("redo", self.tr("&Redo: {0}").format(redo.replace("&", "&&")) if redo else "")
        window.rasters.label(self.table)

    def _handlers(self) -> dict[str, Callable[..., None]]:
        window, session = self._window, self._window.session
        files, views, canvas, cases, face = window.files, window.views, window.canvas, window.cases, window.face
        return {
            "new_case": files.new_case, "open": files.open, "open_demo": files.open_demo,
            "save": files.save, "save_as": files.save_as, "close_case": files.close_case,
            "export_picture": window.exports.export_picture, "export_sites": window.exports.export_sites,
            "quit": self._quit, "undo": session.undo, "redo": session.redo,
            "delete": cases.delete_selected, "select_all": cases.select_all, "select_none": window.selection.clear,
            "copy_coordinate": face.copy_coordinate, "zoom_in": canvas.zoom_in, "zoom_out": canvas.zoom_out,
            "full_view": views.show_everything, "zoom_selection": views.show_selection, "go_to": face.go_to,
            "back": canvas.back, "forward": canvas.forward, "rotate_left": views.turn_left,
            "rotate_right": views.turn_right, "north_up": canvas.reset_rotation,
            "next_notation": face.next_notation, "dark": face.set_dark,
            "full_screen": face.set_full_screen, "add_files": files.open, "add_imagery": cases.add_imagery,
            "zoom_layer": lambda: views.show_layer(window.panel_context.layer_uuid),
            "save_layer": lambda: window.layer_export.save_layer(window.panel_context.layer_uuid),
            "remove_layer": cases.remove_layer, "layer_properties": cases.show_layer_properties,
            "offline": face.set_offline, "add_claim": cases.add_claim, "add_source": cases.add_source,
            "add_response": cases.add_response, "reset_panels": window.docks.arrangement.reset,
            "palette": face.show_palette, "shortcuts": face.show_shortcuts, "show_log": face.show_log,
            "copy_diagnostics": face.copy_diagnostics,
            "about": face.show_about,
            **window.features.handlers(), **window.rasters.handlers(), **window.upkeep.handlers(),
            **window.access.handlers(),
            **{id_: partial(self._take_tool, id_) for id_ in window.toolbox.ids},
            **{id_: partial(window.docks.set_panel_visible, id_) for id_ in PANELS},
        }  # fmt: skip

    def _quit(self) -> None:
        self._window.close()

    def _take_tool(self, id_: str, _checked: bool) -> None:
        self._window.toolbox.take(id_)
