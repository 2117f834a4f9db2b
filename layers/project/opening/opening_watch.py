"""Watches a case being opened: its progress, and the part of it that can be seen before all of it is loaded."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from layers.document.document import Document


class Glimpse(Struct, frozen=True):
    """Some sites of a case, judged as all will be; `sites` counts those that the case has."""

    document: Document
    sites: int


class OpeningStep(StrEnum):
    """A step of opening a case: its sites are read first, and then copied."""

    READ = "read"
    COPIED = "copied"


class OpeningWatch(Protocol):
    """Sees a case being opened, on the thread that opens it; what it raises ends that."""

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the map that the view is for, in logical pixels."""

    def show(self, glimpse: Glimpse) -> None:
        """Called once, of a case that passed its checks and has very many sites."""

    def tell(self, step: OpeningStep, done: int, of: int) -> None:
        """Report that `done` of the sites have passed the step."""
