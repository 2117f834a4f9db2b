"""The time in which a process was ready to work and the system let others run: no deadline may count it."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path


def starved_s(pid: int | None) -> float:
    """Seconds that a process has waited for a core since it began; 0 where the system does not tell."""
    if pid is not None and sys.platform == "linux":
        with suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    return 0.0
