"""GeoTIFFs at addresses, opened by the ranges of their bytes that the window hands over.

GDAL sees a file system with this one file in it: no other name, beside it or elsewhere, leads anywhere.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, override

from rasterio.abc import MultiByteRangeResourceContainer

from layers.errors import GeoloupeError, NotReadable, SourceChanged
from layers.readers.window_bytes import LINE
from layers.requests.addresses import HEAD_BYTES, WantedRanges, name_of

BLOCK_BYTES = 512
"""Bytes of a block that is asked for where GDAL wants less: headers are read in pieces of some bytes."""
MOST_BLOCKS_ON = 16
"""Most blocks that are asked for at once where GDAL reads on in a long header: twice as many each time."""
MOST_BLOCKS = 1024
PAST_END_BYTES = 2**10
"""Bytes past the end of a file that GDAL may ask for in good faith: it reads a header in pieces of 1 KB."""
_BESIDE_NOTHING = os.devnull
"""A folder that holds nothing and never will."""


class RangedFile(MultiByteRangeResourceContainer):  # type: ignore[misc]
    """A file at an address in the state that it had when it was opened; for GDAL, a file system that holds it alone."""

    def __init__(self, address: str) -> None:
        """Ask for the file's state. Raises GeoloupeError where there is no such file, or it cannot be reached."""
        self.address, self.name = address, name_of(address)
        head = LINE.ask(WantedRanges(address, ((0, HEAD_BYTES - 1),)))
        self.state = head.state
        self._blocks = OrderedDict(enumerate(_blocks_in(head.data)))
        self._read_on = (HEAD_BYTES // BLOCK_BYTES, 1)
        """The block after the last one that was asked for, and how many to ask for there."""

    # -- bytes --------------------------------------------------------------------------------------------------

    @property
    def length(self) -> int:
        """Bytes of the whole file."""
        return self.state[1]

    def bytes_at(self, offset: int, count: int) -> bytes:
        """Bytes from `offset` on, fewer at the end of the file; none where they could not be had."""
        end = min(offset + count, self.length)
        if end <= offset:
            self._note_end(offset + count)
            return b""
        if count >= BLOCK_BYTES:
            return self._asked(((offset, end - 1),))
        first, last = offset // BLOCK_BYTES, (end - 1) // BLOCK_BYTES
        whole = b"".join(self._block(number) for number in range(first, last + 1))
        return whole[offset - first * BLOCK_BYTES :][: end - offset]

    def bytes_of(self, ranges: list[tuple[int, int]]) -> list[bytes]:
        """The bytes of several ranges (offset, count) asked for at once; zeros where they could not be had."""
        together = self._asked(tuple((offset, offset + count - 1) for offset, count in ranges))
        parts, start = [], 0
        self._note_end(max((offset + count for offset, count in ranges), default=0))
        for offset, count in ranges:
            end = start + max(0, min(count, self.length - offset))
            part = together[start:end]
            parts.append(part + bytes(count - len(part)))
            start = end
        return parts

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is None:
            count = self._read_on[1] if number == self._read_on[0] else 1
            self._read_on = number + count, min(2 * count, MOST_BLOCKS_ON)
            start = number * BLOCK_BYTES
            run = self._asked(((start, start + count * BLOCK_BYTES - 1),))
            block = run[:BLOCK_BYTES]
            self._blocks.update(enumerate(_blocks_in(run), number))
            while len(self._blocks) > MOST_BLOCKS:
                self._blocks.popitem(last=False)
        else:
            self._blocks.move_to_end(number)
        return block

    def _asked(self, ranges: tuple[tuple[int, int], ...]) -> bytes:
        """Ask the window. A failure is kept for `all_bytes_come`: GDAL would call the file damaged for it."""
        if _FAILURES.get(self.address) is not None:
            return b""
        try:
            part = LINE.ask(WantedRanges(self.address, ranges))
            if part.state != self.state:
                raise changed(self.address)
        except GeoloupeError as error:
            _FAILURES[self.address] = error
            return b""
        return part.data

    def _note_end(self, end: int) -> None:
        """Note that pixels are missing where bytes up to `end` were asked for, which lies past the end of the file."""
        if end > self.length + PAST_END_BYTES:
            error = NotReadable("{path} is cut short: its last pixels are missing.", path=self.name)
            _FAILURES.setdefault(self.address, error)

    def close(self) -> None:
        """Do nothing: no file is held."""

    # -- as GDAL sees it ----------------------------------------------------------------------------------------

    @override
    def open(self, path: str, mode: str = "r", **_: Any) -> _Handle:
        if path != self.name or mode.strip("b") != "r":
            raise FileNotFoundError(path)
        return _Handle(self)

    @override
    def isfile(self, path: str) -> bool:
        return path == self.name

    @override
    def isdir(self, path: str) -> bool:
        return False

    @override
    def ls(self, path: str) -> list[str]:
        return []

    @override
    def mtime(self, path: str) -> int:
        return 0

    @override
    def rm(self, path: str) -> None:
        raise FileNotFoundError(path)

    @override
    def size(self, path: str) -> int:
        return self.length


class _Handle:
    """The file as GDAL reads it. Its methods never raise: GDAL would go on as if nothing had happened."""

    def __init__(self, file: RangedFile) -> None:
        self._file, self._at = file, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, count: int = -1) -> bytes:
        data = self._file.bytes_at(self._at, self._file.length if count < 0 else count)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_CUR: self._at, os.SEEK_END: self._file.length}.get(whence, 0)
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def get_byte_ranges(self, offsets: list[int], sizes: list[int]) -> list[bytes]:
        return self._file.bytes_of(list(zip(offsets, sizes, strict=True)))

    def close(self) -> None:
        """Do nothing: no file is held."""


_FAILURES: dict[str, GeoloupeError] = {}
"""Why bytes could not be had while the present request is answered, by address."""


@contextmanager
def all_bytes_come(forget: Callable[[str], None]) -> Iterator[None]:
    """Answer a request by bytes that have all come: where some have not, raise why, whatever GDAL made of it.

    `forget` is called with the address of each file that lacked some: GDAL may hold blocks of it that are none.
    """
    _FAILURES.clear()
    try:
        yield
    finally:
        failures = dict(_FAILURES)
        _FAILURES.clear()
        for address in failures:
            forget(address)
        for error in failures.values():
            raise error


def state_at(address: str) -> tuple[int, int]:
    """The state of the file at an address, as the window knows it. Raises the GeoloupeError for which there is none."""
    return LINE.ask(WantedRanges(address)).state


def _blocks_in(data: bytes) -> Iterator[bytes]:
    return (data[at : at + BLOCK_BYTES] for at in range(0, len(data), BLOCK_BYTES))


def head_at(address: str, count: int) -> bytes:
    """The first bytes of the file at an address. Raises as `state_at`."""
    return LINE.ask(WantedRanges(address, ((0, count - 1),))).data


def place_beside_nothing(address: str) -> str:
    """A path with the name of the file at an address, beside which nothing lies."""
    return os.path.join(_BESIDE_NOTHING, name_of(address))


def changed(path: str) -> SourceChanged:
    """The error for a file that is not the one that was opened."""
    return SourceChanged("{path} has changed since it was opened: read it anew.", path=name_of(path))
