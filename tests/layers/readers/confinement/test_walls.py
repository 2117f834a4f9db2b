"""A reader process of the pool reads what it was asked for and nothing else, writes nothing, and has no network."""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import convert

from layers.decoding import encoded
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile, Request
from layers.pool.reader_process import OutOfReach, ReaderProcess
from layers.project.opening.case_process import CaseProcess
from layers.project.opening.case_reader import CaseReader
from layers.project.saving.publish import write_case
from layers.readers.confinement import walls
from layers.readers.confinement.grants import Grants
from layers.readers.confinement.holds import Holds
from layers.readers.confinement.landlock import landlock_abi
from tests.support.cases.rich import BLOBS, rich_document
from tests.support.readers import reacher
from tests.support.readers.raw import raw
from tests.support.readers.real_reader import real_reader
from tests.support.readers.tiny_deliveries import sentinel2
from tests.support.readers.tiny_rasters import surface, write_raster

ROOT = Path(__file__).parents[4]
UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)
Attempt = tuple[Any, ...]


@pytest.fixture(autouse=True)
def needs_landlock() -> None:
    if not landlock_abi():
        pytest.skip("this kernel has no Landlock")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with what nobody else should read, for the test and for the readers that it starts."""
    home = tmp_path / "home"
    for name in (".ssh/id_rsa", ".netrc", "letters/private.txt", "scenes/beside.txt"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("secret")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GEOLOUPE_TEST_OPS", "1")
    return home


@pytest.fixture
def pool(home: Path) -> Iterator[ReaderPool]:
    with real_reader() as pool:
        yield pool


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[tuple[str, int, str]]:
    """A host, a port and a socket in a folder where somebody listens."""
    by_name = str(tmp_path / "socket")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(by_name)
        unix.listen()
        yield "127.0.0.1", tcp.getsockname()[1], by_name


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_raster(path, surface(3).astype(np.uint8), "EPSG:32652", UTM)


def refused(
    pool: ReaderPool, attempts: list[Attempt], path: Path | str = "", profile: Profile = Profile.LOCAL
) -> list[str]:
    """What a reader is refused that was asked for `path`."""
    params = {"attempts": [list(map(str, attempt)) for attempt in attempts], **({"path": str(path)} if path else {})}
    return list(pool.ask(raw("_reach", params), profile=profile).header["refused"])


def outside(home: Path, listener: tuple[str, int, str]) -> list[Attempt]:
    """What a damaged reader might try; all of it works where there are no walls."""
    host, port, by_name = listener
    spoil = home / "letters"
    for name in ("a", "b", "c", "d"):
        (spoil / name).write_text("work of a week")
    return [
        ("read", "/etc/passwd"), ("read", "/proc/1/environ"), ("read", home / ".ssh/id_rsa"), ("read", home / ".netrc"),
        ("read", home / "letters/private.txt"), ("read", f"/proc/{os.getpid()}/environ"), ("list", home),
        ("list", "/etc"), ("list", "/"), ("write", spoil / "new"), ("write", spoil / "a"), ("empty", spoil / "b"),
        ("remove", spoil / "c"), ("rename", spoil / "d"), ("folder", spoil / "e"), ("link", spoil / "f"),
        ("mode", home / ".netrc"), ("connect", host, port), ("send", host, port), ("talk", by_name),
    ]  # fmt: skip


@pytest.mark.bounded
def test_what_a_reader_was_not_asked_for_is_refused(pool, home, listener):
    attempts = outside(home, listener)
    found = refused(pool, attempts, picture(home / "scenes" / "a.tif"))
    assert dict(zip(attempts, found, strict=True)) == dict.fromkeys(attempts, "EACCES")
    assert all((home / "letters" / name).read_text() for name in "abcd")
    (holds,) = pool.holds()
    assert (holds.files, holds.network, holds.tcp, holds.calls, holds.lacks) == (True, True, True, True, ())


@pytest.mark.bounded
@pytest.mark.parametrize(
    "profile",
    [
        Profile.LOCAL,
        *(pytest.param(other, marks=pytest.mark.bounded) for other in (Profile.FEATURES, Profile.VRT, Profile.WRITER)),
    ],
)
def test_each_profile_has_walls(pool, home, listener, profile):
    attempts = [a for a in outside(home, listener) if a[0] != "mode" or profile is not Profile.WRITER]
    assert set(refused(pool, attempts, picture(home / "scenes" / "a.tif"), profile)) == {"EACCES"}


@pytest.mark.bounded
def test_a_process_that_was_asked_for_nothing_reads_nothing(pool, home):
    assert refused(pool, [("read", home / "scenes/beside.txt"), ("run", "/bin/true")]) == ["EACCES", "EACCES"]


def test_without_walls_the_same_reaches_all_of_it(home, listener):
    attempts = outside(home, listener)
    inline = ReaderPool(inline=True)
    found = dict(zip(attempts, refused(inline, attempts), strict=True))
    if not may_look_into("/proc/1/environ"):
        del found["read", "/proc/1/environ"]
    assert found == dict.fromkeys(found, "")


@pytest.mark.bounded
def test_a_file_is_read_with_what_lies_in_its_folder(pool, home):
    path = picture(home / "scenes" / "a.tif")
    shutil.copy(path, f"{path}.ovr")
    (home / "scenes" / "below").mkdir()
    (home / "scenes" / "below" / "b.txt").write_text("x")
    beside = [("read", home / "scenes/beside.txt"), ("list", home / "scenes"), ("read", home / "scenes/below/b.txt")]
    assert refused(pool, beside, path) == ["", "", ""]
    assert pool.ask(raw("probe", {"path": str(path)})).header["raster"]["overviews"]


@pytest.mark.bounded
def test_many_files_of_a_folder_need_one_process(pool, home):
    paths = [picture(home / "scenes" / f"{n}.tif") for n in range(4)]
    (before,) = {pool.ask(raw("_echo", {"path": str(path)})).header["pid"] for path in paths}
    for path in paths:
        pool.ask(raw("probe", {"path": str(path)}))
    assert pool.ask(raw("_echo", {"path": str(paths[0])})).header["pid"] == before


@pytest.mark.bounded
def test_a_file_elsewhere_is_read_by_another_process_which_reads_the_first_ones_too(pool, home):
    first, second = picture(home / "scenes" / "a.tif"), picture(home / "more" / "b.tif")
    before = pool.ask(raw("_echo", {"path": str(first)})).header["pid"]
    pool.ask(raw("probe", {"path": str(second)}))
    after = pool.ask(raw("_echo", {"path": str(second)})).header["pid"]
    assert after != before
    for path in (first, second):
        pool.ask(raw("probe", {"path": str(path)}))
        assert pool.ask(raw("_echo", {"path": str(path)})).header["pid"] == after
        assert not pool.strikes_of(str(path))


@pytest.mark.bounded
def test_files_that_are_asked_for_together_need_one_process(pool, home):
    paths = [picture(home / f"scene {n}" / "a.tif") for n in range(5)]
    pids, arrived = [], threading.Event()

    def done(result: Any) -> None:
        pids.append(result.header["pid"])
        if len(pids) == len(paths):
            arrived.set()

    with pool.together():
        for path in paths:
            pool.submit(Request(raw("_echo", {"path": str(path)}), done))
    assert arrived.wait(20)
    assert len(set(pids)) == 1


@pytest.mark.bounded
def test_a_link_is_followed_to_its_folder_and_no_further(pool, home):
    real = picture(home / "archive" / "real.tif")
    (home / "archive" / "real.tfw").write_text("x")
    link = home / "scenes" / "a.tif"
    link.symlink_to(real)
    stray = home / "scenes" / "stray.tfw"
    stray.symlink_to(home / ".ssh/id_rsa")
    attempts = [("read", home / "archive/real.tfw"), ("read", home / "scenes/beside.txt"), ("read", stray)]
    assert refused(pool, attempts, link) == ["", "", "EACCES"]
    assert pool.ask(raw("probe", {"path": str(link)})).header["kind"] == "raster"


@pytest.mark.bounded
def test_a_sidecar_that_leads_elsewhere_is_left_out_and_said(pool, home):
    path = picture(home / "scenes" / "a.tif")
    for suffix in (".ovr", ".aux.xml"):
        Path(f"{path}{suffix}").symlink_to(picture(home / "archive" / "b.tif"))
    found = pool.ask(raw("probe", {"path": str(path)})).header["raster"]
    assert found["overviews"] == []
    assert sum("a.tif.ovr beside it" in said or "a.tif.aux.xml beside it" in said for said in found["problems"]) == 2


@pytest.mark.bounded
def test_a_file_in_the_home_opens_no_home(pool, home):
    path = picture(home / "a.tif")
    (home / "a.tfw").write_text("x")
    attempts = [
        ("read", path),
        ("read", home / "a.tfw"),
        ("read", home / ".netrc"),
        ("read", home / ".ssh/id_rsa"),
        ("read", home / "letters/private.txt"),
        ("list", home),
    ]
    assert refused(pool, attempts, path) == ["", "", "EACCES", "EACCES", "EACCES", "EACCES"]
    assert pool.ask(raw("probe", {"path": str(path)})).header["kind"] == "raster"
    other = picture(home / "b.tif")  # it was not there when the process was granted those in the home
    assert pool.ask(raw("probe", {"path": str(other)})).header["kind"] == "raster"


@pytest.mark.bounded
def test_a_link_into_the_systems_folders_opens_the_one_file(pool, home):
    link = home / "scenes" / "a.csv"
    link.symlink_to("/etc/hostname" if os.path.isfile("/etc/hostname") else "/etc/hosts")
    assert refused(pool, [("read", link), ("read", "/etc/passwd")], link) == ["", "EACCES"]


@pytest.mark.bounded
def test_a_picture_that_is_saved_anew_is_read_again(pool, home):
    path = picture(home / "scenes" / "a.tif")
    before = pool.ask(raw("_echo", {"path": str(path)})).header["pid"]
    os.replace(picture(home / "archive" / "new.tif"), path)
    assert pool.ask(raw("probe", {"path": str(path)})).header["kind"] == "raster"
    assert pool.ask(raw("_echo", {"path": str(path)})).header["pid"] == before
    shutil.rmtree(path.parent)
    picture(path)  # a folder of that name, but not the one that was granted
    assert pool.ask(raw("probe", {"path": str(path)})).header["kind"] == "raster"


@pytest.mark.bounded
def test_a_granule_leads_to_its_delivery(pool, home):
    safe = sentinel2(home / "scenes")
    image = next(safe.rglob("*.jp2"))
    assert refused(pool, [("list", safe)], image) == [""]
    header = pool.ask(raw("probe", {"path": str(image)})).header
    assert header["acquisition"]["platform"]


@pytest.mark.bounded
def test_the_writer_writes_into_its_folder_and_nowhere_else(pool, home):
    cache = home / "cache"
    cache.mkdir()
    path = picture(home / "scenes" / "a.tif")
    params = {"path": str(path), "folder": str(cache), "slice_s": 60}
    assert pool.ask(raw("overviews", params), profile=Profile.WRITER).header["is_done"]
    attempts = [("write", cache / "x"), ("remove", cache / "x"), ("write", home / "scenes/x"), ("remove", path)]
    assert refused(pool, attempts, path, Profile.WRITER) == ["", "", "EACCES", "EACCES"]


@pytest.mark.bounded
def test_what_is_granted_to_the_pool_needs_no_other_process(home):
    cache = home / "cache"
    cache.mkdir()
    pool = ReaderPool(1, grants=Grants(read=frozenset((str(cache),))))
    pool.start()
    try:
        path = picture(home / "scenes" / "a.tif")
        before = pool.ask(raw("_echo", {"path": str(path)})).header["pid"]
        assert refused(pool, [("list", cache), ("write", cache / "x")], path) == ["", "EACCES"]
        also = {"path": str(path), "overview_path": str(cache / "a.tif")}
        assert pool.ask(raw("_echo", also)).header["pid"] == before
    finally:
        pool.close()


@pytest.mark.bounded
def test_a_process_is_given_its_grants_before_its_first_request(home):
    case, own = home / "scenes/case.gpkg", home / "own"
    case.write_text("case")
    own.mkdir()
    reader = ReaderProcess(
        Profile.CASE, reacher.load, Grants(read=frozenset((str(case),)), write=frozenset((str(own),)))
    )
    attempts = [
        ("read", case),
        ("read", home / "scenes/beside.txt"),
        ("write", own / "a"),
        ("mode", own / "a"),
        ("remove", own / "a"),
        ("write", case),
        ("list", home / "scenes"),
    ]
    asked = {"attempts": [list(map(str, attempt)) for attempt in attempts]}
    try:
        reader.start()
        assert reader.holds is None
        answer = reader.ask("_reach", asked, 20)
        assert answer.header["refused"] == ["", "EACCES", "", "", "", "EACCES", "EACCES"]
        assert reader.holds.files
        more = Grants(read=frozenset((str(home / "letters"),)))
        with pytest.raises(OutOfReach):
            reader.ask("_reach", asked, 20, grants=more)
        reader.kill()
        reader.start()
        again = {"attempts": [["read", str(home / "letters/private.txt")], ["read", str(case)]]}
        assert reader.ask("_reach", again, 20, grants=more).header["refused"] == ["", ""]
    finally:
        reader.close()


def test_who_reads_a_case_reads_its_folder_and_writes_nothing_of_it(home, tmp_path):
    case, other = home / "scenes/case.gpkg", home / "letters/case.gpkg"
    for path in (case, other):
        write_case(rich_document(), path, blobs=BLOBS)
    copy = home / "sessions/one/base.gpkg"
    copy.parent.mkdir(parents=True)
    process = CaseProcess()
    with CaseReader.open(case, copy=copy, asks=process) as reader:
        assert reader.count("claims") == len(rich_document().claims)
        reader.wait_copied()
        assert copy.read_bytes() == case.read_bytes()
        with pytest.raises(OutOfReach):
            process.ask("open", {"path": str(other), "copy": "", "scratch": str(tmp_path), "deadline_s": 5.0}, 5, list)


@pytest.mark.bounded
def test_who_writes_may_put_aside_what_its_libraries_sort(home):
    own = home / "own"
    own.mkdir()
    reader = ReaderProcess(Profile.CASE, reacher.load, Grants(write=frozenset((str(own),))))
    try:
        reader.start()
        header = reader.ask("sort", {"path": str(own / "a.sqlite")}, 20).header
        assert header["rows"] == 60_000
        assert os.path.isdir(header["scratch"])
        assert stat.S_IMODE(os.stat(header["scratch"]).st_mode) == 0o700
    finally:
        reader.close()
    assert not os.path.exists(header["scratch"])
    reading = ReaderProcess(Profile.LOCAL, reacher.load)
    reading.close()


@pytest.mark.bounded
def test_what_a_library_says_gets_between_no_words_of_a_command(home, capfd):
    reader = ReaderProcess(Profile.CASE, reacher.load)
    try:
        reader.start()
        reader.ask("say", {}, 20)
    finally:
        reader.close()
    assert tuple(capfd.readouterr()) == ("", "")


@pytest.mark.bounded
def test_a_layer_is_saved_and_looked_at_by_the_one_process_that_writes(pool, home):
    points = home / "scenes/points.geojson"
    features = [
        {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": [n / 100, 1.0]}}
        for n in range(3000)
    ]
    points.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    for kind, name in (("GPKG", "layer.gpkg"), ("FlatGeobuf", "layer.fgb"), ("GeoJSON", "layer.geojson")):
        made = home / "made" / kind / name
        made.parent.mkdir(parents=True)
        asked = {"path": str(points), "out": str(made), "format": kind, "title": "a", "start": 0, "written": 0}
        while (header := pool.ask(raw("export_rows", asked), profile=Profile.WRITER).header)["next_start"] is not None:
            asked |= {"start": header["next_start"], "written": header["written"], "facts": header["facts"]}
        before = pool.pids(Profile.WRITER)
        found = pool.ask(raw("probe", {"path": str(made)}), profile=Profile.WRITER).header
        assert found["layers"][0]["features"] == 3000
        assert pool.pids(Profile.WRITER) == before


class Fenceless:
    """Rules that hold nobody to anything: the test's own process stays free."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.allowed: list[str] = []

    def allow(self, path: str, _: Any) -> None:
        self.allowed.append(path)

    def restrict(self) -> None:
        return


