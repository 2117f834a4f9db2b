"""Dates as people write them: "30 November 2026", "November 2026", "30 November 2026, 01:54"."""

from __future__ import annotations

import re
from datetime import datetime

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Python's own names are those of the language that the desktop is in."""
_DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?", re.ASCII)


def written_day(text: str) -> str:
    """A day or a month of ISO 8601 in words; any other text as it is."""
    found = _DAY.fullmatch(text.strip())
    if found is None or not 1 <= int(found[2]) <= len(MONTHS):
        return text
    month = f"{MONTHS[int(found[2]) - 1]} {found[1]}"
    return f"{int(found[3])} {month}" if found[3] else month


def written_moment(text: str) -> str:
    """An instant of ISO 8601 in words, by the clock of this computer; any other text as `written_day` has it."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    if "T" not in text or moment.tzinfo is None:
        return written_day(text)
    try:
        moment = moment.astimezone()
    except (OverflowError, ValueError, OSError):  # beyond what the clock of a computer can tell
        return text
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M}"
