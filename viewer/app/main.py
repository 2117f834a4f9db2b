"""The program from its first line to its exit code.

The readers are spawned before Qt is imported: they import their own libraries meanwhile, on another core.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from layers.pool.pool import ReaderPool
from layers.pool.protocol import Grants, Profile
from layers.pool.routing import foretells_features
from layers.project.opening.case_process import CaseProcess
from viewer.support.memory import keep_freed_memory
from viewer.support.plain_imports import load_qt
from viewer.support.settings import overviews_folder

if TYPE_CHECKING:
    from viewer.app.desktop.splash import Splash
    from viewer.app.program import Program

SWITCH_INTERVAL_S = 0.0005
"""Interval between Python's thread switches: with the usual 5 ms a painting worker makes the window stutter."""


def run(
    files: Sequence[str],
    *,
    screenshot: str | None = None,
    size: tuple[int, int] | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    demo: bool = False,
    safe_mode: bool = False,
    trace: str | None = None,
) -> int:
    """Open the window and run it to its end; returns the exit code.

    `files`: paths and services to open.
    `screenshot`: path of a picture of the window, after which the program ends.
    `size`: width and height of the window in pixels.
    `bounds`: west, south, east and north of the first view, in degrees.
    `demo`: open the demo case. `safe_mode`: read no layer. `trace`: path of a Chrome trace.
    """
    gc.disable()  # for start-up time; from then on the window's thread collects
    keep_freed_memory()
    names_a_case = any(file.lower().endswith(".gpkg") for file in files)  # the demo is read here, see case_files
    ready = CaseProcess() if names_a_case else None  # first: all else of a case waits for it
    pool = ReaderPool(workers=2, grants=Grants(read=frozenset((str(overviews_folder()),))))
    pool.start(first_asked(files))
    try:
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        _choose_platform()
        load_qt()
        splash = _begin(pool, ready) if screenshot is None else None
        from viewer.app.program import Program, StartOptions  # for start-up time: the readers are on their way already

        options = StartOptions(
            tuple(files),
            Path(screenshot) if screenshot else None,
            size,
            bounds,
            demo,
            safe_mode,
            Path(trace) if trace else None,
        )
        program: Program = Program(pool, options, ready, splash)
        gc.freeze()
        return program.run()
    finally:
        gc.enable()
        pool.close()
        if ready is not None:
            ready.close()


def _begin(pool: ReaderPool, ready: CaseProcess | None) -> Splash:
    """Make Qt's application and show the splash screen: further imports take a second, or many on a busy computer."""
    from PySide6.QtWidgets import QApplication  # for start-up time, as all that follows

    from viewer.app.desktop.splash import Splash
    from viewer.support.qt_application import make_application

    def give_up() -> None:
        pool.close()
        if ready is not None:
            ready.close()

    if QApplication.instance() is None:
        make_application(QApplication, give_up)
    splash = Splash()
    splash.show_now()
    return splash


def first_asked(files: Sequence[str]) -> Profile:
    """Kind of reader to start first. A GeoPackage is mostly a case, and most cases hold imagery."""
    of_features = [foretells_features(file) and not file.lower().endswith(".gpkg") for file in files]
    return Profile.FEATURES if files and all(of_features) else Profile.LOCAL


def _choose_platform() -> None:
    """Draw the window offscreen where there is no display."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
