"""Answers to probes that are asked again: by who draws what was just opened, or draws many layers of one file."""

from __future__ import annotations

import json
import threading
from typing import Any, NamedTuple

from layers.errors import GeoloupeError
from layers.pool.protocol import Answer, Profile, Request

MOST = 256
PROBE = "probe"
_ONE_S_OWN = frozenset({"canvas_crs", "known"})
"""What a question adds for itself: whatever it says, the file is the same."""


class _Known(NamedTuple):
    answer: Answer
    state: list[int]
    """Of the file, as the reader saw it before it opened the file."""


class KnownProbes:
    """A reader is told the state of the file that an answer is known for, and says whether it is in that state still:
    nothing is opened then. Who opens a file always has it probed anew. Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def told(self, request: Request) -> dict[str, Any]:
        """The parameters of a request, for a reader: with the known state where it is a drawing's probe."""
        params = request.params
        if request.op != PROBE or "canvas_crs" not in params:
            return params
        with self._lock:
            known = self._known.get(_key(params))
        return params if known is None else {**params, "known": known.state}

    def heard(
        self, request: Request, told: dict[str, Any], result: Answer | GeoloupeError
    ) -> Answer | GeoloupeError | None:
        """What a reader has answered to `told`, remembered; for "unchanged" the known answer, or None where that was
        forgotten meanwhile: ask again.
        """
        if request.op != PROBE or not isinstance(result, Answer) or request.profile is Profile.WRITER:
            return result
        key, state = _key(request.params), result.header.get("file_state")
        with self._lock:
            if result.header.get("unchanged"):
                known = self._known.get(key)
                return known.answer if known is not None and known.state == told.get("known") else None
            self._known.pop(key, None)
            if isinstance(state, list) and "profile" not in result.header:
                self._known[key] = _Known(result, state)
                if len(self._known) > MOST:
                    del self._known[next(iter(self._known))]
        return result


def _key(params: dict[str, Any]) -> str:
    said = {name: value for name, value in params.items() if name not in _ONE_S_OWN and value not in ("", None, {})}
    return json.dumps(said, sort_keys=True)
