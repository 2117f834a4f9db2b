"""The guard holds the target while it looks: nobody slips in between the look and the replacing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.errors import CaseChangedOnDisk, CaseInUse
from layers.project.saving import target_guard
from layers.project.saving.publish import publish, write_case
from layers.project.saving.target_guard import guarded_target
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage import sqlite_lock
from layers.project.storage.fingerprint import Fingerprint, fingerprint
from layers.project.storage.fsops import DISK
from tests.support.cases.rich import holding, rich_document

TRY = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0.1, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
    print("free")
except sqlite3.OperationalError as error:
    print(error)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "case.gpkg"
    write_case(rich_document(), path)
    return path


def others_say(target: Path) -> str:
    """Another program tries to write the file."""
    return subprocess.run([sys.executable, "-c", TRY, str(target)], capture_output=True, text=True).stdout.strip()


def test_the_lock_holds_while_the_fingerprint_is_taken(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """POSIX would drop it when any descriptor of the file is closed in this process."""
    said: list[str] = []
    take = target_guard.fingerprint_of

    def looking(*arguments: object) -> Fingerprint:
        mark = take(*arguments)  # type: ignore[arg-type]
        os.close(os.open(target, os.O_RDONLY))
        said.append(others_say(target))
        return mark

    monkeypatch.setattr(target_guard, "fingerprint_of", looking)
    with guarded_target(target, [fingerprint(target)], DISK):
        said.append(others_say(target))
        threading.Thread(target=lambda: target.read_bytes()).start()
        said.append(others_say(target))
    assert said == ["database is locked"] * 3
    assert others_say(target) == "free"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the lock is the process's")
def test_the_lock_is_the_open_files(target: Path) -> None:
    handle = os.open(target, os.O_RDWR)
    with sqlite_lock.exclusive(handle, 0.1):
        os.close(os.open(target, os.O_RDONLY))
        assert others_say(target) == "database is locked"
    os.close(handle)


@pytest.mark.parametrize(
    "statements",
    [
        ("BEGIN IMMEDIATE",),
        ("BEGIN EXCLUSIVE",),
        ("BEGIN", "SELECT count(*) FROM claims"),
        ("PRAGMA journal_mode = WAL", "SELECT count(*) FROM claims"),
    ],
)
def test_f09_whoever_reads_or_writes_the_target_is_noticed(
    target: Path, statements: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target_guard, "WAIT_S", 0.2)
    with (
        holding(target, *statements),
        pytest.raises(CaseInUse, match="in use by another program"),
        guarded_target(target, None, DISK),
    ):
        pytest.fail("the guard let us through")


@pytest.mark.bounded
def test_a_file_put_there_while_we_waited_is_looked_at(target: Path, tmp_path: Path) -> None:
    """Two programs save at once: the second finds another file than it opened."""
    expected = fingerprint(target)
    other = tmp_path / "other.gpkg"
    write_case(rich_document(), other)
    handle = os.open(target, os.O_RDWR)

    def replace_and_let_go() -> None:
        os.replace(other, target)
        os.close(handle)

    with sqlite_lock.exclusive(handle, 0.1):
        timer = threading.Timer(0.5, replace_and_let_go)
        timer.start()
        with pytest.raises(CaseChangedOnDisk), guarded_target(target, [expected], DISK):
            pytest.fail("the guard let us through")
        timer.join()
        os.dup2(os.open(target, os.O_RDONLY), handle)  # for the lock's own end


SAVE = """
import sys
from pathlib import Path
from layers.document.edit import Change, Edit
from layers.errors import CaseChangedOnDisk, CaseInUse
from layers.project.opening.case_process import CaseInline
from layers.project.saving.case_copy import open_for_work
from layers.project.saving.publish import publish
from tests.support.cases.rich import relabel

target, sessions, name, count = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
sys.stdin.readline()
said = 0
for number in range(count):
    intake, work, _home = open_for_work(sessions, target, asks=CaseInline())
    label = f"{name} {number}"
    work.append(relabel(intake.document, label), name)
    try:
        publish(work, target)
        print("saved", label, flush=True)
    except (CaseChangedOnDisk, CaseInUse) as error:
        print("refused", label, flush=True)
    work.close()
"""


def race(target: Path, sessions: Path, count: int) -> tuple[list[str], list[str]]:
    """Two programs save the same case again and again; the labels that were saved, and all that was said."""
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", SAVE, str(target), str(sessions / name), name, str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("ann", "bob")
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    said = [line for program in programs for line in program.communicate()[0].splitlines()]
    return [line.removeprefix("saved ") for line in said if line.startswith("saved ")], said


def history_of(target: Path, sessions: Path) -> list[str]:
    """The labels that the site ever had, by the history of the saved case."""
    import json  # only here
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(target)) as connection:
        rows = connection.execute("SELECT delta_json FROM loupe_history WHERE op = 'update' ORDER BY seq").fetchall()
    return [json.loads(text)["label"][1] for (text,) in rows]


@pytest.mark.bounded
@pytest.mark.timeout(600)
def test_f13_of_two_programs_that_save_at_once_none_is_lost_unsaid(target: Path, tmp_path: Path) -> None:
    count = int(os.environ.get("GEOLOUPE_RACE_SAVES", "10"))
    saved, said = race(target, tmp_path / "sessions", count)
    assert len(said) == 2 * count
    assert saved
    assert history_of(target, tmp_path) == [label for label in history_of(target, tmp_path) if label in saved]
    assert sorted(history_of(target, tmp_path)) == sorted(saved)


@pytest.fixture
def work(tmp_path: Path) -> Iterator[WorkingCopy]:
    copy = WorkingCopy.create(tmp_path / "sessions", rich_document())
    yield copy
    copy.close()


def test_a_save_over_another_file_keeps_a_backup_of_it(work: WorkingCopy, target: Path) -> None:
    theirs = target.read_bytes()
    for _ in range(2):  # whatever the age of the last backup
        target.write_bytes(theirs)
        publish(work, target, overwrite=True)
        assert target.with_name("case.gpkg.bak1").read_bytes() == theirs
