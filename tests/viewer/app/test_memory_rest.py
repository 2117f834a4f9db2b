"""Memory that large work has freed is given back once the window rests, and not before."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.support.deaths.kills import ROOT
from viewer.app import memory_watch
from viewer.app.memory_watch import MOST_MORE_BYTES, MemoryRest
from viewer.app.window import MainWindow
from viewer.support.jobs import Jobs

FREED = """
import ctypes
from viewer.support.memory import give_back_freed, keep_freed_memory, resident_bytes
keep_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
pieces = []
for _ in range(200):  # with something that stays between them, as it is in a program
    pieces.append(libc.malloc(2**20))
    ctypes.memset(pieces[-1], 1, 2**20)
    libc.malloc(64)
for piece in pieces:
    libc.free(piece)
freed = resident_bytes()
give_back_freed()
print(freed - resident_bytes())
"""


@pytest.mark.bounded
@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the allocator is glibc's")
def test_freed_memory_goes_back_to_the_system() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", FREED], env=environment, capture_output=True, text=True, timeout=55)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 150 * 2**20


class Heap:
    """Resident bytes that are set by hand, and how often they were given back."""

    def __init__(self) -> None:
        self.resident, self.after, self.given_back = 300 * 2**20, 0, 0

    def give_back(self) -> None:
        self.given_back += 1
        self.resident = min(self.resident, self.after or self.resident)


def test_it_is_looked_for_only_where_nothing_is_under_way(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    heap, jobs, idle = Heap(), Jobs(), [False]
    monkeypatch.setattr(memory_watch, "resident_bytes", lambda: heap.resident)
    monkeypatch.setattr(memory_watch, "give_back_freed", heap.give_back)
    rest = MemoryRest(jobs, lambda: idle[0], window)

    def looked(times: int) -> None:
        rest.look()
        qtbot.waitUntil(jobs.is_idle)
        assert heap.given_back == times

    looked(0)
    idle[0] = True
    looked(1)
    looked(1)
    heap.resident, heap.after = heap.resident + 2 * MOST_MORE_BYTES, heap.resident
    looked(2)
    assert heap.resident == 300 * 2**20
    looked(2)
    heap.resident += MOST_MORE_BYTES
    looked(2)
    assert jobs.shutdown()
