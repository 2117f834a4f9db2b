"""Paints the time strip. Kinds of dates differ by form: a column for an instant, a bracket for an interval, hatching
for a composite, a diamond for what has no date; a column is filled as far as the scene covers the view.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from viewer.panels.axis.time_axis import TimeAxis
from viewer.panels.time_strip.seen_marks import ABSENT, PRESENT, SeenMark, SeenThings
from viewer.panels.time_strip.strip_places import PlacedTick, StripPlaces
from viewer.support.language.translation import translate

HEIGHT_PX, LEAST_HEIGHT_PX = 84, 62
SEEN_PX = 18.0
"""Height of the row of the site's observations, in logical pixels; without any there is no such row."""
THING_PX, THING_TEXT_PX, THING_LETTERS_PX = 26.0, 13.0, 11
"""Height of the row of one of several things, of its line of text above the marks, and of that line's letters."""
DATES_PX = 21.0
"""Height of the row of dates below the ticks, in logical pixels."""
CASE_PX = 6.0
"""Height of the row of dots below ticks in the case, in logical pixels."""
_MARK_PX = 5.0


def seen_x(mark: SeenMark, axis: TimeAxis) -> float:
    """The x of an observation in logical pixels; those without a date are at the right end of the axis."""
    return axis.width - _MARK_PX if mark.span is None else axis.x_of(mark.span.middle)


def seen_y(mark: SeenMark, seen: SeenThings) -> float:
    """The y of an observation in logical pixels."""
    if not seen.lines:
        return SEEN_PX / 2
    return mark.row * THING_PX + (THING_TEXT_PX + THING_PX) / 2


def seen_height(seen: SeenThings) -> float:
    """Height of all rows of observations, in logical pixels."""
    return (len(seen.lines) * THING_PX or SEEN_PX) if seen.marks else 0.0


def paint_strip(
    painter: QPainter,
    widget: QWidget,
    places: StripPlaces,
    axis: TimeAxis | None,
    seen: SeenThings,
    current: str,
) -> None:
    """Paint the whole strip, in the palette of the widget."""
    palette, width, height = widget.palette(), float(widget.width()), float(widget.height())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, width, height), palette.color(QPalette.ColorRole.Base))
    top = seen_height(seen) or 5.0
    bottom = height - DATES_PX - CASE_PX
    if axis is not None:
        _paint_axis(painter, palette, axis, QRectF(0, top, places.divider, bottom - top))
    if places.undated:
        _paint_divider(painter, palette, places, QRectF(0, top, width, bottom - top), width)
    painter.save()
    if places.undated and axis is not None:
        painter.setClipRect(QRectF(0, 0, places.divider, height))
    painted = places.painted(current)
    for placed in sorted(painted, key=lambda placed: (placed.tick.key == current, placed.left - placed.right)):
        _paint_tick(painter, palette, placed, top, bottom, placed.tick.key == current)
    painter.restore()
    for placed in places.undated:
        _paint_tick(painter, palette, placed, top, bottom, placed.tick.key == current)
    _paint_lines(painter, palette, seen, width)
    if axis is not None:
        for mark in seen.marks:
            _paint_seen(painter, palette, mark, QPointF(seen_x(mark, axis), seen_y(mark, seen)))
    if widget.hasFocus():
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Link), 1.5))
        painter.drawRect(QRectF(0.75, 0.75, width - 1.5, height - 1.5))


def paint_pointed(painter: QPainter, widget: QWidget, placed: PlacedTick) -> None:
    """Paint a frame with an arrow head above it around the tick that a list points at."""
    accent = widget.palette().color(QPalette.ColorRole.Accent)
    top, bottom = 1.0, widget.height() - DATES_PX
    painter.setPen(QPen(accent, 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    left, right = min(placed.left, placed.at - _MARK_PX), max(placed.right, placed.at + _MARK_PX)
    painter.drawRect(QRectF(left - 2, top + _MARK_PX, right - left + 4, bottom - top - _MARK_PX))
    painter.setBrush(accent)
    tip = QPointF(placed.at, top + 2 * _MARK_PX)
    painter.drawPolygon(
        QPolygonF([tip, tip + QPointF(-_MARK_PX, -1.6 * _MARK_PX), tip + QPointF(_MARK_PX, -1.6 * _MARK_PX)])
    )


def _paint_lines(painter: QPainter, palette: QPalette, seen: SeenThings, width: float) -> None:
    """Paint above the marks of each thing what follows from them."""
    painter.save()
    font = painter.font()
    font.setPixelSize(THING_LETTERS_PX)
    painter.setFont(font)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    for number, line in enumerate(seen.lines):
        box = QRectF(4.0, number * THING_PX, width - 8.0, THING_TEXT_PX)
        shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
    painter.restore()


def _paint_axis(painter: QPainter, palette: QPalette, axis: TimeAxis, area: QRectF) -> None:
    faint = palette.color(QPalette.ColorRole.Text)
    faint.setAlpha(45)
    ink = palette.color(QPalette.ColorRole.Text)
    ink.setAlpha(190)
    line = area.bottom() + CASE_PX
    painter.setPen(QPen(faint, 1.0))
    painter.drawLine(QPointF(0, line), QPointF(area.right(), line))
    metrics = painter.fontMetrics()
    dates = axis.dates()
    for x, text in dates:
        painter.setPen(QPen(faint, 1.0))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, line + 3))
        wide = metrics.horizontalAdvance(text)
        left = min(max(x - wide / 2, 2.0), max(area.right() - wide - 2.0, 2.0))
        if left != x - wide / 2 and len(dates) > 1:
            continue  # moved in from the edge it would lie on the next date
        painter.setPen(ink)
        painter.drawText(QPointF(left, line + 2 + metrics.ascent()), text)


