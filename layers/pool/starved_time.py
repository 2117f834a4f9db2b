"""The time in which a process was ready to work and the system let others run: no deadline may count it."""

from __future__ import annotations

import sys
from contextlib import suppress

_LINE_BYTES = 100
"""More bytes than three numbers of 64 bits have; each answer of a reader is timed so, and must cost little."""


def starved_s(pid: int | None) -> float:
    """Seconds that a process has waited for a core since it began; 0 where the system does not tell."""
    if pid is not None and sys.platform == "linux":
        with suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/schedstat", "rb", 0) as file:
            return int(file.read(_LINE_BYTES).split()[1]) / 1e9
    return 0.0
