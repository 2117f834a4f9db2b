"""Lets layers be drawn as far as the case's permissions allow, asks for missing ones, and opens their panel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from layers.document.changes import Changes
from viewer.app.case.permission import Permissions
from viewer.app.case.relinking import Relinking
from viewer.app.case.session import Session
from viewer.app.case.trust import CaseKey
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.panels.context import PanelContext
from viewer.rendering.access import Need, address_of, reads_clip, waits
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.remote_drawing import RemoteDrawing

if TYPE_CHECKING:
    from viewer.panels.shell.permission_dialog import PermissionDialog


class LayerAccess(QObject):
    """Access of the open case's layers to files and hosts. One case at a time; used on the window's thread only."""

    def __init__(
        self,
        session: Session,
        shown: ComparedScene,
        permissions: Permissions,
        relinking: Relinking,
        panels: PanelContext,
        looks: Callable[[], bool],
        window: QWidget,
    ) -> None:
        """`looks`: True where there is an analyst to whom missing files are reported; `window` is the parent of the
        permission panel.
        """
        super().__init__(window)
        self._session, self._shown, self._permissions = session, shown, permissions
        self._context, self._relinking, self._looks, self._window = shown.context, relinking, looks, window
        assert self._context.folders is permissions.folders, "one window, one consent"
        self.dialog: PermissionDialog | None = None
        permissions.changed.connect(self._changed)
        permissions.withdrawn.connect(self._stop_host)
        permissions.wanted.connect(self.show_permissions)
        session.document_replaced.connect(self._begin)
        session.document_shown.connect(self.drawn_anew)
        session.saved.connect(self._saved)
        panels.permissions_wanted.connect(self.show_permissions)
        panels.layer_verbs.relink.connect(relinking.show)
        if self._context.fetcher is not None:
            self._context.fetcher.host_changed.connect(self._host_changed, Qt.ConnectionType.QueuedConnection)
            self._context.fetcher.host_ready.connect(self._host_changed, Qt.ConnectionType.QueuedConnection)
            self._context.fetcher.offline_changed.connect(self._host_changed)
        self._begin()
        self.drawn_anew()

    def _begin(self) -> None:
        """Take up the permissions of another case, before any of its layers is drawn."""
        session = self._session
        path = "" if session.target is None else str(session.target)
        self._permissions.take_up(CaseKey(path, session.project_uuid), session.home)
        self._draw_by_permission()  # also what the case before had drawn, should this one name the same
        if self.dialog is not None:
            self.dialog.reject()
        session.document.subscribe(self._follow_edit)

    def drawn_anew(self) -> None:
        """Report layers that wait for permission, and missing files, after all layers were drawn anew."""
        self._relinking.begin(looks=self._looks())
        self.ask()

    def ask(self) -> None:
        """Ask for the permissions that layers wait for, where any does."""
        paused = [drawing.layer for drawing in self._shown.map.drawings.values() if drawing.is_paused]
        self._permissions.ask_for(paused, self._session.base_folder)
        self._look_again()

    def show_permissions(self) -> None:
        """Open the permission panel beside the map."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        from viewer.panels.shell.permission_dialog import PermissionDialog  # for start-up time

        self.dialog = PermissionDialog(self._needs, self._window)
        self.dialog.decided.connect(self._permissions.set_allowed)
        self.dialog.relink_wanted.connect(self._relinking.show)
        self.dialog.finished.connect(self._ended)
        self.dialog.show()

    def _needs(self) -> list[Need]:
        session = self._session
        return self._permissions.needs(session.document, session.base_folder)

    def _ended(self) -> None:
        self.dialog = None

    def _follow_edit(self, changes: Changes) -> None:
        if changes.touches("layers"):
            self._context.mailbox.post(self.ask)  # once their drawings are there

    def _changed(self) -> None:
        self._draw_by_permission()
        self.ask()

    def _draw_by_permission(self) -> None:
        """Read the layers that may be read now, and drop the data of those that may not."""
        folder, consent, folders = self._session.base_folder, self._permissions.consent, self._permissions.folders
        uuids = []
        for uuid, drawing in self._shown.map.drawings.items():
            now = waits(drawing.layer, folder, consent, folders)
            if now != drawing.is_paused or self._is_of_other_source(drawing):
                uuids.append(uuid)
            if now and not drawing.is_paused:
                self._forget(drawing)
        self._shown.draw_anew(uuids)

    def _is_of_other_source(self, drawing: LayerDrawing) -> bool:
        """True for a file on a host with a pack, drawn from the one where it is now drawn from the other."""
        if not drawing.layer.source.get("path") or not isinstance(drawing, RasterDrawing):
            return False
        from_clip = reads_clip(drawing.layer, self._context.consent, self._context.fetcher)
        is_at_address = bool(address_of(drawing.layer.source))
        return is_at_address and from_clip == isinstance(drawing, RemoteDrawing)

    def _host_changed(self) -> None:
        """Draw files on hosts from their packs while the hosts are out of reach, and from the hosts again."""
        shown = self._shown.map.drawings.items()
        self._shown.draw_anew([uuid for uuid, drawing in shown if self._is_of_other_source(drawing)])

    def _forget(self, drawing: LayerDrawing) -> None:
        """Drop the overviews built from a file that may not be read any more."""
        overviews = self._context.overviews
        state = drawing.source.state if isinstance(drawing, RasterDrawing) else None
        if overviews is not None and state is not None:
            overviews.forget(state)

    def _look_again(self) -> None:
        if self.dialog is not None:
            self.dialog.look_again()

    def _stop_host(self, host: str) -> None:
        if self._context.fetcher is not None:
            self._context.fetcher.stop(host)

    def _saved(self, path: Path) -> None:
        """Store the present permissions for the file in which the case was saved."""
        session = self._session
        self._permissions.saved(CaseKey(str(path), session.project_uuid), session.document.layers.values())
