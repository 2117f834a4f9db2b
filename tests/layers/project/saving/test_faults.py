"""After any failing call to the file system the old or the new case stands there, and the error has words."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from layers.errors import DiskFull, ExportFailed, GeoloupeError, NotAllowed, SaveFailed
from layers.pool.worker import sentence_for
from layers.project.saving.publish import publish, write_case
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.fsops import FileSystem, write_whole
from layers.project.storage.save_errors import journal_error, save_error
from tests.support.cases.file_calls import CALLS
from tests.support.cases.rich import leftovers, read_case, relabel, rich_document

KINDS: dict[str, Callable[[], OSError]] = {
    "full": lambda: OSError(errno.ENOSPC, "No space left on device"),
    "broken": lambda: OSError(errno.EIO, "Input/output error"),
    "forbidden": lambda: PermissionError(errno.EACCES, "Permission denied"),
    "stale": lambda: OSError(errno.ESTALE, "Stale file handle"),
    "gone": lambda: FileNotFoundError(errno.ENOENT, "No such file or directory"),
}


@dataclass
class FailingFileSystem(FileSystem):
    """Raises at the n-th call, from 0; counts all. One that `is_sound` does neither."""

    fail_at: int = -1
    error: Callable[[], OSError] = KINDS["broken"]
    short_writes: bool = False
    is_sound: bool = False
    calls: list[str] = field(default_factory=list)

    def __getattribute__(self, name: str) -> Any:
        method = super().__getattribute__(name)
        if name not in CALLS or self.is_sound:
            return method

        def call(*arguments: Any) -> Any:
            self.calls.append(name)
            if len(self.calls) - 1 == self.fail_at:
                if self.short_writes and name == "write":
                    file, data = arguments
                    return file.write(data[: len(data) // 2])
                raise self.error()
            return method(*arguments)

        return call


class Scene(Struct):
    work: WorkingCopy
    target: Path
    old: bytes
    fs: FailingFileSystem
    """That of the working copy; sound at first."""


@pytest.fixture
def make_scene(tmp_path: Path) -> Iterator[Callable[..., Scene]]:
    """A saved case with one unsaved edit, each time in a fresh folder. Its file system takes `options` later."""
    made: list[WorkingCopy] = []

    def make(*options: Any) -> Scene:
        folder, fs = tmp_path / str(len(made)), FailingFileSystem(*options, is_sound=True)
        folder.mkdir()
        document = rich_document()
        work = WorkingCopy.create(folder / "sessions", document, target=None, fs=fs)
        made.append(work)
        target = folder / "case.gpkg"
        publish(work, target)
        work.append(relabel(document, "new"), "me")
        work.drain()
        return Scene(work, target, target.read_bytes(), fs)

    yield make
    for work in made:
        work.close()


def _calls_of_a_save(make_scene: Callable[..., Scene]) -> list[str]:
    scene = make_scene()
    assert _save(scene) is None
    return scene.fs.calls


def _save(scene: Scene) -> GeoloupeError | None:
    scene.fs.is_sound = False
    try:
        publish(scene.work, scene.target, scene.fs)
    except GeoloupeError as error:
        return error
    finally:
        scene.fs.is_sound = True
    return None


def _check(scene: Scene, error: GeoloupeError | None) -> None:
    name = scene.fs.calls[scene.fs.fail_at]
    is_old = scene.target.read_bytes() == scene.old
    assert is_old or read_case(scene.target).document.sites["site-point"].label == "new"
    assert read_case(scene.target).problems == ()
    if is_old:
        assert error is not None, name
    if error is not None and not is_old:
        assert "is saved" in error.sentence, (name, error.sentence)
    # the next save, on a sound disk, always works
    publish(scene.work, scene.target)
    assert read_case(scene.target).document.sites["site-point"].label == "new"
    if name != "unlink":
        assert leftovers(scene.target.parent) == []


def test_a_save_goes_through_the_one_door(make_scene: Callable[..., Scene]) -> None:
    calls = _calls_of_a_save(make_scene)
    assert calls.count("replace") >= 2
    assert {"create", "write", "fsync_file", "fsync_folder", "link"} <= set(calls)
    assert calls.index("fsync_file") < calls.index("replace") < calls.index("fsync_folder")


def test_a_save_is_marked_as_saved_only_once_its_folder_is_synced(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []

    class Telling(FileSystem):
        def fsync_folder(self, folder: Path) -> None:
            told.append(("sync", folder.name))
            super().fsync_folder(folder)

        def replace(self, old: Path, new: Path) -> None:
            told.append(("replace", new.name))
            super().replace(old, new)

    work = WorkingCopy.create(tmp_path / "sessions", rich_document(), fs=Telling())
    publish(work, tmp_path / "case.gpkg", Telling())
    work.close()
    put = told.index(("replace", "case.gpkg"))
    synced = told.index(("sync", tmp_path.name), put)
    assert told.index(("replace", "session.json"), put) > synced


def test_the_folders_of_a_new_session_are_synced(tmp_path: Path) -> None:
    synced: list[Path] = []

    class Telling(FileSystem):
        def fsync_folder(self, folder: Path) -> None:
            synced.append(folder)
            super().fsync_folder(folder)

    work = WorkingCopy.create(tmp_path / "sessions", rich_document(), fs=Telling())
    assert synced[-2:] == [work.folder, tmp_path / "sessions"]
    work.close()


@pytest.mark.bounded
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_f05_every_failing_call_leaves_old_or_new(make_scene: Callable[..., Scene], kind: str) -> None:
    """Every call for want of room, of the other kinds every third, each kind beginning at another one."""
    count = len(_calls_of_a_save(make_scene))
    for number in range(count) if kind == "full" else range(list(KINDS).index(kind) % 3, count, 3):
        scene = make_scene(number, KINDS[kind])
        _check(scene, _save(scene))


@pytest.mark.bounded
def test_f06_a_short_write_is_noticed(make_scene: Callable[..., Scene]) -> None:
    calls = _calls_of_a_save(make_scene)
    for number in [number for number, name in enumerate(calls) if name == "write"]:
        scene = make_scene(number, KINDS["broken"], True)
        error = _save(scene)
        assert isinstance(error, SaveFailed)
        _check(scene, error)


@pytest.mark.parametrize(("kind", "noun"), [("full", DiskFull), ("forbidden", NotAllowed), ("broken", SaveFailed)])
def test_the_noun_fits_the_cause(tmp_path: Path, kind: str, noun: type[GeoloupeError]) -> None:
    for number, name in enumerate(("listdir", "create")):
        fs = FailingFileSystem(number, KINDS[kind])
        with pytest.raises(noun, match="Save As"):
            write_case(rich_document(), tmp_path / "case.gpkg", fs)
        assert fs.calls[number] == name
    assert list(tmp_path.iterdir()) == []


def test_f05_a_new_working_copy_on_a_full_disk_has_words(tmp_path: Path) -> None:
    count = 0
    while True:
        fs = FailingFileSystem(count, KINDS["full"])
        try:
            work = WorkingCopy.create(tmp_path / str(count), rich_document(), target=None, fs=fs)
        except DiskFull:
            count += 1
            continue
        fs.is_sound = True
        work.close()
        break
    assert count == len(fs.calls) >= 4
    assert [path for number in range(count) for path in (tmp_path / str(number)).glob("*")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_f05_a_product_is_whole_or_not_there(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "map.png"
    target.write_bytes(b"old")
    number = 0
    while not _is_written(target, FailingFileSystem(number, KINDS[kind])):
        assert target.read_bytes() in (b"old", b"new picture")
        target.write_bytes(b"old")
        number += 1
    assert number >= 5
    assert target.read_bytes() == b"new picture"


def _is_written(target: Path, fs: FileSystem) -> bool:
    try:
        write_whole(target, b"new picture", fs)
    except (ExportFailed, DiskFull, NotAllowed):
        return False
    return True


def test_f05_a_new_file_that_cannot_be_given_its_permissions_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "map.png"
    target.write_bytes(b"old")

    def refuse(*_arguments: object) -> None:
        raise KINDS["full"]()

    with monkeypatch.context() as full:
        full.setattr("layers.project.storage.fsops.os.chmod", refuse)
        with pytest.raises(DiskFull):
            write_whole(target, b"new picture")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("map.png", b"old")]


def test_a_product_beside_a_folder_of_its_name(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="is a folder"):
        write_whole(tmp_path, b"x")
    with pytest.raises(ExportFailed, match="folder is gone"):
        write_whole(tmp_path / "no" / "map.png", b"x")


@pytest.mark.bounded
def test_f05_a_really_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    """On a small file system in memory; needs the right to mount one."""
    small = tmp_path / "small"
    small.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2000k", "tmpfs", str(small)], capture_output=True)
    if done.returncode:
        pytest.skip("no right to mount a file system")

    class Blind(FileSystem):
        def free_bytes(self, folder: Path) -> int:
            return 10**12

    try:
        target = small / "case.gpkg"
        write_case(rich_document(), target, Blind())
        old = target.read_bytes()
        shutil.copyfile(target, small / "filler")
        with pytest.raises(DiskFull, match="disk is full"):
            write_case(rich_document(), target, Blind())
        assert target.read_bytes() == old
        assert leftovers(small) == []
        with pytest.raises(DiskFull, match="MB are needed"):
            write_case(rich_document(), target)
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_shared_memory_without_room_is_a_full_disk() -> None:
    """SQLite calls it an error of the disk."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    assert isinstance(save_error(error, Path("case.gpkg")), DiskFull)
    assert isinstance(journal_error(error), DiskFull)
    error.sqlite_errorname = "SQLITE_IOERR_READ"
    assert not isinstance(save_error(error, Path("case.gpkg")), DiskFull)


def test_a_copy_without_room_accuses_no_file() -> None:
    sentence = sentence_for(OSError(errno.ENOSPC, "No space left on device"), "/x/case.gpkg").sentence
    assert "the disk for a copy of it is full" in sentence
    assert "damaged" not in sentence
