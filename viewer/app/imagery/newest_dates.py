"""Reads anew which dates the service of a layer has, and shows the newest one: a case keeps those of its own day."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from layers.errors import GeoloupeError
from layers.services.tile_service import TileService
from viewer.network.fetcher import Fetcher
from viewer.panels.context import PanelContext
from viewer.support.jobs import Jobs
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

if TYPE_CHECKING:
    from layers.services.offers.offer import ServiceOffer


class NewestDates(QObject):
    """Asks the server's own document on request. Without a network, what the case knows is all there is."""

    def __init__(self, fetcher: Fetcher | None, jobs: Jobs, panels: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._fetcher, self._jobs, self._panels = fetcher, jobs, panels
        panels.layer_verbs.look_for_dates.connect(self.look)

    def look(self, uuid: str) -> None:
        """Look for newer dates of a layer."""
        # For start-up time.
        from layers.services.offers.recognise import recognised
        from layers.services.offers.typed_address import address_to_ask
        from viewer.commands.imagery.service_times import dated_service
        from viewer.panels.imagery.offer_source import FetchedOffers

        service = dated_service(self._panels.document.layers.get(uuid))
        if service is None:
            return
        if self._fetcher is None or not service.capabilities:
            self._show(uuid, service, service.times)
            return
        address = address_to_ask(service.capabilities, service.kind)
        FetchedOffers(self._fetcher, self._jobs, recognised).ask(address, partial(self._take, uuid, service))

    def _take(self, uuid: str, before: TileService, offer: ServiceOffer | None, error: GeoloupeError | None) -> None:
        from viewer.commands.imagery.service_times import dated_service  # for start-up time

        service = dated_service(self._panels.document.layers.get(uuid))
        if service is None or service.capabilities != before.capabilities:
            return  # the layer has gone, or is another one
        layers = () if offer is None else offer.layers
        times = next((layer.times for layer in layers if layer.name == service.layer and layer.times is not None), None)
        if error is not None:
            self._panels.report(in_language(error.sentence))
        elif times is None or not times.count:
            words = self.tr("{0} names no dates of “{1}” any more: those that were known are kept.")
            self._panels.report(words.format(", ".join(service.hosts), one_line(service.title, 60)))
        self._show(uuid, service, service.times if times is None or not times.count else times.text)

    def _show(self, uuid: str, service: TileService, times: str) -> None:
        """Show the newest of some times, and keep these."""
        # For start-up time.
        from msgspec.structs import replace

        from layers.services.times.time_steps import ServiceTimes
        from viewer.commands.imagery.service_times import set_service_time, today

        newest = ServiceTimes(replace(service, times=times), today()).latest
        if newest != service.time or times != service.times:
            self._panels.do(set_service_time, uuid, newest, times)
