"""Journals beside a case are foreign input: copied, judged and played back on a private copy, or refused in words."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from layers.errors import GeoloupeError, NotAFile, TooLarge
from layers.project.opening import intake
from layers.project.opening.case_process import CaseInline
from layers.project.opening.private_copy import MOST_SIDE_BYTES
from layers.project.opening.validation_report import validate
from layers.project.saving.publish import publish, write_case
from layers.project.storage.sqlite_file import is_case, side_file
from tests.support.cases.changed_cases import leave_journal
from tests.support.cases.rich import copied_alone, open_for_work, read_case, relabel, rich_document

IN_TIME_S = 60
"""Far above what it takes (1 s), and on a busy machine, too, below the time of a test that hangs."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "saved.gpkg"
    write_case(rich_document(), path)
    return path


@pytest.fixture
def case(saved: Path, tmp_path: Path) -> Path:
    return copied_alone(saved, tmp_path)


def name_a_super_journal(journal: Path, name: Path) -> None:
    """End a rollback journal with the name of a further file, as SQLite does for a change over several files."""
    data = os.fsencode(name)
    checksum = sum(byte - 256 if byte > 127 else byte for byte in data) & 0xFFFFFFFF
    page_bytes = 4096
    with journal.open("ab") as file:
        file.write((0x40000000 // page_bytes + 1).to_bytes(4, "big") + data)
        file.write(len(data).to_bytes(4, "big") + checksum.to_bytes(4, "big") + bytes.fromhex("d9d505f920a163d7"))


def everything(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and not path.is_symlink()}


DOORS: dict[str, Callable[[Path, Path], object]] = {
    "read": lambda case, folder: intake.read_case(case),
    "validate": lambda case, folder: validate(case, CaseInline()),
    "work": lambda case, folder: open_for_work(folder / "sessions", case)[1].close(),
    "is_case": lambda case, folder: is_case(case),
}


@pytest.mark.parametrize("door", DOORS)
def test_f16_a_journal_that_names_a_further_file_deletes_nothing(case: Path, tmp_path: Path, door: str) -> None:
    victim = tmp_path / "thesis.txt"
    victim.write_text("years of work")
    journal = leave_journal(case, "DELETE")
    name_a_super_journal(journal, victim)
    before = everything(case.parent)
    DOORS[door](case, tmp_path)
    assert victim.read_text() == "years of work"
    assert everything(case.parent) == before


def test_f16_sqlite_itself_would_delete_that_file(case: Path, tmp_path: Path) -> None:
    """The control: without our guard the attack works."""
    victim = tmp_path / "thesis.txt"
    victim.write_text("years of work")
    name_a_super_journal(leave_journal(case, "DELETE"), victim)
    with closing(sqlite3.connect(case)) as connection:
        connection.execute("SELECT count(*) FROM claims").fetchone()
    assert not victim.exists()


def test_f16_saving_over_a_case_with_such_a_journal_deletes_nothing_else(case: Path, tmp_path: Path) -> None:
    victim = tmp_path / "thesis.txt"
    victim.write_text("years of work")
    _, work = open_for_work(tmp_path / "sessions", case)
    name_a_super_journal(leave_journal(case, "DELETE"), victim)
    document = work.read_document()
    work.append(relabel(document, "mine"), "me")
    publish(work, case, overwrite=True)
    work.close()
    assert victim.read_text() == "years of work"
    assert read_case(case).document.sites["site-point"].label == "mine"
    assert not side_file(case, "-journal").exists()


@pytest.mark.parametrize(("mode", "says"), [("DELETE", "Something is so"), ("WAL", "in the wal")])
def test_f16_what_a_journal_holds_is_played_back_on_a_copy(case: Path, mode: str, says: str) -> None:
    leave_journal(case, mode)
    before = everything(case.parent)
    assert read_case(case).document.claims["claim-1"].statement == says
    assert {n: d for n, d in everything(case.parent).items() if not n.endswith("-shm")} == {
        n: d for n, d in before.items() if not n.endswith("-shm")
    }


def test_f16_the_sentence_names_the_journal_whose_further_file_was_left_alone(case: Path, tmp_path: Path) -> None:
    name_a_super_journal(leave_journal(case, "DELETE"), tmp_path / "x")
    (said,) = [problem for problem in read_case(case).problems if "further file" in problem]
    assert "case.gpkg-journal" in said


def test_a_record_hidden_behind_another_is_no_record_either(case: Path, tmp_path: Path) -> None:
    victim = tmp_path / "thesis.txt"
    victim.write_text("years of work")
    journal = leave_journal(case, "DELETE")
    for _ in range(3):
        name_a_super_journal(journal, victim)
    read_case(case)
    assert victim.exists()


ODD: dict[str, Callable[[Path], object]] = {
    "a folder": lambda side: side.mkdir(),
    "a pipe": lambda side: os.mkfifo(side),
    "a link to a device": lambda side: side.symlink_to("/dev/zero"),
    "a link to nothing": lambda side: side.symlink_to("nowhere"),
    "a link to a file": lambda side: (side.with_name("other").write_bytes(b"x" * 999), side.symlink_to("other")),
}


@pytest.mark.parametrize("suffix", ["-wal", "-journal", "-shm"])
@pytest.mark.parametrize("what", ODD)
def test_f79_what_is_no_journal_is_refused_in_one_sentence(case: Path, suffix: str, what: str) -> None:
    ODD[what](side_file(case, suffix))
    start = time.monotonic()
    with pytest.raises(NotAFile, match=f"case.gpkg{suffix}.*Move it away") as caught:
        read_case(case)
    assert time.monotonic() - start < IN_TIME_S
    assert "\n" not in caught.value.sentence


def test_a_journal_of_many_gigabytes_is_refused_before_it_is_copied(case: Path) -> None:
    with side_file(case, "-wal").open("wb") as file:
        file.truncate(MOST_SIDE_BYTES * 1000)  # a hole: no disk is needed
    start = time.monotonic()
    with pytest.raises(TooLarge, match=r"case\.gpkg-wal.*larger than a journal"):
        read_case(case)
    assert time.monotonic() - start < IN_TIME_S


@pytest.mark.bounded
@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_the_largest_journal_that_is_read_is_read_in_time(case: Path, suffix: str) -> None:
    with side_file(case, suffix).open("wb") as file:
        file.truncate(MOST_SIDE_BYTES)
    start = time.monotonic()
    with suppress(GeoloupeError):
        intake.read_case(case)
    assert time.monotonic() - start < IN_TIME_S


@pytest.mark.bounded
def test_a_gigabyte_of_zeros_gives_a_sentence_in_time(case: Path, tmp_path: Path) -> None:
    zeros = tmp_path / "zeros.gpkg"
    with zeros.open("wb") as file:
        file.truncate(2**30)
    longer = tmp_path / "longer.gpkg"
    shutil.copy(case, longer)
    with longer.open("r+b") as file:
        file.truncate(2**30)
    for path in (zeros, longer):
        start = time.monotonic()
        with pytest.raises(GeoloupeError) as caught:
            intake.read_case(path)
        assert "\n" not in caught.value.sentence
        assert time.monotonic() - start < IN_TIME_S


def test_a_name_of_255_bytes_has_no_side_files(saved: Path, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 250 + ".gpkg")
    shutil.copy(saved, long)
    assert read_case(long).document.sites
    _, work = open_for_work(tmp_path / "sessions", long)
    work.close()


def test_empty_journals_mean_nothing(case: Path) -> None:
    for suffix in ("-wal", "-journal", "-shm"):
        side_file(case, suffix).touch()
    assert read_case(case).problems == ()


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
@pytest.mark.parametrize("data", [b"x" * 5000, bytes(5000), bytes.fromhex("d9d505f920a163d7") * 100])
def test_a_journal_of_rubbish_costs_a_sentence_at_most(case: Path, suffix: str, data: bytes) -> None:
    side_file(case, suffix).write_bytes(data)
    with suppress(GeoloupeError):
        assert read_case(case).document.sites["site-point"].label == "Jiuquan"
    assert side_file(case, suffix).read_bytes() == data
