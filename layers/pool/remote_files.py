"""Bytes of files at addresses for the readers: asked of the network to the byte, kept, and never asked for twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol

from msgspec import Struct, field

from layers.errors import GeoloupeError, NotAFile, ServerFault, SourceChanged, TooLarge
from layers.requests.addresses import HEAD_BYTES, ServedRanges, WantedRanges, name_of
from layers.requests.file_parts import Ends, FileParts, joined

JOINED_BYTES = 2**10
"""Bytes between two ranges that are fetched with them: another request costs more."""
MOST_BYTES_A_REQUEST = 4 * 2**20
MOST_BYTES_WANTED = 256 * 2**20
"""Most bytes that a reader is given at once."""
MOST_BYTES_KEPT = 96 * 2**20

type PartDone = Callable[[ServedRanges | GeoloupeError], object]


class RangeSource(Protocol):
    """The network, as far as readers need it."""

    def ranges(self, address: str, first: int, last: int, done: PartDone) -> None:
        """Fetch the bytes of a file from `first` to `last`, fewer where it ends before; of any thread.

        `done` is called once, on any thread, with the bytes and the state of the file, or with why there are none.
        """

    def forget(self, address: str) -> None:
        """Fetch anew what was fetched of a file before; of any thread."""


class _Wait(Struct, eq=False):
    """A reader that waits for bytes, with those that it has and how many requests it lacks."""

    ranges: tuple[Ends, ...]
    done: PartDone
    parts: FileParts = field(default_factory=FileParts)
    lacking: int = 0


class _Fetch(Struct, eq=False):
    """A range that is under way, and the readers that wait for it."""

    first: int
    last: int
    waits: list[_Wait] = field(default_factory=list)


class _File(Struct, eq=False):
    """A file at an address in one state; `size` is negative until it is known."""

    address: str
    size: int = -1
    mark: str = ""
    parts: FileParts = field(default_factory=FileParts)
    newcomers: list[tuple[WantedRanges, PartDone]] = field(default_factory=list)
    """Readers that wait until the state is known."""
    fetches: list[_Fetch] = field(default_factory=list)

    def part(self, wait: _Wait) -> ServedRanges:
        """The bytes for a reader that lacks no request."""
        return ServedRanges(b"".join(wait.parts.cut(*ends) for ends in wait.ranges), self.size, self.mark)

    def is_another(self, part: ServedRanges) -> bool:
        """True where bytes that came are of another state of the file."""
        return self.size >= 0 and (part.size, part.mark) != (self.size, self.mark)

    def take_waiting(self) -> list[PartDone]:
        """All that wait for anything, who will not get it."""
        waiting = {id(wait): wait.done for fetch in self.fetches for wait in fetch.waits}
        newcomers = [done for _, done in self.newcomers]
        self.fetches, self.newcomers = [], []
        return [*waiting.values(), *newcomers]

    def taken(self, first: int, last: int) -> list[_Wait]:
        """The readers that waited for a range, which is no longer under way."""
        done = [fetch for fetch in self.fetches if (fetch.first, fetch.last) == (first, last)]
        self.fetches = [fetch for fetch in self.fetches if (fetch.first, fetch.last) != (first, last)]
        return [wait for fetch in done for wait in fetch.waits]


class RemoteFiles:
    """Files at addresses, of which readers want bytes. Thread-safe; it waits for nothing.

    A file keeps the state in which it was first met until it is forgotten: bytes of another state are refused.
    """

    def __init__(self) -> None:
        self.source: RangeSource | None = None
        """Set by who has a network; without it there are no bytes."""
        self._lock = threading.Lock()
        self._files: dict[str, _File] = {}
        self._used: OrderedDict[tuple[_File, int], None] = OrderedDict()
        """Parts by their file and where they begin, the one first that was used longest ago."""
        self._kept_bytes = 0

    def read(self, wanted: WantedRanges, done: PartDone) -> None:
        """Get bytes of a file; `done` is called once, at once or later on another thread."""
        source = self.source
        if source is None:
            done(NotAFile("{name} lies on a host, and nothing is fetched here.", name=name_of(wanted.address)))
            return
        if not _is_sensible(wanted.ranges):
            done(TooLarge("{name} asks for more than is fetched at once.", name=name_of(wanted.address)))
            return
        with self._lock:
            file = self._files.setdefault(wanted.address, _File(wanted.address))
            if file.size < 0:
                file.newcomers.append((wanted, done))
                unasked = [(0, HEAD_BYTES - 1)] if len(file.newcomers) == 1 else []
                wait = None
            else:
                wait, unasked = self._begun(file, wanted, done)
        if wait is not None and not wait.lacking:
            done(file.part(wait))
        for first, last in unasked:
            source.ranges(wanted.address, first, last, partial(self._arrived, file, first, last))

    def forget(self, address: str) -> None:
        """Forget a file and its state: it is fetched anew. Who waits for its bytes still gets them."""
        with self._lock:
            is_known = address in self._files
            self._drop(address)
        if is_known and self.source is not None:
            self.source.forget(address)

    def _begun(self, file: _File, wanted: WantedRanges, done: PartDone) -> tuple[_Wait, list[Ends]]:
        """A reader's wait for its bytes, and the ranges that nobody has asked for yet."""
        ends = ((first, min(last, file.size - 1)) for first, last in wanted.ranges)
        wait = _Wait(tuple((first, last) for first, last in ends if first <= last), done)
        lacking = []
        for first, last in wait.ranges:
            for start in file.parts.starts(first, last):
                self._used.move_to_end((file, start))
                of_it = max(first, start), min(last, start + file.parts.size_of(start) - 1)
                wait.parts.add(of_it[0], file.parts.cut(*of_it))
            lacking += wait.parts.lacking(first, last)
        under_way = [fetch for fetch in file.fetches if any(_meet(fetch, gap) for gap in lacking)]
        unasked = list(joined(_less(lacking, under_way), JOINED_BYTES, MOST_BYTES_A_REQUEST))
        new = [_Fetch(first, last) for first, last in unasked]
        file.fetches += new
        for fetch in (*under_way, *new):
            fetch.waits.append(wait)
        wait.lacking = len(under_way) + len(new)
        return wait, unasked

    def _arrived(self, file: _File, first: int, last: int, part: ServedRanges | GeoloupeError) -> None:
        """Take in an answer of the network, and hand over to those who lack nothing now."""
        calls: list[Callable[[], object]] = []
        with self._lock:
            fault = part if isinstance(part, GeoloupeError) else _fault(file, first, last, part)
            if fault is None and isinstance(part, ServedRanges):
                is_first, (file.size, file.mark) = file.size < 0, (part.size, part.mark)
                self._keep(file, first, part.data)
                for wait in file.taken(first, last):
                    wait.parts.add(first, part.data)
                    wait.lacking -= 1
                    if not wait.lacking:
                        calls.append(partial(wait.done, file.part(wait)))
                if is_first:
                    calls += [partial(self.read, *newcomer) for newcomer in file.newcomers]
                    file.newcomers = []
            elif fault is not None:
                if self._files.get(file.address) is file and (file.size < 0 or isinstance(fault, SourceChanged)):
                    self._drop(file.address)
                calls += [partial(done, fault) for done in self._let_down(file, first, last, fault)]
        for call in calls:
            call()

    def _let_down(self, file: _File, first: int, last: int, fault: GeoloupeError) -> list[PartDone]:
        """Take those who waited for a range that does not come; all of them where the file has changed."""
        if file.size < 0 or isinstance(fault, SourceChanged):
            return file.take_waiting()
        lost = file.taken(first, last)
        for fetch in file.fetches:  # their other ranges may come, and be kept for others
            fetch.waits = [wait for wait in fetch.waits if wait not in lost]
        return [wait.done for wait in lost]

    def _keep(self, file: _File, first: int, data: bytes) -> None:
        if self._files.get(file.address) is not file:
            return  # it was forgotten meanwhile
        for start in file.parts.add(first, data):
            self._used[file, start] = None
            self._kept_bytes += file.parts.size_of(start)
        while self._kept_bytes > MOST_BYTES_KEPT:
            (oldest, start), _ = self._used.popitem(last=False)
            self._kept_bytes -= oldest.parts.drop(start)

    def _drop(self, address: str) -> None:
        file = self._files.pop(address, None)
        for key in [key for key in self._used if key[0] is file]:
            del self._used[key]
            self._kept_bytes -= key[0].parts.drop(key[1])


