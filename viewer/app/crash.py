"""Catches all errors not caught elsewhere: logs them and shows each as one counted line; the program goes on."""

from __future__ import annotations

import faulthandler
import hashlib
import logging
import math
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import urlsplit

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from layers.phrase import Phrase
from viewer.support.event_log import EventLog

STEPS_TOLD, PLACES_KEPT = 30, 1000
"""Innermost steps of a traceback that identify an error, and most errors remembered; the oldest are forgotten."""
QUIET_S = 10.0
"""Time in which the same error is logged and shown only once.

Shown each time, a widget that fails to paint would be painted again for the message, and fail again.
"""

log = logging.getLogger("geoloupe")

type Report = Callable[[str, str], None]
"""Takes a message key and a sentence; called in any thread."""


def log_folder(data: Path) -> Path:
    return data / "logs"


def redact(text: str) -> str:
    """`text` without the home folder's path, and without names, passwords and what follows ``?`` in addresses."""
    text = re.sub(r"://[^/\s@]*@", "://…@", text)
    words = text.replace(str(Path.home()), "~").split(" ")
    return " ".join(_without_query(word) if "://" in word and "?" in word else word for word in words)


def _without_query(word: str) -> str:
    try:
        parts = urlsplit(word)
    except ValueError:
        return word.partition("?")[0]
    return parts._replace(query="…").geturl()


class CrashDoors:
    """Installs the hooks for uncaught errors, and removes them again. `report` passes a sentence to the window."""

    def __init__(self, folder: Path, report: Report, ran_short: Callable[[], None] = lambda: None) -> None:
        """`ran_short` is called, in any thread, when memory ran out, before anything else needs more of it."""
        self._folder, self._report, self._ran_short = folder, report, ran_short
        self._last: dict[str, tuple[float, int]] = {}
        """Time when each error was last shown, and the number of times it has happened since."""
        self._lock = threading.Lock()
        self._faults: IO[str] | None = None
        self._log = EventLog(folder)
        self._before: tuple[Any, Any, Any] | None = None
        self.problem = ""
        """Reason why no log can be written; empty while one can."""

    def install(self) -> None:
        """Install Python's hooks, a rotating log, and a file for crashes below Python."""
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self.caught
        threading.excepthook = lambda args: self.caught(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: self.caught(args.exc_type, args.exc_value, args.exc_traceback)
        self._log.open()
        self.problem = self._log.problem
        if self.problem:
            return
        try:
            self._faults = (self._folder / f"crash-{os.getpid()}.log").open("w", encoding="utf-8")
        except OSError as error:
            self.problem = Phrase(
                "No log can be written in {folder}: {strerror}.", folder=self._folder, strerror=error.strerror
            )
            return
        faulthandler.enable(self._faults)

    def install_qt(self) -> None:
        """Send Qt's messages to the log; they are for us, not for the analyst."""
        qInstallMessageHandler(_log_qt)

    def remove(self) -> None:
        """Remove the hooks, and the file for crashes, which is still empty."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        self._log.close()
        if self._faults is not None:
            faulthandler.disable()
            self._faults.close()
            Path(self._faults.name).unlink(missing_ok=True)

    def caught(self, kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
        """Log and report an uncaught exception. For any thread."""
        if issubclass(kind, KeyboardInterrupt):
            return
        if issubclass(kind, MemoryError):
            self._ran_short()
        key = _place_of(kind, where)
        with self._lock:
            now, (last, count) = time.monotonic(), self._last.pop(key, (-math.inf, 0))
            is_quiet = now - last < QUIET_S
            self._last[key] = (last, count + 1) if is_quiet else (now, 0)
            while len(self._last) > PLACES_KEPT:
                del self._last[next(iter(self._last))]
        if is_quiet:
            return
        text = "an exception that nobody caught (%s), %d times since it was last written"
        steps: Any = (kind, error, where)  # an error may be None
        log.error(text, key, count, exc_info=steps)
        if not issubclass(kind, MemoryError):  # that is no fault of ours, and is said otherwise
            self._report(Phrase("crash {key}", key=key), sentence_of(kind, error))


def _place_of(kind: type[BaseException], where: TracebackType | None) -> str:
    """Key of an error by its type and the places of its traceback, without the lines of code: reading them is slow."""
    steps = [f"{frame.f_code.co_filename}:{line}" for frame, line in traceback.walk_tb(where)]
    key_text = "|".join((kind.__name__, *steps[-STEPS_TOLD:]))
    return hashlib.sha1(key_text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:12]


def sentence_of(kind: type[BaseException], error: BaseException | None) -> str:
    """Sentence on an error for the message line."""
    message = str(error).strip().splitlines()[0] if error is not None and str(error).strip() else ""
    detail = f"{kind.__name__}: {message}" if message else kind.__name__
    return Phrase(
        "Something went wrong inside Geoloupe ({redact}). Your work is kept; the log says where.",
        redact=redact(detail)[:200],
    )


def left_behind(folder: Path) -> list[Path]:
    """Files written by crashes below Python: non-empty ones of processes that are gone. Empty ones are removed."""
    paths = []
    for path in sorted(folder.glob("crash-*.log")) if folder.is_dir() else ():
        number = path.stem.removeprefix("crash-")
        if number.isdigit() and int(number) != os.getpid() and not _is_alive(int(number)):
            if path.stat().st_size:
                paths.append(path)
            else:
                path.unlink(missing_ok=True)
    return paths


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    logging.getLogger("geoloupe.qt").log(levels.get(kind, logging.WARNING), "%s", text)
