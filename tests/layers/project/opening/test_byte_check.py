"""The bytes of a case are read beside its rows, and the reading ends with the case."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from layers.document.chip import Chip
from layers.document.document import Document
from layers.project.opening import byte_check
from layers.project.opening.byte_check import ByteCheck
from layers.project.opening.case_process import CaseInline
from layers.project.opening.case_reader import CaseReader
from layers.project.saving import publish
from layers.project.storage.fsops import DISK
from layers.project.storage.integrity import Integrity, StoredHashes, empty_slot, seal
from layers.project.storage.schema import BLOB_PAGES_KEY, INTEGRITY_KEY, ROWS_INTEGRITY_KEY, create_schema
from layers.project.storage.tables import DATA, SPECS


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, str]:
    path, slot = tmp_path / "file", empty_slot()
    path.write_bytes(bytes(100) + slot.encode() + bytes(5 << 20))
    return path, seal(path, slot, DISK).text


def test_it_says_what_the_bytes_say(sealed: tuple[Path, str]) -> None:
    path, text = sealed
    with ByteCheck(path, StoredHashes(text)) as check:
        assert check.result() == (Integrity.INTACT, 100)
        assert check.result() == (Integrity.INTACT, 100)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with ByteCheck(path, StoredHashes(text)) as check:
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
    with ByteCheck(path, StoredHashes(text)):
        assert asked.wait(10)
        threading.Timer(0.1, goes_on.set).start()
    assert not any(thread.name == "byte check" for thread in threading.enumerate())


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, StoredHashes]:
    """A case with many bytes in a picture of sevens, and its hashes."""
    monkeypatch.setattr(publish, "MANY_BYTES", 0)
    path, chip = tmp_path / "case.gpkg", Chip(uuid="chip", content_type="image/png")
    publish.write_case(Document({"chips": [chip]}), path, blobs={("chips", "chip"): b"7" * 300_000})
    with CaseReader.open(path, asks=CaseInline()) as reader:
        meta = reader.opened.meta
    return path, StoredHashes(*(meta[key] for key in (INTEGRITY_KEY, ROWS_INTEGRITY_KEY, BLOB_PAGES_KEY)))


def test_the_rows_are_known_before_the_bytes_of_pictures(case: tuple[Path, StoredHashes]) -> None:
    path, stored = case
    copy = path.with_name("copy")
    data = bytearray(path.read_bytes())
    data[data.rindex(b"7" * 1000)] ^= 1
    path.write_bytes(data)
    with ByteCheck(path, stored, copy, rows_first=True) as check:
        assert check.result()[0] is Integrity.INTACT
        assert check.known is Integrity.INTACT
        assert (check.of_all, check.is_done(), copy.exists()) == (None, False, False)
        check.wait_copied()
        assert (check.of_all, check.is_done()) == (Integrity.DAMAGED, True)
        assert check.done_bytes == 2 * len(data)
    assert copy.read_bytes() == data
    with ByteCheck(path, stored) as check:
        assert check.result()[0] is Integrity.DAMAGED, "who does not go on later hears of all bytes"


def test_damaged_rows_are_known_at_once(case: tuple[Path, StoredHashes]) -> None:
    path, stored = case
    data = bytearray(path.read_bytes())
    data[data.rindex(b"image/png")] ^= 1
    path.write_bytes(data)
    with ByteCheck(path, stored, rows_first=True) as check:
        assert check.result()[0] is Integrity.DAMAGED


def test_a_case_that_is_closed_is_not_read_on(case: tuple[Path, StoredHashes]) -> None:
    path, stored = case
    with ByteCheck(path, stored, path.with_name("copy"), rows_first=True) as check:
        assert check.result()[0] is Integrity.INTACT
    assert check.done_bytes == 0
    assert not any(thread.name == "byte check" for thread in threading.enumerate())


def test_a_file_that_is_gone_is_an_error_of_its_own(tmp_path: Path) -> None:
    with ByteCheck(tmp_path / "none", StoredHashes("")) as check, pytest.raises(FileNotFoundError):
        check.result()


def test_it_reads_in_place_where_no_thread_can_begin(sealed: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with ByteCheck(sealed[0], StoredHashes(sealed[1])) as check:
        assert check.result()[0] is Integrity.INTACT


@pytest.mark.parametrize("refused", [None, "at once", "later"])
def test_a_copy_has_the_same_bytes_however_it_is_made(
    sealed: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, refused: str | None
) -> None:
    path, text = sealed
    by_the_system = getattr(os, "copy_file_range", None)

    def copy_some(source: int, to: int, count: int, at: int) -> int:
        if by_the_system is None or refused == "at once" or at:
            raise OSError("not between these two")
        return int(by_the_system(source, to, 1_000_003, at))

    if refused is not None:
        monkeypatch.setattr(os, "copy_file_range", copy_some, raising=False)
    copy = path.with_name("copy")
    with ByteCheck(path, StoredHashes(text), copy) as check:
        assert check.result() == (Integrity.INTACT, 100)
        assert check.known is Integrity.INTACT
        check.wait_copied()
    assert copy.read_bytes() == path.read_bytes()


def test_bytes_are_known_before_they_are_copied(sealed: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def copy_late(*_given: object) -> None:
        begun.set()
        assert goes_on.wait(10)

    monkeypatch.setattr(byte_check, "copy_bytes", copy_late)
    with ByteCheck(sealed[0], StoredHashes(sealed[1]), sealed[0].with_name("copy")) as check:
        assert begun.wait(10)
        assert check.known is Integrity.INTACT
        assert check.result()[0] is Integrity.INTACT, "nobody waits for the copy to know them"
        goes_on.set()
        check.wait_copied()


def test_a_disk_without_room_for_the_copy_is_an_error_of_its_own(sealed: tuple[Path, str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device that is full")
    with (
        ByteCheck(sealed[0], StoredHashes(sealed[1]), Path("/dev/full")) as check,
        pytest.raises(OSError, match="No space"),
    ):
        check.wait_copied()


def test_bytes_stand_behind_all_words_in_their_tables() -> None:
    with_bytes = [spec for spec in SPECS if spec.blobs]
    assert len(with_bytes) >= 3
    with closing(sqlite3.connect(":memory:")) as connection:
        create_schema(connection, "p")
        for spec in with_bytes:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({spec.name})")]
            assert set(names[-len(spec.blobs) :]) == set(spec.blobs)
            assert DATA not in spec.blobs or names[-1] == DATA
