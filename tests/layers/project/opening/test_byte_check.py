"""The bytes of a case are read beside its rows, and the reading ends with the case."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from layers.project.opening import byte_check
from layers.project.opening.byte_check import ByteCheck
from layers.project.storage.fsops import DISK
from layers.project.storage.integrity import Integrity, empty_slot, seal
from layers.project.storage.schema import create_schema
from layers.project.storage.tables import DATA, SPECS


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, str]:
    path, slot = tmp_path / "file", empty_slot()
    path.write_bytes(bytes(100) + slot.encode() + bytes(5 << 20))
    return path, seal(path, slot, DISK).text


def test_it_says_what_the_bytes_say(sealed: tuple[Path, str]) -> None:
    path, text = sealed
    with ByteCheck(path, text) as check:
        assert check.result() == (Integrity.INTACT, 100)
        assert check.result() == (Integrity.INTACT, 100)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with ByteCheck(path, text) as check:
        assert check.result() == (Integrity.DAMAGED, 100)


def test_a_case_that_is_closed_is_read_no_further(sealed: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    path, text = sealed
    asked, goes_on = threading.Event(), threading.Event()
    examine = byte_check.examine

    def examine_late(*given: object) -> object:
        asked.set()
        assert goes_on.wait(10)
        answer = examine(*given)  # type: ignore[arg-type]
        assert answer[0] is Integrity.DAMAGED, "it was read to its end"
        return answer

    monkeypatch.setattr(byte_check, "examine", examine_late)
    with ByteCheck(path, text):
        assert asked.wait(10)
        threading.Timer(0.1, goes_on.set).start()
    assert not any(thread.name == "byte check" for thread in threading.enumerate())


def test_a_file_that_is_gone_is_an_error_of_its_own(tmp_path: Path) -> None:
    with ByteCheck(tmp_path / "none", "") as check, pytest.raises(FileNotFoundError):
        check.result()


def test_it_reads_in_place_where_no_thread_can_begin(sealed: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with ByteCheck(*sealed) as check:
        assert check.result()[0] is Integrity.INTACT


def test_bytes_stand_behind_all_words_in_their_tables() -> None:
    with_bytes = [spec for spec in SPECS if spec.blobs]
    assert len(with_bytes) >= 3
    with closing(sqlite3.connect(":memory:")) as connection:
        create_schema(connection, "p")
        for spec in with_bytes:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({spec.name})")]
            assert set(names[-len(spec.blobs) :]) == set(spec.blobs)
            assert DATA not in spec.blobs or names[-1] == DATA
