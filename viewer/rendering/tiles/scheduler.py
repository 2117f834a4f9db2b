"""Shares the tile requests of all drawings among the readers: a free reader pulls the best tile.

Requests are never cancelled: a drawing replaces its own.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import NamedTuple

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Profile, Request
from viewer.support.timing import is_tracing, since

_SPARE = 256
"""Number of outdated entries that a heap may hold in any case before it is rebuilt."""

PULLING = (Profile.LOCAL, Profile.REMOTE)
"""Profiles whose free readers pull the best tile."""

type MakeRequest = Callable[[Hashable], Request]


class TileRequest(NamedTuple):
    """A tile that a drawing wants read.

    `rank` orders the requests of all drawings, smallest first; `ident` names it for its own drawing.
    """

    rank: float
    ident: Hashable
    place: tuple[int, int] | None = None
    """(col, row) of an exact tile, where neighbours share blocks of the file."""


class RequestList:
    """Requests of one drawing. Tiles with a place are cut into one stripe a reader, from top to bottom.

    Readers that took turns would both decode every block of the file: with stripes only blocks along a cut are decoded
    twice. Where the view moves sideways each goes on in its own rows, as in a file that is stored in rows. A reader
    whose stripe is empty helps the one that has most left, beginning beside its own.
    """

    def __init__(self, requests: Sequence[TileRequest], readers: int) -> None:
        self._free = deque(request for request in requests if request.place is None)
        self._stripes = _stripes([request for request in requests if request.place is not None], max(1, readers))

    def __bool__(self) -> bool:
        return bool(self._free) or any(self._stripes)

    @property
    def best_rank(self) -> float:
        """The smallest rank left; infinite where none is left."""
        heads = [requests[0].rank for requests in (self._free, *self._stripes) if requests]
        return min(heads, default=float("inf"))

    def take(self, reader: int) -> TileRequest:
        """Take the best request for the reader of that number; there must be one."""
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


def _downwards(request: TileRequest) -> tuple[int, int]:
    """Key that sorts requests row by row, from the top."""
    assert request.place is not None
    return request.place[1], request.place[0]


def _stripes(tiles: Sequence[TileRequest], count: int) -> list[deque[TileRequest]]:
    """Stripes of neighbouring tiles, equal in number, each in the order of the requests."""
    down = sorted(tiles, key=_downwards)
    stripe_of = {request.ident: index * count // len(down) for index, request in enumerate(down)}
    stripes: list[deque[TileRequest]] = [deque() for _ in range(count)]
    for request in tiles:
        stripes[stripe_of[request.ident]].append(request)
    return stripes


class _Lists:
    """The requests of one urgency; finds the owner of the best one quickly among very many."""

    def __init__(self) -> None:
        self._by_owner: dict[Hashable, RequestList] = {}
        self._order: dict[Hashable, int] = {}
        """Owners with their numbers in the order of arrival: among equal requests the first ones go first."""
        self._came = 0
        self._heap: list[tuple[float, int, int, Hashable]] = []
        """(rank, the owner's number, a number that is never equal, owner); outdated entries are skipped."""
        self._pushed = 0

    def __bool__(self) -> bool:
        return bool(self._by_owner)

    def replace(self, owner: Hashable, requests: RequestList) -> None:
        if owner not in self._order:
            self._came += 1
            self._order[owner] = self._came
        if requests:
            self._by_owner[owner] = requests
            self._push(owner, requests)
        else:
            self._by_owner.pop(owner, None)

    def forget(self, owner: Hashable) -> None:
        self._by_owner.pop(owner, None)
        self._order.pop(owner, None)

    def take(self, reader: int) -> tuple[Hashable, Hashable] | None:
        """Take the best request for a reader: (owner, ident)."""
        while self._heap:
            rank, _, _, owner = heapq.heappop(self._heap)
            requests = self._by_owner.get(owner)
            if requests is None or requests.best_rank != rank:
                continue
            ident = requests.take(reader).ident
            if requests:
                self._push(owner, requests)
            else:
                del self._by_owner[owner]
            return owner, ident
        return None

    def _push(self, owner: Hashable, requests: RequestList) -> None:
        if len(self._heap) > 2 * len(self._by_owner) + _SPARE:
            self._heap.clear()  # mostly of lists that were replaced meanwhile
            for known, held in self._by_owner.items():
                self._pushed += 1
                self._heap.append((held.best_rank, self._order[known], self._pushed, known))
            heapq.heapify(self._heap)
            return
        self._pushed += 1
        heapq.heappush(self._heap, (requests.best_rank, self._order[owner], self._pushed, owner))


class TileScheduler:
    """Hands out tile requests; thread-safe. A request is under way only once at a time, until `settle`.

    Requests ahead of need come after all other requests of all drawings, and are not waited for.
    """

    def __init__(self, pool: ReaderPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._requests: dict[Profile, _Lists] = {profile: _Lists() for profile in PULLING}
        self._ahead: dict[Profile, _Lists] = {profile: _Lists() for profile in PULLING}
        self._makers: dict[Hashable, MakeRequest] = {}
        self._under_way: set[tuple[Hashable, Hashable]] = set()
        self._under_way_ahead: set[tuple[Hashable, Hashable]] = set()
        self._readers: dict[int, int] = {}
        """Number of each reader that has pulled, by its thread."""
        for profile in PULLING:
            pool.pull_from(partial(self.next, profile), profile)

    def want(
        self,
        owner: Hashable,
        requests: Sequence[TileRequest],
        make_request: MakeRequest,
        ahead: Sequence[TileRequest] = (),
        profile: Profile = Profile.LOCAL,
    ) -> None:
        """Replace the requests of `owner`, best first, to readers of a profile that pulls; those of others are queued.

        `make_request(ident)` is called on a supervisor's thread, and returns the request to the reader.
        """
        with self._lock:
            pulling = profile if profile in PULLING else Profile.LOCAL
            readers = self._pool.ready_readers(pulling)
            self._requests[pulling].replace(owner, RequestList(requests, readers))
            self._ahead[pulling].replace(owner, RequestList(ahead, readers))
            self._makers[owner] = make_request
        if requests or ahead:
            self._pool.wake(pulling)

    def forget(self, owner: Hashable) -> None:
        with self._lock:
            for profile in PULLING:
                self._requests[profile].forget(owner)
                self._ahead[profile].forget(owner)
            self._makers.pop(owner, None)
            self._under_way = {token for token in self._under_way if token[0] != owner}
            self._under_way_ahead = {token for token in self._under_way_ahead if token[0] != owner}

    def is_idle(self) -> bool:
        """True when nothing is requested for now; requests ahead of need do not count."""
        with self._lock:
            return not self._under_way and not any(self._requests.values())

    def next(self, profile: Profile = Profile.LOCAL) -> Request | None:
        """The best tile for readers of a profile as a request, or None. Called by the pool, on its threads."""
        with self._lock:
            token, is_ahead = self._best_of(self._requests[profile]), False
            if token is None:
                token, is_ahead = self._best_of(self._ahead[profile]), True
            if token is None:
                return None
            (self._under_way_ahead if is_ahead else self._under_way).add(token)
            make_request = self._makers[token[0]]
        request = make_request(token[1])
        request.is_background = is_ahead
        return _timed(request) if is_tracing() else request

    def _best_of(self, lists: _Lists) -> tuple[Hashable, Hashable] | None:
        """Take the best request for this thread's reader that is not under way already: (owner, ident)."""
        reader = self._readers.setdefault(threading.get_ident(), len(self._readers))
        while (token := lists.take(reader)) is not None:
            if token not in self._under_way and token not in self._under_way_ahead:
                return token
        return None

    def settle(self, owner: Hashable, ident: Hashable) -> None:
        """Note that the drawing has taken the answer in; the same request may be handed out again from now on."""
        with self._lock:
            self._under_way.discard((owner, ident))
            self._under_way_ahead.discard((owner, ident))


def _timed(request: Request) -> Request:
    """The request, recorded in the trace as a span to the reader and back."""
    done, started = request.done, time.perf_counter_ns()

    def arrived(answer: Answer | GeoloupeError) -> None:
        since(started, "read", op=request.op, answer=getattr(answer, "noun", "ok"))
        done(answer)

    request.done = arrived
    return request
