"""Saving puts a complete new file in place, or leaves the old one as it was and says what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.errors import CaseChangedOnDisk, CaseInUse, DiskFull, GeoloupeError, NotAFile, SaveFailed
from layers.project.saving.publish import publish, write_case
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.fingerprint import fingerprint
from layers.project.storage.fsops import FileSystem
from layers.project.storage.integrity import Integrity
from tests.support.cases.changed_cases import leave_journal
from tests.support.cases.rich import leftovers, read_case, relabel, rich_document, state


@pytest.fixture
def document() -> Document:
    return rich_document()


@pytest.fixture
def work(tmp_path: Path, document: Document) -> Iterator[WorkingCopy]:
    copy = WorkingCopy.create(tmp_path / "sessions", document, target=None)
    yield copy
    copy.close()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "cases"
    folder.mkdir()
    return folder / "case.gpkg"


def label(path: Path) -> str:
    return read_case(path).document.sites["site-point"].label


def test_every_value_comes_back(work: WorkingCopy, document: Document, target: Path) -> None:
    saved = publish(work, target)
    intake = read_case(target)
    assert state(intake.document) == state(document)
    assert intake.problems == ()
    assert intake.integrity is Integrity.INTACT
    assert intake.project_uuid == work.project_uuid
    assert intake.fingerprint == saved == fingerprint(target, saved) == work.fingerprint
    assert saved.integrity.startswith("sha256 ")
    assert work.target == target
    assert leftovers(target.parent) == []


def test_write_case_and_publish_give_the_same_rows(target: Path, document: Document) -> None:
    write_case(document, target)
    assert state(read_case(target).document) == state(document)
    assert leftovers(target.parent) == []


def test_what_is_derived_follows_the_rows(work: WorkingCopy, target: Path) -> None:
    publish(work, target)
    with closing(sqlite3.connect(target)) as connection:
        query = connection.execute
        assert query("SELECT min_x, max_y FROM gpkg_contents WHERE table_name='site_polygon'").fetchone() == (0, 21)
        assert query("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name='site_polygon'").fetchone() == (2,)
        assert query("SELECT base_id, related_id FROM site_point_claims").fetchall() == [(1, 1)]
        assert query("SELECT base_id, related_id FROM claims_sources").fetchall() == [(1, 1)]
        assert query("SELECT base_id, related_id FROM site_polygon_chips").fetchall() == [(1, 1)]
        triggers = {name for (name,) in query("SELECT name FROM sqlite_master WHERE type='trigger'")}
        names = ("insert", "update2", "update4", "update5", "update6", "update7", "delete")
        assert {f"rtree_site_line_geom_{name}" for name in names} <= triggers
        assert query("SELECT count(*) FROM layer_styles WHERE useAsDefault = 1").fetchone()[0] > 10
    publish(work, target)
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("SELECT count(*) FROM site_point_claims").fetchone() == (1,)


def test_the_marking_rises_to_the_highest_inside(target: Path) -> None:
    document = rich_document()
    write_case(document, target)
    assert read_case(target).document.meta("marking") == "TLP:GREEN"
    claim = document.claims["claim-1"]
    red = Document({"claims": [replace(claim, marking="TLP:RED")]})
    write_case(red, target)
    assert read_case(target).document.meta("marking") == "TLP:RED"


def test_deleted_text_is_not_left_in_free_pages(work: WorkingCopy, document: Document, target: Path) -> None:
    publish(work, target)
    for number in range(50):
        work.append(relabel(document, f"secret {number}" * 200), "me")
    work.append(relabel(document, "plain"), "me")
    publish(work, target)
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)


# -- guards -------------------------------------------------------------------------------------------------------


def test_f10_a_file_changed_by_somebody_else_is_not_overwritten(
    work: WorkingCopy, document: Document, target: Path
) -> None:
    publish(work, target)
    with closing(sqlite3.connect(target)) as other:
        other.execute("UPDATE claims SET statement = 'theirs'")
        other.commit()
    theirs = target.read_bytes()
    work.append(relabel(document, "mine"), "me")
    with pytest.raises(CaseChangedOnDisk, match="changed by another program"):
        publish(work, target)
    assert target.read_bytes() == theirs
    publish(work, target, overwrite=True)
    assert label(target) == "mine"


def test_f10_a_replaced_file_is_noticed_and_an_untouched_copy_is_not(work: WorkingCopy, target: Path) -> None:
    publish(work, target)
    copy = target.with_name("copy.gpkg")
    shutil.copyfile(target, copy)
    os.replace(copy, target)
    publish(work, target)
    write_case(rich_document(), target)
    with pytest.raises(CaseChangedOnDisk):
        publish(work, target)


def test_f11_a_deleted_file_is_made_again(work: WorkingCopy, target: Path) -> None:
    publish(work, target)
    target.unlink()
    publish(work, target)
    assert label(target) == "Jiuquan"


@pytest.mark.bounded
@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_f09_a_file_that_another_program_writes_is_in_use(work: WorkingCopy, target: Path, mode: str) -> None:
    publish(work, target)
    with closing(sqlite3.connect(target, isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode = {mode}")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CaseInUse, match="in use by another program"):
            publish(work, target, overwrite=True)
        other.execute("ROLLBACK")
        other.execute("PRAGMA journal_mode = DELETE")
    assert label(target) == "Jiuquan"
    assert leftovers(target.parent) == []


@pytest.mark.bounded
def test_f09_an_open_reader_in_wal_mode_is_noticed(work: WorkingCopy, target: Path) -> None:
    publish(work, target)
    with closing(sqlite3.connect(target, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT count(*) FROM claims").fetchone()
        with pytest.raises(CaseInUse):
            publish(work, target, overwrite=True)


@pytest.mark.bounded
def test_a_program_in_the_middle_of_reading_is_noticed(work: WorkingCopy, target: Path) -> None:
    publish(work, target)
    with closing(sqlite3.connect(target, isolation_level=None)) as other:
        cursor = other.execute("SELECT * FROM claims")
        cursor.fetchone()
        with pytest.raises(CaseInUse):
            publish(work, target)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_side_files_never_bring_old_rows_back(work: WorkingCopy, document: Document, target: Path, mode: str) -> None:
    publish(work, target)
    side = leave_journal(target, mode)
    work.append(relabel(document, "new"), "me")
    publish(work, target, overwrite=True)
    assert not side.exists()
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("SELECT statement FROM claims ORDER BY id").fetchone() == ("Something is so",)
    assert label(target) == "new"


def test_side_files_of_a_file_that_is_gone_are_put_aside(work: WorkingCopy, target: Path) -> None:
    side = target.with_name(target.name + "-journal")
    side.write_bytes(b"old rows")
    publish(work, target)
    assert not side.exists()
    assert side.with_name(side.name + ".orphan").read_bytes() == b"old rows"


def test_what_was_put_aside_before_is_not_written_over(work: WorkingCopy, target: Path) -> None:
    side = target.with_name(target.name + "-journal")
    for data in (b"first", b"second", b"third"):
        target.unlink(missing_ok=True)
        side.write_bytes(data)
        publish(work, target, overwrite=True)
    kept = {path.read_bytes() for path in target.parent.glob(f"{side.name}.orphan*")}
    assert kept == {b"first", b"second", b"third"}


def test_however_many_were_put_aside_none_is_written_over(work: WorkingCopy, target: Path) -> None:
    side = target.with_name(target.name + "-wal")
    for number in range(1, 102):
        target.with_name(f"{side.name}.orphan{number if number > 1 else ''}").write_bytes(b"%d" % number)
    side.write_bytes(b"the newest")
    publish(work, target)
    kept = {path.read_bytes() for path in target.parent.glob(f"{side.name}.orphan*")}
    assert kept == {b"the newest", *(b"%d" % number for number in range(1, 102))}


# -- places -------------------------------------------------------------------------------------------------------


def test_f15_a_link_stays_and_its_file_is_replaced(work: WorkingCopy, target: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.gpkg"
    publish(work, target)
    link.symlink_to(target)
    write_case(Document(), link)
    assert link.is_symlink()
    assert dict(read_case(target).document.sites) == {}


def test_permissions_of_the_old_file_are_kept(work: WorkingCopy, target: Path) -> None:
    publish(work, target)
    target.chmod(0o640)
    publish(work, target)
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("spoil", "noun", "says"),
    [
        (lambda path: path.mkdir(), NotAFile, "is a folder"),
        (lambda path: os.mkfifo(path), NotAFile, "no file"),
        (lambda path: path.parent.rmdir(), SaveFailed, "folder does not exist"),
    ],
)
def test_a_place_that_takes_no_file(
    work: WorkingCopy, target: Path, spoil, noun: type[GeoloupeError], says: str
) -> None:  # type: ignore[no-untyped-def]
    spoil(target)
    with pytest.raises(noun, match=says):
        publish(work, target)


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(
    "name", ["ü 发射场 🚀.gpkg", "new\nline.gpkg", "dots..gpkg", "x" * 200 + ".gpkg", os.fsdecode(b"b\xff.gpkg")]
)
def test_f17_odd_names_work(work: WorkingCopy, target: Path, name: str) -> None:
    odd = target.with_name(name)
    publish(work, odd)
    assert label(odd) == "Jiuquan"


def test_f17_a_name_that_is_too_long_is_refused_with_words(work: WorkingCopy, target: Path) -> None:
    with pytest.raises(SaveFailed, match="name is too long"):
        publish(work, target.with_name("x" * 300 + ".gpkg"))


def test_f05_a_disk_without_room_is_noticed_before_anything_is_written(work: WorkingCopy, target: Path) -> None:
    class Small(FileSystem):
        def free_bytes(self, folder: Path) -> int:
            return 1_000_000

    with pytest.raises(DiskFull, match=r"MB are needed"):
        publish(work, target, Small())
    assert list(target.parent.iterdir()) == []


READ_ONLY = """
import sys
from pathlib import Path
from layers.errors import NotAllowed
from layers.project.saving.publish import write_case
from tests.support.cases.rich import rich_document
try:
    write_case(rich_document(), Path(sys.argv[1]))
