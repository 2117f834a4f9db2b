"""Places the rows of a timeline on its lanes: as marks, as bars where their dates are stretches of time, and as one
mark with a count where several would lie on each other.

Marks are gathered in cells of time, so that they stay together while the axis is moved.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.finding.case_timeline import LANES, Timeline, TimelineRow
from viewer.panels.axis.time_axis import TimeAxis

type RowPlaces = NDArray[np.int64]
type Mask = NDArray[np.bool_]

MARK_PX = 5.5
"""Half the width of the mark of one row, in logical pixels."""
DIGIT_PX = 3.6
"""Half the width that a digit of a count adds, in logical pixels."""
CELL_PX = 14.0
"""Width of the cells in which rows become one mark, in logical pixels."""
GAP_PX = 2.0
LEAST_BAR_PX = 16.0
"""Least width of a bar; a shorter stretch of time is a mark."""
MOST_BARS = 240
"""Bars of one lane that are placed one by one; of more, those that begin near each other become one."""
BAR_CELL_PX = 24.0
MOST_COMPARED = 64
"""Rows of one bar whose forms are compared: a bar of a large case holds many thousand."""
OUTSIDE_PX = 60.0
"""Pixels left and right of the axis in which marks are placed, too: parts of them may be in sight."""

INSTANT, DAY, PERIOD, INTERVAL, COMPOSITE, SEVERAL, FROM, UNTIL = range(8)
"""Forms of marks, by what is known of the date: the moment, the day, a month or a year, a stretch of time, the times
of the parts of a composite; of marks that stand for rows of several kinds; and of stretches of time of which only the
begin, or only the end, is stated."""


class PlacedMark(Struct, frozen=True, eq=False):
    """A mark of one or more rows: `left` to `right` is the time that they cover, `at` the middle of the mark."""

    lane: int
    bar_row: int
    """The row of a bar in its lane, from the top down; -1 for a mark, which stands above all bars."""
    at: float
    left: float
    right: float
    form: int
    members: RowPlaces
    """Places of its rows in the timeline."""
    is_lit: bool = False
    """True where one of its rows is about a selected mark of the map."""

    @property
    def count(self) -> int:
        return len(self.members)

    @property
    def half(self) -> float:
        """Half its width, in logical pixels."""
        if self.bar_row >= 0:
            return (self.right - self.left) / 2
        return MARK_PX if self.count == 1 else MARK_PX + 1.5 + DIGIT_PX * len(str(self.count))

    def distance(self, x: float) -> float:
        """Pixels from its edge to an x; 0 inside."""
        if self.bar_row >= 0:
            return max(self.left - x, x - self.right, 0.0)
        return max(abs(self.at - x) - self.half, 0.0)


def form_of(row: TimelineRow) -> int:
    """The form of the mark of one dated row."""
    if row.date_kind == "composite":
        return COMPOSITE
    if "/" in row.date:
        return FROM if row.opens_after else UNTIL if row.opens_before else INTERVAL
    return {"year": PERIOD, "month": PERIOD, "day": DAY}.get(row.precision, INSTANT)


def _form_of_all(timeline: Timeline, places: RowPlaces) -> int:
    """The form that rows share; SEVERAL where the first of them differ."""
    forms = {form_of(timeline.rows[at]) for at in places[:MOST_COMPARED].tolist()}
    return forms.pop() if len(forms) == 1 else SEVERAL


def placed_marks(
    timeline: Timeline, axis: TimeAxis, shown: Mask | None = None, lit: Mask | None = None, bar_rows: int = 1
) -> list[PlacedMark]:
    """The marks of all lanes in sight, lane by lane and from left to right.

    `shown` and `lit` have a value for each dated row; None: all are shown, none is lit. `bar_rows`: rows of bars for
    which a lane has room.
    """
    return [
        mark
        for lane in range(len(LANES))
        for mark in sorted(_marks_of_lane(timeline, lane, axis, shown, lit, bar_rows), key=lambda mark: mark.at)
    ]


def _marks_of_lane(
    timeline: Timeline, lane: int, axis: TimeAxis, shown: Mask | None, lit: Mask | None, bar_rows: int
) -> Iterator[PlacedMark]:
    part = timeline.lane(lane)
    begin, end = timeline.begin[part], timeline.end[part]
    if not len(begin):
        return
    px_a_second = axis.width / (axis.end - axis.begin)
    first, last = axis.time_at(-OUTSIDE_PX), axis.time_at(axis.width + OUTSIDE_PX)
    in_sight = (end >= first) & (begin <= last)
    if shown is not None:
        in_sight &= shown[part]
    is_bar = (end - begin) * px_a_second >= LEAST_BAR_PX
    for places, is_of_bars in ((np.flatnonzero(in_sight & ~is_bar), False), (np.flatnonzero(in_sight & is_bar), True)):
        groups = (
            _bars(begin, end, places, px_a_second, bar_rows) if is_of_bars else _points(begin, end, places, px_a_second)
        )
        for row, left, right, middle, members in groups:
            whole = members + part.start
            form = _form_of_all(timeline, whole) if len(whole) == 1 or is_of_bars else SEVERAL
            is_lit = lit is not None and bool(lit[whole].any())
            yield PlacedMark(lane, row, axis.x_of(middle), axis.x_of(left), axis.x_of(right), form, whole, is_lit)


type _Group = tuple[int, float, float, float, RowPlaces]
"""Row, left and right end and middle in seconds, and places in the lane."""


def _points(
    begin: NDArray[np.float64], end: NDArray[np.float64], places: RowPlaces, px_a_second: float
) -> Iterator[_Group]:
    """Groups of rows whose marks would lie on each other; `places` are in the order of their middles."""
    if not len(places):
        return
    middles = (begin[places] + end[places]) / 2
    cells = np.floor(middles * (px_a_second / CELL_PX))
    starts = np.flatnonzero(np.diff(cells, prepend=cells[0] - 1))
    sums = np.add.reduceat(middles, starts)
    counts = np.diff(starts, append=len(places))
    groups: list[tuple[int, int, float]] = []
    """First place, number, and sum of middles."""
    for start, count, total in zip(starts.tolist(), counts.tolist(), sums.tolist(), strict=True):
        group = start, count, total
        while groups and _touch(groups[-1], group, px_a_second):
            before = groups.pop()
            group = before[0], before[1] + group[1], before[2] + group[2]
        groups.append(group)
    for start, count, total in groups:
        members = places[start : start + count]
        yield -1, float(begin[members].min()), float(end[members].max()), total / count, members


def _touch(before: tuple[int, int, float], group: tuple[int, int, float], px_a_second: float) -> bool:
    apart = (group[2] / group[1] - before[2] / before[1]) * px_a_second
    return apart < _half(before[1]) + _half(group[1]) + GAP_PX


def _half(count: int) -> float:
    return MARK_PX if count == 1 else MARK_PX + 1.5 + DIGIT_PX * len(str(count))


def _bars(
    begin: NDArray[np.float64], end: NDArray[np.float64], places: RowPlaces, px_a_second: float, rows: int
) -> Iterator[_Group]:
    """Rows with the same stretch of time in one bar, and bars that overlap below each other. Where there are more than
    `rows`, the last row has bars that cover several stretches.
    """
    if not len(places):
        return
    ends = begin[places] + 1j * end[places]
    spans, inverse = np.unique(ends, return_inverse=True)
    if len(spans) > MOST_BARS:
        cells = np.floor(begin[places] * (px_a_second / BAR_CELL_PX))
        _cells, inverse = np.unique(cells, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    starts = np.flatnonzero(np.diff(inverse[order], prepend=-1))
    last: list[_Group | None] = [None] * rows
    for members in np.split(places[order], starts[1:]):
        left, right = float(begin[members].min()), float(end[members].max())
        row = next((at for at, bar in enumerate(last) if bar is None or bar[2] < left), -1)
        bar = last[row]
        if row < 0:
            assert bar is not None
            row, left, right, members = rows - 1, min(bar[1], left), max(bar[2], right), np.append(bar[4], members)
        elif bar is not None:
            yield bar
        last[row] = row, left, right, (left + right) / 2, members
    yield from (bar for bar in last if bar is not None)


def lit_anew(marks: list[PlacedMark], lit: Mask | None) -> list[PlacedMark]:
    """The same marks, of which others are lit."""
    return [replace(mark, is_lit=lit is not None and bool(lit[mark.members].any())) for mark in marks]
