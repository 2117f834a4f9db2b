"""A network drive that dies: a folder whose files are read like others, until nothing on it answers any more.

Made with FUSE, so that every program and library meets it, whatever it uses to reach a file. Read-only. Linux, and the
right to mount, are needed; `dead_drive` skips the test without. ``python -m tests.support.dead_drive SOURCE PLACE``
is the process that answers for it: "die" and "live" on its standard input.
"""

from __future__ import annotations

import ctypes
import os
import select
import stat
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_LOOKUP, _FORGET, _GETATTR, _OPEN, _READ, _STATFS, _RELEASE, _FLUSH, _INIT = 1, 2, 3, 14, 15, 17, 18, 25, 26
_OPENDIR, _READDIR, _RELEASEDIR, _ACCESS, _INTERRUPT, _BATCH_FORGET = 27, 28, 29, 34, 36, 42
_ENOENT, _EROFS, _ENOSYS = -2, -30, -38
_WRITES = {4, 5, 6, 8, 9, 10, 11, 12, 13, 16, 20, 35, 43, 45}
_HEADER = struct.Struct("<IIQQIIII")
_MOST = 1 << 17


class Drive:
    """The mounted folder, and the process behind it."""

    def __init__(self, place: Path, process: subprocess.Popen[str]) -> None:
        self.path, self._process = place, process

    def die(self) -> None:
        """From now on nothing answers; who asks waits."""
        self._say("die")

    def live(self) -> None:
        """Answer again, those who wait first."""
        self._say("live")

    def _say(self, word: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == f"{word}\n"


@contextmanager
def dead_drive(source: Path, place: Path) -> Iterator[Drive]:
    """Show `source` as a drive at `place`."""
    if not sys.platform.startswith("linux") or os.geteuid() or not os.access("/dev/fuse", os.W_OK):
        pytest.skip("no right to mount a drive of ours")
    place.mkdir()
    command = [sys.executable, "-m", __name__, str(source), str(place)]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline() != "mounted\n":
            pytest.skip("a drive of ours cannot be mounted here")
        try:
            yield Drive(place, process)
        finally:
            process.kill()  # with it the connection ends: who waits hears of an error
            subprocess.run(["umount", "-l", str(place)], check=False)


class _Server:
    """Answers the kernel's questions about a folder."""

    def __init__(self, source: Path) -> None:
        self._paths = {1: source}
        self._numbers = {source: 1}
        self._fuse = os.open("/dev/fuse", os.O_RDWR)

    def mount(self, place: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        options = f"fd={self._fuse},rootmode=40000,user_id=0,group_id=0,allow_other"
        if libc.mount(b"drive", os.fsencode(place), b"fuse", 1 | 2 | 4, options.encode()):
            raise OSError(ctypes.get_errno(), "mount")
        print("mounted", flush=True)

    def serve(self) -> None:
        is_alive = True
        while True:
            asked = [self._fuse, sys.stdin] if is_alive else [sys.stdin]  # what is not taken can still be given up
            ready, _, _ = select.select(asked, [], [])
            if sys.stdin in ready:
                word = sys.stdin.readline().strip()
                if not word:
                    return
                is_alive = word == "live"
                print(word, flush=True)
            elif self._fuse in ready:
                self._answer(os.read(self._fuse, _MOST + 4096))

    def _answer(self, request: bytes) -> None:
        _, op, unique, node, *_ = _HEADER.unpack_from(request)
        body = request[_HEADER.size :]
        if op in (_FORGET, _BATCH_FORGET, _INTERRUPT):
            return
        error, answer = self._found(op, node, body)
        try:
            os.write(self._fuse, struct.pack("<IiQ", 16 + len(answer), error, unique) + answer)
        except OSError:  # whoever asked was killed meanwhile
            return

    def _found(self, op: int, node: int, body: bytes) -> tuple[int, bytes]:
        path = self._paths.get(node)
        if op == _INIT:
            return 0, struct.pack("<IIIIHHIIHHIIHH", 7, 31, _MOST, 0, 0, 0, 4096, 1, 0, 0, 0, 0, 0, 0) + bytes(20)
        if op == _STATFS:
            return 0, struct.pack("<QQQQQIIII", 1 << 20, 1 << 19, 1 << 19, 1000, 500, 4096, 255, 4096, 0) + bytes(24)
        if op == _FLUSH:
            return _ENOSYS, b""  # from then on the kernel does not ask: who is killed would wait for the answer
        if op in (_RELEASE, _RELEASEDIR, _ACCESS):
            return 0, b""
        if op in _WRITES:
            return _EROFS, b""
        if path is None or not os.path.lexists(path):
            return _ENOENT, b""
        match op:
            case 1:
                child = path / os.fsdecode(body.rstrip(b"\0"))
                return (0, self._entry(child)) if os.path.lexists(child) else (_ENOENT, b"")
            case 3:
                return 0, struct.pack("<QII", 0, 0, 0) + self._attributes(path, node)
            case 14 | 27:
                return 0, struct.pack("<QII", 0, 1, 0)  # past the kernel's cache
            case 15:
                _, offset, size = struct.unpack_from("<QQI", body)
                with path.open("rb") as file:
                    file.seek(offset)
                    return 0, file.read(size)
            case 28:
                _, offset, _ = struct.unpack_from("<QQI", body)
                return 0, self._listed(path) if offset == 0 else b""
        return _ENOSYS, b""

    def _number(self, path: Path) -> int:
        if path not in self._numbers:
            self._numbers[path] = len(self._numbers) + 1
            self._paths[self._numbers[path]] = path
        return self._numbers[path]

    def _entry(self, path: Path) -> bytes:
        number = self._number(path)
        return struct.pack("<QQQQII", number, 0, 0, 0, 0, 0) + self._attributes(path, number)

    def _attributes(self, path: Path, number: int) -> bytes:
        found = path.lstat()
        mode = found.st_mode if stat.S_ISDIR(found.st_mode) else found.st_mode & ~0o222
        times = [int(at) for at in (found.st_atime, found.st_mtime, found.st_ctime)]
        nanos = [found.st_mtime_ns % 10**9] * 3
        return struct.pack(
            "<QQQQQQIIIIIIIIII",
            number,
            found.st_size,
            -(-found.st_size // 512),
            *times,
            *nanos,
            mode,
            1,
            0,
            0,
            0,
            4096,
            0,
        )

    def _listed(self, path: Path) -> bytes:
        listed = b""
        for offset, child in enumerate(sorted(path.iterdir()), start=1):
            name = os.fsencode(child.name)
            kind = 4 if child.is_dir() else 8
            entry = struct.pack("<QQII", self._number(child), offset, len(name), kind) + name
            listed += entry.ljust(-(-len(entry) // 8) * 8, b"\0")
        return listed


if __name__ == "__main__":
    server = _Server(Path(sys.argv[1]))
    server.mount(Path(sys.argv[2]))
    server.serve()
