"""Filters of system calls (seccomp): a process of Linux gives up all calls to the kernel that it does not need.

The first stands before any library is loaded and refuses some calls: new sockets, and what Landlock lets pass. The
second stands before a file is read and allows only the calls that a reader needs; those with which it could touch
other processes it may use on itself alone. A call that is unknown here answers ENOSYS, as an older kernel
does: the C library and others then take an older call.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Iterator

from layers.readers.confinement.system_calls import (
    ATTRIBUTES,
    CHECKED,
    FILES,
    MACHINES,
    MEMORY,
    NAMES,
    NEVER,
    ON_SOCKETS,
    OWN_PROCESS,
    REFUSED,
    SOCKETS,
    WAITING,
    Machine,
    numbers,
)

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_AT_NUMBER, _AT_MACHINE = 0, 4
_X32 = 0x40000000
_SET_SECCOMP, _MODE_FILTER = 22, 2
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _ALL_THREADS = 1, 1

_ONE_PROCESS = 0
"""PRIO_PROCESS of setpriority: not its group, in which the window is too."""
_OF_ANY_THREAD = 0x10F00
"""CLONE_VM, FS, FILES, SIGHAND and THREAD: with all of them a thread begins, and no process."""
_OF_THREADS = 0x7D0F00
"""Flags of clone that a new thread may have: `_OF_ANY_THREAD` and those that the C libraries add."""
_FILE_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1031, 1032, 1034)
"""Allowed commands of fcntl: duplicates, flags and locks. F_SETOWN and F_SETSIG are refused: with them a file sends any
signal to any process.
"""
_DEVICE_COMMANDS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Allowed commands of ioctl: is it a terminal, its size, bytes that wait, flags. TIOCSTI is refused: it types into the
user's terminal.
"""
_OWN_OPTIONS = (2, 3, 15, 16, 21, 23, 38, 39, 0x53564D41)
"""Allowed options of prctl: names of threads and of memory, and questions. The option that ends this process together
with the window cannot be changed.
"""

type _Step = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_calls(*, sockets: bool, attributes: bool) -> bool:
    """Have the kernel refuse new sockets, changes of files' attributes, or both; False where it cannot.

    Connections that are open stay open. `give_up_privileges` comes first.
    """
    machine = _machine()
    if machine is None:
        return False
    refused = {**(numbers(SOCKETS, machine) if sockets else {}), **(numbers(ATTRIBUTES, machine) if attributes else {})}
    return _install(denying(machine, refused.values()))


def allow_calls(*, sockets: bool, writes: bool) -> bool:
    """Have the kernel allow only what a reader needs; False where it cannot.

    `sockets`: also those of a reader that reads from hosts; `writes`: also those of a reader that makes files. Holds
    for all threads of the process, and for its id: after a fork it would not.
    """
    machine = _machine()
    return machine is not None and _install(allowing(machine, os.getpid(), sockets=sockets, writes=writes))


def denying(machine: Machine, refused: Iterable[int]) -> bytes:
    """A program for the kernel's packet filter that refuses these calls, and allows all others."""
    return _written([*_head(machine), *_answers(refused, _error(errno.EACCES)), (_RETURN, 0, 0, _ALLOW)])


def allowing(machine: Machine, pid: int, *, sockets: bool, writes: bool) -> bytes:
    """A program that allows the calls that a reader with this process id needs, and no other."""
    allowed = FILES, MEMORY, WAITING, OWN_PROCESS, *((ON_SOCKETS, SOCKETS) if sockets else ())
    allowed = *allowed, *((ATTRIBUTES, NAMES) if writes else ())
    steps = [*_head(machine)]
    for table in allowed:
        of_table = numbers(table, machine)
        of_table.pop("io_uring_setup", None)
        steps += _answers(of_table.values(), _ALLOW)
    checked = numbers(CHECKED, machine)
    for name, number in checked.items():
        judged = [*_judged(name, pid)]
        steps += [(_IF_EQUAL, 0, len(judged), number), *judged]
    for table in (SOCKETS, ATTRIBUTES, NAMES, NEVER):  # those that were allowed have been answered
        steps += _answers(numbers(table, machine).values(), _error(errno.EACCES))
    steps += _answers(numbers(REFUSED, machine).values(), _error(errno.EPERM))
    return _written([*steps, (_RETURN, 0, 0, _error(errno.ENOSYS))])


def _machine() -> Machine | None:
    is_known = sys.platform == "linux" and sys.byteorder == "little" and sys.maxsize > 2**32
    return MACHINES.get(platform.machine()) if is_known else None


def _error(code: int) -> int:
    return _ERROR | code


def _head(machine: Machine) -> list[_Step]:
    """Refuse calls made in another machine's way, whose numbers mean other calls; then load the number of the call."""
    return [
        (_LOAD, 0, 0, _AT_MACHINE),
        (_IF_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _error(errno.EACCES)),
        (_LOAD, 0, 0, _AT_NUMBER),
        (_IF_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _error(errno.EACCES)),
    ]


def _answers(calls: Iterable[int], answer: int) -> Iterator[_Step]:
    for number in calls:
        yield _IF_EQUAL, 0, 1, number
        yield _RETURN, 0, 0, answer


def _judged(name: str, pid: int) -> Iterator[_Step]:
    """The steps for one call once its number is known; they end with an answer."""
    if name == "clone":
        yield _argument(0)
        yield _IF_ANY_BIT, 2, 0, 0xFFFFFFFF & ~_OF_THREADS
        yield _AND, 0, 0, _OF_ANY_THREAD
        yield _IF_EQUAL, 1, 0, _OF_ANY_THREAD
        yield _RETURN, 0, 0, _error(errno.EPERM)
    elif name == "fcntl":
        yield from _one_of(1, _FILE_COMMANDS, errno.EPERM)
    elif name == "ioctl":
        yield from _one_of(1, _DEVICE_COMMANDS, errno.ENOTTY)
    elif name == "prctl":
        yield from _one_of(0, _OWN_OPTIONS, errno.EPERM)
    elif name == "setpriority":
        yield from _one_of(0, (_ONE_PROCESS,), errno.EPERM)
        yield from _one_of(1, (0, pid), errno.EPERM)
    elif name in ("prlimit64", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler"):
        yield from _one_of(0, (0, pid), errno.EPERM)
    else:  # signals, where 0 is the group of processes, and with it the window
        yield from _one_of(0, (pid,), errno.EPERM)
    yield _RETURN, 0, 0, _ALLOW


def _one_of(argument: int, values: tuple[int, ...], refusal: int) -> Iterator[_Step]:
    """Go on to the next step where the argument is one of the values."""
    yield _argument(argument)
    for at, value in enumerate(values):
        yield _IF_EQUAL, len(values) - at, 0, value
    yield _RETURN, 0, 0, _error(refusal)


def _argument(number: int) -> _Step:
    """Load the lower half of an argument: the kernel takes no more of an int, or of the flags of clone."""
    return _LOAD, 0, 0, 16 + 8 * number


def _written(steps: list[_Step]) -> bytes:
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _install(text: bytes) -> bool:
    """Give a program to the kernel, for all threads of this process where it can."""
    program = _Program(len(text) // 8, text)
    library = ctypes.CDLL(None, use_errno=True)
    number = ctypes.c_long(_SECCOMP[platform.machine()])
    if library.syscall(number, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program)) == 0:
        return True
    return bool(library.prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
