"""Judges texts as dates, times of day or timestamps: existing (no 30 February), written in full or as far as known."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from layers.time.spans import span_of

_DAY = re.compile(r"\d{4}[-/]\d\d[-/]\d\d")
_TIMESTAMP = re.compile(r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?")
_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z)?)?)?")
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?")


def is_exact(text: str) -> bool:
    """True for a date, a timestamp or a time of day that is written in full and exists."""
    parse: Any = None
    for pattern, parser in (
        (_DAY, date.fromisoformat),
        (_TIMESTAMP, datetime.fromisoformat),
        (_CLOCK, time.fromisoformat),
    ):
        if pattern.fullmatch(text):
            parse = parser
    try:
        return parse is not None and parse(text.replace("/", "-")) is not None
    except ValueError:
        return False


def precision_of(text: str) -> str:
    """The unit to which a date is stated: year, month, day, hour, minute or second; empty for any other text.

    A time on the full hour is taken for one that is stated to the hour.
    """
    if not is_partial(text):
        return ""
    day, _, clock = text.partition("T")
    if not clock:
        return {4: "year", 7: "month", 10: "day"}[len(day)]
    minutes, _, seconds = clock.removesuffix("Z").partition(":")[2].partition(":")
    if seconds.strip("0.:"):
        return "second"
    return "minute" if minutes.strip("0") else "hour"


def is_partial(text: str) -> bool:
    """True for a year, a month, a day or an instant in UTC that exists, as 2024, 2024-04 or 2024-04-12T08:30Z."""
    if not _PARTIAL.fullmatch(text):
        return False
    full = text if len(text) > 10 else text + "0000-01-01"[len(text) :]
    try:
        datetime.fromisoformat(full)
    except ValueError:
        return False
    return True


def is_date_or_interval(text: str) -> bool:
    """True for a date as far as it is known, or two of them joined by a slash, the earlier one first."""
    first, slash, last = text.partition("/")
    if not slash:
        return is_partial(text)
    return is_partial(first) and is_partial(last) and span_of(first, last) is not None
