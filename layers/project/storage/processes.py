"""Tells whether the process that owns something is alive. A pid alone is not enough: numbers are used again."""

from __future__ import annotations

import os
import socket
import sys
from enum import Enum, auto
from pathlib import Path
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from layers.disk.this_machine import boot_id, machine_for


class Life(Enum):
    """The state of a process, as far as it can be known from here."""

    ALIVE = auto()
    GONE = auto()
    ELSEWHERE = auto()
    """The process is on another computer, or cannot be seen from here: it may be alive or gone."""


class Owner(Struct, frozen=True):
    """A process on a host. `started` is the start that the system states for it; empty where it states none."""

    pid: int
    started: str = ""
    host: str = ""
    machine: str = ""
    """The computer, whatever its name (`layers.disk.this_machine`); empty where that is not known."""
    boot: str = ""
    """Its start, likewise."""

    @classmethod
    def of_this_process(cls) -> Self:
        return cls(os.getpid(), start_of(os.getpid()), socket.gethostname())

    def known_in(self, folder: Path) -> Self:
        """The same with its computer and that one's start, where it is this process; its sessions are in `folder`."""
        is_this = (self.pid, self.started, self.host) == (os.getpid(), start_of(os.getpid()), socket.gethostname())
        return replace(self, machine=machine_for(folder), boot=boot_id()) if is_this else self

    @property
    def is_local(self) -> bool:
        return self.host == socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """False only where the process is known to be gone; one on another host counts as alive."""
        return not self.is_local or self._is_running

    def life_seen_by(self, here: Self) -> Life:
        """The state of this process, seen by one that is `known_in` the same folder."""
        if not (self.machine and here.machine):
            is_near = self.host == here.host
        elif self.machine != here.machine:
            is_near = False
        else:
            (start, _, seen), (start_here, _, seen_here) = self.boot.partition("/"), here.boot.partition("/")
            if start and start_here and start != start_here:
                return Life.GONE
            is_near = seen == seen_here
        if not is_near:
            return Life.ELSEWHERE
        return Life.ALIVE if self._is_running else Life.GONE

    @property
    def _is_running(self) -> bool:
        if not _pid_exists(self.pid):
            return False
        now = start_of(self.pid)
        return not (now and self.started) or now == self.started


def start_of(pid: int) -> str:
    """The start time of a process in the kernel's ticks since boot (Linux); empty elsewhere or where it is gone."""
    if sys.platform != "linux":
        return ""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # the program's name stands in parentheses and may hold spaces
    fields = text.rpartition(")")[2].split()
    # field 22; a zombie has ended
    return "" if len(fields) < 20 or fields[0] == "Z" else fields[19]


def _pid_exists(pid: int) -> bool:
    if pid <= 0:
        return False
    if sys.platform == "linux":
        return bool(start_of(pid))
    if os.name == "nt":
        return _windows_pid_exists(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _windows_pid_exists(pid: int) -> bool:
    import ctypes  # only where it is needed: costs start-up time

    query_limited_information, still_active = 0x1000, 259
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(query_limited_information, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    known = kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return not known or code.value == still_active
