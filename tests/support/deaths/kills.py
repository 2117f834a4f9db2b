"""Runs `tests.support.deaths.die_at` and tells after each death what there is to look at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KILLED = -signal.SIGKILL


def deaths(home: Path, *words: object) -> Iterator[int]:
    """How each run of a command ended: `KILLED` at its 1st, 2nd, ... call to the file system, at last its exit code.

    The next run waits until the next one is asked for.
    """
    command = [sys.executable, "-m", "tests.support.deaths.die_at", "each", *map(str, words)]
    environment = os.environ | {"GEOLOUPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        code = KILLED
        while code == KILLED:
            line = process.stdout.readline()
            while line and not line.strip().lstrip("-").isdigit():  # what the command itself says
                line = process.stdout.readline()
            code = int(line)
            yield code
            process.stdin.write("\n")
            process.stdin.flush()
