"""The pager of a search: which request comes next, and what its answer holds, as a state machine that asks nobody."""

from __future__ import annotations

import json
from collections import deque
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from msgspec import Struct

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.services.http_request import HttpRequest
from layers.services.stac.addresses import host_of, is_internal, upgraded
from layers.services.stac.documents import StacDocument, read_page
from layers.services.stac.item import StacItem
from layers.services.stac.links import StacLink
from layers.services.stac.question import (
    ACCEPT,
    SearchWay,
    StacQuestion,
    answers,
    first_request,
    is_as_asked,
    not_asked_words,
    search_ways,
)
from layers.time.time_span import TimeSpan

MOST_ITEMS = 10_000
MOST_REQUESTS = 500
MOST_EMPTY = 30
"""Most pages in a row without an item, though each names a next one."""
MOST_REPEATED = 2
"""Most pages in a row that hold only items which came before."""
LEAST_PAGE = 10
MOST_SPLITS = 12
CAP = 1000
"""Items from which on a search that ends early is taken for one that the server caps: it is split by date."""
CAPPED_COUNT = 10_000
"""The count that a server states when it does not count on."""
PAUSE_S = 5.0
_EVER = TimeSpan(0.0, 4_102_444_800.0)
"""The years 1970 to 2100, to be split where no time was asked about."""
_ONCE_AGAIN = frozenset((0, 403, 408, 429, 500, 502, 503, 504))
_TOO_MUCH = frozenset((400, 413, 422, 500, 502, 503, 504))
_OTHER_WAY = frozenset((400, 404, 405, 406, 415, 422, 500, 501))
_BROKEN_OFF = 0


class _Leg(Struct, frozen=True):
    """A part of the question that is asked by itself: one box, one span of time."""

    box: Bounds | None
    span: TimeSpan | None
    splits: int = 0


class _Run:
    """The state of one leg that is being asked from its first page on."""

    def __init__(self, leg: _Leg) -> None:
        self.leg = leg
        self.pages = self.empty = self.repeated = 0
        self.seen: set[tuple[str, str]] = set()
        self.matched: int | None = None
        self.is_honoured: bool | None = None
        """True where all of the first items are within area, time and collections; None before there are any."""


