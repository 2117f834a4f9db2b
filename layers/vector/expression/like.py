"""Matches many texts against a LIKE pattern: % stands for any characters, _ for one, everything else for itself.

Each part between two % is looked for once, at the first place after the part before it: what comes first leaves most
room for what follows, so that nothing is ever tried again, as a backtracking regular expression would.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.errors import InvalidValue
from layers.formula.budget import Budget
from layers.vector.texts import Texts

MOST_GAPS = 8
_FEW_OF = 8
"""Number of places of which fewer than one hit makes it less work to check hits one by one."""


class _Part(Struct, frozen=True):
    """The part of a pattern between two %: its length in characters, and the given ones as (place, code point)."""

    length: int
    told: tuple[tuple[int, int], ...]


def has_gaps(pattern: str) -> bool:
    """True where the pattern is more than a text with % before or after it."""
    inner = pattern.strip("%")
    return "%" in inner or "_" in inner


def texts_like(texts: Texts, pattern: str, budget: Budget) -> NDArray[np.bool_]:
    """(n,) True where the whole text fits the pattern. Raises InvalidValue for too many %, and for too much work."""
    parts = _parts(pattern)
    matches = np.zeros(len(texts), bool)
    for first, last in texts.pieces():
        budget.begin(last - first)
        points, starts = _code_points(texts, first, last)
        matches[first:last] = _fitting(points, starts, parts, budget)
    return matches


def _parts(pattern: str) -> list[_Part]:
    words = pattern.split("%")
    words = words if len(words) == 1 else [words[0], *filter(None, words[1:-1]), words[-1]]  # a run of % is one
    if len(words) - 1 > MOST_GAPS:
        raise InvalidValue("LIKE takes at most eight % signs.")
    letters = (tuple((at, ord(letter)) for at, letter in enumerate(word) if letter != "_") for word in words)
    return [_Part(len(word), each) for word, each in zip(words, letters, strict=True)]


def _code_points(texts: Texts, first: int, last: int) -> tuple[NDArray[np.integer], NDArray[np.int64]]:
    """The characters of these texts end to end, and where each begins; broken UTF-8 is U+FFFD, as people see it."""
    low, high = int(texts.starts[first]), int(texts.starts[last])
    data, starts = texts.data[low:high], texts.starts[first : last + 1].astype(np.int64) - low
    if not (data >= 0x80).any():
        return data, starts
    goes_on = (data & 0xC0) == 0x80
    inner = starts[starts < len(data)]
    try:
        if goes_on[inner].any():
            raise UnicodeError  # two broken texts, side by side, would make a whole character
        text = data.tobytes().decode("utf-8")
        starts = np.concatenate(([0], np.cumsum(~goes_on)))[starts]
    except UnicodeError:
        each = [texts[at] for at in range(first, last)]
        text, starts = "".join(each), np.concatenate(([0], np.cumsum([len(word) for word in each])))
    return np.frombuffer(text.encode("utf-32-le"), "<u4"), starts


def _fitting(
    points: NDArray[np.integer], starts: NDArray[np.int64], parts: list[_Part], budget: Budget
) -> NDArray[np.bool_]:
    opening, *middle = parts
    closing = middle.pop() if middle else None
    shortest = sum(part.length for part in parts)
    lengths = np.diff(starts)
    rows = np.flatnonzero(lengths >= shortest if closing is not None else lengths == shortest)
    rows = rows[_standing_at(points, starts[rows], opening, budget)]
    if closing is not None:
        rows = rows[_standing_at(points, starts[rows + 1] - closing.length, closing, budget)]
        place, end = starts[rows] + opening.length, starts[rows + 1] - closing.length
        for part in middle:
            if not len(rows):
                break
            at = _next(points, place, part, budget)
            fits = at + part.length <= end
            rows, place, end = rows[fits], at[fits] + part.length, end[fits]
    matches = np.zeros(len(lengths), bool)
    matches[rows] = True
    return matches


def _standing_at(
    points: NDArray[np.integer], places: NDArray[np.int64], part: _Part, budget: Budget
) -> NDArray[np.bool_]:
    """(n,) whether the part stands at each of these places, all of which have room for it."""
    left = np.arange(len(places))
    for offset, code in part.told:
        if not len(left):
            break
        budget.spend(len(left))
        left = left[points[places[left] + offset] == code]
    matches = np.zeros(len(places), bool)
    matches[left] = True
    return matches


def _next(points: NDArray[np.integer], places: NDArray[np.int64], part: _Part, budget: Budget) -> NDArray[np.int64]:
    """(n,) the first place at or after each of these where the part stands; beyond the end where there is none."""
    if not part.told:
        return places
    count = len(points) - part.length + 1
    beyond = len(points)
    at: NDArray[np.int64] | None = None
    hits = np.ones(max(count, 0), bool)
    for offset, code in part.told:
        if at is None:
            budget.spend(len(hits))
            hits &= points[offset : offset + len(hits)] == code
            if np.count_nonzero(hits) * _FEW_OF < len(hits):
                at = np.flatnonzero(hits)
        elif len(at):
            budget.spend(len(at))
            at = at[points[at + offset] == code]
    at = np.flatnonzero(hits) if at is None else at
    return np.append(at, beyond)[np.searchsorted(at, places)]
