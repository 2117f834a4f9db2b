"""Which row of a table holds the names of its columns: the first, unless titles stand above it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

LOOKED_AT = 25
"""So many rows are enough to find it."""
_MOST_ABOVE = 10
_MOST_TOLD = 5
_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*")

type Cells = Sequence[Any]


def header_at(rows: Sequence[Cells], numbers: Sequence[int], options: dict[str, Any]) -> int:
    """Which of the rows it is, from 0; -1 where a person says that there is none (`header` False).

    `numbers` are those that people see on the rows, ascending; `header_row` is the one that a person chose.
    """
    if not options.get("header", True):
        return -1
    if chosen := int(options.get("header_row") or 0):
        return min(bisect_left(numbers, chosen), len(rows) - 1)
    return _guessed(rows[:LOOKED_AT])


def _guessed(rows: Sequence[Cells]) -> int:
    """The first row that is filled; below titles, which fill less, the first of mostly texts over one as full."""
    filled = [len(_filled(row)) for row in rows]
    widest = max(filled, default=0)
    start = next((at for at, count in enumerate(filled) if count), 0)
    if widest < 2 or filled[start] * 2 > widest:
        return start
    for at in range(start, min(start + _MOST_ABOVE + 1, len(rows) - 1)):
        below = next((count for count in filled[at + 1 :] if count), 0)
        texts = sum(not _NUMBER.fullmatch(text) for text in _filled(rows[at]))
        if min(filled[at], below) * 2 > widest and texts * 2 > filled[at]:
            return at
    return start


def _filled(row: Cells) -> list[str]:
    return [text for cell in row if cell is not None and (text := str(cell).strip())]


def said_above(rows: Sequence[Cells], numbers: Sequence[int], at: int) -> list[str]:
    """Sentences about what stands above the names, and is left out."""
    texts = [(number, " ".join(_filled(row))) for number, row in zip(numbers, rows[: max(at, 0)], strict=False)]
    found = [
        f"Row {number} stands above the names of the columns and is left out: “{text[:80]}”."
        for number, text in texts
        if text
    ]
    more = len(found) - _MOST_TOLD
    return [*found[:_MOST_TOLD], f"{more} more rows stand there."] if more > 1 else found
