"""Many texts as one run of UTF-8 bytes with the place where each begins; operations on all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

PIECE_BYTES = 2**20
"""Bytes of text in one piece of long work, approximately: other threads get the interpreter between pieces."""
FEW_SHARE = 0.25
SAMPLE = 4096
_CELLS_A_PIECE = 20_000
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_BACK = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))


type CancelToken = Callable[[], None]
"""Called now and then by long work; it raises where the work is cancelled."""


def never_cancelled() -> None:
    """Do nothing: the token of work that always runs to its end."""


def _mixed(count: int) -> NDArray[np.uint64]:
    """Odd numbers without a pattern (splitmix64). `numpy.random` would cost each window 8 ms and 3 MB for them."""
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))) | np.uint64(1)


_MIXED = _mixed(256)
_WORD = 8
_MOST_WORDS = 64


class Texts(Struct, frozen=True, eq=False):
    """Text i is ``data[starts[i]:starts[i + 1]]``."""

    data: NDArray[np.uint8]
    starts: NDArray[np.integer]
    """(n + 1,) int32, or int64 where the bytes are more than that can count."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        blobs = [text.encode("utf-8", "replace") for text in texts]
        return cls.of_starts(np.frombuffer(b"".join(blobs), np.uint8), list(accumulate(map(len, blobs), initial=0)))

    @classmethod
    def of_starts(cls, data: NDArray[np.uint8], starts: Sequence[int] | NDArray[np.integer]) -> Texts:
        small = len(data) < 2**31
        return cls(data, np.asarray(starts, np.int32 if small else np.int64))

    @classmethod
    def joined(cls, parts: Sequence[Texts]) -> Texts:
        """One after the other."""
        if len(parts) == 1:
            return parts[0]
        data = np.concatenate([part.data for part in parts])
        lengths = np.concatenate([part.lengths() for part in parts])
        return cls.of_starts(data, np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, at: int) -> str:
        return self.data[int(self.starts[at]) : int(self.starts[at + 1])].tobytes().decode("utf-8", "replace")

    def beginning(self, at: int, longest: int) -> str:
        """The text cut at so many characters, with an ellipsis."""
        start, end = int(self.starts[at]), int(self.starts[at + 1])
        if end - start <= longest:
            return self[at]
        text = self.data[start : min(end, start + 4 * longest + 4)].tobytes().decode("utf-8", "ignore")
        return text if len(text) <= longest and end - start <= 4 * longest + 4 else text[: longest - 1] + "…"

    def all(self, cancel_token: CancelToken = never_cancelled) -> list[str]:
        """All texts. `cancel_token` is called now and then, here as in the other methods, and raises to cancel."""
        texts: list[str] = []
        for first in range(0, len(self), _CELLS_A_PIECE):
            cancel_token()
            texts += [self[at] for at in range(first, min(first + _CELLS_A_PIECE, len(self)))]
        return texts

    def lengths(self) -> NDArray[np.int64]:
        """Lengths in bytes."""
        return np.diff(self.starts).astype(np.int64)

    def taken(self, rows: NDArray[np.intp]) -> Texts:
        """Some of the texts, in that order."""
        lengths = self.lengths()[rows]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        source = np.repeat(self.starts[:-1][rows].astype(np.int64) - starts[:-1], lengths)
        return Texts.of_starts(self.data[source + np.arange(int(starts[-1]))], starts)

    # -- alike or not -------------------------------------------------------------------------------------------

    def equal_to(self, text: str) -> NDArray[np.bool_]:
        """(n,) exactly this text."""
        wanted = text.encode("utf-8", "replace")
        return self._with_at(self.starts[:-1], wanted) & (self.lengths() == len(wanted))

    def starting_with(self, text: str) -> NDArray[np.bool_]:
        return self._with_at(self.starts[:-1], text.encode("utf-8", "replace"))

    def ending_with(self, text: str) -> NDArray[np.bool_]:
        wanted = text.encode("utf-8", "replace")
        return self._with_at(self.starts[1:].astype(np.int64) - len(wanted), wanted)

    def _with_at(self, places: NDArray[np.integer], wanted: bytes) -> NDArray[np.bool_]:
        """(n,) True where these bytes stand at a text's place and within it."""
        matches = self.lengths() >= len(wanted)
        rows = np.flatnonzero(matches)
        at = places[rows].astype(np.int64)
        for offset, byte in enumerate(wanted):
            same = self.data[at + offset] == byte
            rows, at = rows[same], at[same]
        matches[:] = False
        matches[rows] = True
        return matches

    def characters(self) -> NDArray[np.int64]:
        """(n,) How many characters each text has."""
        begun = np.concatenate(([0], np.cumsum((self.data & 0xC0) != 0x80)))
        return np.diff(begun[self.starts])

    def hashes(self, cancel_token: CancelToken = never_cancelled) -> NDArray[np.uint64]:
        """A number a text: equal texts have equal numbers, others almost surely not."""
        numbers = np.zeros(len(self), np.uint64)
        for first, last in self.pieces():
            cancel_token()
            low, high = int(self.starts[first]), int(self.starts[last])
            if low == high:
                continue
            powers = np.cumprod(np.full(high - low, _FACTOR, np.uint64))
            back = np.cumprod(np.concatenate((np.ones(1, np.uint64), np.full(high - low, _BACK, np.uint64))))
            terms = np.cumsum(_MIXED[self.data[low:high]] * powers, dtype=np.uint64)
            sums = np.concatenate((np.zeros(1, np.uint64), terms))
            starts = self.starts[first : last + 1].astype(np.int64) - low
            numbers[first:last] = (sums[starts[1:]] - sums[starts[:-1]]) * back[starts[:-1]]
        return numbers + self.lengths().astype(np.uint64) * _FACTOR

    def shared(self, share: float = FEW_SHARE) -> tuple[Texts, NDArray[np.unsignedinteger]] | None:
        """Return the distinct texts and the index of each row's text; None where they are too many for a gain."""
        count = len(self)
        if count < 2:
            return None
        hashes = self.hashes()
        step = max(1, count // SAMPLE)
        if len(np.unique(hashes[::step])) > max(1, share * 2 * len(hashes[::step])):
            return None
        _, first, codes = np.unique(hashes, return_index=True, return_inverse=True)
        if len(first) > share * count:
            return None
        rank = np.argsort(np.argsort(first))  # in the order of first appearance
        distinct, codes = self.taken(np.sort(first)), rank[codes]
        if not self._are(distinct, codes):
            return None
        return distinct, codes.astype(np.min_scalar_type(max(len(first) - 1, 1)))

    def _are(self, distinct: Texts, codes: NDArray[np.intp]) -> bool:
        """True where text i is ``distinct[codes[i]]``: two texts with one hash must not become one."""
        for first, last in self.pieces():
            part = codes[first:last]
            low, high = int(self.starts[first]), int(self.starts[last])
            again = distinct.taken(part)
            same_lengths = np.array_equal(again.lengths(), self.lengths()[first:last])
            if not (same_lengths and np.array_equal(again.data, self.data[low:high])):
                return False
        return True

    def pieces(self) -> Iterable[tuple[int, int]]:
        """(first, one after the last) of runs of texts of about PIECE_BYTES."""
        count, first = len(self), 0
        while first < count:
            limit = int(self.starts[first]) + PIECE_BYTES
            last = max(first + 1, int(np.searchsorted(self.starts, limit, side="right")) - 1)
            last = min(last, count, first + PIECE_BYTES)
            yield first, last
            first = last

    # -- other letters ------------------------------------------------------------------------------------------

    def folded(self, cancel_token: CancelToken = never_cancelled) -> Texts:
        """Return the texts in folded case, as `str.casefold` does."""
        return self.mapped(str.casefold, cancel_token)

    def mapped(self, letter: Callable[[str], str], cancel_token: CancelToken = never_cancelled) -> Texts:
        """Replace each character by `letter` of it; bytes that are no UTF-8 stay as they are."""
        parts = []
        for first, last in self.pieces():
            cancel_token()
            parts.append(self._mapped_piece(first, last, letter))
        return Texts.joined(parts) if parts else self

    def _mapped_piece(self, first: int, last: int, letter: Callable[[str], str]) -> Texts:
        low, high = int(self.starts[first]), int(self.starts[last])
        data, starts = self.data[low:high], self.starts[first : last + 1].astype(np.int64) - low
        if not (data >= 0x80).any():
            table = np.array([ord(letter(chr(code))) for code in range(0x80)], np.uint8)
            return Texts.of_starts(table[data], starts)
        text = data.tobytes().decode("utf-8", "surrogateescape")
        others = {code: letter(chr(code)) for code in map(ord, set(text)) if not 0xDC80 <= code <= 0xDCFF}
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        widths = np.ones(0x110000, np.uint8)  # a byte that is no UTF-8 stays one
        for code, replaced in others.items():
            widths[code] = len(replaced.encode("utf-8"))
        ends = np.concatenate(([0], np.cumsum(widths[codes], dtype=np.int64)))
        # A byte that begins a character: of a broken one each byte does.
        begins = np.zeros(len(data) + 1, np.int64)
        own = np.where(codes < 0x80, 1, np.where(codes < 0x800, 2, np.where(codes < 0x10000, 3, 4)))
        own[(codes >= 0xDC80) & (codes <= 0xDCFF)] = 1
        places = np.concatenate(([0], np.cumsum(own)))
        begins[places] = np.arange(len(places))
        changed = text.translate(others).encode("utf-8", "surrogateescape")
        return Texts.of_starts(np.frombuffer(changed, np.uint8), ends[begins[starts]])

    # -- order --------------------------------------------------------------------------------------------------

    def ranks(self, cancel_token: CancelToken = never_cancelled) -> NDArray[np.int64]:
        """(n,) places in the order of the bytes (that of the code points); equal texts, equal rank.

        Texts that are alike for 512 bytes count as equal.
        """
        ranks = np.zeros(len(self), np.int64)
        tied = np.arange(len(self))
        for word in range(_MOST_WORDS):
            if not len(tied):
                break
            cancel_token()
            words = self._words(tied, word)
            order = np.lexsort((words, ranks[tied]))
            rows, words = tied[order], words[order]
            before = ranks[rows]
            new_group = np.concatenate(([True], before[1:] != before[:-1]))
            new_value = new_group | np.concatenate(([True], words[1:] != words[:-1]))
            group_start = np.maximum.accumulate(np.where(new_group, np.arange(len(rows)), 0))
            value_start = np.maximum.accumulate(np.where(new_value, np.arange(len(rows)), 0))
            ranks[rows] = before + (value_start - group_start)
            edges = np.append(np.flatnonzero(new_value), len(rows))
            sizes = np.repeat(np.diff(edges), np.diff(edges))
            longer = self.starts[rows + 1] - self.starts[rows] > (word + 1) * _WORD
            tied = rows[(sizes > 1) & _any_of_group(longer, edges)]
        return ranks

    def _words(self, rows: NDArray[np.intp], word: int) -> NDArray[np.uint64]:
        """Bytes 8 * word to 8 * word + 7 of the texts, as numbers in their order."""
        starts = self.starts[:-1][rows].astype(np.int64) + word * _WORD
        ends = self.starts[1:][rows].astype(np.int64)
        numbers = np.zeros(len(rows), np.uint64)
        top = len(self.data) - 1
        for place in range(_WORD):
            at = starts + place
            inside = at < ends
            if top >= 0:
                byte = np.where(inside, self.data[np.minimum(at, top)].astype(np.uint64) + np.uint64(1), np.uint64(0))
                # 9 bits would not fit eight times: the last of them is enough to tell a NUL from an end.
                numbers = numbers * np.uint64(256) + np.minimum(byte, np.uint64(255))
        return numbers


def _any_of_group(flags: NDArray[np.bool_], edges: NDArray[np.intp]) -> NDArray[np.bool_]:
    if not len(flags):
        return flags
    return np.repeat(np.logical_or.reduceat(flags, edges[:-1]), np.diff(edges))