def _paint_divider(painter: QPainter, palette: QPalette, places: StripPlaces, area: QRectF, width: float) -> None:
    """Paint a line before the undated ticks, with a heading below them."""
    ink = palette.color(QPalette.ColorRole.Text)
    line = area.bottom() + CASE_PX
    if places.dated or places.divider > 0:
        painter.setPen(QPen(ink, 1.0, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(places.divider, 0), QPointF(places.divider, line + DATES_PX))
    ink.setAlpha(190)
    painter.setPen(ink)
    text = translate("StripPainter", "date unknown")
    if places.hidden:
        text = translate("StripPainter", "date unknown, {0} more").format(places.hidden)
    metrics = painter.fontMetrics()
    room = width - places.divider - 8
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(max(room, 10)))
    painter.drawText(QPointF(places.divider + 6, line + 2 + metrics.ascent()), shown)


def _paint_tick(
    painter: QPainter, palette: QPalette, placed: PlacedTick, top: float, bottom: float, is_current: bool
) -> None:
    tick = placed.tick
    accent, ink = palette.color(QPalette.ColorRole.Link), palette.color(QPalette.ColorRole.Text)
    box = QRectF(placed.left, top + 3, max(placed.right - placed.left, 5.0), bottom - top - 4)
    fill = QColor(accent)
    fill.setAlpha(255 if is_current else 150)
    pen = QPen(accent if is_current else ink, 2.4 if is_current else 1.2)
    painter.setPen(pen)
    if not tick.is_dated:
        _paint_diamond(painter, box, fill, tick.part, tick.date_kind == "composite")
    elif tick.date_kind == "interval":
        _paint_bracket(painter, box, fill, tick.part)
    else:
        _paint_column(painter, box, fill, tick.part, tick.date_kind == "composite")
    if tick.layers:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(placed.at, bottom + CASE_PX / 2 + 0.5), 2.6, 2.6)


def _part_of(box: QRectF, part: float) -> QRectF:
    """The lower part of a box, at least high enough to be visible."""
    height = max(box.height() * part, 2.0)
    return QRectF(box.left(), box.bottom() - height, box.width(), height)


def _paint_column(painter: QPainter, box: QRectF, fill: QColor, part: float, is_composite: bool) -> None:
    brush = QBrush(fill, Qt.BrushStyle.BDiagPattern) if is_composite else QBrush(fill)
    painter.fillRect(_part_of(box, part), brush)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if is_composite:
        pen = painter.pen()
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
    painter.drawRect(box)


def _paint_bracket(painter: QPainter, box: QRectF, fill: QColor, part: float) -> None:
    """Paint two ends and a line between them, for a time between a begin and an end."""
    low = QRectF(box.left(), box.center().y(), box.width(), box.height() / 2)
    painter.fillRect(_part_of(low, part), fill)
    painter.drawLine(box.topLeft(), box.bottomLeft())
    painter.drawLine(box.topRight(), box.bottomRight())
    painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))


def _paint_diamond(painter: QPainter, box: QRectF, fill: QColor, part: float, is_composite: bool) -> None:
    middle, half = box.center(), min(box.width() / 2, box.height() / 2)
    points = [(0.0, -1.5), (1.0, 0.0), (0.0, 1.5), (-1.0, 0.0)]
    shape = QPolygonF([QPointF(middle.x() + x * half, middle.y() + y * half) for x, y in points])
    painter.save()
    painter.setClipRect(_part_of(shape.boundingRect(), part).adjusted(-2, 0, 2, 2), Qt.ClipOperation.IntersectClip)
    pen = painter.pen()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(fill, Qt.BrushStyle.BDiagPattern) if is_composite else QBrush(fill))
    painter.drawPolygon(shape)
    painter.restore()
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(shape)


def _paint_seen(painter: QPainter, palette: QPalette, mark: SeenMark, at: QPointF) -> None:
    """Paint a full disc for present, a ring with a stroke through it for absent, else a question mark."""
    ink, ground = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
    painter.setPen(QPen(ink, 1.6))
    if mark.presence == PRESENT:
        painter.setBrush(ink)
        painter.drawEllipse(at, _MARK_PX, _MARK_PX)
    elif mark.presence == ABSENT:
        painter.setBrush(ground)
        painter.drawEllipse(at, _MARK_PX, _MARK_PX)
        painter.drawLine(at + QPointF(-_MARK_PX, _MARK_PX), at + QPointF(_MARK_PX, -_MARK_PX))
    else:
        painter.setBrush(ground)
        painter.setPen(QPen(ink, 1.2, Qt.PenStyle.DotLine))
        painter.drawEllipse(at, _MARK_PX + 1, _MARK_PX + 1)
        painter.setPen(ink)
        box = QRectF(at.x() - 8, at.y() - 8, 16, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
