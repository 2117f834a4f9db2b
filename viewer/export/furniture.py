"""What surrounds the map on a product: title, legend, scale bar, north arrow, credits, markings."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from layers.grid.tile_grid import View
from viewer.canvas.overlays import paint_north_arrow, paint_scale_bar
from viewer.canvas.site_symbol import paint_site_symbol
from viewer.export.layout import Layout, Regions
from viewer.export.legend import LegendRow
from viewer.support.fonts import font

INK, QUIET, PAPER, LINE = QColor("#16202a"), QColor("#51606e"), QColor("#ffffff"), QColor("#9aa7b2")
MARKING_COLORS = {
    "TLP:RED": ("#FF2B2B", "#000000"),
    "TLP:AMBER": ("#FFC000", "#000000"),
    "TLP:AMBER+STRICT": ("#FFC000", "#000000"),
    "TLP:GREEN": ("#33FF00", "#000000"),
    "TLP:CLEAR": ("#FFFFFF", "#000000"),
}
"""TLP 2.0: text colour on its ground. Other markings are printed in ink on paper."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


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


def wrapped_lines(texts: list[str], width: float, ratio: float) -> list[str]:
    """Break credit lines at spaces so that each fits `width` pixels."""
    metrics = QFontMetricsF(font(10.5 * ratio))
    out: list[str] = []
    for text in texts:
        line = ""
        for word in text.split():
            longer = f"{line} {word}" if line else word
            if line and metrics.horizontalAdvance(longer) > width:
                out.append(line)
                longer = word
            line = longer
        out.append(line)
    return [line for line in out if line]


def _header(painter: QPainter, layout: Layout, room: QRect) -> None:
    r, top = layout.ratio, float(room.top())
    painter.setPen(INK)
    for text, size, height, bold in ((layout.title, 20, 30, True), (layout.subtitle, 13, 20, False)):
        if text:
            face = font(size * r, bold=bold)
            painter.setFont(face)
            shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(QRectF(room.left(), top, room.width(), height * r), _LEFT, shown)
            top += round(height * r)
            painter.setPen(QUIET)


def _corner(painter: QPainter, frame: QRect, view: View) -> None:
    r = view.ratio
    painter.save()
    painter.setClipRect(frame)
    bar = QRectF(frame.left() + 12 * r, frame.bottom() - 44 * r, min(220 * r, frame.width() / 2), 34 * r)
    paint_scale_bar(painter, bar, view)
    paint_north_arrow(painter, QRectF(frame.right() - 50 * r, frame.top() + 10 * r, 40 * r, 48 * r), view)
    painter.restore()


def _legend(painter: QPainter, room: QRect, rows: list[LegendRow], r: float) -> None:
    y, line = float(room.top()), 21 * r
    painter.setPen(INK)
    painter.setFont(font(13 * r, bold=True))
    painter.drawText(QRectF(room.left(), y, room.width(), line), _LEFT, QCoreApplication.translate("Export", "Legend"))
    y += line + 2 * r
    for row in rows:
        if row.sample is None:
            y += 4 * r
            y += _paragraph(painter, QRectF(room.left(), y, room.width(), room.bottom() - y), row, r) + 3 * r
            continue
        if y + line > room.bottom():
            break
        paint_site_symbol(painter, row.sample, room.left() + 12 * r, y + line / 2, r)
        painter.setPen(INK)
        painter.setFont(font(11.5 * r))
        text = QRectF(room.left() + 30 * r, y, room.width() - 30 * r, line)
        painter.drawText(text, _LEFT, f"{row.text} ({row.count})" if row.count > 1 else row.text)
        y += line


def _paragraph(painter: QPainter, room: QRectF, row: LegendRow, r: float) -> float:
    is_note = row.text.startswith("Hollow")
    painter.setFont(font(10.5 * r if is_note else 11.5 * r, bold=not is_note))
    painter.setPen(QUIET if is_note else INK)
    flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft)
    box = painter.boundingRect(room, flags, row.text)
    if box.bottom() <= room.bottom():
        painter.drawText(room, flags, row.text)
    return float(box.height())


def _lines(painter: QPainter, room: QRect, lines: list[str], r: float) -> None:
    painter.setFont(font(10.5 * r))
    painter.setPen(QUIET)
    for number, text in enumerate(lines):
        painter.drawText(QRectF(room.left(), room.top() + number * 16 * r, room.width(), 16 * r), _LEFT, text)


def _marking(painter: QPainter, room: QRect, text: str, r: float) -> None:
    color, ground = MARKING_COLORS.get(text, (INK.name(), PAPER.name()))
    painter.fillRect(room, QColor(ground))
    painter.setPen(QColor(color))
    painter.setFont(font(12 * r, bold=True))
    painter.drawText(QRectF(room), Qt.AlignmentFlag.AlignCenter, text)
