"""Records that outlive programs, within limits, whoever writes them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from viewer.network import record_files
from viewer.network.record_files import FOLDER_BELIEVED_S, KEYS, RECORDS, RecordFiles


def key(number: int) -> bytes:
    return number.to_bytes(8, "little") * 2


def files_in(folder: Path, most_records: int = 10**6, file_bytes: int = 1 << 20) -> RecordFiles:
    return RecordFiles(folder, 1 << 30, most_records, file_bytes)


def test_the_newest_record_of_a_key_is_found_by_any_program(tmp_path: Path) -> None:
    first = files_in(tmp_path, file_bytes=300)
    for text in (b"old", b"new"):
        for number in range(20):
            first.put(key(number), b"%s %d" % (text, number))
    assert first.get(key(3)) == b"new 3"
    first.close()
    assert len(list(tmp_path.glob(f"*{RECORDS}"))) > 3
    second = files_in(tmp_path)
    assert [second.get(key(number)) for number in range(20)] == [b"new %d" % number for number in range(20)]
    assert second.get(key(99)) is None
    assert second.may_have(key(3))
    assert not second.may_have(key(99))


def test_what_another_program_stores_meanwhile_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs = files_in(tmp_path), files_in(tmp_path)
    mine.put(key(1), b"mine")
    assert mine.get(key(2)) is None
    theirs.put(key(2), b"theirs")
    theirs.put(key(1), b"newer")
    assert not mine.may_have(key(2))
    now = record_files.time.monotonic() + FOLDER_BELIEVED_S
    monkeypatch.setattr(record_files.time, "monotonic", lambda: now)
    assert mine.may_have(key(2))
    assert mine.get(key(2)) == b"theirs"
    assert mine.get(key(1)) in (b"mine", b"newer")


def test_two_threads_at_once_lose_nothing(tmp_path: Path) -> None:
    for _ in range(5):
        files, numbers = files_in(tmp_path, file_bytes=5000), range(300)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda number: files.put(key(number), b"%d" % number * 9), numbers))  # noqa: B023
        files.close()
        again = files_in(tmp_path)
        with ThreadPoolExecutor(2) as threads:
            records = list(threads.map(lambda number: again.get(key(number)), numbers))  # noqa: B023
        assert records == [b"%d" % number * 9 for number in numbers]


def test_a_record_that_was_being_written_is_lost_alone(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    for number in range(5):
        files.put(key(number), b"record %d" % number)
    files.close()
    (records,), (keys,) = tmp_path.glob(f"*{RECORDS}"), tmp_path.glob(f"*{KEYS}")
    os.truncate(records, records.stat().st_size - 3)
    os.truncate(keys, keys.stat().st_size - 7)
    again = files_in(tmp_path)
    assert [again.get(key(number)) for number in range(5)] == [*(b"record %d" % number for number in range(4)), None]
    again.put(key(4), b"record 4")
    assert files_in(tmp_path).get(key(4)) == b"record 4"


def test_a_disk_that_fills_up_costs_what_did_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, write = files_in(tmp_path), os.write
    files.put(key(1), b"one")
    for kept_bytes in (5, 40):  # in the middle of a record, and between it and its key
        with monkeypatch.context() as patch:
            room = [kept_bytes]

            def to_the_end(handle: int, data: bytes) -> int:
                written = write(handle, data[: room[0]])  # noqa: B023
                room[0] -= written  # noqa: B023
                return written

            patch.setattr(record_files.os, "write", to_the_end)
            with pytest.raises(OSError, match="full"):
                files.put(key(2), b"two")
    files.put(key(3), b"three")
    for looked in (files, files_in(tmp_path)):
        assert [looked.get(key(number)) for number in (1, 2, 3)] == [b"one", None, b"three"]


def test_the_least_used_of_too_many_go_file_by_file(tmp_path: Path) -> None:
    files = files_in(tmp_path, file_bytes=700)
    for number in range(100):
        files.put(key(number), b"%d" % number)
    files.close()
    names = sorted(tmp_path.glob(f"*{RECORDS}"))
    for age, path in enumerate(reversed(names)):
        os.utime(path, (1e9 - age, 1e9 - age))
    oldest = files_in(tmp_path)
    assert oldest.get(key(0)) == b"0"  # now it is used
    again = files_in(tmp_path, most_records=50)
    again.put(key(500), b"new")
    again.wait_for_sweep()
    last = files_in(tmp_path)
    there = {number for number in range(100) if last.get(key(number)) is not None}
    assert 25 <= len(there) <= 50
    assert {0, 99} <= there
    assert not {30, 40} & there
    assert last.get(key(500)) == b"new"
    assert again.get(key(40)) is None  # gone while it was known


def test_a_sweep_stops_when_it_ends(tmp_path: Path) -> None:
    files = files_in(tmp_path, file_bytes=700)
    for number in range(100):
        files.put(key(number), b"x")
    files.close()
    count = len(list(tmp_path.iterdir()))
    files.put(key(7), b"after the end")
    assert len(list(tmp_path.iterdir())) == count
