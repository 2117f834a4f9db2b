"""The pool with real reader processes: crashes, hangs, garbage, limits, and nothing left behind."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import pytest

from layers.errors import FileMissing, GivenUp, Quarantined, ReaderCrashed, ReaderTimeout, TooLarge, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.pool import reader_process
from layers.pool import reader_set as reader_set
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, BadReply, Profile, Request, read_holds
from layers.pool.reader_set import STANDING
from layers.pool.supervisor import MAX_STRIKES
from layers.readers.confinement.grants import NOTHING, needs_of
from layers.requests.probe import Probe
from tests.support.readers import babbler, staller
from tests.support.readers.raw import raw
from tests.support.readers.real_reader import real_reader
from tests.support.readers.tiny_rasters import surface, write_raster

UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReaderPool]:
    monkeypatch.setenv("GEOLOUPE_TEST_OPS", "1")
    with real_reader() as pool:
        yield pool


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "a.tif", surface(3).astype(np.uint8), "EPSG:32652", UTM)


def wait_until(true: Callable[[], bool], timeout_s: float = 20.0) -> None:
    end = time.monotonic() + timeout_s
    tick = threading.Event()
    while not true():
        assert time.monotonic() < end
        tick.wait(0.005)


def collection(*points: tuple[float, float]) -> str:
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": list(point)}}
        for point in points
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


class Collector:
    """Collects answers by the supervisor's thread."""

    def __init__(self) -> None:
        self.found: list = []
        self.arrived = threading.Event()

    def __call__(self, result) -> None:
        self.found.append(result)
        self.arrived.set()

    def one(self):
        assert self.arrived.wait(20)
        return self.found[0]


def tile_params(path: Path) -> dict:
    return {
        "path": str(path),
        "crs": "EPSG:32652",
        "affine": [10, 0, UTM.left, 0, -10, UTM.top],
        "width": 64,
        "height": 64,
        "bands": [1, 2, 3],
    }


@pytest.mark.bounded
def test_probe_and_tile_come_back_as_inline(pool, raster):
    inline = ReaderPool(inline=True)
    for op, params in (("probe", {"path": str(raster)}), ("tile", tile_params(raster))):
        near, far = inline.ask(raw(op, params)), pool.ask(raw(op, params))
        assert near.header == far.header
        assert all((a == b).all() and a.dtype == b.dtype for a, b in zip(near.arrays, far.arrays, strict=True))
    assert [a.shape for a in far.arrays] == [(3, 64, 64), (64, 64)]
    first = far.arrays[0].copy()
    pool.ask(raw("tile", {**tile_params(raster), "bands": [3, 2, 1]}))
    assert (far.arrays[0] == first).all()  # copied out: the next answer does not change it


@pytest.mark.bounded
def test_errors_keep_their_noun(pool, tmp_path):
    with pytest.raises(FileMissing, match=r"none\.tif"):
        pool.ask(raw("probe", {"path": str(tmp_path / "none.tif")}))
    with pytest.raises(UnsupportedFormat, match="nonsense"):
        pool.ask(raw("nonsense", {}))


@pytest.mark.bounded
def test_a_notice_keeps_its_template_and_values(pool, tmp_path):
    """It crosses the pipe and a decoder before a window can translate it."""
    point = {"type": "Point", "coordinates": [1, 2]}
    feature = {"type": "Feature", "properties": {"name": "Гавань на реке"}, "geometry": point}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)
    (tmp_path / "a.geojson").write_bytes(text.encode("cp1251"))
    answer = pool.ask(Probe(str(tmp_path / "a.geojson")))
    (layer,) = answer.facts.layers
    (guess,) = layer.problems
    assert isinstance(guess, Phrase)
    assert guess.values["name"] == "a.geojson"
    assert isinstance(guess.values["evidence"], Phrase)


@pytest.mark.bounded
def test_a_killed_reader_is_replaced_and_the_request_answered(pool):
    pool.ask(raw("_echo", {}))
    (before,) = pool.pids()
    collector = Collector()
    pool.submit(Request(raw("_hang", {"seconds": 0.5, "path": "x.tif"}), collector, strike_key="x.tif"))
    wait_until(lambda: not pool.is_idle())
    os.kill(before, signal.SIGKILL)
    answer = collector.one()
    assert isinstance(answer, Answer)
    assert answer.header["pid"] != before
    assert pool.pids() == [answer.header["pid"]]
    # It was not the file's fault: two faults more are no three strikes.
    with pytest.raises(ReaderCrashed):
        pool.ask(raw("_crash", {"path": "x.tif"}))
    assert pool.ask(raw("_echo", {"path": "x.tif"}))


