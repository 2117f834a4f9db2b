"""The stretch of time that a date in words covers: a day lasts from its first to its last second, an instant none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d:\d\d.*))?)?)?", re.ASCII)
_LONGEST = 40


class TimeSpan(NamedTuple):
    """Seconds since 1970, UTC; `begin` is not behind `end`."""

    begin: float
    end: float

    @property
    def middle(self) -> float:
        return (self.begin + self.end) / 2

    def meets(self, other: TimeSpan) -> bool:
        """True where the two share a moment."""
        return max(self.begin, other.begin) <= min(self.end, other.end)


def span_of(text: str) -> TimeSpan | None:
    """The stretch of a year, month, day or instant, or from the first to the second of two joined by a slash; None
    where the text is no date. An instant without a zone is UTC.
    """
    first, slash, last = text.strip().partition("/")
    begin, end = _span_of(first), _span_of(last) if slash else None
    if begin is None or not slash:
        return begin
    if end is None:
        return None
    return TimeSpan(min(begin.begin, end.begin), max(begin.end, end.end))


def _span_of(text: str) -> TimeSpan | None:
    match = _DATE.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    year, month, day, clock = match.groups()
    try:
        if clock:
            at = datetime.fromisoformat(text.strip())
            seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH).total_seconds()
            return TimeSpan(seconds, seconds)
        begin = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        start = (begin - _EPOCH).total_seconds()
        if day:
            return TimeSpan(start, start + timedelta(days=1).total_seconds() - 1)
        return TimeSpan(start, start + days_of(int(year), int(month or 0)) * 86400.0 - 1)
    except (ValueError, OverflowError):
        return None


def days_of(year: int, month: int) -> int:
    """Days of a month, or of a year where that is 0."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not month:
        return 366 if is_leap else 365
    return (31, 29 if is_leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def day_of(seconds: float) -> str:
    """The day in UTC of a moment."""
    return (_EPOCH + timedelta(seconds=seconds)).date().isoformat()
