"""The long lists of HDF5: a heap of texts in blocks, and the tree that says where in the heap each text lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

_MAX_BYTES = 2**24
_MAX_NODES = 100_000
_MAX_DEPTH = 20
_LINKS_BY_NAME = 5


class Damaged(Exception):
    """A structure that is not as the format says."""


class Reader:
    """Numbers and bytes of a file by their addresses, which count from `base`."""

    def __init__(self, file: BinaryIO, size: int, offset_bytes: int, length_bytes: int, base: int) -> None:
        self._file, self._size, self._base = file, size, base
        self.offset_bytes, self.length_bytes = offset_bytes, length_bytes
        self.nowhere = (1 << 8 * offset_bytes) - 1
        """Address that means "absent"."""

    def bytes_at(self, address: int, count: int, *, exact: bool = True) -> bytes:
        """Return bytes of the file. Raises Damaged where they are not all there."""
        start = address + self._base
        if not 0 <= start <= self._size or not 0 <= count <= _MAX_BYTES:
            raise Damaged
        self._file.seek(start)
        data = self._file.read(count)
        if exact and len(data) != count:
            raise Damaged
        return data

    def number(self, address: int, width: int) -> int:
        return int.from_bytes(self.bytes_at(address, width), "little")

    def offset(self, address: int) -> int:
        """An address that stands at an address."""
        return self.number(address, self.offset_bytes)

    def length(self, address: int) -> int:
        return self.number(address, self.length_bytes)


class FractalHeap:
    """Texts by their heap ids. Raises Damaged."""

    def __init__(self, reader: Reader, address: int) -> None:
        self._in = reader
        o, n = reader.offset_bytes, reader.length_bytes
        if reader.bytes_at(address, 5) != b"FRHP\0":
            raise Damaged
        self.is_packed = reader.number(address + 7, 2) > 0
        largest = reader.number(address + 10, 4)
        at = address + 14 + n + o + n + o + 8 * n
        self._width = reader.number(at, 2)
        self._start = reader.length(at + 2)
        self._most_direct = reader.length(at + 2 + n)
        bits = reader.number(at + 2 + 2 * n, 2)
        self._root = reader.offset(at + 6 + 2 * n)
        self._rows = reader.number(at + 6 + 2 * n + o, 2)
        if not (self._width and self._start and self._most_direct >= self._start and 0 < bits <= 64):
            raise Damaged
        self._offset_bytes = (bits + 7) // 8
        self._size_bytes = _bytes_for(min(self._most_direct, largest))
        self._direct_rows = self._most_direct.bit_length() - self._start.bit_length() + 2

    def get(self, heap_id: bytes) -> bytes:
        """The bytes at a place in the heap. Links are never so long, nor so short, that they would lie elsewhere."""
        if heap_id[0] & 0xF0:
            raise Damaged
        end = 1 + self._offset_bytes
        offset = int.from_bytes(heap_id[1:end], "little")
        size = int.from_bytes(heap_id[end : end + self._size_bytes], "little")
        block, first = self._block(offset)
        return self._in.bytes_at(block + offset - first, size)

    def _block(self, offset: int) -> tuple[int, int]:
        """The direct block that holds an offset of the heap, and the offset at which it begins."""
        if self._rows == 0:
            return self._root, 0
        address, first, rows = self._root, 0, self._rows
        for _ in range(_MAX_DEPTH):
            row, column, begins, size = self._cell(offset - first)
            if row >= rows:
                raise Damaged
            at = address + 5 + self._in.offset_bytes + self._offset_bytes
            child = self._in.offset(at + (row * self._width + column) * self._in.offset_bytes)
            if self._in.bytes_at(address, 4) != b"FHIB" or child == self._in.nowhere:
                raise Damaged
            first += begins
            if row < self._direct_rows:
                if self._in.bytes_at(child, 4) != b"FHDB":
                    raise Damaged
                return child, first
            address, rows = child, (size // (self._start * self._width)).bit_length()
        raise Damaged

    def _cell(self, offset: int) -> tuple[int, int, int, int]:
        """Row and column of an offset in an indirect block, where that cell begins and how much it holds."""
        row = (offset // (self._start * self._width)).bit_length()
        size = self._start if row == 0 else self._start << (row - 1)
        row_begins = 0 if row == 0 else size * self._width
        column = (offset - row_begins) // size
        return row, column, row_begins + column * size, size


def heap_ids(reader: Reader, address: int) -> Iterator[bytes]:
    """The heap ids of all links that a tree (version 2, by name) lists. Raises Damaged."""
    if reader.bytes_at(address, 5) != b"BTHD\0" or reader.number(address + 5, 1) != _LINKS_BY_NAME:
        raise Damaged
    node_bytes, record = reader.number(address + 6, 4), reader.number(address + 10, 2)
    depth, root = reader.number(address + 12, 2), reader.offset(address + 16)
    count = reader.number(address + 16 + reader.offset_bytes, 2)
    if not 10 < node_bytes <= _MAX_BYTES or not 4 < record < node_bytes or depth > _MAX_DEPTH:
        raise Damaged
    counts, totals = _widths(reader.offset_bytes, node_bytes, record, depth)
    waiting, nodes = ([(root, count, depth)] if count else []), 0
    while waiting:
        at, count, level = waiting.pop()
        nodes += 1
        if nodes > _MAX_NODES or reader.bytes_at(at, 4) != (b"BTIN" if level else b"BTLF"):
            raise Damaged
        records = reader.bytes_at(at + 6, count * record)
        for start in range(0, len(records), record):
            yield records[start + 4 : start + record]
        if level:
            at += 6 + count * record
            width = reader.offset_bytes + counts + (totals[level - 1] if level > 1 else 0)
            for number in range(count + 1):
                child = at + number * width
                held = reader.number(child + reader.offset_bytes, counts)
                waiting.append((reader.offset(child), held, level - 1))


def _widths(offset_bytes: int, node_bytes: int, record: int, depth: int) -> tuple[int, list[int]]:
    """Widths in bytes of the count of a node's records and, by level, of the count of all below it."""
    most = (node_bytes - 10) // record
    counts, totals, below = _bytes_for(most), [0], most
    for _ in range(depth):
        pointer = offset_bytes + counts + totals[-1]
        most = (node_bytes - 10 - pointer) // (record + pointer)
        if most < 1:
            raise Damaged
        below = (most + 1) * below + most
        totals.append(_bytes_for(below))
    return counts, totals


def _bytes_for(limit: int) -> int:
    """Number of bytes in which the format counts up to a limit."""
    return (max(limit, 1).bit_length() - 1) // 8 + 1
