"""Links the window to permissions: the panel, the layers that wait for them, and lost files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from layers.document.changes import Changes
from viewer.app.case.relinking import Relinking
from viewer.app.case.trust import CaseKey
from viewer.rendering.access import Need, waits
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing

if TYPE_CHECKING:
    from viewer.app.window import MainWindow
    from viewer.panels.shell.permission_dialog import PermissionDialog


class AccessLink(QObject):
    """Made when the window has its scene and its panels."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._permissions = window, window.permissions
        assert window.context.folders is self._permissions.folders, "one window, one consent"
        self.relinking = Relinking(
            window.session,
            window.scene,
            self._permissions,
            window.context.jobs,
            window.messages,
            lambda: window.ask,
            window,
        )
        self.dialog: PermissionDialog | None = None
        self._permissions.changed.connect(self._changed)
        self._permissions.withdrawn.connect(self._stop_host)
        self._permissions.wanted.connect(self.show_permissions)
        window.session.saved.connect(self._saved)
        window.panel_context.permissions_wanted.connect(self.show_permissions)
        window.panel_context.relink_wanted.connect(self.relinking.show)

    def handlers(self) -> dict[str, Callable[..., None]]:
        """By the ids of the table of actions."""
        return {"permissions": self.show_permissions, "relink_files": self.relinking.show}

    def begin(self) -> None:
        """Another case is open: called before any of its layers is drawn."""
        session = self._window.session
        path = "" if session.target is None else str(session.target)
        self._permissions.take_up(CaseKey(path, session.project_uuid), session.home)
        self._draw_by_permission()  # also what the case before had drawn, should this one name the same
        if self.dialog is not None:
            self.dialog.reject()
        session.document.subscribe(self._heard)

    def drawn_anew(self) -> None:
        """All layers are drawn from their beginning: say what waits, and what is not there."""
        self.relinking.begin(looks=self._window.opener.asks)
        self.ask()

    def ask(self) -> None:
        """Say what waits for a permission, where anything does."""
        paused = [drawing.layer for drawing in self._window.scene.drawings.values() if drawing.is_paused]
        self._permissions.ask_for(paused, self._window.session.base_folder)
        self._look_again()

    def show_permissions(self) -> None:
        """The panel, beside the map."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        from viewer.panels.shell.permission_dialog import PermissionDialog  # for start-up time

        self.dialog = PermissionDialog(self._needs, self._window)
        self.dialog.decided.connect(self._permissions.set_allowed)
        self.dialog.relink_wanted.connect(self.relinking.show)
        self.dialog.finished.connect(self._ended)
        self.dialog.show()

    def _needs(self) -> list[Need]:
        session = self._window.session
        return self._permissions.needs(session.document, session.base_folder)

    def _ended(self) -> None:
        self.dialog = None

    def _heard(self, changes: Changes) -> None:
        if changes.touches("layers"):
            self._window.context.mailbox.post(self.ask)  # once their drawings are there

    def _changed(self) -> None:
        self._draw_by_permission()
        self.ask()

    def _draw_by_permission(self) -> None:
        """Layers that may be read now are read; what was read of others is dropped."""
        window = self._window
        folder, consent, folders = window.session.base_folder, self._permissions.consent, self._permissions.folders
        uuids = []
        for uuid, drawing in window.scene.drawings.items():
            now = waits(drawing.layer, folder, consent, folders)
            if now != drawing.is_paused:
                uuids.append(uuid)
            if now and not drawing.is_paused:
                self._forget(drawing)
        window.scene.draw_anew(uuids)

    def _forget(self, drawing: LayerDrawing) -> None:
        """What was built of a file that may not be read any more."""
        overviews = self._window.context.overviews
        state = drawing.source.state if isinstance(drawing, RasterDrawing) else None
        if overviews is not None and state is not None:
            overviews.forget(state)

    def _look_again(self) -> None:
        if self.dialog is not None:
            self.dialog.look_again()

    def _stop_host(self, host: str) -> None:
        if self._window.context.fetcher is not None:
            self._window.context.fetcher.stop(host)

    def _saved(self, path: Path) -> None:
        """The case is trusted, in the file where it stands now, with what it may touch now."""
        session = self._window.session
        self._permissions.saved(CaseKey(str(path), session.project_uuid), session.document.layers.values())
