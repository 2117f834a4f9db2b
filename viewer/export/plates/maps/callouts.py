"""Callouts of a product's map: boxes with words and a line to their place, which can be moved on the page."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from viewer.canvas.sites.mark_painter import MarkPainter, SignAt, leader_line
from viewer.canvas.sites.site_symbology import HALO_COLOR
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.setting.piece import Piece
from viewer.export.printed import GroupKind
from viewer.rendering.vector.qt_shapes import rect_of, round_pen


def callout_pieces(on_page: MapOnPage) -> list[Piece]:
    """A piece for each callout in the frame."""
    corner, scale = on_page.rect.topLeft(), on_page.view.ratio
    return [_piece(on_page, uuid, one, corner, scale) for uuid, one in on_page.callouts() if one.foot is not None]


def _piece(on_page: MapOnPage, uuid: str, one: SignAt, corner: QPointF, scale: float) -> Piece:
    box = one.box(scale)
    rect = rect_of(box).translated(corner)
    assert one.foot is not None
    foot = corner + QPointF(*one.foot)
    here = one._replace(px=rect.center().x(), py=rect.center().y(), foot=(foot.x(), foot.y()))
    return Piece(
        f"callout:{uuid}",
        on_page.page,
        rect,
        below=(partial(_paint, one=here, scale=scale),),
        kind=GroupKind.LABELS,
        frame=on_page.number,
        leader=partial(_paint_leader, one=here, scale=scale),
        texts=(" ".join(one.sign.text.split()),),
    )


def _paint(painter: QPainter, one: SignAt, scale: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    MarkPainter.paint_shapes(painter, one, scale)


def _paint_leader(painter: QPainter, box: QRectF, *, one: SignAt, scale: float) -> None:
    moved = one._replace(px=box.center().x(), py=box.center().y())
    line = leader_line(moved, scale)
    if line is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for color, width in ((HALO_COLOR, 4.0), (one.sign.color, 1.6)):
        painter.setPen(round_pen(QColor(color), width * scale))
        painter.drawLine(QLineF(line))
    painter.setBrush(QColor(one.sign.color))
    painter.drawEllipse(line.p1(), 2.2 * scale, 2.2 * scale)
