"""Every door of the program tried with one case after the other, in one process: run and watched by a fuzz test.

``python -m tests.support.cases.try_cases`` reads paths of cases from standard input, and prints JSON, a line a door:
``{"door", "code", "said", "seconds", "peak_mb", "trace"}``; after the last door of a case ``{"door": "end"}``.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from layers.project.opening import case_reader
from layers.project.opening.case_process import CaseInline, CaseProcess

IDLE_S = float(os.environ.get("GEOLOUPE_TAMPERED_MOST_S", "20"))
READS_INLINE = bool(os.environ.get("GEOLOUPE_TAMPERED_INLINE"))
"""The quicker way: the window alone has a case read by another process, the commands read it themselves; and they keep
their readers from one case to the next."""


def main() -> int:
    """Until standard input ends."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.setswitchinterval(0.0005)
    apart = Ahead()
    window = Window()  # first: the commands would make an application without widgets
    if READS_INLINE:
        _keep_readers()
    doors = {"info": _info, "validate": _validate, "lint": _lint, "render": _render, **EXPORTS, "window": window.open}
    for line in sys.stdin:
        case = Path(line.rstrip("\n"))
        for name, door in doors.items():
            case_reader.CaseProcess = CaseInline if READS_INLINE and name != "window" else apart
            _tell(_tried(name, door, case))
        _tell({"door": "end"})
    return 0


def _keep_readers() -> None:
    """Let every command draw with the same readers."""
    from layers.pool.pool import ReaderPool  # late: readers import this module again
    from layers.pool.protocol import Profile
    from viewer.export import headless

    class Kept(ReaderPool):
        def start(self, first: Profile = Profile.LOCAL) -> None:
            """They run already."""

        def close(self) -> None:
            """The next command goes on with them."""

    pool = Kept(workers=1)
    ReaderPool.start(pool)
    headless.ReaderPool = lambda workers: pool


class Ahead:
    """Starts the process that will read the next case while this one is read: else most of the time goes there."""

    def __init__(self) -> None:
        self._next = CaseProcess()

    def __call__(self) -> CaseProcess:
        ready, self._next = self._next, CaseProcess()
        return ready


def _tried(name: str, door: Callable[[Path], int], case: Path) -> dict[str, Any]:
    _forget_peak()
    out, said = io.StringIO(), io.StringIO()
    start, trace, code = time.monotonic(), "", -1
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
            code = door(case)
    except BaseException:  # noqa: BLE001 - the door of this script: whatever leaves the program is told
        trace = traceback.format_exc()
    words = said.getvalue()[-3000:]
    return {
        "door": name,
        "code": code,
        "said": words,
        "seconds": time.monotonic() - start,
        "peak_mb": _peak_mb(),
        "trace": trace or (words if "Traceback" in words else ""),
    }


def _tell(line: dict[str, Any]) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")


def _command(*arguments: str) -> int:
    from viewer.cli.parser import run  # late: readers import this module again

    return run(list(arguments))


def _info(case: Path) -> int:
    return _command("info", str(case), "--json")


def _validate(case: Path) -> int:
    return _command("validate", str(case), "--json")


def _lint(case: Path) -> int:
    return _command("lint", str(case), "--json")


def _render(case: Path) -> int:
    return _command("render", str(case), "--out", str(_out(case) / "map.png"), "--size", "320x240")


def _export(name: str, case: Path) -> int:
    return _command("export", str(case), "--out", str(_out(case) / name), "--size", "400x300")


EXPORTS = {f"export {name}": partial(_export, name) for name in ("sites.geojson", "sites.csv", "map.png")}


def _out(case: Path) -> Path:
    """Beside the case's folder, so that what the case's folder holds must stay as it is."""
    folder = case.parent.with_name(case.parent.name + " out")
    folder.mkdir(exist_ok=True)
    return folder


class Window:
    """The real window, offscreen, with real readers; one for all cases, as an analyst keeps it open."""

    def __init__(self) -> None:
        from layers.pool.pool import ReaderPool  # late: see above
        from viewer.app.program import Program, StartOptions
        from viewer.support.plain_imports import load_qt

        load_qt()
        pool = ReaderPool(workers=1)
        pool.start()
        self._program = Program(pool, StartOptions((), None, (1000, 700), None, False, False, None))
        self._told: list[str] = []
        sys.excepthook = lambda kind, error, place: self._told.append(
            "".join(traceback.format_exception(kind, error, place))
        )
        self._program.window.show()

    def open(self, case: Path) -> int:
        """Open the case, look at every panel, go about in it, save it elsewhere, close it."""
        from PySide6.QtWidgets import QApplication  # late: see above

        window = self._program.window
        self._told.clear()
        window.opener.open([str(case)])
        self._settle(window)
        if window.session.is_begun:
            self._look_about(window)
            window.session.save_as(_out(case) / "saved.gpkg")
            self._settle(window)
        said = [line.text for line in window.messages.lines()]
        window.session.close()
        self._settle(window)
        QApplication.processEvents()
        sys.stderr.write("\n".join(said))
        if self._told:
            raise RuntimeError("\n".join(self._told))
        return 0

    def _look_about(self, window: Any) -> None:
        document = window.session.document
        window.selection.set(list(document.sites))
        self._settle(window)
        for uuid in list(document.sites)[:3]:
            window.selection.set([uuid])
            self._settle(window)
        for layer in list(document.layers)[:6]:
            window.panel_context.show_layer(layer)
            self._settle(window)
        for name in ("panel_sites", "panel_claims", "panel_sources", "panel_responses"):
            window.docks.show_panel(name)
            self._settle(window)
        window.canvas.grab()

    def _settle(self, window: Any) -> None:
        from PySide6.QtWidgets import QApplication  # late: see above

        end = time.monotonic() + IDLE_S
        QApplication.processEvents()
        while not window.is_idle():
            QApplication.processEvents()
            time.sleep(0.002)
            if time.monotonic() > end:
                raise TimeoutError(f"not idle after {IDLE_S:g} s")


def _forget_peak() -> None:
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def _peak_mb() -> float:
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    raise SystemExit(main())
