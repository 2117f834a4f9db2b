"""Row F02: a journal that was being written when the power went is read up to its last whole edit."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from layers.project.saving.working_copy import WorkingCopy
from tests.support.cases.rich import relabel, rich_document

EDITS = 12


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """A session whose edits are all in the journal, as a kill leaves it."""
    document = rich_document()
    work = WorkingCopy.create(tmp_path / "sessions", document, target=None)
    with closing(sqlite3.connect(work.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for number in range(EDITS):
        work.append(relabel(document, f"{number}"), "me")
    work.drain()
    shutil.copytree(work.folder, tmp_path / "crashed")
    work.close()
    return tmp_path / "crashed"


def label_after(folder: Path, place: Path, cut: int, tail: bytes = b"") -> str:
    """What is recovered when the journal ends after so many bytes, and then in whatever stood there before."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder, place)
    journal = place / "work.gpkg-wal"
    journal.write_bytes(journal.read_bytes()[:cut] + tail)
    work = WorkingCopy.resume(place)
    found = work.read_document().sites["site-point"].label
    work.close(keep=True)
    with closing(sqlite3.connect(work.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return found


def number_of(label: str) -> int:
    return int(label) if label.isdigit() else -1


@pytest.mark.bounded
@pytest.mark.parametrize("tail", [b"", b"\x00" * 5000, b"\xff" * 5000], ids=["cut", "zeroes", "noise"])
def test_f02_a_journal_cut_anywhere_gives_all_whole_edits(tmp_path: Path, crashed: Path, tail: bytes) -> None:
    size = (crashed / "work.gpkg-wal").stat().st_size
    assert size > 20_000, "the edits are there and nowhere else"
    found = [number_of(label_after(crashed, tmp_path / "cut", cut, tail)) for cut in range(0, size + 1, size // 40)]
    assert found == sorted(found), "what is there has no gaps"
    assert found[0] == -1
    assert number_of(label_after(crashed, tmp_path / "cut", size, tail)) == EDITS - 1
    assert len(set(found)) > EDITS // 2


def test_f02_a_journal_cut_in_its_last_edit_has_the_one_before(tmp_path: Path, crashed: Path) -> None:
    size = (crashed / "work.gpkg-wal").stat().st_size
    for less in (1, 7, 100, 1000):
        assert number_of(label_after(crashed, tmp_path / "cut", size - less)) == EDITS - 2
