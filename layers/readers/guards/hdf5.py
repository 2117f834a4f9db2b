"""Checks every object of an HDF5 file before GDAL opens it: some of them may lie in other files.

A group may link into another file, a data set may keep its values in raw files or be a view of other files. Our own
code reads the file: the library of HDF5 would follow such a link while it lists the objects.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO

from layers.errors import NotAllowed, NotReadable, TooLarge
from layers.phrase import Phrase
from layers.readers.guards.hdf5_heap import Damaged, FractalHeap, Reader, heap_ids
from layers.readers.signatures import HDF5

_MAX_OBJECTS = 50_000
_MAX_MESSAGES = 20_000
_MAX_NODES = 200_000
_LINK_INFO, _LINK, _EXTERNAL, _LAYOUT, _CONTINUATION, _SYMBOLS, _DRIVER = 0x02, 0x06, 0x07, 0x08, 0x10, 0x11, 0x14
_JUDGED = (_LINK_INFO, _LINK, _EXTERNAL, _LAYOUT, _SYMBOLS, _DRIVER)
_VIRTUAL = 3
_HARD, _SOFT, _ELSEWHERE = 0, 1, 64

_Messages = Callable[[int, int], Iterator[tuple[int, int, int, int]]]
"""The messages between two addresses: kind, flags, where their content begins and its size."""


class _Foreign(Exception):
    """Raised for a part that leads to other files; `str()` names it, after "because it"."""


def is_hdf5(path: str) -> bool:
    """True for HDF5, which newer netCDF files are too. Raises OSError."""
    with open(path, "rb") as file:
        return file.read(len(HDF5)) == HDF5


def judge_hdf5(path: str) -> None:
    """Raises NotAllowed where something in it lies in another file, NotReadable where it cannot be looked through."""
    name = os.path.basename(path)
    try:
        with open(path, "rb") as file:
            _Judge(file, os.path.getsize(path)).judge()
    except _Foreign as error:
        raise NotAllowed(
            "{name} is not opened because it {error}: ask its maker for one file with all its data inside, or for a "
            "GeoTIFF.",
            name=name,
            error=error,
        ) from None
    except (Damaged, struct.error, OverflowError, MemoryError) as error:
        raise NotReadable(
            "{name} is damaged or incomplete: what it holds cannot be listed. Copy it again.", name=name
        ) from error
    except _TooMany:
        raise TooLarge(
            "{name} holds more than {max_objects} objects: it is not opened.", name=name, max_objects=_MAX_OBJECTS
        ) from None


class _TooMany(Exception):
    pass


class _Judge:
    """Looks at each object of one file once, from the root down every link."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self._in = Reader(file, size, 8, 8, 0)
        self._waiting: list[int] = []
        self._seen: set[int] = set()
        self._nodes = 0

    def judge(self) -> None:
        for root in self._superblock():
            self._add(root)
        while self._waiting:
            self._object(self._waiting.pop())

    def _add(self, address: int) -> None:
        if address in self._seen or address == self._in.nowhere:
            return
        if len(self._seen) >= _MAX_OBJECTS:
            raise _TooMany
        self._seen.add(address)
        self._waiting.append(address)

    def _superblock(self) -> Iterator[int]:
        """The addresses of the root, and of the other structures at the beginning."""
        head = self._in.bytes_at(0, 96, exact=False)
        if not head.startswith(HDF5):
            raise Damaged
        version = head[8]
        if version < 2:
            offset, length = head[13], head[14]
            at = 24 + 4 * version
        elif version == 2 or version == 3:
            offset, length = head[9], head[10]
            at = 12
        else:
            raise Damaged
        if offset not in (2, 4, 8) or length not in (2, 4, 8):
            raise Damaged
        plain = Reader(self._file, self._size, offset, length, 0)
        base, extension, _, last = (plain.offset(at + offset * i) for i in range(4))
        self._in = Reader(self._file, self._size, offset, length, base)
        if version >= 2:
            yield extension
            yield last
            return
        if last != plain.nowhere:  # the address of what its driver needs; a free-space address stands second
            raise _Foreign("is one of several files that belong together")
        yield from self._symbol(self._in.bytes_at(at + 4 * offset - base, 2 * offset + 24))

    def _object(self, address: int) -> None:
        chunks = [self._first_chunk(address)]
        count = 0
        while chunks:
            start, end, reader = chunks.pop()
            for kind, flags, at, size in reader(start, end):
                count += 1
                if count > _MAX_MESSAGES:
                    raise Damaged
                if kind == _CONTINUATION:
                    chunks.append(self._next_chunk(at, reader))
                elif kind in _JUDGED:
                    if flags & 2:
                        raise _Foreign("keeps what leads to its parts in a shared place, which is not understood")
                    self._message(kind, at, size)

    def _first_chunk(self, address: int) -> tuple[int, int, _Messages]:
        head = self._in.bytes_at(address, 16, exact=False)
        if head[:4] == b"OHDR":
            if head[4] != 2:
                raise Damaged
            flags, at = head[5], address + 6
            at += 16 * bool(flags & 0x20) + 4 * bool(flags & 0x10)
            width = 1 << (flags & 3)
            size = self._in.number(at, width)
            return at + width, at + width + size, self._ordered if flags & 4 else self._unordered
        if len(head) < 16 or head[0] != 1:
            raise Damaged
        (size,) = struct.unpack_from("<I", head, 8)
        return address + 16, address + 16 + size, self._old

    def _next_chunk(self, at: int, reader: _Messages) -> tuple[int, int, _Messages]:
        start = self._in.offset(at)
        size = self._in.length(at + self._in.offset_bytes)
        if reader == self._old:
            return start, start + size, reader
        if self._in.bytes_at(start, 4) != b"OCHK":
            raise Damaged
        return start + 4, start + size - 4, reader

    def _old(self, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        while start + 8 <= end:
            kind, size, flags = struct.unpack("<HHB", self._in.bytes_at(start, 5))
            yield kind, flags, start + 8, size
            start += 8 + size

    def _ordered(self, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        return self._new(start, end, 6)

    def _unordered(self, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        return self._new(start, end, 4)

    def _new(self, start: int, end: int, head: int) -> Iterator[tuple[int, int, int, int]]:
        while start + head <= end:
            kind, size, flags = struct.unpack("<BHB", self._in.bytes_at(start, 4))
            yield kind, flags, start + head, size
            start += head + size

    def _message(self, kind: int, at: int, size: int) -> None:
        match kind:
            case _ if kind == _EXTERNAL:
                raise _Foreign("keeps values in other files")
            case _ if kind == _DRIVER:
                raise _Foreign("is one of several files that belong together")
            case _ if kind == _LAYOUT:
                head = self._in.bytes_at(at, 2)
                if head[0] >= 3 and head[1] >= _VIRTUAL:
                    raise _Foreign("is a view of other files")
            case _ if kind == _LINK:
                self._link(self._in.bytes_at(at, size))
            case _ if kind == _SYMBOLS:
                self._old_group(self._in.offset(at))
            case _ if kind == _LINK_INFO:
                at += 2 + 8 * (self._in.bytes_at(at + 1, 1)[0] & 1)
                self._dense_group(self._in.offset(at), self._in.offset(at + self._in.offset_bytes))

    def _link(self, text: bytes) -> None:
        flags, at, kind = text[1], 2, _HARD
        if text[0] != 1:
            raise Damaged
        if flags & 8:
            kind, at = text[at], at + 1
        at += 8 * bool(flags & 4) + bool(flags & 16)
        width = 1 << (flags & 3)
        length = int.from_bytes(text[at : at + width], "little")
        at += width
        name = text[at : at + length].decode("utf-8", "replace")
        at += length
        if kind == _HARD:
            self._add(int.from_bytes(text[at : at + self._in.offset_bytes].ljust(1, b"\0"), "little"))
        elif kind == _ELSEWHERE:
            file = text[at + 3 :].split(b"\0")[0].decode("utf-8", "replace")
            raise _Foreign(
                Phrase("links {name} to {file}, which is another file", name=repr(name[:60]), file=repr(file[:80]))
            )
        elif kind != _SOFT:
            raise _Foreign(Phrase("links {name} in a way that only its maker's program knows", name=repr(name[:60])))

    def _old_group(self, tree: int) -> None:
        """A tree of symbols: these cannot lead to other files, only to objects here."""
        waiting, seen = [tree], set()
        while waiting:
            at = waiting.pop()
            if at in seen or at == self._in.nowhere:
                continue
            seen.add(at)
            self._nodes += 1
            if self._nodes > _MAX_NODES:
                raise Damaged
            head = self._in.bytes_at(at, 8)
            if head[:4] == b"SNOD":
                (count,) = struct.unpack_from("<H", head, 6)
                width = 2 * self._in.offset_bytes + 24
                for number in range(count):
                    for address in self._symbol(self._in.bytes_at(at + 8 + number * width, width)):
                        self._add(address)
                continue
            if head[:4] != b"TREE" or head[4] != 0:
                raise Damaged
            (count,) = struct.unpack_from("<H", head, 6)
            first = at + 8 + 2 * self._in.offset_bytes + self._in.length_bytes
            step = self._in.offset_bytes + self._in.length_bytes
            waiting += [self._in.offset(first + number * step) for number in range(count)]

    def _symbol(self, entry: bytes) -> Iterator[int]:
        """The object of a symbol; for a group also the members noted beside it."""
        width = self._in.offset_bytes
        (kind,) = struct.unpack_from("<I", entry, 2 * width)
        if kind == 1:
            self._old_group(int.from_bytes(entry[2 * width + 8 : 3 * width + 8], "little"))
        if kind != 2:  # a soft link has no object
            yield int.from_bytes(entry[width : 2 * width], "little")

    def _dense_group(self, heap: int, tree: int) -> None:
        if self._in.nowhere in (heap, tree):
            return
        links = FractalHeap(self._in, heap)
        if links.is_packed:
            raise _Foreign("packs the list of what it holds, which is not understood")
        for number in heap_ids(self._in, tree):
            self._link(links.get(number))
