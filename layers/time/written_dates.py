"""Dates as people write them: "30 November 2026", "November 2026", "30 November 2026, 01:54"."""

from __future__ import annotations

from datetime import datetime

from layers.phrase import Phrase
from layers.time.dates import is_partial, precision_of

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Python's own names are those of the language that the desktop is in."""


def written_date(iso: str) -> str:
    """A date as people write it: 31 August 2020, August 2020 or 2020; with its time of day, if it has one.

    Any other text stays as it is.
    """
    first, slash, last = iso.partition("/")
    if slash:
        return f"{written_date(first)} to {written_date(last)}"
    day, _, clock = iso.partition("T")
    if not is_partial(iso):
        return iso
    year, month, number = ([*day.split("-"), "", ""])[:3]
    words = [str(int(number))] if number else []
    words += [MONTHS[int(month) - 1]] if month else []
    return " ".join([*words, year, *([f"{clock[:5]} UTC"] if clock else [])])


def moment_text(when: str) -> str:
    """A day, or a moment with its time of day, as maps and products print it."""
    day, _, clock = when.strip().partition("T")
    return f"{day} {clock[:5]} UTC" if clock.endswith("Z") else when.strip()


def interval_text(at: str) -> str:
    """The one date of an image of the kind "interval", as maps and products print it: as far as it is known."""
    precision = precision_of(at.strip())
    if precision == "day":
        return Phrase("on {day}", day=moment_text(at))
    if precision in ("hour", "minute", "second"):
        return moment_text(at)
    return Phrase("within {when}", when=moment_text(at))


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
