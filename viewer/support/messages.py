"""The messages of the program: one line for each matter, with a count, until it is dismissed or old.

Lines about the open case go with it; those about the program stay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from viewer.support.language.text import plain

type Level = Literal["info", "warning", "error"]
type About = Literal["case", "program"]


class MessageAction(Struct, frozen=True):
    """The button of a message: its text and what it does."""

    text: str
    run: Callable[[], None]


class Message(Struct, frozen=True):
    key: str
    text: str
    level: Level
    count: int = 1
    action: MessageAction | None = None
    about: About = "case"
    leads: bool = False
    """True for a message that stays above later notices, as it explains why nothing is shown."""


class Messages(QObject):
    """The lines shown now, the newest last, after those that lead. For the window's thread only."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[str, Message] = {}

    def show(
        self,
        key: str,
        text: str,
        level: Level = "info",
        action: MessageAction | None = None,
        *,
        about: About = "case",
        leads: bool = False,
    ) -> None:
        """Show `text` under `key`; a line under the same key is replaced, and its count goes up by one.

        `about`: "case" for a line that goes when another case is opened. `leads`: it stays above later notices.
        """
        before = self._lines.pop(key, None)
        line = Message(key, plain(text), level, 1, action, about, leads)
        self._lines[key] = line if before is None else replace(line, count=before.count + 1)
        if level == "info":
            self._lines = {line.key: line for line in sorted(self._lines.values(), key=lambda line: line.leads)}
        self.changed.emit()

    def clear(self, key: str) -> None:
        if self._lines.pop(key, None) is not None:
            self.changed.emit()

    def dismiss(self, line: Message) -> None:
        """Remove a line, and others with the same words, as the analyst has read it."""
        for key in [other.key for other in self._lines.values() if other.text == line.text]:
            self.clear(key)

    def withdraw(self, key: str, text: str) -> None:
        """Remove the line of `key`, where its text is still `text`."""
        line = self._lines.get(key)
        if line is not None and line.text == plain(text):
            self.clear(key)

    def end_case(self) -> None:
        """Remove the lines about the open case, as another one takes its place."""
        kept = {key: line for key, line in self._lines.items() if line.about == "program"}
        if len(kept) < len(self._lines):
            self._lines = kept
            self.changed.emit()

    def lines(self) -> list[Message]:
        """The lines shown, each sentence once: a full disk, for example, may stop two matters in the same words."""
        newest = {line.text: line for line in self._lines.values()}
        return [line for line in self._lines.values() if newest[line.text] is line]

    def line(self, key: str) -> Message | None:
        return self._lines.get(key)
