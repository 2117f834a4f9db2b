"""Compares spellings of a name: some letters wrong, or Cyrillic put into Latin letters by other rules."""

from __future__ import annotations

import itertools
import re

from layers.places.names import tight

SHORTEST, SHORTEST_FOR_TWO = 4, 7
"""Length of a name from which one letter, and from which two letters may be wrong."""
_SOUNDS = (
    ("tz", "c"), ("ts", "c"), ("kh", "h"), ("zh", "j"), ("iy", "i"), ("ij", "i"), ("yy", "i"), ("yi", "i"), ("yo", "e"),
    ("jo", "e"), ("ye", "e"), ("y", "i"), ("ii", "i"), ("ь", ""), ("ъ", ""), ("ыи", "и"), ("ии", "и"),
)  # fmt: skip
"""Spellings of one sound by different rules, replaced one after the other; on keys, where ё is е and й is и already."""


def folded(key: str) -> str:
    """A key in which every way to write a Russian sound in Latin letters is one."""
    for written, sound in _SOUNDS:
        key = key.replace(written, sound)
    return key


def respelled(key: str) -> tuple[str, ...]:
    """Spellings of a key by other rules: each sound in one letter, and as English does; without the key itself."""
    sounds = folded(key)
    english = sounds.replace("c", "ts").replace("j", "zh")
    kh = re.sub(r"\bh", "kh", english)
    return tuple(other for other in dict.fromkeys((sounds, english, kh)) if other != key)


def most_wrong(key: str) -> int:
    """Return how many letters of a key may be wrong."""
    return 0 if len(key) < SHORTEST else 1 if len(key) < SHORTEST_FOR_TWO else 2


def nearness(wanted: str, key: str) -> int | None:
    """Number of letters that differ between two keys, by sound or by letter; None where too many do, or a figure."""
    return Spelled(wanted).nearness(key)


class Spelled:
    """A key that is compared with very many names: facts about it, and about each word, are computed once."""

    __slots__ = ("_closed", "_count", "_digits", "_folded", "_known", "_most")

    def __init__(self, wanted: str) -> None:
        self._closed, self._count = tight(wanted), len(wanted.split())
        self._most, self._digits, self._folded = most_wrong(self._closed), _digits(self._closed), folded(self._closed)
        self._known: dict[str, int | None] = {}
        """Words and names that were compared already: those of thousands of sites are often the same."""

    def nearness(self, key: str) -> int | None:
        """`nearness` to a key."""
        key = tight(key)
        if not self._most or self._digits != _digits(key):
            return None
        by_sound = distance(self._folded, folded(key), self._most)
        if by_sound == 0:
            return 0
        by_letter = distance(self._closed, key, self._most)
        counts = [count for count in (by_sound, by_letter) if count is not None]
        return min(counts, default=None)

    def words_nearness(self, key: str) -> int | None:
        """`words_nearness` to a key."""
        words, count, known = key.split(), self._count, self._known
        spans = {key, *(" ".join(words[at : at + count]) for at in range(len(words) - count + 1))}
        for span in spans:
            if span not in known:
                known[span] = self.nearness(span)
        return min((off for span in spans if (off := known[span]) is not None), default=None)


def _digits(key: str) -> str:
    return "".join(character for character in key if character.isdigit())


def distance(first: str, second: str, most: int) -> int | None:
    """Letters to put in, leave out, change or swap with the next to get from one to the other; None for over `most`."""
    if abs(len(first) - len(second)) > most:
        return None
    letters, others = set(first), set(second)
    if len(letters - others) > most or len(others - letters) > most:
        return None  # each letter that the other has not is one at least
    before: list[int] = []
    last = list(range(len(second) + 1))
    for at, letter in enumerate(first, 1):
        row = [at]
        for there, other in enumerate(second, 1):
            cost = min(last[there] + 1, row[there - 1] + 1, last[there - 1] + (letter != other))
            if at > 1 and there > 1 and letter == second[there - 2] and first[at - 2] == other:
                cost = min(cost, before[there - 2] + 1)
            row.append(cost)
        if min(row) > most and min(last) > most:
            return None
        before, last = last, row
    return last[-1] if last[-1] <= most else None


def pieces(key: str, most: int) -> list[tuple[int, str]]:
    """(where it begins, piece): one at least is in all that `most` letters wrong, missing, added or swapped make."""
    edges = [len(key) * number // (most + 1) for number in range(most + 2)]
    parts = [(begin, key[begin:end]) for begin, end in itertools.pairwise(edges)]
    for begin, edge, end in zip(edges, edges[1:], edges[2:], strict=False):  # two letters swapped across an edge
        swapped = f"{key[: edge - 1]}{key[edge]}{key[edge - 1]}{key[edge + 1 :]}"
        parts += [(begin, swapped[begin:edge]), (edge, swapped[edge:end])]
    return parts
