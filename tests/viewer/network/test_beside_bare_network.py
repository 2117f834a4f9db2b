"""A thousand tiles by the fetcher, beside what Qt alone takes for them in the same run; and from the store, unasked."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QUrl
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkRequest

from layers.errors import GeoloupeError
from tests.support.quick_server import QuickServer, quick_server
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher

TILES = 1000
RUNS = 5
AT_ONCE = Limits().in_flight


@pytest.fixture
def server(tmp_path: Path) -> Iterator[QuickServer]:
    """Serves one tile of a photograph's size."""
    chance = np.random.default_rng(1)
    blocks = np.kron(chance.integers(0, 255, (32, 32, 3)), np.ones((8, 8, 1)))
    pixels = (blocks + chance.integers(0, 12, (256, 256, 3))).clip(0, 255).astype(np.uint8)
    QImage(pixels.tobytes(), 256, 256, 768, QImage.Format.Format_RGB888).save(str(tmp_path / "tile.jpg"), "JPEG", 85)
    with quick_server(tmp_path / "tile.jpg") as server:
        yield server


def by_qt_alone(server: QuickServer, row: int) -> float:
    """Seconds for a thousand tiles, fetched and decoded, with as many connections, and nothing else."""
    network, loop, columns = QNetworkAccessManager(), QEventLoop(), iter(range(TILES))
    pictures: list[QImage] = []

    def ask() -> None:
        column = next(columns, None)
        if column is not None:
            reply = network.get(QNetworkRequest(QUrl(server.template.format(z=12, x=column, y=row))))

            def ended() -> None:
                pictures.append(QImage.fromData(reply.readAll()))
                reply.deleteLater()
                if len(pictures) == TILES:
                    loop.quit()
                ask()

            reply.finished.connect(ended)

    begin = time.perf_counter()
    for _ in range(AT_ONCE):
        ask()
    loop.exec()
    network.deleteLater()
    assert not any(picture.isNull() for picture in pictures)
    return time.perf_counter() - begin


@pytest.fixture
def by_fetcher(server: QuickServer, tmp_path: Path, qapp: object) -> Callable[[int], float]:
    consent = Consent()
    consent.allow_private(server.host)

    def by_fetcher(row: int) -> float:
        """Seconds for the same by a new fetcher, which decodes and stores them."""
        fetcher, loop = Fetcher(tmp_path / "tiles", consent), QEventLoop()
        pictures: list[QImage] = []

        def done(picture: QImage | None, error: GeoloupeError | None) -> None:
            assert error is None
            assert picture is not None
            pictures.append(picture)
            if len(pictures) == TILES:
                loop.quit()

        begin = time.perf_counter()
        for column in range(TILES):
            fetcher.fetch(server.template.format(z=12, x=column, y=row), done)
        loop.exec()
        seconds = time.perf_counter() - begin
        fetcher.close()
        return seconds

    return by_fetcher


@pytest.mark.bounded
@pytest.mark.timeout(300)
def test_each_of_a_thousand_fresh_tiles_is_asked_for_once(
    server: QuickServer, by_fetcher: Callable[[int], float]
) -> None:
    """`pytest -s` prints how many times as long as Qt alone they take: a machine's other work is no fault of ours."""
    rows = count()
    by_qt_alone(server, next(rows))
    alone, ours = [], []
    for _ in range(RUNS):
        alone.append(by_qt_alone(server, next(rows)))
        before = server.requests()
        ours.append(by_fetcher(next(rows)))
        assert server.requests() - before == TILES
    print(f"{statistics.median(ours) / statistics.median(alone):.2f} times as long as Qt alone")


@pytest.mark.bounded
def test_a_thousand_stored_tiles_take_no_request(server: QuickServer, by_fetcher: Callable[[int], float]) -> None:
    by_fetcher(0)
    assert server.requests() == TILES
    for _ in range(2):
        by_fetcher(0)
    assert server.requests() == TILES
