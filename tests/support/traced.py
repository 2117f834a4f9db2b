"""The program under strace: what the system was asked for, seen from outside."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

from tests.support.command_line import run_python

_TALK = re.compile(r"\b(?:connect|sendto|sendmsg|sendmmsg|bind)\(.*")
_PLACE = re.compile(r'AF_INET6?, sin6?_port=htons\((\d+)\).*?(?:inet_addr\("([^"]+)"|inet_pton\(AF_INET6, "([^"]+)")')
_RESOLVER = re.compile(r'sun_path="[^"]*(?:resolve|avahi)[^"]*"|"[^"]*\\0hosts\\0')
"""Other programs that look up names: of nscd only what it is asked about hosts, as it knows users too."""


def can_trace() -> bool:
    command = shutil.which("strace")
    return (
        command is not None and subprocess.run([command, "-qq", "-o", os.devnull, "true"], check=False).returncode == 0
    )


def can_be_alone() -> bool:
    """True where a process can be given a network of its own, in which there is nothing."""
    command = shutil.which("unshare")
    return command is not None and subprocess.run([command, "-n", "true"], check=False).returncode == 0


def run_traced(
    *words: object, cwd: Path, log: Path, calls: str = "%network", under: Sequence[str] = (), timeout: float = 170
) -> CompletedProcess[str]:
    """Run Python with these words under strace, which writes the calls of all its processes to `log`."""
    watched = [*under, "strace", "-f", "-qq", "-s", "400", "-e", f"trace={calls}", "-o", str(log)]
    return run_python(*words, cwd=cwd, under=watched, timeout=timeout)


def contacts(log: Path) -> list[str]:
    """Each "address:port" that was spoken to, once, in order; look-ups of names are those of port 53, or a line of
    their own where another program of this computer was asked.
    """
    seen: dict[str, None] = {}
    for line in log.read_text("utf-8", "replace").splitlines():
        talk = _TALK.search(line)
        if talk is None:
            continue
        for port, four, six in _PLACE.findall(talk[0]):
            seen[f"{four or six}:{port}"] = None
        if _RESOLVER.search(talk[0]):
            seen[talk[0]] = None
    return list(seen)
