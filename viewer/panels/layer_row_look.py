"""A row of the layer tree with the date of its image at the right, small and quiet."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from viewer.panels.layer_rows import DATE_ROLE

GAP_PX = 6
SMALLER_PX = 2
LEAST_NAME_PX = 70


class LayerRowLook(QStyledItemDelegate):
    """The date yields where the name would have no room; the tooltip says it whole."""

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        date = str(index.data(DATE_ROLE) or "")
        font = QFont(option.font)
        font.setPixelSize(max(9, QFontMetrics(option.font).ascent() - SMALLER_PX))
        metrics = QFontMetrics(font)
        width = metrics.horizontalAdvance(date)
        room = option.rect.width() - width - 2 * GAP_PX
        if not date or room < LEAST_NAME_PX + option.rect.height() * 2:
            super().paint(painter, option, index)
            return
        whole = QRect(option.rect)
        self._paint_ground(painter, option)
        narrow = QStyleOptionViewItem(option)
        narrow.rect = QRect(whole.left(), whole.top(), room, whole.height())
        super().paint(painter, narrow, index)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.PlaceholderText
        painter.save()
        painter.setFont(font)
        painter.setPen(option.palette.color(role))
        place = QRect(whole.right() - width - GAP_PX, whole.top(), width, whole.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, date)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """The row's own ground over all of it; the name is then painted over a part."""
        widget = option.widget
        widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