@pytest.mark.bounded
def test_a_reader_that_others_kill_at_its_work_tells_of_no_damaged_file(pool):
    pool.ask(raw("_echo", {}))
    pool.submit(Request(raw("_hang", {"path": "x.tif"}), collector := Collector(), strike_key="x.tif"))
    killed: set[int] = set()
    for _ in range(2):
        wait_until(lambda: bool(set(pool.pids()) - killed) and pool.ready_readers() == 1)
        (pid,) = pool.pids()
        killed.add(pid)
        os.kill(pid, signal.SIGKILL)
    answer = collector.one()
    assert isinstance(answer, ReaderCrashed)
    assert answer.sentence.startswith("x.tif could not be read just now")


@pytest.mark.bounded
def test_a_reader_that_is_not_ready_in_time_tells_of_no_damaged_file(monkeypatch):
    monkeypatch.setattr(reader_process, "START_TIMEOUT_S", 0.0)
    monkeypatch.setattr(reader_process, "starved_s", lambda pid: 0.0)
    pool = ReaderPool(1)
    try:
        pool.start()
        pool.submit(Request(raw("_echo", {"path": "x.tif"}), collector := Collector(), strike_key="x.tif"))
        answer = collector.one()
        assert isinstance(answer, ReaderCrashed)
        assert answer.sentence.startswith("x.tif could not be read just now: its reader did not start")
        assert pool.strikes_of("x.tif") == 0
    finally:
        pool.close()


@pytest.mark.bounded
def test_three_strikes_and_a_path_is_not_read_until_forgiven(pool):
    bad = {"path": "/bad.tif"}
    with pytest.raises(ReaderCrashed, match=r"bad\.tif"):
        pool.ask(raw("_crash", bad))
    with pytest.raises(Quarantined, match=r"bad\.tif"):
        pool.ask(raw("_crash", bad))
    before = pool.ask(raw("_echo", {})).header["pid"]
    with pytest.raises(Quarantined):
        pool.ask(raw("_echo", bad))
    assert pool.ask(raw("_echo", {"path": "/good.tif"})).header["pid"] == before
    pool.forgive("/bad.tif")
    assert pool.ask(raw("_echo", bad)).header["pid"] == before


@pytest.mark.bounded
def test_a_hang_is_killed_at_its_deadline_and_not_tried_again(pool):
    pool.ask(raw("_echo", {}))
    (before,) = pool.pids()
    collector = Collector()
    started = time.monotonic()
    pool.submit(Request(raw("_hang", {"path": "slow.tif"}), collector, strike_key="slow.tif", deadline_s=0.3))
    assert isinstance(collector.one(), ReaderTimeout)
    assert time.monotonic() - started < KILL_S, "starved time does not count"
    assert pool.ask(raw("_echo", {})).header["pid"] != before


@pytest.mark.bounded
def test_a_deadline_does_not_count_time_in_which_the_reader_had_no_core(pool, monkeypatch):
    pool.ask(raw("_echo", {}))
    slow = raw("_hang", {"seconds": 0.5, "path": "slow.tif"})
    monkeypatch.setattr(reader_process, "starved_s", lambda pid: time.monotonic())
    pool.submit(Request(slow, waited := Collector(), strike_key="slow.tif", deadline_s=0.2))
    assert isinstance(waited.one(), Answer), "others ran all the while"
    monkeypatch.setattr(reader_process, "starved_s", lambda pid: 0.0)
    pool.submit(Request(slow, late := Collector(), strike_key="slow.tif", deadline_s=0.2))
    assert isinstance(late.one(), ReaderTimeout)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("message", ["nonsense", '{"number": 1}', "[]", '{"number": 99, "header": {}, "arrays": []}'])
def test_garbage_counts_as_a_crash(monkeypatch, message):
    monkeypatch.setattr(reader_process, "worker", babbler)
    pool = ReaderPool(1)
    pool.start()
    with pytest.raises(ReaderCrashed, match="twice"):
        pool.ask(raw("_babble", {"message": message}))
    pool.close()


