"""Batches from the command line: without a display, the same bytes twice, and on after kill -9 where they stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sample_data
from layers.project.opening.intake import read_case
from tests.support.cases.changed_cases import change
from tests.support.command_line import geoloupe
from viewer.app.products.batches.batch_journal import NAME, BatchJournal
from viewer.commands.products import products_in_order

DEMO = sample_data.path("demo.gpkg")
CLASSES = "('company', 'launch_site', 'gnss_station', 'ground_segment', 'road', 'gas_pipeline')"
"""A few of its classes: a product of each takes a second."""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The demo with sites of these classes only."""
    path = Path(shutil.copy(DEMO, tmp_path / "case.gpkg"))
    for table in ("site_point", "site_line"):
        change(path, f"DELETE FROM {table} WHERE class_code NOT IN {CLASSES}")
    sites = "SELECT uuid FROM site_point UNION SELECT uuid FROM site_line"
    change(path, f"DELETE FROM claim_sites WHERE site_uuid NOT IN ({sites})")
    return path


def hashes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.bounded
@pytest.mark.timeout(240)
def test_one_a_class_is_written_twice_alike(case: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        ran = geoloupe(
            *("export", case, "--each-class", tmp_path / name, "--out", ".png", "--size", "400x300"), cwd=tmp_path
        )
        assert ran.returncode == 0, ran.stderr
        assert "products written" in ran.stdout
    first = hashes(tmp_path / "one")
    assert len(first) > 5
    assert first == hashes(tmp_path / "two")
    assert NAME not in first, "the journal goes with the end of the batch"


@pytest.mark.bounded
@pytest.mark.timeout(240)
def test_a_batch_that_was_killed_goes_on_where_it_stopped(case: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    words = ("export", str(case), "--each-class", str(folder), "--out", ".pdf", "--size", "500x400")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    environment.pop("DISPLAY", None)
    running = subprocess.Popen([sys.executable, "-m", "viewer", *words], cwd=Path.cwd(), env=environment)
    end = time.monotonic() + 90
    while len(list(folder.glob("*.pdf"))) < 3 and time.monotonic() < end:
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    left = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.pdf")}
    assert len(left) >= 3
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in folder.glob("*.pdf")), "none is half"
    ran = geoloupe(*words, cwd=Path.cwd())
    assert ran.returncode == 0, ran.stderr
    there = int(ran.stdout.split(", ")[1].split()[0])
    assert len(left) - 1 <= there <= len(left), "at most the one that was not noted yet is made again"
    kept = [name for name, then in left.items() if (folder / name).stat().st_mtime_ns == then]
    assert len(kept) == there
    assert len(list(folder.glob("*.pdf"))) == there + int(ran.stdout.split()[0]) > len(left)
    assert sorted(path.suffix for path in folder.iterdir() if path.suffix != ".pdf") == []


@pytest.mark.bounded
def test_what_a_batch_cannot_be_is_said(tmp_path: Path) -> None:
    ran = geoloupe("export", DEMO, "--each-site", "a", "--each-class", "b", cwd=tmp_path)
    assert (ran.returncode, "One batch at a time" in ran.stderr) == (2, True)
    ran = geoloupe("export", DEMO, "--each-site", "a", "--out", ".docx", cwd=tmp_path)
    assert (ran.returncode, ".docx" in ran.stderr) == (2, True)


def test_a_journal_of_another_batch_or_of_no_sense_is_begun_anew(tmp_path: Path) -> None:
    journal = BatchJournal(tmp_path, "mine")
    (tmp_path / "a.pdf").write_bytes(b"a")
    journal.note("a.pdf", "1")
    journal.note("gone.pdf", "2")
    journal.note("../b.pdf", "3")
    with (tmp_path / NAME).open("a") as file:
        file.write('{"file": "c.pdf", "sha')  # a crash
    assert BatchJournal(tmp_path, "mine").done == {"a.pdf": "1"}
    assert BatchJournal(tmp_path, "other").done == {}
    (tmp_path / NAME).write_bytes(b"\xff[[[\n3\n")
    assert BatchJournal(tmp_path, "mine").done == {}


@pytest.mark.bounded
@pytest.mark.timeout(240)
def test_a_batch_that_is_issued_is_stopped_whole_and_goes_on_after_a_kill_with_the_same_numbers(
    case: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "sheets"
    words = ("export", str(case), "--each-class", str(folder), "--out", ".pdf", "--size", "500x400", "--issue")
    change(case, "CREATE TABLE kept AS SELECT * FROM responses")
    change(case, "DELETE FROM responses")
    before = case.read_bytes()
    ran = geoloupe(*words, cwd=Path.cwd())
    assert ran.returncode == 3, ran.stderr
    assert "No answer is recorded" in ran.stderr
    assert not folder.exists()
    assert case.read_bytes() == before
    change(case, "INSERT INTO responses SELECT * FROM kept")
    change(case, "DROP TABLE kept")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    environment.pop("DISPLAY", None)
    running = subprocess.Popen([sys.executable, "-m", "viewer", *words], cwd=Path.cwd(), env=environment)
    end = time.monotonic() + 120
    while len(list(folder.glob("*.pdf"))) < 3 and time.monotonic() < end:
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    rows = products_in_order(read_case(case).document)
    numbers = {row.name: row.number for row in rows}
    assert len(numbers) > 3
    assert not any(row.issued_at for row in rows), "the case on the disk is saved with the last one"
    ran = geoloupe(*words, cwd=Path.cwd())
    assert ran.returncode == 0, ran.stderr
    rows = products_in_order(read_case(case).document)
    assert {row.name: row.number for row in rows} == numbers
    assert {row.state for row in rows} == {"issued"}
    assert len(list(folder.glob("*.pdf"))) == len(rows)
