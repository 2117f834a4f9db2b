"""Power goes: the running program is killed, and whatever it had acknowledged is there at the next start."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("GEOLOUPE_KILLS", "4"))
FIRST_SEED = int(os.environ.get("GEOLOUPE_KILL_SEED", "0"))
LONGEST_LIFE_S = 1.5
OF_IMAGE = {"image_uuid", "pixel_m", "position_error_m", "position_source_uuid", "props_json", "rev", "modified_at"}
MOMENT_S = 0.25
"""For a loaded disk; at a hand's pace an edit is durable a millisecond after it shows."""


@contextmanager
def program(mode: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """The program in a process of its own, with its own home."""
    environment = {**os.environ, "GEOLOUPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.support.deaths.edit_and_die", mode]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next line of the program; its own words where it has none."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        assert process.stderr is not None
        pytest.fail(f"the program ended: {process.stderr.read()[-3000:]}")
    return json.loads(line)


def recovered(home: Path) -> dict[str, Any]:
    """What the next start finds; ended by SIGTERM, which must be a clean end."""
    with program("recover", home) as process:
        found = told(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    return found


@pytest.mark.bounded
def test_f02_ten_edits_outlive_a_kill(own_home: Path) -> None:
    with program("edit", own_home) as process:
        for _ in range(10):
            last = told(process)
        process.kill()
        process.wait(20)
    assert last["step"] == "source"
    assert len(last["rows"]["sites"]) == 3
    assert any(site["label"] == "Пусковая 3" for site in last["rows"]["sites"].values())

    found = recovered(own_home)
    assert found["rows"] == last["rows"]
    assert found["modified"], "recovered is not saved"
    assert any("Recovered" in sentence for sentence in found["said"])


@pytest.mark.bounded
def test_an_edit_outlives_a_crash_of_what_hears_of_it(own_home: Path) -> None:
    with program("listen", own_home) as process:
        heard = told(process)
        assert process.wait(20) == -signal.SIGSEGV
    assert len(heard["rows"]["sites"]) == 2
    assert set(recovered(own_home)["rows"]["sites"]) == set(heard["rows"]["sites"])


@pytest.mark.bounded
def test_f88_an_end_by_signal_keeps_what_nobody_has_saved(own_home: Path) -> None:
    with program("edit", own_home) as process:
        for _ in range(10):
            last = told(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    for _ in range(2):
        assert recovered(own_home)["rows"] == last["rows"]


@pytest.mark.bounded
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + KILLS))
def test_f02_a_kill_at_any_moment_costs_the_last_moment_only(seed: int, own_home: Path) -> None:
    life_s = random.Random(seed).uniform(0.0, LONGEST_LIFE_S)
    with program("hasty", own_home) as process:
        lines = [told(process)]
        end = time.monotonic() + life_s
        while time.monotonic() < end:
            lines.append(told(process))
        killed_at_s = time.monotonic()
        process.kill()
        assert process.stdout is not None
        lines += [json.loads(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    found, shown = recovered(own_home)["rows"]["sites"], lines[-1]["rows"]["sites"]
    in_order = list(shown)
    assert set(in_order[: len(found)]) == set(found) & set(shown), "what is there has no gaps"
    assert len(set(found) - set(shown)) <= 1, "nothing is there that nobody did"
    assert all(_drawn(found[uuid]) == _drawn(shown[uuid]) for uuid in found if uuid in shown)
    settled = max((line for line in lines if line["at_s"] < killed_at_s - MOMENT_S), default=lines[0], key=_count)
    assert set(settled["rows"]["sites"]) <= set(found), "nothing older than a moment is lost"


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_f04_a_first_start_killed_at_any_moment_is_followed_by_a_clean_one(own_home: Path) -> None:
    """Each kill is that of a first start: nothing is there before it."""
    chance = random.Random(4)
    for number in range(3):
        home = own_home / str(number)
        with program("start", home) as process:
            time.sleep(chance.uniform(0.1, 2.5))
            process.kill()
        with program("start", home) as process:
            found = told(process)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        assert found["step"] == "started"
        assert not [text for text in found["said"] if "Chinese" not in text], found["said"]
        kept = json.loads((home / "config" / "settings.json").read_text())
        assert kept["theme"] == "light"
        assert not list((home / "config").glob(".*")), "what the killed one left is gone"


def _drawn(row: dict[str, str]) -> dict[str, str]:
    """A site as it was drawn: the image below it is found out later, in an edit of its own."""
    return {column: value for column, value in row.items() if column not in OF_IMAGE}


def _count(line: dict[str, Any]) -> int:
    return len(line["rows"]["sites"])
