"""Failing system calls and cut points under the window's own edits and saves: old or new, nothing lost, one sentence.

GEOLOUPE_ROUNDS faults (and a quarter of it as cut points) are tried from GEOLOUPE_SEED on; without it some dozens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.faults.failing_calls import build, compiler

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("GEOLOUPE_ROUNDS", "24"))
SEED = int(os.environ.get("GEOLOUPE_SEED", "0"))
TIMEOUT_S = 300 + 15 * ROUNDS

pytestmark = [
    pytest.mark.bounded,
    pytest.mark.timeout(TIMEOUT_S),
    pytest.mark.skipif(sys.platform != "linux" or compiler() is None, reason="needs a C compiler, and Linux"),
]


def lines_of(module: str, home: Path, folder: Path, *words: object) -> list[dict[str, Any]]:
    """What a program prints that runs with the failing calls: lines of JSON."""
    folder.mkdir()
    environment = os.environ | {
        "GEOLOUPE_HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "LD_PRELOAD": str(build(folder)),
    }
    command = [sys.executable, "-m", f"tests.support.faults.{module}", str(folder), *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S - 10)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("works", ["edits", "saves"])
def test_f05_f06_a_failing_call_under_an_edit_or_a_save_loses_nothing(
    own_home: Path, tmp_path: Path, works: str
) -> None:
    told = lines_of("window_faults", own_home, tmp_path / "desk", SEED, ROUNDS // 2, works)
    print(f"{works}, seed {SEED}: {len([line for line in told if line['failed']])} faults,", end=" ")
    print(f"{Counter(line['kind'] for line in told if line['failed'])}")
    wrong = [line for line in told if line["wrong"]]
    assert not wrong, f"{len(wrong)} of {len(told)}:\n" + "\n".join(map(str, wrong[:8]))
    assert len([line for line in told if line["failed"]]) >= ROUNDS // 2
    assert any(line["said"] for line in told), "some failures cannot be hidden"


def test_f01_f02_a_cut_at_any_call_under_edits_and_saves_loses_nothing_acknowledged(
    own_home: Path, tmp_path: Path
) -> None:
    told = lines_of("window_cuts", own_home, tmp_path / "desk", SEED, max(12, ROUNDS // 4))
    print(f"seed {SEED}: {len(told)} cut points, {Counter(line['work'] for line in told)}")
    wrong = [line for line in told if line["wrong"]]
    assert not wrong, f"{len(wrong)} of {len(told)}:\n" + "\n".join(map(str, wrong[:8]))
    assert len(told) >= max(12, ROUNDS // 4)