def what_holds(monkeypatch: pytest.MonkeyPatch, abi: int, ruleset: Any = Fenceless) -> tuple[Holds, walls.Walls]:
    monkeypatch.setattr(walls, "landlock_abi", lambda: abi)
    monkeypatch.setattr(walls, "Ruleset", ruleset)
    mine = walls.Walls(Profile.LOCAL)
    mine.prepare()
    return mine.close(Grants()), mine


def test_where_the_kernel_has_no_landlock_that_is_said_and_all_can_be_read(home, monkeypatch):
    holds, mine = what_holds(monkeypatch, 0)
    assert (holds.files, holds.network, holds.tcp) == (False, False, False)
    assert [said.split(":")[0] for said in holds.lacks] == [
        "This system has no Landlock",
        "The network could not be taken from the reader.",
    ]
    assert mine.cover(Grants(opened=frozenset((str(home / ".netrc"),))))


def test_a_kernel_that_breaks_off_is_told_of_too(home, monkeypatch):
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(7, "Argument list too long")

    holds, mine = what_holds(monkeypatch, 7, full)
    assert not holds.files
    assert "Argument list too long" in holds.lacks[0]
    assert mine.cover(Grants(opened=frozenset((str(home / ".netrc"),))))
    monkeypatch.setattr(Fenceless, "restrict", full)
    assert not what_holds(monkeypatch, 7)[0].files


