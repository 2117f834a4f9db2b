"""Runs the program as a person at a shell does, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

ROOT = Path(__file__).resolve().parents[2]
_ONE_PROCESS = """
import json, sys
from viewer.__main__ import main
for words in json.loads(sys.argv[1]):
    if main(words) not in (0, 3):
        sys.exit(f"{words} failed")
"""


def geoloupe(*words: object, cwd: Path) -> CompletedProcess[str]:
    return run_python("-m", "viewer", *words, cwd=cwd)


def one_process(commands: Sequence[Sequence[str]]) -> list[str]:
    """Words for Python that run commands one after the other, until one fails: to start it takes longer than most."""
    return ["-c", _ONE_PROCESS, json.dumps(commands)]


def run_python(*words: object, cwd: Path, under: Sequence[str] = (), timeout: float = 50) -> CompletedProcess[str]:
    """Run Python with these words, without a display and with nothing to read; `under`: a program that watches it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [*under, sys.executable, *(str(word) for word in words)],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
