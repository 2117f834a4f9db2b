"""Takes the network from a process of Linux, which gets a network of its own with nothing in it.

It needs privileges, or a system that lets users have namespaces. A filter of system calls (`call_filter.py`) needs
neither, and blocks sockets in files too, such as D-Bus's. Each works on systems where the other does not.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import suppress

_SET_NO_NEW_PRIVS = 38
_CAPABILITIES_V3 = 0x20080522


def give_up_privileges() -> None:
    """Keep all processes that this one starts from having more rights; the kernel demands that before any filter."""
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


def _drop_capabilities() -> None:
    """Drop the rights over the new user namespace, which an ordinary process has no use for."""
    header, none = struct.pack("=Ii", _CAPABILITIES_V3, 0), bytes(24)
    ctypes.CDLL(None).capset(header, none)


def _control(option: int, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, *arguments, *[0] * (4 - len(arguments))) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