@pytest.mark.parametrize(("abi", "tcp", "lacks"), [(1, False, 2), (3, False, 1), (4, True, 1), (9, True, 1)])
def test_what_an_old_kernel_lacks_is_said(home, monkeypatch, abi, tcp, lacks):
    holds, mine = what_holds(monkeypatch, abi)
    assert (holds.files, holds.network, holds.tcp, len(holds.lacks)) == (True, False, tcp, lacks)
    assert convert(encoded(holds), Holds) == holds
    assert not mine.cover(Grants(write=frozenset((str(home),))))


@pytest.mark.parametrize(
    ("profile", "moves", "filters", "asked", "holds"),
    [
        (Profile.LOCAL, True, False, ["left", (True, True)], True),
        (Profile.LOCAL, False, True, ["left", (True, True)], True),
        (Profile.LOCAL, False, False, ["left", (True, True)], False),
        (Profile.CASE, False, True, ["left", (True, False)], True),
        (Profile.REMOTE, True, True, ["left", (True, True)], True),
    ],
)
def test_the_network_goes_by_either_way(monkeypatch, profile, moves, filters, asked, holds):
    told: list[Any] = []
    monkeypatch.setattr(walls, "give_up_privileges", lambda: told.append("privileges"))
    monkeypatch.setattr(walls, "leave_network", lambda: told.append("left") or moves)
    monkeypatch.setattr(walls, "refuse_calls", lambda **wanted: told.append(tuple(wanted.values())) or filters)
    monkeypatch.setattr(walls, "allow_calls", lambda **wanted: told.append(wanted) or filters)
    monkeypatch.setattr(walls, "landlock_abi", lambda: 0)
    mine = walls.Walls(profile)
    mine.take_network()
    mine.prepare()
    mine.limit_calls()
    found = mine.close(Grants())
    wanted = {"sockets": False, "writes": profile is Profile.CASE}
    assert told == ["privileges", *asked, wanted]
    assert found.calls is filters
    assert any("system calls" in said for said in found.lacks) is not filters
    assert (found.network, found.tcp) == (holds, holds)
    assert any("network" in said for said in found.lacks) is not holds


