"""Pages of a case that hold nothing but bytes of pictures and kept files: all the rest of a large case is small.

SQLite stores a row that does not fit on its page in a chain of further pages. Bytes stand last in their rows, so that
the end of such a chain has no word of the row. https://www.sqlite.org/fileformat2.html#b_tree_pages
"""

from __future__ import annotations

import mmap
import re
import sqlite3
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from layers.project.storage.sqlite_file import HEADER_BYTES, Header, varint

if TYPE_CHECKING:
    from layers.project.storage.tables import TableSpec

MOST_RUNS = 100_000
"""Most runs that are listed: a run is about 400 kB in a case of chips, and each takes ten letters."""
_LEAF, _INTERIOR = 0x0D, 0x05
_LIST = re.compile(r"\d{1,10}\+\d{1,10}(?: \d{1,10}\+\d{1,10})*", re.ASCII)

type Runs = tuple[tuple[int, int], ...]
"""(first page, number of pages) of runs of pages, in order; pages are counted from 1."""


def blob_runs(connection: sqlite3.Connection, file: BinaryIO, specs: Iterable[TableSpec]) -> Runs:
    """Find the pages of a file of ours that hold nothing but bytes of rows of these tables. Raises OSError.

    All of the file is written, and `connection` is the only one that may write it.
    """
    header = Header.of(file.read(HEADER_BYTES))
    if header is None:
        return ()
    pages: list[tuple[int, int]] = []
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for spec in specs:
            if spec.blobs and (before := _columns_before(connection, spec)):
                (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (spec.name,))
                pages += _Chains(data, header.page_bytes).runs(root[0], before)
    longest = sorted(pages, key=lambda run: run[1])[-MOST_RUNS:]
    return tuple(_joined(sorted(longest)))


def as_text(runs: Runs) -> str:
    return " ".join(f"{first}+{count}" for first, count in runs)


def from_text(text: str, pages: int) -> Runs | None:
    """The runs that a text lists; None for a text that lists none, or none that can be in a file of `pages`."""
    if not _LIST.fullmatch(text):
        return None
    runs = tuple((int(first), int(count)) for first, _, count in (run.partition("+") for run in text.split(" ")))
    end = 2  # the first page has the header
    for first, count in runs:
        if first < end or not count:
            return None
        end = first + count
    return runs if end <= pages + 1 else None


def others(runs: Runs, pages: int) -> Iterator[tuple[int, int]]:
    """The runs of all pages that are not in `runs`."""
    at = 1
    for first, count in (*runs, (pages + 1, 0)):
        if first > at:
            yield at, first - at
        at = first + count


def _columns_before(connection: sqlite3.Connection, spec: TableSpec) -> int:
    """Number of columns before the bytes; 0 where any stands behind them, as SQLite reads through bytes to reach it."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({spec.name})")]
    before = len(names) - len(spec.blobs)
    return before if set(names[before:]) == set(spec.blobs) else 0


def _joined(runs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs in order, with neighbours joined."""
    first, count = 0, 0
    for start, more in runs:
        if start == first + count:
            count += more
            continue
        if count:
            yield first, count
        first, count = start, more
    if count:
        yield first, count


class _Chains:
    """Reads the b-tree of a table for the ends of its chains."""

    def __init__(self, data: mmap.mmap, page_bytes: int) -> None:
        self._data, self._page_bytes = data, page_bytes

    def runs(self, root: int, before: int) -> list[tuple[int, int]]:
        waiting, runs = [root], list[tuple[int, int]]()
        while waiting:
            page = self._page(waiting.pop())
            kind, cells = page[0], int.from_bytes(page[3:5], "big")
            first = 12 if kind == _INTERIOR else 8
            places = [int.from_bytes(page[at : at + 2], "big") for at in range(first, first + 2 * cells, 2)]
            if kind == _INTERIOR:
                waiting += [int.from_bytes(page[at : at + 4], "big") for at in places]
                waiting.append(int.from_bytes(page[8:12], "big"))
            elif kind == _LEAF:
                for at in places:
                    runs += self._of_row(page, at, before)
        return runs

    def _page(self, number: int) -> bytes:
        return self._data[(number - 1) * self._page_bytes : number * self._page_bytes]

    def _of_row(self, page: bytes, at: int, before: int) -> list[tuple[int, int]]:
        """Pages in the chain of a row, from the first that has nothing of its first `before` columns."""
        payload, at = varint(page, at)
        _number, at = varint(page, at)
        room = self._page_bytes - 4
        local = _local_bytes(payload, self._page_bytes)
        if local == payload:
            return []
        start, place = varint(page, at)
        for _ in range(before):
            kind, place = varint(page, place)
            start += _value_bytes(kind)
        chain = int.from_bytes(page[at + local : at + local + 4], "big")
        skipped = max(0, -((local - start) // room))
        pages = -((local - payload) // room)
        return self._follow(chain, skipped, pages)

    def _follow(self, page: int, skipped: int, pages: int) -> list[tuple[int, int]]:
        runs: list[tuple[int, int]] = []
        data, page_bytes = self._data, self._page_bytes
        first, count = 0, 0
        for index in range(pages):
            if index >= skipped:
                if page == first + count:
                    count += 1
                else:
                    if count:
                        runs.append((first, count))
                    first, count = page, 1
            at = (page - 1) * page_bytes
            page = int.from_bytes(data[at : at + 4], "big")
        return [*runs, (first, count)] if count else runs


def _local_bytes(payload: int, page_bytes: int) -> int:
    """Bytes of a row that stand on its own page."""
    most, least = page_bytes - 35, (page_bytes - 12) * 32 // 255 - 23
    if payload <= most:
        return payload
    local = least + (payload - least) % (page_bytes - 4)
    return local if local <= most else least


def _value_bytes(kind: int) -> int:
    """Bytes of a value by its serial type."""
    return (kind - 12) // 2 if kind >= 12 else (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]
