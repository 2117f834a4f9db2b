"""Row F39: a cache that is full, damaged or of very many files costs tiles that are fetched again, nothing else."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QDateTime, QThreadPool, QUrl
from PySide6.QtNetwork import QNetworkCacheMetaData

from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.tile_server import TileServer
from tests.viewer.network.conftest import MakeFetcher, asked
from viewer.network import tile_store
from viewer.network.fetcher import Fetcher
from viewer.network.tile_store import TileStore, sweep

TILES = 24


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def store_of(fetcher: Fetcher) -> TileStore:
    store = fetcher.network.cache()
    assert isinstance(store, TileStore)
    return store


def limit_files(monkeypatch: pytest.MonkeyPatch, most_files: int) -> None:
    """Let the stores of fetchers keep no more than that."""
    limited = lambda folder, parent: TileStore(folder, parent, 10**9, most_files)  # noqa: E731
    monkeypatch.setattr("viewer.network.fetcher.TileStore", limited)


# -- damaged ----------------------------------------------------------------------------------------------------------


def emptied(data: bytes, chance: random.Random) -> bytes:
    return b""


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def of_noise(data: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(len(data))


def of_another(data: bytes, chance: random.Random) -> bytes:
    """The pixels gone, the rest as it was, and as long."""
    at = data.index(b"\x89PNG")
    return data[:at] + b"<html>log in</html>".ljust(len(data) - at)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("spoil", [emptied, cut, flipped, of_noise, of_another])
def test_f39_damaged_tiles_are_fetched_again_and_the_server_is_not_blamed(
    qtbot,
    make_fetcher: MakeFetcher,
    server: TileServer,
    tmp_path: Path,
    spoil: Callable[[bytes, random.Random], bytes],
) -> None:
    whole = asked(qtbot, make_fetcher(server), server, "ok", TILES).images
    files = stored(tmp_path / "tiles")
    assert len(files) == TILES
    chance = random.Random(spoil.__name__)
    for path in files:
        path.write_bytes(spoil(path.read_bytes(), chance))
    fetcher, told, asked_before = make_fetcher(server), [], len(server.log)
    fetcher.host_changed.connect(lambda host, sentence: told.append(sentence))
    heard = asked(qtbot, fetcher, server, "ok", TILES)
    assert heard.errors == []
    assert {image.cacheKey() for image in heard.images}
    assert len(heard.images) == len(whole)
    assert told == []
    if spoil is not flipped:  # a bit of a header that says nothing may be another
        assert len(server.log) == asked_before + TILES
    again = len(server.log)
    assert len(asked(qtbot, make_fetcher(server), server, "ok", TILES).images) == TILES
    assert len(server.log) - again <= (TILES // 4 if spoil is flipped else 0), "they are stored again, whole"


def test_f39_a_damaged_tile_without_network_is_one_sentence(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path
) -> None:
    asked(qtbot, make_fetcher(server), server, "ok", 2)
    for path in stored(tmp_path / "tiles"):
        path.write_bytes(of_another(path.read_bytes(), random.Random(1)))
    fetcher = make_fetcher(server)
    fetcher.set_offline(True)
    heard = asked(qtbot, fetcher, server, "ok", 2)
    assert len(heard.errors) == 2
    assert not fetcher.host_states()


# -- full -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own for the cache, of 300 kB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no right to mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_f39_on_a_full_disk_tiles_show_and_are_not_stored(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tiny_disk: Path
) -> None:
    fetcher = make_fetcher(server, tiny_disk / "tiles")
    assert len(asked(qtbot, fetcher, server, "ok", TILES).images) == TILES
    assert stored(tiny_disk) == []


@pytest.mark.qt_log_ignore("QNetworkDiskCache|QSaveFile|QIODevice", extend=True)
def test_f39_a_disk_that_fills_up_while_tiles_are_stored_costs_their_storing_only(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tiny_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tile_store, "LEAST_FREE_BYTES", 0)
    (tiny_disk / "filler").write_bytes(bytes(290_000))
    fetcher = make_fetcher(server, tiny_disk / "tiles")
    assert len(asked(qtbot, fetcher, server, "ok", 2 * TILES).images) == 2 * TILES
    later = make_fetcher(server, tiny_disk / "tiles")
    assert len(asked(qtbot, later, server, "ok", 2 * TILES).images) == 2 * TILES, "no half tile is taken for one"


@pytest.mark.qt_log_ignore("QNetworkDiskCache|QSaveFile|QIODevice", extend=True)
def test_f39_a_folder_that_is_none_costs_the_storing_only(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path
) -> None:
    (tmp_path / "tiles").write_text("a file where the folder should be")
    assert len(asked(qtbot, make_fetcher(server), server, "ok", 5).images) == 5


# -- very many --------------------------------------------------------------------------------------------------------


def fill(folder: Path, count: int, size: int = 100) -> None:
    """Tiles as Qt lays them down, the first the oldest."""
    for number in range(16):
        (folder / "data9" / f"{number:x}").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / "data9" / f"{number % 16:x}" / f"{number:07}.d"
        path.write_bytes(bytes(size))
        os.utime(path, (1_000_000_000 + number,) * 2)


@pytest.mark.bounded
@pytest.mark.parametrize(("most_bytes", "most_files"), [(10**9, 400), (40_000, 10**9)])
def test_f39_the_oldest_of_too_many_go_from_every_folder_alike(
    tmp_path: Path, most_bytes: int, most_files: int
) -> None:
    fill(tmp_path, 1600)
    sweep(tmp_path, most_bytes, most_files)
    left = stored(tmp_path)
    assert 300 <= len(left) <= 400
    assert min(int(path.stem) for path in left) >= 1200
    assert {path.parent.name for path in left} == {f"{number:x}" for number in range(16)}
    sweep(tmp_path, most_bytes, most_files)
    assert stored(tmp_path) == left, "what is within its limits stays"


def test_f39_a_sweep_stops_when_it_is_told_to(tmp_path: Path) -> None:
    fill(tmp_path, 200)
    sweep(tmp_path, 1, 1, lambda: True)
    assert len(stored(tmp_path)) == 200
    sweep(tmp_path / "nowhere", 1, 1)


def test_f39_the_first_tile_that_is_stored_has_the_folder_swept(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "tiles", 300)
    limit_files(monkeypatch, 50)
    fetcher = make_fetcher(server)
    assert asked(qtbot, fetcher, server, "ok", 3).images
    store_of(fetcher).wait_for_sweep()
    assert len(stored(tmp_path / "tiles")) <= 53
    count = len(server.log)
    assert len(asked(qtbot, fetcher, server, "ok", 3).images) == 3
    assert len(server.log) == count, "what is new stays"


@pytest.mark.bounded
@pytest.mark.timeout(300)
def test_f39_very_many_files_leave_the_window_free(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt alone stops the window for seconds at each 100,000 files."""
    fill(tmp_path / "tiles", 120_000, 1)
    limit_files(monkeypatch, 40_000)
    fetcher = make_fetcher(server)
    with Heartbeat() as heart:
        assert len(asked(qtbot, fetcher, server, "ok", TILES).images) == TILES
        qtbot.waitUntil(lambda: store_of(fetcher).findChild(QThreadPool).activeThreadCount() == 0, timeout=120_000)
    assert heart.longest_ms < FREE_MS
    assert 30_000 < sum(len(files) for _, _, files in os.walk(tmp_path / "tiles")) <= 40_000 + TILES
    assert len(asked(qtbot, make_fetcher(server), server, "ok", TILES).images) == TILES


# -- clocks -----------------------------------------------------------------------------------------------------------


def test_f18_a_clock_that_jumps_a_year_loses_no_stored_tile(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path
) -> None:
    """Forward, all tiles have expired: offline they show, online the server need only say that they are the same."""
    first = make_fetcher(server)
    asked(qtbot, first, server, "same", 3)
    for x in range(3):
        url = QUrl(f"{server.url}/same/5/{x}/3.png")
        meta = QNetworkCacheMetaData(store_of(first).metaData(url))
        meta.setExpirationDate(QDateTime.currentDateTimeUtc().addYears(-1))
        store_of(first).updateMetaData(meta)
    offline = make_fetcher(server)
    offline.set_offline(True)
    assert len(asked(qtbot, offline, server, "same", 3).images) == 3
    assert len(server.log) == 3
    assert len(asked(qtbot, make_fetcher(server), server, "same", 3).images) == 3
    assert len(server.log) == 6
