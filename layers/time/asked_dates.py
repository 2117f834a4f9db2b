"""Reads the first or last date of a search as people type it: "March", "since March 2026", "3 months ago"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.time.dates import is_partial
from layers.time.time_span import days_of
from layers.time.typed_dates import MONTH_NUMBERS, no_such_day, typed_date, why_no_date

_LEAD = re.compile(r"(?:since|from|after|until|till|up to|before|to|by|in)\s+(?:the\s+)?", re.IGNORECASE)
"""A word before the date, which the field says already."""
_AGO = re.compile(r"(?:the\s+)?(?P<count>\d{1,4}|an?|last|past)\s+(?P<unit>day|week|month|year)s?(?:\s+ago)?")
_MONTH = re.compile(r"(?:last\s+|this\s+)?(?P<month>[a-z]{3,9})\.?")
_DAY = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month>[a-z]{3,9})\.?"
    r"|(?P<month2>[a-z]{3,9})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?"
)
_FIGURES = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?")
_TODAY, _YESTERDAY = ("today", "now"), "yesterday"


def asked_date(text: str, today: date) -> str:
    """ISO 8601 of a date, as exact as it was typed; empty for no text.

    A month or a day without a year is the latest one that has begun by `today`: nobody searches the future. Raises
    InvalidValue with how to write it where the text is no date.
    """
    typed = " ".join(text.split())
    words = _LEAD.sub("", typed, count=1).strip(" ,") if _LEAD.match(typed) else typed
    low = words.casefold()
    if not low:
        return ""
    if low in _TODAY:
        return today.isoformat()
    if low == _YESTERDAY:
        return (today - timedelta(days=1)).isoformat()
    read = _before(low, today) or _without_year(low, today) or _in_figures(low) or typed_date(words)
    if is_partial(read):
        return read
    why = why_no_date(read) or Phrase("write 2026-03-01, March 2026 or March")
    raise InvalidValue("“{text}” is no date: {why}.", text=typed[:60], why=why)


def _before(low: str, today: date) -> str:
    """The day so many days, weeks, months or years before today; empty for any other text."""
    match = _AGO.fullmatch(low)
    if match is None:
        return ""
    count = int(match["count"]) if match["count"].isdigit() else 1
    unit = match["unit"]
    if unit in ("day", "week"):
        return (today - timedelta(days=count * (7 if unit == "week" else 1))).isoformat()
    months = 12 * today.year + today.month - 1 - count * (12 if unit == "year" else 1)
    year, month = max(months // 12, 1), months % 12 + 1
    return f"{year:04}-{month:02}-{min(today.day, days_of(year, month)):02}"


def _without_year(low: str, today: date) -> str:
    """The latest such month or day that has begun; empty for any other text. Raises InvalidValue for no such day."""
    match = _MONTH.fullmatch(low)
    if match is not None:
        month = MONTH_NUMBERS.get(match["month"], 0)
        return f"{today.year - (month > today.month):04}-{month:02}" if month else ""
    match = _DAY.fullmatch(low)
    month = MONTH_NUMBERS.get(match["month"] or match["month2"], 0) if match is not None else 0
    if match is None or not month:
        return ""
    day = int(match["day"] or match["day2"])
    year = today.year - ((month, day) > (today.month, today.day))
    while month == 2 and day == 29 and days_of(year, 2) < 29:
        year -= 1
    why = no_such_day(year, month, day)
    if why:
        raise InvalidValue("“{text}” is no date: {why}.", text=low, why=why)
    return f"{year:04}-{month:02}-{day:02}"


def _in_figures(low: str) -> str:
    """Year, month and perhaps day in figures, also with a single one; empty for any other text."""
    match = _FIGURES.fullmatch(low)
    return "-".join(part.zfill(2) for part in match.groups() if part) if match is not None else ""
