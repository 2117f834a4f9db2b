"""Remembers answers to probes, for drawing a file that was just opened, or many layers of one file."""

from __future__ import annotations

import json
import threading
from typing import NamedTuple

from msgspec.structs import replace

from layers.errors import GeoloupeError
from layers.pool.protocol import Answer, Profile, Request
from layers.requests.probe import Probe
from layers.requests.question import Question

MOST = 256


class _Known(NamedTuple):
    path: str
    answer: Answer
    state: tuple[int, ...]
    """State of the file, as the reader saw it before it opened the file."""


class KnownProbes:
    """Remembers answers with the state of their file. A reader is told that state, and confirms it without opening the
    file.

    A file that a user opens is always probed anew. Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def answer_to(self, probe: Probe) -> Answer | None:
        """The answer that is known to a drawing's probe, whatever has become of the file since."""
        with self._lock:
            known = self._known.get(_key(probe)) if probe.canvas_crs is not None else None
        return None if known is None else known.answer

    def forget(self, path: str) -> None:
        """Forget the answers for a file, as something was written beside it."""
        with self._lock:
            self._known = {key: known for key, known in self._known.items() if known.path != path}

    def told(self, request: Request) -> Question:
        """The question to send to a reader: with the known state of the file where it is a drawing's probe."""
        question = request.question
        if not isinstance(question, Probe) or question.canvas_crs is None:
            return question
        with self._lock:
            known = self._known.get(_key(question))
        return question if known is None else replace(question, known=known.state)

    def heard(
        self, request: Request, question: Question, result: Answer | GeoloupeError
    ) -> Answer | GeoloupeError | None:
        """Remember and return a reader's answer to `question`; for "unchanged" the known answer.

        None where that was forgotten meanwhile: ask again.
        """
        if not isinstance(question, Probe) or not isinstance(result, Answer) or request.profile is Profile.WRITER:
            return result
        key, probed = _key(question), result.facts
        with self._lock:
            if probed.unchanged and question.known:
                known = self._known.get(key)
                return known.answer if known is not None and known.state == question.known else None
            self._known.pop(key, None)
            if probed.file_state is not None and not probed.profile:
                self._known[key] = _Known(question.path, result, probed.file_state)
                if len(self._known) > MOST:
                    del self._known[next(iter(self._known))]
        return result


def _key(probe: Probe) -> str:
    """Identify a probe without its canvas, which is only named so that the reader can prepare for it."""
    return json.dumps(replace(probe, canvas_crs=None, known=()).params(), sort_keys=True)
