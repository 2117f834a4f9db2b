"""Paints the cells of the sheet: a sign on a tint for a row, a ring for a gap, hatching without cover."""

from __future__ import annotations

from typing import NamedTuple, override

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from layers.document.observation import Observation
from layers.observing.observation_rows import written_count
from layers.observing.sheet import Cover, SheetCell
from viewer.panels.observations.cell_chips import CellChips
from viewer.panels.observations.cell_words import SIGNS
from viewer.panels.observations.sheet_desk import SheetDesk, SheetPlace
from viewer.support.language.text import one_line

CELL_WIDTH_PX, CELL_HEIGHT_PX = 104, 34
EDGE_PX, SIGN_PX = 4, 16
RING_PX = 5.0
TINTS = {"present": "#2f9e5b", "absent": "#c0603a", "cannot tell": "#8a8f98"}
TINT_ALPHA = 60


class _Fonts(NamedTuple):
    """The fonts of a cell, made once: each cell asks for their metrics several times."""

    plain: QFont
    bold: QFont
    metrics: QFontMetrics

    @classmethod
    def of(cls, painter: QPainter) -> _Fonts:
        plain, bold = QFont(painter.font()), QFont(painter.font())
        bold.setBold(True)
        return cls(plain, bold, painter.fontMetrics())


class CellDelegate(QStyledItemDelegate):
    """Paints in plain strokes, as hundreds of cells are in sight at once."""

    def __init__(self, desk: SheetDesk, chips: CellChips) -> None:
        super().__init__(chips)
        self._desk, self._chips = desk, chips
        self._fonts: _Fonts | None = None

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(CELL_WIDTH_PX, CELL_HEIGHT_PX)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        area, palette, at = QRect(option.rect), QPalette(option.palette), SheetPlace(index.row(), index.column())
        cell = self._desk.cell(at)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._fonts is None or self._fonts.plain != painter.font():
            self._fonts = _Fonts.of(painter)
        if cell.own is None:
            _paint_empty(painter, palette, area, cell)
        else:
            painter.fillRect(area, _tint(cell.own.presence))
        picture = self._chips.picture(at)
        left = area.left() + EDGE_PX
        if picture is not None:
            side = area.height() - 4
            painter.drawPixmap(QRect(area.left() + 2, area.top() + 2, side, side), picture)
            left += side
        room = QRect(left, area.top(), area.right() - EDGE_PX - left, area.height())
        if cell.own is not None:
            _paint_row(painter, palette, room, cell.own, self._fonts)
        if cell.others:
            _paint_others(painter, palette, area, cell.others, self._fonts.metrics)
        if cell.besides:
            _paint_besides(painter, palette, area)
        if bool(option.state & QStyle.StateFlag.State_HasFocus) or bool(option.state & QStyle.StateFlag.State_Selected):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2))
            painter.drawRect(area.adjusted(1, 1, -2, -2))
        painter.restore()


def _tint(presence: str) -> QColor:
    color = QColor(TINTS.get(presence, "#808080"))
    color.setAlpha(TINT_ALPHA)
    return color


def _faint(palette: QPalette, alpha: int) -> QColor:
    color = palette.color(QPalette.ColorRole.Text)
    color.setAlpha(alpha)
    return color


def _paint_empty(painter: QPainter, palette: QPalette, area: QRect, cell: SheetCell) -> None:
    """Paint a ring for a gap, hatching where the image does not cover the site, and a dot where that is not known."""
    middle = QPointF(QRectF(area).center())
    if cell.cover is Cover.NOT_COVERED:
        painter.fillRect(area, QBrush(_faint(palette, 50), Qt.BrushStyle.BDiagPattern))
    elif cell.cover is Cover.COVERED:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(_faint(palette, 150), 1.4))
        painter.drawEllipse(middle, RING_PX, RING_PX)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_faint(palette, 110))
        painter.drawEllipse(middle, 1.6, 1.6)


def _paint_row(painter: QPainter, palette: QPalette, room: QRect, row: Observation, fonts: _Fonts) -> None:
    """Paint the sign and the count of a row in its first line, and its words in the second one."""
    ink, middle = palette.color(QPalette.ColorRole.Text), Qt.AlignmentFlag.AlignVCenter
    half = room.height() // 2 if row.words else room.height()
    painter.setPen(ink)
    painter.setFont(fonts.bold)
    painter.drawText(QRect(room.left(), room.top(), SIGN_PX, half), middle, SIGNS.get(row.presence, "·"))
    painter.setFont(fonts.plain)
    count, change = written_count(row.count_low, row.count_high), {"changed": "Δ", "none seen": "="}.get(row.change, "")
    notes = " ".join(filter(None, (count, change)))
    beside = QRect(room.left() + SIGN_PX, room.top(), room.width() - SIGN_PX, half)
    if notes:
        painter.drawText(beside, middle, fonts.metrics.elidedText(notes, Qt.TextElideMode.ElideRight, beside.width()))
    if row.words:
        painter.setPen(_faint(palette, 200))
        below = QRect(room.left(), room.top() + half - 2, room.width(), room.height() - half)
        words = fonts.metrics.elidedText(one_line(row.words, 80), Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, middle, words)


def _paint_besides(painter: QPainter, palette: QPalette, area: QRect) -> None:
    """Paint three dots in the lower corner: there are rows about another thing that is looked for."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_faint(palette, 150))
    for number in range(3):
        painter.drawEllipse(QPointF(area.right() - EDGE_PX - 4 * number, area.bottom() - EDGE_PX), 1.2, 1.2)


def _paint_others(
    painter: QPainter, palette: QPalette, area: QRect, others: tuple[Observation, ...], metrics: QFontMetrics
) -> None:
    """Paint the signs of other observers in the corner, in a frame, so that they are not taken for the own one."""
    signs = " ".join(SIGNS.get(row.presence, "·") for row in others[:3])
    wide = metrics.horizontalAdvance(signs) + 8
    high = min(metrics.height(), area.height() - 4)
    box = QRect(area.right() - wide - 2, area.top() + 2, wide, high)
    painter.setPen(QPen(_faint(palette, 120), 1.0, Qt.PenStyle.DashLine))
    painter.setBrush(palette.color(QPalette.ColorRole.Base))
    painter.drawRect(box)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, signs)
