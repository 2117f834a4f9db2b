"""The timeline itself: lanes of marks along a line of time, walked by keys, and moved and zoomed by mouse and wheel."""

from __future__ import annotations

from collections.abc import Callable
from typing import override

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from layers.finding.case_timeline import LANES, Timeline, TimelineRow
from layers.time.time_span import TimeSpan
from viewer.panels.axis.axis_view import PAN_PX, AxisView
from viewer.panels.axis.time_axis import SHORTEST_S, TimeAxis
from viewer.panels.timeline.placed_marks import Mask, PlacedMark, lit_anew, placed_marks
from viewer.panels.timeline.timeline_painter import (
    DATES_PX,
    LEAST_LANE_PX,
    LaneRooms,
    TimelinePicture,
    gutter_px,
    paint_hint,
    paint_timeline,
)
from viewer.support.painting import painting

REACH_PX = 4.0
RIGHT_PX = 10.0
"""Room at the right end of the axis, so that the last mark is whole."""
ALWAYS = 4
"""The first lanes, which are shown without any row, too."""


class TimelineView(AxisView):
    """The view. `opened` carries a `TimelineRow` that was clicked or entered; the others carry a `PlacedMark`: `listed`
    one whose rows cannot be told apart by zooming, `pointed` the current one, `menu_wanted` and `tip_wanted` the one
    under the pointer, and a place on the screen. None: there is no mark.
    """

    opened = Signal(object)
    listed = Signal(object)
    pointed = Signal(object)
    menu_wanted = Signal(object, QPoint)
    _keys = frozenset(
        {
            *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End),
            *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space),
        }
    )

    def __init__(self, title: Callable[[TimelineRow], str], parent: QWidget | None = None) -> None:
        """`title` returns the words of a row."""
        super().__init__(parent)
        self._title = title
        self._timeline = Timeline()
        self._shown: Mask | None = None
        self._lit: Mask | None = None
        self._counts: tuple[int, ...] = (0,) * len(LANES)
        self._rooms = LaneRooms(tuple(range(ALWAYS)), 0.0, 0.0)
        self._marks: list[PlacedMark] = []
        self._current = -1
        """The place of the current row in the timeline; -1 for none."""
        self._told = 0
        """Rows of the current mark when it was last told of; 0 for none."""
        self._strip: TimeSpan | None = None
        self._hint = ""
        self.setAccessibleName(self.tr("Timeline"))
        self.setMinimumHeight(round(self._rooms.least_px))
        self.say_current("")

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def marks(self) -> list[PlacedMark]:
        """The marks in sight."""
        return self._marks

    @property
    def rooms(self) -> LaneRooms:
        return self._rooms

    @property
    def current(self) -> PlacedMark | None:
        """The current mark; None where there is none in sight."""
        return (
            next((mark for mark in self._marks if self._current in mark.members), None) if self._current >= 0 else None
        )

    def show_timeline(self, timeline: Timeline, shown: Mask | None, lit: Mask | None) -> None:
        """Show the rows of a case. The axis shows all of them, unless the analyst has moved it."""
        key = self._timeline.rows[self._current].key if self._current >= 0 else None
        self._timeline, self._shown, self._lit = timeline, shown, lit
        places = (at for at, row in enumerate(timeline.rows) if row.key == key)
        self._current = next(places, -1) if key is not None else -1
        if self._current >= 0 and shown is not None and not shown[self._current]:
            self._current = -1
        used = {row.lane for row in timeline.undated} | {
            lane for lane in range(len(LANES)) if timeline.lane(lane).stop > timeline.lane(lane).start
        }
        lanes = tuple(lane for lane in range(len(LANES)) if lane < ALWAYS or lane in used)
        parts = [timeline.lane(lane) for lane in range(len(LANES))]
        self._counts = tuple(part.stop - part.start if shown is None else int(shown[part].sum()) for part in parts)
        empty = frozenset(lane for lane in lanes if not self._counts[lane]) if any(self._counts) else frozenset()
        self._rooms = LaneRooms(lanes, gutter_px(self, timeline, lanes), float(self.height()), empty)
        self.setMinimumHeight(round(self._rooms.least_px))
        if not timeline.rows:
            self._is_moved = False
        self._lay_out()
        self._tell()

    def show_lit(self, lit: Mask | None) -> None:
        """Show other marks as those of what is selected on the map."""
        self._lit = lit
        self._marks = lit_anew(self._marks, lit)
        self.update()

    def show_strip_date(self, span: TimeSpan | None) -> None:
        """Show the time of the scene that is chosen in the time strip as a line; None for none."""
        if span != self._strip:
            self._strip = span
            self.update()

    @property
    def hint(self) -> str:
        """The words in place of the lanes while there is nothing to show."""
        return self._hint

    def show_hint(self, words: str) -> None:
        """Show words in place of the lanes; empty: the lanes."""
        if words != self._hint:
            self._hint = words
            self.say_current("")
            self.update()

    def rows_of(self, mark: PlacedMark) -> list[TimelineRow]:
        """The rows of a mark, by date."""
        return [self._timeline.rows[at] for at in mark.members.tolist()]

    def rows_in_sight(self) -> list[TimelineRow]:
        """All rows of the marks in sight, lane by lane and by date."""
        if self._axis is None:
            return []
        held = [mark.members for mark in self._marks if mark.left <= self._axis.width and mark.right >= 0]
        places = np.unique(np.concatenate(held)).tolist() if held else []
        return [self._timeline.rows[at] for at in places]

    @override
    def _current_px(self) -> float | None:
        current = self.current
        return None if current is None else current.at

    def zoom_into(self, mark: PlacedMark) -> bool:
        """Show the rows of a mark apart from each other; False where no zoom does that."""
        begin, end = self._timeline.begin[mark.members], self._timeline.end[mark.members]
        if self._axis is None or mark.bar_row >= 0 or (np.ptp(begin) == 0 and np.ptp(end) == 0):
            return False
        low, high = float(begin.min()), float(end.max())
        room = max((high - low) * 0.15, SHORTEST_S / 2)
        if high - low + 2 * room > (self._axis.end - self._axis.begin) * 0.9:
            return False
        self._move_to(TimeAxis(low - room, high + room, self._axis.width))
        return True

    @override
    def _lay_out(self) -> None:
        timeline, shown = self._timeline, self._shown
        self._rooms = replace(self._rooms, height=float(self.height()))
        width = max(self.width() - self._rooms.left - RIGHT_PX, 1.0)
        begin, end = (timeline.begin, timeline.end) if shown is None else (timeline.begin[shown], timeline.end[shown])
        self._suit_axis([TimeSpan(float(begin.min()), float(end.max()))] if len(begin) else [], width)
        axis, bar_rows = self._axis, self._rooms.bar_rows
        self._marks = [] if axis is None else placed_marks(timeline, axis, shown, self._lit, bar_rows)
        self.update()
        if axis is None:
            return
        current = self.current
        if current is not None and current.count != self._told:
            self._tell()

    def _tell(self) -> None:
        current = self.current
        self._told = 0 if current is None else current.count
        self.pointed.emit(current)

    def say_current(self, words: str) -> None:
        """Tell screen readers of the current mark."""
        keys = self.tr(
            "Left and Right lead to the mark before and after, Up and Down to another lane, Enter opens it, plus and"
            " minus zoom, 0 shows everything; Home and End show everything, with the first and the last mark."
        )
        self._describe(self._hint, words, keys)

    @property
    @override
    def _left_px(self) -> float:
        return self._rooms.left

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, round(len(self._rooms.lanes) * (LEAST_LANE_PX + 8) + DATES_PX))

    # -- the current mark ---------------------------------------------------------------------------------------

    def point_at(self, row: TimelineRow) -> None:
        """Make a dated row the current one, and bring it into sight."""
        places = (at for at, other in enumerate(self._timeline.rows) if other.key == row.key)
        at = next(places, -1)
        if at >= 0:
            self._set_current(at)

    def _set_current(self, at: int) -> None:
        self._current = at
        span = self._timeline.rows[at].span
        if self._axis is not None and span is not None:
            axis = self._axis.showing(span)
            if axis != self._axis:
                self._move_to(axis)
        self.update()
        self._tell()

    def _step(self, by: int) -> None:
        """Go to the mark before or after the current one in its lane; beyond the edge the axis follows."""
        current = self.current
        if current is None:
            first = next(
                (mark for mark in self._marks if 0 <= mark.at <= (self._axis.width if self._axis else 0)), None
            )
            if first is not None:
                self._set_current(int(first.members[0]))
            return
        lane = [mark for mark in self._marks if mark.lane == current.lane]
        at = lane.index(current) + by
        if 0 <= at < len(lane):
            self._set_current(int(lane[at].members[0]))
            return
        part = self._timeline.lane(current.lane)
        ends = (
            range(int(current.members.max()) + 1, part.stop)
            if by > 0
            else range(int(current.members.min()) - 1, part.start - 1, -1)
        )
        shown = self._shown
        beyond = next((place for place in ends if shown is None or shown[place]), -1)
        if beyond >= 0:
            self._set_current(beyond)

    def _step_lane(self, by: int) -> None:
        """Go to the nearest mark in sight of the next lane above or below that has one."""
        current = self.current
        if current is None:
            self._step(1)
            return
        lanes = (
            self._rooms.lanes[self._rooms.lanes.index(current.lane) + by :: by]
            if by > 0
            else tuple(reversed(self._rooms.lanes[: self._rooms.lanes.index(current.lane)]))
        )
        for lane in lanes:
            marks = [mark for mark in self._marks if mark.lane == lane]
            if marks:
                nearest = min(marks, key=lambda mark: abs(mark.at - current.at))
                self._set_current(int(nearest.members[0]))
                return

    def _jump(self, is_last: bool) -> None:
        """Show everything, with the first or the last mark of the lane as the current one."""
        self.fit()
        current = self.current
        lane = [mark for mark in self._marks if current is None or mark.lane == current.lane]
        if lane:
            mark = max(lane, key=lambda mark: mark.at) if is_last else min(lane, key=lambda mark: mark.at)
            self._set_current(int(mark.members[-1 if is_last else 0]))

    def open_mark(self, mark: PlacedMark) -> None:
        """Open the one row of a mark, zoom into one of several, or list what no zoom tells apart."""
        if mark.count == 1:
            self.opened.emit(self._timeline.rows[int(mark.members[0])])
        elif not self.zoom_into(mark):
            self.listed.emit(mark)

    # -- events -------------------------------------------------------------------------------------------------

    def mark_at(self, at: QPointF) -> PlacedMark | None:
        """The mark at a place of the widget; None for none."""
        lane, x = self._rooms.lane_at(at.y()), at.x() - self._rooms.left
        if lane < 0 or x < -REACH_PX:
            return None
        is_tight = self._rooms.is_tight  # marks lie on bars
        near = [
            (
                float(mark.bar_row >= 0) if is_tight else abs(self._rooms.box(mark).center().y() - at.y()),
                mark.distance(x),
                mark,
            )
            for mark in self._marks
            if mark.lane == lane and mark.distance(x) <= REACH_PX
        ]
        return min(near, key=lambda entry: entry[:2])[2] if near else None

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if by and is_shifted:
            self.pan(by * PAN_PX)
        elif by:
            self._step(by)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step_lane(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.pan((0.9 if key == Qt.Key.Key_PageDown else -0.9) * self.width())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._jump(key == Qt.Key.Key_End)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if (current := self.current) is not None:
                self.open_mark(current)
        else:
            super().keyPressEvent(event)

    @override
    def _under(self, at: QPointF) -> PlacedMark | None:
        return self.mark_at(at)

    @override
    def _is_mark_at(self, at: QPointF) -> bool:
        return self.mark_at(at) is not None

    @override
    def _click(self, at: QPointF) -> None:
        mark = self.mark_at(at)
        if mark is not None:
            self._current = int(mark.members[0])
            self.update()
            self._tell()
            self.open_mark(mark)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        mark = self.current if is_key else self.mark_at(QPointF(event.pos()))
        place = self._rooms.box(mark).center().toPoint() if is_key and mark is not None else event.pos()
        self.menu_wanted.emit(mark, self.mapToGlobal(place))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            left = gutter_px(self, self._timeline, self._rooms.lanes)
            self._rooms = replace(self._rooms, left=left, height=float(self.height()))
            self._lay_out()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._hint:
            with painting(self) as painter:
                paint_hint(painter, self, self._hint)
            return
        axis = self._axis or TimeAxis.around([], max(self.width() - self._rooms.left - RIGHT_PX, 1.0))
        rows, title = self._timeline.rows, self._title
        picture = TimelinePicture(
            self._rooms,
            axis,
            self._marks,
            self._counts,
            self.current,
            max((mark.count for mark in self._marks if mark.bar_row < 0), default=1),
            self._strip,
            lambda at: title(rows[at]),
        )
        with painting(self) as painter:
            paint_timeline(painter, self, picture)
