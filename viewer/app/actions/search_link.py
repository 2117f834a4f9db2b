"""The palette's search in one window: who is asked, what the map shows meanwhile, what becomes of a hit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect, Qt
from shapely import Point

import sample_data
from layers.geo.bounds import Bounds
from layers.geo.datum import Datum
from viewer.app.actions.menus import palette_entries
from viewer.canvas.place_marker import PlaceMarker
from viewer.commands.sites import add_site
from viewer.commands.stamps import new_uuid
from viewer.panels.search.finder import Finder
from viewer.panels.search.hits import AttributeSource, Group, Hit
from viewer.panels.search.palette import CommandPalette
from viewer.panels.search.search_providers import AttributeProvider, CoordinateProvider, PlaceProvider, SiteProvider
from viewer.support.settings import cache_folder

if TYPE_CHECKING:
    from viewer.app.window import MainWindow

SHOWN_FOR_MS = 6000
"""How long the ring stays where somebody went."""
PLACES_FILE = "places.sqlite.xz"


class SearchLink(QObject):
    """Nothing here contacts a host. `attribute_sources` may be set by who knows the vector layers."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.marker = PlaceMarker(window.canvas)
        self.attribute_sources: Iterable[AttributeSource] = ()
        """Asked anew for each search, in a job's thread."""
        self._coordinates = CoordinateProvider()
        self._places = PlaceProvider(lambda: sample_data.path(PLACES_FILE), cache_folder)
        self._sites = SiteProvider(lambda: window.session.document.sites)
        self._providers = (
            self._coordinates,
            self._sites,
            self._places,
            AttributeProvider(lambda: self.attribute_sources),
        )
        self.destroyed.connect(self._places.close)

    def show_palette(self) -> CommandPalette:
        """Open the palette over the window."""
        window = self._window
        self._coordinates.datum, self._coordinates.notation = Datum.WGS84, window.status.notation
        # The first search need not wait for the names; why they could not be made ready it says itself.
        window.context.jobs.run(lambda job: self._places.prepare(), failed=lambda error: None)
        finder = Finder(self._providers, window.context.jobs, known=self._sites)
        entries = palette_entries(window.action_table, window.palette())
        palette = CommandPalette(entries, window, finder)
        finder.setParent(palette)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.hit_previewed.connect(self._preview)
        palette.hit_chosen.connect(self.go)
        palette.site_wanted.connect(self.mark)
        palette.datum_changed.connect(self._take_datum)
        palette.covered.connect(self._cover)
        palette.show_over(window)
        return palette

    # -- what becomes of a hit ----------------------------------------------------------------------------------

    def go(self, hit: Hit) -> None:
        """Show the place; a site of the case is selected, a feature of a layer too, and its attributes are listed."""
        window = self._window
        if not window.session.is_begun:
            window.files.new_case()
        if not hit.has_place and hit.fid is not None:
            self._show_feature(hit, hit.fid)
            window.features.zoom_to(hit.layer_uuid, np.array([hit.fid], np.int64))
            return
        if not hit.has_place:
            site = window.session.document.sites.get(hit.site_uuid)
            window.selection.set((hit.site_uuid,))
            window.panel_context.zoom_to_sites([site] if site is not None else [])
            return
        if hit.bounds is not None:
            window.views.show_rows(hit.bounds, 0.2)
        else:
            window.views.show_place(hit.lon, hit.lat, hit.error_m)
        if hit.site_uuid:
            window.selection.set((hit.site_uuid,))
        if hit.fid is not None:
            self._show_feature(hit, hit.fid)
        self.marker.show_at(hit.lon, hit.lat, hit.error_m, for_ms=SHOWN_FOR_MS, frame=_frame(hit))

    def _show_feature(self, hit: Hit, fid: int) -> None:
        if hit.layer_uuid in self._window.session.document.layers:
            self._window.panel_context.show_layer(hit.layer_uuid)
            self._window.features.show_feature(hit.layer_uuid, fid)

    def mark(self, hit: Hit) -> None:
        """Go there, and mark a site with what is known of the place and of how well."""
        self.go(hit)
        window, uuid = self._window, new_uuid()
        fields = {"status": "draft", **(hit.fields or {})}
        if window.panel_context.do(add_site, Point(hit.lon, hit.lat), uuid=uuid, **fields):
            self.marker.clear()
            window.selection.set((uuid,))
            window.panel_context.panel_wanted.emit("site_form")
            said = (
                self.tr("Marked a site from the coordinate.")
                if hit.group is Group.COORDINATES
                else self.tr("Marked {0}.").format(hit.text)
            )
            window.messages.show("marked", said)

    # -- meanwhile ----------------------------------------------------------------------------------------------

    def _preview(self, hit: Hit | None) -> None:
        if hit is None or not hit.has_place or self._window.pages.currentWidget() is not self._window.canvas:
            self.marker.clear()
        else:
            self.marker.show_at(hit.lon, hit.lat, hit.error_m, frame=_frame(hit))

    def _cover(self, screen: QRect) -> None:
        canvas = self._window.canvas
        inside = QRect(canvas.mapFromGlobal(screen.topLeft()), screen.size()) if screen.isValid() else QRect()
        self.marker.set_cover(inside)

    def _take_datum(self, datum: str) -> None:
        self._coordinates.datum = Datum(datum)


def _frame(hit: Hit) -> Bounds | None:
    """What nothing on the map shows yet: the extent that was typed."""
    return hit.bounds if hit.group is Group.COORDINATES else None
