"""The door for errors of our own in what is painted: told as any error of the program, and the rest goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def _nobody(error: Exception) -> None:
    """Nobody has to be told besides."""


@contextmanager
def going_on(failed: Callable[[Exception], None] = _nobody) -> Iterator[None]:
    """Hand what this block raises to the hook for errors that nobody caught, and to `failed`; then go on.

    Half a picture is better than none, and an error in painting would be raised again by each repaint.
    """
    try:
        yield
    except MemoryError:
        raise  # of the machine, not of what is painted
    except Exception as error:  # noqa: BLE001 - the door for painting: nothing is lost, the hook says it
        sys.excepthook(type(error), error, error.__traceback__)
        failed(error)
