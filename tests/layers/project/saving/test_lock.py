"""Two people see each other; dead ones are not believed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from layers.decoding import encoded
from layers.project.saving.lock import STALE_S, CaseLock, LockLoss
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
    data = {"user": "ann", "owner": encoded(owner), "at": time.time() - age_s}
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


def test_a_lock_that_is_released_late_leaves_a_later_one_of_the_same_process(case: Path) -> None:
    """A drive that did not answer lets the lock go once the case is open again."""
    first, second = CaseLock(case), CaseLock(case)
    assert first.acquire() is None
    assert second.acquire() is None
    first.release()
    assert second.path.exists()
    second.release()
    assert not second.path.exists()


def test_a_lock_stands_for_another_that_is_not_kept(case: Path) -> None:
    kept, other = CaseLock(case), CaseLock(case)
    assert kept.acquire() is None
    assert other.acquire() is None
    kept.stand_for(other)
    assert kept.lost() is None
    kept.release()
    assert not kept.path.exists()


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


# -- what stands under the lock's name is foreign ------------------------------------------------------------------


def test_a_link_under_the_locks_name_is_replaced_and_its_target_untouched(case: Path, tmp_path: Path) -> None:
    victim = tmp_path / "thesis.txt"
    victim.write_text("years of work")
    case.with_name("case.gpkg.lock").symlink_to(victim)
    lock = CaseLock(case)
    assert lock.acquire() is None
    assert victim.read_text() == "years of work"
    assert not lock.path.is_symlink()
    lock.release()
    assert victim.read_text() == "years of work"
    assert not lock.path.exists()


def test_a_link_is_not_read_either(case: Path, tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    _write(case, Owner(1, start_of(1), Owner.of_this_process().host))
    case.with_name("case.gpkg.lock").rename(told)
    case.with_name("case.gpkg.lock").symlink_to(told)
    assert CaseLock(case).holder() is None


def test_a_pipe_is_not_waited_for(case: Path) -> None:
    os.mkfifo(case.with_name("case.gpkg.lock"))
    lock = CaseLock(case)
    start = time.monotonic()
    assert lock.acquire() is None
    assert time.monotonic() - start < 2
    assert lock.is_mine
    lock.release()


def test_a_device_or_a_folder_is_nobodys_lock(case: Path) -> None:
    place = case.with_name("case.gpkg.lock")
    place.symlink_to("/dev/zero")
    assert CaseLock(case).holder() is None
    place.unlink()
    place.mkdir()
    lock = CaseLock(case)
    assert lock.acquire() is None
    assert not lock.is_mine
    lock.release()
    assert place.is_dir()


def test_little_is_read_of_a_huge_lock(case: Path) -> None:
    with case.with_name("case.gpkg.lock").open("wb") as file:
        file.truncate(10**12)
    start = time.monotonic()
    assert CaseLock(case).holder() is None
    assert time.monotonic() - start < 2


def test_who_was_taken_over_is_told(case: Path) -> None:
    lock = CaseLock(case)
    assert lock.acquire() is None
    assert lock.lost() is None
    _write(case, Owner(1, start_of(1), Owner.of_this_process().host))
    loss = lock.lost()
    assert loss is not None
    assert loss.holder is not None
    assert loss.holder.user == "ann"
    lock.release()
    assert lock.path.exists()


def test_who_was_taken_over_is_told_though_the_other_has_let_go(case: Path) -> None:
    lock = CaseLock(case)
    assert lock.acquire() is None
    lock.path.unlink()
    assert lock.lost() == LockLoss(None)
    assert lock.lost() is None, "it is ours again, and that is told once"
    assert CaseLock(case).holder() is not None
    _write(case, Owner(2**22 + 1, "1", Owner.of_this_process().host))  # the process that took it over has crashed since
    assert lock.lost() == LockLoss(None)
    assert lock.lost() is None
    lock.release()
    assert not lock.path.exists()


def test_a_folder_that_is_gone_or_a_lock_given_up_is_no_loss(case: Path) -> None:
    lock = CaseLock(case)
    assert lock.acquire() is None
    away = case.parent.with_name("away")
    case.parent.rename(away)
    assert lock.lost() is None
    away.rename(case.parent)
    assert lock.lost() is None
    lock.release()
    assert lock.lost() is None
    assert not lock.path.exists(), "nobody takes it again behind the back of the one who let go"


@pytest.mark.bounded
def test_of_many_who_reach_for_it_one_has_it(case: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        command = [sys.executable, "-c", REACH, str(case)]
        answers = list(pool.map(lambda _: subprocess.run(command, capture_output=True, text=True), range(8)))
    assert sorted(answer.stdout.strip() for answer in answers) == ["mine", *["theirs"] * 7]


REACH = """
import sys, time
from pathlib import Path
from layers.project.saving.lock import CaseLock
lock = CaseLock(Path(sys.argv[1]))
print("theirs" if lock.acquire() is not None else "mine", flush=True)
time.sleep(4)
"""
