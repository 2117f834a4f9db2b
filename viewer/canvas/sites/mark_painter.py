"""Paints texts, callouts and numbered markers as pictures made once for each sign; onto PDF and SVG as shapes and text.

It paints heads of arrows and radii of range rings too: all of a mark that is neither a symbol of a class, nor a line or
an area.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from layers.grid.tile_grid import View
from layers.vector.labels.label_layout import Box
from viewer.canvas.labels.fonts import letters_path
from viewer.canvas.sites.mark_signs import DISC_RADII_PX, MarkSign, sign_box
from viewer.canvas.sites.outlines import Floats
from viewer.canvas.sites.site_symbol_painter import DASH_PX, dashed
from viewer.canvas.sites.site_symbology import HALO_COLOR, PAPER_COLOR, SELECTED_COLOR, LineSymbol
from viewer.rendering.vector.qt_shapes import is_vector_device, polygon_of, rect_of, round_pen
from viewer.support.painting import painting

SIGNS_A_FRAME_S = 0.004
"""Most seconds for new pictures of signs in a frame; each takes up to a millisecond the first time."""
_ROUND_PX = 4.0
"""Radius of the corners of a box, in logical pixels."""
_MARGIN_PX = 7.0
"""Margin round the box of a sign for halos and the glow of selection, in logical pixels."""
_HALO_PX = 1.9
_MOST_BYTES = 64 * 2**20
"""Most bytes of pictures of signs that are kept."""
_HEAD_PX = (15.0, 6.2)
"""Length and half width of an arrow's head in logical pixels, apart from the width of its line."""


class SignAt(NamedTuple):
    """A sign at a place of the picture. For a callout the place is that of its box, and its leader ends at `foot`."""

    sign: MarkSign
    px: float
    py: float
    foot: tuple[float, float] | None = None
    selected: bool = False

    def box(self, scale: float) -> Box:
        return sign_box(self.sign, scale).moved(self.px, self.py)

    def touches(self, view: View) -> bool:
        """True where some of the sign, or of its leader, may be in the picture."""
        box, margin = sign_box(self.sign, view.ratio), _MARGIN_PX * view.ratio
        left, top, right, bottom = self.px + box.left, self.py + box.top, self.px + box.right, self.py + box.bottom
        if self.foot is not None:
            x, y = self.foot
            left, top, right, bottom = min(left, x), min(top, y), max(right, x), max(bottom, y)
        return right > -margin and bottom > -margin and left < view.width + margin and top < view.height + margin


class MarkPainter:
    """Keeps a picture of each sign, state and scale."""

    def __init__(self) -> None:
        self._sprites: dict[tuple[MarkSign, bool, float], QImage] = {}
        self._bytes = 0

    def paint(self, painter: QPainter, signs: Sequence[SignAt], scale: float, within_s: float = math.inf) -> bool:
        """Paint signs in their order, with all leaders below them.

        Pictures are made for at most `within_s`, but of one sign in any case. False where some were left out.
        """
        _paint_leaders(painter, signs, scale)
        if is_vector_device(painter):
            for sign_at in signs:
                at_pixel = sign_at._replace(px=round(sign_at.px), py=round(sign_at.py))  # as its picture would be
                self.paint_shapes(painter, at_pixel, scale)
            return True
        end, has_new, left_out = time.perf_counter() + within_s, False, False
        for sign_at in signs:
            key = sign_at.sign, sign_at.selected, scale
            sprite = self._sprites.get(key)
            if sprite is None:
                if has_new and time.perf_counter() >= end:
                    left_out = True
                    continue
                sprite, has_new = self._made(key), True
            painter.drawImage(QPointF(round(sign_at.px), round(sign_at.py)) + QPointF(sprite.offset()), sprite)
        return not left_out

    @staticmethod
    def paint_shapes(painter: QPainter, sign_at: SignAt, scale: float) -> None:
        """Paint a sign by outlines, at any transform."""
        painter.save()
        painter.translate(sign_at.px, sign_at.py)
        _paint_sign(painter, sign_at.sign, scale, sign_at.selected)
        painter.restore()

    def _made(self, key: tuple[MarkSign, bool, float]) -> QImage:
        sign, selected, scale = key
        box, margin = sign_box(sign, scale), math.ceil(_MARGIN_PX * scale)
        left, top = math.floor(box.left) - margin, math.floor(box.top) - margin
        width, height = math.ceil(box.right) + margin - left, math.ceil(box.bottom) + margin - top
        sprite = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        sprite.fill(Qt.GlobalColor.transparent)
        with painting(sprite) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-left, -top)
            _paint_sign(painter, sign, scale, selected)
        sprite.setOffset(QPoint(left, top))
        self._bytes += sprite.sizeInBytes()
        if self._bytes > _MOST_BYTES:
            self._sprites.clear()
            self._bytes = sprite.sizeInBytes()
        self._sprites[key] = sprite
        return sprite


