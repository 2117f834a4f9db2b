"""Facts for a bug report: versions, screen, confinement and the newest lines of the log, copied to the clipboard."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import PySide6
from pyproj import proj_version_str
from PySide6.QtCore import QObject, QTimer, qVersion
from PySide6.QtGui import QGuiApplication

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Holds, Profile, Request
from layers.requests.imagery import ReadVersions
from viewer.app.desktop.about import program_version
from viewer.support.event_log import last_lines, without_names
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages

LINES = 80
READER_ANSWERS_MS = 2000
"""Longest wait for a reader to report its versions, such as GDAL's; after that the report says that none answered."""
_PACKAGES = ("numpy", "shapely", "pyproj", "rasterio", "pyogrio", "geopandas", "opencv-python-headless")


class Diagnostics(QObject):
    """Copies diagnostics to the clipboard. Used on the window's thread only; it asks a reader without blocking."""

    def __init__(self, pool: ReaderPool, jobs: Jobs, messages: Messages, logs: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._pool, self._jobs, self._messages, self._logs = pool, jobs, messages, logs
        self._is_waiting = False
        self._late = QTimer(self, singleShot=True, interval=READER_ANSWERS_MS)
        self._late.timeout.connect(lambda: self._copy("no reader answered"))

    def copy(self) -> None:
        """Put the report on the clipboard, within two seconds, and say so."""
        if self._is_waiting:
            return
        self._is_waiting = True
        self._late.start()

        def answered(answer: Answer | GeoloupeError) -> None:  # on a supervisor thread
            versions = _in_words(answer.facts) if isinstance(answer, Answer) else f"a reader answered {answer.noun}"
            self._jobs.mailbox.post(self._copy, versions)

        self._pool.submit(Request(ReadVersions(), answered, is_background=True))

    def _copy(self, readers: str) -> None:
        if not self._is_waiting:
            return
        self._is_waiting = False
        self._late.stop()
        holds = {profile.value: self._pool.holds(profile) for profile in Profile}
        QGuiApplication.clipboard().setText(report(readers, holds, last_lines(self._logs, LINES)))
        text = self.tr("Diagnostics copied, without names of files, places or hosts. Paste them into a bug report.")
        self._messages.show("copied", text, about="program")


def report(readers: str, holds: dict[str, list[Holds]], lines: Iterable[str]) -> str:
    """Write the report as text: a line for each fact, then lines of the log.

    `readers`: versions in words. `holds`: confinement of each reader process, by profile. `lines`: newest lines of the
    log.
    """
    return "\n".join(
        [
            f"Geoloupe {program_version()}",
            f"System: {platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} cores",
            f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, Qt {qVersion()}, "
            f"platform {QGuiApplication.platformName()}",
            f"PROJ {proj_version_str} (window); readers: {readers}",
            f"Packages: {', '.join(f'{name} {_version(name)}' for name in _PACKAGES)}",
            *(f"Screen {number}: {line}" for number, line in enumerate(_screens(), 1)),
            *(
                f"Readers ({profile}): {line}"
                for profile, processes in holds.items()
                for line in map(_confined, processes)
            ),
            "",
            "Log (UTC):",
            *(list(lines) or ["(empty)"]),
            "",
        ]
    )


def _in_words(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _screens() -> list[str]:
    return [
        f"{screen.size().width()} x {screen.size().height()} at {screen.devicePixelRatio():g}, "
        f"{screen.logicalDotsPerInch():.0f} dpi, {screen.refreshRate():.0f} Hz, {screen.depth()} bit"
        for screen in QGuiApplication.screens()
    ]


def _confined(holds: Holds) -> str:
    """Describe the confinement of a reader process. The operating system's reasons are included without names."""
    network = "network closed" if holds.network else "TCP closed" if holds.tcp else "network open"
    files = "only granted files" if holds.files else "all files"
    calls = "few system calls" if holds.calls else "all system calls"
    return "; ".join([files, network, calls, *map(without_names, holds.lacks)])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
