"""The budget of one reading: so many characters, bytes and seconds are given to a document of unknown origin."""

from __future__ import annotations

import time

from layers.requests.kept_document import MOST_CHARS

MOST_SECONDS = 15.0
"""Half of a request's deadline: what was read until then is an answer, a reader that is killed gives none."""
MOST_BYTES = 2**30
"""Unpacked bytes of a web archive that are gone through."""


class ReadingBudget:
    """The characters, bytes and seconds that are left for a document."""

    def __init__(self, chars: int = MOST_CHARS, seconds: float = MOST_SECONDS, unpacked: int = MOST_BYTES) -> None:
        self._chars, self._bytes = chars, unpacked
        self._end = time.monotonic() + seconds
        self.was_cut = False
        """True once anything was left out for lack of budget."""

    @property
    def is_spent(self) -> bool:
        """True where nothing more may be read; what follows is left out."""
        is_spent = self._chars <= 0 or self._bytes <= 0 or time.monotonic() > self._end
        self.was_cut = self.was_cut or is_spent
        return is_spent

    def text(self, text: str) -> str:
        """The beginning of a text, as far as there are characters left for it."""
        if len(text) > self._chars:
            self.was_cut = True
        text = text[: max(self._chars, 0)]
        self._chars -= len(text)
        return text

    def count_bytes(self, number: int) -> None:
        """Count unpacked bytes."""
        self._bytes -= number
