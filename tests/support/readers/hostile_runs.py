"""Reads a hostile file in a child process, and says how that ended."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def run(kind: str, folder: Path, mode: str) -> dict:
    """The child's report; as root on Linux it can reach nothing but its own loopback."""
    command = [sys.executable, "-m", "tests.support.readers.hostile_child", kind, str(folder), mode]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("unshare") and shutil.which("ip"):
        command = ["unshare", "-n", "--", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]
    # Tests that read in this process leave the readers' settings behind, which are a defence.
    others = ("gdal", "ogr", "cpl", "vsi", "proj_network", "geoloupe_reader", "http_proxy", "https_proxy", "all_proxy")
    kept = {key: value for key, value in os.environ.items() if not key.lower().startswith((*others, "no_proxy"))}
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