def paint_arrow_heads(
    painter: QPainter, tips: Iterable[tuple[Floats, Floats]], symbol: LineSymbol, scale: float, *, selected: bool
) -> None:
    """Paint heads at tips (n, 2), each pointing away from its tail (n, 2), all in picture pixels."""
    heads = [polygon_of(_head(tip, tail, symbol, scale)) for tip, tail in tips if _has_direction(tip, tail)]
    if not heads:
        return
    painter.setBrush(QColor(symbol.color))
    passes = [(HALO_COLOR, 2 * symbol.casing_width)]
    if selected:
        passes = [(HALO_COLOR, 9.0), (SELECTED_COLOR, 6.0), *passes]
    for color, width in passes:
        painter.setPen(round_pen(QColor(color), width * scale))
        for head in heads:
            painter.drawPolygon(head)
    painter.setPen(Qt.PenStyle.NoPen)
    for head in heads:
        painter.drawPolygon(head)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def leader_line(sign_at: SignAt, scale: float) -> QLineF | None:
    """The line from a callout's place to the edge of its box; None where the box covers the place."""
    if sign_at.foot is None:
        return None
    line = QLineF(QPointF(*sign_at.foot), QPointF(sign_at.px, sign_at.py))
    box = sign_box(sign_at.sign, scale)
    hidden = min(box.right / max(abs(line.dx()), 1e-9), box.bottom / max(abs(line.dy()), 1e-9))
    return None if hidden >= 1.0 else QLineF(line.p1(), line.pointAt(1.0 - hidden))


def _head(tip: Floats, tail: Floats, symbol: LineSymbol, scale: float) -> Floats:
    way = (tip - tail) / np.hypot(*(tip - tail))
    side = np.array([-way[1], way[0]])
    length, half = (_HEAD_PX[0] + symbol.width) * scale, (_HEAD_PX[1] + symbol.width / 2) * scale
    point = tip + way * 0.5 * symbol.width * scale  # so that the line's round end does not look out
    back = point - way * length
    return np.array([point, back + side * half, point - way * length * 0.78, back - side * half])


def _has_direction(tip: Floats, tail: Floats) -> bool:
    far = np.hypot(*(tip - tail))
    return bool(np.isfinite(far) and far > 0)