def _fault(file: _File, first: int, last: int, part: ServedRanges) -> GeoloupeError | None:
    """The fault of bytes that came: of another state of the file, or not as many as there are; None without one."""
    name = name_of(file.address)
    if file.is_another(part):
        return SourceChanged("{path} has changed since it was opened: read it anew.", path=name)
    if part.size <= 0 or len(part.data) != min(last, part.size - 1) - first + 1:
        return ServerFault("{name} did not come as it was asked for: its server sent other bytes.", name=name)
    return None


def _is_sensible(ranges: Iterable[tuple[int, int]]) -> bool:
    lengths = [last - first + 1 if 0 <= first <= last else MOST_BYTES_WANTED + 1 for first, last in ranges]
    return sum(lengths) <= MOST_BYTES_WANTED


def _meet(fetch: _Fetch, ends: Ends) -> bool:
    return fetch.first <= ends[1] and ends[0] <= fetch.last


def _less(ranges: Iterable[Ends], under_way: Iterable[_Fetch]) -> Iterator[Ends]:
    """Cuts out of ranges what is under way."""
    in_order = sorted(under_way, key=lambda fetch: fetch.first)
    for first, last in ranges:
        at = first
        for fetch in in_order:
            if _meet(fetch, (at, last)):
                if at < fetch.first:
                    yield at, fetch.first - 1
                at = max(at, fetch.last + 1)
        if at <= last:
            yield at, last
