"""Programs of real servers on loopback: found, run without the rights of root, waited for, and ended."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.qgis.peers import need as need_peer

NOBODY = 65534
START_S = 90.0
"""A liveness ceiling: a server of many modules starts slowly beside busy processes."""


def need(program: str) -> str:
    """The path of a program; a test that lacks it fails in CI, and is left out elsewhere."""
    path = shutil.which(program)
    need_peer(path is not None, f"{program} (.ci/packages lists it)")
    assert path is not None
    return path


def is_root_here() -> bool:
    """True where programs would run as root, and can be kept from it."""
    return os.geteuid() == 0 and shutil.which("setpriv") is not None


def as_nobody() -> tuple[str, ...]:
    """Words that take the rights of root away from a program."""
    return ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups") if is_root_here() else ()


@contextmanager
def folder_of_nobody() -> Iterator[Path]:
    """A new folder that a server without the rights of its user may write, and anybody may read."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        if is_root_here():
            os.chown(folder, NOBODY, NOBODY)
        yield folder


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(
    words: Sequence[str | Path], address: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A server that answers at an address, for as long as it is needed. `folder` is where it works, and its words are
    kept for the sentence of a failure.
    """
    said = folder / f"{Path(words[0]).name}.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [*as_nobody(), *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
        )
    try:
        _await(address, process, said)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _await(address: str, process: subprocess.Popen[bytes], said: Path) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert process.poll() is None, f"the server has ended: {_end_of(said)}"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server does not answer: {_end_of(said)}")


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
