"""What was found out about files a moment ago: who opens a file probes it, and so would its drawing, at once after."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from layers.errors import GeoloupeError
from layers.pool.protocol import Answer, Profile, Request

FRESH_S = 1.0
MOST = 64


class Probed(NamedTuple):
    """An answer, and the profile of the reader that could give it."""

    answer: Answer
    profile: Profile


class FreshProbes:
    """Each answer is given once, while it is fresh: later the file may be another. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._found: dict[str, tuple[float, Probed]] = {}

    def note(self, request: Request) -> None:
        """Remember what this probe will be answered, unless it is a drawing's own, which names its canvas."""
        if "canvas_crs" in request.params:
            return
        done, params = request.done, dict(request.params)

        def noting(result: Answer | GeoloupeError) -> None:
            if isinstance(result, Answer) and "profile" not in result.header:
                with self._lock:
                    while len(self._found) >= MOST:
                        self._found.pop(next(iter(self._found)))
                    self._found[_key(params)] = self._clock(), Probed(result, request.profile)
            done(result)

        request.done = noting

    def take(self, params: dict[str, Any]) -> Probed | None:
        """The answer to a probe with these parameters, on whatever canvas, if somebody has just asked."""
        with self._lock:
            noted, probed = self._found.pop(_key(params), (0.0, None))
        return probed if self._clock() - noted <= FRESH_S else None


def _key(params: dict[str, Any]) -> str:
    """The canvas is only named so that the reader can prepare for it."""
    told = {name: value for name, value in params.items() if name != "canvas_crs" and value not in ("", None, {})}
    return json.dumps(told, sort_keys=True)
