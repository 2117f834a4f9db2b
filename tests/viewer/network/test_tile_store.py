"""Row F39: a cache that is full, damaged or of very many files costs tiles that are fetched again, nothing else."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.tile_server import TileServer
from tests.viewer.network.conftest import MakeFetcher, asked
from viewer.network import record_files, tile_store
from viewer.network.fetcher import Fetcher
from viewer.network.record_files import KEYS, RECORDS, RecordFiles
from viewer.network.tile_store import TileStore

TILES = 24


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def store_of(fetcher: Fetcher) -> TileStore:
    assert fetcher.tiles is not None
    return fetcher.tiles


# -- damaged ----------------------------------------------------------------------------------------------------------


def emptied(data: bytes, chance: random.Random) -> bytes:
    return b""


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """A bit in every third record or so, and in the keys."""
    spoilt = bytearray(data)
    for at in range(0, len(data), max(len(data) // 8, 1)):
        spoilt[at] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def of_noise(data: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(len(data))


def of_another(data: bytes, chance: random.Random) -> bytes:
    """The pixels of all gone, the rest as it was, and as long."""
    return data.replace(b"\x89PNG", b"<html")[: len(data)]


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize("ending", [RECORDS, KEYS])
@pytest.mark.parametrize("spoil", [emptied, flipped, cut, of_noise, of_another])
def test_f39_damaged_tiles_are_fetched_again_and_the_server_is_not_blamed(
    qtbot,
    make_fetcher: MakeFetcher,
    server: TileServer,
    tmp_path: Path,
    spoil: Callable[[bytes, random.Random], bytes],
    ending: str,
) -> None:
    whole = asked(qtbot, make_fetcher(server), server, "ok", TILES).images
    chance = random.Random(spoil.__name__)
    (file,) = (tmp_path / "tiles").glob(f"*{ending}")
    before = file.read_bytes()
    file.write_bytes(spoil(before, chance))
    fetcher, told, asked_before = make_fetcher(server), [], len(server.log)
    fetcher.host_changed.connect(lambda host, sentence: told.append(sentence))
    heard = asked(qtbot, fetcher, server, "ok", TILES)
    assert heard.errors == []
    assert len(heard.images) == len(whole)
    assert told == []
    again = len(server.log)
    if file.read_bytes() != before:
        assert asked_before < again <= asked_before + TILES
    assert len(asked(qtbot, make_fetcher(server), server, "ok", TILES).images) == TILES
    assert len(server.log) == again, "they are stored again, whole"


def test_f39_a_damaged_tile_without_network_is_one_sentence(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path
) -> None:
    asked(qtbot, make_fetcher(server), server, "ok", 2)
    (file,) = (tmp_path / "tiles").glob(f"*{RECORDS}")
    file.write_bytes(of_another(file.read_bytes(), random.Random(1)))
    fetcher = make_fetcher(server)
    fetcher.set_offline(True)
    heard = asked(qtbot, fetcher, server, "ok", 2)
    assert len(heard.errors) == 2
    assert not fetcher.host_states()


@pytest.mark.bounded
def test_a_killed_program_has_lost_no_tile_that_it_had_shown(qtbot, server: TileServer, tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from PySide6.QtGui import QGuiApplication
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
host, folder = sys.argv[1:]
app, consent = QGuiApplication([]), Consent()
consent.allow_private(host)
fetcher = Fetcher(Path(folder), consent)
for x in range(400):
    fetcher.fetch(f"http://{host}/ok/9/{x}/3.png", lambda image, error, x=x: print(x, image is not None, flush=True))
app.exec()
"""
    command = [sys.executable, "-c", script, server.host, str(tmp_path / "tiles")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        shown = [process.stdout.readline().split() for _ in range(100)]
        process.kill()
        shown += [line.split() for line in process.stdout]
    assert all(came == "True" for _, came in shown)
    store = TileStore(tmp_path / "tiles")
    assert [x for x, _ in shown if store.kept(f"{server.url}/ok/9/{x}/3.png") is None] == []


# -- slow -------------------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_slow_disk_leaves_the_window_free(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, get = RecordFiles.put, RecordFiles.get

    def slow_put(files: RecordFiles, key: bytes, record: bytes) -> None:
        time.sleep(0.15)
        put(files, key, record)

    def slow_get(files: RecordFiles, key: bytes) -> bytes | None:
        time.sleep(0.15)
        return get(files, key)

    monkeypatch.setattr(RecordFiles, "put", slow_put)
    monkeypatch.setattr(RecordFiles, "get", slow_get)
    for _ in range(2):
        with Heartbeat() as heart:
            assert len(asked(qtbot, make_fetcher(server), server, "ok", 4).images) == 4
        assert heart.longest_ms < 100
    assert len(server.log) == 4


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
    qtbot, tiny_disk: Path, make_fetcher: MakeFetcher, server: TileServer
) -> None:
    fetcher = make_fetcher(server, tiny_disk / "tiles")
    assert len(asked(qtbot, fetcher, server, "ok", TILES).images) == TILES
    assert stored(tiny_disk) == []