@pytest.mark.bounded
def test_a_reader_that_says_too_much_is_ended_without_a_wait_for_its_own_end(monkeypatch):
    monkeypatch.setattr(reader_process, "worker", babbler)
    monkeypatch.setattr(reader_process, "END_TIMEOUT_S", 60.0)
    monkeypatch.setattr(reader_process, "MAX_HEADER_BYTES", 100)
    pool = ReaderPool(1)
    pool.start()
    started = time.monotonic()
    with pytest.raises(ReaderCrashed, match="twice"):
        pool.ask(raw("_babble", {"message": "x" * 1000}))
    assert time.monotonic() - started < 50
    pool.close()


@pytest.mark.bounded
def test_a_dead_drive_among_what_was_granted_costs_nobody_else_his_file(monkeypatch):
    monkeypatch.setattr(reader_process, "worker", staller)
    monkeypatch.setattr(reader_process, "CONFINING_TIMEOUT_S", 0.3)
    pool = ReaderPool(1)
    pool.start()
    try:
        pool.grants.add(needs_of("probe", {"path": "/dead drive/a.tif"}))
        started = time.monotonic()
        assert pool.ask(raw("probe", {"path": "/alive/a.tif"})).header == {"read": "/alive/a.tif"}
        assert time.monotonic() - started < 8, "the probe's own deadline is 10 s"
        assert not pool.is_quarantined("/alive/a.tif")
        assert [pool.strikes_of(path) for path in ("/alive/a.tif", "/dead drive/a.tif")] == [0, 0]
        slow = Request(raw("probe", {"path": "/dead drive/b.tif"}), answer := Collector(), "b", deadline_s=0.3)
        pool.submit(slow)
        assert isinstance(answer.one(), ReaderTimeout)
        started = time.monotonic()  # the next process is granted what is known to answer
        assert pool.ask(raw("probe", {"path": "/alive/b.tif"})).header == {"read": "/alive/b.tif"}
        assert pool.grants.besides(NOTHING).opened == {"/alive/a.tif", "/alive/b.tif"}
        assert time.monotonic() - started < 10
    finally:
        pool.close()


@pytest.mark.parametrize("babble", [b"nonsense", b"{}", b'{"number": 9, "holds": {}}', b'{"number": 1, "holds": []}'])
def test_what_a_reader_says_of_its_walls_is_checked(babble):
    with pytest.raises(BadReply):
        read_holds(babble, 1)


@pytest.mark.bounded
def test_memory_is_limited(pool):
    pool.ask(raw("_eat", {"bytes": 2**28}))
    with pytest.raises(TooLarge, match="memory"):
        pool.ask(raw("_eat", {"bytes": 3 * 2**30}))


@pytest.mark.bounded
def test_readers_are_nice_offline_and_may_not_write(pool, tmp_path):
    header = pool.ask(raw("_echo", {})).header
    assert header["nice"] == min(os.nice(0) + 10, 19)
    assert header["environment"]["HTTPS_PROXY"] == "http://127.0.0.1:1"
    assert "VRT" in header["environment"]["GDAL_SKIP"].split()
    assert not {"VRT", "WMS", "WCS"} & set(header["drivers"])
    assert {"GTiff", "PNG", "JPEG"} <= set(header["drivers"])
    assert not {"PySide6", "pandas", "geopandas", "pyogrio", "tarfile"} & set(header["modules"])
    assert header["limits"] == {"files": 256, "core": 0, "written": 0}


@pytest.mark.bounded
def test_other_profiles_get_readers_of_their_own(pool):
    collector = Collector()
    pool.submit(Request(raw("_echo", {}), collector, profile=Profile.VRT))
    header = collector.one().header
    assert "VRT" in header["drivers"]
    assert header["pid"] != pool.ask(raw("_echo", {})).header["pid"]


@pytest.mark.bounded
def test_pulled_work_comes_after_submitted_work_and_ends_in_idleness(pool):
    order: list[str] = []
    waiting = [Request(raw("_echo", {}), lambda _, n=n: order.append(f"pulled {n}")) for n in range(3)]
    lock = threading.Lock()

    def source() -> Request | None:
        with lock:
            return waiting.pop(0) if waiting else None

    pool.submit(Request(raw("_hang", {"seconds": 0.2}), lambda _: order.append("first")))
    pool.pull_from(source)
    for n in range(2):
        pool.submit(Request(raw("_echo", {}), lambda _, n=n: order.append(f"submitted {n}")))
    wait_until(pool.is_idle)
    assert order == ["first", "submitted 0", "submitted 1", "pulled 0", "pulled 1", "pulled 2"]
    waiting.append(Request(raw("_echo", {}), lambda _: order.append("woken")))
    pool.wake()
    wait_until(lambda: "woken" in order and pool.is_idle())


