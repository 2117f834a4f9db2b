"""The real program, in which an analyst looks at all that names hosts; what it contacts is watched from outside.

``python -m tests.support.watched_window STEP [STEP ...] CASE`` opens the case, takes the steps (see `Watched`), prints
one line of JSON about what it saw, and ends. The viewer and Qt are imported late, as the readers import this module
again.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

DEADLINE_S = 60.0


def main(*words: str) -> int:
    """Start the program; it is looked at with its event loop."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication

    from viewer.app.main import run

    *steps, case = words
    application = QApplication(sys.argv[:1])
    QTimer.singleShot(0, application, lambda: _begin(application, steps))
    return run([case])


def _begin(application: Any, steps: list[str]) -> None:
    from PySide6.QtCore import QTimer  # late: see above

    from viewer.app.window import MainWindow

    windows = [widget for widget in application.topLevelWidgets() if isinstance(widget, MainWindow)]
    if not windows:  # the program is starting
        QTimer.singleShot(20, application, lambda: _begin(application, steps))
        return
    try:
        analyst = Watched(windows[0])
        for step in steps:
            name, _, word = step.partition("=")
            getattr(analyst, name)(*([word] if word else []))
        print(json.dumps(analyst.seen), flush=True)
    except Exception:  # noqa: BLE001 - whatever it was, the parent shall read it
        traceback.print_exc()
    finally:
        analyst.leave()
        application.exit()


class Watched:
    """An analyst in front of the window; each public function is a step, `seen` what they noted."""

    def __init__(self, window: Any) -> None:
        self.window = window
        self.seen: dict[str, Any] = {}

    # -- steps ------------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Wait until the case is there, show all panels, and look at each layer in the list and on the map."""
        from tests.support.cases.foreign_cases import badges  # late: as all imports below
        from tests.support.windows import make_panels

        window = self.window
        self._wait(lambda: bool(window.session.document.layers))
        make_panels(window)
        self._settle()
        for uuid in list(window.session.document.layers):
            window.panel_context.show_layer(uuid, raise_form=True)
            self._settle()
        window.canvas.motion.zoom_in()
        window.canvas.motion.pan_by(200, 100)
        self._settle()
        window.canvas.grab_picture()
        self.seen["layers"] = len(window.session.document.layers)
        self.seen["badges"] = badges(window)
        self.seen["said"] = [line.text for line in window.messages.lines()]

    def imagery(self) -> None:
        """Add Imagery: every row is looked at, and addresses are pasted."""
        from viewer.panels.imagery.add_imagery import AddImageryDialog
        from viewer.panels.imagery.entry_rows import EntryRow

        dialog = self._dialog("add_imagery", AddImageryDialog)
        panel = dialog.panel
        self._wait(lambda: len(panel.model.rows) > 10)
        rows = [at for at, row in enumerate(panel.model.rows) if isinstance(row, EntryRow)]
        for at in rows:
            panel.list.setCurrentIndex(panel.model.index(at, 0))
            self._pass(0.02)
        self.seen["entries"] = len(rows)
        for address in ADDRESSES:
            panel.take_text(address)
            self._pass(0.1)
        dialog.close()

    def add(self) -> None:
        """Add Imagery: addresses and entries of the analyst's own list, each added or asked by the button."""
        from viewer.panels.imagery.add_imagery import AddImageryDialog

        for words in (*ADDRESSES, "my archive", "my parks", "my scene", "my server"):
            dialog = self._dialog("add_imagery", AddImageryDialog)
            self._wait(lambda panel=dialog.panel: len(panel.model.rows) > 10)
            dialog.panel.take_text(words)
            self._pass(0.1)
            dialog.panel.go_on()
            self._pass(0.3)
            self.leave()
        self._settle()
        self.seen["added"] = len(self.window.session.document.layers) - self.seen.get("layers", 0)

    def archives(self, presses: str = "") -> None:
        """Search Archives: filled in; with a word the search is pressed."""
        from viewer.panels.time_strip.archive_dialog import ArchiveDialog

        dialog = self._dialog("search_archives", ArchiveDialog)
        self._pass(0.5)
        if presses:
            dialog.search_button.click()
            self._settle()
        self.seen["archives"] = dialog.leaves.text()
        dialog.close()

    def news(self, presses: str = "") -> None:
        """What Is New: all archives are ticked, and another one is typed; with a word the look is pressed."""
        from viewer.panels.news.news_dialog import NewsDialog

        dialog = self._dialog("what_is_new", NewsDialog)
        for box, _ in dialog.archives:
            box.setChecked(True)
        dialog.other.setText("https://typed.example.org/v1")
        self._pass(0.5)
        self.seen["news"] = dialog.leaves.text()
        if presses:
            dialog.look_button.click()
            self._settle()
        dialog.close()

    def offline(self) -> None:
        """Work offline, in the midst of work."""
        self.window.action_table["offline"].trigger()
        self._settle()

    def allow(self, host: str) -> None:
        """Allow a host, as the permission panel does."""
        self.window.permissions.allow(host)
        self._settle()

    def ask_again(self) -> None:
        """Ask for each layer that can be asked for: features again, a reload of the map, the next date."""
        window = self.window
        for uuid in list(window.session.document.layers):
            window.panel_context.show_layer(uuid)
            for action in ("fetch_again", "next_date", "previous_date"):
                if window.action_table[action].isEnabled():
                    window.action_table[action].trigger()
                    self._settle()

    def product(self) -> None:
        """Make a product of the map, as far as its page."""
        window = self.window
        window.action_table["export_product"].trigger()
        self._wait(lambda: bool(window.product_windows.windows))
        (shown,) = window.product_windows.windows
        self._wait(lambda: shown.is_idle)
        shown.close()

    def leave(self) -> None:
        """Close the dialogs that are open."""
        from PySide6.QtWidgets import QApplication, QDialog

        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog):
                dialog.close()
        self._pass(0.02)

    # ---------------------------------------------------------------------------------------------------------------

    def _dialog(self, action: str, kind: type[Any]) -> Any:
        self.window.action_table[action].trigger()
        self._wait(lambda: any(dialog.isVisible() for dialog in self.window.findChildren(kind)))
        return next(dialog for dialog in self.window.findChildren(kind) if dialog.isVisible())

    def _settle(self) -> None:
        self._pass(0.1)
        self._wait(self.window.is_idle)
        self._pass(0.05)

    def _pass(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        self._wait(lambda: time.monotonic() >= end)

    def _wait(self, holds: Callable[[], bool]) -> None:
        from PySide6.QtWidgets import QApplication

        end = time.monotonic() + DEADLINE_S
        while not holds():
            QApplication.processEvents()
            time.sleep(0.002)
            if time.monotonic() > end:
                raise TimeoutError(f"waited too long; {self.seen}")


ADDRESSES = (
    "https://pasted.example.org/wms?SERVICE=WMS&REQUEST=GetCapabilities",
    "https://pasted.example.org/{z}/{x}/{y}.png",
    "https://pasted.example.org/v1/collections/a/items/b",
    "https://pasted.example.org/scene.tif",
    "https://pasted.example.org/tiles.pmtiles",
    "https://pasted.example.org/arcgis/rest/services/a/MapServer",
    "https://www.google.com/maps/@50.5,10.5,12z/data=!3m1!1e3",
)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
