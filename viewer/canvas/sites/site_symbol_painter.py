"""Paints the symbols of sites in one call, as pictures made once for each symbol; onto PDF and SVG as shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from viewer.canvas.sites.site_symbology import HALO_COLOR, PAPER_COLOR, SELECTED_COLOR, Precision, SiteSymbol
from viewer.rendering.vector.qt_shapes import is_vector_device, round_pen
from viewer.rendering.vector.signs import badge_path, sign_path
from viewer.support.painting import painting

SYMBOL_RADIUS_PX = 12.0
"""Radius of a badge, rim included, in logical pixels."""
COMPACT_RADIUS_PX = 5.0
"""Radius of the dots that stand for symbols where there are very many, in logical pixels."""
DASH_PX = (5.4, 3.4)
"""Stroke and gap of the rim of a site that may not exist, in logical pixels."""
_HALF_SPRITE_PX = 19
MOST_SPRITES, LEAST_SPRITES, _KEPT_SHEETS = 2000, 64, 3
"""Most pictures of a small and of a large sheet, and most sheets: a case may give each site a colour of its own."""
_SPRITES_A_ROW = 16
_FRAGMENT_NUMBERS = 10
"""Numbers in a QPainter.PixmapFragment: place, left, top, width, height, two scales, turn and opacity."""

type Floats = NDArray[np.float64]


class SiteSymbolPainter:
    """Keeps a sheet of pictures for each scale: each symbol in each state is painted once."""

    def __init__(self) -> None:
        self._sheets: dict[float, SymbolSheet] = {}

    def paint(
        self,
        painter: QPainter,
        symbols: Sequence[SiteSymbol],
        which: NDArray[np.integer],
        px: Floats,
        py: Floats,
        scale: float,
        *,
        selected: bool = False,
        compact: bool = False,
    ) -> None:
        """Paint symbols at places (picture pixels), the last one topmost.

        `which` holds the index of each place's symbol; `scale` is picture pixels in a logical pixel.
        """
        if not len(which):
            return
        if is_vector_device(painter):
            px, py = on_pixels(px, scale), on_pixels(py, scale)
            for symbol, run in groupby(zip(which.tolist(), px.tolist(), py.tolist(), strict=True), itemgetter(0)):
                places = ((x, y) for _, x, y in run)
                self.paint_shapes(painter, symbols[symbol], places, scale, selected=selected, compact=compact)
            return
        # Not by np.unique: that would import numpy.ma, while the window starts.
        is_used = np.zeros(len(symbols), bool)
        is_used[which] = True
        kinds, of_kind = np.flatnonzero(is_used), (np.cumsum(is_used) - 1)[which]
        most = max(int(MOST_SPRITES / scale**2), LEAST_SPRITES)
        if len(kinds) > most:
            for batch in np.array_split(np.arange(len(which)), 2):
                self.paint(
                    painter, symbols, which[batch], px[batch], py[batch], scale, selected=selected, compact=compact
                )
            return
        sheet = self._sheet(scale, most - len(kinds))
        slots = [sheet.slot(symbols[kind], selected, compact) for kind in kinds.tolist()]
        sheet.paint(painter, np.array(slots)[of_kind], px, py, compact=compact)

    def _sheet(self, scale: float, most: int) -> SymbolSheet:
        """The sheet of a scale; an empty one in its place where it has more than `most` pictures."""
        sheet = self._sheets.pop(scale, None)
        if sheet is None or len(sheet.slots) > most:
            sheet = SymbolSheet(scale)
        while len(self._sheets) >= _KEPT_SHEETS:
            del self._sheets[next(iter(self._sheets))]
        self._sheets[scale] = sheet
        return sheet

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
        """Paint one symbol at many places by its outlines, at any transform."""
        for px, py in places:
            painter.save()
            painter.translate(px, py)
            painter.scale(scale, scale)
            _paint_symbol(painter, symbol, selected, compact)
            painter.restore()


class SymbolSheet:
    """Pictures of symbols at one scale, side by side in one picture, so that a single call paints very many."""

    def __init__(self, scale: float) -> None:
        self._scale, self._half = scale, _half_px(scale)
        self.slots: dict[tuple[SiteSymbol, bool, bool], int] = {}
        self._sheet = QPixmap()

    def slot(self, symbol: SiteSymbol, selected: bool, compact: bool) -> int:
        """The number of a symbol's picture, which is painted when it is first needed."""
        key = symbol, selected, compact
        if key not in self.slots:
            sprite = self._painted(symbol, selected, compact)
            number = len(self.slots)
            rows, side = number // _SPRITES_A_ROW + 1, 2 * self._half
            if rows * side > self._sheet.height():
                self._grow(rows * 2 * side)
            with painting(self._sheet) as painter:
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                painter.drawImage(number % _SPRITES_A_ROW * side, (rows - 1) * side, sprite)
            self.slots[key] = number
        return self.slots[key]

    def paint(
        self, painter: QPainter, slots: NDArray[np.intp], px: Floats, py: Floats, *, compact: bool = False
    ) -> None:
        """Paint pictures centred at places, on whole pixels, as Qt puts each down by itself.

        Of dots only the middle is painted: the empty rest would take time as well.
        """
        side = 2 * self._half
        half = math.ceil(self._half * COMPACT_RADIUS_PX / SYMBOL_RADIUS_PX) if compact else self._half
        edge = self._half - half
        fragments = np.zeros((len(slots), _FRAGMENT_NUMBERS))
        fragments[:, 0], fragments[:, 1] = on_pixels(px, self._scale), on_pixels(py, self._scale)
        fragments[:, 2], fragments[:, 3] = slots % _SPRITES_A_ROW * side + edge, slots // _SPRITES_A_ROW * side + edge
        fragments[:, 4:6], fragments[:, 6:8], fragments[:, 9] = 2 * half, 1.0, 1.0
        # Qt takes the address of the first one; made one by one they would take longer than the painting.
        first = cast("QPainter.PixmapFragment", shiboken6.wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment))
        painter.drawPixmapFragments(first, len(fragments), self._sheet)

    def _grow(self, height: int) -> None:
        """Double the rows of the sheet, in a picture of its own that no pixmap shares."""
        larger = QImage(_SPRITES_A_ROW * 2 * self._half, height, QImage.Format.Format_ARGB32_Premultiplied)
        larger.fill(Qt.GlobalColor.transparent)
        if not self._sheet.isNull():
            with painting(larger) as painter:
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                painter.drawPixmap(0, 0, self._sheet)
        self._sheet = QPixmap.fromImage(larger)

    def _painted(self, symbol: SiteSymbol, selected: bool, compact: bool) -> QImage:
        half = self._half
        sprite = QImage(2 * half, 2 * half, QImage.Format.Format_ARGB32_Premultiplied)
        sprite.fill(Qt.GlobalColor.transparent)
        with painting(sprite) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(half, half)
            painter.scale(self._scale, self._scale)
            _paint_symbol(painter, symbol, selected, compact)
        return sprite


def _half_px(scale: float) -> int:
    return math.ceil(_HALF_SPRITE_PX * scale)


def on_pixels(places: Floats, scale: float) -> Floats:
    """The places of symbols moved so that their middles are at whole pixels, onto PDF and SVG as onto a picture."""
    half = _half_px(scale)
    return np.rint(places - half) + half


def paint_faint_sign(painter: QPainter, symbol: SiteSymbol, px: float, py: float, scale: float, color: QColor) -> None:
    """Paint the sign alone, in outline: it names what an area is about, without claiming a spot in it."""
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
    translucent = QColor(color)
    translucent.setAlpha(alpha)
    return translucent
