"""The lines of a label: long names stand in two or three of them, and end with … where that is not enough."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations, pairwise

from layers.vector.style.label_style import WRAP_AFTER
from viewer.support.text import columns

MOST_COLUMNS = 96
"""Of one label: three lines of it are still read at a glance, and there is a place for them on most maps."""
MOST_LINES, LINE_COLUMNS = 3, 40
"""A line holds so many where it cannot be broken between words."""
_LEAST_SHARE = 0.6
"""Of the room for a name: a shortened one ends with a whole word where that leaves at least so much of it."""


@lru_cache(maxsize=4096)
def wrapped(text: str) -> str:
    """A name in up to three lines, the longest of them as short as can be."""
    text = shortened(text)
    words = text.split(" ")
    if any(columns(word) > LINE_COLUMNS for word in words):
        return _filled(words)
    count = min(MOST_LINES, math.ceil(columns(text) / WRAP_AFTER), len(words))
    if columns(text) <= WRAP_AFTER or count < 2:
        return text
    ways = []
    for cuts in combinations(range(1, len(words)), count - 1):
        lines = [" ".join(words[i:j]) for i, j in pairwise((0, *cuts, len(words)))]
        ways.append((max(map(columns, lines)), lines))
    return "\n".join(min(ways)[1])


def shortened(text: str) -> str:
    """A name of at most `MOST_COLUMNS`, after a whole word where that leaves enough of it."""
    if columns(text) <= MOST_COLUMNS:
        return text
    kept = _begin(text, MOST_COLUMNS - 1)
    whole = kept if text[len(kept) : len(kept) + 1] == " " else kept.rpartition(" ")[0]
    return f"{(whole if columns(whole) >= _LEAST_SHARE * MOST_COLUMNS else kept).rstrip(' ,;:(')}…"


def _filled(words: list[str]) -> str:
    """Lines filled one after the other, words broken wherever they must be: of Chinese, or of a path."""
    lines = [""]
    for word in words:
        room = LINE_COLUMNS - columns(lines[-1]) - 1
        if lines[-1] and columns(word) <= room:
            lines[-1] += f" {word}"
            continue
        if lines[-1]:
            lines.append("")
        while columns(word) > LINE_COLUMNS:
            lines[-1] = _begin(word, LINE_COLUMNS)
            word = word[len(lines[-1]) :]
            lines.append("")
        lines[-1] = word
    if len(lines) > MOST_LINES:
        last = _begin(lines[MOST_LINES - 1].rstrip("…"), LINE_COLUMNS - 1)
        lines[MOST_LINES - 1 :] = [f"{last}…"]
    return "\n".join(lines)


def _begin(text: str, most: int) -> str:
    """The first letters that have so many columns at most."""
    kept = text[:most]
    while columns(kept) > most:
        kept = kept[:-1]
    return kept
