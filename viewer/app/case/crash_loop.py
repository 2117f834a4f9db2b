"""Detects a case that ends the program each time it is opened, by a marker file of the last openings."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from layers.decoding import decoded_or_none
from viewer.support.kept_files import replace_text

NEAR_S = 60.0
"""Time after an opening within which a crash is blamed on the case."""
ENOUGH = 2
KEPT = 20


class CrashLoop:
    """Remembers openings of cases in a marker file: an entry that `ended` did not remove is a crash.

    Call `opening` before a case is read, and `ended` when it is closed or the program ends in order.
    """

    def __init__(self, marker: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._marker, self._now = marker, now
        self._open: tuple[str, float] | None = None

    def opening(self, case: Path) -> bool:
        """Remember the opening. True where the last two openings of this case ended in a crash soon after."""
        self.ended()
        entries = self._read()
        mine = [at for path, at in entries if path == str(case)]
        self._open = (str(case), self._now())
        self._write([*entries, self._open])
        return len(mine) >= ENOUGH

    def ended(self) -> None:
        """Clear the open case of blame: it was closed, or the program ends in order."""
        if self._open is None:
            return
        path, _at = self._open
        self._open = None
        self._write([entry for entry in self._read() if entry[0] != path])

    def survived(self) -> None:
        """Stop blaming the open case; called a minute after its opening, as later crashes have other causes."""
        if self._open is not None and self._now() - self._open[1] >= NEAR_S:
            self.ended()

    def _read(self) -> list[tuple[str, float]]:
        try:
            kept = json.loads(self._marker.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return []
        return decoded_or_none(kept, list[tuple[str, float]]) or []

    def _write(self, entries: list[tuple[str, float]]) -> None:
        try:
            replace_text(self._marker, json.dumps(entries[-KEPT:]))
        except OSError:
            self._open = None  # nothing can be remembered here: no case is blamed
