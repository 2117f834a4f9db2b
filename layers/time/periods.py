"""Periods of time as ISO 8601 writes them (P1D, PT5M, P1M), and moments that many of them after another one."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

_PERIOD = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?",
    re.IGNORECASE | re.ASCII,
)
_MOST_MONTHS = 120_000


class Period(NamedTuple):
    """A period. Months are no fixed length, so that they are counted apart."""

    months: int
    rest: timedelta


def period_of(text: str) -> Period | None:
    """A period such as P1D, PT5M or P1M; None for anything else, and for one that goes nowhere."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    years, months = (int(number or 0) for number in match.groups()[:2])
    weeks, days, hours, minutes, seconds = (float((number or "0").replace(",", ".")) for number in match.groups()[2:])
    try:
        rest = timedelta(days=days, weeks=weeks, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None
    period = Period(12 * years + months, rest)
    return period if (period.months or period.rest) and period.months < _MOST_MONTHS else None


def moment_after(start: datetime, period: Period, number: int = 1) -> datetime:
    """The moment `number` periods after a start; the last day of a month that is too short. Raises OverflowError."""
    if period.months:
        months = start.year * 12 + start.month - 1 + period.months * number
        if not 12 <= months < _MOST_MONTHS:
            raise OverflowError(months)
        year, month = months // 12, months % 12 + 1
        following = date(year + (month == 12), month % 12 + 1, 1) if year < 9999 or month < 12 else None
        last_day = 31 if following is None else (following - timedelta(days=1)).day
        start = start.replace(year=year, month=month, day=min(start.day, last_day))
    return start + period.rest * number if period.rest else start
