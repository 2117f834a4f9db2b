"""Times that a service offers: lists of instants, intervals and periods in the server's spelling, read lazily.

WMS and WMTS share the grammar: values with commas between them, each an instant ("2019", "20190203",
"2019-02-03T04:05Z"), an interval ("2019-01-01/2019-12-31"), or an interval with a period ("2019-01-01/PRESENT/P1D").
Five years by five minutes are kept as a start, a step and a number, never as a list. A text is read when it is first
asked for its times.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from msgspec import Struct

from layers.phrase import Phrase
from layers.services.times.time_spelling import instant_of, spelled_like
from layers.time.periods import Period, moment_after, period_of

_NOW = frozenset({"current", "present", "now"})
"""Words that servers write for the newest time."""
_CONTINUOUS = frozenset({"", "0", "pt0s", "p0d"})
"""Periods that mean that every instant of an interval may be asked for."""
_A_DAY = timedelta(days=1)
_MOST_QUOTED = 3
"""Most values of one list that are quoted as not understood."""
_QUOTED_CHARS = 60
_MOST_SORTED = 200_000
"""Most instants of intervals that overlap which are put in order one by one."""


class _Run(NamedTuple):
    """Instants in even steps, `size` of them from `start`, spelled as `spelling` is; or one instant, spelled so."""

    start: datetime
    size: int
    step: Period | None
    spelling: str

    def nth(self, number: int) -> datetime:
        return self.start if self.step is None or number == 0 else moment_after(self.start, self.step, number)

    def number_at(self, moment: datetime) -> int:
        """Number of the last instant that is not after a moment; the first one where all are."""
        if self.step is None or moment <= self.start:
            return 0
        return min(_steps_within(self.start, moment, self.step), self.size - 1)

    def text(self, number: int) -> str:
        if self.step is None:
            return self.spelling
        moment = self.nth(number)
        return self.spelling if instant_of(self.spelling) == moment else spelled_like(moment, self.spelling)


class _Reading(NamedTuple):
    """Runs in order of time, the number of instants up to the end of each, and what was not understood."""

    runs: tuple[_Run, ...]
    starts: list[datetime]
    ends: list[int]
    problems: tuple[Phrase, ...]


class OfferedTimes(Struct, frozen=True, dict=True):
    """The time dimension of a layer. `text` holds its values in the server's own spelling, with commas between them.

    Instants are numbered in order of time, from 0; each is given as the text that the server has for it.
    """

    text: str
    default: str = ""
    nearest: bool = False
    """True where the server says that it may serve the nearest time instead of the one that was asked for."""

    @property
    def count(self) -> int:
        return self._reading.ends[-1] if self._reading.ends else 0

    @property
    def first(self) -> str:
        """The earliest instant; empty where there is none."""
        return self.nth(0) if self.count else ""

    @property
    def last(self) -> str:
        return self.nth(self.count - 1) if self.count else ""

    @property
    def problems(self) -> tuple[Phrase, ...]:
        """Sentences about values that are not understood, and a default that is none."""
        default = self._default_problem
        return (*self._reading.problems, default) if default else self._reading.problems

    @cached_property
    def initial(self) -> str:
        """The time with which a map begins: the server's default where it is one of its times, else the last one."""
        return self.default if self._is_within(self.default) else self.last

    def nth(self, number: int) -> str:
        """The instant of a number. Raises IndexError beyond the last one, and for numbers below 0."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        at = bisect.bisect_right(self._reading.ends, number)
        return self._reading.runs[at].text(number - (self._reading.ends[at - 1] if at else 0))

    def number_near(self, asked_time: str | date) -> int:
        """Number of the instant nearest to a time or a day: one of that day, where there is one, else the one nearest
        to its noon; of whole months the one that it lies in. -1 where there are none, or where the text is no time.
        """
        moment = _moment(asked_time)
        if moment is None or not self.count:
            return -1
        return self._number_near(moment)

    def nearest_to(self, asked_time: str | date) -> str:
        """The instant nearest to a time or a day; empty where there is none."""
        number = self.number_near(asked_time)
        return self.nth(number) if number >= 0 else ""

    def on_day(self, day: date) -> tuple[str, ...]:
        """The instants of a day in UTC, in order."""
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        if not self.count:
            return ()
        number = self._number_from(start)
        texts = []
        while number < self.count and self._moment_of(number).date() == start.date():
            texts.append(self.nth(number))
            number += 1
        return tuple(texts)

    def number_from(self, day: date) -> int:
        """Number of the first instant that is not before a day in UTC; `count` where all are."""
        return self._number_from(datetime(day.year, day.month, day.day, tzinfo=UTC)) if self.count else 0

    def __iter__(self) -> Iterator[str]:
        return (run.text(number) for run in self._reading.runs for number in range(run.size))

    @cached_property
    def _reading(self) -> _Reading:
        return _read(self.text)

    @cached_property
    def _default_problem(self) -> Phrase | None:
        default = self.default
        if not default or default.casefold() in _NOW or not self.count or self._is_within(default):
            return None
        return Phrase(
            "The service's default time “{default}” is none of its times: {last} is shown first.",
            default=default[:_QUOTED_CHARS],
            last=self.last,
        )

    def _is_within(self, text: str) -> bool:
        moment = instant_of(text)
        if moment is None or not self.count:
            return moment is not None
        return self._moment_of(0) <= moment <= self._moment_of(self.count - 1)

    def _moment_of(self, number: int) -> datetime:
        at = bisect.bisect_right(self._reading.ends, number)
        return self._reading.runs[at].nth(number - (self._reading.ends[at - 1] if at else 0))

    def _number_from(self, moment: datetime) -> int:
        """Number of the first instant that is not before a moment; `count` where all are."""
        at = bisect.bisect_right(self._reading.starts, moment) - 1
        if at < 0:
            return 0
        run = self._reading.runs[at]
        number = run.number_at(moment)
        number += run.nth(number) < moment
        return number + (self._reading.ends[at - 1] if at else 0)

    def _number_near(self, moment: datetime) -> int:
        after = self._number_from(moment)
        if after == 0 or (after < self.count and self._moment_of(after) == moment):
            return after
        if after == self.count or self._lasts_beyond(after - 1, moment):
            return after - 1
        earlier, later = moment - self._moment_of(after - 1), self._moment_of(after) - moment
        return after - 1 if earlier <= later else after

    def _lasts_beyond(self, number: int, moment: datetime) -> bool:
        """True where an instant stands for whole months from the first day of one on, and a moment lies in them."""
        at = bisect.bisect_right(self._reading.ends, number)
        run = self._reading.runs[at]
        begin = run.start
        if run.step is None or not run.step.months or run.step.rest or begin != _first_of_month(begin):
            return False
        return moment < moment_after(self._moment_of(number), run.step)


def _first_of_month(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _moment(asked_time: str | date) -> datetime | None:
    """The moment that is meant by a time; of a day its noon, by which an instant of that day is the nearest."""
    if isinstance(asked_time, datetime):
        return asked_time if asked_time.tzinfo else asked_time.replace(tzinfo=UTC)
    if isinstance(asked_time, date):
        return datetime(asked_time.year, asked_time.month, asked_time.day, 12, tzinfo=UTC)
    try:
        return _moment(date.fromisoformat(asked_time.strip()))
    except ValueError:
        return instant_of(asked_time)


def _read(text: str) -> _Reading:
    """Read a list of values. What is not understood costs only itself."""
    runs: list[_Run] = []
    odd: list[Phrase] = []
    for value in text.split(","):
        value = " ".join(value.split())
        if not value:
            continue
        try:
            runs.extend(_runs_of(value, odd))
        except _Odd as oddity:
            odd.append(oddity.why)
    problems = list(dict.fromkeys(odd))
    if len(problems) > _MOST_QUOTED:
        problems = [*problems[:_MOST_QUOTED], Phrase("More of the service's times are not understood.")]
    ordered = _ordered(runs)
    return _Reading(ordered, [run.start for run in ordered], list(accumulate(r.size for r in ordered)), tuple(problems))


class _Odd(Exception):
    """A value that is not understood, with a sentence about it."""

    def __init__(self, sentence: str, value: str, part: str = "") -> None:
        self.why = Phrase(sentence, value=value[:_QUOTED_CHARS], part=part[:_QUOTED_CHARS])
        super().__init__(self.why)


def _runs_of(value: str, remarks: list[Phrase]) -> tuple[_Run, ...]:
    """The instants of one value of a list. Raises _Odd; what is only doubtful goes to the remarks."""
    if "/" not in value:
        moment = instant_of(value)
        if moment is None and value.casefold() in _NOW:
            raise _Odd("The time “{value}” names no date: the service chooses it.", value)
        if moment is None:
            raise _Odd("The time “{value}” is not understood.", value)
        return (_Run(moment, 1, None, value),)
    first, last, *periods = (part.strip() for part in value.split("/"))
    start = instant_of(first)
    end = datetime.now(UTC) if last.casefold() in _NOW else instant_of(last)
    if start is None or end is None or len(periods) > 1:
        raise _Odd("The times “{value}” are not understood.", value)
    if end < start:
        raise _Odd("The times “{value}” end before they begin: they are left out.", value)
    period = periods[0] if periods else ""
    step = Period(0, _A_DAY) if period.casefold() in _CONTINUOUS else period_of(period)
    if step is None:
        sentence = "The period “{part}” of “{value}” is not understood: only its first and last time are offered."
        remarks.append(_Odd(sentence, value, period).why)
        ends = (_Run(start, 1, None, first), _Run(end, 1, None, last))
        return ends[: 1 + (end > start and last.casefold() not in _NOW)]
    if not period:
        remarks.append(_Odd("The times “{value}” name no period: each day is offered.", value).why)
    spelling = last if len(last) > len(first) and last.casefold() not in _NOW else first
    run = _Run(start, _steps_within(start, end, step) + 1, step, spelling if step.rest % _A_DAY else first)
    return (run._replace(step=None, spelling=first),) if run.size == 1 else (run,)


def _steps_within(start: datetime, end: datetime, step: Period) -> int:
    """Number of steps from a start that do not pass an end, which is not before it."""
    if not step.months:
        return (end - start) // step.rest
    low, high = 0, (end.year * 12 + end.month - start.year * 12 - start.month) // step.months + 1
    while low + 1 < high:
        middle = (low + high) // 2
        try:
            low, high = (middle, high) if moment_after(start, step, middle) <= end else (low, middle)
        except OverflowError:
            high = middle
    return low


def _ordered(runs: list[_Run]) -> tuple[_Run, ...]:
    """The runs in order of time, without instants that come twice."""
    runs = sorted(runs, key=lambda run: run.start)
    apart: list[_Run] = []
    for run in runs:
        before = apart[-1] if apart else None
        if before is None or run.start != before.nth(before.number_at(run.start)):
            apart.append(run)
        elif run.step is not None and run.step.months:
            apart.append(run)  # its days of the month hang on its start
        elif run.size > 1:  # intervals that touch
            apart.append(run._replace(start=run.nth(1), size=run.size - 1))
    overlap = any(a.nth(a.size - 1) >= b.start for a, b in pairwise(apart))
    if overlap and sum(run.size for run in apart) <= _MOST_SORTED:
        singles = {run.nth(n): run.text(n) for run in reversed(apart) for n in range(run.size)}
        return tuple(_Run(moment, 1, None, singles[moment]) for moment in sorted(singles))
    return tuple(apart)
