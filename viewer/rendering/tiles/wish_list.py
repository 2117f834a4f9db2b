"""The tile requests of one drawing, shared out among readers so that each decodes blocks of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Wish(NamedTuple):
    """`rank` orders the wishes of all drawings, smallest first; `ident` names one for its drawing."""

    rank: float
    ident: Hashable
    place: tuple[int, int] | None = None
    """(col, row) of an exact tile, where neighbours share blocks of the file."""


class WishList:
    """Tiles with a place are cut into one stripe a reader, from top to bottom.

    Readers that took turns would both decode every block of the file: only along a cut two of them do so now. Where the
    view moves sideways each goes on in its own rows, as it does in a file that is stored in rows. A reader without
    anything left in its stripe helps the one that has most, beginning beside its own.
    """

    def __init__(self, wishes: Sequence[Wish], readers: int) -> None:
        self._free = deque(wish for wish in wishes if wish.place is None)
        self._stripes = _stripes([wish for wish in wishes if wish.place is not None], max(1, readers))

    def __bool__(self) -> bool:
        return bool(self._free) or any(self._stripes)

    @property
    def best_rank(self) -> float:
        """The smallest rank left; infinite where nothing is."""
        heads = [wishes[0].rank for wishes in (self._free, *self._stripes) if wishes]
        return min(heads, default=float("inf"))

    def take(self, reader: int) -> Wish:
        """The best wish for the reader of that number; there must be one."""
        if self._free and self._free[0].rank <= self.best_rank:
            return self._free.popleft()
        own = self._stripes[reader % len(self._stripes)]
        if own:
            return own.popleft()
        longest = max(self._stripes, key=len)
        if not longest:
            return self._free.popleft()
        is_before = self._stripes.index(longest) < reader % len(self._stripes)
        beside = max(longest, key=_downwards) if is_before else min(longest, key=_downwards)
        longest.remove(beside)
        return beside


def _downwards(wish: Wish) -> tuple[int, int]:
    """Row by row, as one reads."""
    assert wish.place is not None
    return wish.place[1], wish.place[0]


def _stripes(tiles: Sequence[Wish], count: int) -> list[deque[Wish]]:
    """Equal numbers of neighbouring tiles, each stripe in the order of the wishes."""
    down = sorted(tiles, key=_downwards)
    stripe_of = {wish.ident: index * count // len(down) for index, wish in enumerate(down)}
    stripes: list[deque[Wish]] = [deque() for _ in range(count)]
    for wish in tiles:
        stripes[stripe_of[wish.ident]].append(wish)
    return stripes
