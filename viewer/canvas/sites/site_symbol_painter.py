"""Paints the symbols of sites as pictures, made once for each symbol; onto PDF and SVG as shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen

from viewer.canvas.sites.site_symbology import HALO_COLOR, PAPER_COLOR, SELECTED_COLOR, Precision, SiteSymbol
from viewer.rendering.vector.qt_shapes import is_vector_device, round_pen
from viewer.rendering.vector.signs import badge_path, sign_path
from viewer.support.painting import painting

SYMBOL_RADIUS_PX = 12.0
"""Half of what a badge covers, rim included, in logical pixels."""
COMPACT_RADIUS_PX = 5.0
"""The same for the dots that stand for symbols where there are very many."""
DASH_PX = (5.4, 3.4)
"""Stroke and gap of the rim of what is not known to exist."""
_HALF_SPRITE_PX = 19
_MOST_SPRITES = 2000
"""A case may give each of its sites a colour of its own."""


class SiteSymbolPainter:
    """Keeps a picture of each symbol, state and scale."""

    def __init__(self) -> None:
        self._sprites: dict[tuple[SiteSymbol, bool, bool, float], QImage] = {}

    def paint(
        self,
        painter: QPainter,
        symbol: SiteSymbol,
        places: Iterable[tuple[float, float]],
        scale: float,
        *,
        selected: bool = False,
        compact: bool = False,
    ) -> None:
        """One symbol at many places (picture pixels). `scale` is picture pixels in a logical pixel."""
        if is_vector_device(painter):
            self.paint_shapes(painter, symbol, places, scale, selected=selected, compact=compact)
            return
        sprite = self._sprite(symbol, selected, compact, scale)
        half = sprite.width() / 2
        for px, py in places:
            painter.drawImage(QPointF(round(px - half), round(py - half)), sprite)

    def paint_shapes(
        self,
        painter: QPainter,
        symbol: SiteSymbol,
        places: Iterable[tuple[float, float]],
        scale: float,
        *,
        selected: bool = False,
        compact: bool = False,
    ) -> None:
        """The same by outlines, at any transform."""
        for px, py in places:
            painter.save()
            painter.translate(px, py)
            painter.scale(scale, scale)
            _paint_symbol(painter, symbol, selected, compact)
            painter.restore()

    def _sprite(self, symbol: SiteSymbol, selected: bool, compact: bool, scale: float) -> QImage:
        key = symbol, selected, compact, scale
        sprite = self._sprites.get(key)
        if sprite is None:
            half = math.ceil(_HALF_SPRITE_PX * scale)
            sprite = QImage(2 * half, 2 * half, QImage.Format.Format_ARGB32_Premultiplied)
            sprite.fill(Qt.GlobalColor.transparent)
            with painting(sprite) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.translate(half, half)
                painter.scale(scale, scale)
                _paint_symbol(painter, symbol, selected, compact)
            if len(self._sprites) >= _MOST_SPRITES:
                self._sprites.clear()
            self._sprites[key] = sprite
        return sprite


def paint_faint_sign(painter: QPainter, symbol: SiteSymbol, px: float, py: float, scale: float, color: QColor) -> None:
    """The sign alone, in outline: it names what an area is about without claiming a spot in it."""
    painter.save()
    painter.translate(px, py)
    painter.scale(scale, scale)
    sign = sign_path(symbol.class_code)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.scale(1.2, 1.2)
    painter.strokePath(sign, round_pen(_with_alpha(HALO_COLOR, 130), 3.4))
    painter.strokePath(sign, round_pen(color, 1.2))
    painter.restore()


def _paint_symbol(painter: QPainter, symbol: SiteSymbol, selected: bool, compact: bool) -> None:
    color = QColor(symbol.color)
    badge = badge_path(symbol.role)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if compact:
        painter.scale(COMPACT_RADIUS_PX / SYMBOL_RADIUS_PX, COMPACT_RADIUS_PX / SYMBOL_RADIUS_PX)
    painter.strokePath(badge, round_pen(_with_alpha(HALO_COLOR, 70), 6.5 if selected else 4.6))
    if selected:
        painter.strokePath(badge, round_pen(_with_alpha(HALO_COLOR, 200), 11))
        painter.strokePath(badge, round_pen(QColor(SELECTED_COLOR), 8))
    if symbol.precision is Precision.PRECISE:
        _paint_full(painter, symbol, badge, color, compact)
    else:
        _paint_hollow(painter, symbol, badge, color, compact)


def _paint_full(painter: QPainter, symbol: SiteSymbol, badge: QPainterPath, color: QColor, compact: bool) -> None:
    painter.fillPath(badge, QBrush(QColor(symbol.fill) if symbol.fill else color))
    rim = round_pen(QColor(PAPER_COLOR), 3.0 if compact else 1.7)
    if symbol.is_doubtful:
        rim = dashed(round_pen(QColor(PAPER_COLOR), 5.0 if compact else 2.6), DASH_PX)
    painter.strokePath(badge, rim)
    if not compact:
        painter.fillPath(_sign(symbol), QBrush(QColor(PAPER_COLOR)))


def _paint_hollow(painter: QPainter, symbol: SiteSymbol, badge: QPainterPath, color: QColor, compact: bool) -> None:
    painter.fillPath(badge, QBrush(QColor(PAPER_COLOR)))
    pen = round_pen(color, 5.0 if compact else 2.0)
    if symbol.is_doubtful:
        pen = dashed(round_pen(color, 5.0 if compact else 2.6), DASH_PX)
    elif symbol.precision is Precision.NOT_JUDGED and not compact:
        # Dots along the rim: nobody has said how well this place is known.
        pen = dashed(pen, (2.2, 2.5))
    painter.strokePath(badge, pen)
    if not compact:
        painter.fillPath(_sign(symbol), QBrush(color))


def dashed(pen: QPen, dash_px: tuple[float, float]) -> QPen:
    """The pen with strokes and gaps of these lengths, in its own units."""
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([length / pen.widthF() for length in dash_px])
    return pen


def _sign(symbol: SiteSymbol) -> QPainterPath:
    return sign_path(symbol.class_code)


def _with_alpha(color: str, alpha: int) -> QColor:
    value = QColor(color)
    value.setAlpha(alpha)
    return value