@pytest.mark.bounded
def test_what_runs_is_given_up_at_once_without_a_strike(pool):
    answer, waiting = Collector(), Collector()
    request = Request(raw("_hang", {"path": "a.tif"}), answer, "a.tif", profile=Profile.WRITER)
    queued = Request(raw("_hang", {"path": "b.tif"}), waiting, profile=Profile.WRITER)
    pool.submit(request)
    wait_until(lambda: pool.is_read(request))
    pool.submit(queued)
    pool.give_up(queued)
    assert isinstance(waiting.one(), GivenUp)
    for _ in range(MAX_STRIKES):
        again = Request(raw("_hang", {"path": "a.tif"}), answer, "a.tif", profile=Profile.WRITER)
        pool.give_up(request)
        assert isinstance(answer.one(), GivenUp)
        answer = again.done = Collector()
        pool.submit(again)
        wait_until(lambda again=again: pool.is_read(again))
        request = again
    pool.give_up(request)
    assert answer.one().sentence == "a.tif: cancelled."


@pytest.mark.bounded
def test_a_profile_is_dismissed_and_comes_back(pool):
    first = pool.ask(raw("_describe", {}), profile=Profile.WRITER).header["pid"]
    wait_until(lambda: first in pool.pids())
    pool.dismiss(Profile.WRITER)
    pool.dismiss(Profile.VRT)
    wait_until(lambda: first not in pool.pids() and len(pool.pids()) == 2)
    assert pool.ask(raw("_describe", {}), profile=Profile.WRITER).header["pid"] != first


@pytest.mark.bounded
def test_who_is_not_asked_leaves_and_comes_back(monkeypatch, tmp_path, raster):
    monkeypatch.setattr(reader_set, "OTHERS_AFTER_S", 0.0)
    monkeypatch.setattr(reader_set, "SPARE_S", 0.1)
    points = tmp_path / "points.geojson"
    points.write_text(collection((120.0, 30.0)))
    pool = ReaderPool(2)
    pool.start()
    try:
        wait_until(lambda: all(pool.ready_readers(profile) == 2 for profile in STANDING))
        assert len(pool.pids()) == 4
        assert pool.ask(raw("probe", {"path": str(points)})).header["kind"] == "vector"
        wait_until(lambda: len(pool.pids()) == 2)
        assert (pool.ready_readers(Profile.LOCAL), pool.ready_readers(Profile.FEATURES)) == (0, 2)
        assert pool.is_idle()
        assert pool.ask(raw("tile", tile_params(raster))).arrays[0].shape == (3, 64, 64)
        wait_until(lambda: pool.ready_readers(Profile.LOCAL) == 2)
        pool.ask(raw("probe", {"path": str(points)}))
        time.sleep(0.3)
        assert len(pool.pids()) == 4, "both have been asked"
    finally:
        pool.close()


@pytest.mark.bounded
def test_who_reaches_for_a_file_finds_all_readers_ready(monkeypatch, pool, raster):
    pool.ask(raw("tile", tile_params(raster)))
    wait_until(lambda: not pool.ready_readers(Profile.FEATURES))
    pool.expect()
    wait_until(lambda: pool.ready_readers(Profile.FEATURES) == 1)
    pool.ask(raw("tile", tile_params(raster)))
    time.sleep(0.3)
    assert pool.ready_readers(Profile.FEATURES) == 1, "somebody is still choosing"


@pytest.mark.bounded
def test_nobody_leaves_while_layers_come_one_after_the_other(monkeypatch, raster):
    monkeypatch.setattr(reader_set, "OTHERS_AFTER_S", 0.0)
    other = ReaderPool(1)
    other.start()
    try:
        wait_until(lambda: all(other.ready_readers(profile) for profile in STANDING))
        other.keep_all(0.6)
        other.ask(raw("tile", tile_params(raster)))
        assert other.ready_readers(Profile.FEATURES) == 1
        wait_until(lambda: not other.ready_readers(Profile.FEATURES))
    finally:
        other.close()


