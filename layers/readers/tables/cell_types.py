"""Types of columns by the texts in them: whole numbers, numbers, days, times, truth values, or text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_REAL = re.compile(r"[-+]?((?!0\d)\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_CODE = re.compile(r"\d+[eE]\d+")
"""A code such as 12E5, unless numbers that can be nothing else stand in its column."""
_NUMBER_ONLY = re.compile(r".*(\.|[eE][-+]).*")
"""Text that can only be a number, as programs write them: with a point or a signed exponent."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
_TRUTH = {"true": True, "false": False}
_MOST = 2**63
_ALWAYS_EXACT_DIGITS = 15
"""Most significant digits that a float always keeps."""
_SMALL = 1e-290
"""Number below which floats have fewer digits."""


def typed_column(values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The type of a column and its values as that type; empty cells are None where the type is not text.

    Nothing is lost: text that does not come back as it was written ("007", "1e5 m") stays text, and so do codes (12E5).
    """
    texts = [None if value is None else value.strip() or None for value in values]
    filled = [text for text in texts if text is not None]
    if not filled:
        return "text", list(values)
    for kind, fits, parse in _KINDS:
        if fits(filled[0]) and all(map(fits, filled)) and not (kind == "real" and _are_codes(filled)):
            return kind, [None if text is None else parse(text) for text in texts]
    return "text", list(values)


def _is_integer(text: str) -> bool:
    return bool(_INTEGER.fullmatch(text)) and len(text) < 21 and -_MOST <= int(text) < _MOST


def _is_real(text: str) -> bool:
    """True where the number, written with as many digits, gives the text again: not for an id of 20 digits or a
    telephone number.
    """
    match = _REAL.fullmatch(text)
    if match is None or (text.startswith("+") and text[1:].isdecimal()) or not math.isfinite(number := float(text)):
        return False
    digits = match[1].replace(".", "").lstrip("0")
    if not digits or (len(digits) <= _ALWAYS_EXACT_DIGITS and abs(number) > _SMALL):
        return True
    again = f"{number:.{max(len(digits) - 1, 0)}e}"
    return Decimal(again) == Decimal(text)


def _are_codes(texts: Sequence[str]) -> bool:
    """True where texts that could all be numbers are codes: as a number 12E5 would be saved as 1200000."""
    return any(map(_CODE.fullmatch, texts)) and not any(map(_NUMBER_ONLY.fullmatch, texts))


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text)) and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


_KINDS: tuple[tuple[str, Callable[[str], bool], Callable[[str], Any]], ...] = (
    ("integer", _is_integer, int),
    ("real", _is_real, float),
    ("boolean", lambda text: text.lower() in _TRUTH, lambda text: _TRUTH[text.lower()]),
    ("date", _is_day, str),
    ("datetime", _is_time, str),
)
