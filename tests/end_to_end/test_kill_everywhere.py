"""Killed at any moment of any work on files: the old or the new file stands there, and what was promised comes back."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from layers.project.saving.publish import write_case
from layers.project.saving.recovery import recoverable
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.fsops import DISK, sweep
from tests.support.cases.rich import leftovers, read_case, rich_document

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("GEOLOUPE_KILLS", "3"))
"""Of each kind of work."""
FIRST_SEED = int(os.environ.get("GEOLOUPE_KILL_SEED", "0"))


def killed(command: list[str], life_s: float, after_first_line: bool = True) -> list[str]:
    """What a program printed until it was killed."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with process:
        assert process.stdout is not None
        lines = [process.stdout.readline()] if after_first_line else []
        time.sleep(life_s)
        process.kill()
        return [line.strip() for line in lines + process.stdout.read().splitlines()]


def label(path: Path) -> str:
    return read_case(path).document.sites["site-point"].label


@pytest.mark.parametrize("mode", ["save", "save as", "open", "create"])
def test_f01_f02_f04_kills_in_the_work_on_cases(tmp_path: Path, mode: str) -> None:
    for seed in range(FIRST_SEED, FIRST_SEED + KILLS):
        folder = tmp_path / f"{mode} {seed}"
        folder.mkdir()
        write_case(rich_document(), folder / "case.gpkg")
        life_s = random.Random(seed).uniform(0, 0.8)
        lines = killed([sys.executable, "-m", "tests.support.deaths.work_and_die", mode, str(folder)], life_s)
        _check(folder, lines)


def _check(folder: Path, lines: list[str]) -> None:
    edits = [line for line in lines if line.startswith("edit ")]
    labels = {path: label(path) for path in folder.glob("*.gpkg")}  # each is whole, or this raises
    offered = []
    for found in recoverable(folder / "sessions"):
        work = WorkingCopy.resume(found.folder)
        offered.append(work.read_document().sites["site-point"].label)
        work.close(keep=True)
    saved: dict[str, int] = {}
    for line in lines:
        if line.startswith("saved "):
            _, number, path = line.split(" ", 2)
            saved[path] = int(number)
    for path, number in saved.items():
        assert labels[Path(path)] in (f"edit {number}", f"edit {number + 1}", f"edit {number + 3}"), (path, lines[-3:])
    if edits:
        assert edits[-1] in [*labels.values(), *offered] or any(
            _number(one) > _number(edits[-1]) for one in [*labels.values(), *offered]
        ), (edits[-1], labels, offered)
    sweep(folder, DISK)
    assert leftovers(folder) == []


def _number(text: str) -> int:
    return int(text.removeprefix("edit ")) if text.startswith("edit ") else 0


def test_f03_kills_in_an_export_leave_no_half_file(tmp_path: Path) -> None:
    case = tmp_path / "case.gpkg"
    write_case(rich_document(), case)
    before = case.read_bytes()
    for seed in range(FIRST_SEED, FIRST_SEED + KILLS):
        out = tmp_path / ("sites.geojson" if seed % 2 else "map.png")
        life_s = random.Random(seed).uniform(0, 3.0 if out.suffix == ".png" else 1.5)
        command = [sys.executable, "-m", "viewer", "export", str(case), "--out", str(out), "--size", "300x200"]
        killed(command, life_s, after_first_line=False)
        if out.exists():
            if out.suffix == ".png":
                assert out.read_bytes().endswith(b"IEND\xaeB`\x82")
            else:
                json.loads(out.read_text())
            out.unlink()
        assert case.read_bytes() == before


def test_kills_in_add_sites_leave_the_old_or_the_new_case(tmp_path: Path) -> None:
    case, rows = tmp_path / "case.gpkg", tmp_path / "rows.csv"
    rows.write_text("label,lat,lon\n" + "\n".join(f"row {n},{n / 10},{n / 5}" for n in range(50)))
    document = rich_document()
    count = len(document.sites)
    write_case(document, case)
    for seed in range(FIRST_SEED, FIRST_SEED + KILLS):
        command = [sys.executable, "-m", "viewer", "add-sites", str(case), str(rows)]
        killed(command, random.Random(seed).uniform(0.3, 2.5), after_first_line=False)
        now = len(read_case(case).document.sites)
        assert now in (count, count + 50)
        count = now
    assert label(case) == "Jiuquan"
