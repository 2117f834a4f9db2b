"""The real program as a process that does a morning's work and tells of it, so that a test can kill it.

``python -m tests.support.deaths.edit_and_die edit`` makes ten edits through widgets, each told by a line of JSON;
``... hasty`` sets points for ever and waits for nothing; ``... listen`` crashes in a listener that is told of an edit;
``... recover`` takes up what a crash left and prints it; ``... start`` does nothing but start. The viewer and Qt are
imported late, as the readers import this module again.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

DEADLINE_S = 30.0


def main(argv: list[str]) -> int:
    """Start the program; the work begins with its event loop."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication

    from viewer.app.main import run

    application = QApplication(sys.argv[:1])
    work = {"edit": edit, "hasty": edit_hastily, "listen": crash_listening, "recover": recover, "start": start}[argv[1]]
    QTimer.singleShot(0, application, lambda: _begin(work))
    return run([])


def _begin(work: Callable[[Any], None]) -> None:
    """Work as soon as the window is there. A script that fails says why and ends: the test must not wait for it."""
    from PySide6.QtCore import QTimer  # late: see above
    from PySide6.QtWidgets import QApplication

    from viewer.app.window import MainWindow

    windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
    if not windows:
        QTimer.singleShot(5, QApplication.instance(), lambda: _begin(work))
        return
    try:
        work(_analyst(windows[0]))
    except BaseException:  # noqa: BLE001 - the door of this script
        traceback.print_exc()
        os._exit(2)


def _analyst(window: Any) -> Any:
    from PySide6.QtWidgets import QApplication  # late: see above

    from tests.support.analyst import Analyst

    def wait(holds: Callable[[], bool]) -> None:
        end = time.monotonic() + DEADLINE_S
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {DEADLINE_S:g} s for {holds}")
            QApplication.processEvents()

    window.resize(1280, 860)  # larger than the screen that there is offscreen
    analyst = Analyst(window, wait)
    analyst.come_back()
    return analyst


# -- what is done -------------------------------------------------------------------------------------------------


def edit(analyst: Any) -> None:
    """Ten edits, each told of when it is in the journal."""
    analyst.menu("File", "New Case")
    for number, step in enumerate(_ten_edits(analyst), start=1):
        analyst.settle()  # the image below a mark is linked to it in a job: on a busy computer long after
        analyst.wait(lambda number=number: _journalled() >= number)
        _tell(step, analyst)


def edit_hastily(analyst: Any) -> None:
    """Points by mouse, each told of as soon as it shows; only the first when it is in the journal."""
    from PySide6.QtCore import QPoint  # late: see above
    from PySide6.QtWidgets import QApplication

    analyst.menu("File", "New Case")
    analyst.keys("P", analyst.canvas)
    analyst.keys("Shift+K", analyst.canvas)  # for mark after mark
    for number in range(1, 100_000):
        analyst.click(QPoint(60 + number * 37 % 400, 60 + number * 53 % 300))
        if number == 1:
            analyst.wait(lambda: _journalled() >= 1)  # the link to the image below may be there, too
        _tell(f"point {number}", analyst)
        QApplication.processEvents()


def crash_listening(analyst: Any) -> None:
    """A second point, of which a part of the window hears that crashes once the edit is in the journal."""
    analyst.menu("File", "New Case")
    _set_point(analyst, 80)
    analyst.settle()  # the image below a mark is linked to it in a job, as a second edit
    analyst.wait(lambda: _journalled() >= 1)
    before = _journalled()

    def listen(_changes: Any) -> None:
        end = time.monotonic() + DEADLINE_S
        while _journalled() == before and time.monotonic() < end:
            time.sleep(0.005)
        _tell("heard", analyst)
        os.kill(os.getpid(), signal.SIGSEGV)

    analyst.window.session.document.subscribe(listen)
    _set_point(analyst, 160)


def _set_point(analyst: Any, at: int) -> None:
    from PySide6.QtCore import QPoint  # late: see above

    analyst.keys("P", analyst.canvas)
    analyst.click(QPoint(at, at))


