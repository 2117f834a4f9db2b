"""Work that is done a step at a time, done in one go: for scripts, tests and the command line."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import wraps
from typing import Any


def at_once[**P, R](steps: Callable[P, Generator[Any, None, R]]) -> Callable[P, R]:
    """The function that runs all steps and returns what they do."""

    @wraps(steps)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        running = steps(*args, **kwargs)
        while True:
            try:
                next(running)
            except StopIteration as end:
                result: R = end.value
                return result

    return run
