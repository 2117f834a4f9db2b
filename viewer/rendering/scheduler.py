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


type RequestFor = Callable[[Hashable], Request]


class TileScheduler:
    """Thread-safe. A wish is asked for once at a time: from being handed out until `settle`."""

    def __init__(self, pool: ReaderPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._wishes: dict[Hashable, deque[Wish]] = {}
        self._makers: dict[Hashable, RequestFor] = {}
        self._under_way: set[tuple[Hashable, Hashable]] = set()
        pool.pull_from(self.next)

    def want(self, owner: Hashable, wishes: Sequence[Wish], request_for: RequestFor) -> None:
        """Replace the wish list of `owner`, best first. `request_for(ident)` is called on a reader's thread."""
        with self._lock:
            self._wishes[owner] = deque(wishes)
            self._makers[owner] = request_for
        if wishes:
            self._pool.wake()

    def forget(self, owner: Hashable) -> None:
        with self._lock:
            self._wishes.pop(owner, None)
            self._makers.pop(owner, None)
            self._under_way = {token for token in self._under_way if token[0] != owner}

    def is_idle(self) -> bool:
        with self._lock:
            return not self._under_way and not any(self._wishes.values())

    def next(self) -> Request | None:
        """The best wish as a request, or None; for the pool, on its threads."""
        with self._lock:
            while True:
                owners = [owner for owner, wishes in self._wishes.items() if wishes]
                if not owners:
                    return None
                owner = min(owners, key=lambda candidate: self._wishes[candidate][0].rank)
                wish = self._wishes[owner].popleft()
                token = (owner, wish.ident)
                if token not in self._under_way:
                    break
            self._under_way.add(token)
            request_for = self._makers[owner]
        request = request_for(wish.ident)
        return _timed(request) if is_tracing() else request

    def settle(self, owner: Hashable, ident: Hashable) -> None:
        """The drawing has taken the answer in; only now may the same wish be handed out again."""
        with self._lock:
            self._under_way.discard((owner, ident))


def _timed(request: Request) -> Request:
    """The request with its way to the reader and back as a span of the trace."""
    done, started = request.done, time.perf_counter_ns()

    def arrived(result: Answer | GeoloupeError) -> None:
        since(started, "read", op=request.op, answer=getattr(result, "noun", "ok"))
        done(result)

    request.done = arrived
    return request
