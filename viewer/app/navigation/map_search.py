"""The palette's search in one window: its providers, and the palette over the window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QStatusTipEvent
from PySide6.QtWidgets import QApplication, QWidget

import sample_data
from layers.geo.datum import Datum
from viewer.app.case.session import Session
from viewer.app.navigation.hit_navigator import HitNavigator
from viewer.panels.context import PanelContext
from viewer.support.jobs import Jobs
from viewer.support.settings import cache_folder

if TYPE_CHECKING:
    from viewer.panels.search.case_words import CaseWords
    from viewer.panels.search.hits import SearchedLayer
    from viewer.panels.search.palette import CommandPalette, PaletteEntry
    from viewer.panels.search.record_providers import LayerProvider
    from viewer.panels.search.search_providers import AttributeProvider, CoordinateProvider, PlaceProvider, SiteProvider

    type _Providers = tuple[
        CoordinateProvider, SiteProvider, PlaceProvider, CaseWords, LayerProvider, AttributeProvider
    ]

PLACES_FILE = "places.sqlite.xz"


class MapSearch(QObject):
    """Searches places, sites and features for the palette, without contacting a host."""

    def __init__(
        self,
        session: Session,
        panels: PanelContext,
        hits: HitNavigator,
        attributes: Iterable[SearchedLayer],
        jobs: Jobs,
        window: QWidget,
    ) -> None:
        """`attributes` is read anew for each search, in a job's thread; the palette opens over `window`."""
        super().__init__(window)
        self._session, self._panels, self._hits = session, panels, hits
        self._attributes, self._jobs, self._window = attributes, jobs, window

    @cached_property
    def _providers(self) -> _Providers:
        # For start-up time, as the palette: nothing is looked for yet.
        from viewer.panels.search.case_words import CaseWords
        from viewer.panels.search.record_providers import LayerProvider
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
            CaseWords(self._panels, self),
            LayerProvider(lambda: session.document.layers),
            AttributeProvider(lambda: attributes),
        )

    def show_palette(self, entries: Sequence[PaletteEntry]) -> CommandPalette:
        """Open the palette over the window, with these commands beside the hits."""
        from viewer.app.navigation.layer_verbs import layer_verbs  # for start-up time, as the next two
        from viewer.panels.search.finder import Finder
        from viewer.panels.search.palette import CommandPalette

        coordinates, sites, places, words, *_others = self._providers
        coordinates.datum, coordinates.notation = Datum.WGS84, self._panels.notation
        # The first search need not wait for the names; why they could not be made ready it says itself.
        self._jobs.run(lambda job: places.prepare(), failed=lambda error: None)
        self._jobs.run(lambda job: sites.prepare())
        words.prepare()
        finder = Finder(self._providers, self._jobs, known=sites)
        words.ready.connect(finder.ask_again)
        palette = CommandPalette([*entries, *layer_verbs(self._panels)], self._window, finder)
        finder.setParent(palette)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.hit_previewed.connect(self._hits.preview)
        palette.hit_chosen.connect(self._hits.go)
        palette.site_wanted.connect(self._hits.mark)
        palette.datum_changed.connect(self._take_datum)
        palette.covered.connect(self._hits.cover)
        palette.finished.connect(self._clear_tip)
        self._clear_tip()
        palette.show_over(self._window)
        return palette

    def _clear_tip(self) -> None:
        """Remove the tip of the button that opens the palette: the pointer leaves it unseen by Qt."""
        QApplication.sendEvent(self._window, QStatusTipEvent(""))

    def _take_datum(self, datum: str) -> None:
        self._providers[0].datum = Datum(datum)
