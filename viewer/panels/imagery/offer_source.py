"""The network as the dialog of imagery sees it: offers of an address, and tiles for a picture of the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from layers.errors import GeoloupeError
from layers.services.http_request import HttpRequest
from layers.services.imagery_entry import ImageryEntry
from layers.services.offers.offer import ServiceOffer
from layers.services.offers.recognise import further_address, with_landing
from layers.services.tile_service import TileService
from viewer.network.answer import HttpAnswer
from viewer.network.consent import host_of
from viewer.network.fetcher import Fetcher
from viewer.network.secrets import Secret
from viewer.network.tile_fetch import ImageDone, TileFetch
from viewer.support.jobs import Jobs

type OfferDone = Callable[[ServiceOffer | None, GeoloupeError | None], None]


class OfferSource(Protocol):
    """Asks servers for what they offer."""

    def ask(self, address: str, done: OfferDone) -> None:
        """Ask an address whose host was allowed; `done(offer, None)` or `done(None, error)` is called later, or at
        once.
        """


class ImageryNetwork(Struct, frozen=True):
    """The ways of the dialog to the network; without them it shows lists alone."""

    offers: OfferSource | None = None
    fetch_tile: Callable[[str, ImageDone], TileFetch[QImage] | None] | None = None
    """Fetches a tile for the picture of the view."""
    permits: Callable[[str], bool] = lambda host: False
    """True for a host that was allowed."""
    use_secret: Callable[[str, Secret], None] = lambda host, secret: None
    """Shows a secret to a host for this session."""
    openers: Mapping[str, Callable[[ImageryEntry], None]] = {}
    """Functions that open what is no layer of tiles, by its kind or role: search an archive, add vectors."""
    respect: Callable[[TileService], None] = lambda service: None
    """Holds to the terms of a service from now on."""
    wants_login: Callable[[str], bool] = lambda host: False
    """True for a host that has refused us without a login, or with the present one."""
    sign_in: Callable[[QWidget, Sequence[str], Callable[[], None]], object] = lambda parent, hosts, done: None
    """Shows the dialog that signs in to hosts; the function is called once somebody has signed in."""

    note_file: Callable[[str, str], object] = lambda address, collection: None
    """Notes the address of a file of a collection, which its catalogue may have signed."""

    preferred: Callable[[TileService], TileService] = lambda service: service
    """Gives the service in the order of axes that its server is known to want."""

    def opener(self, entry: ImageryEntry) -> Callable[[ImageryEntry], None] | None:
        """The function that opens an entry; None where nothing can."""
        return self.openers.get(entry.kind) or self.openers.get(entry.role)


class FetchedOffers:
    """Asks by the window's fetcher, and reads the documents in jobs, by `recognise`."""

    def __init__(self, fetcher: Fetcher, jobs: Jobs, recognise: Callable[[bytes, str], ServiceOffer]) -> None:
        self._fetcher, self._jobs, self._recognise = fetcher, jobs, recognise

    def ask(self, address: str, done: OfferDone) -> None:
        """Fetch the document of an address; a copy is kept, so that a server can be looked into offline."""
        self._fetcher.forgive(host_of(address), only_lost=True)
        self._fetch(address, done)

    def _fetch(self, address: str, done: OfferDone, landing: ServiceOffer | None = None) -> None:
        """Fetch a document, and what it leads to; an item whose collection does not answer is offered without it."""
        known = landing if landing is not None and landing.items else None

        def failed(error: GeoloupeError | None) -> None:
            done(known, None if known is not None else error)

        def read(answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
            if answer is None or error is not None:
                failed(error)
                return
            body, source = answer.body, answer.address

            def recognise() -> tuple[ServiceOffer, str]:
                offer = self._recognise(body, source)
                if landing is not None:
                    return with_landing(offer, landing), ""
                return offer, further_address(body, source, offer)

            def go_on(recognised: tuple[ServiceOffer, str]) -> None:
                offer, further = recognised
                if further:
                    self._fetch(further, done, offer)
                else:
                    done(offer, None)

            self._jobs.run(lambda _: recognise(), go_on, failed)

        self._fetcher.fetch_document(HttpRequest(address), read, keep=True)
