"""Goes to hits of a search: shows a hit on the map, selects it, or marks a site there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect, Signal
from shapely import Point

from layers.document.edit import Table
from layers.finding.about_sites import row_with_form, sites_about
from layers.geo.bounds import Bounds
from viewer.app.case.session import Session
from viewer.app.navigation.feature_zoom import FeatureZoom
from viewer.app.navigation.map_views import MapViews
from viewer.app.navigation.place_marker import PlaceMarker
from viewer.canvas.widget import MapCanvas
from viewer.commands.sites import add_site
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext
from viewer.support.messages import Messages

if TYPE_CHECKING:
    from viewer.panels.search.hits import Hit

SHOWN_FOR_MS = 6000
"""Time for which the ring stays at a place after going there."""


class HitNavigator(QObject):
    """Shows hits on the map of one window: a preview while the analyst looks through them, then the chosen one."""

    feature_found = Signal(str, int)
    """Uuid of the layer and fid of a feature that was gone to."""
    site_found = Signal()
    """A site of the case was gone to, or newly marked."""

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        views: MapViews,
        zoom: FeatureZoom,
        panels: PanelContext,
        messages: Messages,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._canvas, self._views, self._zoom = session, canvas, views, zoom
        self._panels, self._messages = panels, messages
        self.marker = PlaceMarker(canvas)

    def go(self, hit: Hit) -> None:
        """Go to a hit: a site is selected too; a feature as well, with its attributes listed.

        The keyboard moves to the map: the field that had it may belong to another record by now.
        """
        from viewer.panels.search.hits import HitGroup  # for start-up time: nothing is looked for yet, as below

        self._canvas.setFocus()
        if not self._session.is_begun:
            self._session.begin_case()
        if hit.row is not None:
            self._show_row(*hit.row, hit.words)
            return
        if hit.group is HitGroup.LAYERS:
            self._show_layer(hit)
            return
        if not hit.has_place and hit.fid is not None:
            self._show_feature(hit, hit.fid)
            self._zoom.zoom_to(hit.layer_uuid, np.array([hit.fid], np.int64))
            return
        if not hit.has_place:
            self._go_to_site(hit.site_uuid)
            return
        if hit.bounds is not None:
            self._views.show_rows(hit.bounds, 0.2)
        else:
            self._views.show_place(hit.lon, hit.lat, hit.error_m)
        if hit.site_uuid:
            self._panels.selection.set((hit.site_uuid,))
            self.site_found.emit()
        if hit.fid is not None:
            self._show_feature(hit, hit.fid)
        self.marker.show_at(hit.lon, hit.lat, hit.error_m, for_ms=SHOWN_FOR_MS, frame=_frame(hit))

    def _go_to_site(self, uuid: str) -> None:
        site = self._session.document.sites.get(uuid)
        self._panels.selection.set((uuid,))
        self._panels.zoom_to_sites([site] if site is not None else [])
        self.site_found.emit()

    def _show_layer(self, hit: Hit) -> None:
        """Show the whole of a layer with its properties, unless it has left the case."""
        if hit.layer_uuid in self._session.document.layers:
            self._panels.show_layer(hit.layer_uuid, raise_form=True)
            if (bounds := self._canvas.own_scene.stack.bounds_of(hit.layer_uuid)) is not None:
                self._canvas.motion.zoom_to_bounds(bounds, 0.0)

    def _show_row(self, table: Table, uuid: str, words: str) -> None:
        """Show a row that was found by its words in its form, or the row that it belongs to."""
        if uuid not in self._session.document.table(table):  # it was found by the reasons for its changes
            self._panels.history_wanted.emit(table, uuid)
            return
        shown = row_with_form(self._session.document, table, uuid)
        if shown is None:
            self._messages.show("not_shown", self.tr("These words belong to nothing that is in the case any more."))
        elif shown[0] == "sites":
            self._go_to_site(shown[1])
        else:
            self._panels.open_row(*shown)
            if table == "source_files":
                from viewer.panels.kept_words import kept_words  # for start-up time

                kept_words(self._panels).wanted.emit(uuid, words)
            if shown[0] == "searches":
                sites = self._session.document.sites
                self._panels.zoom_to_sites(sites[each] for each in sites_about(self._session.document, *shown))

    def _show_feature(self, hit: Hit, fid: int) -> None:
        if hit.layer_uuid in self._session.document.layers:
            self._panels.show_layer(hit.layer_uuid)
            self.feature_found.emit(hit.layer_uuid, fid)

    def mark(self, hit: Hit) -> None:
        """Go to a hit and mark a site there, with the known facts about the place and its accuracy."""
        from viewer.panels.search.hits import HitGroup  # for start-up time

        self.go(hit)
        uuid = new_uuid()
        fields = {"status": "draft", **(hit.fields or {})}
        if self._panels.do(add_site, Point(hit.lon, hit.lat), uuid=uuid, **fields):
            self.marker.clear()
            self._panels.selection.set((uuid,))
            self._panels.typing_wanted.emit("site_form")
            sentence = (
                self.tr("Marked a site from the coordinate.")
                if hit.group is HitGroup.COORDINATES
                else self.tr("Marked {0}.").format(hit.text)
            )
            self._messages.show("marked", sentence)
            self.site_found.emit()

    def preview(self, hit: Hit | None) -> None:
        """Show the place of a hit on the map, without going there; None ends that."""
        if hit is None or not hit.has_place or not self._canvas.isVisible():
            self.marker.clear()
        else:
            self.marker.show_at(hit.lon, hit.lat, hit.error_m, frame=_frame(hit))

    def cover(self, screen: QRect) -> None:
        """Keep the preview clear of a part of the screen that is covered."""
        canvas = self._canvas
        inside = QRect(canvas.mapFromGlobal(screen.topLeft()), screen.size()) if screen.isValid() else QRect()
        self.marker.set_cover(inside)


def _frame(hit: Hit) -> Bounds | None:
    """The typed extent of a hit, to be framed: nothing else on the map shows it. None for other hits."""
    from viewer.panels.search.hits import HitGroup  # for start-up time

    return hit.bounds if hit.group is HitGroup.COORDINATES else None
