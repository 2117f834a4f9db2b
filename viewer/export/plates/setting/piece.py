"""A thing on a page: its place, its painting, and the key by which it is moved."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.checkpoint import Checkpoint, unchecked
from viewer.export.plates.setting.lettering import TextLine, Type, block_height, paint_lines, text_block, whole
from viewer.export.printed import GroupKind
from viewer.support.painting import part_of_picture

_MITER = Qt.PenJoinStyle.MiterJoin

type Paint = Callable[[QPainter], None]


def fine_pen(
    painter: QPainter, color: str | QColor, width: float, cap: Qt.PenCapStyle = Qt.PenCapStyle.SquareCap
) -> QPen:
    """A pen that is at least a pixel wide.

    Qt paints finer lines differently where they are clipped, so that strips of a page would not match the page.
    """
    scale = painter.worldTransform().m11()
    return QPen(QColor(color), max(width, 1.02 / scale) if scale > 0 else width, Qt.PenStyle.SolidLine, cap)


def sharp_rect(painter: QPainter, box: QRectF, color: str | QColor, width: float) -> QRectF:
    """Give the painter a pen of a whole number of pixels, and return the box that it outlines on whole pixels only.

    PDF viewers paint such outlines, and so the file looks as the picture does.
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
    """A thing on a page. Boxes and lines are in logical pixels of the page before it was moved by `shift`."""

    key: str
    page: int
    box: QRectF
    lines: tuple[TextLine, ...] = ()
    below: tuple[Paint, ...] = ()
    """Functions that paint all but the lines, one after the other, at the page's origin."""
    painted: QRectF | None = None
    """Box of all that it paints, where that is larger than its box."""
    kind: GroupKind = GroupKind.FURNITURE
    frame: int | None = None
    """Number of the map that it belongs to."""
    leader: Callable[[QPainter, QRectF], None] | None = None
    """Paints the line to its present box from the place on the map that it names."""
    texts: tuple[str, ...] = ()
    """Its words, a paragraph each, as they were before they were set in lines."""
    links: tuple[tuple[QRectF, str], ...] = ()
    """Boxes of words that lead to an address, before the shift."""
    parts: frozenset[str] = frozenset()
    """Texts of the piece that go on on another page."""
    shift: QPointF = field(default_factory=QPointF)
    is_draggable: bool = True

    @property
    def place(self) -> QRectF:
        """The box at its present place."""
        return self.box.translated(self.shift)

    def moved(self, shift: QPointF) -> Piece:
        return replace(self, shift=shift)

    def paint_leader(self, painter: QPainter) -> None:
        if self.leader is not None:
            self.leader(painter, self.place)

    def paint(self, painter: QPainter, checkpoint: Checkpoint = unchecked) -> None:
        """Paint it at the page's origin, without the leader."""
        with part_of_picture(painter):
            painter.translate(self.shift)
            for paint in self.below:
                paint(painter)
                checkpoint()
            for line in self.lines:
                paint_lines(painter, (line,))
                checkpoint()


def lines_piece(key: str, page: int, room: QRectF, texts: list[str], type_: Type, color: str) -> Piece:
    """A piece with paragraphs one below the other."""
    lines: list[TextLine] = []
    top = room.top()
    for text in texts:
        block = text_block(whole(text), type_, color, QPointF(room.left(), top), room.width())
        top += block_height(block)
        lines += block
    return Piece(key, page, room, tuple(lines), texts=tuple(map(whole, texts)))
