"""Finds the row of a table that holds the names of its columns: the first, unless titles stand above it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from layers.phrase import Phrase
from layers.readers.tables.column_names import LAT_NAMES, LON_NAMES, X_NAMES, Y_NAMES, meanings

LOOKED_AT = 25
"""Number of first rows in which the header is looked for."""
_MOST_ABOVE = 10
_MOST_TOLD = 5
_NUMBER = re.compile(r"(?=\D*\d)[-+]?[\d.,\s]+")

type RowCells = Sequence[Any]


def header_at(rows: Sequence[RowCells], numbers: Sequence[int], options: dict[str, Any]) -> int:
    """The row of names, by its place from 0; -1 where a person says that there is none (`header` False).

    `numbers` are those that people see on the rows, ascending; `header_row` is the one that a person chose.
    """
    if not options.get("header", True):
        return -1
    if chosen := int(options.get("header_row") or 0):
        return min(bisect_left(numbers, chosen), len(rows) - 1)
    return _guessed(rows[:LOOKED_AT])


def _guessed(rows: Sequence[RowCells]) -> int:
    """The first row that is filled; below titles, which fill less, the first of mostly texts over one as full.

    Of names in two rows the lower one.
    """
    filled = [len(_filled(row)) for row in rows]
    widest = max(filled, default=0)
    start = next((at for at, count in enumerate(filled) if count), 0)
    for at in range(start + 1, min(start + _MOST_ABOVE + 2, len(rows) - 1)):
        if _is_under_names(rows, at) and len(_columns(rows[at - 1]) | _columns(rows[at])) * 2 > widest:
            return at
    if widest < 2 or filled[start] * 2 > widest:
        return start
    for at in range(start, min(start + _MOST_ABOVE + 1, len(rows) - 1)):
        below = next((count for count in filled[at + 1 :] if count), 0)
        texts = sum(not _NUMBER.fullmatch(text) for text in _filled(rows[at]))
        if min(filled[at], below) * 2 > widest and texts * 2 > filled[at]:
            return at
    return start


def names_at(rows: Sequence[RowCells], at: int) -> list[str]:
    """The names of the columns in a row, "" for none; under merged cells they stand in two rows: "Place" over "lat" and
    "lon". Where lower ones come again the upper name is put before them."""
    lower = ["" if cell is None else str(cell).strip() for cell in rows[at]]
    if not _is_under_names(rows, at):
        return lower
    upper = ["" if cell is None else str(cell).strip() for cell in rows[at - 1]]
    width = max(len(upper), len(lower))
    upper, lower = (texts + [""] * (width - len(texts)) for texts in (upper, lower))
    above, names = "", list[str]()
    for over, under in zip(upper, lower, strict=True):
        above = over or above
        names.append(over if not under else f"{above} {under}" if under in names else under)
    return names


def _is_under_names(rows: Sequence[RowCells], at: int) -> bool:
    """True where the names began in the row above: each row fills the cells that the other leaves empty.

    A merged cell has its parts below it, two coordinates among them; neither row holds a number, as the rows below do.
    """
    if not 0 < at < len(rows) - 1 or not _names_place(rows[at]):
        return False
    over, under = _columns(rows[at - 1]), _columns(rows[at])
    if not (over - under and under - over) or any(map(_NUMBER.fullmatch, _filled(rows[at - 1]) + _filled(rows[at]))):
        return False
    merged = [max((column for column in over if column < part), default=-1) for part in under - over]
    if not all(column in under for column in merged):
        return False
    return any(_NUMBER.fullmatch(text) for row in rows[at + 1 : at + 4] for text in _filled(row))


def _names_place(row: RowCells) -> bool:
    known = meanings(_filled(row)).keys()
    return any(known & set(ys) and known & set(xs) for ys, xs in ((LAT_NAMES, LON_NAMES), (Y_NAMES, X_NAMES)))


def _columns(row: RowCells) -> set[int]:
    return {at for at, cell in enumerate(row) if cell is not None and str(cell).strip()}


def _filled(row: RowCells) -> list[str]:
    return [text for cell in row if cell is not None and (text := str(cell).strip())]


def said_above(rows: Sequence[RowCells], numbers: Sequence[int], at: int) -> list[str]:
    """Sentences about the rows above the names, which are left out."""
    above = rows[: max(at - _is_under_names(rows, at), 0)]
    texts = [(number, " ".join(_filled(row))) for number, row in zip(numbers, above, strict=False)]
    sentences: list[str] = [
        Phrase(
            "Row {number} stands above the names of the columns and is left out: “{text}”.",
            number=number,
            text=text[:80],
        )
        for number, text in texts
        if text
    ]
    more = len(sentences) - _MOST_TOLD
    return [*sentences[:_MOST_TOLD], Phrase("{more} more rows stand there.", more=more)] if more > 1 else sentences
