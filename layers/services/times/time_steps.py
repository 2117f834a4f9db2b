"""Steps through the times of a dated service: those that its server offers, or days where it does not list them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from layers.phrase import Phrase
from layers.services.tile_service import TileService
from layers.services.times.offered_times import OfferedTimes
from layers.services.times.time_range import TimeRange
from layers.services.times.time_spelling import instant_of

_A_DAY = timedelta(days=1)


class ServiceTimes:
    """Times of a service as text in the server's spelling; empty text stands for none.

    `today` is the day in UTC. A service that does not list its times is asked for days, the latest of them the one
    before today: most imagery of a day is there on the next one. Steps stay in `within`, where that is given.
    """

    def __init__(self, service: TileService, today: date, within: TimeRange | None = None) -> None:
        self._service, self._today, self._within = service, today, within

    @cached_property
    def _offered(self) -> OfferedTimes | None:
        times = OfferedTimes(self._service.times, nearest=self._service.nearest)
        return times if self._service.times and times.count else None

    @property
    def is_listed(self) -> bool:
        """True where the server has said which times there are."""
        return self._offered is not None

    @property
    def problems(self) -> tuple[Phrase, ...]:
        """Sentences on what is not understood of the times that the server has listed."""
        return () if self._offered is None else self._offered.problems

    @property
    def latest(self) -> str:
        return (self._today - _A_DAY).isoformat() if self._offered is None else self._offered.last

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last day of what the server offers; None where it does not say."""
        if self._offered is None:
            return None
        first, last = day_of(self._offered.first), day_of(self._offered.last)
        return (first, last) if first is not None and last is not None else None

    def stepped(self, time: str, by: int) -> str:
        """The time that many steps later, or earlier where `by` is negative; empty beyond the first or the last one.

        From outside of the range a step leads to its nearer end, and none leads further away.
        """
        day = day_of(time)
        if self._within is not None and day is not None and not self._within.holds(day):
            is_before = day < self._within.begins
            return self.ends[0 if is_before else 1] if (by > 0) == is_before else ""
        there = self._stepped(time, by)
        day = day_of(there)
        return there if self._within is None or (day is not None and self._within.holds(day)) else ""

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last time of the range; empty where it has none, or has no such end."""
        first, last = self._range_days
        if self._offered is None:
            last = min(last, self._today)
            return ("" if first == date.min else first.isoformat()), (last.isoformat() if last >= first else "")
        low, high = self._numbers_within
        return (self._offered.nth(low), self._offered.nth(high - 1)) if low < high else ("", "")

    def place_of(self, time: str) -> tuple[int, int] | None:
        """The place of a time among those of the range, from 1, and their number; None where that is not known."""
        if self._offered is None:
            return None
        (low, high), number = self._numbers_within, self._offered.number_near(time)
        return (number - low + 1, high - low) if low <= number < high else None

    @property
    def _range_days(self) -> tuple[date, date]:
        return (date.min, date.max) if self._within is None else (self._within.begins, self._within.ends)

    @property
    def _numbers_within(self) -> tuple[int, int]:
        """Number of the first time in the range, and of the first one after it."""
        assert self._offered is not None
        first, last = self._range_days
        after = self._offered.count if last == date.max else self._offered.number_from(last + _A_DAY)
        return self._offered.number_from(first), after

    def _stepped(self, time: str, by: int) -> str:
        if self._offered is None:
            day = day_of(time)
            there = None if day is None else day + by * _A_DAY
            return there.isoformat() if there is not None and there <= self._today else ""
        number = self._offered.number_near(time)
        if number < 0:
            return ""
        near, at = _moment(self._offered.nth(number)), number + by
        if near > _moment(time) and by > 0:
            at -= 1  # the nearest one is the first step already
        elif near < _moment(time) and by < 0:
            at += 1
        return self._offered.nth(at) if 0 <= at < self._offered.count else ""

    def on(self, day: date) -> str:
        """The time for a day: the first one that the server has then, else the nearest; the day itself where the server
        does not list any.
        """
        if self._offered is None:
            return day.isoformat()
        return next(iter(self._offered.on_day(day)), "") or self._offered.nearest_to(day)

    def newest(self, most: int) -> tuple[str, ...]:
        """All times, the newest first; none where they are more than `most`, or not known."""
        if self._offered is None or self._offered.count > most:
            return ()
        return tuple(self._offered.nth(number) for number in reversed(range(self._offered.count)))

    def times_on(self, day: date) -> tuple[str, ...]:
        """All times of a day; none where the server does not list them."""
        return () if self._offered is None else self._offered.on_day(day)

    def days_of(self, year: int, month: int) -> frozenset[int] | None:
        """Days of a month of which the server has something; None where it does not say."""
        if self._offered is None:
            return None
        first = date(year, month, 1)
        days = (first + at * _A_DAY for at in range(31))
        return frozenset(day.day for day in days if day.month == month and self._offered.on_day(day))


def day_of(time: str) -> date | None:
    """The day in UTC of a time in any server's spelling; of a year or a month its first. None where it is no time."""
    moment = instant_of(time.partition("/")[0])
    return None if moment is None else moment.date()


def written_time(time: str) -> str:
    """A server's time as a case writes it: a day, or a moment in UTC where it has a time of day. "" for no time."""
    start, _, end = time.partition("/")
    moment = instant_of(start)
    if moment is None:
        return ""
    written = start if len(start) in (4, 7) else _written(moment)
    return written if not end else f"{written}/{written_time(end) or written}"


def _written(moment: datetime) -> str:
    has_clock = (moment.hour, moment.minute, moment.second) != (0, 0, 0)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if has_clock else moment.date().isoformat()


def _moment(time: str) -> datetime:
    return instant_of(time.partition("/")[0]) or datetime.min.replace(tzinfo=UTC)
