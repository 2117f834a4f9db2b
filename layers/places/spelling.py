"""Compares spellings of a name: some letters wrong, or Cyrillic put into Latin letters by other rules."""

from __future__ import annotations

import itertools
import re

from layers.places.names import tight

SHORTEST, SHORTEST_FOR_TWO = 4, 7
"""Of fewer letters than these none, or only one, may be wrong."""
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
    """So many letters of a key may be wrong."""
    return 0 if len(key) < SHORTEST else 1 if len(key) < SHORTEST_FOR_TWO else 2


def nearness(wanted: str, key: str) -> int | None:
    """Number of letters that differ between two keys, by sound or by letter; None where too many do, or a figure."""
    wanted, key = tight(wanted), tight(key)
    most = most_wrong(wanted)
    if not most or _digits(wanted) != _digits(key):
        return None
    by_sound = distance(folded(wanted), folded(key), most)
    if by_sound == 0:
        return 0
    by_letter = distance(wanted, key, most)
    found = [one for one in (by_sound, by_letter) if one is not None]
    return min(found, default=None)


def _digits(key: str) -> str:
    return "".join(character for character in key if character.isdigit())


def words_nearness(wanted: str, key: str) -> int | None:
    """`nearness` of a key to another or to as many words of it that follow each other, whichever is less."""
    words, count = key.split(), len(wanted.split())
    spans = {key, *(" ".join(words[at : at + count]) for at in range(len(words) - count + 1))}
    return min((off for span in spans if (off := nearness(wanted, span)) is not None), default=None)


def distance(first: str, second: str, most: int) -> int | None:
    """Letters to put in, leave out, change or swap with the next to get from one to the other; None for over `most`."""
    if abs(len(first) - len(second)) > most:
        return None
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
    found = [(begin, key[begin:end]) for begin, end in itertools.pairwise(edges)]
    for begin, edge, end in zip(edges, edges[1:], edges[2:], strict=False):  # two letters swapped across an edge
        swapped = f"{key[: edge - 1]}{key[edge]}{key[edge - 1]}{key[edge + 1 :]}"
        found += [(begin, swapped[begin:edge]), (edge, swapped[edge:end])]
    return found
