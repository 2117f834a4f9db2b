"""Keeps freed memory for reuse: tiles come and go, and mapping their pages again costs more than painting them.

Memory of large work, such as a page of a product, is returned to the system once the window rests.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from pathlib import Path

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
KEPT_BYTES = 256 * 2**20
LARGEST_KEPT_BYTES = 32 * 2**20
ARENAS = 2
"""Number of glibc's arenas: threads with one each would all keep memory that only one needs at a time."""
_STATM = "/proc/self/statm"


def keep_freed_memory() -> None:
    """Tell glibc to reuse blocks up to 32 MB instead of returning them to the system; does nothing elsewhere."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGEST_KEPT_BYTES)
        mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_M_ARENA_MAX, ARENAS)


def resident_bytes() -> int:
    """Bytes of this process that are in memory; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    try:
        pages = int(Path(_STATM).read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * mmap.PAGESIZE


def give_back_freed() -> None:
    """Return kept memory that is free to the system. It takes some hundredths of a second: call it in a job."""
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
