"""System calls that fail on order: builds failing_calls.c, and orders failures in a program that has it preloaded."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
CHANGES, READS, SYNCS, WRITES = 1, 2, 4, 8
"""Kinds of calls: those that change a file or a folder, those that read, those that make it durable; and of the first
those that write bytes.
"""
ALL = CHANGES | READS | SYNCS
SHORT = -1
"""In the place of an error number: half of a write is written, and that is told."""
FOR_EVER = 1 << 30


def compiler() -> str | None:
    """The command of a C compiler; None where there is none."""
    return shutil.which("cc") or shutil.which("gcc")


def build(folder: Path) -> Path:
    """The library to preload (LD_PRELOAD), made in a folder."""
    library = folder / "failing_calls.so"
    command = compiler()
    assert command is not None, "there is no C compiler"
    words = [command, "-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(words, check=True, capture_output=True)
    return library


class FailingCalls:
    """Orders to the preloaded library, in its own process."""

    def __init__(self, *watched: Path) -> None:
        self._library = ctypes.CDLL(None)
        self._library.failing_calls_name.restype = ctypes.c_char_p
        self._library.failing_calls_seen.restype = ctypes.c_long
        self._library.failing_calls_failed.restype = ctypes.c_long
        self.watch(*watched)

    def watch(self, *folders: Path) -> None:
        """Only calls on files in these folders count."""
        self._library.failing_calls_forget()
        for folder in folders:
            self._library.failing_calls_watch(bytes(folder))

    def arm(self, number: int, error: int, times: int = 1, kinds: int = ALL) -> None:
        """Have the `number`-th call from now (from 1) fail, and the next until it were `times`."""
        self._library.failing_calls_arm(ctypes.c_long(number), error, ctypes.c_long(times), kinds)

    def copy_to(self, folder: Path, first: int, every: int) -> None:
        """Before the `first` change from now, and before each `every`-th after it, copy the watched folders as they
        stand: to folder/NUMBER.
        """
        folder.mkdir(parents=True)
        self._library.failing_calls_copy(bytes(folder), ctypes.c_long(first), ctypes.c_long(every))

    def disarm(self) -> None:
        self._library.failing_calls_disarm()

    @property
    def seen(self) -> int:
        """Calls since `arm`."""
        return self._library.failing_calls_seen()

    @property
    def failed(self) -> int:
        return self._library.failing_calls_failed()

    @property
    def name(self) -> str:
        """The first call that failed, and the file."""
        return self._library.failing_calls_name().decode(errors="replace")
