"""Paints the timeline. Kinds of dates differ by form: a full disc for a moment, a full diamond for a day, a hollow one
for a month or a year, a bar for a stretch of time, hatched for a composite, fading where it has no stated end; a plate
with a number for several rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QLinearGradient, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from layers.finding.case_timeline import Timeline
from layers.text.counted import grouped
from layers.time.time_span import TimeSpan
from viewer.canvas.sites.site_symbology import SELECTED_COLOR
from viewer.panels.axis.time_axis import TimeAxis
from viewer.panels.timeline.placed_marks import (
    COMPOSITE,
    FROM,
    INSTANT,
    INTERVAL,
    MARK_PX,
    PERIOD,
    SEVERAL,
    UNTIL,
    PlacedMark,
)
from viewer.panels.timeline.timeline_words import lane_title
from viewer.support.language.translation import translate

DATES_PX = 21.0
"""Height of the row of dates below the lanes, in logical pixels."""
TRACK_PX = 19.0
"""Height of the marks of a lane, above its bars."""
BAR_PX, BAR_GAP_PX = 12.0, 2.0
LEAST_LANE_PX = TRACK_PX + BAR_PX + 2 * BAR_GAP_PX
EMPTY_LANE_PX = 22.0
"""Height of a lane without any mark, in logical pixels."""
TIGHT_LANE_PX, TIGHT_EMPTY_PX = 20.0, 17.0
"""Least heights of a lane with marks, whose bars lie behind them then, and of one without, where room is scarce."""
SMALL_PX = 11
"""Height of the letters beside marks and in bars, in pixels."""
LEAST_LABEL_PX = 44.0
LABEL_GAP_PX = 5.0
LONGEST_LABEL_PX = 260.0


class LaneRooms(Struct, frozen=True):
    """The lanes that are shown, and where: `left` is where the axis begins. Empty lanes leave their room to others."""

    lanes: tuple[int, ...]
    left: float
    height: float
    empty: frozenset[int] = frozenset()

    @property
    def least_px(self) -> float:
        """The least height of all lanes and the dates."""
        empty = sum(lane in self.empty for lane in self.lanes)
        return DATES_PX + empty * TIGHT_EMPTY_PX + (len(self.lanes) - empty) * TIGHT_LANE_PX

    def _full_px(self, empty_px: float) -> float:
        empty = sum(lane in self.empty for lane in self.lanes)
        room = self.height - DATES_PX - empty * empty_px
        return max(room / max(len(self.lanes) - empty, 1), 1.0)

    @property
    def empty_px(self) -> float:
        """The height of a lane without marks."""
        return EMPTY_LANE_PX if self._full_px(EMPTY_LANE_PX) >= LEAST_LANE_PX else TIGHT_EMPTY_PX

    @property
    def full_px(self) -> float:
        """The height of a lane with marks."""
        return self._full_px(self.empty_px)

    @property
    def is_tight(self) -> bool:
        """True where bars have no room below the marks of their lane, and lie behind them."""
        return self.full_px < LEAST_LANE_PX

    def lane_px(self, lane: int) -> float:
        """The height of a lane."""
        return self.empty_px if lane in self.empty else self.full_px

    @property
    def bar_rows(self) -> int:
        """Rows of bars that a lane has room for."""
        return max(int((self.full_px - TRACK_PX - BAR_GAP_PX) // (BAR_PX + BAR_GAP_PX)), 1)

    def top(self, lane: int) -> float:
        return sum(self.lane_px(above) for above in self.lanes[: self.lanes.index(lane)])

    def lane_at(self, y: float) -> int:
        """The lane at a height; -1 for none."""
        return next((lane for lane in self.lanes if 0 <= y - self.top(lane) < self.lane_px(lane)), -1)

    def box(self, mark: PlacedMark) -> QRectF:
        """The place of a mark in the widget."""
        top = self.top(mark.lane)
        if mark.bar_row >= 0:
            y = (
                top + (self.full_px - BAR_PX) / 2
                if self.is_tight
                else top + TRACK_PX + BAR_GAP_PX + mark.bar_row * (BAR_PX + BAR_GAP_PX)
            )
            return QRectF(self.left + mark.left, y, mark.right - mark.left, BAR_PX)
        high = MARK_PX + (1.5 if mark.count > 1 else 0.0)
        y = top + self.full_px / 2 if self.is_tight else top + 1.5 + TRACK_PX / 2
        return QRectF(self.left + mark.at - mark.half, y - high, 2 * mark.half, 2 * high)


class TimelinePicture(Struct, frozen=True, eq=False):
    """All that is painted, and the words beside marks of one row."""

    rooms: LaneRooms
    axis: TimeAxis
    marks: Sequence[PlacedMark]
    counts: Sequence[int]
    """Rows of each lane that are shown, with a date."""
    current: PlacedMark | None
    most: int
    """Rows of the mark that has the most."""
    strip: TimeSpan | None
    """The time of the scene that is chosen in the time strip."""
    title: Callable[[int], str]
    """Returns the words of a row by its place in the timeline."""


def small_font(font: QFont) -> QFont:
    """The font of the words beside marks."""
    small = QFont(font)
    small.setPixelSize(SMALL_PX)
    return small


def gutter_px(widget: QWidget, timeline: Timeline, lanes: Sequence[int]) -> float:
    """The width that the names of the lanes need, with the number of their rows."""
    metrics = widget.fontMetrics()
    counts = [timeline.lane(lane).stop - timeline.lane(lane).start for lane in lanes]
    widest = (
        metrics.horizontalAdvance(f"{lane_title(lane)}  {grouped(count)}")
        for lane, count in zip(lanes, counts, strict=True)
    )
    return max(widest, default=0) + 18.0


def paint_timeline(painter: QPainter, widget: QWidget, picture: TimelinePicture) -> None:
    """Paint all of it, in the palette of the widget."""
    palette, width, height = widget.palette(), float(widget.width()), float(widget.height())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, width, height), palette.color(QPalette.ColorRole.Base))
    rooms = picture.rooms
    _paint_dates(painter, palette, picture, width)
    _paint_lanes(painter, palette, picture, width)
    painter.save()
    painter.setClipRect(QRectF(rooms.left, 0, width - rooms.left, height))
    _paint_strip_date(painter, palette, picture)
    painter.setFont(small_font(painter.font()))
    ends = zip(picture.marks, _ends_of_labels(picture), strict=True)
    for mark, end in sorted(ends, key=lambda each: each[0].bar_row < 0) if rooms.is_tight else ends:
        _paint_mark(painter, palette, picture, mark, end)
    if picture.current is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1.6))
        box = rooms.box(picture.current).intersected(QRectF(rooms.left, 0, width - rooms.left, height))
        painter.drawRoundedRect(box.adjusted(-2.5, -2.5, 2.5, 2.5), 4, 4)
    painter.restore()
    _paint_focus(painter, widget)


def paint_hint(painter: QPainter, widget: QWidget, words: str) -> None:
    """Paint words in the middle, for a case with nothing to show."""
    palette, room = widget.palette(), QRectF(widget.rect())
    painter.fillRect(room, palette.color(QPalette.ColorRole.Base))
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(room.adjusted(24, 8, -24, -8), flags, words)
    _paint_focus(painter, widget)


def _paint_focus(painter: QPainter, widget: QWidget) -> None:
    if widget.hasFocus():
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(widget.palette().color(QPalette.ColorRole.Link), 1.5))
        painter.drawRect(QRectF(0.75, 0.75, widget.width() - 1.5, widget.height() - 1.5))


def _ends_of_labels(picture: TimelinePicture) -> list[float]:
    """The x, for each mark, where the words beside it have to end: at the next mark of its lane."""
    edge = picture.rooms.left + picture.axis.width
    ends, lane, end = [], -1, edge
    for mark in reversed(picture.marks):
        if mark.lane != lane:
            lane, end = mark.lane, edge
        ends.append(end)
        if mark.bar_row < 0:
            end = min(end, picture.rooms.left + mark.at - mark.half - LABEL_GAP_PX)
    return ends[::-1]


def _faint(palette: QPalette, alpha: int) -> QColor:
    color = QColor(palette.color(QPalette.ColorRole.Text))
    color.setAlpha(alpha)
    return color


def _paint_lanes(painter: QPainter, palette: QPalette, picture: TimelinePicture, width: float) -> None:
    rooms = picture.rooms
    for lane in rooms.lanes:
        top = rooms.top(lane)
        if rooms.lanes.index(lane) % 2:
            painter.fillRect(QRectF(0, top, width, rooms.lane_px(lane)), _faint(palette, 9))
        box = QRectF(8, top, rooms.left - 14, rooms.lane_px(lane))
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, left, lane_title(lane))
        painter.setPen(_faint(palette, 150))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(box, right, grouped(picture.counts[lane]))
    painter.setPen(QPen(_faint(palette, 60), 1.0))
    painter.drawLine(QPointF(rooms.left, 0), QPointF(rooms.left, rooms.height - DATES_PX))


def _paint_dates(painter: QPainter, palette: QPalette, picture: TimelinePicture, width: float) -> None:
    rooms, axis, metrics = picture.rooms, picture.axis, painter.fontMetrics()
    bottom = rooms.height - DATES_PX
    painter.setPen(QPen(_faint(palette, 60), 1.0))
    painter.drawLine(QPointF(0, bottom), QPointF(width, bottom))
    dates = axis.dates()
    for x, text in dates:
        painter.setPen(QPen(_faint(palette, 40), 1.0))
        painter.drawLine(QPointF(rooms.left + x, 0), QPointF(rooms.left + x, bottom + 3))
        wide = metrics.horizontalAdvance(text)
        left = min(max(rooms.left + x - wide / 2, rooms.left + 2.0), max(width - wide - 2.0, rooms.left))
        if left != rooms.left + x - wide / 2 and len(dates) > 1:
            continue  # moved in from the edge it would lie on the next date
        painter.setPen(_faint(palette, 190))
        painter.drawText(QPointF(left, bottom + 2 + metrics.ascent()), text)


def _paint_strip_date(painter: QPainter, palette: QPalette, picture: TimelinePicture) -> None:
    """Paint the time of the scene that is chosen in the time strip, down all lanes."""
    span = picture.strip
    if span is None:
        return
    rooms, axis = picture.rooms, picture.axis
    accent = palette.color(QPalette.ColorRole.Link)
    left, right = rooms.left + axis.x_of(span.begin), rooms.left + axis.x_of(span.end)
    bottom = rooms.height - DATES_PX
    if right - left > 3:
        tint = QColor(accent)
        tint.setAlpha(40)
        painter.fillRect(QRectF(left, 0, right - left, bottom), tint)
    middle = (left + right) / 2
    painter.setPen(QPen(accent, 1.6, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(middle, 0), QPointF(middle, bottom))
    text, metrics = translate("Timeline", "Scene"), painter.fontMetrics()
    box = QRectF(middle - metrics.horizontalAdvance(text) / 2 - 4, bottom + 1, 0, DATES_PX - 3)
    box.setWidth(metrics.horizontalAdvance(text) + 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(accent)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(palette.color(QPalette.ColorRole.Base))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _paint_mark(painter: QPainter, palette: QPalette, picture: TimelinePicture, mark: PlacedMark, end: float) -> None:
    """Paint a mark; the words beside it end before the x `end`."""
    accent = palette.color(QPalette.ColorRole.Link)
    color = QColor(SELECTED_COLOR) if mark.is_lit else accent
    ink = palette.color(QPalette.ColorRole.Text)
    box = picture.rooms.box(mark)
    if mark.bar_row >= 0:
        _paint_bar(painter, palette, picture, mark, box, color)
        return
    painter.setPen(QPen(ink if mark.is_lit else color, 1.3))
    fill = QColor(color)
    fill.setAlpha(255 if mark.is_lit else 170)
    if mark.count > 1:
        _paint_extent(painter, picture, mark, box, color)
        painter.setPen(QPen(ink if mark.is_lit else color, 1.3))
        ground = QColor(palette.color(QPalette.ColorRole.Base))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        fill.setAlpha(235 if mark.is_lit else _shade(mark.count, picture.most))
        painter.setBrush(fill)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(QColor("#10161c") if mark.is_lit else ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(mark.count))
        return
    if mark.form in (PERIOD, INTERVAL, FROM, UNTIL):
        fill = QColor(palette.color(QPalette.ColorRole.Base))
    brush = QBrush(fill, Qt.BrushStyle.BDiagPattern) if mark.form == COMPOSITE else QBrush(fill)
    painter.setBrush(brush)
    if mark.form in (INSTANT, INTERVAL, FROM, UNTIL):
        painter.drawEllipse(box)
    else:
        middle = box.center()
        half = MARK_PX + 0.5
        painter.drawPolygon(
            QPolygonF([middle + QPointF(x * half, y * half) for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0))])
        )
    _paint_label(painter, palette, picture, mark, box, end)


def _shade(count: int, most: int) -> int:
    """The opacity of a plate, from pale for a few rows to strong for the most that one has, by powers of ten."""
    return round(40 + 130 * math.log(count) / math.log(max(most, 2)))


def _paint_extent(painter: QPainter, picture: TimelinePicture, mark: PlacedMark, box: QRectF, color: QColor) -> None:
    """Paint a line under a number along the time that its rows cover, where that is wider than the plate."""
    left, right = picture.rooms.left + mark.left, picture.rooms.left + mark.right
    if right - left > box.width() + 2:
        line = QColor(color)
        line.setAlpha(150)
        painter.setPen(QPen(line, 2.0))
        painter.drawLine(QPointF(left, box.bottom() + 1.5), QPointF(right, box.bottom() + 1.5))


def _paint_bar(
    painter: QPainter, palette: QPalette, picture: TimelinePicture, mark: PlacedMark, box: QRectF, color: QColor
) -> None:
    """Paint a stretch of time: full with hard ends for one whose ends are stated, fading towards one that is not, pale
    for a day, month or year in which the moment lies somewhere.
    """
    fill = QColor(color)
    is_stretch = mark.form in (INTERVAL, COMPOSITE, FROM, UNTIL, SEVERAL)
    fill.setAlpha((230 if is_stretch else 150) if mark.is_lit else (100 if is_stretch else 45))
    pattern = Qt.BrushStyle.BDiagPattern if mark.form == COMPOSITE else Qt.BrushStyle.SolidPattern
    edge, brush = QBrush(color), QBrush(fill, pattern)
    if mark.form in (FROM, UNTIL):
        edge, brush = (QBrush(_fading(box, mark.form == FROM, each)) for each in (color, fill))
    painter.setPen(QPen(edge, 1.2, Qt.PenStyle.SolidLine if is_stretch else Qt.PenStyle.DotLine))
    painter.setBrush(brush)
    painter.drawRoundedRect(box, 2, 2)
    view = QRectF(picture.rooms.left, 0, picture.axis.width, picture.rooms.height)
    inside = box.intersected(view).adjusted(4, 0, -3, 0)
    number = grouped(mark.count) if mark.count > 1 else ""
    if picture.rooms.is_tight and any(other.lane == mark.lane and other.bar_row < 0 for other in picture.marks):
        return  # words of marks stand there
    if inside.width() < (LEAST_LABEL_PX if not number else 8 + 8 * len(number)):
        return
    text = number or picture.title(int(mark.members[0]))
    painter.setPen(QColor("#10161c") if mark.is_lit else palette.color(QPalette.ColorRole.Text))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inside.width()))
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def _fading(box: QRectF, fades_right: bool, color: QColor) -> QLinearGradient:
    """A colour that fades to nothing at one end of a bar."""
    nothing = QColor(color)
    nothing.setAlpha(0)
    gradient = QLinearGradient(box.topLeft(), box.topRight())
    for at, each in ((0.0, color), (0.7, color), (1.0, nothing)):
        gradient.setColorAt(at if fades_right else 1 - at, each)
    return gradient


def _paint_label(
    painter: QPainter, palette: QPalette, picture: TimelinePicture, mark: PlacedMark, box: QRectF, end: float
) -> None:
    """Paint the words of one row at the right of its mark, as far as there is room."""
    room = min(end - box.right() - LABEL_GAP_PX, LONGEST_LABEL_PX)
    if room < LEAST_LABEL_PX or box.right() < picture.rooms.left:
        return
    title = picture.title(int(mark.members[0]))
    text = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(room))
    color = QColor(palette.color(QPalette.ColorRole.Text))
    color.setAlpha(255 if mark.is_lit else 210)
    painter.setPen(color)
    place = QRectF(box.right() + LABEL_GAP_PX, box.top() - 3, room, box.height() + 6)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
