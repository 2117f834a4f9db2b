"""The wish lists of all drawings; free readers pull the best tile. Nobody cancels anything: lists are replaced."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from viewer.rendering.wish_list import Wish, WishList
from viewer.support.timing import is_tracing, since

type RequestFor = Callable[[Hashable], Request]


class TileScheduler:
    """Thread-safe. A wish is asked for once at a time: from being handed out until `settle`.

    What is wished ahead of need comes after all wishes of all drawings, and nobody waits for it.
    """

    def __init__(self, pool: ReaderPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._wishes: dict[Hashable, WishList] = {}
        self._ahead: dict[Hashable, WishList] = {}
        self._makers: dict[Hashable, RequestFor] = {}
        self._under_way: set[tuple[Hashable, Hashable]] = set()
        self._under_way_ahead: set[tuple[Hashable, Hashable]] = set()
        self._readers: dict[int, int] = {}
        """A number for each reader that has pulled, by its thread."""
        pool.pull_from(self.next)

    def want(
        self, owner: Hashable, wishes: Sequence[Wish], request_for: RequestFor, ahead: Sequence[Wish] = ()
    ) -> None:
        """Replace the wish lists of `owner`, best first. `request_for(ident)` is called on a reader's thread."""
        with self._lock:
            readers = self._pool.ready_readers()
            self._wishes[owner] = WishList(wishes, readers)
            self._ahead[owner] = WishList(ahead, readers)
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

    def _best_of(self, lists: dict[Hashable, WishList]) -> tuple[Hashable, Hashable] | None:
        """Take the best wish for this thread's reader that nobody is at already: (owner, ident)."""
        reader = self._readers.setdefault(threading.get_ident(), len(self._readers))
        while owners := [owner for owner, wishes in lists.items() if wishes]:
            owner = min(owners, key=lambda candidate: lists[candidate].best_rank)
            token = (owner, lists[owner].take(reader).ident)
            if token not in self._under_way and token not in self._under_way_ahead:
                return token
        return None

    def settle(self, owner: Hashable, ident: Hashable) -> None:
        """The drawing has taken the answer in; only now may the same wish be handed out again."""
        with self._lock:
            self._under_way.discard((owner, ident))
            self._under_way_ahead.discard((owner, ident))


def _timed(request: Request) -> Request:
    """The request with its way to the reader and back as a span of the trace."""
    done, started = request.done, time.perf_counter_ns()

    def arrived(result: Answer | GeoloupeError) -> None:
        since(started, "read", op=request.op, answer=getattr(result, "noun", "ok"))
        done(result)

    request.done = arrived
    return request