def test_f39_a_disk_that_fills_up_while_tiles_are_stored_costs_their_storing_only(
    qtbot, tiny_disk: Path, make_fetcher: MakeFetcher, server: TileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_files, "LEAST_FREE_BYTES", 0)
    (tiny_disk / "filler").write_bytes(bytes(290_000))
    fetcher = make_fetcher(server, tiny_disk / "tiles")
    assert len(asked(qtbot, fetcher, server, "ok", 2 * TILES).images) == 2 * TILES
    later = make_fetcher(server, tiny_disk / "tiles")
    assert len(asked(qtbot, later, server, "ok", 2 * TILES).images) == 2 * TILES, "no half tile is taken for one"


def test_f39_a_folder_that_is_none_costs_the_storing_only(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path
) -> None:
    (tmp_path / "tiles").write_text("a file where the folder should be")
    assert len(asked(qtbot, make_fetcher(server), server, "ok", 5).images) == 5


# -- very many --------------------------------------------------------------------------------------------------------


def test_what_was_stored_as_a_file_for_each_tile_goes(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path
) -> None:
    former = tmp_path / "tiles" / "data8" / "a"
    former.mkdir(parents=True)
    (former / "1.d").write_bytes(b"x")
    (tmp_path / "tiles" / "prepared").mkdir()
    fetcher = make_fetcher(server)
    asked(qtbot, fetcher, server, "ok")
    store_of(fetcher).files.wait_for_sweep()
    assert sorted(path.suffix for path in (tmp_path / "tiles").iterdir()) == [KEYS, RECORDS]


@pytest.mark.bounded
@pytest.mark.timeout(300)
def test_f39_very_many_tiles_leave_the_window_free(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = RecordFiles(tmp_path / "tiles", 10**10, 10**9, file_bytes=100_000)
    for number in range(300_000):
        files.put(hashlib.sha256(b"%d" % number).digest()[:16], b"x")
    files.close()
    limited = lambda folder: TileStore(folder, 10**9, 50_000)  # noqa: E731
    monkeypatch.setattr("viewer.network.fetcher.TileStore", limited)
    fetcher = make_fetcher(server)
    with Heartbeat() as heart:
        assert len(asked(qtbot, fetcher, server, "ok", TILES).images) == TILES
        qtbot.waitUntil(lambda: not store_of(fetcher).files.is_sweeping, timeout=120_000)
    assert heart.longest_ms < FREE_MS
    assert len(asked(qtbot, make_fetcher(server), server, "ok", TILES).images) == TILES
    assert len(server.log) == TILES
    left = sum(path.stat().st_size for path in (tmp_path / "tiles").glob(f"*{KEYS}")) // 16
    assert 30_000 < left <= 50_000 + TILES


# -- clocks -----------------------------------------------------------------------------------------------------------


def test_f18_a_clock_that_jumps_a_year_loses_no_stored_tile(
    qtbot, make_fetcher: MakeFetcher, server: TileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forward, all tiles have expired: offline they show, online the server need only say that they are the same."""
    asked(qtbot, make_fetcher(server), server, "same", 3)
    year_later = time.time() + 365 * 86400
    monkeypatch.setattr(tile_store.time, "time", lambda: year_later)
    offline = make_fetcher(server)
    offline.set_offline(True)
    assert len(asked(qtbot, offline, server, "same", 3).images) == 3
    assert len(server.log) == 3
    assert len(asked(qtbot, make_fetcher(server), server, "same", 3).images) == 3
    assert len(server.log) == 6
