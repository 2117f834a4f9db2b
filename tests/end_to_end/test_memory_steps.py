"""Row F85 in the work on cases: SQLite's memory and the process's, stepped down under edits, saves and commands.

The steps are drawn from GEOLOUPE_SEED; GEOLOUPE_ROUNDS says how many, some without it.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("GEOLOUPE_ROUNDS", "24"))
SEED = int(os.environ.get("GEOLOUPE_SEED", "0"))
TIMEOUT_S = 240 + 10 * ROUNDS
MOST = {"heap": 4 << 20, "all": 16 << 20}
"""Bytes with which all goes well."""
THREADS = 64 << 20
"""Below that Python itself may wait for ever for a thread that has found no memory to begin."""
UNBEGUN_MEMBER = re.compile(r"^Exception ignored in: <zipfile\._ZipWriteFile.*?^AttributeError: .*?$", re.DOTALL | re.M)
"""Python's own words where `zipfile` had no memory to begin a member, and closes it as it goes."""

pytestmark = [
    pytest.mark.bounded,
    pytest.mark.timeout(TIMEOUT_S),
    pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's"),
]


def steps_of(home: Path, folder: Path, work: str, kind: str, rooms: list[int]) -> list[dict[str, Any]]:
    """What was told of a work with so many bytes each time."""
    folder.mkdir()
    environment = os.environ | {"GEOLOUPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.support.faults.memory_steps", str(folder), work, kind, *map(str, rooms)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S - 10)
    assert done.returncode == 0, done.stderr[-3000:]
    said = UNBEGUN_MEMBER.sub("", done.stderr)
    assert "Traceback" not in said, said[-3000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(rooms)
    for step in told:
        assert step["trace"] == "", step
        assert step["file"] in ("old", "new"), step
        assert not [line for line in step["said"] if "Traceback" in line], step
    return told


@pytest.mark.parametrize("kind", MOST)
def test_f85_an_edit_and_its_save_are_old_or_new_and_a_sentence_however_little_memory(
    own_home: Path, tmp_path: Path, kind: str
) -> None:
    chance = random.Random(SEED)
    rooms = [0, *(chance.randint(0, MOST[kind]) for _ in range(ROUNDS // 4)), MOST[kind] * 4]
    told = steps_of(own_home, tmp_path / "steps", "save", kind, rooms)
    for step in told:
        assert bool(step["said"]) == (step["file"] == "old") or step["file"] == "new", step
    assert {step["file"] for step in told} == {"old", "new"}
    print(f"{kind}, seed {SEED}: {len(told)} steps, {len([one for one in told if one['file'] == 'old'])} old")


@pytest.mark.parametrize(("kind", "rooms"), [("heap", [0, 1_500_000, 40 << 20]), ("all", [THREADS])])
def test_f85_a_command_without_memory_says_so_in_one_sentence(
    own_home: Path, tmp_path: Path, kind: str, rooms: list[int]
) -> None:
    for step in steps_of(own_home, tmp_path / "steps", "add-sites,CASE,ROWS", kind, rooms):
        is_done = step["file"] == "new"
        assert step["code"] == (0 if is_done else 1), step
        if not is_done:
            assert len(step["said"]) == 1, step
            assert step["said"][0].startswith("geoloupe: "), step
            assert "memory" in step["said"][0], step
