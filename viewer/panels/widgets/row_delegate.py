"""Paints the rows of a list: a bar at the left of a selected row, and optionally text on two lines with a chip."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from viewer.panels.widgets.row_table import CHIP_ROLE

type Index = QModelIndex | QPersistentModelIndex

BAR_PX = 3
MARGIN_PX = 7
CHIP_PADDING_PX = 6
SMALLER_PX = 2
LEAST_LETTERS = 4
"""Letters for which the second line of a row needs room beside a chip; else the first line ends in an ellipsis."""


def paint_selection_bar(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Paint the bar at the left of a selected row, in the accent of the theme."""
    if option.state & QStyle.StateFlag.State_Selected:
        bar = QRect(option.rect.left(), option.rect.top(), BAR_PX, option.rect.height())
        painter.fillRect(bar, option.palette.color(QPalette.ColorRole.Accent))


class RowDelegate(QStyledItemDelegate):
    """Paints the first column of a list."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.data(CHIP_ROLE) is None:
            element, whole = QStyle.PrimitiveElement.PE_PanelItemViewItem, QRect(option.rect)
            option.widget.style().drawPrimitive(element, option, painter, option.widget)
            option.rect = whole.adjusted(BAR_PX, 0, 0, 0)
            super().paint(painter, option, index)
            option.rect = whole
        else:
            self._paint_two_lines(painter, option, index)
        paint_selection_bar(painter, option)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return size if index.data(CHIP_ROLE) is None else QSize(size.width(), two_lines_px(option.fontMetrics))

    def _paint_two_lines(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        text, chip = option.text, str(index.data(CHIP_ROLE))
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
        metrics, small = option.fontMetrics, smaller(option.font)
        room = option.rect.adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)
        line_px = metrics.lineSpacing()
        top = room.center().y() - line_px + 1
        chip_px = QFontMetrics(small).horizontalAdvance(chip) + 2 * CHIP_PADDING_PX if chip else 0
        if chip_px > room.width():
            chip_px = room.width()
            chip = QFontMetrics(small).elidedText(chip, Qt.TextElideMode.ElideRight, chip_px - 2 * CHIP_PADDING_PX)
        left_px = room.width() - (chip_px + MARGIN_PX if chip else 0)
        first, rest = _first_line(text, option.font, room.width())
        if rest and left_px < metrics.averageCharWidth() * LEAST_LETTERS:  # the chip takes the second line
            first, rest = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width()), ""
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.color(role))
        painter.drawText(room.left(), top + metrics.ascent(), first)
        below = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, left_px)
        painter.drawText(room.left(), top + line_px + metrics.ascent(), below)
        if chip:
            frame = QRectF(room.right() - chip_px + 0.5, top + line_px + 0.5, chip_px, line_px - 1)
            paint_chip(painter, frame, chip, small, option.palette, is_chosen=is_chosen)
        painter.restore()


def paint_chip(painter: QPainter, frame: QRectF, text: str, font: QFont, palette: QPalette, *, is_chosen: bool) -> None:
    """Paint a word in a rounded frame."""
    quiet = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.PlaceholderText
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(palette.color(quiet))
    painter.setFont(font)
    painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text)


def two_lines_px(metrics: QFontMetrics) -> int:
    """The height of a row of two lines."""
    return 2 * metrics.lineSpacing() + 10


def smaller(font: QFont) -> QFont:
    """The font of chips beside text in `font`."""
    small = QFont(font)
    small.setPixelSize(max(9, QFontMetrics(font).ascent() - SMALLER_PX))
    return small


def _first_line(text: str, font: QFont, width_px: int) -> tuple[str, str]:
    """The part of a text that fits on a line, at the end of a word where possible, and the rest."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(max(width_px, 1))
    length = line.textLength()
    layout.endLayout()
    return text[:length].rstrip(), text[length:].lstrip()
