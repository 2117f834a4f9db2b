"""Lets painting go on after an error of ours, which is reported like any uncaught error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType

from viewer.support.jobs import JobCancelled


def _ignore(error: Exception) -> None:
    """Do nothing: the default for callers that need no report."""


class going_on:  # noqa: N801 - reads as a function; a generator would take each frame of panes several times as long
    """Context manager that passes an error of its block to `sys.excepthook` and to `failed`, and then goes on.

    Half a picture is better than none, and an error in painting would be raised again by each repaint.
    """

    __slots__ = ("_failed",)

    def __init__(self, failed: Callable[[Exception], None] = _ignore) -> None:
        self._failed = failed

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if not isinstance(error, Exception) or isinstance(error, MemoryError | JobCancelled):  # no fault of ours
            return None
        sys.excepthook(type(error), error, error.__traceback__)
        self._failed(error)
        return True
