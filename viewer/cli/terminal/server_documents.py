"""Documents of servers for headless subcommands, by the window's fetcher and its rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from layers.errors import BadTemplate, GeoloupeError, ServerFault
from layers.services.http_request import HttpRequest

if TYPE_CHECKING:
    from layers.services.offers.offer import ServiceOffer
    from layers.services.tile_service import TileService
    from viewer.network.answer import HttpAnswer
    from viewer.network.fetcher import Fetcher


class ServerDocuments:
    """Asks servers while an event loop runs; an address that was typed is consent for its own host."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def document(self, address: str) -> HttpAnswer:
        """The answer of the host of an address that was typed. Raises NotAllowed and ServerFault."""
        self.allow(address)
        answer, error = self.asked(HttpRequest(address))
        if error is not None or answer is None:
            raise error or ServerFault("The server sent nothing.")
        return answer

    def allow(self, address: str) -> None:
        """Allow the host of an address."""
        from viewer.network.consent import host_of, is_private  # for start-up time

        host, consent = host_of(address), self._fetcher.consent
        consent.allow_private(host) if is_private(host) else consent.allow(host)

    def asked(self, request: HttpRequest, *, keep: bool = True) -> tuple[HttpAnswer | None, GeoloupeError | None]:
        """The answer to a request, the error, or both where the server answers with one.

        `keep`: a copy of what a GET brings is kept for work without a network.
        """
        from PySide6.QtCore import QEventLoop  # for start-up time

        answers: list[tuple[HttpAnswer | None, GeoloupeError | None]] = []
        loop = QEventLoop()

        def take(answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
            answers.append((answer, error))
            loop.quit()

        self._fetcher.fetch_document(request, take, keep=keep and request.method == "GET")
        if not answers:
            loop.exec()
        return answers[0]


def offer_at(text: str, servers: ServerDocuments) -> ServiceOffer:
    """The offer of a typed address. Raises a GeoloupeError for an address that is none, and for what comes
    from it.
    """
    # For start-up time.
    from layers.services.offers.recognise import further_address, recognised, with_landing
    from layers.services.offers.typed_address import address_kind

    typed = address_kind(text)
    if typed is None:
        raise BadTemplate("“{text}” is no address: it begins with https:// or http:// and a host.", text=text[:80])
    answer = servers.document(typed.address)
    offer = recognised(answer.body, answer.address)
    if further := further_address(answer.body, answer.address, offer):
        listed, error = servers.asked(HttpRequest(further))
        if error is not None or listed is None:
            raise error or ServerFault("The server sent nothing.")
        offer = with_landing(recognised(listed.body, listed.address), offer)
    return offer


def service_at(text: str, servers: ServerDocuments) -> TileService:
    """The service that `ADDRESS#LAYER@TIME` names. Raises as `offer_at`, and BadTemplate where no layer is meant."""
    # For start-up time.
    from layers.services.offers.chosen_service import chosen_service
    from viewer.commands.imagery.service_times import today

    address, _, chosen = text.partition("#")
    return chosen_service(offer_at(address, servers), chosen, today())


@contextmanager
def server_documents(typed: Iterable[str]) -> Iterator[ServerDocuments]:
    """Servers to be asked, for the length of a command; they are shown the keys of the `typed` addresses."""
    # For start-up time.
    from PySide6.QtCore import QCoreApplication

    from viewer.network.consent import Consent
    from viewer.network.fetcher import Fetcher
    from viewer.network.typed_keys import secrets_in
    from viewer.support.settings import cache_folder

    application = QCoreApplication.instance() or QCoreApplication([])
    fetcher = Fetcher(cache_folder() / "tiles", Consent(), secrets=secrets_in(typed))
    try:
        yield ServerDocuments(fetcher)
    finally:
        fetcher.close()
        application.processEvents()
