"""Chromium without a display, as readers of a report have it, and the script of axe to judge what it shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.qgis.peers import clean, need

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run", "--disable-extensions", "--hide-scrollbars"),
    *("--disable-default-apps", "--metrics-recording-only"),
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing is asked outside of this machine
)
_CLOCK = "--virtual-time-budget=20000"
_OWN = re.compile(r"https?://([\w-]+\.)*(google|googleapis|gstatic|googleusercontent|gvt1)\.com[/:]")
"""Addresses that the browser itself would ask, whatever it shows."""


def browser(*words: object) -> tuple[str, list[str]]:
    """The standard output of Chromium, and the addresses that it asked for over a network."""
    need(shutil.which("chromium") is not None, "chromium")
    with TemporaryDirectory() as folder:
        log = Path(folder) / "net.json"
        command = ["chromium", *FLAGS, _CLOCK, f"--user-data-dir={folder}/profile", f"--log-net-log={log}"]
        run = subprocess.run(
            [*command, *map(str, words)], capture_output=True, text=True, env=clean(HOME=folder), timeout=50
        )
        asked = re.findall(r'"url":\s*"((?:https?|ftp|wss?)://[^"]*)"', log.read_text("utf-8", "replace"))
    return run.stdout, [address for address in asked if not _OWN.match(address)]


def axe_script() -> str:
    """The script of axe-core."""
    folders = [folder for folder in os.environ.get("NODE_PATH", "").split(os.pathsep) if folder]
    found = [path for folder in folders if (path := Path(folder) / "axe-core" / "axe.min.js").is_file()]
    need(bool(found), "axe-core (NODE_PATH is the folder that npm put it in)")
    return found[0].read_text("utf-8")
