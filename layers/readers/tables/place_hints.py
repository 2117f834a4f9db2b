"""Hints of a table about its coordinates: hemispheres in columns of their own, the order of pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.readers.tables.column_names import axis_of_side
from layers.readers.tables.delimited import RawTable

SIDES = {
    "n": "N",
    "s": "S",
    "e": "E",
    "w": "W",
    "с": "N",
    "ю": "S",
    "в": "E",
    "з": "W",
    "北": "N",
    "南": "S",
    "东": "E",
    "東": "E",
    "西": "W",
}
_WORDS = {
    "north": "N", "south": "S", "east": "E", "west": "W", "сш": "N", "юш": "S", "вд": "E", "зд": "W", "север": "N",
    "юг": "S", "восток": "E", "запад": "W", "北纬": "N", "南纬": "S", "东经": "E", "西经": "W", "北緯": "N",
    "南緯": "S", "東經": "E", "西經": "W",
}  # fmt: skip
_OF_AXIS = {"x": frozenset("EW"), "y": frozenset("NS")}
_DECIMAL = re.compile(r"[-+\u2212]?\d+,\d+")
_PAIR = re.compile(r"[\[(]?\s*([-+]?\d{1,3}(?:\.\d+)?)\s*(?:[,;]\s*|\s+)([-+]?\d{1,3}(?:\.\d+)?)\s*[\])]?")


def side_columns(table: RawTable, columns: dict[str, str]) -> dict[str, str]:
    """Find {"y_side": column, "x_side": column} that hold N or S, E or W of the numbers in `columns`, where there are
    any.

    They are called so, or stand beside the numbers, and hold nothing else.
    """
    if not {"x", "y"} <= set(columns) or "zone" in columns:
        return {}
    names, sides = list(table.columns), {}
    for axis, known in _OF_AXIS.items():
        at = names.index(columns[axis])
        near = [names[place] for place in (at + 1, at - 1) if 0 <= place < len(names)]
        called = [name for name in names if axis_of_side(name) == axis]
        for name in dict.fromkeys([*called, *near]):
            if _are_sides(table.columns[name], known):
                sides[f"{axis}_side"] = name
                break
    return sides


def _are_sides(cells: Iterable[Any], known: frozenset[str]) -> bool:
    is_any = False
    for cell in cells:
        side = side_of(cell)
        if side and side not in known:
            return False
        is_any |= bool(side)
    return is_any


def row_sides(table: RawTable, columns: dict[str, str], axis: str, otherwise: str) -> list[str]:
    """The hemisphere of each row by its own column; `otherwise` without one, and "" where a cell is empty."""
    name = columns.get(f"{axis}_side")
    return [otherwise] * len(table) if name is None else [side_of(cell) for cell in table.columns[name]]


def side_of(cell: Any) -> str:
    """N, S, E or W; "" for nothing, "?" for anything else."""
    if cell is None or isinstance(cell, int | float):
        return "" if cell is None else "?"
    text = re.sub(r"[\s.]", "", str(cell)).casefold()
    return SIDES.get(text) or _WORDS.get(text) or ("?" if text else "")


def shows_longitude_first(cells: Iterable[Any]) -> int | None:
    """The index of a cell that shows that the pairs of numbers in a column begin with the longitude, where none shows
    the other order; None in doubt."""
    shown: int | None = None
    for index, cell in enumerate(cells):
        pair = None if cell is None or is_decimal_comma(str(cell)) else _PAIR.fullmatch(str(cell).strip())
        if pair is None:
            continue
        first, second = abs(float(pair[1])), abs(float(pair[2]))
        if second > 90 >= first:
            return None
        if first > 90 >= second and shown is None:
            shown = index
    return shown


def is_decimal_comma(text: str) -> bool:
    """True where it is more likely one number than two: "128,25"."""
    return _DECIMAL.fullmatch(text.strip()) is not None


def with_latitude_first(cells: Sequence[Any]) -> list[Any]:
    """The pairs of numbers turned round; everything else as it is."""
    pairs = [None if cell is None else _PAIR.fullmatch(str(cell).strip()) for cell in cells]
    return [cell if pair is None else f"{pair[2]}, {pair[1]}" for cell, pair in zip(cells, pairs, strict=True)]


def minutes_as_degrees(values: NDArray[np.float64], most: float) -> NDArray[np.float64] | None:
    """Degrees of numbers that GPS receivers write, 5153.04 for 51 degrees and 53.04 minutes; None where they are none.

    `most`: the largest degree. One number at least is too large for degrees, and none has 60 minutes or more.
    """
    known = np.abs(values[np.isfinite(values)])
    degrees, minutes = known // 100, known % 100
    if not (known > most).any() or (degrees > most).any() or (minutes >= 60).any():
        return None
    size = np.abs(values)
    return np.sign(values) * (size // 100 + size % 100 / 60)
