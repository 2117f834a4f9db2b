"""The demo's window on a screen of one pixel a point, then on one of two: tells what the map shows on each.

``python -m tests.support.two_screens`` prints a line of JSON. The viewer and Qt are imported late, as the readers
import this module again.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

DEADLINE_S = 30.0


def main() -> int:
    """Start the program on two screens."""
    screens = [
        {"name": name, "x": x, "y": 0, "width": 3200, "height": 2400, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        for name, x in (("one", 0), ("two", 3200))
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"screens": screens}, file)
        file.flush()
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file.name}"
        os.environ["QT_SCREEN_SCALE_FACTORS"] = "one=1;two=2"
        from PySide6.QtCore import QTimer  # late: see above
        from PySide6.QtWidgets import QApplication

        from viewer.app.main import run

        application = QApplication(sys.argv[:1])
        QTimer.singleShot(0, application, lambda: move(application))
        return run([], demo=True, size=(1200, 800))


def move(application: Any) -> None:
    """Carry the window over, and tell."""
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication

    from viewer.app.window import MainWindow

    def wait(holds: Callable[[], bool]) -> None:
        end = time.monotonic() + DEADLINE_S
        while not holds() and time.monotonic() < end:
            QApplication.processEvents()

    def shown() -> dict[str, Any]:
        view = canvas.viewport.view()
        return {
            "ratio": view.ratio,
            "pixels": (view.width, view.height),
            "points": (canvas.width(), canvas.height()),
            "metres_a_point": window.views.metres_per_pixel(),
            "centre": canvas.viewport.centre_lonlat(),
        }

    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
    if not windows:  # the program is starting
        QTimer.singleShot(20, application, lambda: move(application))
        return
    (window,) = windows
    canvas = window.canvas
    wait(lambda: bool(window.session.document.layers) and window.is_idle())
    canvas.motion.pan_by(30, 20)  # from here on the place is the analyst's
    wait(window.is_idle)
    before = shown()
    window.windowHandle().setScreen(application.screens()[1])
    wait(lambda: canvas.viewport.view().ratio == 2.0)
    wait(window.is_idle)
    said = [line.text for line in window.messages.lines() if "Chinese" not in line.text]
    print(json.dumps({"before": before, "after": shown(), "said": said}), flush=True)
    application.exit()


if __name__ == "__main__":
    sys.exit(main())
