"""Counted words: "1 site", "2 sites", "12 345 sites", the thousands set apart by a thin space as everywhere."""

from __future__ import annotations

import math

from layers.phrase import Phrase


def counted(count: int, single: str, many: str = "", /, **more: str) -> Phrase:
    """The count and its word; `many` where more than an s is to be added, or where the verb comes along. Both words may
    hold names of `more` values in braces.
    """
    return Phrase.counting(count, grouped(count), f"{{count}} {single}", f"{{count}} {many or single + 's'}", **more)


def grouped(count: int) -> str:
    """A whole number with a thin space between its thousands, where no line breaks."""
    return f"{count:,}".replace(",", "\u202f")


def grouped_number(text: str) -> str:
    """A number as written, its whole part as `grouped` writes it; anything else stays as it is."""
    whole, point, rest = text.partition(".")
    sign, digits = (whole[:1], whole[1:]) if whole[:1] == "-" else ("", whole)
    if not digits.isdecimal() or (point and not rest.isdecimal()):
        return text
    return f"{sign}{grouped(int(digits))}{point}{rest}"


def size_words(size_bytes: float) -> str:
    """A size in words: 12 kB, 3.4 MB, 120 MB, 2.1 GB."""
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if size_bytes >= unit:
            number = size_bytes / unit
            return f"{number:.1f} {name}" if number < 10 else f"{grouped(round(number))} {name}"
    return f"{math.ceil(size_bytes / 1e3)} kB"


def metres(value: float) -> str:
    """A length in words of two digits: 5 m, 1.2 km, 1 200 km."""
    two = float(f"{value / 1000 if value >= 1000 else value:.2g}")
    return f"{grouped_number(f'{two:.15g}')} km" if value >= 1000 else f"{two:g} m"
