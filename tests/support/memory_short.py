"""The real program with hardly any memory: the demo is opened, memory ends, and the case is saved all the same.

``python -m tests.support.memory_short CASE.gpkg`` prints a line of JSON and ends. The viewer and Qt are imported late,
as the readers import this module again.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOM_BYTES = 48 << 20
"""What is left when memory ends: less than one of the requests that follow."""
DEADLINE_S = 30.0


def main(target: str) -> int:
    """Start the program; memory ends with its event loop."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication

    from viewer.app.main import run

    application = QApplication(sys.argv[:1])
    QTimer.singleShot(0, application, lambda: starve(application, Path(target)))
    return run([], demo=True)


def starve(application: Any, target: Path) -> None:
    """Take the memory away, ask for too much, save, and tell what became of it."""
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication
    from shapely import Point

    from viewer.app.window import MainWindow
    from viewer.commands.sites import add_site

    def wait(holds: Callable[[], bool]) -> bool:
        end = time.monotonic() + DEADLINE_S
        while not holds() and time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.005)
        return holds()

    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
    if not windows:  # the program is starting
        QTimer.singleShot(20, application, lambda: starve(application, target))
        return
    (window,) = windows
    wait(lambda: bool(window.session.document.layers) and window.is_idle())
    cached = window.context.tiles.raw.nbytes + window.context.tiles.styled.nbytes
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM_BYTES, resource.RLIM_INFINITY))
    asked: list[int] = []

    def ask_for_too_much() -> None:
        asked.append(1)
        bytearray(ROOM_BYTES * 2)

    QTimer.singleShot(0, window, ask_for_too_much)
    wait(lambda: window.messages.line("memory") is not None)
    left = window.context.tiles.raw.nbytes + window.context.tiles.styled.nbytes
    window.session.push(add_site(window.session.document, Point(10, 50), actor="me", label="after"))
    window.session.save_as(target)
    saved = wait(lambda: window.session.target == target and not window.session.is_dirty)
    said = {line.key: line.text for line in window.messages.lines()}
    print(json.dumps({"asked": len(asked), "cached": cached, "left": left, "saved": saved, "said": said}), flush=True)
    application.exit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
