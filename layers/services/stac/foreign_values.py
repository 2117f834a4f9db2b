"""Values of foreign JSON: text on one line, finite numbers in their range, lists and objects. All else is absent."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw

MOST_CHARS = 500
MOST_LISTED = 10_000
_SHORT_CHARS, _MOST_ALIKE = 48, 4096


def parsed(value: Any) -> Any:
    """Parsed JSON of a member that may still be in bytes; not-a-number becomes null, and so does what is damaged."""
    if not isinstance(value, Raw):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):  # it refuses numbers and letters that JSON of Python has
        pass
    try:
        return json.loads(bytes(value).decode("utf-8", "replace"), parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        return None


def text(value: Any) -> str:
    """One line of plain text, at most `MOST_CHARS` long; numbers are written out."""
    if type(value) is str and len(value) <= _SHORT_CHARS:
        return _line(value)
    return _written(value)


def _written(value: Any) -> str:
    if isinstance(value, str) and value.isprintable():  # nearly all
        return " ".join(value.split())[:MOST_CHARS]
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    written = str(value) if not isinstance(value, int) or abs(value) < 1e18 else f"{float(value):g}"
    return " ".join("".join(char if char.isprintable() else " " for char in written).split())[:MOST_CHARS]


_line: Callable[[str], str] = lru_cache(_MOST_ALIKE)(_written)
"""Short texts that were met before: the items of a catalogue have most of theirs in common."""


def number(value: Any, low: float = -math.inf, high: float = math.inf) -> float | None:
    """A finite number between `low` and `high`, also one that is written as text; None for anything else."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        real = float(value)
    except (ValueError, OverflowError):
        return None
    return real if math.isfinite(real) and low <= real <= high else None


def members(value: Any) -> dict[str, Any]:
    """The members of an object; none of anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """The elements of a list, at most `MOST_LISTED`; none of anything else."""
    return value[:MOST_LISTED] if isinstance(value, list) else []


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, or of an object by its keys, as old versions write links."""
    elements = list(value.values()) if isinstance(value, dict) else listed(value)
    return [element for element in elements[:MOST_LISTED] if isinstance(element, dict)]


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list, without empty ones; a single text counts as a list of it."""
    elements = [value] if isinstance(value, str) else listed(value)
    return tuple(filter(None, map(text, elements)))


def first_text(values: dict[str, Any], *names: str) -> str:
    """The first of several members that is a text; versions and providers name the same thing differently."""
    return next((words for name in names if (words := text(values.get(name)))), "")


def flag(value: Any) -> bool | None:
    """True or False where it is stated, also as text; else None."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None
