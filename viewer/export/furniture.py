"""The furniture of a product around its map: title, legend, scale bar, north arrow, credits, markings."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from layers.grid.tile_grid import View
from viewer.canvas.overlays import paint_north_arrow, paint_scale_bar
from viewer.canvas.sites.site_symbol import paint_site_symbol
from viewer.export.credits import CREDIT_PX
from viewer.export.layout import CREDIT_LINE, SUBTITLE, TITLE, Layout, Regions
from viewer.export.legend import LegendRow
from viewer.rendering.vector.symbol_sample import paint_sample
from viewer.support.fonts import font
from viewer.support.text import one_line

INK, QUIET, PAPER, LINE = QColor("#16202a"), QColor("#51606e"), QColor("#ffffff"), QColor("#9aa7b2")
MARKING_COLORS = {
    "TLP:RED": ("#FF2B2B", "#000000"),
    "TLP:AMBER": ("#FFC000", "#000000"),
    "TLP:AMBER+STRICT": ("#FFC000", "#000000"),
    "TLP:GREEN": ("#33FF00", "#000000"),
    "TLP:CLEAR": ("#FFFFFF", "#000000"),
}
"""TLP 2.0: text colour on its ground. Other markings are printed in ink on paper."""
CHIP = QColor("#2c3a44")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)


def paint_furniture(
    painter: QPainter, layout: Layout, rooms: Regions, view: View, rows: list[LegendRow], lines: list[str]
) -> None:
    """Paint everything but the map itself; scale bar and arrow stand on the map's corner."""
    r = layout.ratio
    _header(painter, layout, rooms.header)
    painter.setPen(QPen(INK, max(1.0, r)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rooms.map.adjusted(-1, -1, 0, 0))
    _corner(painter, rooms.map, view)
    if not rooms.legend.isEmpty():
        _legend(painter, rooms.legend, rows, r)
    _lines(painter, rooms.credits, lines, r)
    for room in (rooms.marking_top, rooms.marking_bottom):
        if not room.isEmpty():
            _marking(painter, room, layout.marking, r)


def _header(painter: QPainter, layout: Layout, room: QRect) -> None:
    r, top = layout.ratio, float(room.top())
    lines = ((layout.title, font(20 * r, bold=True), TITLE, INK), (layout.subtitle, font(13 * r), SUBTITLE, QUIET))
    for text, face, height, color in lines:
        if text:
            _elided(painter, QRectF(room.left(), top, room.width(), height * r), text, face, color)
            top += round(height * r)


def _corner(painter: QPainter, frame: QRect, view: View) -> None:
    r = view.ratio
    painter.save()
    painter.setClipRect(frame)
    bar = QRectF(frame.left() + 12 * r, frame.bottom() - 44 * r, min(220 * r, frame.width() / 2), 34 * r)
    paint_scale_bar(painter, bar, view)
    paint_north_arrow(painter, QRectF(frame.right() - 50 * r, frame.top() + 10 * r, 40 * r, 48 * r), view)
    painter.restore()


def _legend(painter: QPainter, room: QRect, rows: list[LegendRow], r: float) -> None:
    """Row by row while there is room; what is left out is said, not dropped."""
    y, line = float(room.top()), 21 * r
    painter.setPen(INK)
    painter.setFont(font(13 * r, bold=True))
    painter.drawText(QRectF(room.left(), y, room.width(), line), _LEFT, QCoreApplication.translate("Export", "Legend"))
    y += line + 2 * r
    for number, row in enumerate(rows):
        is_last = number == len(rows) - 1
        height = _row_height(painter, row, room.width(), r)
        if y + height + (0 if is_last else line) > room.bottom():
            left_out = sum(1 for rest in rows[number:] if rest.has_symbol)
            if left_out:
                text = QCoreApplication.translate("Export", "and {0} more classes").format(left_out)
                _note(painter, QRectF(room.left(), y, room.width(), line), text, r)
            break
        box = QRectF(room.left(), y, room.width(), height)
        if row.has_symbol:
            _symbol_row(painter, box, row, r)
        else:
            _paragraph(painter, box, row, r)
        y += height


def _row_height(painter: QPainter, row: LegendRow, width: float, r: float) -> float:
    if row.has_symbol:
        return 21 * r
    painter.setFont(_words_font(row, r))
    return painter.boundingRect(QRectF(0, 0, width, 1e6), _WRAPPED, row.text).height() + 7 * r


def _symbol_row(painter: QPainter, box: QRectF, row: LegendRow, r: float) -> None:
    sample = row.sample
    is_point = sample.kind == "point" if sample is not None else "Point" in row.geometry
    if not is_point:  # drawn for dark imagery: white lines would be lost on paper
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(CHIP)
        painter.drawRoundedRect(QRectF(box.left() - r, box.top() + 2 * r, 26 * r, box.height() - 4 * r), 3 * r, 3 * r)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    if sample is not None:
        paint_site_symbol(painter, sample, box.left() + 12 * r, box.center().y(), r)
    elif row.look is not None:
        paint_sample(painter, row.look, row.geometry, box.left() + 12 * r, box.center().y(), r)
    text = f"{row.text} ({row.count})" if row.count > 1 else row.text
    _elided(painter, box.adjusted(31 * r, 0, 0, 0), text, font(11.5 * r), INK)


def _paragraph(painter: QPainter, box: QRectF, row: LegendRow, r: float) -> None:
    painter.setFont(_words_font(row, r))
    painter.setPen(QUIET if row.is_note else INK)
    painter.drawText(box.adjusted(0, 4 * r, 0, 0), _WRAPPED, row.text)


def _note(painter: QPainter, box: QRectF, text: str, r: float) -> None:
    _elided(painter, box, text, font(10.5 * r), QUIET)


def _words_font(row: LegendRow, r: float) -> QFont:
    return font(10.5 * r) if row.is_note else font(11.5 * r, bold=True)


def _elided(painter: QPainter, box: QRectF, text: str, face: QFont, color: QColor) -> None:
    painter.setFont(face)
    painter.setPen(color)
    shown = QFontMetricsF(face).elidedText(one_line(text, 1000), Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _LEFT, shown)


def _lines(painter: QPainter, room: QRect, lines: list[str], r: float) -> None:
    for number, text in enumerate(lines):
        top = room.top() + number * CREDIT_LINE * r
        _elided(painter, QRectF(room.left(), top, room.width(), CREDIT_LINE * r), text, font(CREDIT_PX * r), QUIET)


def _marking(painter: QPainter, room: QRect, text: str, r: float) -> None:
    color, ground = MARKING_COLORS.get(text, (INK.name(), PAPER.name()))
    painter.fillRect(room, QColor(ground))
    face = font(12 * r, bold=True)
    painter.setPen(QColor(color))
    painter.setFont(face)
    shown = QFontMetricsF(face).elidedText(one_line(text), Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(QRectF(room), Qt.AlignmentFlag.AlignCenter, shown)
