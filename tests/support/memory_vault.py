"""A keyring of the tests, in memory."""

from __future__ import annotations

import threading


class MemoryVault:
    """Keeps texts while `is_there`; `readers` are the names of the threads in which it was read."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.readers: list[str] = []
        self.is_there = True

    def can_keep(self) -> bool:
        return self.is_there

    def read(self, host: str) -> str:
        self.readers.append(threading.current_thread().name)
        return self.texts.get(host, "")

    def write(self, host: str, text: str) -> bool:
        self.texts[host] = text
        return self.is_there
