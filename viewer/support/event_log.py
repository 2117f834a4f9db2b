"""The log: a small private file of events with times, without names of a person's files, places or hosts.

A bug report may contain it, so a line holds counts, kinds and our own words. Texts of others (Qt, libraries, messages
of exceptions) lose all that could be a name before they are written. Times are UTC. A log that cannot be written does
no harm.
"""

from __future__ import annotations

import logging
import os
import re
import time
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

LOG_BYTES = 250_000
LOGS_KEPT = 2
"""Number of older files beside the newest."""
FILE_NAME = "geoloupe.log"
UTC = "%Y-%m-%dT%H:%M:%SZ"
_TAIL_BYTES = 64_000
_OURS = {"is_ours": True}
_NAMES_OF_CODE = (AttributeError, NameError, IndexError, ArithmeticError, RecursionError)
"""Exceptions whose messages Python makes from names in the program; others may quote a label or a path."""
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'|‘[^’]*’|«[^»]*»")
_NAME_LIKE = re.compile(r"\S*[/\\@]\S*|\S*[^\W\d]\S*\.[^\W\d]\w*\S*|\S*\d+[.,]\d{3,}\S*")
"""Pattern of a path or an address, of words with a dot inside (files, hosts), and of numbers as exact as a coordinate.
"""

log = logging.getLogger("geoloupe")


def note(text: str) -> None:
    """Write one line. `text` must hold no name of a file, folder, label or host: it is written unchanged."""
    log.info(text, extra=_OURS)


class EventLog:
    """The log file, while it is open. `problem` says why none can be written; it is empty while one can."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.problem = ""
        self._handler: logging.Handler | None = None
        self._level = logging.NOTSET

    def open(self) -> None:
        """Open the file, and write all log records of the program to it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handler = _PrivateFile(self.path, maxBytes=LOG_BYTES, backupCount=LOGS_KEPT, encoding="utf-8")
        except OSError as error:
            self.problem = f"No log can be written in {self.path.parent}: {error.strerror}."
            return
        handler.setFormatter(_Nameless())
        self._handler, self._level = handler, log.level
        log.setLevel(logging.INFO)
        logging.getLogger().addHandler(handler)
        note("the program begins")

    def close(self) -> None:
        """Close the file. Where the line about the end is missing, the program was killed or crashed."""
        if self._handler is not None:
            note("the program ends")
            log.setLevel(self._level)
            logging.getLogger().removeHandler(self._handler)
            self._handler.close()
            self._handler = None


def last_lines(folder: Path, count: int) -> list[str]:
    """The newest lines of the log in a folder; empty without a readable log."""
    try:
        with (folder / FILE_NAME).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return lines[1 if size > _TAIL_BYTES else 0 :][-count:]


def without_names(text: str) -> str:
    """Replace quoted words, and words that may be a path, a file, a host or a coordinate, by an ellipsis."""
    return _NAME_LIKE.sub("…", _QUOTED.sub("…", text.replace(str(Path.home()), "…")))


def summary(kind: type[BaseException], error: BaseException | None) -> str:
    """Describe an exception on one line: its type, and its message only where that can name nothing private."""
    if isinstance(error, OSError):
        return f"{kind.__name__}: errno {error.errno}"
    is_plain = isinstance(error, _NAMES_OF_CODE)
    return f"{kind.__name__}: {error}".splitlines()[0] if is_plain else kind.__name__


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner can read. Lines that cannot be written are left out."""

    def _open(self) -> Any:
        file = open(  # noqa: SIM115 - the handler closes it
            self.baseFilename, self.mode, encoding=self.encoding, errors="backslashreplace", opener=_owner_only
        )
        if os.name == "posix":
            os.fchmod(file.fileno(), 0o600)  # one of an older version may be open to others
        return file

    def handleError(self, record: logging.LogRecord) -> None:
        """Drop the line where the disk is full or the folder is missing, as nothing depends on it."""


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _Nameless(logging.Formatter):
    """Formats records: time in UTC, private names removed, exceptions as module, line and function."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{time.strftime(UTC, time.gmtime(record.created))} {record.levelname} {record.name}: "
        text = record.getMessage()
        line += text if getattr(record, "is_ours", False) else without_names(text)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line

    def formatException(self, ei: Any) -> str:
        kind, error, where = ei
        return traceback_of(kind, error, where)


def traceback_of(kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> str:
    """Format a traceback as module, line and function of each step, the innermost last."""
    steps = [
        f"  {frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(where)
    ]
    return "\n".join(["Traceback:", *steps, summary(kind or BaseException, error)])
