"""Finds the columns of a table that hold its places: by their names, else by what is in their cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from layers.geo.coordinates.parse import parse_candidates
from layers.readers.tables.column_names import (
    LAT_NAMES,
    LON_NAMES,
    PLACE_NAMES,
    WKT_NAMES,
    X_NAMES,
    Y_NAMES,
    ZONE_NAMES,
    angle_parts,
    meanings,
)
from layers.readers.tables.delimited import RawTable
from layers.readers.tables.place_hints import is_decimal_comma
from layers.readers.tables.wkt_places import is_wkt

_SAMPLE = 50
_ENOUGH = 0.8
_ENOUGH_WHERE_NAMED = 0.5
"""Least share of a column's cells that must agree with its name, where the name says already what it holds."""
_ANGLE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])")
"""A cell that may be an angle with its hemisphere: it has a digit and a letter."""
KEYS = ("x", "y", "zone", "place", "wkt")
"""Uses for which `options` may name a column."""


def chosen_columns(table: RawTable, options: dict[str, Any]) -> dict[str, str]:
    """The columns that a person chose, where the table has them; else the guessed ones; {} where nothing is known.

    {} also where a person has chosen but one of two so far.
    """
    chosen = {key: str(options[key]) for key in KEYS if options.get(key)}
    if not chosen or not all(name in table.columns for name in chosen.values()):
        return guessed_columns(table)
    return chosen if "wkt" in chosen or "place" in chosen or {"x", "y"} <= set(chosen) else {}


def guessed_columns(table: RawTable) -> dict[str, str]:
    """{"wkt": column}, {"place": column}, {"x": column, "y": column} (perhaps with "zone"), or {}.

    Where degrees, minutes and seconds have columns of their own: what `column_names.angle_parts` finds.
    """
    known = meanings(table.columns)

    def find(names: tuple[str, ...]) -> str:
        return next((known[name] for name in names if name in known), "")

    wkt = find(WKT_NAMES)
    if wkt and _share(table, wkt, is_wkt) >= _ENOUGH_WHERE_NAMED:
        return {"wkt": wkt}
    if parts := angle_parts(table.columns):
        return parts
    for x_names, y_names in ((LON_NAMES, LAT_NAMES), (X_NAMES, Y_NAMES)):
        x, y = find(x_names), find(y_names)
        if x and y:
            zone = find(ZONE_NAMES) if x_names is X_NAMES else ""
            return {"x": x, "y": y, **({"zone": zone} if zone else {})}
    place = find(PLACE_NAMES)
    if place and _share(table, place, is_place) >= _ENOUGH_WHERE_NAMED:
        return {"place": place}
    return _by_content(table)


def other_geometries(table: RawTable, places: str) -> list[str]:
    """The columns of geometries in WKT besides `places`, the one that gives the places."""
    return [name for name in table.columns if name != places and _share(table, name, is_wkt) >= _ENOUGH_WHERE_NAMED]


def _by_content(table: RawTable) -> dict[str, str]:
    for name in table.columns:
        if _share(table, name, is_wkt) >= _ENOUGH:
            return {"wkt": name}
    for first, second in pairwise(table.columns):
        for y, x in ((first, second), (second, first)):
            if _share(table, y, _is_lat) >= _ENOUGH and _share(table, x, _is_lon) >= _ENOUGH:
                return {"x": x, "y": y}
    for name in table.columns:
        if _share(table, name, is_place) >= _ENOUGH:
            return {"place": name}
    return {}


def is_place(text: str) -> bool:
    """True where a text alone names a place: not a mere number, be it with a decimal comma, and not a word."""
    if is_decimal_comma(text):
        return False
    return sum(character.isdigit() for character in text) >= 4 and len(text) <= 200 and bool(parse_candidates(text))


def _is_lat(text: str) -> bool:
    return _goes_with(text, "0° E") and not _goes_with(text, "0° N")


def _is_lon(text: str) -> bool:
    return _goes_with(text, "0° N") and not _goes_with(text, "0° E")


def _goes_with(text: str, other: str) -> bool:
    return len(text) <= 60 and _ANGLE.match(text) is not None and bool(parse_candidates(f"{text}; {other}"))


def _share(table: RawTable, name: str, fits: Callable[[str], bool]) -> float:
    sample = [str(value) for value in table.columns[name][: _SAMPLE * 4] if value not in (None, "")][:_SAMPLE]
    return sum(map(fits, sample)) / len(sample) if sample else 0.0
