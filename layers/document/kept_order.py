"""The order of rows, remembered for removed ones: an undo puts a row back where it stood."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any


class KeptOrder:
    """Remembers the order of one dictionary of rows by uuid, from the removal of the first row on."""

    __slots__ = ("_ranks",)

    def __init__(self) -> None:
        self._ranks: dict[str, int] = {}

    def copied(self) -> KeptOrder:
        copy = KeptOrder()
        copy._ranks = dict(self._ranks)
        return copy

    def leaves(self, rows: Iterable[str]) -> None:
        """Call before a row is taken out; `rows`: all that are there."""
        if not self._ranks:
            self._ranks = {uuid: at for at, uuid in enumerate(rows)}

    def comes(self, uuid: str, rows: dict[str, Any]) -> bool:
        """Call once a row was added at the end. True where others stood behind it before: call `restore` then."""
        if not self._ranks:
            return False
        rank = self._ranks.setdefault(uuid, len(self._ranks))
        before = next(islice(reversed(rows), 1, None), uuid)
        return rank < self._ranks[before]

    def restore(self, rows: dict[str, Any]) -> None:
        """Put the rows that came back where they stood."""
        ordered = sorted(rows.items(), key=lambda item: self._ranks[item[0]])
        rows.clear()
        rows.update(ordered)
