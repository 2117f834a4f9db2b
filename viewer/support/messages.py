"""The messages of the program: one line a matter, counted when it happens again, there until it is dismissed or old.

What is about the open case goes with it; what is about the program stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QObject, Signal

from layers.quick_dataclass import dataclass
from viewer.support.text import plain

type Level = Literal["info", "warning", "error"]
type About = Literal["case", "program"]


@dataclass(frozen=True)
class MessageAction:
    """The button of a message: its text and what it does."""

    text: str
    run: Callable[[], None]


@dataclass(frozen=True)
class Message:
    key: str
    text: str
    level: Level
    count: int = 1
    action: MessageAction | None = None
    about: About = "case"
    leads: bool = False
    """Notices that come later stay below it: it says why nothing of all that is seen."""


class Messages(QObject):
    """The lines that stand now, the newest last, but for those that lead. The window's thread only."""

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
        """Say `text` under `key`; a line that stands under the same key is replaced and its count goes up by one."""
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
        """Take away a line that was read, and what stands behind it in the same words."""
        for key in [other.key for other in self._lines.values() if other.text == line.text]:
            self.clear(key)

    def withdraw(self, key: str, text: str) -> None:
        """Take away the line of `key`, where it says nothing later than `text`."""
        line = self._lines.get(key)
        if line is not None and line.text == plain(text):
            self.clear(key)

    def end_case(self) -> None:
        """Another case takes the place of the open one: what was said about that one is of no use any more."""
        kept = {key: line for key, line in self._lines.items() if line.about == "program"}
        if len(kept) < len(self._lines):
            self._lines = kept
            self.changed.emit()

    def lines(self) -> list[Message]:
        """Lines that stand, a sentence once: one cause, such as a full disk, may stop two matters in the same words."""
        newest = {line.text: line for line in self._lines.values()}
        return [line for line in self._lines.values() if newest[line.text] is line]

    def line(self, key: str) -> Message | None:
        return self._lines.get(key)
