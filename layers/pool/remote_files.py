"""Bytes of files at addresses for the readers: asked of the network in blocks, kept, and never asked for twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol

from msgspec import Struct, field

from layers.errors import GeoloupeError, NotAFile, ServerFault, SourceChanged, TooLarge
from layers.requests.addresses import ServedRanges, WantedRanges, name_of

BLOCK_BYTES = 4 * 2**10
FIRST_BYTES = 16 * 2**10
"""Bytes of the first request to a file: the headers of most COGs are in them."""
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
    """A reader that waits for bytes, with the blocks that it has and those that it lacks."""

    ranges: tuple[tuple[int, int], ...]
    done: PartDone
    blocks: dict[int, bytes] = field(default_factory=dict)
    lacking: set[int] = field(default_factory=set)


class _File(Struct, eq=False):
    """A file at an address in one state; `size` is negative until it is known."""

    address: str
    size: int = -1
    mark: str = ""
    newcomers: list[tuple[WantedRanges, PartDone]] = field(default_factory=list)
    """Readers that wait until the state is known."""
    waits: dict[int, list[_Wait]] = field(default_factory=dict)
    """Readers that wait for a block, by the blocks that are under way."""

    def part(self, wait: _Wait) -> ServedRanges:
        """The bytes for a reader that lacks no block."""
        return ServedRanges(b"".join(map(partial(_cut, wait.blocks), wait.ranges)), self.size, self.mark)

    def is_another(self, part: ServedRanges) -> bool:
        """True where bytes that came are of another state of the file."""
        return self.size >= 0 and (part.size, part.mark) != (self.size, self.mark)

    def take_waiting(self) -> list[PartDone]:
        """All that wait for anything, who will not get it."""
        waiting = {id(wait): wait.done for waits in self.waits.values() for wait in waits}
        newcomers = [done for _, done in self.newcomers]
        self.waits, self.newcomers = {}, []
        return [*waiting.values(), *newcomers]


class RemoteFiles:
    """Files at addresses, of which readers want bytes. Thread-safe; it waits for nothing.

    A file keeps the state in which it was first met until it is forgotten: bytes of another state are refused.
    """

    def __init__(self) -> None:
        self.source: RangeSource | None = None
        """Set by who has a network; without it there are no bytes."""
        self._lock = threading.Lock()
        self._files: dict[str, _File] = {}
        self._blocks: OrderedDict[tuple[_File, int], bytes] = OrderedDict()
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
                runs = [(0, FIRST_BYTES // BLOCK_BYTES - 1)] if len(file.newcomers) == 1 else []
                wait = None
            else:
                wait, runs = self._begun(file, wanted, done)
        if wait is not None and not wait.lacking:
            done(file.part(wait))
        for run in runs:
            first, last = run[0] * BLOCK_BYTES, (run[1] + 1) * BLOCK_BYTES - 1
            last = last if file.size < 0 else min(last, file.size - 1)
            source.ranges(wanted.address, first, last, partial(self._arrived, file, first, last))

    def forget(self, address: str) -> None:
        """Forget a file and its state: it is fetched anew. Who waits for its bytes still gets them."""
        with self._lock:
            is_known = address in self._files
            self._drop(address)
        if is_known and self.source is not None:
            self.source.forget(address)

    def _begun(self, file: _File, wanted: WantedRanges, done: PartDone) -> tuple[_Wait, list[tuple[int, int]]]:
        """A reader's wait for its blocks, and the runs of blocks that nobody has asked for yet."""
        ends = ((first, min(last, file.size - 1)) for first, last in wanted.ranges)
        wait = _Wait(tuple((first, last) for first, last in ends if first <= last), done)
        unasked = []
        for number in sorted({number for ends in wait.ranges for number in _blocks_of(*ends)}):
            block = self._blocks.get((file, number))
            if block is not None:
                self._blocks.move_to_end((file, number))
                wait.blocks[number] = block
                continue
            wait.lacking.add(number)
            if number not in file.waits:
                unasked.append(number)
            file.waits.setdefault(number, []).append(wait)
        return wait, list(_runs(unasked))

    def _arrived(self, file: _File, first: int, last: int, part: ServedRanges | GeoloupeError) -> None:
        """Take in an answer of the network, and hand over to those who lack nothing now."""
        calls: list[Callable[[], object]] = []
        with self._lock:
            fault = part if isinstance(part, GeoloupeError) else _fault(file, first, last, part)
            if fault is None and isinstance(part, ServedRanges):
                is_first, (file.size, file.mark) = file.size < 0, (part.size, part.mark)
                self._keep(file, first, part.data)
                for number in _blocks_of(first, first + len(part.data) - 1):
                    for wait in file.waits.pop(number, ()):
                        start = number * BLOCK_BYTES - first
                        wait.blocks[number] = part.data[start : start + BLOCK_BYTES]
                        wait.lacking.discard(number)
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
        lost: dict[int, _Wait] = {}
        for number in _blocks_of(first, last):
            lost |= {id(wait): wait for wait in file.waits.pop(number, ())}
        for number, waits in list(file.waits.items()):  # their other blocks may come, and be kept for others
            file.waits[number] = [wait for wait in waits if id(wait) not in lost]
        return [wait.done for wait in lost.values()]

    def _keep(self, file: _File, first: int, data: bytes) -> None:
        if self._files.get(file.address) is not file:
            return  # it was forgotten meanwhile
        for start in range(0, len(data), BLOCK_BYTES):
            key, block = (file, (first + start) // BLOCK_BYTES), data[start : start + BLOCK_BYTES]
            if key not in self._blocks:
                self._blocks[key] = block
                self._kept_bytes += len(block)
        while self._kept_bytes > MOST_BYTES_KEPT:
            self._kept_bytes -= len(self._blocks.popitem(last=False)[1])

    def _drop(self, address: str) -> None:
        file = self._files.pop(address, None)
        for key in [key for key in self._blocks if key[0] is file]:
            self._kept_bytes -= len(self._blocks.pop(key))


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


def _blocks_of(first: int, last: int) -> range:
    return range(first // BLOCK_BYTES, last // BLOCK_BYTES + 1)


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of neighbouring blocks, (first, last) each, none longer than one request may be."""
    most = MOST_BYTES_A_REQUEST // BLOCK_BYTES
    first = last = -2
    for number in numbers:
        if number == last + 1 and number - first < most:
            last = number
            continue
        if first >= 0:
            yield first, last
        first = last = number
    if first >= 0:
        yield first, last


def _cut(blocks: dict[int, bytes], ends: tuple[int, int]) -> bytes:
    first, last = ends
    numbers = _blocks_of(first, last)
    whole = b"".join(blocks[number] for number in numbers)
    return whole[first - numbers[0] * BLOCK_BYTES :][: last - first + 1]
