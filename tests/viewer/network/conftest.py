"""A fetcher with short limits, a server to ask, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from layers.errors import GeoloupeError
from layers.services.http_request import HttpRequest
from tests.support.tile_server import TileServer, serving
from viewer.network.answer import HttpAnswer
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher

QUICK = Limits(idle_s=1.5, total_s=3.0, document_idle_s=1.5, document_total_s=3.0, first_backoff_s=0.02)
"""Short, as tests of silent servers wait for them; an honest answer takes up to a second where many programs run."""


class Heard:
    """The answers of some fetches."""

    def __init__(self) -> None:
        self.images: list[QImage] = []
        self.errors: list[GeoloupeError] = []
        self.nothing = 0

    def __call__(self, image: QImage | None, error: GeoloupeError | None) -> None:
        if image is not None:
            self.images.append(image)
        elif error is not None:
            self.errors.append(error)
        else:
            self.nothing += 1

    @property
    def results(self) -> list[QImage]:
        return self.images

    @property
    def count(self) -> int:
        return len(self.images) + len(self.errors) + self.nothing


class Documents:
    """The answers to some requests for documents."""

    def __init__(self) -> None:
        self.answers: list[HttpAnswer] = []
        self.errors: list[GeoloupeError] = []
        self.count = 0

    def __call__(self, answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
        self.count += 1
        if answer is not None:
            self.answers.append(answer)
        if error is not None:
            self.errors.append(error)

    @property
    def results(self) -> list[HttpAnswer]:
        return self.answers


type MakeFetcher = Callable[[TileServer], Fetcher]
type Ask = Callable[..., Heard]
type AskDocument = Callable[..., Documents]
type AskAny = Callable[..., Heard | Documents]


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        yield server


@pytest.fixture
def make_fetcher(qtbot, tmp_path: Path) -> Iterator[MakeFetcher]:
    """Fetchers that may contact one server each, and store in one folder."""
    made: list[Fetcher] = []

    def make(server: TileServer, folder: Path = tmp_path / "tiles") -> Fetcher:
        consent = Consent()
        consent.allow_private(server.host)
        made.append(Fetcher(folder, consent, QUICK))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def fetcher(make_fetcher: MakeFetcher, server: TileServer) -> Fetcher:
    return make_fetcher(server)


@pytest.fixture
def ask(qtbot, server: TileServer, fetcher: Fetcher) -> Ask:
    """`ask("ok", 3)`: three tiles of the server's path of that name."""
    return lambda fault, count=1, ext="png": asked(qtbot, fetcher, server, fault, count, ext)


def asked(qtbot, fetcher: Fetcher, server: TileServer, fault: str, count: int = 1, ext: str = "png") -> Heard:
    """What comes of asking for so many tiles."""
    heard = Heard()
    for x in range(count):
        fetcher.fetch(f"{server.url}/{fault}/5/{x}/3.{ext}", heard)
    qtbot.waitUntil(lambda: heard.count == count, timeout=30_000)
    return heard


@pytest.fixture
def ask_document(qtbot, server: TileServer, fetcher: Fetcher) -> AskDocument:
    """`ask_document("ok")`: the server's document of that name."""
    return partial(asked_document, qtbot, fetcher, server)


def asked_document(
    qtbot, fetcher: Fetcher, server: TileServer, fault: str, count: int = 1, body: bytes = b"", keep: bool = False
) -> Documents:
    """What comes of asking for so many documents, by POST where there is a body."""
    documents = Documents()
    for x in range(count):
        address = f"{server.url}/{fault}/5/{x}/3.json"
        fetcher.fetch_document(HttpRequest(address, "POST" if body else "GET", body), documents, keep)
    qtbot.waitUntil(lambda: documents.count == count, timeout=30_000)
    return documents


def asked_part(qtbot, fetcher: Fetcher, server: TileServer, fault: str, count: int = 1) -> Documents:
    """What comes of asking for a part of so many files."""
    documents = Documents()
    for x in range(count):
        fetcher.fetch_range(f"{server.url}/{fault}/5/{x}/3.bin", 0, 9, documents)
    qtbot.waitUntil(lambda: documents.count == count, timeout=30_000)
    return documents


each_kind = pytest.mark.parametrize("how", [asked, asked_document, asked_part], ids=["tile", "document", "part"])
"""For tests of what holds for all that is fetched."""
