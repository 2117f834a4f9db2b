"""A disk on which the power can go at any call: what was not synced may be there, in part, or not at all.

Works on real folders and remembers what is durable. `after_power_loss` lays one of the possible states out elsewhere:
names of a folder that were changed since it was synced in any selection, bytes of a file that were written since it was
synced in any torn mixture. SQLite's own files are as durable as SQLite says (it syncs each commit itself).
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from layers.project.storage.fsops import FileSystem
from tests.support.cases.file_calls import CHANGES

BLOCK = 4096
SYNCED_BY_SQLITE = ("work.gpkg", "work.gpkg-wal", "work.gpkg-shm")


class PowerCutError(BaseException):
    """The power is gone; nothing of the program runs on."""


@dataclass
class PowerDisk(FileSystem):
    """Below `root`; the power goes after `calls_left` calls (never where negative)."""

    root: Path
    calls_left: int = -1
    names: dict[Path, dict[str, int]] = field(default_factory=dict)
    """By folder, the inodes of the names that are durable in it."""
    contents: dict[int, bytes] = field(default_factory=dict)
    """By inode, the bytes that are durable."""
    calls: int = 0

    def __post_init__(self) -> None:
        self.sync_all()

    def sync_all(self) -> None:
        """All that stands is durable, as before the program started."""
        for folder in [self.root, *(path for path in self.root.rglob("*") if path.is_dir())]:
            self.names[folder] = _listing(folder)
            for path in folder.iterdir():
                if path.is_file():
                    self.contents[path.stat().st_ino] = path.read_bytes()

    def __getattribute__(self, name: str) -> Any:
        method = super().__getattribute__(name)
        if name not in _CALLS:
            return method

        def call(*arguments: Any) -> Any:
            if self.calls_left == 0:
                raise PowerCutError
            self.calls_left -= 1
            self.calls += 1
            return method(*arguments)

        return call

    def fsync_file(self, path: Path) -> None:
        super().fsync_file(path)
        self.contents[path.stat().st_ino] = path.read_bytes()

    def fsync_folder(self, folder: Path) -> None:
        super().fsync_folder(folder)
        self.names[folder] = _listing(folder)

    def after_power_loss(self, seed: int, to: Path) -> None:
        """One state that a restart may find, laid out below `to`."""
        chance = random.Random(seed)
        whole = chance.choice((0.0, 0.3, 0.7, 1.0))
        """How much of what was not synced has reached the disk by itself."""
        self._lay_out(self.root, to, chance, whole)

    def _lay_out(self, folder: Path, to: Path, chance: random.Random, whole: float) -> None:
        to.mkdir()
        durable, now = self.names.get(folder, {}), _listing(folder)
        for name in {**durable, **now}:
            before, after = durable.get(name), now.get(name)
            inode = before if before == after or chance.random() >= whole else after
            if name in SYNCED_BY_SQLITE:
                inode = after
            if inode is None:
                continue
            path = folder / name
            if inode == after and path.is_dir():
                self._lay_out(path, to / name, chance, whole)
            else:
                live = path.read_bytes() if inode == after and path.is_file() else self._bytes_of(inode)
                (to / name).write_bytes(
                    live if name in SYNCED_BY_SQLITE else _torn(self.contents.get(inode), live, chance, whole)
                )

    def _bytes_of(self, inode: int) -> bytes:
        """What a file holds that has another name by now, or none."""
        for path in self.root.rglob("*"):
            if path.is_file() and path.stat().st_ino == inode:
                return path.read_bytes()
        return self.contents.get(inode, b"")


_CALLS = frozenset({*CHANGES, "chmod"})


def _listing(folder: Path) -> dict[str, int]:
    with os.scandir(folder) as entries:
        return {entry.name: entry.inode() for entry in entries}


def _torn(durable: bytes | None, live: bytes, chance: random.Random, whole: float) -> bytes:
    """A mixture of old and new blocks, cut anywhere where the length is not durable."""
    if durable == live:
        return live
    old = durable or b""
    length = len(live) if chance.random() < whole else chance.choice((len(old), chance.randrange(len(live) + 1)))
    out = bytearray(length)
    for at in range(0, length, BLOCK):
        source = live if chance.random() < whole else old
        piece = source[at : at + BLOCK][: length - at]
        out[at : at + len(piece)] = piece
    return bytes(out)


def copy_of(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to
