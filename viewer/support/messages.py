"""What the program has to say: one line a matter, counted when it happens again, there until it is dismissed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, Signal

from viewer.support.text import plain

type Level = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class MessageAction:
    """What can be done about it: the button's text and what it does."""

    text: str
    run: Callable[[], None]


@dataclass(frozen=True)
class Message:
    key: str
    text: str
    level: Level
    count: int = 1
    action: MessageAction | None = None


class Messages(QObject):
    """The lines that stand now, the newest last. The window's thread only."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[str, Message] = {}

    def show(self, key: str, text: str, level: Level = "info", action: MessageAction | None = None) -> None:
        """Say `text` under `key`; a line that stands under the same key is replaced and its count goes up by one."""
        before = self._lines.pop(key, None)
        line = Message(key, plain(text), level, 1, action)
        self._lines[key] = line if before is None else replace(line, count=before.count + 1)
        self.changed.emit()

    def clear(self, key: str) -> None:
        if self._lines.pop(key, None) is not None:
            self.changed.emit()

    def clear_all(self) -> None:
        if self._lines:
            self._lines.clear()
            self.changed.emit()

    def lines(self) -> list[Message]:
        return list(self._lines.values())

    def line(self, key: str) -> Message | None:
        return self._lines.get(key)