@pytest.mark.bounded
def test_a_reader_of_features_has_no_library_of_imagery(pool):
    modules = pool.ask(raw("_describe", {}), profile=Profile.FEATURES).header["modules"]
    assert {"pyogrio", "shapely"} <= set(modules)
    assert not {"rasterio", "cv2", "geopandas", "pandas", "pyarrow"} & set(modules)
    assert not {"pyogrio", "geopandas"} & set(pool.ask(raw("_describe", {})).header["modules"])


@pytest.mark.bounded
@pytest.mark.parametrize("name", ["picture.gpkg", "picture.json"])
def test_imagery_by_the_name_of_features_is_read_by_who_can(pool, raster, name):
    deceiving = raster.rename(raster.with_name(name))
    answer = pool.ask(raw("probe", {"path": str(deceiving)}))
    assert (answer.header["kind"], answer.profile) == ("raster", Profile.LOCAL)


@pytest.mark.bounded
def test_features_by_another_name_are_read_too(pool, tmp_path):
    points = tmp_path / "points.dat"
    points.write_text(collection((120.0, 30.0)))
    assert pool.ask(raw("probe", {"path": str(points)})).header["kind"] == "vector"
    assert pool.ask(raw("features", {"path": str(points), "layer": "", "crs": "EPSG:3857"})).facts.next_fid is None


@pytest.mark.bounded
def test_work_in_the_background_keeps_nobody_waiting(pool):
    answer = Collector()
    pulled = [Request(raw("_hang", {"seconds": 1.5}), answer, is_background=True)]
    pool.pull_from(lambda: pulled.pop() if pulled else None)
    pool.submit(Request(raw("_describe", {}), lambda _: None, profile=Profile.WRITER, is_background=True))
    wait_until(lambda: not pulled and pool.is_idle())
    assert not answer.found
    answer.one()
    wait_until(pool.is_idle)
    pool.submit(Request(raw("_hang", {"seconds": 0.3}), lambda _: None))
    assert not pool.is_idle()
    wait_until(pool.is_idle)


def test_a_pool_pulls_inline_too(raster):
    pool = ReaderPool(inline=True)
    pool.start()
    answers: list = []
    waiting = [Request(raw("tile", tile_params(raster)), answers.append) for _ in range(2)]
    pool.pull_from(lambda: waiting.pop() if waiting else None)
    assert [type(a) for a in answers] == [Answer, Answer]
    assert pool.is_idle()


def fails_with(error: type[OSError], call: Callable[..., object], *arguments: object) -> bool:
    try:
        call(*arguments)
    except error:
        return True
    return False


KILL_S = 10
"""A reader that hangs is gone by then, also on a busy machine."""


@pytest.fixture
def blocks(monkeypatch) -> list[str]:
    """The names of the blocks of shared memory that are made for readers."""
    names: list[str] = []

    def make(*arguments: object, **options: object) -> SharedMemory:
        block = SharedMemory(*arguments, **options)
        names.append(block.name)
        return block

    monkeypatch.setattr(reader_process, "SharedMemory", make)
    return names


def process_of(reader: reader_process.ReaderProcess) -> BaseProcess:
    """The process of a reader that runs, as `multiprocessing` knows it."""
    (process,) = (one for one in multiprocessing.active_children() if one.pid == reader.pid)
    return process


@pytest.mark.bounded
def test_close_kills_a_busy_reader_answers_what_waits_and_leaves_nothing(blocks, pool):
    pool.ask(raw("_echo", {}))
    (pid,), (name,) = pool.pids(), blocks
    running, queued = Collector(), Collector()
    pool.submit(Request(raw("_hang", {}), running))
    pool.submit(Request(raw("_echo", {}), queued))
    started = time.monotonic()
    pool.close()
    assert time.monotonic() - started < KILL_S
    assert isinstance(running.one(), ReaderCrashed)
    assert isinstance(queued.one(), ReaderCrashed)
    wait_until(lambda: fails_with(ProcessLookupError, os.kill, pid, 0), KILL_S)  # a zombie would still be there
    wait_until(lambda: fails_with(FileNotFoundError, SharedMemory, name), KILL_S)
    late = Collector()
    pool.submit(Request(raw("_echo", {}), late))
    assert isinstance(late.one(), ReaderCrashed)
    pool.close()


