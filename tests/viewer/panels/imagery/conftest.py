"""The dialog of imagery over a server of tests, which answers when it is told to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage

from layers.errors import GeoloupeError
from layers.services.imagery_entry import ImageryEntry
from layers.services.listed.offered_entries import entries_of_offer
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.tile_service import TileService
from tests.viewer.panels.conftest import Desk
from viewer.network.secrets import Secrets
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.imagery.entry_lists import KeptImagery
from viewer.panels.imagery.entry_rows import EntryRow, row_of
from viewer.panels.imagery.offer_source import ImageryNetwork, OfferDone


class FakeServers:
    """Notes what is asked, of whom and whether that was allowed; answers are given by the test."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.asked_addresses: list[str] = []
        self.tiles: list[str] = []
        self.respected: list[TileService] = []
        self.opened: list[ImageryEntry] = []
        self._waiting: list[OfferDone] = []
        self.secrets = Secrets()
        self.wanting_login: set[str] = set()
        self.signing_in: list[tuple[tuple[str, ...], Callable[[], None]]] = []
        self.network = ImageryNetwork(
            self,
            self.fetch_tile,
            self.permits,
            self.secrets.put,
            {"archive": self.opened.append},
            self.respected.append,
            wants_login=lambda host: host in self.wanting_login,
            sign_in=lambda parent, hosts, done: self.signing_in.append((tuple(hosts), done)),
        )

    def permits(self, host: str) -> bool:
        return host in self._desk.consented

    def ask(self, address: str, done: OfferDone) -> None:
        assert any(host in address.lower() for host in self._desk.consented), "nobody is asked before consent"
        self.asked_addresses.append(address)
        self._waiting.append(done)

    def answer(self, offer: ServiceOffer) -> None:
        self._waiting.pop(0)(offer, None)

    def fail(self, error: GeoloupeError) -> None:
        self._waiting.pop(0)(None, error)

    def fetch_tile(self, address: str, done: Callable[[QImage | None, GeoloupeError | None], None]) -> None:
        assert any(host in address for host in self._desk.consented), "no tile before consent"
        self.tiles.append(address)
        picture = QImage(256, 256, QImage.Format.Format_RGB32)
        picture.fill(0xFF2277)
        done(picture, None)


@pytest.fixture
def servers(desk: Desk) -> FakeServers:
    return FakeServers(desk)


@pytest.fixture
def kept() -> KeptImagery:
    return KeptImagery.in_memory()


@pytest.fixture
def dialog(qtbot, desk: Desk, servers: FakeServers, kept: KeptImagery) -> AddImageryDialog:
    dialog = AddImageryDialog(desk.context, None, servers.network, kept)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def listed(dialog: AddImageryDialog) -> list[str]:
    """The texts of the list, with headings in brackets."""
    return [row.entry.title if isinstance(row, EntryRow) else f"[{row}]" for row in dialog.panel.model.rows]


def choose(dialog: AddImageryDialog, text: str) -> None:
    """Choose the row whose title holds the text."""
    (at,) = [
        at for at, row in enumerate(dialog.panel.model.rows) if isinstance(row, EntryRow) and text in row.entry.title
    ]
    dialog.panel.list.setCurrentIndex(dialog.panel.model.index(at, 0))


def rows_of(*layers: OfferedLayer) -> list[EntryRow]:
    """The rows of a server with these layers."""
    offer = ServiceOffer(service="wmts", layers=layers)
    entries = entries_of_offer(offer, "https://t.example.org/wmts") if layers else ()
    return [row_of(offered.entry, offered.layer) for offered in entries]
