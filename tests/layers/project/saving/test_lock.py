"""Two people see each other; dead ones are not believed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from layers.project.saving.lock import STALE_S, CaseLock
from layers.project.storage.fsops import FileSystem
from layers.project.storage.processes import Owner, start_of

HOLD = """
import sys, time
from pathlib import Path
from layers.project.saving.lock import CaseLock
assert CaseLock(Path(sys.argv[1])).acquire() is None
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.gpkg"
    path.touch()
    return path


def _write(case: Path, owner: Owner, age_s: float = 0) -> None:
    data = {"user": "ann", "owner": owner.to_json(), "at": time.time() - age_s}
    case.with_name("case.gpkg.lock").write_text(json.dumps(data), encoding="utf-8")


def test_f13_f15_a_second_program_sees_the_first_until_it_dies(case: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.gpkg"
    link.symlink_to(case)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(link)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        holder = CaseLock(case).acquire()
        assert holder is not None
        assert holder.owner.pid == other.pid
        assert " on " in str(holder)
        other.kill()
    lock = CaseLock(case)
    assert lock.acquire() is None
    lock.release()
    assert not lock.path.exists()


def test_the_own_lock_is_no_obstacle_and_what_was_taken_over_is_left(case: Path) -> None:
    first, second = CaseLock(case), CaseLock(case)
    assert first.acquire() is None
    assert second.acquire() is None
    _write(case, Owner(1, start_of(1), Owner.of_this_process().host))
    first.release()
    assert first.path.exists()


def test_f14_a_pid_used_again_is_another_process(case: Path) -> None:
    me = Owner.of_this_process()
    _write(case, Owner(me.pid, "12345", me.host))
    assert CaseLock(case).acquire() is None


def test_f14_another_host_is_believed_for_some_hours(case: Path) -> None:
    other = Owner(os.getpid(), "1", "another-host")
    _write(case, other, age_s=STALE_S / 2)
    holder = CaseLock(case).acquire()
    assert holder is not None
    assert str(holder) == "ann on another-host"
    _write(case, other, age_s=STALE_S * 2)
    assert CaseLock(case).acquire() is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"owner": 1}', '{"owner": {"pid": "x"}, "user": "", "at": 0}', "\x00" * 99]
)
def test_what_is_no_lock_of_ours_is_nobodys(case: Path, text: str) -> None:
    case.with_name("case.gpkg.lock").write_text(text)
    assert CaseLock(case).acquire() is None


def test_a_folder_that_takes_no_file_needs_no_lock(case: Path) -> None:
    class ReadOnly(FileSystem):
        def open(self, path: Path, mode: str):  # type: ignore[no-untyped-def]
            raise PermissionError(13, "Permission denied")

    lock = CaseLock(case, ReadOnly())
    assert lock.acquire() is None
    lock.release()


def test_f14_a_dead_process_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    owner = Owner(child.pid, start_of(child.pid), Owner.of_this_process().host)
    child.wait()
    assert not owner.is_alive
    assert Owner.of_this_process().is_alive
    assert not Owner(0, "", owner.host).is_alive
    assert Owner(1, "", "elsewhere").is_alive
