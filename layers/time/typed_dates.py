"""Reads dates typed with English names of months. Dates in figures alone stay text: they could be two."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.time.dates import is_partial
from layers.time.time_span import days_of
from layers.time.written_dates import MONTHS

MONTH_NUMBERS = {form.casefold(): at for at, name in enumerate(MONTHS, start=1) for form in (name, name[:3])} | {
    "sept": 9
}
"""Numbers of months by their names and their first letters."""
_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<month>[a-z]{3,9})\.?", r"(?P<year>\d{4})"
_GAP = r"(?:[\s,.-]|\bof\b)+"
_CLOCK = r"(?:[\s,]+(?:at\s+)?(?P<clock>\d\d:\d\d(?::\d\d)?)\s*(?:z|utc|gmt))?"
_DAYS = (_DAY, _MONTH, _YEAR), (_MONTH, _DAY, _YEAR), (_YEAR, _MONTH, _DAY)
_ORDERS = (
    *(_GAP.join(parts) + _CLOCK for parts in _DAYS),
    *(_GAP.join(parts) for parts in ((_MONTH, _YEAR), (_YEAR, _MONTH))),
)
_BETWEEN = r"\s*/\s*|\s+(?:to|-)\s+|\s*[\u2013\u2014]\s*"
_ISO_DAY = r"(\d{4})-(\d\d)-(\d\d)(?:T.*)?"
_FIGURES = r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})"


def typed_date(text: str) -> str:
    """The date, or two of them joined by a slash, of which English words were typed, as ISO 8601; else the same text.

    It is as exact as what was typed: "April 2016" is 2016-04. Raises InvalidValue for a day that its month does not
    have.
    """
    text = text.strip()
    parts = re.split(_BETWEEN, text, maxsplit=1, flags=re.IGNORECASE)
    read = [_in_words(part) or (part if is_partial(part) else "") for part in parts]
    return "/".join(read) if all(read) else text


def _in_words(text: str) -> str:
    """ISO 8601 of a date with the name of its month; empty for any other text."""
    for order in _ORDERS:
        match = re.fullmatch(order, text, re.IGNORECASE)
        month = MONTH_NUMBERS.get(match["month"].casefold(), 0) if match is not None else 0
        if match is None or not month:
            continue
        fields = match.groupdict()
        year, day, clock = int(fields["year"]), fields.get("day"), fields.get("clock")
        if day is None:
            return f"{year:04}-{month:02}"
        why = no_such_day(year, month, int(day))
        if why:
            raise InvalidValue("“{text}” is no date: {why}.", text=text, why=why)
        return f"{year:04}-{month:02}-{int(day):02}" + (f"T{clock}Z" if clock else "")
    return ""


def figures_order(texts: Iterable[str]) -> tuple[str, str]:
    """The order of dates in figures of one column, "day" or "month" first, and the text that shows it: it has more
    than twelve in its place, and no other text shows the other order. ("", "") in doubt."""
    shown: dict[str, str] = {}
    for text in texts:
        match = re.fullmatch(_FIGURES, text.strip())
        if match is not None:
            first, other = int(match[1]), int(match[2])
            if (first > 12) != (other > 12):
                shown.setdefault("day" if first > 12 else "month", text.strip())
    return next(iter(shown.items())) if len(shown) == 1 else ("", "")


def ordered_date(text: str, order: str) -> str:
    """ISO 8601 of a date in figures whose `order` is known, as `figures_order` gives it; else the same text."""
    match = re.fullmatch(_FIGURES, text.strip())
    if match is None or not order:
        return text
    day, month = (int(match[1]), int(match[2])) if order == "day" else (int(match[2]), int(match[1]))
    is_day = 1 <= month <= 12 and not no_such_day(int(match[3]), month, day)
    return f"{match[3]}-{month:02}-{day:02}" if is_day else text


def no_such_day(year: int, month: int, day: int) -> str:
    """The number of days in a month that lacks this day; empty where it has the day, or is no month."""
    if not (1 <= month <= 12 and year >= 1):
        return ""
    days = days_of(year, month)
    of = f" {year}" if month == 2 else ""
    return (
        "" if 1 <= day <= days else Phrase("{months}{of} has {days} days", months=MONTHS[month - 1], of=of, days=days)
    )


def why_no_date(text: str) -> str:
    """The reason why a text that looks like a day is none, and what to write instead; empty for other texts."""
    iso = re.fullmatch(_ISO_DAY, text)
    if iso is not None:
        return no_such_day(*map(int, iso.groups()))
    figures = re.fullmatch(_FIGURES, text)
    if figures is None:
        return ""
    first, other, year = map(int, figures.groups())
    orders = [
        (day, month) for day, month in dict.fromkeys(((first, other), (other, first))) if 1 <= month <= 12 and year
    ]
    days = [date(year, month, day) for day, month in orders if not no_such_day(year, month, day)]
    if not days:
        return next((no_such_day(year, month, day) for day, month in orders), "")
    written = " or ".join(day.isoformat() for day in days)
    if len(days) == 1:
        return Phrase("in figures the year comes first: write {written}", written=written)
    meant = " or ".join(f"{day.day} {MONTHS[day.month - 1]}" for day in days)
    return Phrase("it could be {meant}: write {written}", meant=meant, written=written)
