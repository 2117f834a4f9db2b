"""Folders of scenes, read by real readers: everything is found, once, and nothing is read again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from layers.errors import FileMissing, GeoloupeError, ReaderCrashed
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Request
from layers.requests.probe import Probe
from layers.requests.scenes import DescribeScene
from layers.scenes import scene_store
from layers.scenes.indexing import FolderReport, Progress, index_folder
from layers.scenes.scene_store import SceneStore
from tests.support.many_scenes import write_scene
from tests.support.readers.tiny_deliveries import dimap, landsat, maxar, planet, sentinel2

ROOT = Path(__file__).resolve().parents[3]
BOX = Bounds(10.0, 50.0, 11.0, 51.0)


def index(folder: Path, pool: ReaderPool, store: Path | None = None) -> FolderReport:
    with SceneStore(store) as cache:
        return index_folder(str(folder), pool, cache, in_flight=2)


def by_name(report: FolderReport) -> dict[str, str]:
    return {os.path.basename(scene.path): scene.when for scene in report.scenes}


@pytest.mark.bounded
def test_a_tree_is_found_with_its_dates_and_bases(tmp_path: Path, pool: ReaderPool) -> None:
    write_scene(tmp_path / "a" / "dated.tif", BOX, "2021-08-20T15:53:34Z", platform="Landsat 8")
    write_scene(tmp_path / "a" / "deep" / "deeper" / "day.tif", BOX, "2021-08-21")
    write_scene(tmp_path / "mosaic.tif", BOX, kind="composite")
    write_scene(tmp_path / "site_20190301_v2.tif", BOX)
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff no world file beside it")
    report = index(tmp_path, pool)
    assert by_name(report) == {
        "dated.tif": "2021-08-20 15:53:34 UTC, from metadata",
        "day.tif": "2021-08-21, from metadata",
        "mosaic.tif": "composite, date unknown",
        "site_20190301_v2.tif": "date unknown",
    }
    named = {os.path.basename(scene.path): scene for scene in report.scenes}
    assert named["site_20190301_v2.tif"].date_in_name == "2019-03-01", "offered"
    assert not named["site_20190301_v2.tif"].is_dated, "and never taken"
    assert named["dated.tif"].sensor == "Landsat 8"
    assert named["dated.tif"].footprint.bounds == pytest.approx(tuple(BOX))
    assert report.unplaced == 1
    assert not report.refused


@pytest.mark.bounded
def test_a_delivery_of_many_files_is_one_scene(tmp_path: Path, pool: ReaderPool) -> None:
    for make, name in ((sentinel2, "S2"), (landsat, "L"), (maxar, "M"), (dimap, "D"), (planet, "P")):
        (tmp_path / name).mkdir()
        make(tmp_path / name)
    report = index(tmp_path, pool)
    assert sorted(scene.kind for scene in report.scenes) == [
        "Airbus DIMAP",
        "Landsat",
        "Maxar",
        "Planet",
        "Sentinel-2 SAFE",
    ]
    assert not report.refused
    assert all(scene.is_dated and scene.has_picture for scene in report.scenes)


@pytest.mark.bounded
def test_an_unchanged_file_is_never_read_again(
    tmp_path: Path, pool: ReaderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenes, store = tmp_path / "scenes", tmp_path / "cache" / "scenes.sqlite"
    for number in range(4):
        write_scene(scenes / f"{number}.tif", BOX, "2021-08-20")
    asked: list[str] = []
    submit = ReaderPool.submit

    def counting(self: ReaderPool, request: Request) -> None:
        if isinstance(request.question, DescribeScene):
            asked.append(os.path.basename(request.question.path))
        submit(self, request)

    monkeypatch.setattr(ReaderPool, "submit", counting)
    first = index(scenes, pool, store)
    assert sorted(asked) == ["0.tif", "1.tif", "2.tif", "3.tif"]
    assert first.read == 4
    asked.clear()
    assert index(scenes, pool, store).scenes == first.scenes
    assert not asked
    write_scene(scenes / "1.tif", Bounds(0.0, 0.0, 1.0, 1.0), "2022-01-01")
    (scenes / "2.json").write_text('{"type": "Feature"}')
    write_scene(scenes / "new.tif", BOX, "2022-01-01")
    (scenes / "3.tif").unlink()
    again = index(scenes, pool, store)
    assert sorted(asked) == ["1.tif", "2.tif", "new.tif"], "what changed, what a file came beside, what is new"
    assert set(by_name(again)) == {"0.tif", "1.tif", "2.tif", "new.tif"}
    with SceneStore(store) as cache:
        assert len(cache.known_beneath(str(scenes))) == 4
        assert cache.picture(str(scenes / "0.tif")).startswith(b"\xff\xd8\xff")


@pytest.mark.bounded
def test_hostile_folders_are_said_and_counted(tmp_path: Path, pool: ReaderPool) -> None:
    write_scene(tmp_path / "good.tif", BOX, "2021-08-20")
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "link.tif").symlink_to(tmp_path / "good.tif")
    (tmp_path / "broken.tif").write_bytes(b"II*\0" + bytes(2000))
    (tmp_path / "text.tif").write_text("this is no image")
    os.mkfifo(tmp_path / "pipe.tif")
    report = index(tmp_path, pool)
    assert set(by_name(report)) == {"good.tif"}
    assert {os.path.basename(path) for path in report.refused} == {"broken.tif", "text.tif"}
    assert report.links == 2
    said = report.said()
    assert len(said) == 2
    assert said[0].startswith("2 files or folders could not be read")
    assert "links" in said[1]


class Crashing:
    """A pool that loses its reader at one file."""

    is_closed = False

    def __init__(self, pool: ReaderPool) -> None:
        self._pool, self.asked = pool, 0

    def foretell(self, paths: list[str]) -> None:
        self._pool.foretell(paths)

    def give_up(self, request: Request) -> None:
        self._pool.give_up(request)

    def submit(self, request: Request) -> None:
        if isinstance(request.question, DescribeScene) and "bad" in request.question.path:
            self.asked += 1
            request.done(ReaderCrashed("bad.tif crashed its reader twice: the file is probably damaged."))
        else:
            self._pool.submit(request)


@pytest.mark.bounded
def test_a_file_that_crashes_readers_is_not_tried_again(tmp_path: Path, pool: ReaderPool) -> None:
    scenes, store = tmp_path / "scenes", tmp_path / "scenes.sqlite"
    write_scene(scenes / "good.tif", BOX)
    write_scene(scenes / "bad.tif", BOX)
    crashing = Crashing(pool)
    for _ in range(2):
        report = index(scenes, crashing, store)  # type: ignore[arg-type]
        assert set(by_name(report)) == {"good.tif"}
        assert "crashed its reader" in report.said()[0]
    assert crashing.asked == 1


@pytest.mark.bounded
def test_it_stops_when_asked_and_goes_on_where_it_was(tmp_path: Path, pool: ReaderPool) -> None:
    scenes, store = tmp_path / "scenes", tmp_path / "scenes.sqlite"
    for number in range(12):
        write_scene(scenes / f"{number:02}.tif", BOX)
    seen: list[Progress] = []

    class Stopped(GeoloupeError):
        pass

    def check() -> None:
        if seen and seen[-1].done >= 5:
            raise Stopped("enough")

    with SceneStore(store) as cache, pytest.raises(Stopped):
        index_folder(str(scenes), pool, cache, seen.append, check)
    assert [progress.of for progress in seen[-3:]] == [12, 12, 12]
    report = index(scenes, pool, store)
    assert len(report.scenes) == 12
    assert report.read <= 7


@pytest.mark.bounded
def test_a_folder_that_is_not_there(tmp_path: Path, pool: ReaderPool) -> None:
    with pytest.raises(FileMissing, match="no folder gone"):
        index(tmp_path / "gone", pool)


AS_NOBODY = """
import sys
from layers.readers.deliveries.scene_listing import list_scenes
from layers.requests.scenes import ListScenes
try:
    list_scenes(ListScenes(sys.argv[1]))
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.bounded
def test_a_folder_that_may_not_be_listed_is_said() -> None:
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    if prefix and shutil.which("setpriv") is None:
        pytest.skip("root without setpriv: no folder is closed to it")
    with tempfile.TemporaryDirectory() as folder:
        closed = Path(folder) / "closed"
        closed.mkdir(mode=0)
        Path(folder).chmod(0o755)
        command = [*prefix, sys.executable, "-c", AS_NOBODY, str(closed)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=50)
    if done.returncode and "Permission denied" in done.stderr:
        pytest.skip("the environment is closed to other users")
    said = "NotAllowed The folder closed cannot be listed (Permission denied): look at its permissions."
    assert done.stdout.strip() == said, done.stderr
    report = FolderReport("/scenes", refused={"/scenes/closed": "The folder closed cannot be listed."})
    assert report.said() == ["1 file or folder could not be read: The folder closed cannot be listed."]


