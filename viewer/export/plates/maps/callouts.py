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
    return [
        _piece(on_page, uuid, callout, corner, scale)
        for uuid, callout in on_page.callouts()
        if callout.foot is not None
    ]


def _piece(on_page: MapOnPage, uuid: str, callout: SignAt, corner: QPointF, scale: float) -> Piece:
    box = callout.box(scale)
    rect = rect_of(box).translated(corner)
    assert callout.foot is not None
    foot = corner + QPointF(*callout.foot)
    here = callout._replace(px=rect.center().x(), py=rect.center().y(), foot=(foot.x(), foot.y()))
    return Piece(
        f"callout:{uuid}",
        on_page.page,
        rect,
        below=(partial(_paint, callout=here, scale=scale),),
        kind=GroupKind.LABELS,
        frame=on_page.number,
        leader=partial(_paint_leader, callout=here, scale=scale),
        texts=(" ".join(callout.sign.text.split()),),
    )


def _paint(painter: QPainter, callout: SignAt, scale: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    MarkPainter.paint_shapes(painter, callout, scale)


def _paint_leader(painter: QPainter, box: QRectF, *, callout: SignAt, scale: float) -> None:
    moved = callout._replace(px=box.center().x(), py=box.center().y())
    line = leader_line(moved, scale)
    if line is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for color, width in ((HALO_COLOR, 4.0), (callout.sign.color, 1.6)):
        painter.setPen(round_pen(QColor(color), width * scale))
        painter.drawLine(QLineF(line))
    painter.setBrush(QColor(callout.sign.color))
    painter.drawEllipse(line.p1(), 2.2 * scale, 2.2 * scale)
