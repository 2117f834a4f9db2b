"""Finds what may be a date in the name of a file. It is offered to the analyst, never taken for the date."""

from __future__ import annotations

import re
from datetime import date

EARLIEST, LATEST = 1900, 2099
_EDGE, _END = r"(?<![0-9])", r"(?![0-9])"
_DASHED = re.compile(_EDGE + r"(?P<year>\d{4})[-_.](?P<month>\d\d)[-_.](?P<day>\d\d)" + _END, re.ASCII)
_COMPACT = re.compile(_EDGE + r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{6})?" + _END, re.ASCII)
_MONTH = re.compile(_EDGE + r"(?P<year>\d{4})-(?P<month>\d\d)" + _END, re.ASCII)
_YEAR = re.compile(r"(?:^|[_\-. ])(?P<year>\d{4})(?=$|[_\-. ])", re.ASCII)


def date_in_name(name: str) -> str:
    """A day, month or year such as 2021-08-20, 2021-08 or 2021; empty where there is none, or two that differ."""
    for pattern in (_DASHED, _COMPACT, _MONTH, _YEAR):
        found = {text for match in pattern.finditer(name) if (text := _written(match.groupdict()))}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def _written(parts: dict[str, str | None]) -> str:
    """The date in full where it exists; else empty."""
    year, month, day = parts["year"] or "", parts.get("month"), parts.get("day")
    if not EARLIEST <= int(year) <= LATEST:
        return ""
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    return "-".join(part for part in (year, month, day) if part)
