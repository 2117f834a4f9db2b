"""Taking the network from a process of Linux: a network of its own with nothing in it, and no new sockets at all.

Each works where the other may not be had: a network namespace needs privileges, or a system that lets users have
namespaces; a filter of system calls (seccomp) needs neither, and keeps from sockets in files too, such as D-Bus's. The
filter also refuses what Landlock lets pass: the modes, owners, times and attributes of files.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from contextlib import suppress
from typing import NamedTuple

_SET_SECCOMP, _SET_NO_NEW_PRIVS = 22, 38
_MODE_FILTER = 2
_CAPABILITIES_V3 = 0x20080522
_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # the error is EACCES
_AT_NUMBER, _AT_MACHINE = 0, 4
_X32 = 0x40000000


class _Machine(NamedTuple):
    """Numbers of system calls."""

    audit: int
    sockets: tuple[int, ...]
    """socket, socketpair, io_uring_setup, which opens sockets past the filter."""
    attributes: tuple[int, ...]
    """chmod, chown, utime, setxattr, removexattr and their kin, and truncate by a path."""


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        (41, 53, 425),
        (76, 90, 91, 92, 93, 94, 132, 188, 189, 190, 197, 198, 199, 235, 260, 261, 268, 280, 452, 463, 466),
    ),
    "aarch64": _Machine(0xC00000B7, (198, 199, 425), (5, 6, 7, 14, 15, 16, 45, 52, 53, 54, 55, 88, 452, 463, 466)),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def give_up_privileges() -> None:
    """Nothing that this process starts has more rights than it; the kernel asks for that before all else here."""
    _control(_SET_NO_NEW_PRIVS, 1)


def leave_network() -> bool:
    """Move into a network namespace without anything in it; False where the system does not let us.

    Only while the process has one thread. Who is privileged stays who he is; who is not gets a user namespace too, in
    which his files are still his. A root without the privilege to do the former does not do the latter: there, he
    could no longer read what belongs to others.
    """
    if sys.platform != "linux" or sys.version_info < (3, 12):
        return False
    with suppress(OSError):
        os.unshare(os.CLONE_NEWNET)
        return True
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        return False
    with suppress(OSError):
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
        with suppress(OSError):  # without it, he has another number in his own eyes only
            for name, text in (
                ("setgroups", "deny"),
                ("uid_map", f"{user} {user} 1"),
                ("gid_map", f"{group} {group} 1"),
            ):
                with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                    file.write(text)
        _drop_capabilities()
        return True
    return False


def refuse_calls(*, sockets: bool, attributes: bool) -> bool:
    """Have the kernel refuse new sockets, changes of files' attributes, or both; False where it cannot.

    Connections that are open stay open. `give_up_privileges` comes first.
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.maxsize < 2**32:
        return False
    numbers = (machine.sockets if sockets else ()) + (machine.attributes if attributes else ())
    text = _filter(machine.audit, numbers)
    program = _Program(len(text) // 8, text)
    try:
        _control(_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program))
    except OSError:
        return False
    return True


def _filter(audit: int, numbers: tuple[int, ...]) -> bytes:
    """A program for the kernel's packet filter: it refuses these calls, and all that come by another machine's ways."""
    refuse = len(numbers) + 1
    steps = [
        (_LOAD_WORD, 0, 0, _AT_MACHINE),
        (_JUMP_IF_EQUAL, 0, refuse + 2, audit),
        (_LOAD_WORD, 0, 0, _AT_NUMBER),
        (_JUMP_IF_AT_LEAST, refuse, 0, _X32),
        *((_JUMP_IF_EQUAL, refuse - 1 - at, 0, number) for at, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _drop_capabilities() -> None:
    """Drops the rights over the new user namespace, which a process with the rights of a user has no use for."""
    header, none = struct.pack("=Ii", _CAPABILITIES_V3, 0), bytes(24)
    ctypes.CDLL(None).capset(header, none)


def _control(option: int, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, *arguments, *[0] * (4 - len(arguments))) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
