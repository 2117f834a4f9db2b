"""Parts of one file that are at hand, to the byte: what is lacking of a range, and the bytes of one that is whole."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

type Ends = tuple[int, int]
"""First and last byte of a range, both included."""


class FileParts:
    """Bytes of a file by where they begin. Two parts never overlap."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._parts: dict[int, bytes] = {}

    def lacking(self, first: int, last: int) -> list[Ends]:
        """The ranges from `first` to `last` that are not at hand, in order."""
        gaps, at = [], first
        for start in self.starts(first, last):
            if start > at:
                gaps.append((at, start - 1))
            at = max(at, start + len(self._parts[start]))
        return gaps if at > last else [*gaps, (at, last)]

    def cut(self, first: int, last: int) -> bytes:
        """The bytes from `first` to `last`, of which nothing is lacking."""
        starts = self.starts(first, last)
        pieces = (self._parts[start][max(0, first - start) : last + 1 - start] for start in starts)
        return b"".join(pieces)

    def starts(self, first: int, last: int) -> list[int]:
        """The first bytes of the parts that have a byte of a range, in order."""
        at = bisect_right(self._firsts, first) - 1
        has_first = at >= 0 and self._firsts[at] + len(self._parts[self._firsts[at]]) > first
        return self._firsts[at if has_first else at + 1 : bisect_right(self._firsts, last)]

    def add(self, first: int, data: bytes) -> list[int]:
        """Keep what is lacking of bytes that begin at `first`; where the new parts begin is returned."""
        gaps = self.lacking(first, first + len(data) - 1) if data else []
        for start, end in gaps:
            self._firsts.insert(bisect_left(self._firsts, start), start)
            self._parts[start] = data[start - first : end + 1 - first]
        return [start for start, _ in gaps]

    def drop(self, start: int) -> int:
        """Drop the part that begins at `start`; its number of bytes is returned."""
        del self._firsts[bisect_left(self._firsts, start)]
        return len(self._parts.pop(start))

    def drop_first(self) -> int:
        """Drop the part that lies first in the file; its number of bytes is returned."""
        return self.drop(self._firsts[0])

    @property
    def bytes(self) -> int:
        """The number of bytes at hand."""
        return sum(map(len, self._parts.values()))

    def size_of(self, start: int) -> int:
        """The number of bytes of the part that begins at `start`."""
        return len(self._parts[start])


def joined(ranges: Iterable[Ends], nearest_bytes: int, longest_bytes: int) -> Iterator[Ends]:
    """Ranges in order, those joined between which lie fewer than some bytes, each of them of a longest length."""
    first = last = -1
    for start, end in sorted(ranges):
        if first >= 0 and start - last <= nearest_bytes and end - first < longest_bytes:
            last = max(last, end)
            continue
        if first >= 0:
            yield first, last
        for first in range(start, end + 1, longest_bytes):
            last = min(end, first + longest_bytes - 1)
            if last < end:
                yield first, last
    if first >= 0:
        yield first, last
