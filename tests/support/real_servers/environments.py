"""Environments of Python for real servers and for libraries that tests compare with, each of its own, made once.

They are no part of the project's environment: `uv` makes them in a folder of caches from PyPI's packages.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from msgspec import Struct

from tests.support.qgis.peers import SYSTEM_PYTHON, clean, need
from tests.support.real_servers.processes import as_nobody, is_root_here

MAKE_S = 600.0
"""A machine that has nothing yet downloads some 100 MB."""


class PeerEnvironment(Struct, frozen=True):
    """An environment by its name, with packages as `uv pip install` takes them."""

    name: str
    packages: tuple[str, ...]

    def python(self) -> Path:
        """Path of its Python. It is made where it is missing; a test that cannot have it fails in CI, and is left out
        elsewhere.
        """
        base = _base_python()
        words = "\n".join((base, *self.packages))
        folder = caches_folder() / f"{self.name}-{hashlib.sha256(words.encode()).hexdigest()[:12]}"
        python, made = folder / "bin" / "python", folder / "made"
        if not made.exists():
            why = self._make(folder, made, base)
            need(not why, f"the environment of {self.name} ({why})")
        return python

    def _make(self, folder: Path, made: Path, base: str) -> str:
        """Make it, one process at a time; why it could not be made, else nothing."""
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with folder.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if made.exists():
                    return ""
                run_command("uv", "venv", "--quiet", "--clear", "--python", base, str(folder))
                python = str(folder / "bin" / "python")
                run_command("uv", "pip", "install", "--quiet", "--python", python, *self.packages)
                run_command(*as_nobody(), python, "-c", "")  # all that is above it may be entered by whom it is for
                made.touch()
        except subprocess.CalledProcessError as error:
            return error.stderr.decode(errors="replace")[-600:] or str(error)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        return ""


@cache
def _base_python() -> str:
    """The Python of this process, where it may be run by whom the environments are for; else the system's."""
    own = os.path.realpath(sys.executable)
    tried = subprocess.run([*as_nobody(), own, "-c", ""], capture_output=True, check=False, env=clean(), cwd="/")
    return own if tried.returncode == 0 else os.path.realpath(SYSTEM_PYTHON)


def caches_folder() -> Path:
    """A folder of the system's for root, whose own folder nobody else may enter; else one of the user's."""
    if is_root_here():
        return Path("/var/cache/geoloupe-peers")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "geoloupe-peers"


def run_command(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, env=clean(), timeout=MAKE_S, cwd="/")
