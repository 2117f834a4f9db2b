"""The palette's search in one window: its providers, the preview on the map, and the actions of a hit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QWidget
from shapely import Point

import sample_data
from layers.geo.bounds import Bounds
from layers.geo.datum import Datum
from viewer.app.case.session import Session
from viewer.app.navigation.feature_zoom import FeatureZoom
from viewer.app.navigation.map_views import MapViews
from viewer.app.navigation.place_marker import PlaceMarker
from viewer.canvas.widget import MapCanvas
from viewer.commands.sites import add_site
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext
from viewer.panels.search.hits import Hit, HitGroup, SearchedLayer
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages
from viewer.support.settings import cache_folder

if TYPE_CHECKING:
    from viewer.panels.search.palette import CommandPalette, PaletteEntry
    from viewer.panels.search.record_providers import ClaimProvider, LayerProvider
    from viewer.panels.search.search_providers import AttributeProvider, CoordinateProvider, PlaceProvider, SiteProvider

    type _Providers = tuple[
        CoordinateProvider, SiteProvider, PlaceProvider, LayerProvider, ClaimProvider, AttributeProvider
    ]

SHOWN_FOR_MS = 6000
"""Time for which the ring stays at a place after going there."""
PLACES_FILE = "places.sqlite.xz"


class MapSearch(QObject):
    """Searches places, sites and features for the palette, without contacting a host.

    `feature_found` carries the chosen feature as (uuid of the layer, fid).
    """

    feature_found = Signal(str, int)
    site_found = Signal()
    """A site of the case was gone to, or newly marked."""

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        views: MapViews,
        zoom: FeatureZoom,
        panels: PanelContext,
        attributes: Iterable[SearchedLayer],
        jobs: Jobs,
        messages: Messages,
        window: QWidget,
    ) -> None:
        """`attributes` is read anew for each search, in a job's thread; the palette opens over `window`."""
        super().__init__(window)
        self._session, self._canvas, self._views, self._zoom = session, canvas, views, zoom
        self._panels, self._jobs, self._messages, self._window = panels, jobs, messages, window
        self.marker = PlaceMarker(canvas)
        self._attributes = attributes

    @cached_property
    def _providers(self) -> _Providers:
        # For start-up time, as the palette: nothing is looked for yet.
        from viewer.panels.search.record_providers import ClaimProvider, LayerProvider
        from viewer.panels.search.search_providers import (
            AttributeProvider,
            CoordinateProvider,
            PlaceProvider,
            SiteProvider,
        )

        session, attributes = self._session, self._attributes
        places = PlaceProvider(lambda: sample_data.path(PLACES_FILE), cache_folder)
        self.destroyed.connect(places.close)
        return (
            CoordinateProvider(),
            SiteProvider(lambda: session.document.sites),
            places,
            LayerProvider(lambda: session.document.layers),
            ClaimProvider(lambda: session.document.claims),
            AttributeProvider(lambda: attributes),
        )

    def show_palette(self, entries: Sequence[PaletteEntry]) -> CommandPalette:
        """Open the palette over the window, with these commands beside the hits."""
        from viewer.app.navigation.layer_verbs import layer_verbs  # for start-up time, as the next two
        from viewer.panels.search.finder import Finder
        from viewer.panels.search.palette import CommandPalette

        coordinates, sites, places, *_others = self._providers
        coordinates.datum, coordinates.notation = Datum.WGS84, self._panels.notation
        # The first search need not wait for the names; why they could not be made ready it says itself.
        self._jobs.run(lambda job: places.prepare(), failed=lambda error: None)
        finder = Finder(self._providers, self._jobs, known=sites)
        palette = CommandPalette([*entries, *layer_verbs(self._panels)], self._window, finder)
        finder.setParent(palette)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.hit_previewed.connect(self._preview)
        palette.hit_chosen.connect(self.go)
        palette.site_wanted.connect(self.mark)
        palette.datum_changed.connect(self._take_datum)
        palette.covered.connect(self._cover)
        palette.show_over(self._window)
        return palette

    # -- what becomes of a hit ----------------------------------------------------------------------------------

    def go(self, hit: Hit) -> None:
        """Go to a hit: a site is selected too; a feature as well, with its attributes listed.

        The keyboard moves to the map: the field that had it may belong to another record by now.
        """
        self._canvas.setFocus()
        if not self._session.is_begun:
            self._session.begin_case()
        if hit.group in (HitGroup.LAYERS, HitGroup.CLAIMS):
            self._show_record(hit)
            return
        if not hit.has_place and hit.fid is not None:
            self._show_feature(hit, hit.fid)
            self._zoom.zoom_to(hit.layer_uuid, np.array([hit.fid], np.int64))
            return
        if not hit.has_place:
            site = self._session.document.sites.get(hit.site_uuid)
            self._panels.selection.set((hit.site_uuid,))
            self._panels.zoom_to_sites([site] if site is not None else [])
            self.site_found.emit()
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

    def _show_record(self, hit: Hit) -> None:
        """Show the whole of a layer with its properties, or a claim in its form, unless it has left the case."""
        document = self._session.document
        if hit.layer_uuid in document.layers:
            self._panels.show_layer(hit.layer_uuid, raise_form=True)
            if (bounds := self._canvas.own_scene.stack.bounds_of(hit.layer_uuid)) is not None:
                self._canvas.motion.zoom_to_bounds(bounds, 0.0)
        elif hit.claim_uuid in document.claims:
            self._panels.show_claim(hit.claim_uuid, raise_form=True)

    def _show_feature(self, hit: Hit, fid: int) -> None:
        if hit.layer_uuid in self._session.document.layers:
            self._panels.show_layer(hit.layer_uuid)
            self.feature_found.emit(hit.layer_uuid, fid)

    def mark(self, hit: Hit) -> None:
        """Go to a hit and mark a site there, with the known facts about the place and its accuracy."""
        self.go(hit)
        uuid = new_uuid()
        fields = {"status": "draft", **(hit.fields or {})}
        if self._panels.do(add_site, Point(hit.lon, hit.lat), uuid=uuid, **fields):
            self.marker.clear()
            self._panels.selection.set((uuid,))
            self._panels.typing_wanted.emit("site_form")
            said = (
                self.tr("Marked a site from the coordinate.")
                if hit.group is HitGroup.COORDINATES
                else self.tr("Marked {0}.").format(hit.text)
            )
            self._messages.show("marked", said)
            self.site_found.emit()

    # -- meanwhile ----------------------------------------------------------------------------------------------

    def _preview(self, hit: Hit | None) -> None:
        if hit is None or not hit.has_place or not self._canvas.isVisible():
            self.marker.clear()
        else:
            self.marker.show_at(hit.lon, hit.lat, hit.error_m, frame=_frame(hit))

    def _cover(self, screen: QRect) -> None:
        canvas = self._canvas
        inside = QRect(canvas.mapFromGlobal(screen.topLeft()), screen.size()) if screen.isValid() else QRect()
        self.marker.set_cover(inside)

    def _take_datum(self, datum: str) -> None:
        self._providers[0].datum = Datum(datum)


def _frame(hit: Hit) -> Bounds | None:
    """The typed extent of a hit, to be framed: nothing else on the map shows it. None for other hits."""
    return hit.bounds if hit.group is HitGroup.COORDINATES else None
