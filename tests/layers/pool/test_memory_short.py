"""Row F85 in readers: with less and less memory they answer, or there is a sentence; the pool goes on."""

from __future__ import annotations

import errno
import os
import random
import resource
import sys
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layers.errors import GeoloupeError, ReaderCrashed, TooLarge
from layers.geo.bounds import Bounds
from layers.pool import reader_process
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer
from tests.support.readers.raw import raw
from tests.support.readers.real_reader import real_reader
from tests.support.readers.tiny_rasters import surface, write_raster

ROUNDS = int(os.environ.get("GEOLOUPE_ROUNDS", "48"))
SEED = int(os.environ.get("GEOLOUPE_SEED", "0"))
UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)
TILE: dict[str, Any] = {
    "crs": "EPSG:32652",
    "affine": [0.625, 0, UTM.left, 0, -0.625, UTM.top],
    "width": 2048,
    "height": 2048,
    "bands": [1, 2, 3],
}


@pytest.fixture
def pool() -> Iterator[ReaderPool]:
    with real_reader() as pool:
        yield pool


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "a.tif", surface(3).astype(np.uint8), "EPSG:32652", UTM)


def answered(pool: ReaderPool, op: str, params: dict[str, Any]) -> str:
    """A sentence, or nothing for an answer; nothing else may come."""
    try:
        assert isinstance(pool.ask(raw(op, params)), Answer)
    except GeoloupeError as error:
        sentence = error.sentence
    else:
        return ""
    assert sentence.endswith("."), sentence
    assert "Traceback" not in sentence
    return sentence


@pytest.mark.bounded
@pytest.mark.parametrize("refused", [OSError(errno.ENOMEM, "Cannot allocate memory"), MemoryError()], ids=repr)
def test_f85_where_no_reader_can_start_each_request_is_answered_with_a_sentence(
    raster: Path, monkeypatch: pytest.MonkeyPatch, refused: Exception
) -> None:
    def no_room(name: str, **_: object) -> None:
        resource_tracker.unregister(f"/{name}", "shared_memory")  # as Python does where it finds none
        raise refused

    pool = ReaderPool(workers=1)
    try:
        with monkeypatch.context() as short:
            short.setattr(reader_process, "SharedMemory", no_room)
            pool.start()
            with pytest.raises(ReaderCrashed, match=r"a\.tif was not read: the system lets no reader start .*emory"):
                pool.ask(raw("probe", {"path": str(raster)}))
        assert pool.strikes_of(str(raster)) == 0, "the file is not to blame"
        assert answered(pool, "probe", {"path": str(raster)}) == ""
    finally:
        pool.close()


@pytest.mark.bounded
def test_f85_an_answer_that_finds_no_room_is_a_sentence_and_no_fault_of_the_file(
    pool: ReaderPool, raster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_arguments: object) -> None:
        raise MemoryError

    assert answered(pool, "probe", {"path": str(raster)}) == ""
    with monkeypatch.context() as short:
        short.setattr(reader_process, "read_reply", no_room)
        with pytest.raises(TooLarge, match=r"a\.tif was not read: there is not enough memory"):
            pool.ask(raw("probe", {"path": str(raster)}))
        assert pool.strikes_of(str(raster)) == 0
    assert answered(pool, "probe", {"path": str(raster)}) == ""


@pytest.mark.bounded
@pytest.mark.timeout(120 + 5 * ROUNDS)
@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_f85_a_reader_whose_memory_is_stepped_down_answers_or_says_why(
    pool: ReaderPool, raster: Path, tmp_path: Path
) -> None:
    """From what it has to far more; the reader is another one wherever the last has ended."""
    chance, said = random.Random(SEED), []
    pixels = np.random.default_rng(SEED).integers(0, 255, (3, 2048, 2048), np.uint8)
    image = write_raster(tmp_path / "large.tif", pixels, "EPSG:32652", UTM)
    table = tmp_path / "sites.csv"
    table.write_text("name,lon,lat\n" + "\n".join(f"row {n},{n % 90},{n % 45}" for n in range(20_000)))
    for number in range(ROUNDS // 2):
        path = (image, table)[number % 2]
        answered(pool, "probe", {"path": str(raster)})  # so that one runs
        room = chance.randint(0, 60 << 20) if number % 3 else 4096 * number
        for pid in pool.pids():
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
            soft = pages * resource.getpagesize() + room
            resource.prlimit(pid, resource.RLIMIT_AS, (soft, resource.prlimit(pid, resource.RLIMIT_AS)[1]))
        op, more = ("tile", TILE) if path == image else ("features", {"crs": "EPSG:4326"})
        said.append(answered(pool, op, {"path": str(path)} | more))
        for pid in pool.pids():
            hard = resource.prlimit(pid, resource.RLIMIT_AS)[1]
            resource.prlimit(pid, resource.RLIMIT_AS, (hard, hard))
        pool.forgive(str(path))
    print(f"seed {SEED}: {len(said)} steps, {len([one for one in said if one])} sentences: {set(said)}")
    assert any(said), "with so little memory not all can be read"
    assert not all(said)
    assert answered(pool, "probe", {"path": str(raster)}) == ""
