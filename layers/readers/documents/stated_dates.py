"""Dates as documents state them about themselves, in ISO 8601 or as a PDF writes them, as dates of a case."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_DATE = re.compile(
    r"(?P<year>\d{4})(?:[-/]?(?P<month>\d{2})(?:[-/]?(?P<day>\d{2})"
    r"(?:[T ]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?\d{2}(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}'?:?(?:\d{2})?'?)?)?)?)?"
)


def stated_date(text: str) -> str:
    """The date in a text that is nothing but a date; empty for any other text and for impossible dates.

    A time of day counts only with its zone, and becomes UTC: without one the day is all that is known.
    """
    match = _DATE.fullmatch(text.strip().removeprefix("D:")[:40])
    if match is None:
        return ""
    year, month, day, hour, minute, zone = match.group("year", "month", "day", "hour", "minute", "zone")
    try:
        parts = (int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0))
        utc = datetime(*parts, tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    if hour and zone:
        return f"{utc:%Y-%m-%dT%H:%M}Z" if utc.year > 999 else ""
    return "-".join(part for part in (year, month, day) if part)


def _zone(text: str | None) -> timezone:
    if not text or text == "Z":
        return UTC
    digits = re.sub(r"\D", "", text)
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
