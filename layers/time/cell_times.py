"""Reads dates with a time of day, as spreadsheets and databases write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_WITH_CLOCK = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?")


def cell_time(text: str) -> tuple[str, bool] | None:
    """The instant in UTC of a date with a time of day; of one without a time zone the day alone, as another zone may
    have another time.

    Returns the date in ISO 8601, and True where a time of day was left out of it, midnight excepted; None for any
    other text.
    """
    match = _WITH_CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    day, clock, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{zone or ''}")
        if zone:
            return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), False
    except (ValueError, OverflowError):
        return None
    return day, clock.strip("0:") != ""