except NotAllowed as error:
    print(error)
"""


@pytest.mark.bounded
def test_f07_a_read_only_folder_is_refused_with_save_as(target: Path) -> None:
    """As another user, since chmod means nothing to root."""
    write_case(rich_document(), target)
    old = target.read_bytes()
    target.parent.chmod(0o555)
    for folder in (target.parent, *target.parent.parents):
        if not folder.stat().st_mode & 0o005:
            folder.chmod(folder.stat().st_mode | 0o005)
        if folder.name.startswith("pytest-of-"):
            break
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    if prefix and shutil.which("setpriv") is None:
        pytest.skip("root without setpriv: no folder is read-only for it")
    # another user may be unable to read this environment; then the sentence cannot be had
    done = subprocess.run([*prefix, sys.executable, "-c", READ_ONLY, str(target)], capture_output=True, text=True)
    target.parent.chmod(0o755)
    if done.returncode and "Permission denied" in done.stderr:
        pytest.skip("the environment is closed to other users")
    assert "not allowed. Use Save As" in done.stdout, done.stderr
    assert target.read_bytes() == old


@pytest.mark.bounded
def test_f08_a_refused_replace_is_tried_again_and_then_kept_beside(
    work: WorkingCopy, document: Document, target: Path
) -> None:
    class Held(FileSystem):
        tries = 0
        refused = 3

        def replace(self, old: Path, new: Path) -> None:
            if new == target:
                self.tries += 1
                if self.tries <= self.refused:
                    raise PermissionError(13, "sharing violation")
            super().replace(old, new)

    held = Held()
    publish(work, target, held)
    assert held.tries == 4
    work.append(relabel(document, "mine"), "me")
    held.tries, held.refused = 0, 99
    with pytest.raises(SaveFailed, match="Your work is in") as caught:
        publish(work, target, held)
    (rescued,) = [path for path in target.parent.iterdir() if "unsaved" in path.name]
    assert rescued.name in str(caught.value)
    assert (label(rescued), label(target)) == ("mine", "Jiuquan")
    assert leftovers(target.parent) == []


# -- left-overs and backups -----------------------------------------------------------------------------------------


def test_unfinished_files_of_dead_processes_are_swept(work: WorkingCopy, target: Path) -> None:
    publish(work, target)
    code = (
        "import os,sys; from pathlib import Path; from layers.project.storage.fsops import *;"
        "e=temporary_beside(Path(sys.argv[1]), DISK); e.__enter__(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(target)], check=True)
    foreign = target.with_name(".case.gpkg.tmp-1-0123456789abcdef")
    foreign.touch()
    assert len(list(leftovers(target.parent))) == 2
    publish(work, target)
    assert leftovers(target.parent) == [foreign.name]


@pytest.mark.bounded
def test_backups_are_ten_minutes_apart_and_three(work: WorkingCopy, document: Document, target: Path) -> None:
    backups = [target.with_name(f"case.gpkg.bak{number}") for number in range(1, 5)]
    publish(work, target)
    for number in range(5):
        work.append(relabel(document, str(number)), "me")
        publish(work, target)
    assert [path.exists() for path in backups] == [True, False, False, False]
    assert label(backups[0]) == "Jiuquan"
    for number, age_s in enumerate((5000, 4000, 3000, 2000)):
        past = target.stat().st_mtime - age_s + 100_000
        os.utime(target, (past, past))
        work.append(relabel(document, f"later {number}"), "me")
        publish(work, target)
    assert [path.exists() for path in backups] == [True, True, True, False]
    assert [label(path) for path in backups[:3]] == ["later 2", "later 1", "later 0"]
    assert label(target) == "later 3"