def _paint_leaders(painter: QPainter, signs: Sequence[SignAt], scale: float) -> None:
    lines = [(line, sign_at) for sign_at in signs if (line := leader_line(sign_at, scale)) is not None]
    if not lines:
        return
    chosen = [line for line, sign_at in lines if sign_at.selected]
    for color, width, strokes in (
        (HALO_COLOR, 4.0, [line for line, _ in lines]),
        (SELECTED_COLOR, 5.0, chosen),
    ):
        painter.setPen(round_pen(QColor(color), width * scale))
        painter.drawLines(strokes)
    for line, sign_at in lines:
        painter.setPen(round_pen(QColor(sign_at.sign.color), 1.6 * scale))
        painter.drawLine(line)
        painter.setBrush(QColor(sign_at.sign.color))
        painter.drawEllipse(line.p1(), 2.2 * scale, 2.2 * scale)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_sign(painter: QPainter, sign: MarkSign, scale: float, selected: bool) -> None:
    """Paint a sign about the painter's origin."""
    box = sign_box(sign, scale)
    rect = rect_of(box)
    if sign.kind == "text":
        _paint_text_ground(painter, sign, rect, scale, selected)
    else:
        round_px = DISC_RADII_PX.get(sign.kind, _ROUND_PX)
        _paint_plate(painter, sign, rect, round_px * scale, scale, selected)
    _paint_letters(painter, sign, rect, scale)


def _paint_text_ground(painter: QPainter, sign: MarkSign, rect: QRectF, scale: float, selected: bool) -> None:
    if not (selected or sign.is_empty):
        return
    frame = QPainterPath()
    frame.addRoundedRect(rect, 3.0 * scale, 3.0 * scale)
    painter.strokePath(frame, round_pen(_with_alpha(HALO_COLOR, 150), 4.0 * scale))
    painter.strokePath(frame, round_pen(QColor(SELECTED_COLOR if selected else sign.color), 1.6 * scale))


def _paint_plate(
    painter: QPainter, sign: MarkSign, rect: QRectF, round_px: float, scale: float, selected: bool
) -> None:
    """Paint the box of a callout, the disc of a number, or the ground of a radius, which covers the ring."""
    plate = QPainterPath()
    plate.addRoundedRect(rect, round_px, round_px)
    if selected:
        painter.strokePath(plate, round_pen(_with_alpha(HALO_COLOR, 200), 10.0 * scale))
        painter.strokePath(plate, round_pen(QColor(SELECTED_COLOR), 7.0 * scale))
    if sign.kind == "radius":
        painter.fillPath(plate, QColor(sign.fill))
        return
    painter.strokePath(plate, round_pen(_with_alpha(HALO_COLOR, 170), 4.0 * scale))
    painter.fillPath(plate, QColor(sign.fill))
    rim = sign.color if sign.kind == "callout" else _rim(sign.fill)
    pen = round_pen(QColor(rim), 1.5 * scale)
    if sign.is_doubtful:
        pen = dashed(round_pen(QColor(rim), 2.6 * scale), (DASH_PX[0] * scale, DASH_PX[1] * scale))
    painter.strokePath(plate, pen)


def _paint_letters(painter: QPainter, sign: MarkSign, rect: QRectF, scale: float) -> None:
    face = sign.face
    font, metrics, lines = face.font(scale), face.metrics(scale), sign.text.split("\n")
    top = rect.center().y() - metrics.height() * len(lines) / 2 + metrics.ascent()
    placed, outline = list[tuple[QPointF, str]](), QPainterPath()
    for number, line in enumerate(lines):
        at = QPointF(rect.center().x() - metrics.horizontalAdvance(line) / 2, top + number * metrics.height())
        placed.append((at, line))
        outline.addPath(letters_path(at, font, line))
    outline.setFillRule(Qt.FillRule.WindingFill)
    if face.halo_px:
        painter.strokePath(outline, round_pen(QColor(face.halo_color), 2 * _HALO_PX * scale))
    if not is_vector_device(painter):
        painter.fillPath(outline, QColor(face.color))
        return
    painter.setFont(font)
    painter.setPen(QColor(face.color))
    for at, line in placed:
        painter.drawText(at, line)


def _rim(fill: str) -> str:
    return HALO_COLOR if QColor(fill).lightnessF() > 0.55 else PAPER_COLOR


def _with_alpha(color: str, alpha: int) -> QColor:
    translucent = QColor(color)
    translucent.setAlpha(alpha)
    return translucent
