"""The boxes of insets on their overview, each with its letter at a place that covers no mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from layers.vector.labels.label_layout import Box
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.map_plates import Marks, corner_box, paint_plate
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import TextLine, Type
from viewer.export.plates.setting.piece import Piece, fine_pen, lines_piece, sharp_rect
from viewer.rendering.vector.qt_shapes import box_of

_AWAY = (0.0, 6.0, 14.0, 24.0, 36.0, 50.0, 66.0, 84.0, 104.0, 126.0, 150.0)
"""Distances in logical pixels from a box to its letter, the nearest first."""
_WAYS = ((0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0), (0.5, 1), (0, 0.5), (1, 0.5))
"""Places of the letter as parts of the way across and down a box: above its left corner first."""
_WIDE, _LINE_STEP = 2.5, 6.0
_UPPER_LEFT = 3
"""Number of the corner that the letter of an inset has first."""


def inset_boxes(
    overview: MapOnPage,
    insets: Sequence[MapOnPage],
    style: HouseStyle,
    type_: Type,
    furniture: Sequence[QRectF],
    marks: Sequence[Box],
) -> tuple[list[Piece], list[QRectF], list[QRectF]]:
    """A piece for each inset on the overview, a box with a letter; what the letters cover on the page, and their edges.

    `furniture`: boxes on the page that letters keep clear of. `marks`: boxes relative to the frame's corner, of which
    they cover as few as possible.
    """
    frame, side = overview.rect, 1.5 * type_.size
    obstacles, pieces, covered, edges = list(furniture), [], [], []
    for inset in insets:
        lonlat = inset.framing.lonlat()
        whole = overview.framing.box_of(lonlat) if lonlat is not None else None
        if whole is None or not whole.intersects(frame):
            continue
        letter, box = letter_of(inset), whole.intersected(frame.adjusted(_WIDE, _WIDE, -_WIDE, -_WIDE))
        plate = _letter_place(box, side, frame, obstacles, marks)
        obstacles.append(plate)
        paint = partial(_paint_box, box=box, plate=plate, color=style.label_claim, style=style)
        lines = _letter_lines(letter, plate, type_, style)
        pieces.append(
            Piece(
                f"inset:{inset.number}",
                overview.page,
                plate,
                lines,
                (paint,),
                frame=overview.number,
                painted=box.united(plate),
                is_draggable=False,
            )
        )
        covered += [plate, *_along(_line_to(box, plate))]
        edges += _edges(box)
    return pieces, covered, edges


def letter_of(inset: MapOnPage) -> str:
    """The letter by which the overview and an inset name the inset."""
    return chr(ord("A") + inset.number - 1)


def letter_in_inset(inset: MapOnPage, style: HouseStyle, type_: Type, obstacles: list[QRectF], marks: Marks) -> Piece:
    """The letter of an inset in a corner of its own picture, and `obstacles` with what it covers."""
    side = 1.5 * type_.size
    plate = corner_box(inset, side, side, obstacles, marks, _UPPER_LEFT)
    paint = partial(paint_plate, box=plate, ground=style.plate, ink=style.plate_ink)
    letter = letter_of(inset)
    lines = _letter_lines(letter, plate, type_, style)
    key = f"letter:{inset.number}"
    return Piece(key, inset.page, plate, lines, (paint,), frame=inset.number, texts=(letter,))


def _letter_lines(letter: str, plate: QRectF, type_: Type, style: HouseStyle) -> tuple[TextLine, ...]:
    room = plate.translated(0.5 * plate.width() - type_.width(letter) / 2, 0.1 * plate.width())
    return lines_piece("", 0, room, [letter], type_, style.plate_ink).lines


def _letter_place(box: QRectF, side: float, frame: QRectF, obstacles: Sequence[QRectF], marks: Sequence[Box]) -> QRectF:
    """The nearest place beside a box where a letter covers the fewest marks, and no other furniture."""
    best: tuple[bool, int, QRectF] | None = None
    for place in _places(box, side, frame):
        mine = box_of(place.translated(-frame.topLeft()))
        lies_on = any(place.intersects(other) for other in obstacles)
        candidate = lies_on, sum(mine.overlaps(other) for other in marks), place
        if best is None or candidate[:2] < best[:2]:
            best = candidate
        if best[:2] == (False, 0):
            break
    assert best is not None
    return best[2]


def _places(box: QRectF, side: float, frame: QRectF) -> Iterator[QRectF]:
    """Places for a letter beside a box, moved to stay in the frame."""
    for away in _AWAY:
        room = box.adjusted(-away, -away, away, away)
        for across, down in _WAYS:
            left = room.left() + across * (room.width() - side)
            top = room.top() + down * room.height() - (1 - down) * side
            if down == 0.5:
                left, top = (room.left() - side if across == 0 else room.right()), room.center().y() - side / 2
            left = min(max(left, frame.left() + 1), frame.right() - side - 1)
            yield QRectF(left, min(max(top, frame.top() + 1), frame.bottom() - side - 1), side, side)


def _line_to(box: QRectF, plate: QRectF) -> QLineF:
    """Line from the nearest place of a box to its letter; without length where they touch."""
    if box.adjusted(-2, -2, 2, 2).intersects(plate):
        return QLineF()
    end = plate.center()
    start = QPointF(min(max(end.x(), box.left()), box.right()), min(max(end.y(), box.top()), box.bottom()))
    return QLineF(start, end)


def _along(line: QLineF) -> list[QRectF]:
    """Small boxes along a line, which labels keep clear of."""
    steps = int(line.length() / _LINE_STEP)
    places = (line.pointAt(step / steps) for step in range(steps + 1)) if steps else ()
    return [QRectF(at.x() - 1.5, at.y() - 1.5, 3.0, 3.0) for at in places]


def _edges(box: QRectF) -> list[QRectF]:
    """The four sides of a box, each as wide as it is painted."""
    wide = _WIDE
    return [
        QRectF(box.left() - wide, box.top() - wide, box.width() + 2 * wide, 2 * wide),
        QRectF(box.left() - wide, box.bottom() - wide, box.width() + 2 * wide, 2 * wide),
        QRectF(box.left() - wide, box.top() - wide, 2 * wide, box.height() + 2 * wide),
        QRectF(box.right() - wide, box.top() - wide, 2 * wide, box.height() + 2 * wide),
    ]


def _paint_box(painter: QPainter, *, box: QRectF, plate: QRectF, color: str, style: HouseStyle) -> None:
    line = _line_to(box, plate)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for ink, width in ((style.halo, 3.4), (color, 1.5)):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(sharp_rect(painter, box, ink, width))
        if line.length():
            painter.setPen(fine_pen(painter, QColor(ink), width))
            painter.drawLine(line)
    paint_plate(painter, plate, style.plate, style.plate_ink)