@pytest.mark.bounded
def test_an_end_that_another_thread_takes_off_the_system_is_waited_for():
    reader = reader_process.ReaderProcess(Profile.LOCAL)
    reader.start()
    process, pid = process_of(reader), reader.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)  # as `multiprocessing` does in whichever thread starts a process; it writes the end down after
    writer = threading.Timer(0.1, setattr, (process._popen, "returncode", -signal.SIGKILL))
    writer.start()
    try:
        reader.close()
        assert "closed" in repr(process)
        assert reader.pid is None
    finally:
        writer.join()


@pytest.mark.bounded
def test_an_end_that_nobody_writes_down_costs_no_supervisor(blocks, monkeypatch):
    monkeypatch.setattr(reader_process, "END_TIMEOUT_S", 0.05)
    reader = reader_process.ReaderProcess(Profile.LOCAL)
    reader.start()
    process, (name,) = process_of(reader), blocks
    os.kill(process.pid, signal.SIGKILL)
    os.waitpid(process.pid, 0)
    reader.close()
    with pytest.raises(FileNotFoundError):
        SharedMemory(name)
    process._popen.returncode = -signal.SIGKILL
    process.close()


def test_close_while_the_readers_start():
    before, pool = set(threading.enumerate()), ReaderPool(2)
    pool.start()
    wait_until(lambda: len(pool.pids()) > 0)
    pool.close()
    assert pool.pids() == []
    assert not [one.name for one in set(threading.enumerate()) - before if one.name.startswith("reader-")]


SCRIPT = """
import os, signal, sys
from layers.pool.pool import ReaderPool
from tests.support.readers.raw import raw
if __name__ == "__main__":
    pool = ReaderPool(2)
    pool.start()
    pool.ask(raw("_echo", {}))
    blocks = [one._reader._block for one in pool._readers.supervisors if one._reader]
    print(*pool.pids(), *(block.name for block in blocks if block), flush=True)
    if sys.argv[1] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[1] == "closed":
        pool.close()
"""


@pytest.mark.bounded
@pytest.mark.parametrize("end", ["closed", "left open", "killed"])
def test_a_program_that_ends_leaves_no_reader_and_says_nothing(tmp_path, end):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "GEOLOUPE_TEST_OPS": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, script, end], env=environment, capture_output=True, text=True, timeout=30)
    pids = [int(word) for word in done.stdout.split() if word.isdecimal()]
    blocks = [word for word in done.stdout.split() if not word.isdecimal()]
    assert pids
    assert blocks

    def gone(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"  # waits for this machine's init

    wait_until(lambda: all(gone(pid) for pid in pids))
    assert done.returncode == (-signal.SIGKILL if end == "killed" else 0)
    if os.path.isdir("/dev/shm"):
        wait_until(lambda: not {block.strip("/") for block in blocks} & set(os.listdir("/dev/shm")))
    assert done.stderr == "", "where it was killed, the tracker of shared memory has cleaned up"


NO_ROOM = """
import errno
from multiprocessing import shared_memory

class NoRoom:
    @staticmethod
    def mmap(*_):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

if __name__ == "__main__":
    shared_memory.mmap = NoRoom
    from layers.pool.protocol import Profile
    from layers.pool.reader_process import ReaderNotStarted, ReaderProcess
    try:
        ReaderProcess(Profile.LOCAL).start()
    except ReaderNotStarted as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a block needs no tracker there")
def test_where_shared_memory_finds_no_room_the_tracker_prints_nothing(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(NO_ROOM)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=30)
    assert "Cannot allocate memory" in done.stdout
    assert done.stderr == ""


IMPORTS = """
import sys
from layers.pool.pool import ReaderPool
from layers.project.opening.case_process import CaseProcess
if __name__ == "__main__":
    before = set(sys.modules)
    case, pool = CaseProcess(), ReaderPool(1)
    pool.start()
    case._is_started.wait()
    while not all(supervisor.is_ready for supervisor in pool._readers.supervisors):
        pass
    print(sorted(set(sys.modules) - before))
    case.close()
    pool.close()
"""


@pytest.mark.bounded
def test_processes_are_started_without_an_import(tmp_path: Path) -> None:
    """PySide6 goes through sys.modules when it is imported, and aborts the program where they change meanwhile."""
    script = tmp_path / "script.py"
    script.write_text(IMPORTS)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=30)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
