"""Landlock: a process of Linux gives up opening files, except those of a ruleset that the kernel enforces.

A ruleset can be tightened and never loosened; threads and processes that are started later are held to it too, threads
that run already are not. Names, sizes and times of files can still be asked for everywhere. See landlock(7).
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from enum import IntFlag

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_CONNECT_AND_BIND_TCP = 0b11
_SCOPES = 0b11
"""Refuses signals to processes outside, and sockets of the abstract namespace."""
_SIZE_OF_RULESET = {1: 8, 2: 8, 3: 8, 4: 16, 5: 16}
_LARGEST_RULESET = 24

ABI_OF_TRUNCATE, ABI_OF_TCP, ABI_OF_SCOPES = 3, 4, 6


class Access(IntFlag):
    """Rights to open a path; the kernel's own numbers."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


READ = Access.READ_FILE | Access.READ_DIR
WRITE = (
    READ
    | Access.WRITE_FILE
    | Access.TRUNCATE
    | Access.MAKE_REG
    | Access.REMOVE_FILE
    | Access.MAKE_DIR
    | Access.REMOVE_DIR
    | Access.REFER
)
"""Regular files and folders; no links, pipes, sockets or devices."""
_OF_FILES = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV


class _Ruleset(ctypes.Structure):
    _fields_ = (("paths", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # what _pack_ means; Python 3.14 asks for it
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def landlock_abi() -> int:
    """The version of Landlock that the kernel has, from 1; 0 where it has none, or where a container hides it."""
    if sys.platform != "linux":
        return 0
    try:
        return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    except OSError:
        return 0


def handled(abi: int) -> Access:
    """The accesses that a kernel of this version can refuse."""
    newest = {1: Access.MAKE_SYM, 2: Access.REFER, 3: Access.TRUNCATE, 4: Access.TRUNCATE}.get(abi, Access.IOCTL_DEV)
    return Access((newest << 1) - 1)


class Ruleset:
    """Builds the rules that a process is then held to. Raises OSError where the kernel refuses."""

    def __init__(self, abi: int, *, keeps_network: bool) -> None:
        """Create a ruleset that lets nothing be opened until rules are added.

        It also refuses TCP (unless `keeps_network`) and signals to other processes, where the kernel can refuse them.
        """
        self._refused = handled(abi)
        wanted = _Ruleset(
            self._refused,
            0 if keeps_network or abi < ABI_OF_TCP else _CONNECT_AND_BIND_TCP,
            0 if abi < ABI_OF_SCOPES else _SCOPES,
        )
        size = _SIZE_OF_RULESET.get(abi, _LARGEST_RULESET)
        self._number = _call(_CREATE_RULESET, ctypes.byref(wanted), ctypes.c_size_t(size), ctypes.c_uint32(0))

    def allow(self, path: str, access: Access) -> None:
        """Grant a file, or a folder with all that is beneath it, as far as it is there and the process may open it."""
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            access &= self._refused if stat.S_ISDIR(os.fstat(place).st_mode) else self._refused & _OF_FILES
            rule = _PathBeneath(access, place)
            if access:
                _call(
                    _ADD_RULE,
                    ctypes.c_int(self._number),
                    ctypes.c_int(_PATH_BENEATH),
                    ctypes.byref(rule),
                    ctypes.c_uint32(0),
                )
        finally:
            os.close(place)

    def restrict(self) -> None:
        """Hold this process to it. `no_new_privs` must be set."""
        try:
            _call(_RESTRICT_SELF, ctypes.c_int(self._number), ctypes.c_uint32(0))
        finally:
            os.close(self._number)


def _call(number: int, *arguments: object) -> int:
    """A call of the system that the C library has no function for. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    answer = int(library.syscall(ctypes.c_long(number), *arguments))
    if answer < 0:
        code = ctypes.get_errno() or errno.EINVAL
        raise OSError(code, os.strerror(code))
    return answer
