"""The height at the upper edge of the map that is taken by words which must not be covered, nor cover others."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import SignalInstance


class TakenTop(Protocol):
    """Reports how far words reach down from the upper edge, in logical pixels."""

    @property
    def top_px(self) -> int: ...
    @property
    def top_moved(self) -> SignalInstance: ...
