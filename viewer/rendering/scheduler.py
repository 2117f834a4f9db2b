"""The wish lists of all drawings; free readers pull the best tile. Nobody cancels anything: lists are replaced."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from viewer.support.timing import is_tracing, since


class Wish(NamedTuple):
    """`rank` orders the wishes of all drawings, smallest first; `ident` names one for its drawing."""

    rank: float
    ident: Hashable
    place: tuple[int, int] | None = None
    """(col, row) of an exact tile: of those a reader gets the one beside its last, whose blocks it has decoded."""


type RequestFor = Callable[[Hashable], Request]


class TileScheduler:
    """Thread-safe. A wish is asked for once at a time: from being handed out until `settle`.

    What is wished ahead of need comes after all wishes of all drawings, and nobody waits for it.
    """

    def __init__(self, pool: ReaderPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._wishes: dict[Hashable, deque[Wish]] = {}
        self._ahead: dict[Hashable, deque[Wish]] = {}
        self._makers: dict[Hashable, RequestFor] = {}
        self._under_way: set[tuple[Hashable, Hashable]] = set()
        self._under_way_ahead: set[tuple[Hashable, Hashable]] = set()
        self._places: dict[int, tuple[int, int]] = {}
        """Where each reader (by its thread) was asked last."""
        pool.pull_from(self.next)

    def want(
        self, owner: Hashable, wishes: Sequence[Wish], request_for: RequestFor, ahead: Sequence[Wish] = ()
    ) -> None:
        """Replace the wish lists of `owner`, best first. `request_for(ident)` is called on a reader's thread."""
        with self._lock:
            self._wishes[owner] = deque(wishes)
            self._ahead[owner] = deque(ahead)
            self._places.clear()
            self._makers[owner] = request_for
        if wishes or ahead:
            self._pool.wake()

    def forget(self, owner: Hashable) -> None:
        with self._lock:
            for known in (self._wishes, self._ahead, self._makers):
                known.pop(owner, None)
            self._under_way = {token for token in self._under_way if token[0] != owner}
            self._under_way_ahead = {token for token in self._under_way_ahead if token[0] != owner}

    def is_idle(self) -> bool:
        """True when nothing is wished for now; what is wished ahead does not count."""
        with self._lock:
            return not self._under_way and not any(self._wishes.values())

    def next(self) -> Request | None:
        """The best wish as a request, or None; for the pool, on its threads."""
        with self._lock:
            token, is_ahead = self._best_of(self._wishes), False
            if token is None:
                token, is_ahead = self._best_of(self._ahead), True
            if token is None:
                return None
            (self._under_way_ahead if is_ahead else self._under_way).add(token)
            request_for = self._makers[token[0]]
        request = request_for(token[1])
        request.is_background = is_ahead
        return _timed(request) if is_tracing() else request

    def _best_of(self, lists: dict[Hashable, deque[Wish]]) -> tuple[Hashable, Hashable] | None:
        """Take the best wish that nobody is at already: (owner, ident)."""
        while owners := [owner for owner, wishes in lists.items() if wishes]:
            owner = min(owners, key=lambda candidate: lists[candidate][0].rank)
            token = (owner, self._take(lists[owner]).ident)
            if token not in self._under_way and token not in self._under_way_ahead:
                return token
        return None

    def _take(self, wishes: deque[Wish]) -> Wish:
        """The first wish; among tiles the one nearest to this reader's last, and far from the other's for a start.

        Two readers that took turns would both decode every block of the file.
        """
        first = wishes[0]
        if first.place is None:
            return wishes.popleft()
        me = threading.get_ident()
        mine, others = self._places.get(me), [place for who, place in self._places.items() if who != me]
        tiles = [wish for wish in wishes if wish.place is not None]
        if mine is not None:
            first = min(tiles, key=lambda wish: _distance(wish.place, mine))
        elif others:
            first = max(tiles, key=lambda wish: min(_distance(wish.place, other) for other in others))
        wishes.remove(first)
        if first.place is not None:
            self._places[me] = first.place
        return first

    def settle(self, owner: Hashable, ident: Hashable) -> None:
        """The drawing has taken the answer in; only now may the same wish be handed out again."""
        with self._lock:
            self._under_way.discard((owner, ident))
            self._under_way_ahead.discard((owner, ident))


def _distance(place: tuple[int, int] | None, other: tuple[int, int]) -> int:
    return 0 if place is None else (place[0] - other[0]) ** 2 + (place[1] - other[1]) ** 2


def _timed(request: Request) -> Request:
    """The request with its way to the reader and back as a span of the trace."""
    done, started = request.done, time.perf_counter_ns()

    def arrived(result: Answer | GeoloupeError) -> None:
        since(started, "read", op=request.op, answer=getattr(result, "noun", "ok"))
        done(result)

    request.done = arrived
    return request
