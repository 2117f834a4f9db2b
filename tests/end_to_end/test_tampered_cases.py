"""Tampered cases through every door: words or a result, in time, within memory, and nothing outside is touched."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import re
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.cases.tampered_cases import CANARIES, make_canaries, tampered_case

ROOT = Path(__file__).resolve().parents[2]
CASES = int(os.environ.get("GEOLOUPE_TAMPERED_CASES", "30"))
FIRST_SEED = int(os.environ.get("GEOLOUPE_TAMPERED_SEED", "0"))
BATCH = 6
"""Cases that one process tries, in a test of their own."""
APART_EVERY = 5
"""Of so many batches one starts new readers for each command, as users do: that takes most of the time."""
pytestmark = [pytest.mark.bounded, pytest.mark.timeout(1000)]

MOST_S, MOST_MB = float(os.environ.get("GEOLOUPE_TAMPERED_MOST_S", "20")), 1000.0


class Watch:
    """Hears who opens, reads, writes or deletes a canary (Linux)."""

    OPENED, CHANGED = 0x20 | 0x01, 0x02 | 0x04 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(os.O_NONBLOCK)
        self._names: dict[int, str] = {}
        for name in CANARIES:
            watch = self._libc.inotify_add_watch(self._handle, os.fsencode(folder / name), self.OPENED | self.CHANGED)
            self._names[watch] = name

    def heard(self) -> list[str]:
        """The names of canaries that somebody touched since the last call."""
        found = []
        while select.select([self._handle], [], [], 0)[0]:
            data = os.read(self._handle, 1 << 16)
            while data:
                watch, _mask, _cookie, length = struct.unpack_from("iIII", data)
                found.append(self._names.get(watch, "?"))
                data = data[16 + length :]
        return found


@contextmanager
def listening() -> Iterator[tuple[int, list[Any]]]:
    """A port of loopback, and who has come to it."""
    came: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                came.append(address)
                connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], came


class Doors:
    """The program under trial in a process of its own; another one where it does not answer."""

    def __init__(self, home: Path, *, reads_inline: bool) -> None:
        self._home, self._reads_inline = home, reads_inline
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = b""

    def try_all(self, case: Path) -> list[dict[str, Any]]:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(os.fsencode(case) + b"\n")
        process.stdin.flush()
        told: list[dict[str, Any]] = []
        while True:
            if b"\n" not in self._heard and not select.select([process.stdout], [], [], MOST_S * 3)[0]:
                told.append({"door": "?", "trace": "no answer", "code": -1, "said": "", "seconds": 99, "peak_mb": 0})
                self.end()
                return told
            while b"\n" not in self._heard and (data := os.read(process.stdout.fileno(), 1 << 16)):
                self._heard += data
            line, _, self._heard = self._heard.partition(b"\n")
            if not line:
                told.append({"door": "?", "trace": "it died", "code": -1, "said": "", "seconds": 0, "peak_mb": 0})
                self.end()
                return told
            answer = json.loads(line)
            if answer["door"] == "end":
                return told
            told.append(answer)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            environment = os.environ | {
                "GEOLOUPE_HOME": str(self._home),
                "QT_QPA_PLATFORM": "offscreen",
                "TMPDIR": str(self._home / "temp"),
                "HOME": str(self._home),
                "GEOLOUPE_TAMPERED_INLINE": "1" if self._reads_inline else "",
            }
            (self._home / "temp").mkdir(parents=True, exist_ok=True)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.cases.try_cases"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                assert stream is not None
                with suppress(OSError):
                    stream.close()
            self._process, self._heard = None, b""


def listing(folder: Path) -> dict[str, str]:
    """What lies in a folder, by name: its kind, and the hash of a file."""
    out = {}
    for path in folder.rglob("*"):
        if path.name.endswith(".lock"):  # a name of ours: whatever stands there gives way
            continue
        if path.is_symlink():
            out[path.name] = f"link to {os.readlink(path)}"
        elif path.is_file() and path.stat().st_size < 10**8:
            out[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            out[path.name] = f"mode {path.stat().st_mode}"
    return out


def faults(answer: dict[str, Any]) -> Iterator[str]:
    """What one door did that it must not."""
    if answer["trace"]:
        yield answer["trace"][-1500:]
    if answer["code"] not in (0, 1, 3):
        yield f"exit code {answer['code']}"
    if answer["door"] != "window" and answer["code"] == 1:
        lines = [line for line in answer["said"].splitlines() if line.startswith("geoloupe: ")]
        if len(lines) != 1 or len(lines[0]) > 1000:
            yield f"not one sentence: {answer['said'][:500]!r}"
    if answer["seconds"] > MOST_S:
        yield f"{answer['seconds']:.1f} s"
    if answer["peak_mb"] > MOST_MB:
        yield f"{answer['peak_mb']:.0f} MB"
    if re.search(r"<(img|b)\b", answer["said"]) and "&lt;" in answer["said"]:
        yield "HTML in a sentence"


@pytest.mark.parametrize("first", range(FIRST_SEED, FIRST_SEED + CASES, BATCH))
def test_no_tampered_case_does_harm(first: int, tmp_path: Path) -> None:
    canaries = tmp_path / "canaries"
    make_canaries(canaries)
    before = listing(canaries)
    reads_inline = (first - FIRST_SEED) // BATCH % APART_EVERY != 0
    watch, doors, found = Watch(canaries), Doors(tmp_path / "home", reads_inline=reads_inline), []
    with listening() as (port, came):
        for seed in range(first, min(first + BATCH, FIRST_SEED + CASES)):
            case, done = tampered_case(seed, tmp_path / f"case {seed}", canaries, port)
            watch.heard()
            files = listing(case.parent)
            about = f"seed {seed} ({'; '.join(done)[:300]})"
            found += [
                f"{about}: {answer['door']}: {fault}" for answer in doors.try_all(case) for fault in faults(answer)
            ]
            if touched := watch.heard():
                found.append(f"{about}: touched {touched}")
            if listing(case.parent) != files:
                found.append(f"{about}: the case's folder is another: {set(listing(case.parent)) ^ set(files)}")
            if came:
                found.append(f"{about}: a request was made")
                came.clear()
            if os.environ.get("GEOLOUPE_TAMPERED_TELL"):
                print("\n".join([f"tried {seed}", *(line for line in found[-9:] if about in line)]), flush=True)
    doors.end()
    assert listing(canaries) == before
    assert not found, f"{len(found)} faults:\n" + "\n".join(found[:40])
