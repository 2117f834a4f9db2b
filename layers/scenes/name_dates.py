"""Finds possible dates in the name of a file. They are offered to the analyst, never taken for the date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from layers.time.typed_dates import MONTH_NUMBERS

EARLIEST = date(1839, 1, 1)
"""The year of the first published photographs: an earlier number in a name is no year."""
_AHEAD = timedelta(hours=14)
"""Time by which the day in the Pacific is ahead of that in UTC."""
_NAMED_WHEN_KEPT = re.compile(r"pasted|screen ?shot|screen ?capture", re.IGNORECASE)
"""Names of pictures into which programs put the moment of saving, which says nothing about the picture's date."""

_EDGE, _END, _GAP = r"(?<![0-9])", r"(?![0-9])", r"[-_. ]?"
_YEAR, _MONTH, _DAY = r"(?P<year>\d{4})", r"(?P<month>\d\d)", r"(?P<day>\d\d?)"
_WORD = f"(?P<word>{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})"
_SINGLE = r"(?P<between>[-_.])"


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts), re.ASCII | re.IGNORECASE)


_DAYS = (
    _pattern(_EDGE, _YEAR, _SINGLE, _MONTH, r"(?P=between)(?P<day>\d\d)", _END),
    _pattern(_EDGE, _YEAR, _MONTH, r"(?P<day>\d\d)", r"(?:T?\d{6})?", _END),
    _pattern(_EDGE, r"(?P<first>\d\d)", _SINGLE, r"(?P<second>\d\d)(?P=between)", _YEAR, _END),
    _pattern(_EDGE, _DAY, _GAP, _WORD, _GAP, _YEAR, _END),
    _pattern(_EDGE, _YEAR, _GAP, _WORD, _GAP, _DAY, _END),
    _pattern(r"(?<![a-z])", _WORD, _GAP, _DAY, r"[-_., ]{1,2}", _YEAR, _END),
)
_MONTHS_ALONE = (
    _pattern(_EDGE, _YEAR, "-", _MONTH, _END),
    _pattern(r"(?<![a-z0-9])", _WORD, _GAP, _YEAR, _END),
    _pattern(_EDGE, _YEAR, _GAP, _WORD, r"(?![a-z0-9])"),
)
_YEARS = (_pattern(r"(?:^|[_\-. ])", _YEAR, r"(?=$|[_\-. ])"),)


def date_in_name(name: str, today: date | None = None) -> str:
    """A day, month or year such as 2021-08-20, 2021-08 or 2021; empty where there is none, or two that differ.

    None lies after `today`, which is that of the clock where it is not given, nor before there were photographs.
    """
    if _NAMED_WHEN_KEPT.match(name):
        return ""
    latest = today or (datetime.now(UTC) + _AHEAD).date()
    for patterns in (_DAYS, _MONTHS_ALONE, _YEARS):
        texts = {text for pattern in patterns for match in pattern.finditer(name) for text in _dates(match, latest)}
        if texts:
            return texts.pop() if len(texts) == 1 else ""
    return ""


def _dates(match: re.Match[str], latest: date) -> Iterator[str]:
    """The dates that were meant by a match: of 31-08-2020 one, of 05-08-2020 two, for both orders are in use."""
    parts = match.groupdict()
    year = parts["year"]
    if parts.get("first") is not None:
        for month, day in ((parts["second"], parts["first"]), (parts["first"], parts["second"])):
            yield from _written(latest, year, month, day)
        return
    month = f"{MONTH_NUMBERS[parts['word'].casefold()]:02}" if parts.get("word") else parts.get("month")
    day = parts.get("day")
    yield from _written(latest, *filter(None, (year, month, day and day.zfill(2))))


def _written(latest: date, year: str, month: str = "", day: str = "") -> Iterator[str]:
    """The date as ISO 8601 where it exists and there were pictures."""
    try:
        begin = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return
    if EARLIEST <= begin <= latest:
        yield "-".join(filter(None, (year, month, day)))