def test_threads_that_ran_before_are_told_of(monkeypatch):
    monkeypatch.setattr(walls, "allow_calls", lambda **_: True)
    monkeypatch.setattr(walls, "landlock_abi", lambda: 7)
    monkeypatch.setattr(walls, "Ruleset", Fenceless)
    mine, go = walls.Walls(Profile.LOCAL), threading.Event()
    other = threading.Thread(target=go.wait)
    other.start()
    try:
        mine.prepare()
        mine.limit_calls()
    finally:
        go.set()
        other.join()
    assert any("threads" in said for said in mine.close(Grants()).lacks)


SCRIPT = """
import json, sys
from pathlib import Path
from layers.decoding import encoded
from layers.pool.pool import ReaderPool
from tests.support.readers.raw import raw
if __name__ == "__main__":
    pool = ReaderPool(1)
    pool.start()
    path, attempts = sys.argv[1], json.loads(sys.argv[2])
    raster = pool.ask(raw("probe", {"path": path})).header["kind"]
    found = pool.ask(raw("_reach", {"path": path, "attempts": attempts})).header["refused"]
    print(json.dumps([raster, found, encoded(pool.holds()[0]), pool.ask(raw("_echo", {"path": path})).header["user"]]))
    pool.close()
"""


@pytest.mark.bounded
def test_a_user_without_privileges_is_confined_too_and_reads_his_own_files(listener):
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("only root can become another user here")
    host, port, by_name = listener
    Path(by_name).chmod(0o777)
    attempts = [("read", "/etc/passwd"), ("connect", host, port), ("send", host, port), ("talk", by_name)]
    with tempfile.TemporaryDirectory() as name:  # pytest's folders are reached by nobody else
        folder = Path(name)
        path, script = picture(folder / "a.tif"), folder / "script.py"
        script.write_text(SCRIPT)
        for one in (folder, path, script):
            os.chown(one, 12345, 12345)
        path.chmod(0o600)
        environment = {**os.environ, "GEOLOUPE_TEST_OPS": "1", "HOME": name, "PYTHONPATH": str(ROOT)}
        command = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", sys.executable]
        command += [str(script), str(path), json.dumps(attempts)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=50, cwd=folder)
    assert done.returncode == 0, done.stderr
    kind, found, holds, user = json.loads(done.stdout)
    assert (kind, found) == ("raster", ["EACCES"] * 4)
    assert (holds["files"], holds["network"], user) == (True, True, 12345)


def may_look_into(path: str) -> bool:
    """In some containers nobody may look into the first process, walls or none."""
    try:
        return bool(Path(path).read_bytes()) or True
    except OSError:
        return False