class Pager:
    """Asks a question page by page. `next_request` says what to ask; its answer goes to `take`.

    `problems` are sentences on what was mended, left out or not understood. A pager that wants to go on at another
    host stops with the host in `host_asked`: `allow_host` lets it go on.
    """

    def __init__(self, question: StacQuestion, landing: StacDocument, most_items: int = MOST_ITEMS) -> None:
        self._question, self._most_items = question, most_items
        self._ways = deque(search_ways(landing, question))
        self._legs = deque(_Leg(box, question.span) for box in question.asked_boxes or (None,))
        self._parts = len(self._legs)
        self._limit = max(1, question.limit)
        self._run: _Run | None = None
        self._request: HttpRequest | None = None
        self._waiting: HttpRequest | None = None
        self._asked: set[tuple[str, str, bytes]] = set()
        self._is_again = self._is_path_wrong = False
        self._seen: set[tuple[str, str]] = set()
        self._allowed = {host_of(landing.address) or (host_of(self._ways[0].address) if self._ways else "")}
        self._requests = 0
        self._problems: dict[Phrase, None] = {}
        self._totals: list[int | None] = []
        """The counts that the server states, of each part that is done."""
        self._is_cut = False
        self.count = 0
        """Items that answer the question so far."""
        self.pause_s = 0.0
        """Seconds to wait before the next request, where the server did not say."""
        self.host_asked = ""
        if self._ways:
            self._begin()
        else:
            self._stop(Phrase("This catalogue names no address to search at."))

    def next_request(self) -> HttpRequest | None:
        """The request to make now; None at the end, and where a host has to be agreed to first."""
        return self._request

    @property
    def is_complete(self) -> bool:
        """True where everything that the server has was received: that nothing came is then evidence."""
        return self._request is None and self._waiting is None and not self._legs and not self._is_cut

    @property
    def problems(self) -> tuple[Phrase, ...]:
        return tuple(self._problems)

    @property
    def matched(self) -> str | None:
        """The number of items that answer the question in all: "n", "at least n", or None where nothing is known."""
        if self.is_complete:
            return str(self.count)
        running = [] if self._run is None else [self._run.matched]
        totals = [total for total in (*self._totals, *running) if total is not None]
        is_judged_here = bool(self._question.platform) or (
            self._question.max_cloud is not None and not (self._ways and self._ways[0].cql)
        )
        if not totals or is_judged_here or (self._run is not None and self._run.is_honoured is False):
            return f"at least {self.count}" if self.count else None
        if self._parts == 1 and totals[0] != CAPPED_COUNT:
            return str(totals[0])
        return f"at least {max(self.count, *totals)}"

    def allow_host(self) -> None:
        """Go on at the host that was asked for."""
        self._allowed.add(self.host_asked)
        self._request, self._waiting, self.host_asked = self._waiting, None, ""

    def take(self, page_bytes: bytes, address: str, status: int) -> list[StacItem]:
        """The new items of an answer that do answer the question. `status` is that of HTTP, 0 for no whole answer."""
        if self._request is None or self._run is None:
            return []
        request, self.pause_s = self._request, 0.0
        self._requests += 1
        if not 200 <= status < 300:
            self._refused(status)
            return []
        try:
            page = read_page(page_bytes, address)
        except GeoloupeError as error:
            self._refused(_BROKEN_OFF, error.sentence)
            return []
        self._is_again = False
        items = self._judged(page)
        if self._request is request:  # nothing in it has ended the search
            self._go_on(page, request)
        return items

    # -- the first page of a leg --------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Ask the first page of the next leg, if there is one."""
        self._request = None
        if self._legs:
            self._run = _Run(self._legs.popleft())
            self._ask_first(self._run.leg)

    def _restart(self) -> None:
        """Ask the leg again from its first page on; items that came already are not given again."""
        if self._run is not None:
            self._run = _Run(self._run.leg)
            self._ask_first(self._run.leg)

    def _ask_first(self, leg: _Leg) -> None:
        way = self._way
        words = not_asked_words(self._question, way)
        if words:
            self._say(words)
        self._is_again = False
        self._asked.clear()
        self._ask(first_request(self._question, way, leg.box, leg.span, self._limit))

    def _ask(self, request: HttpRequest) -> None:
        """Make a request the next one; at a host that is not the catalogue's own, once that is allowed."""
        self._asked.add(_key(request))
        self._request = request
        host = host_of(request.address)
        if self._requests >= MOST_REQUESTS:
            self._stop(Phrase("The search was stopped after {most} requests.", most=MOST_REQUESTS))
        elif host not in self._allowed:
            self._request, self._waiting, self.host_asked = None, request, host
            self._say(Phrase("The search leads to another host, {host}: it was not asked.", host=host or "?"))

    @property
    def _way(self) -> SearchWay:
        return self._ways[0]

    # -- an answer ----------------------------------------------------------------------------------------------------

    def _judged(self, page: StacDocument) -> list[StacItem]:
        """The new items of a page that answer the question."""
        run = self._run
        assert run is not None
        for problem in page.problems:
            self._say(problem)
        run.pages += 1
        run.matched = page.matched if page.matched is not None else run.matched
        keys = [(item.collection, item.id) for item in page.items]
        run.empty = 0 if keys else run.empty + 1
        run.repeated = run.repeated + 1 if keys and run.seen.issuperset(keys) else 0
        run.seen.update(keys)
        outside = sum(not is_as_asked(self._question, item) for item in page.items)
        if run.is_honoured is None and keys:
            run.is_honoured = not outside
            if outside:
                self._say(Phrase("The server does not keep to what it was asked: each item was judged here."))
        elif run.is_honoured and outside > len(keys) / 2:
            self._stop(Phrase("The server's next page has lost the question: the search was stopped there."))
        fresh = []
        for key, item in zip(keys, page.items, strict=True):
            if key not in self._seen and answers(self._question, item):
                fresh.append(item)
            self._seen.add(key)
        fresh = fresh[: self._most_items - self.count]
        self.count += len(fresh)
        return fresh

    def _go_on(self, page: StacDocument, request: HttpRequest) -> None:
        """Ask the next page, or the next leg where there is none."""
        run = self._run
        assert run is not None
        link = next(iter(page.links_of("next")), None)
        if self.count >= self._most_items and (link is not None or self._legs):
            self._stop(Phrase("The search was stopped at {most} items.", most=self._most_items))
        elif link is None:
            self._end_of_leg()
        elif run.empty > MOST_EMPTY:
            self._stop(Phrase("The server sends empty pages without end: the search was stopped, and may lack items."))
        elif run.repeated >= MOST_REPEATED:
            self._stop(Phrase("The server sends the same items again and again: the search was stopped."))
        else:
            self._follow(link, request)

    def _end_of_leg(self) -> None:
        run = self._run
        assert run is not None
        received = len(run.seen)
        if run.matched is not None and received < run.matched:
            if received >= CAP and self._split():
                return
            self._is_cut = True
            self._say(
                Phrase(
                    "The server states {matched} items and gave {received}, without a way to the others.",
                    matched=run.matched,
                    received=received,
                )
            )
        self._totals.append(run.matched)
        self._begin()

    def _split(self) -> bool:
        """Ask the leg in two halves of its time; False where it cannot be split any further."""
        leg = None if self._run is None else self._run.leg
        if leg is None or leg.splits >= MOST_SPLITS:
            return False
        begin, end = leg.span or _EVER
        begin, end = max(begin, _EVER.begin), min(end, _EVER.end)
        if end - begin < 2.0:
            return False
        middle = float(round((begin + end) / 2))
        halves = (TimeSpan(middle, end), TimeSpan(begin, middle))
        self._legs.extendleft(_Leg(leg.box, half, leg.splits + 1) for half in reversed(halves))
        self._parts += 1
        self._say(Phrase("The server does not give all items of one search: it was asked in parts by date."))
        self._begin()
        return True

    # -- the link to the next page ------------------------------------------------------------------------------------

    def _follow(self, link: StacLink, request: HttpRequest) -> None:
        """Ask the page that a link leads to, by the whole rule of paging; to another host only when that is allowed."""
        address = upgraded(link.href, request.address)
        host, own_host = host_of(address), host_of(self._way.address)
        if self._is_path_wrong or (host != own_host and is_internal(host) and not is_internal(own_host)):
            self._say(Phrase("The server names a wrong address for its next page: its own was used."))
            address = _at_place_of(address, self._way.address)
        following = _next_request(link, address, request)
        if _key(following) in self._asked:
            self._stop(Phrase("The server names the same next page for ever: the search was stopped."))
        else:
            self._ask(following)

    # -- a refusal ----------------------------------------------------------------------------------------------------

    def _refused(self, status: int, why: str = "") -> None:
        """Find what may help: once again, another way, smaller pages, parts by date; else say that nothing did."""
        run = self._run
        assert run is not None
        if status in _ONCE_AGAIN and not self._is_again:
            self._is_again, self.pause_s = True, PAUSE_S
        elif run.pages and status in (404, 405) and not self._is_path_wrong and self._request is not None:
            self._is_path_wrong = True
            moved = _at_place_of(self._request.address, self._way.address)
            self._ask(HttpRequest(moved, self._request.method, self._request.body, self._request.headers))
        elif not run.pages and status in _OTHER_WAY and self._way.cql and self._next_way():
            self._restart()
        elif status in (*_TOO_MUCH, _BROKEN_OFF) and self._limit > LEAST_PAGE:
            self._limit = max(LEAST_PAGE, self._limit // 2)
            self._say(Phrase("The server refuses large pages: smaller ones were asked for."))
            self._restart()
        elif not run.pages and status in _OTHER_WAY and self._next_way():
            self._limit = max(1, self._question.limit)
            self._restart()
        elif not (run.pages and status in _TOO_MUCH and self._split()):
            self._stop(_words_of(status, why))

    def _next_way(self) -> bool:
        """Leave the way that was refused for the next one; False where there is none."""
        if len(self._ways) < 2:
            return False
        self._ways.popleft()
        return True

    def _stop(self, sentence: Phrase) -> None:
        """End the search before its end, and say why."""
        self._say(sentence)
        self._is_cut = True
        self._request = None

    def _say(self, sentence: Phrase) -> None:
        self._problems[sentence] = None


def _next_request(link: StacLink, address: str, request: HttpRequest) -> HttpRequest:
    """The request that a link to the next page means after a request, by the rule of STAC's API for paging."""
    before = {name: value for name, value in request.headers if name not in (ACCEPT[0], "Content-Type")}
    headers = {**before, **link.headers} if link.merge else link.headers
    if link.method == "GET":
        return HttpRequest(address, headers=(ACCEPT, *headers.items()))
    question = _body_of(request)
    body = question if link.body is None else {**question, **link.body} if link.merge else link.body
    whole = json.dumps(body, separators=(",", ":")).encode()
    return HttpRequest(address, "POST", whole, (ACCEPT, ("Content-Type", "application/json"), *headers.items()))


def _body_of(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _key(request: HttpRequest) -> tuple[str, str, bytes]:
    return request.method, request.address, request.body


def _at_place_of(address: str, own: str) -> str:
    """The parameters of one address at the host and path of another."""
    query = urlsplit(address).query
    stated = dict(parse_qsl(urlsplit(own).query))
    if stated and not query:
        return own
    return urlunsplit(urlsplit(own)._replace(query=query))


def _words_of(status: int, why: str) -> Phrase:
    if why:
        return Phrase("The search was stopped: {why}", why=why)
    match status:
        case 401:
            return Phrase("The server wants to know who asks: give it a key or a password.")
        case 403:
            return Phrase("The server refuses the search, or has had too many requests: try again later.")
        case 429:
            return Phrase("The server has had too many requests: try again later.")
        case 0:
            return Phrase("The server did not answer.")
    return Phrase("The server answered the search with error {status}.", status=status)
