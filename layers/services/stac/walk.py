"""A walk through a catalogue that cannot be searched: its documents one by one, as a state machine that asks nobody."""

from __future__ import annotations

from layers.errors import GeoloupeError
from layers.phrase import Phrase
from layers.scenes.footprint import footprint_of_box
from layers.services.http_request import HttpRequest
from layers.services.stac.addresses import host_of, is_web, resolved, unsigned, upgraded
from layers.services.stac.documents import StacDocument, completed, document_of, page_of, parse_json
from layers.services.stac.item import StacItem
from layers.services.stac.question import ACCEPT, StacQuestion, answers
from layers.time.time_span import TimeSpan, span_of

MOST_DOCUMENTS = 5000
MOST_ITEMS = 10_000
MOST_REPEATED = 2
"""Most pages in a row that hold only items which came before: two branches may list the same ones."""
MOST_NAMED = 5
"""Most documents that could not be read which are named one by one."""
PAUSE_S = 5.0
_ONCE_AGAIN = frozenset((0, 403, 408, 429, 500, 502, 503, 504))
_RELATIONS = ("next", "item", "items", "child", "data")


class CatalogueWalk:
    """Walks through a catalogue's children and items. `next_request` says what to ask; its answer goes to `take`.

    It is lazy: a branch that states another place or time is left out, and it may rest after any answer. Documents that
    lead in a circle are asked once; one that is gone costs itself. `first_items` are those of the document it began at.
    Documents at other hosts wait until `allow_host`. The address of a request may be a path, where the catalogue is a
    folder.
    """

    def __init__(self, question: StacQuestion, start: StacDocument, most_documents: int = MOST_DOCUMENTS) -> None:
        self._question, self._most_documents = question, most_documents
        self._waiting: list[tuple[str, StacDocument | None]] = []
        """Addresses still to be asked, the next one last, each with the collection above it."""
        self._elsewhere: dict[str, list[tuple[str, StacDocument | None]]] = {}
        self._met = {_place(start.address)}
        self._seen: set[tuple[str, str]] = set()
        self._hosts = {host_of(start.address)}
        self._folder = "" if is_web(start.address) else resolved(start.address, "./").rstrip("/") + "/"
        """The folder that a catalogue on this computer is in: no document leads out of it."""
        self._documents = self._dead = self._repeated = 0
        self._is_again = False
        self._problems: dict[Phrase, None] = {}
        self.count = 0
        """Items that answer the question so far."""
        self.pause_s = 0.0
        """Seconds to wait before the next request, where the server did not say."""
        self.first_items = self._opened(start, None)

    def next_request(self) -> HttpRequest | None:
        """The request to make now; None at the end, at a limit, and where only other hosts are left."""
        if not self._waiting or self._is_at_limit:
            return None
        return HttpRequest(self._waiting[-1][0], headers=(ACCEPT,))

    @property
    def host_asked(self) -> str:
        """A host that more documents are at, when all others were asked; else empty."""
        return "" if self._waiting else next(iter(self._elsewhere), "")

    @property
    def is_complete(self) -> bool:
        """True where all that there is was read: that nothing came is then evidence."""
        return not (self._waiting or self._elsewhere or self._dead)

    @property
    def problems(self) -> tuple[Phrase, ...]:
        sentences = list(self._problems)
        if self._waiting and self._is_at_limit:
            sentences.append(Phrase("Only a part of the catalogue was read: it is too large to be read whole."))
        if self._dead > MOST_NAMED:
            sentences.append(Phrase("{dead} documents of the catalogue could not be read.", dead=self._dead))
        return tuple(sentences)

    @property
    def matched(self) -> str | None:
        """The number of items that answer the question in all: "n", "at least n", or None where nothing is known."""
        if self.is_complete:
            return str(self.count)
        return f"at least {self.count}" if self.count else None

    @property
    def _is_at_limit(self) -> bool:
        return self._documents >= self._most_documents or self.count >= MOST_ITEMS

    def allow_host(self) -> None:
        """Go on at the host that was asked for."""
        host = self.host_asked
        self._hosts.add(host)
        self._waiting += reversed(self._elsewhere.pop(host, []))

    def take(self, document: bytes, address: str, status: int) -> list[StacItem]:
        """The new items of a document that answer the question. `status` is that of HTTP, 0 for no whole answer."""
        if not self._waiting:
            return []
        self.pause_s = 0.0
        place, above = self._waiting[-1]
        read, why = _read(document, address, status)
        if (status in _ONCE_AGAIN or (read is None and status == 200)) and not self._is_again:
            self._is_again, self.pause_s = True, PAUSE_S
            return []
        self._is_again = False
        self._waiting.pop()
        self._documents += 1
        self._met.add(_place(address))
        if read is None:
            self._lost(place, why)
        return [] if read is None else self._opened(read, above)

    def _opened(self, document: StacDocument, above: StacDocument | None) -> list[StacItem]:
        """The items of a document that answer; what it leads to waits its turn."""
        if not self._may_answer(document):
            return []
        if document.service not in ("stac-item", "stac-items"):
            above = document
        if self._is_repeated(document):
            self._lost(document.address, Phrase("the server sends the same items again and again."))
        elif document.service != "stac-item":
            self._await(document, above)
        for collection in reversed(document.collections):
            if self._may_answer(collection):
                self._await(collection, collection)
        fresh = []
        for item in document.items:
            key = (item.collection, item.id)
            if key not in self._seen and answers(self._question, item):
                fresh.append(completed(item, above))
            self._seen.add(key)
        self.count += len(fresh)
        for problem in document.problems if document.service == "stac-items" else ():
            self._problems[problem] = None
        return fresh

    def _is_repeated(self, document: StacDocument) -> bool:
        """True at one of several pages in a row, each with a new address for the next, without a new item."""
        keys = {(item.collection, item.id) for item in document.items}
        if document.service == "stac-items" and keys:
            self._repeated = self._repeated + 1 if self._seen.issuperset(keys) else 0
        return document.service == "stac-items" and self._repeated > MOST_REPEATED

    def _await(self, document: StacDocument, above: StacDocument | None) -> None:
        """Let the documents that one leads to wait, in its order; those that were met already are passed over."""
        ways = []
        for link in sorted(document.links_of(*_RELATIONS), key=lambda link: _RELATIONS.index(link.rel)):
            address = upgraded(link.href, document.address)
            # The token of a page says which one it is: only that of anything else is a signature.
            place = address if link.rel == "next" else _place(address)
            if place in self._met or (link.rel == "data" and document.links_of("child")):
                continue
            self._met.add(place)
            if link.method != "GET":
                self._lost(address, Phrase("it is asked for by POST, as only a search does: open the archive itself."))
                continue
            host = host_of(address)
            if not host and not address.startswith(self._folder or "\0"):
                self._lost(address, Phrase("its address leads out of the catalogue."))
            elif host in self._hosts or not host:
                ways.append((address, above))
            else:
                self._elsewhere.setdefault(host, []).append((address, above))
        self._waiting += reversed(ways)

    def _may_answer(self, document: StacDocument) -> bool:
        """False for a collection that states another place or time, or another name than those asked about."""
        question = self._question
        if document.service != "stac-collection":
            return True
        if question.collections and document.id not in question.collections and not document.links_of("child"):
            return False
        place = document.bounds_lonlat
        if question.boxes and place is not None and not question.area.intersects(footprint_of_box(place)):
            return False
        begin = span_of(document.start) if document.start else None
        end = span_of(document.end) if document.end else None
        own = TimeSpan(begin.begin if begin else float("-inf"), end.end if end else float("inf"))
        return question.span is None or own.meets(question.span)

    def _lost(self, address: str, why: Phrase) -> None:
        self._dead += 1
        if self._dead <= MOST_NAMED:
            name = unsigned(address).rpartition("/")[2] or address
            self._problems[Phrase("{name} could not be read: {why}", name=name[:80], why=why)] = None


def _read(document: bytes, address: str, status: int) -> tuple[StacDocument | None, Phrase]:
    """The document, or None and why there is none. A page without items is one, though it may be of any kind."""
    if not status:
        return None, Phrase("it is not there, or did not come whole.")
    if not 200 <= status < 300:
        return None, Phrase("the server answered with error {status}.", status=status)
    try:
        value = parse_json(document)
        empty = isinstance(value, dict) and value.get("features") == []
        return page_of(value, address) if empty else document_of(value, address), Phrase("")
    except GeoloupeError as error:
        return None, error.sentence


def _place(address: str) -> str:
    """The address by which a document is known again, however its signature changes."""
    return unsigned(address).partition("#")[0]
