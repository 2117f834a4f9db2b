"""Paints the rows of the list of imagery: a title, and below it, smaller, where it is from; headings between them."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from viewer.panels.search.palette_rows import HEADING_ROLE, ICON_PX, MARGIN_PX, NOTE_ROLE
from viewer.panels.widgets.row_delegate import smaller

_GAP_PX = 9
_EDGE_PX = 4
"""Above the title, and below the note."""


class EntryDelegate(QStyledItemDelegate):
    """The painter. A title that is too long loses its middle: names of layers differ at their ends."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        height = option.fontMetrics.height() + QFontMetrics(smaller(option.font)).height() + 2 * _EDGE_PX
        return QSize(0, max(height, ICON_PX + 2 * _EDGE_PX))

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if index.data(HEADING_ROLE):
            self._paint_heading(painter, option, str(index.data()))
            return
        self.initStyleOption(option, index)
        title, note, icon = option.text, str(index.data(NOTE_ROLE) or ""), QIcon(option.icon)
        option.text, option.icon = "", QIcon()
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        room = option.rect.adjusted(MARGIN_PX, _EDGE_PX, -MARGIN_PX, -_EDGE_PX)
        place = QRect(room.left(), room.center().y() - ICON_PX // 2 + 1, ICON_PX, ICON_PX)
        icon.paint(painter, place, mode=QIcon.Mode.Selected if is_chosen else QIcon.Mode.Normal)
        room.setLeft(place.right() + _GAP_PX)
        roles = QPalette.ColorRole
        first, second = (roles.HighlightedText,) * 2 if is_chosen else (roles.Text, roles.PlaceholderText)
        above, below = QRect(room), QRect(room)
        if note:
            above.setHeight(option.fontMetrics.height())
            below.setTop(above.bottom() + 1)
        painter.save()
        self._paint_line(painter, above, title, option, first, option.font)
        self._paint_line(painter, below, note, option, second, smaller(option.font))
        painter.restore()

    def _paint_line(
        self,
        painter: QPainter,
        room: QRect,
        text: str,
        option: QStyleOptionViewItem,
        role: QPalette.ColorRole,
        font: QFont,
    ) -> None:
        painter.setFont(font)
        painter.setPen(option.palette.color(QPalette.ColorGroup.Active, role))
        cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, cut)

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, text: str) -> None:
        font = smaller(option.font)
        font.setBold(True)
        painter.save()
        painter.setFont(font)
        painter.setPen(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText))
        room = option.rect.adjusted(MARGIN_PX, 0, -MARGIN_PX, -_EDGE_PX)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)
        painter.restore()
