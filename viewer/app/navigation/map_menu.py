"""The context menu of a place on the map and of a site there: by right click, or by the menu key at the crosshair."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from layers.document.marks.measurement import MEASUREMENT
from layers.geo.coordinates import format_coordinate
from viewer.app.navigation.duplicating import duplicate_selected
from viewer.app.navigation.map_views import MapViews
from viewer.canvas.mark_query import marks_at
from viewer.canvas.pointer import PointerEvent
from viewer.canvas.widget import MapCanvas
from viewer.commands.shapes.measurements import make_sites
from viewer.commands.sites import counted_marks, delete_sites
from viewer.panels.context import PanelContext
from viewer.panels.words import site_name
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.support.messages import Messages
from viewer.tools.select import REACH_PX, deleted_words
from viewer.tools.toolbox import Toolbox

LONGEST_NAME = 40
MOST_SCENES = 12
"""Most scenes that the menu lists."""


class ScenesHere(Protocol):
    """Scenes of the time strip whose outlines the map shows."""

    def scenes_at(self, lon: float, lat: float) -> list[tuple[str, str]]:
        """The keys of the scenes whose outlines hold a place, each with words on it."""

    def use(self, key: str) -> None:
        """Add a scene to the case, or show it where it is there."""


class MapMenu(QObject):
    """Opens the menu where the canvas asks for it. Its entries use the same tools and panels as the menu bar."""

    def __init__(
        self,
        canvas: MapCanvas,
        toolbox: Toolbox,
        panels: PanelContext,
        views: MapViews,
        messages: Messages,
        scenes: ScenesHere,
        parent: QObject,
    ) -> None:
        """`scenes`: those whose outlines the map shows."""
        super().__init__(parent)
        self._scenes = scenes
        self._canvas, self._toolbox, self._panels = canvas, toolbox, panels
        self._views, self._messages = views, messages
        canvas.context_menu_requested.connect(self.open_at)

    def open_at(self, event: PointerEvent) -> QMenu:
        """Open the menu of the site under a place, or of the place itself where there is none."""
        menu = QMenu(self._canvas)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        under = self._site_under(event)
        if under:
            self._panels.selection.set({under})
            self._add_site(menu, under)
            menu.addSeparator()
        self._add_place(menu, event)
        menu.popup(self._canvas.mapToGlobal(self._canvas.pane.on_widget(event.px, event.py).toPoint()))
        return menu

    def _site_under(self, event: PointerEvent) -> str:
        if event.button == Qt.MouseButton.NoButton and len(self._panels.selection) == 1:
            return next(iter(self._panels.selection.uuids))  # the menu key means what is selected
        view = self._canvas.viewport.view()
        under = marks_at(self._canvas.pane.shown, view, event.px, event.py, REACH_PX * view.ratio)
        selected = [uuid for uuid in under if uuid in self._panels.selection]
        return (selected or under or [""])[0]

    def _add_place(self, menu: QMenu, event: PointerEvent) -> None:
        on_map = event.on_map
        menu.addAction(self.tr("&Identify What Is Here"), lambda: self._toolbox.identify_at(event)).setEnabled(on_map)
        menu.addAction(self.tr("&Mark a Point Here"), lambda: self._toolbox.mark_at(event)).setEnabled(on_map)
        menu.addAction(self.tr("&Copy Place"), lambda: self._copy_place(event)).setEnabled(on_map)
        if on_map:
            self._add_scenes(menu, event)
        menu.addSeparator()
        menu.addAction(self.tr("Ce&ntre the Map Here"), lambda: self._centre(event))
        menu.addAction(self.tr("Zoom Closer &Here"), lambda: self._zoom(event, 2.0))
        menu.addAction(self.tr("Zoom &Out Here"), lambda: self._zoom(event, 0.5))

    def _add_scenes(self, menu: QMenu, event: PointerEvent) -> None:
        """Offer the scenes whose outlines are around the place, each to be added to the case."""
        known = self._scenes.scenes_at(event.lon, event.lat)
        if not known:
            return
        words = translate("MapMenu", "&Add One of {count} Scenes Here", "&Add {count} Scene Here", len(known))
        inner = menu.addMenu(words)
        for key, name in known[:MOST_SCENES]:
            inner.addAction(name.replace("&", "&&"), partial(self._scenes.use, key))
        if len(known) > MOST_SCENES:
            more = inner.addAction(self.tr("and {0} more, on the time strip").format(len(known) - MOST_SCENES))
            more.setEnabled(False)

    def _add_site(self, menu: QMenu, uuid: str) -> None:
        site = self._panels.document.sites[uuid]
        name = one_line(site_name(site, self._panels.document), LONGEST_NAME)
        title = menu.addAction(name.replace("&", "&&"))
        title.setEnabled(False)
        menu.addSeparator()
        menu.addAction(self.tr("&Edit Vertices"), lambda: self._toolbox.take("tool_edit_vertices"))
        menu.addAction(self.tr("&Properties"), lambda: self._panels.typing_wanted.emit("site_form"))
        images = self._panels.layers.images
        if images is not None:
            menu.addAction(self.tr("&Take a Chip"), images.take_chip)
        if site.kind == "polygon":
            menu.addAction(self.tr("&Search This Area…"), lambda: self._panels.search_wanted.emit(uuid))
        if site.mark_kind == MEASUREMENT:
            menu.addAction(self.tr("&Make a Site of It"), lambda: self._panels.do(make_sites, (uuid,)))
        menu.addAction(self.tr("D&uplicate"), lambda: duplicate_selected(self._panels))
        menu.addAction(self.tr("&Delete"), lambda: self._delete(uuid))
        menu.addAction(self.tr("&Zoom to the Site"), self._views.show_selection)

    # -- what is done --------------------------------------------------------------------------------------------

    def _copy_place(self, event: PointerEvent) -> None:
        text = format_coordinate(event.lon, event.lat, self._panels.notation, self._views.metres_per_pixel() / 2)
        QGuiApplication.clipboard().setText(text)
        self._messages.show("copied", self.tr("Copied: {0}").format(text))

    def _centre(self, event: PointerEvent) -> None:
        width, height = self._canvas.viewport.size
        self._canvas.motion.pan_by(event.px - width / 2, event.py - height / 2)

    def _zoom(self, event: PointerEvent, factor: float) -> None:
        self._canvas.viewport.zoom_about(event.px, event.py, factor)
        self._canvas.motion.come_to_rest()

    def _delete(self, uuid: str) -> None:
        marks = counted_marks([self._panels.document.sites[uuid]])
        if self._panels.do(delete_sites, (uuid,)):
            self._messages.show("deleted", deleted_words(marks))
