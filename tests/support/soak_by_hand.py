"""The curve of a long session:  uv run python -m tests.support.soak_by_hand --minutes 60

Nothing of Qt is imported before `main`: readers import this module again when they are spawned.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.soak import Soak


def main() -> None:
    """Cycles for some minutes; a line a cycle: minutes, actions, megabytes, living objects; at the end what grew."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--cycles", type=int, default=10**9)
    asked = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    from PySide6.QtWidgets import QApplication  # in no reader, see above; as all below

    from tests.support.soak import soaking
    from viewer.support.memory import keep_freed_memory

    gc.disable()
    keep_freed_memory()
    with TemporaryDirectory() as folder:
        os.environ["GEOLOUPE_HOME"] = str(Path(folder) / "home")
        application = QApplication([])
        with soaking(application, Path(folder)) as soak:
            soak.make_case()
            _tell(soak, asked.minutes, asked.cycles)
        sys.stdout.flush()
    os._exit(0)  # as the program ends: Qt is not taken apart after Python


def _tell(soak: Soak, minutes: float, cycles: int) -> None:
    from tests.support.soak import Course  # in no reader

    begun, course = time.monotonic(), Course()
    for number in range(1, cycles + 1):
        soak.cycle()
        now, at = soak.standing(), (time.monotonic() - begun) / 60
        course.note(now)
        line = f"{number:4} {at:6.1f} min {soak.actions:6} actions {now.rss_mb:7.1f} MB {now.lives:8} living"
        print(line, flush=True)
        if at > minutes:
            break
    print("grown:", course.grown(), f"{course.grown_mb():.1f} MB", flush=True)


if __name__ == "__main__":
    main()
