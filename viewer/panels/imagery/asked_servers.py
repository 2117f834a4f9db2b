"""Servers that are asked what they offer: the typed address with its key, the awaited answer, and the offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import shiboken6
from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from layers.errors import BadTemplate, GeoloupeError
from layers.services.address_keys import KeyedAddress, split_key
from layers.services.imagery_entry import host_of_address
from layers.services.listed.offered_entries import entries_of_offer
from layers.services.listed.typed_entry import NamedLayer, entry_of_text, named_layer
from layers.services.offers.offer import ServiceOffer
from layers.services.offers.typed_address import address_to_ask
from viewer.network.typed_keys import secret_in
from viewer.panels.imagery.entry_rows import EntryRow, row_of
from viewer.panels.imagery.offer_source import ImageryNetwork
from viewer.support.jobs import Jobs
from viewer.support.language.translation import in_language

MOST_KEPT = 8
"""Most offers that are kept after the dialog is closed."""
MOST_SEARCHED = 3000
"""Most rows of offers that a search over everything looks through, as many as take it 30 ms."""


class ListedOffer(Struct, frozen=True, eq=False):
    """The offer of an address, and its rows."""

    offer: ServiceOffer
    rows: list[EntryRow]


class AskedServers(QObject):
    """Takes typed addresses, and asks servers on request. Used on the window's thread.

    A key in an address is shown to the hosts that are allowed while that address is the typed one, in this session; it
    stands in no row.
    """

    changed = Signal()
    """Emitted when an answer is awaited, and when asking has failed."""
    listed = Signal(str)
    """Emitted with the awaited address once its offer is known."""

    def __init__(
        self,
        network: ImageryNetwork,
        consent: Callable[[str], None],
        jobs: Jobs | None,
        offers: dict[str, ListedOffer],
        parent: QObject,
    ) -> None:
        """Make it for one dialog.

        network: the ways to the network
        consent: allows a host
        jobs: reads offers off the window's thread; None reads them at once
        offers: what was offered to earlier dialogs, by the address that was asked, the newest last; gets new ones
        parent: the owner
        """
        super().__init__(parent)
        self._network, self._consent, self._jobs = network, consent, jobs
        self._typed = KeyedAddress("")
        self._offers = offers
        self._answered: set[str] = set()
        """Addresses that have answered since the dialog was opened: those of earlier ones are asked again."""
        self.named = NamedLayer()
        """The layer that the address named which was asked last."""
        self.awaited = ""
        """The address that has not answered yet; empty for none."""
        self.problem = ""
        """Why the typed address cannot be used, or why asking has failed."""

    @property
    def has_key(self) -> bool:
        """True where the typed address holds a key."""
        return bool(self._typed.key)

    def row_of_typed(self) -> EntryRow | None:
        """The row of the typed address; None, with a `problem`, where it cannot be used."""
        try:
            return row_of(entry_of_text(self._typed.address))
        except BadTemplate as error:
            self.problem = in_language(error.sentence)
            return None

    def offered(self, address: str) -> ListedOffer:
        """The offer of an address that has been listed."""
        return self._offers[address]

    def known_rows(self) -> list[EntryRow]:
        """The rows of offers for a search over everything, those of the newest offers."""
        rows: list[EntryRow] = []
        for listed in reversed(self._offers.values()):
            if len(rows) + len(listed.rows) <= MOST_SEARCHED:
                rows += listed.rows
        return rows

    def take(self, text: str) -> None:
        """Take a text as it is typed. An answer that is under way counts no longer, but is kept."""
        self._typed, self.awaited, self.problem = split_key(text), "", ""

    def allow(self, hosts: Iterable[str]) -> None:
        """Allow hosts, and show them the key of the typed address."""
        secret = secret_in(self._typed)
        for host in hosts:
            self._consent(host)
            if secret is not None:
                self._network.use_secret(host, secret)

    def ask(self, address: str, kind: str = "") -> None:
        """Allow the host of an address and ask what it offers; an offer that is known is listed at once. `kind` is what
        a list says of the server.
        """
        self.named = named_layer(self._typed.address)
        self.awaited, self.problem = address, ""
        if address in self._answered:
            self._list(address)
            return
        assert self._network.offers is not None
        self.allow((host_of_address(address),))
        self.changed.emit()

        def done(offer: ServiceOffer | None, error: GeoloupeError | None) -> None:
            if not shiboken6.isValid(self):
                return
            if offer is not None:
                self._read(address, offer)
            elif self.awaited == address:
                self.awaited, self.problem = "", in_language(error.sentence) if error is not None else ""
                self.changed.emit()

        self._network.offers.ask(address_to_ask(address, kind), done)

    def take_document(self, name: str, offer: ServiceOffer) -> None:
        """List the offer of a saved document under the name of its file."""
        self.named, self.awaited = NamedLayer(), name
        self._read(name, offer)

    def _read(self, address: str, offer: ServiceOffer) -> None:
        """Make rows of an offer, in a job: servers have thousands of layers."""

        def read() -> ListedOffer:
            rows = [row_of(offered.entry, offered.layer, offered.item) for offered in entries_of_offer(offer, address)]
            return ListedOffer(offer, rows)

        def keep(listed: ListedOffer) -> None:
            self._offers.pop(address, None)
            self._offers[address] = listed
            for oldest in list(self._offers)[:-MOST_KEPT]:
                del self._offers[oldest]
            self._answered.add(address)
            if self.awaited == address:
                self._list(address)

        run_apart(self._jobs, self, read, keep)

    def _list(self, address: str) -> None:
        self.awaited = ""
        self.listed.emit(address)


def run_apart[T](jobs: Jobs | None, owner: QObject, work: Callable[[], T], done: Callable[[T], None]) -> None:
    """Run work in a job, or at once without `jobs`; `done` is not called once the owner is gone."""
    if jobs is None:
        done(work())
    else:
        jobs.run(lambda _: work(), lambda result: done(result) if shiboken6.isValid(owner) else None, apart=True)
