"""Chromium without a display, as readers of a report have it, and axe to judge what it shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.qgis.peers import clean, need

_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run", "--disable-extensions", "--hide-scrollbars"),
    *("--virtual-time-budget=20000", "--disable-default-apps", "--metrics-recording-only"),
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing is asked outside of this machine
)
_OWN = re.compile(r"https?://([\w-]+\.)*(google|googleapis|gstatic|googleusercontent|gvt1)\.com[/:]")
"""Addresses that the browser itself would ask, whatever it shows."""
_AXE = """
<script>{axe}</script>
<script>addEventListener("load", () => axe.run(document, {{ resultTypes: ["violations"] }}).then(found => {{
  const kept = document.createElement("pre");
  kept.id = "found-by-axe";
  const told = found.violations.map(one => ({{ id: one.id, nodes: one.nodes.map(node => node.html) }}));
  kept.textContent = JSON.stringify({{ violations: told, passes: found.passes.length }});
  document.body.append(kept);
}}))</script>
"""


def browser(*words: object) -> tuple[str, list[str]]:
    """The standard output of Chromium, and the addresses that it asked for over a network."""
    need(shutil.which("chromium") is not None, "chromium")
    with TemporaryDirectory() as folder:
        log = Path(folder) / "net.json"
        command = ["chromium", *_FLAGS, f"--user-data-dir={folder}/profile", f"--log-net-log={log}"]
        run = subprocess.run(
            [*command, *map(str, words)], capture_output=True, text=True, env=clean(HOME=folder), timeout=50
        )
        asked = re.findall(r'"url":\s*"((?:https?|ftp|wss?)://[^"]*)"', log.read_text("utf-8", "replace"))
    return run.stdout, [address for address in asked if not _OWN.match(address)]


def violations(page: Path) -> list[dict[str, Any]]:
    """The rules of axe that a page breaks, each with the elements that break it."""
    folders = [folder for folder in os.environ.get("NODE_PATH", "").split(os.pathsep) if folder]
    found = [path for folder in folders if (path := Path(folder) / "axe-core" / "axe.min.js").is_file()]
    need(bool(found), "axe-core (NODE_PATH is the folder that npm put it in)")
    with_axe = page.with_name(f"axe-{page.name}")
    script = _AXE.format(axe=found[0].read_text("utf-8"))
    with_axe.write_text(page.read_text("utf-8").replace("</body>", f"{script}</body>"), "utf-8")
    shown, _asked = browser("--dump-dom", with_axe.as_uri())
    told = re.search(r'<pre id="found-by-axe">(.*?)</pre>', shown, re.DOTALL)
    assert told is not None, shown[-2000:]
    data = json.loads(unescape(told[1]))
    assert data["passes"] > 10, "axe has looked at nothing"
    return list(data["violations"])
