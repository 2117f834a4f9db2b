"""A stretch of time on a line of pixels: places of times, moves and zooms, and the dates written along it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from layers.time.time_span import TimeSpan

DAY_S = 86_400.0
YEAR_S = 365.25 * DAY_S
SHORTEST_S = 2 * 3600.0
EARLIEST_S, LATEST_S = -140 * YEAR_S, 200 * YEAR_S
MARGIN = 0.04
LABEL_PX = 74.0
"""Least distance between two written dates, in logical pixels."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS_YEARS = (1, 2, 5, 10, 20, 50, 100)
_STEPS_MONTHS = (1, 2, 3, 6)
_STEPS_DAYS = (1, 2, 5, 10, 15)


class TimeAxis(Struct, frozen=True):
    """The axis: `begin` is at 0, `end` at `width` pixels; seconds since 1970, UTC."""

    begin: float
    end: float
    width: float

    @classmethod
    def around(cls, spans: Iterable[TimeSpan], width: float) -> TimeAxis:
        """An axis of all these spans, with some room on both sides; the years from 2015 to 2025 without any."""
        all_spans = list(spans)
        low = min((span.begin for span in all_spans), default=45 * YEAR_S)
        high = max((span.end for span in all_spans), default=55 * YEAR_S)
        room = max((high - low) * MARGIN, 15 * DAY_S)
        return cls(low - room, high + room, max(width, 1.0))

    def x_of(self, seconds: float) -> float:
        return (seconds - self.begin) / (self.end - self.begin) * self.width

    def time_at(self, x: float) -> float:
        return self.begin + x / self.width * (self.end - self.begin)

    def resized(self, width: float) -> TimeAxis:
        return replace(self, width=max(width, 1.0))

    def moved(self, by_px: float) -> TimeAxis:
        """The axis moved by pixels; positive values show later times."""
        by = by_px / self.width * (self.end - self.begin)
        return self._within(self.begin + by, self.end + by)

    def zoomed(self, factor: float, at_px: float) -> TimeAxis:
        """The axis with `factor` times as many pixels a day; the time at `at_px` stays in place."""
        length = self.end - self.begin
        new = min(max(length / factor, SHORTEST_S), LATEST_S - EARLIEST_S)
        held = self.time_at(at_px)
        begin = held - at_px / self.width * new
        return self._within(begin, begin + new)

    def showing(self, span: TimeSpan) -> TimeAxis:
        """The axis, moved if needed so that the middle of a span is in sight."""
        x, edge = self.x_of(span.middle), min(24.0, self.width / 4)
        if edge <= x <= self.width - edge:
            return self
        return self.moved(x - self.width / 2)

    def _within(self, begin: float, end: float) -> TimeAxis:
        length = min(end - begin, LATEST_S - EARLIEST_S)
        begin = min(max(begin, EARLIEST_S), LATEST_S - length)
        return replace(self, begin=begin, end=begin + length)

    def dates(self) -> list[tuple[float, str]]:
        """(x, text) of the dates that are written along it: years, months or days, whichever fit."""
        px_a_day = self.width / ((self.end - self.begin) / DAY_S)
        for step in _STEPS_DAYS:
            if step * px_a_day >= LABEL_PX:
                return self._days(step)
        for step in _STEPS_MONTHS:
            if step * 30.4 * px_a_day >= LABEL_PX:
                return self._months(step)
        step = next((step for step in _STEPS_YEARS if step * 365 * px_a_day >= LABEL_PX * 0.7), _STEPS_YEARS[-1])
        return self._months(12 * step)

    def _days(self, step: int) -> list[tuple[float, str]]:
        at = math.floor(self.begin / DAY_S / step) * step
        ticks = []
        while at * DAY_S <= self.end:
            ticks.append((self.x_of(at * DAY_S), (_EPOCH + timedelta(days=at)).date().isoformat()))
            at += step
        return [tick for tick in ticks if 0 <= tick[0] <= self.width]

    def _months(self, step: int) -> list[tuple[float, str]]:
        first = _EPOCH + timedelta(seconds=self.begin)
        month = (first.year * 12 + first.month - 1) // step * step
        ticks = []
        while True:
            year, number = divmod(month, 12)
            if not 1 <= year <= 9998:
                break
            at = (datetime(year, number + 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()
            if at > self.end:
                break
            text = f"{year:04}" if number == 0 and step >= 12 else f"{year:04}-{number + 1:02}"
            ticks.append((self.x_of(at), text))
            month += step
        return [tick for tick in ticks if 0 <= tick[0] <= self.width]
