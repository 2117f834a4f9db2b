"""Each worker of a parallel run collects the same tests in the same order, or none of them runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def collected(seed: int) -> list[str]:
    """List the names of all tests as a process of its own collects them, with its own hash seed."""
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-o", "addopts=--strict-markers", "--collect-only", "-q", "tests"],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return [line for line in found.stdout.splitlines() if "::" in line]


@pytest.mark.bounded
@pytest.mark.timeout(600)
def test_all_workers_collect_the_same_tests() -> None:
    # The second run starts seconds after the first: names with a clock in them differ, as those with a set's order do.
    first, second = collected(1), collected(2)
    assert len(first) > 10_000
    assert first == second
