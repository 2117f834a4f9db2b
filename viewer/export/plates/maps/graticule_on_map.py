"""The graticule of a product's map: lines below the marks, labels just inside the frame, clear of everything else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from layers.grid.graticules.graticule import Graticule, graticule_of
from layers.grid.graticules.grid_line import TakenBox as GridBox
from layers.vector.labels.label_layout import Box
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import TextLine, Type
from viewer.export.plates.setting.piece import Piece, fine_pen
from viewer.rendering.vector.qt_shapes import polygon_of

_PAD = 1.5
_FINE, _HEAVY = 0.7, 1.3


def graticule_on(on_page: MapOnPage, notation: str, type_: Type, avoid: Sequence[Box]) -> Graticule:
    """Lines and labels in logical pixels of the frame; empty without a notation. Labels keep clear of `avoid`."""

    def size_of(text: str) -> tuple[float, float]:
        return type_.width(text) + 2 * _PAD, 1.2 * type_.size + 2 * _PAD

    boxes = [GridBox(box.left, box.top, box.right - box.left, box.bottom - box.top) for box in avoid]
    return graticule_of(on_page.view, notation, size_of, avoid=boxes)


def graticule_near_edges(on_page: MapOnPage, notation: str, type_: Type, avoid: Sequence[Box]) -> Graticule:
    """The graticule of a map, with labels clear of `avoid`, of all symbols, and of outlines near the frame's edges."""
    edge, view = 6.0 * type_.size, on_page.view
    inner = Box(edge, 2.5 * type_.size, view.width - edge, view.height - 2.5 * type_.size)
    lines = (box for _, box in on_page.outline_boxes() if not _is_within(box, inner))
    return graticule_on(on_page, notation, type_, [*avoid, *(box for _, box in on_page.symbol_boxes()), *lines])


def _is_within(box: Box, other: Box) -> bool:
    return box.left > other.left and box.top > other.top and box.right < other.right and box.bottom < other.bottom


def graticule_boxes(graticule: Graticule) -> list[Box]:
    """The boxes that its labels cover."""
    return [Box(x, y, x + width, y + height) for _, x, y, width, height in graticule_texts(graticule)]


def graticule_texts(graticule: Graticule) -> list[tuple[str, float, float, float, float]]:
    """Labels with their boxes: left, top, width, height."""
    labels = [(label.text, label.x, label.y, label.width, label.height) for label in graticule.labels]
    return labels + [(label.text, label.x, label.y, label.width, label.height) for label in graticule.names]


def graticule_pieces(on_page: MapOnPage, graticule: Graticule, style: HouseStyle, type_: Type) -> list[Piece]:
    """A piece for each label of a graticule, at its place on the page."""
    corner, pieces = on_page.rect.topLeft(), []
    for words, *room in graticule_texts(graticule):
        box = QRectF(*room).translated(corner)
        at = QPointF(box.left() + _PAD, box.top() + _PAD + 0.95 * type_.size)
        line = TextLine(at.x(), at.y(), words, type_, style.label, style.halo)
        pieces.append(
            Piece(
                f"graticule:{on_page.number}",
                on_page.page,
                box,
                (line,),
                frame=on_page.number,
                is_draggable=False,
                texts=(words,),
            )
        )
    return pieces


def paint_graticule(painter: QPainter, graticule: Graticule, color: str) -> None:
    """Paint the lines, in logical pixels of the frame."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    dark, ink = QColor("#0b141c"), QColor(color)
    dark.setAlpha(90)
    ink.setAlpha(190)
    for tone, more in ((dark, 1.1), (ink, 0.0)):
        for line in graticule.lines:
            painter.setPen(fine_pen(painter, tone, (_HEAVY if line.is_heavy else _FINE) + more))
            for piece in line.pieces:
                painter.drawPolyline(polygon_of(piece))
