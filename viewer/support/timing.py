"""Records spans of time for `--trace` as Chrome trace events. Without a trace a span costs one test.

Spans travel as log records: no recorder is passed around, and measured code shows one line for each span.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

_logger = logging.getLogger("geoloupe.trace")


_UNTIMED = nullcontext()


def span(name: str, **details: Any) -> AbstractContextManager[None]:
    """Time the block under `name` where a trace is running."""
    return _timed(name, details) if is_tracing() else _UNTIMED


@contextmanager
def _timed(name: str, details: dict[str, Any]) -> Iterator[None]:
    started = time.perf_counter_ns()
    try:
        yield
    finally:
        since(started, name, **details)


def is_tracing() -> bool:
    """True between `Trace.start` and `Trace.stop`."""
    return _logger.isEnabledFor(logging.DEBUG)


def since(started_ns: int, name: str, **details: Any) -> None:
    """Record a span from `time.perf_counter_ns()` = `started_ns`, perhaps on another thread, to now on this thread."""
    length = time.perf_counter_ns() - started_ns
    extra = {"started_ns": started_ns, "length_ns": length, "details": details}
    _logger.debug(name, extra=extra)


class Trace(logging.Handler):
    """Collects spans between `start` and `stop` and writes them to `path` as Chrome trace JSON."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.DEBUG)
        self._path = path
        self._events: list[dict[str, Any]] = []

    def start(self) -> None:
        _logger.propagate = False
        _logger.setLevel(logging.DEBUG)
        _logger.addHandler(self)

    def stop(self) -> None:
        """Write the file. Raises OSError where that is not possible."""
        _logger.removeHandler(self)
        _logger.setLevel(logging.WARNING)
        self._path.write_text(json.dumps({"traceEvents": self._events}), encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        started, length = getattr(record, "started_ns", 0), getattr(record, "length_ns", 0)
        self._events.append(
            {
                "name": record.getMessage(),
                "ph": "X",
                "ts": started / 1000,
                "dur": length / 1000,
                "pid": record.process,
                "tid": threading.get_ident(),
                "args": getattr(record, "details", {}),
            }
        )
