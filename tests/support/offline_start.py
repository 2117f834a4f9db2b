"""The real program on a computer that has no network: opens a case and tells what is seen of it.

``python -m tests.support.offline_start CASE`` prints one line of JSON once the map shows anything, and ends. The viewer
and Qt are imported late, as the readers import this module again.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

DEADLINE_S = 20.0


def main(case: str) -> int:
    """Start the program; it is looked at with its event loop."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication

    from viewer.app.main import run

    application = QApplication(sys.argv[:1])
    QTimer.singleShot(0, application, lambda: look(application))
    return run([case])


def look(application: Any) -> None:
    """Wait for the map, then for the badge; print both. The time is that since the window was there."""
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication

    from tests.support.pictures import picture
    from viewer.app.window import MainWindow
    from viewer.panels.layers.layer_rows import BADGE_ROLE

    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
    if not windows:  # the program is starting
        QTimer.singleShot(20, application, lambda: look(application))
        return
    (window,) = windows
    window.resize(1800, 1000)  # wide enough for a level that is not stored
    begin, shown_s, badge = time.monotonic(), 0.0, ""
    while time.monotonic() < begin + DEADLINE_S and not (shown_s and badge):
        QApplication.processEvents()
        time.sleep(0.02)
        badge = window.docks.layer_tree.model.index(1).data(BADGE_ROLE) or ""
        if window.session.document.layers and not shown_s and picture(window.canvas).std() > 15:
            shown_s = time.monotonic() - begin
    said = [line.text for line in window.messages.lines() if "Chinese" not in line.text]
    problems = list(window.scene.stack.problems().values())
    print(json.dumps({"shown_s": shown_s, "badge": badge, "said": said, "problems": problems}), flush=True)
    application.exit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