@pytest.mark.bounded
def test_a_damaged_cache_is_begun_anew(tmp_path: Path, pool: ReaderPool) -> None:
    scenes, store = tmp_path / "scenes", tmp_path / "scenes.sqlite"
    write_scene(scenes / "a.tif", BOX)
    store.write_bytes(b"SQLite format 3\0" + b"\xee" * 5000)
    assert len(index(scenes, pool, store).scenes) == 1
    with closing(sqlite3.connect(store)) as other, other:
        other.execute("UPDATE scenes SET facts = '[1]', state = 'x'")
    assert index(scenes, pool, store).read == 1, "what makes no sense there is as if absent"


@pytest.mark.bounded
def test_a_cache_that_is_held_or_cannot_be_written_costs_the_memory_alone(tmp_path: Path, pool: ReaderPool) -> None:
    scenes, store = tmp_path / "scenes", tmp_path / "scenes.sqlite"
    write_scene(scenes / "a.tif", BOX)
    assert index(scenes, pool, store).read == 1
    write_scene(scenes / "b.tif", BOX)
    with closing(sqlite3.connect(store)) as other, pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene_store, "WAIT_S", 0.1)
        other.execute("BEGIN IMMEDIATE")
        report = index(scenes, pool, store)
        assert set(by_name(report)) == {"a.tif", "b.tif"}
        assert report.said() == [
            "What was found of scenes cannot be kept (database is locked): they are read again the next time."
        ]
        other.rollback()
    assert index(scenes, pool, store).read == 1, "what is known stays known"
    (tmp_path / "file").write_text("in the way")
    report = index(scenes, pool, tmp_path / "file" / "scenes.sqlite")
    assert set(by_name(report)) == {"a.tif", "b.tif"}
    assert "cannot be kept" in report.said()[0]


@pytest.mark.bounded
def test_a_moved_tree_keeps_nothing_of_the_old_place(tmp_path: Path, pool: ReaderPool) -> None:
    store = tmp_path / "scenes.sqlite"
    write_scene(tmp_path / "here" / "a.tif", BOX)
    first = index(tmp_path / "here", pool, store).scenes[0]
    shutil.move(tmp_path / "here", tmp_path / "there")
    found = index(tmp_path / "there", pool, store).scenes
    path = str(tmp_path / "there" / "a.tif")
    assert found == [replace(first, key=path, path=path)]


@pytest.mark.bounded
def test_a_day_or_nonsense_in_the_metadata_is_a_date_that_a_case_takes(tmp_path: Path, pool: ReaderPool) -> None:
    write_scene(tmp_path / "day.tif", BOX, "2021-08-20")
    write_scene(tmp_path / "nonsense.tif", BOX, "yesterday")
    dates = {
        name: pool.ask(Probe(str(tmp_path / f"{name}.tif"))).header["raster"]["acquired_at"]
        for name in ("day", "nonsense")
    }
    assert dates == {"day": "2021-08-20", "nonsense": ""}
