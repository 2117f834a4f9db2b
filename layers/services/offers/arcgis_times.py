"""Times of ArcGIS: the `timeInfo` of a description as times that are offered, and the way to ask for one of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from layers.phrase import Phrase
from layers.services.offers.documents import number_of
from layers.services.times.offered_times import OfferedTimes

_UNITS = {
    "esriTimeUnitsSeconds": ("PT{}S", False),
    "esriTimeUnitsMinutes": ("PT{}M", False),
    "esriTimeUnitsHours": ("PT{}H", False),
    "esriTimeUnitsDays": ("P{}D", True),
    "esriTimeUnitsWeeks": ("P{}W", True),
    "esriTimeUnitsMonths": ("P{}M", True),
    "esriTimeUnitsYears": ("P{}Y", True),
    "esriTimeUnitsDecades": ("P{}0Y", True),
    "esriTimeUnitsCenturies": ("P{}00Y", True),
}
"""Periods by their units, with True for those that are made of whole days."""
_INTERVALS = (("timeInterval", "timeIntervalUnits"), ("defaultTimeInterval", "defaultTimeIntervalUnits"))
_HOURLY_TO = timedelta(days=3)
"""Length of time up to which hours are offered where a server does not say how its times are spaced."""
_DAILY_TO = timedelta(days=200 * 365)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ArcgisTimes(Struct, frozen=True):
    """The times of a map. `parameter` is what asks for the chosen one in an address; `problem` says what is unclear."""

    offered: OfferedTimes
    parameter: str
    problem: Phrase | None = None


def times_of_info(info: object, title: str) -> ArcgisTimes | None:
    """The times of a `timeInfo`, in steps of its interval; None where it holds no extent of time.

    Whole months and years are spelled as such: "2024-05" is no day on which an image was taken.
    """
    if not isinstance(info, dict):
        return None
    extent = info.get("timeExtent")
    numbers = [number_of(entry) for entry in extent] if isinstance(extent, list) else []
    ends = [number for number in numbers if number is not None]
    if len(numbers) != 2 or not ends:
        return None
    try:
        first, last = (_EPOCH + timedelta(milliseconds=number) for number in (min(ends), max(ends)))
    except OverflowError:
        return None
    period, is_of_days = _period(info)
    problem = None
    if not period:
        period, is_of_days = _guessed(last - first)
        steps = {"PT1H": Phrase("each hour"), "P1D": Phrase("each day"), "P1Y": Phrase("each year")}[period]
        problem = Phrase("{title} does not say how its times are spaced: {steps} is offered.", title=title, steps=steps)
    form = "-%m-%d" if is_of_days else "-%m-%dT%H:%M:%SZ"
    if (first.day, first.hour, first.minute, first.second) == (1, 0, 0, 0):
        form = "" if period == "P1Y" and first.month == 1 else "-%m" if period == "P1M" else form
    text = "/".join([*(f"{moment.year:04}{moment.strftime(form)}" for moment in (first, last)), period])
    return ArcgisTimes(OfferedTimes(text), _parameter(info, period), problem)


def _period(info: dict[str, object]) -> tuple[str, bool]:
    """The period between two times, and True for one of whole days; empty where none is stated."""
    for interval, units in _INTERVALS:
        number, (form, is_of_days) = number_of(info.get(interval)), _UNITS.get(str(info.get(units)), ("", False))
        if form and number is not None and number > 0:
            if number == int(number):
                return form.format(int(number)), is_of_days
            if not is_of_days:
                return form.format(number), False
    return "", False


def _guessed(length: timedelta) -> tuple[str, bool]:
    if length <= _HOURLY_TO:
        return "PT1H", False
    return ("P1D", True) if length <= _DAILY_TO else ("P1Y", True)


def _parameter(info: dict[str, object], period: str) -> str:
    """The parameter: an instant where things last from one field to another, else the whole period, since what has only
    one date is not found by another instant.
    """
    start, end = info.get("startTimeField"), info.get("endTimeField")
    lasts = bool(start) and bool(end) and start != end
    return "time={time-ms}" if lasts else f"time={{time-ms:{period}}}"
