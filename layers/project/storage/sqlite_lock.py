"""The lock bytes of SQLite, taken without SQLite: they keep other programs from writing a case that we read or replace.

POSIX drops a process's locks when any of its descriptors of the file is closed, by whatever thread. On Linux the locks
taken here belong to the open file itself and outlive that. https://www.sqlite.org/lockingv3.html
"""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

if sys.platform != "win32":
    import fcntl

_PENDING = 0x40000000
_RESERVED = _PENDING + 1
_SHARED, _SHARED_BYTES = _PENDING + 2, 510
_PAUSE_S = 0.02


class LockedElsewhere(Exception):
    """Another program holds the file, and went on holding it."""


@contextmanager
def shared(handle: int, wait_s: float) -> Iterator[None]:
    """Hold a shared lock, so that nobody commits to the file, unless in WAL mode. Raises LockedElsewhere."""
    with _held(handle, wait_s, is_exclusive=False):
        yield


@contextmanager
def exclusive(handle: int, wait_s: float) -> Iterator[None]:
    """Hold an exclusive lock, so that nobody reads or writes the file, readers in WAL mode included.

    `handle` is open for writing. Raises LockedElsewhere.
    """
    with _held(handle, wait_s, is_exclusive=True):
        yield


@contextmanager
def _held(handle: int, wait_s: float, *, is_exclusive: bool) -> Iterator[None]:
    if sys.platform == "win32":  # its locks are mandatory: reading and replacing fail by themselves
        yield
        return
    take = _take_exclusive if is_exclusive else _take_shared
    end = time.monotonic() + wait_s
    is_held = False
    while not is_held:
        try:
            take(handle)
            is_held = True
        except (BlockingIOError, PermissionError) as error:
            if time.monotonic() > end:
                raise LockedElsewhere from error
            time.sleep(_PAUSE_S)
        except OSError:  # a file system without locks: nobody can take any
            break
    try:
        yield
    finally:
        if is_held:
            _unlock(handle)


def _take_shared(handle: int) -> None:
    _set(handle, fcntl.F_RDLCK, _PENDING, 1)  # held by who waits for the readers to leave
    try:
        _set(handle, fcntl.F_RDLCK, _SHARED, _SHARED_BYTES)
    finally:
        _set(handle, fcntl.F_UNLCK, _PENDING, 1)


def _take_exclusive(handle: int) -> None:
    try:
        for start, length in ((_PENDING, 1), (_RESERVED, 1), (_SHARED, _SHARED_BYTES)):
            _set(handle, fcntl.F_WRLCK, start, length)
    except OSError:
        with suppress(OSError):
            _unlock(handle)
        raise


def _unlock(handle: int) -> None:
    _set(handle, fcntl.F_UNLCK, _PENDING, _SHARED_BYTES + 2)


def _set(handle: int, kind: int, start: int, length: int) -> None:
    """One lock, at once. Raises OSError, BlockingIOError where somebody else has it."""
    if sys.platform == "linux":
        # struct flock: type, whence, start, length, pid (0 for a lock of the open file)
        lock = struct.pack("hhqqi4x", kind, os.SEEK_SET, start, length, 0)
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, lock)
    else:
        operation = {fcntl.F_RDLCK: fcntl.LOCK_SH, fcntl.F_WRLCK: fcntl.LOCK_EX, fcntl.F_UNLCK: fcntl.LOCK_UN}[kind]
        fcntl.lockf(handle, operation | fcntl.LOCK_NB, length, start)
