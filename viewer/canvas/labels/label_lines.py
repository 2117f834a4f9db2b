"""Breaks the names of labels into two or three lines, and ends them with … where that is not enough."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import combinations, pairwise

from layers.vector.style.label_style import WRAP_AFTER
from viewer.support.language.text import columns

MOST_COLUMNS = 96
"""Most columns of a label: three lines are still read at a glance, and find a place on most maps."""
MOST_LINES, LINE_COLUMNS = 3, 40
"""Most lines, and the columns of a line that cannot be broken between words."""
_LEAST_SHARE = 0.6
"""Least part of the columns that a name keeps when it is shortened at the end of a whole word."""
_ENDING = re.compile(r" \([^()]+\)$")


@lru_cache(maxsize=4096)
def wrapped(text: str) -> str:
    """A name in up to three lines, the longest as short as possible."""
    text = shortened(text)
    words = text.split(" ")
    if any(columns(word) > LINE_COLUMNS for word in words):
        return _filled(words)
    count = min(MOST_LINES, math.ceil(columns(text) / WRAP_AFTER), len(words))
    if columns(text) <= WRAP_AFTER or count < 2:
        return text
    ways = []
    for cuts in combinations(range(1, len(words)), count - 1):
        lines = [" ".join(words[start:end]) for start, end in pairwise((0, *cuts, len(words)))]
        ways.append((max(map(columns, lines)), lines))
    return "\n".join(min(ways)[1])


def shortened(text: str) -> str:
    """A name of at most MOST_COLUMNS columns, cut after a whole word where that leaves enough of it.

    Brackets at its end, which say what is doubtful, stay.
    """
    if columns(text) <= MOST_COLUMNS:
        return text
    name, ending = _without_ending(text)
    most = MOST_COLUMNS - columns(ending)
    kept = _begin(name, most - 1)
    whole = kept if text[len(kept) : len(kept) + 1] == " " else kept.rpartition(" ")[0]
    return f"{(whole if columns(whole) >= _LEAST_SHARE * most else kept).rstrip(' ,;:(')}…{ending}"


def _without_ending(text: str) -> tuple[str, str]:
    """A text without the short words in brackets at its end, and these with the space before them."""
    match = _ENDING.search(text)
    if match is None or columns(match[0]) > LINE_COLUMNS:
        return text, ""
    return text[: match.start()], match[0]


def _filled(words: list[str]) -> str:
    """Fill lines one after the other, and break words where they must be, as in Chinese or in a path."""
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
        ending = _without_ending(" ".join(words))[1].rstrip("…")
        last = _begin(lines[MOST_LINES - 1].rstrip("…"), LINE_COLUMNS - 1 - columns(ending))
        lines[MOST_LINES - 1 :] = [f"{last}…{ending}"]
    return "\n".join(lines)


def _begin(text: str, most: int) -> str:
    """The first letters of a text, at most `most` columns wide."""
    kept = text[:most]
    while columns(kept) > most:
        kept = kept[:-1]
    return kept
