"""Sessions that a crash left are offered, once worth it; nothing of a person is deleted at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from msgspec.structs import replace
from shapely import Point

from layers.disk.this_machine import boot_id, machine_for
from layers.document.document import Document
from layers.document.site import Site
from layers.errors import CaseDamaged
from layers.project.saving.publish import publish
from layers.project.saving.recovery import KEPT, copy_of_session, may_be_open_elsewhere, recoverable
from layers.project.saving.session_file import read_session, write_session
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.fsops import DISK, scratch_folder
from layers.project.storage.processes import Owner
from tests.support.cases.rich import open_for_work, relabel, rich_document, state

DEAD = Owner(2**22 + 1, "1", Owner.of_this_process().host)


def _crashed(sessions: Path, edits: int, document: Document | None = None, target: Path | None = None) -> Path:
    document = document or rich_document()
    work = WorkingCopy.create(sessions, document, target=target)
    if target is not None:
        publish(work, target)
    for number in range(edits):
        work.append(relabel(document, f"edit {number}"), "me")
    work.drain()
    work.close(keep=True)
    _bury(work.folder)
    return work.folder


def _bury(folder: Path) -> None:
    write_session(folder, replace(read_session(folder), owner=DEAD), DISK)


def test_a_crashed_session_is_offered_with_what_is_in_it(tmp_path: Path) -> None:
    folder = _crashed(tmp_path / "s", 3, target=tmp_path / "case.gpkg")
    (found,) = recoverable(tmp_path / "s")
    assert (found.folder, found.target, found.title) == (folder, tmp_path / "case.gpkg", "A case")
    assert (found.edits, found.marks) == (3, (4, 0))
    assert found.last_edit_at.endswith("Z")


def test_measurements_and_other_marks_are_no_sites(tmp_path: Path) -> None:
    point = Point(128.3, 51.9)
    kinds = ("site", "", "measurement", "annotation", "search area", "measurement")
    marks = [Site(uuid=f"{number}", geometry=point, mark_kind=kind) for number, kind in enumerate(kinds)]
    _crashed(tmp_path / "s", 1, Document({"sites": [*marks, *rich_document().sites.values()]}))
    (found,) = recoverable(tmp_path / "s")
    assert found.marks == (6, 2)


def test_a_living_session_and_one_without_edits_are_not_offered(tmp_path: Path) -> None:
    living = WorkingCopy.create(tmp_path, rich_document(), target=None)
    living.append(relabel(rich_document(), "x"), "me")
    living.drain()
    clean = _crashed(tmp_path, 0)
    assert recoverable(tmp_path) == []
    assert not clean.exists()
    assert living.folder.exists()
    living.close()
    assert recoverable(tmp_path / "not there") == []


def test_edits_that_are_saved_need_no_recovery(tmp_path: Path) -> None:
    document = rich_document()
    work = WorkingCopy.create(tmp_path / "s", document, target=None)
    work.append(relabel(document, "saved"), "me")
    publish(work, tmp_path / "case.gpkg")
    work.close(keep=True)
    _bury(work.folder)
    assert recoverable(tmp_path / "s") == []


def test_a_recovered_session_is_whole_ours_and_kept(tmp_path: Path) -> None:
    document = rich_document()
    folder = _crashed(tmp_path / "s", 2, document)
    work = WorkingCopy.resume(folder)
    assert recoverable(tmp_path / "s") == []
    assert state(work.read_document()) == state(document)
    publish(work, tmp_path / "case.gpkg")
    work.close()
    assert folder.exists()
    assert recoverable(tmp_path / "s") == []


@pytest.mark.bounded
def test_ten_are_kept(tmp_path: Path) -> None:
    folders = [_crashed(tmp_path, 1) for _ in range(KEPT + 2)]
    for number, folder in enumerate(folders):
        write_session(folder, replace(read_session(folder), is_recovered=True, is_closed=number % 2 == 0), DISK)
        os.utime(folder / "session.json", (number, number))
    assert len(recoverable(tmp_path)) == 6
    assert all(folder.exists() for folder in folders)
    for folder in folders:
        write_session(folder, replace(read_session(folder), is_closed=True), DISK)
        os.utime(folder / "session.json", (folders.index(folder),) * 2)
    assert recoverable(tmp_path) == []
    assert [folder.exists() for folder in folders] == [False] * 2 + [True] * KEPT


@pytest.mark.parametrize("text", ["", "{", "[]", '{"target": null}'])
def test_a_session_without_a_readable_note_is_left_alone(tmp_path: Path, text: str) -> None:
    folder = _crashed(tmp_path, 1)
    (folder / "session.json").write_text(text)
    assert recoverable(tmp_path) == []
    assert (folder / "work.gpkg").exists()
    with pytest.raises(CaseDamaged, match=r"session\.json"):
        WorkingCopy.resume(folder)


def test_a_damaged_working_copy_is_left_alone(tmp_path: Path) -> None:
    folder = _crashed(tmp_path, 1)
    for side in folder.glob("work.gpkg-*"):
        side.unlink()
    (folder / "work.gpkg").write_bytes(b"SQLite format 3\x00" + b"x" * 5000)
    assert recoverable(tmp_path) == []
    assert folder.exists()


def test_f17_a_target_of_odd_bytes_survives_the_note(tmp_path: Path) -> None:
    work = WorkingCopy.create(tmp_path / "s", Document(), target=tmp_path / os.fsdecode(b"b\xff.gpkg"))
    assert read_session(work.folder).target == work.target
    assert json.loads((work.folder / "session.json").read_text())["fingerprint"] is None
    work.close()


# -- a save that the power took back ------------------------------------------------------------------------------


def _saved_twice(tmp_path: Path) -> tuple[Path, Path, bytes]:
    """A session that saved all it has and was killed; its target as it was one save earlier."""
    document = rich_document()
    work = WorkingCopy.create(tmp_path / "s", document)
    target = tmp_path / "case.gpkg"
    publish(work, target)
    earlier = target.read_bytes()
    work.append(relabel(document, "saved"), "me")
    publish(work, target)
    work.close(keep=True)
    _bury(work.folder)
    return work.folder, target, earlier


def test_a_session_whose_save_the_disk_took_back_is_offered(tmp_path: Path) -> None:
    folder, target, earlier = _saved_twice(tmp_path)
    target.write_bytes(earlier)
    (found,) = recoverable(tmp_path / "s")
    assert (found.folder, found.edits, found.is_save_lost) == (folder, 0, True)
    work = WorkingCopy.resume(folder)
    assert work.read_document().sites["site-point"].label == "saved"
    work.close()


def test_a_session_whose_target_is_gone_or_damaged_is_offered(tmp_path: Path) -> None:
    _folder, target, _earlier = _saved_twice(tmp_path)
    target.write_bytes(target.read_bytes()[:5000])
    assert [found.is_save_lost for found in recoverable(tmp_path / "s")] == [True]
    target.unlink()
    assert [found.is_save_lost for found in recoverable(tmp_path / "s")] == [True]


def test_a_session_whose_target_was_edited_since_is_let_go(tmp_path: Path) -> None:
    folder, target, _earlier = _saved_twice(tmp_path)
    _, work = open_for_work(tmp_path / "other", target)
    work.append(relabel(work.read_document(), "later"), "somebody")
    publish(work, target)
    work.close()
    assert recoverable(tmp_path / "s") == []
    assert not folder.exists()


# -- what killed runs leave ---------------------------------------------------------------------------------------


def test_a_session_killed_while_it_was_being_made_is_swept(tmp_path: Path) -> None:
    folder = _crashed(tmp_path, 1)
    write_session(folder, replace(read_session(folder), is_made=False), DISK)
    assert recoverable(tmp_path) == []
    assert not folder.exists()


def test_an_old_folder_in_which_nothing_is_is_swept_and_a_fresh_one_is_not(tmp_path: Path) -> None:
    old, fresh = tmp_path / "old", tmp_path / "fresh"
    for folder in (old, fresh):
        folder.mkdir()
        (folder / "work.gpkg").touch()
    os.utime(old, (1, 1))
    assert recoverable(tmp_path) == []
    assert not old.exists()
    assert fresh.exists()


def test_scratch_folders_of_killed_runs_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    code = (
        "import os, sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from layers.project.storage.fsops import scratch_folder\n"
        "context = scratch_folder(); folder = context.__enter__(); (folder / 'case.gpkg').touch(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "temp")], check=False)
    with scratch_folder() as own:
        foreign = tmp_path / "temp" / "geoloupe-notes"
        foreign.mkdir()
        assert len(list((tmp_path / "temp").iterdir())) == 3
        recoverable(tmp_path / "s")
        assert set((tmp_path / "temp").iterdir()) == {own, foreign}


# -- computers with new names, and homes that several share ----------------------------------------------------------


def _of(folder: Path, **owner: object) -> None:
    """Its owner is another one in these respects."""
    path = folder / "session.json"
    data = json.loads(path.read_text())
    data["owner"] |= owner
    path.write_text(json.dumps(data))


def _abandoned(sessions: Path, **owner: object) -> Path:
    """A session with an edit whose owner is not told to be dead, but has another host, machine or start."""
    work = WorkingCopy.create(sessions, rich_document())
    work.append(relabel(rich_document(), "mine"), "me")
    work.drain()
    work.close(keep=True)
    _of(work.folder, **owner)
    return work.folder


def test_a_renamed_computer_is_offered_what_it_left(tmp_path: Path) -> None:
    folder = _abandoned(tmp_path / "s", host="its old name", boot="another start/pid:[1]")
    (found,) = recoverable(tmp_path / "s")
    assert (found.folder, found.edits, found.perhaps_open_on) == (folder, 1, "")
    assert not may_be_open_elsewhere(folder)


@pytest.mark.bounded
def test_a_renamed_computer_that_has_not_been_started_anew_asks_its_processes(tmp_path: Path) -> None:
    living = _abandoned(tmp_path / "s", host="its old name")
    assert recoverable(tmp_path / "s") == []
    _of(living, pid=DEAD.pid)
    assert [one.folder for one in recoverable(tmp_path / "s")] == [living]


@pytest.mark.parametrize(
    "owner",
    [
        {"host": "olga", "machine": "f" * 32, "boot": "another start/"},
        {"machine": "f" * 32},
        {"host": "olga", "machine": "", "boot": ""},
        {"boot": f"{boot_id().partition('/')[0]}/pid:[1]"},
    ],
    ids=["another computer", "of the same name", "of an older version", "another container"],
)
def test_what_may_be_open_elsewhere_is_offered_as_a_copy_and_left_as_it_is(tmp_path: Path, owner: dict) -> None:
    folder = _abandoned(tmp_path / "s", **owner)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    (found,) = recoverable(tmp_path / "s")
    assert found.edits == 1
    assert found.perhaps_open_on == owner.get("host", Owner.of_this_process().host)
    assert may_be_open_elsewhere(folder)
    work = WorkingCopy.resume(copy_of_session(folder))
    assert work.folder != folder
    assert work.target is None
    assert [site.label for site in work.read_document().sites.values()].count("mine") == 1
    work.append(relabel(work.read_document(), "and more"), "me")
    work.close()
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert {name: data for name, data in after.items() if name != "work.gpkg-shm"} == before
    assert [one.folder for one in recoverable(tmp_path / "s")] == [folder]


def test_a_session_elsewhere_that_holds_nothing_new_is_neither_offered_nor_deleted(tmp_path: Path) -> None:
    clean = _crashed(tmp_path / "s", 0)
    _of(clean, host="olga", machine="")
    unmade = tmp_path / "s" / "unmade"
    unmade.mkdir()
    write_session(unmade, replace(read_session(clean), is_made=False), DISK)
    assert recoverable(tmp_path / "s") == []
    assert clean.exists()
    assert unmade.exists()


@pytest.mark.bounded
def test_no_unsaved_work_is_deleted_however_much_there_is(tmp_path: Path) -> None:
    folders = [_crashed(tmp_path, 1) for _ in range(KEPT + 2)]
    assert {found.folder for found in recoverable(tmp_path)} == set(folders)
    assert all(folder.exists() for folder in folders)


def test_the_identity_of_a_computer_is_its_own_and_told_to_nobody(tmp_path: Path, monkeypatch) -> None:
    system = tmp_path / "system"
    system.write_text("0123456789abcdef0123456789abcdef\n")
    monkeypatch.setattr("layers.disk.this_machine.SYSTEMS", (system,))
    one, other = tmp_path / "one", tmp_path / "other"
    assert machine_for(one) == machine_for(one) != ""
    assert machine_for(one) != machine_for(other), "copies of one disk image are two computers"
    assert system.read_text().strip() not in machine_for(one)
    system.write_text("fedcba9876543210fedcba9876543210\n")
    assert machine_for(one) not in ("", machine_for(other))
    (tmp_path / ".other-machine").write_text("spoilt")
    assert machine_for(other) == ""
    system.write_text("uninitialized\n")
    assert machine_for(one) == ""
