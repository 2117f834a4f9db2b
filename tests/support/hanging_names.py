"""The real program on a computer whose look-ups of names never come back: opens a case and tells how free it stays.

``python -m tests.support.hanging_names CASE`` prints one line of JSON after some seconds, and ends. It is the resolver
itself, and has to be started as root in a network of its own. The viewer and Qt are imported late, as the readers
import this module again.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from typing import Any

WATCHED_S = 6.0


def main(case: str) -> int:
    """Start the program; it is looked at with its event loop."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication

    from viewer.app.main import run

    resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    resolver.bind(("127.0.0.1", 53))  # it is asked, and never answers
    application = QApplication(sys.argv[:1])
    QTimer.singleShot(0, application, lambda: look(application))
    return run([case])


def look(application: Any) -> None:
    """Wait for the case, then pan about while names are looked up; print the gaps and what is said."""
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication

    from tests.support.heartbeat import Heartbeat
    from viewer.app.window import MainWindow
    from viewer.panels.layers.layer_rows import BADGE_ROLE

    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
    if not windows or not windows[0].session.document.layers:
        QTimer.singleShot(20, application, lambda: look(application))
        return
    (window,) = windows
    window.resize(1800, 1000)
    for _ in range(2):  # to tiles that are not stored
        window.canvas.motion.zoom_in()
    gaps_ms = []
    begin, turns = time.monotonic(), 0
    while time.monotonic() < begin + WATCHED_S:
        with Heartbeat() as heart:
            turn_ends = time.monotonic() + 0.5
            while time.monotonic() < turn_ends:
                QApplication.processEvents()
                time.sleep(0.001)
        gaps_ms.append(heart.longest_ms)
        turns += 1
        window.canvas.motion.pan_by(60 * (-1) ** turns, 30)
    fetcher = window.context.fetcher
    assert fetcher is not None
    badge = window.docks.layer_tree.model.index(1).data(BADGE_ROLE) or ""
    under_way = not fetcher.is_idle()
    print(json.dumps({"gaps_ms": sorted(gaps_ms), "badge": badge, "under_way": under_way}), flush=True)
    application.exit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