def _ten_edits(analyst: Any) -> Iterator[str]:
    from viewer.panels.claims.claim_form import ClaimFormPanel  # late: see above
    from viewer.panels.sites.site_form import SiteFormPanel
    from viewer.panels.sources.source_register import SourceRegisterPanel

    middle = analyst.canvas.rect().center()
    draw = _Pen(analyst, middle)
    yield draw("L", (-160, 100), (-60, 130), (20, 90))
    yield draw("Y", (60, -90), (140, -90), (120, -20))
    yield draw("P", (-120, -60))
    form = analyst.panel(SiteFormPanel)
    analyst.type_into(form.fields.fields["label"], "Пусковая 3")
    yield "label"
    analyst.choose(form.fields.fields["class_code"], "launch_site")
    yield "class"
    analyst.type_into(form.fields.fields["position_error_m"], "120")
    yield "position error"
    analyst.press(form.report_button)
    yield "claim"
    claim = analyst.panel(ClaimFormPanel)
    analyst.type_into(claim.fields.fields["statement"], "The tower stands.")
    yield "statement"
    analyst.choose(claim.fields.fields["state"], "assessed")
    yield "state"
    analyst.menu("Evidence", "Add a Source")
    assert analyst.panel(SourceRegisterPanel).isVisible()
    yield "source"


class _Pen:
    def __init__(self, analyst: Any, middle: Any) -> None:
        self._analyst, self._middle = analyst, middle

    def __call__(self, key: str, *offsets: tuple[int, int]) -> str:
        from PySide6.QtCore import QPoint  # late: see above

        self._analyst.keys(key, self._analyst.canvas)
        for offset in offsets:
            self._analyst.click(self._middle + QPoint(*offset))
        if len(offsets) > 1:
            self._analyst.keys("Return", self._analyst.canvas)
        return f"drawn with {key}"


def recover(analyst: Any) -> None:
    """Click the newest card under “Closed unexpectedly” and tell what is there then."""
    from PySide6.QtWidgets import QPushButton  # late: see above

    def cards() -> list[Any]:
        found = analyst.window.start_page.findChildren(QPushButton, "card")
        return [card for card in found if card.accessibleName().startswith("Recover")]

    analyst.wait(lambda: bool(cards()) and cards()[0].isVisible())
    analyst.press(cards()[0])
    analyst.wait(lambda: analyst.window.session.is_begun)
    analyst.settle()
    _tell("recovered", analyst)


def start(analyst: Any) -> None:
    """Keep a choice, and tell what the start page looks like."""
    analyst.window.view_menu.set_dark(False)
    analyst.wait(analyst.window.start_page.isVisible)
    analyst.settle()
    _tell("started", analyst)


# -- what is told -------------------------------------------------------------------------------------------------


def _tell(step: str, analyst: Any) -> None:
    message = {
        "step": step,
        "at_s": time.monotonic(),
        "rows": rows(analyst.window.session.document),
        "said": analyst.said(),
        "modified": analyst.window.isWindowModified(),
    }
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def rows(document: Any) -> dict[str, dict[str, dict[str, str]]]:
    """All rows of a document as text: table, uuid, column."""
    from layers.document.edit import TABLES  # late: see above

    return {
        table: {
            uuid: {name: str(value) for name, value in asdict(row).items()}
            for uuid, row in document.table(table).items()
        }
        for table in TABLES
    }


def _journalled() -> int:
    """How many edits an outsider finds in the journal of the one session there is; rows it began with are no edits."""
    found = list((Path(os.environ["GEOLOUPE_HOME"]) / "data" / "sessions").glob("*/work.gpkg"))
    if not found:
        return 0
    with closing(sqlite3.connect(f"file:{found[0]}?mode=ro", uri=True)) as connection:
        try:
            (count,) = connection.execute(
                "SELECT count(DISTINCT txn_uuid) FROM loupe_history WHERE op <> 'baseline'"
            ).fetchone()
        except sqlite3.OperationalError:  # it is being made
            return 0
    return int(count)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
