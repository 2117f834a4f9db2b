"""Judges texts as dates, times of day or timestamps: written in full, and existing (no 30 February)."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

_DAY = re.compile(r"\d{4}[-/]\d\d[-/]\d\d")
_TIMESTAMP = re.compile(r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?")
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
