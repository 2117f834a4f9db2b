"""Keys of the sheet that are pressed while it asks how clear an image is: they are done once that is answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeyEvent

from viewer.panels.asking.reason_question import ReasonQuestion
from viewer.panels.observations.sheet_keys import ENTRIES, MOVES, verb_of_key


class WaitingKeys:
    """Keys that wait for the answer to a question: somebody types a row faster than a question is read."""

    def __init__(self, question: ReasonQuestion, do: Callable[[QKeyEvent], None]) -> None:
        """`do` does what a key is for."""
        self._question, self._do = question, do
        self._keys: list[QKeyEvent] = []

    def keep(self, event: QKeyEvent) -> bool:
        """Keep a key until it is said how clear the image is; False for one that does not wait.

        The first is one that leads to another cell: before it, a key changes the answer that the question is about.
        """
        verb = verb_of_key(event)
        is_next = event.key() in MOVES or (bool(self._keys) and verb is not None and verb[0] not in ENTRIES)
        if not self._question.is_asking or self._question.asks_why or not is_next:
            return False
        if not event.isAutoRepeat():
            self._keys.append(QKeyEvent(event.type(), event.key(), event.modifiers(), event.text()))
        return True

    def taken(self) -> list[QKeyEvent]:
        """The keys that wait, which do so no longer: what an answer brings about may ask anew."""
        keys, self._keys = self._keys, []
        return keys

    def go_on(self, keys: list[QKeyEvent]) -> None:
        """Do keys that were taken, as far as the next question, for which the others wait, or the next refusal."""
        while keys and not self._question.is_asking and not self._question.refuses:
            self._do(keys.pop(0))
        self._keys = keys if self._question.is_asking else []
