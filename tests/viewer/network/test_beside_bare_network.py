"""A thousand tiles by the fetcher, beside what Qt alone takes for them in the same run; and from the store, unasked.

As pictures beside Qt with decoding, and as bytes beside Qt that only receives them.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QEventLoop, QUrl
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkRequest

from layers.errors import GeoloupeError
from tests.support.quick_server import QuickServer, quick_server
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher

TILES = 1000
RUNS = int(os.environ.get("GEOLOUPE_RUNS", "1"))
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


def by_qt_alone(server: QuickServer, row: int, *, as_pictures: bool = True) -> float:
    """Seconds for a thousand tiles, fetched and decoded, with as many connections, and nothing else."""
    network, loop, columns = QNetworkAccessManager(), QEventLoop(), iter(range(TILES))
    tiles: list[QImage | QByteArray] = []

    def ask() -> None:
        column = next(columns, None)
        if column is not None:
            reply = network.get(QNetworkRequest(QUrl(server.template.format(z=12, x=column, y=row))))

            def ended() -> None:
                tiles.append(QImage.fromData(reply.readAll()) if as_pictures else reply.readAll())
                reply.deleteLater()
                if len(tiles) == TILES:
                    loop.quit()
                ask()

            reply.finished.connect(ended)

    begin = time.perf_counter()
    for _ in range(AT_ONCE):
        ask()
    loop.exec()
    network.deleteLater()
    assert not any(tile.isNull() for tile in tiles)
    return time.perf_counter() - begin


@pytest.fixture
def by_fetcher(server: QuickServer, tmp_path: Path, qapp: object) -> Callable[..., float]:
    consent = Consent()
    consent.allow_private(server.host)

    def by_fetcher(row: int, *, as_pictures: bool = True) -> float:
        """Seconds for the same by a new fetcher, which decodes and stores them, or judges their bytes alone."""
        fetcher, loop = Fetcher(tmp_path / "tiles", consent), QEventLoop()
        tiles: list[QImage | bytes] = []

        def done(tile: QImage | bytes | None, error: GeoloupeError | None) -> None:
            assert error is None
            assert tile is not None
            tiles.append(tile)
            if len(tiles) == TILES:
                loop.quit()

        fetch = fetcher.fetch if as_pictures else fetcher.fetch_packed
        begin = time.perf_counter()
        for column in range(TILES):
            fetch(server.template.format(z=12, x=column, y=row), done)
        loop.exec()
        seconds = time.perf_counter() - begin
        fetcher.close()
        return seconds

    return by_fetcher


@pytest.mark.bounded
@pytest.mark.timeout(300)
@pytest.mark.parametrize("as_pictures", [True, False], ids=["pictures", "bytes"])
def test_each_of_a_thousand_fresh_tiles_is_asked_for_once(
    server: QuickServer, by_fetcher: Callable[..., float], as_pictures: bool
) -> None:
    """`pytest -s` prints how many times as long as Qt alone they take: a machine's other work is no fault of ours."""
    rows = count()
    by_qt_alone(server, next(rows), as_pictures=as_pictures)
    alone, ours = [], []
    for _ in range(RUNS):
        alone.append(by_qt_alone(server, next(rows), as_pictures=as_pictures))
        before = server.requests()
        ours.append(by_fetcher(next(rows), as_pictures=as_pictures))
        assert server.requests() - before == TILES
    print(f"{statistics.median(ours) / statistics.median(alone):.2f} times as long as Qt alone")


@pytest.mark.bounded
def test_a_thousand_stored_tiles_take_no_request(server: QuickServer, by_fetcher: Callable[..., float]) -> None:
    by_fetcher(0)
    assert server.requests() == TILES
    for _ in range(2):
        by_fetcher(0)
    assert server.requests() == TILES
