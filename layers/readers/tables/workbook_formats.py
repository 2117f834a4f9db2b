"""Types of the numbers in a workbook's cells by their formats: days, times of day, spans of time; and their texts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DAYS = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58})
_CLOCKS = frozenset({*range(18, 22), *range(32, 36), 45, 47, 55, 56})
_SPANS = frozenset({46})
"""Numbers of the formats of days, times and spans that every workbook has, with those of East Asia."""
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LEAP_THAT_WAS_NONE = 60
_LAST = 2_958_466
"""The day after 9999-12-31."""
_DAY_MS = 86_400_000


class Shows(StrEnum):
    """The meaning that a format gives to a number of days."""

    DAY = "day"
    CLOCK = "clock"
    SPAN = "span"


def what_shows(number: str, code: str) -> Shows | None:
    """Return the meaning that a number's format gives to it; `code` is "" for the formats that every workbook has."""
    if code:
        if _ELAPSED.search(code):
            return Shows.SPAN
        plain = _NOT_CODE.sub("", code.partition(";")[0]).lower()
        if "y" in plain or "d" in plain:
            return Shows.DAY
        return Shows.CLOCK if "h" in plain or "s" in plain else None
    known = int(number) if number.isdecimal() and len(number) < 4 else 0
    meanings = {Shows.DAY: _DAYS, Shows.CLOCK: _CLOCKS, Shows.SPAN: _SPANS}
    return next((shows for shows, numbers in meanings.items() if known in numbers), None)


def in_words(text: str, shows: Shows, is_1904: bool) -> str | None:
    """A number of days as an ISO timestamp, as a time of day or as hours, minutes and seconds, to the millisecond.

    A time of day has no day: that of the first days of a workbook is none. A number that is no date stays as it is
    written; None where it is no number.
    """
    try:
        days = float(text)
    except ValueError:
        return None
    if not 0 <= days < _LAST:
        return text
    if shows is Shows.SPAN or days < 1:
        return _clock(round(days * _DAY_MS))
    whole = int(days)
    epoch = _EPOCH_1904 if is_1904 else _EPOCH + timedelta(days=whole < _LEAP_THAT_WAS_NONE)
    time = epoch + timedelta(days=whole, milliseconds=round((days - whole) * _DAY_MS))
    return time.isoformat(timespec="milliseconds" if time.microsecond else "seconds")


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}"
    return f"{text}.{rest:03d}" if rest else text
