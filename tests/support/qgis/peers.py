"""Finds the other programs that tests compare with, and the environment that they run in."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SYSTEM_PYTHON = "/usr/bin/python3"


def need(there: bool, what: str) -> None:
    """Where all is tested, a missing program is a failure; on a developer's machine it is not."""
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is not installed")


def system_python_has(module: str) -> bool:
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", f"import {module}"], capture_output=True, env=clean()).returncode == 0


def clean(**more: str) -> dict[str, str]:
    """The environment without this project's Python."""
    hidden = ("PYTHON", "VIRTUAL_ENV", "GDAL", "PROJ")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | more
