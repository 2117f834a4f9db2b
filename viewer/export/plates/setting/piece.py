"""A thing on a page: where it stands, how it is painted, and by which key it is dragged."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from viewer.export.plates.printed import GroupKind
from viewer.export.plates.setting.lettering import TextLine, paint_lines
from viewer.support.painting import part_of_picture

_MITER = Qt.PenJoinStyle.MiterJoin

type Paint = Callable[[QPainter], Iterator[None] | None]
"""At once, or in the steps that it gives."""


def fine_pen(
    painter: QPainter, color: str | QColor, width: float, cap: Qt.PenCapStyle = Qt.PenCapStyle.SquareCap
) -> QPen:
    """A pen that is never finer than a pixel: Qt paints finer lines otherwise where they are clipped, and strips of a
    page would not be the page.
    """
    scale = painter.worldTransform().m11()
    return QPen(QColor(color), max(width, 1.02 / scale) if scale > 0 else width, Qt.PenStyle.SolidLine, cap)


def sharp_rect(painter: QPainter, box: QRectF, color: str | QColor, width: float) -> QRectF:
    """Give the painter a pen of a whole number of pixels; the box whose outline by that pen covers whole pixels only.

    So PDF viewers paint such outlines, and the file looks as the picture does.
    """
    here = painter.worldTransform()
    scale = here.m11()
    if here.isRotating() or scale <= 0 or scale != here.m22():
        painter.setPen(fine_pen(painter, color, width))
        return box
    wide = max(1, math.floor(width * scale + 0.5))
    painter.setPen(QPen(QColor(color), wide / scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, _MITER))
    at, rect = wide % 2 / 2, here.mapRect(box)
    left, top, right, bottom = (
        math.floor(side - at + 0.5) + at for side in (rect.left(), rect.top(), rect.right(), rect.bottom())
    )
    x, y = here.dx(), here.dy()
    return QRectF(QPointF((left - x) / scale, (top - y) / scale), QPointF((right - x) / scale, (bottom - y) / scale))


class Piece(Struct, frozen=True):
    """Boxes and lines are in logical pixels of the page, where it stands by itself; `shift` is how far it was moved.

    `tether` is the place that a moved one is tied to by a line; `frame` the map that it belongs to.
    """

    key: str
    page: int
    box: QRectF
    lines: tuple[TextLine, ...] = ()
    below: tuple[Paint, ...] = ()
    """Paint all but the lines, one after the other, at the page's origin."""
    painted: QRectF | None = None
    """All that it paints, where that is more than its box."""
    kind: GroupKind = GroupKind.FURNITURE
    frame: int | None = None
    tether: QPointF | None = None
    leader: Callable[[QPainter, QRectF], None] | None = None
    """Paints the line from its tether to its box, where that is now."""
    texts: tuple[str, ...] = ()
    """Its words, a paragraph each, as they were before they were set in lines."""
    links: tuple[tuple[QRectF, str], ...] = ()
    """Boxes of words that lead to an address, where they stand by themselves."""
    parts: frozenset[str] = frozenset()
    """The ones of these that go on on another page."""
    shift: QPointF = field(default_factory=QPointF)
    is_draggable: bool = True

    @property
    def place(self) -> QRectF:
        """The box where it stands now."""
        return self.box.translated(self.shift)

    def moved(self, shift: QPointF) -> Piece:
        return replace(self, shift=shift)

    def paint_leader(self, painter: QPainter) -> None:
        if self.leader is not None:
            self.leader(painter, self.place)

    def paint(self, painter: QPainter) -> Iterator[None]:
        """Paint at the page's origin, without the leader, a few milliseconds a step."""
        with part_of_picture(painter):
            painter.translate(self.shift)
            for paint in self.below:
                steps = paint(painter)
                if steps is not None:
                    yield from steps
                yield
            for line in self.lines:
                paint_lines(painter, (line,))
                yield
