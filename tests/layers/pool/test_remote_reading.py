"""Readers of files at addresses: their bytes come through the window, and nothing else does."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layers.errors import (
    GeoloupeError,
    GivenUp,
    NotAllowed,
    NotReadable,
    ReaderTimeout,
    SourceChanged,
    UnsupportedFormat,
)
from layers.grid.tile_grid import Affine
from layers.pool import arriving, protocol
from layers.pool.arriving import Arriving
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Profile, Request
from layers.readers.environment import PROFILE_VARIABLE, variables
from layers.requests.addresses import WantedRanges
from layers.requests.imagery import ReadAcquisition, ReadArea, ReadChip, ReadStatistics, ReadTile
from layers.requests.probe import Probe
from tests.support.range_server import RangeServer, ThreadedRanges
from tests.support.readers.tiny_cogs import blocks_of, write_cog


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    pool = ReaderPool(workers=1)
    pool.start(Profile.REMOTE)
    pool.remote_files.source = ThreadedRanges()
    yield pool
    pool.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RangeServer]:
    server = RangeServer(tmp_path)
    yield server
    server.stop()


def tile_of(path: str, col: int = 0, shrink: float = 1.0, **more: Any) -> ReadTile:
    affine = Affine(10 * shrink, 0, 400_000 + col * 5120, 0, -10 * shrink, 6_000_000)
    return ReadTile(path, bands=(1, 2, 3), crs="EPSG:3857", affine=affine, width=512, height=512, **more)


@pytest.mark.bounded
def test_a_tile_by_ranges_is_that_of_the_file_on_disk(pool: ReaderPool, server: RangeServer, tmp_path: Path) -> None:
    path = str(write_cog(tmp_path / "a.tif"))
    address = server.address("a.tif")
    here, there = pool.ask(Probe(path)), pool.ask(Probe(address))
    assert there.profile is Profile.REMOTE
    assert there.header["raster"] | {"path": path} == here.header["raster"]
    for question in ({"col": 1}, {"shrink": 4.0}):
        ours, theirs = pool.ask(tile_of(path, **question)), pool.ask(tile_of(address, **question))
        for one, other in zip(ours.arrays, theirs.arrays, strict=True):
            assert np.array_equal(one, other)


QUESTIONS = {
    "values": lambda path: tile_of(path, resampling="nearest"),
    "chip": lambda path: ReadChip(**tile_fields(path)),
    "area": lambda path: ReadArea(**tile_fields(path), rings=(((10, 10), (200, 10), (200, 300), (10, 10)),)),
    "statistics": lambda path: ReadStatistics(path, bands=(1, 2)),
    "acquisition": lambda path: ReadAcquisition(path),
}


def tile_fields(path: str) -> dict[str, Any]:
    tile = tile_of(path)
    return {name: getattr(tile, name) for name in ("path", "bands", "crs", "affine", "width", "height")}


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", QUESTIONS)
def test_whatever_is_asked_is_answered_as_of_the_file_on_disk(
    pool: ReaderPool, server: RangeServer, tmp_path: Path, name: str
) -> None:
    path = str(write_cog(tmp_path / "a.tif", 1024))
    here, there = pool.ask(QUESTIONS[name](path)), pool.ask(QUESTIONS[name](server.address("a.tif")))
    assert there.header == here.header
    assert [array.tobytes() for array in there.arrays] == [array.tobytes() for array in here.arrays]


def fetched(server: RangeServer) -> list[tuple[int, int]]:
    return sorted((asked.first, asked.last) for asked in server.log)


@pytest.mark.bounded
def test_no_byte_is_fetched_twice_and_nothing_beside_the_file(
    pool: ReaderPool, server: RangeServer, tmp_path: Path
) -> None:
    path = write_cog(tmp_path / "a.tif")
    size = path.stat().st_size
    write_cog(tmp_path / "a.tif.ovr", 64)
    write_cog(tmp_path / "a.tif.msk", 64)
    (tmp_path / "a.tfw").write_text("1\n0\n0\n-1\n0\n0\n")
    (tmp_path / "a.tif.aux.xml").write_text("<PAMDataset><SRS>EPSG:32631</SRS></PAMDataset>")
    address = server.address("a.tif")
    found = pool.ask(Probe(address))
    assert found.header["raster"]["crs"] == "EPSG:3857"
    header = server.sent
    assert header <= 6_000, "the header alone"
    pool.ask(tile_of(address))
    corner = [ends for (col, row), ends in blocks_of(path).items() if col <= 2 and row <= 2]
    needed = sum(last - first + 1 for first, last in corner)
    assert needed <= server.sent - header <= needed + 200, "the blocks of a tile, in three rows"
    for _ in range(2):
        pool.ask(tile_of(address, shrink=4.0))
        pool.ask(tile_of(address))
    assert {asked.path for asked in server.log} == {"/a.tif"}
    ranges = fetched(server)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(ranges)), "none twice"
    assert server.sent < size / 4


@pytest.mark.bounded
def test_a_file_that_ends_before_its_pixels_is_called_cut_short(
    pool: ReaderPool, server: RangeServer, tmp_path: Path
) -> None:
    path = write_cog(tmp_path / "a.tif")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    pool.ask(Probe(server.address("a.tif")))
    with pytest.raises(NotReadable, match="is cut short"):
        pool.ask(tile_of(server.address("a.tif"), 3))


@pytest.mark.bounded
def test_a_file_that_is_opened_again_is_looked_at_anew(pool: ReaderPool, server: RangeServer, tmp_path: Path) -> None:
    write_cog(tmp_path / "a.tif")
    address = server.address("a.tif")
    first = pool.ask(Probe(address)).header["state"]
    state = (first[0], first[1])
    pool.ask(tile_of(address, state=state))
    pool.ask(Probe(address, canvas_crs="EPSG:3857"))
    asked = len(server.log)
    pool.ask(Probe(address, canvas_crs="EPSG:3857"))
    assert len(server.log) == asked, "a drawing's probe is answered by what is known"
    server.mark = '"two"'
    assert pool.ask(Probe(address)).header["state"] != first
    with pytest.raises(SourceChanged):
        pool.ask(tile_of(address, state=state))


FAULTS = {
    "changed": "changed since it was opened",
    "lies about size": "changed since it was opened",
    "cut off": "the server",
    "gone": "the server",
    "ignores ranges": "the server",
}


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_fails_is_named_and_the_file_is_not_called_damaged(
    pool: ReaderPool, server: RangeServer, tmp_path: Path, fault: str
) -> None:
    write_cog(tmp_path / "a.tif")
    address = server.address("a.tif")
    pool.ask(Probe(address))
    before, pids = len(server.log), pool.pids(Profile.REMOTE)
    server.fault, server.fault_from = fault, before
    with pytest.raises(GeoloupeError) as error:
        pool.ask(tile_of(address))
    assert FAULTS[fault] in error.value.sentence
    assert len(server.log) <= before + 3, "the ranges of one read: the first failure ends it"
    server.fault = ""
    pool.ask(Probe(address))
    pool.ask(tile_of(address))
    assert pool.pids(Profile.REMOTE) == pids, "no reader was lost"
    assert pool.strikes_of(address) == 0


@pytest.mark.bounded
def test_zeros_that_stood_in_for_bytes_are_not_kept(pool: ReaderPool, server: RangeServer, tmp_path: Path) -> None:
    path = str(write_cog(tmp_path / "a.tif", compress="NONE"))
    address = server.address("a.tif")
    pool.ask(Probe(address))
    server.fault = "gone"
    with pytest.raises(GeoloupeError):
        pool.ask(tile_of(address))
    server.fault = ""
    assert np.array_equal(pool.ask(tile_of(address)).arrays[0], pool.ask(tile_of(path)).arrays[0])


@pytest.mark.bounded
@pytest.mark.parametrize("fault", ["cut off", "gone", "ignores ranges"])
def test_a_file_that_cannot_be_had_from_the_start_says_why(
    pool: ReaderPool, server: RangeServer, tmp_path: Path, fault: str
) -> None:
    write_cog(tmp_path / "a.tif", 512)
    server.fault = fault
    with pytest.raises(GeoloupeError):
        pool.ask(Probe(server.address("a.tif")))
    server.fault = ""
    pool.ask(Probe(server.address("a.tif")))


@pytest.mark.bounded
def test_time_spent_waiting_for_the_network_is_not_the_readers(
    pool: ReaderPool, server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cog(tmp_path / "a.tif")
    monkeypatch.setitem(protocol.DEADLINES_S, "probe", 1.0)
    server.delay_s = 1.5
    assert pool.ask(Probe(server.address("a.tif"))).header["kind"] == "raster"


@pytest.mark.bounded
def test_a_host_that_takes_for_ever_is_given_up_and_the_reader_lives(
    pool: ReaderPool, server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cog(tmp_path / "a.tif")
    pids = pool.pids(Profile.REMOTE)
    monkeypatch.setattr(arriving, "MOST_WAIT_S", 0.3)
    server.delay_s = 1.0
    with pytest.raises(ReaderTimeout, match=r"a\.tif did not come within 0.3 s"):
        pool.ask(Probe(server.address("a.tif")))
    assert pool.pids(Profile.REMOTE) == pids
    assert pool.strikes_of(server.address("a.tif")) == 0


@pytest.mark.bounded
def test_a_request_that_is_given_up_waits_no_longer(pool: ReaderPool, server: RangeServer, tmp_path: Path) -> None:
    write_cog(tmp_path / "a.tif")
    address, pids = server.address("a.tif"), pool.pids(Profile.REMOTE)
    server.delay_s = 5.0
    results: list[Answer | GeoloupeError] = []
    ended = threading.Event()
    request = Request(Probe(address), lambda result: (results.append(result), ended.set()), strike_key=address)
    began = time.monotonic()
    pool.submit(request)
    time.sleep(0.5)
    pool.give_up(request)
    assert ended.wait(3.0)
    assert isinstance(results[0], GivenUp)
    assert time.monotonic() - began < 4.0
    assert pool.pids(Profile.REMOTE) == pids


@pytest.mark.bounded
def test_files_on_disk_are_read_while_a_host_is_slow(server: RangeServer, tmp_path: Path) -> None:
    path = str(write_cog(tmp_path / "a.tif"))
    server.delay_s = 4.0
    pool = ReaderPool(workers=1)
    pool.start()
    pool.remote_files.source = ThreadedRanges()
    try:
        came: list[str] = []
        pool.submit(Request(Probe(server.address("a.tif")), lambda _: came.append("remote")))
        pool.ask(Probe(path))
        assert came == []
    finally:
        pool.close()


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda path: write_cog(path, 4096, driver="GTiff", tiled=True), "no overviews"),
        (lambda path: write_cog(path, 4096, driver="GTiff"), "in rows"),
        (lambda path: path.write_bytes(b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(200)), "JPEG 2000"),
        (lambda path: path.write_bytes(b"<html>" + bytes(200)), "of another kind"),
        (lambda path: path.write_text("<VRTDataset/>"), "of another kind"),
    ],
)
def test_what_would_be_fetched_as_a_whole_is_refused(
    pool: ReaderPool, server: RangeServer, tmp_path: Path, write: Any, words: str
) -> None:
    write(tmp_path / "a.tif")
    with pytest.raises(UnsupportedFormat, match=words):
        pool.ask(Probe(server.address("a.tif")))
    assert server.sent < 1_000_000


def test_a_reader_has_bytes_of_the_addresses_of_its_question_alone(pool: ReaderPool, server: RangeServer) -> None:
    request = Request(Probe(server.address("a.tif")), lambda _: None)
    asks = Arriving(pool.remote_files, request, lambda _: None)
    assert isinstance(asks.wait_for(WantedRanges(server.address("b.tif"))), NotAllowed)
    assert server.log == []


def test_a_key_in_an_address_is_in_no_sentence(pool: ReaderPool, server: RangeServer, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"II*\0" + bytes(100))
    with pytest.raises(GeoloupeError) as error:
        pool.ask(Probe(server.address("a.tif?key=s3cret")))
    assert "a.tif" in error.value.sentence
    assert "s3cret" not in error.value.sentence


@pytest.mark.bounded
def test_a_reader_of_addresses_reaches_no_file(pool: ReaderPool, server: RangeServer, tmp_path: Path) -> None:
    path = str(write_cog(tmp_path / "a.tif", 512))
    own = ReaderPool(workers=1)
    own.remote_files.source = ThreadedRanges()
    own.start(Profile.REMOTE)
    try:
        own.foretell([path])
        own.ask(Probe(server.address("a.tif")))
        (holds,) = own.holds(Profile.REMOTE)
        assert holds.network or holds.lacks
        pid = own.pids(Profile.REMOTE)
        own.ask(Probe(path), profile=Profile.REMOTE)
        assert own.pids(Profile.REMOTE) != pid or not holds.files, "another process was needed for it"
    finally:
        own.close()


@pytest.mark.bounded
def test_a_reader_that_waited_for_files_reads_an_address_and_reaches_no_file(
    server: RangeServer, tmp_path: Path
) -> None:
    path = str(write_cog(tmp_path / "a.tif", 512))
    own, moment = ReaderPool(workers=1), threading.Event()
    own.remote_files.source = ThreadedRanges()
    own.start()
    try:
        while not own.ready_readers(Profile.LOCAL):
            moment.wait(0.01)
        own.foretell([path])
        waiting = own.pids(Profile.LOCAL)
        assert own.ask(Probe(server.address("a.tif"))).profile is Profile.REMOTE
        assert own.pids(Profile.REMOTE) == waiting, "no other process was started for it"
        (holds,) = own.holds(Profile.REMOTE)
        own.ask(Probe(path), profile=Profile.REMOTE)
        assert own.pids(Profile.REMOTE) != waiting or not holds.files, "it was granted no file"
        assert own.ask(Probe(path)).profile is Profile.LOCAL
        assert set(own.pids(Profile.LOCAL)).isdisjoint(own.pids(Profile.REMOTE))
    finally:
        own.close()


@pytest.mark.bounded
def test_readers_of_files_and_of_addresses_have_one_environment() -> None:
    here, there = (variables(profile) for profile in (Profile.LOCAL, Profile.REMOTE))
    assert {name for name in here if here[name] != there[name]} == {PROFILE_VARIABLE}
    assert here.keys() == there.keys()
