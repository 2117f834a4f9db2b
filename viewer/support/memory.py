"""Keeps freed memory: tiles come and go, and faulting their pages in again costs more than painting them."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
KEPT_BYTES = 256 * 2**20
LARGEST_KEPT_BYTES = 32 * 2**20
ARENAS = 2
"""Threads share what is kept: with an arena each, all of them would keep what only one needs at a time."""


def keep_freed_memory() -> None:
    """Tell glibc to reuse blocks up to 32 MB instead of returning them to the system; elsewhere nothing happens."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGEST_KEPT_BYTES)
        mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_M_ARENA_MAX, ARENAS)
