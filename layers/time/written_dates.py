"""Dates as people write them: "1985", "November 2026", "30 November 2026", "30 November 2026, 01:54 UTC"."""

from __future__ import annotations

from datetime import datetime

from layers.phrase import Phrase
from layers.time.dates import is_partial
from layers.time.time_span import days_of

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Python's own names are those of the language that the desktop is in."""
_DAYS = (
    *(Phrase("{day} January {year}"), Phrase("{day} February {year}"), Phrase("{day} March {year}")),
    *(Phrase("{day} April {year}"), Phrase("{day} May {year}"), Phrase("{day} June {year}")),
    *(Phrase("{day} July {year}"), Phrase("{day} August {year}"), Phrase("{day} September {year}")),
    *(Phrase("{day} October {year}"), Phrase("{day} November {year}"), Phrase("{day} December {year}")),
)
_MONTHS_OF_YEAR = (
    *(Phrase("January {year}"), Phrase("February {year}"), Phrase("March {year}"), Phrase("April {year}")),
    *(Phrase("May {year}"), Phrase("June {year}"), Phrase("July {year}"), Phrase("August {year}")),
    *(Phrase("September {year}"), Phrase("October {year}"), Phrase("November {year}"), Phrase("December {year}")),
)
"""Whole templates: some languages bend the name of a month beside a day, others write months as numbers."""


def written_date(iso: str) -> str:
    """A date as people write it: 31 August 2020, August 2020 or 2020; with its time of day in UTC, if it has one.

    Two dates joined by a slash become the year, the month or the day that they bound, or "3 to 9 August 1995". Any
    other text stays as it is.
    """
    first, slash, last = (part.strip() for part in iso.partition("/"))
    if slash:
        return _written_span(first, last)
    if not is_partial(first):
        return iso
    day, _, clock = first.partition("T")
    return Phrase("{day}, {clock} UTC", day=_written_day(day), clock=clock[:5]) if clock else _written_day(day)


def bounded_period(iso: str) -> str:
    """The year, the month or the day that two dates joined by a slash bound, as 1985 for all days from its first to its
    last; any other text unchanged.
    """
    first, slash, last = (part.strip() for part in iso.partition("/"))
    if not slash or not (is_partial(first) and is_partial(last)):
        return iso
    if first == last:
        return first
    if first[10:16] == "T00:00" and last[10:16] == "T23:59":
        first, last = first[:10], last[:10]
    if first[:4] == last[:4] and (first[4:], last[4:]) in (("-01-01", "-12-31"), ("-01", "-12")):
        return first[:4]
    is_month = len(first) == len(last) == 10 and first[:7] == last[:7] and first[8:] == "01"
    if is_month and int(last[8:]) == days_of(int(last[:4]), int(last[5:7])):
        return first[:7]
    return first if first == last else f"{first}/{last}"


def _written_day(day: str) -> str:
    """A year, a month or a day in words."""
    year, month, number = ([*day.split("-"), "", ""])[:3]
    if number:
        return _day_in_month(str(int(number)), month, year)
    return Phrase(_MONTHS_OF_YEAR[int(month) - 1].template, year=year) if month else year


def _day_in_month(day: str, month: str, year: str) -> str:
    return Phrase(_DAYS[int(month) - 1].template, day=day, year=year)


def _written_span(first: str, last: str) -> str:
    period = bounded_period(f"{first}/{last}")
    first, slash, last = period.partition("/")
    if not slash:
        return written_date(first)
    is_known = is_partial(first) and is_partial(last)
    begin, end = first[11:16], last[11:16]
    if is_known and begin and end and first[:10] == last[:10]:
        day = _written_day(first[:10])
        if begin == end:
            return Phrase("{day}, {clock} UTC", day=day, clock=begin)
        return Phrase("{day}, {begin} to {end} UTC", day=day, begin=begin, end=end)
    if is_known and len(first) == len(last) == 10 and first[:7] == last[:7]:
        days = Phrase("{start} to {end}", start=str(int(first[8:])), end=str(int(last[8:])))
        return _day_in_month(days, first[5:7], first[:4])
    if is_known and first.endswith("-01-01") and last.endswith("-12-31"):
        first, last = first[:4], last[:4]
    return Phrase("{start} to {end}", start=written_date(first), end=written_date(last))


def written_moment(text: str) -> str:
    """An instant of ISO 8601 in words, by the clock of this computer; any other text as `written_date` has it."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    if "T" not in text or moment.tzinfo is None:
        return written_date(text)
    try:
        moment = moment.astimezone()
    except (OverflowError, ValueError, OSError):  # beyond what the clock of a computer can tell
        return text
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M}"
