"""Paints a row of the layer tree, with the state of the layer and the date of its image at the right."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from viewer.panels.layers.layer_rows import ALERT, BADGE_ROLE, CLASSES_ROLE, DATE_LINKS_ROLE, DATE_ROLE, SIGN_ROLE
from viewer.panels.widgets.row_delegate import paint_selection_bar, smaller
from viewer.rendering.vector.symbol_sample import HEIGHT_PX, WIDTH_PX
from viewer.support.language.text import LEAST_HEAD

type Index = QModelIndex | QPersistentModelIndex

GAP_PX = 6
LEAST_NAME_PX, LONGEST_NAME_PX = 70, 96
"""Least room for a name, and for a longer one, which says little in that, in logical pixels."""
YIELDED_PX = 26
"""Pixels of these that give way where a badge and a date would not stand beside a name otherwise."""
LONGEST_ALONE_PX = 90
"""Longest badge, in logical pixels, that a name makes way for altogether: of a longer one the sign stands there."""
TEXT_MARGIN_PX = 3
"""Room that Qt's style leaves free at each side of the name, in logical pixels."""
_PADDING_PX = {BADGE_ROLE: 3 * GAP_PX, DATE_ROLE: 2 * GAP_PX}
LINES_INDENT_PX = 26
"""Indent of the lines of classes in logical pixels, as far as the layer's icon."""


class LayerRowDelegate(QStyledItemDelegate):
    """Paints a row. The date, then the badge, are left out where the name lacks room; the tooltip has both."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        lines = len(index.data(CLASSES_ROLE) or ())
        return size if not lines else QSize(size.width(), size.height() + lines * _line_px(option) + GAP_PX // 2)

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Shorten a name that lacks room so that its last word stays, which is often a date or a version."""
        super().initStyleOption(option, index)
        if option.rect.width() > 0 and option.widget is not None:
            style, element = option.widget.style(), QStyle.SubElement.SE_ItemViewItemText
            room = style.subElementRect(element, option, option.widget).width() - 2 * TEXT_MARGIN_PX
            option.text = with_last_word(option.text, option.fontMetrics, room)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self._paint_row(painter, option, index)
        paint_selection_bar(painter, option)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        lines = index.data(CLASSES_ROLE) or []
        if not lines:
            self._paint_name(painter, option, index)
            return
        self._paint_ground(painter, option)
        head = self._head(option, index)
        self._paint_name(painter, head, index)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
        painter.save()
        painter.setPen(option.palette.color(role))
        painter.setFont(smaller(option.font))
        metrics, height = QFontMetrics(painter.font()), _line_px(option)
        left, top = head.rect.left() + LINES_INDENT_PX, head.rect.bottom() + 1
        for number, (icon, text) in enumerate(lines):
            row = QRect(left, top + number * height, option.rect.right() - left, height)
            if icon is not None:
                icon.paint(painter, QRect(row.left(), row.top(), WIDTH_PX, height))
            words = row.adjusted(WIDTH_PX + GAP_PX, 0, -GAP_PX, 0)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()

    @override
    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Handle clicks on the check box beside the name."""
        return super().editorEvent(event, model, self._head(option, index), index)

    @override
    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        super().updateEditorGeometry(editor, self._head(option, index), index)

    def _head(self, option: QStyleOptionViewItem, index: Index) -> QStyleOptionViewItem:
        """The part of the row with the name."""
        head = QStyleOptionViewItem(option)
        lines = len(index.data(CLASSES_ROLE) or ())
        if lines:
            head.rect = option.rect.adjusted(0, 0, 0, -(lines * _line_px(option) + GAP_PX // 2))
        return head

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        font = smaller(option.font)
        metrics = QFontMetrics(font)
        places = self.beside(option, index)
        if not places:
            super().paint(painter, option, index)
            return
        whole = QRect(option.rect)
        self._paint_ground(painter, option)
        narrow = QStyleOptionViewItem(option)
        narrow.rect = whole.adjusted(0, 0, -sum(place.width() for _, place in places.values()), 0)
        self.initStyleOption(narrow, index)
        if DATE_ROLE in places:  # it stands beside the name
            narrow.text = str(index.data()).removesuffix(f", {places[DATE_ROLE][0]}")
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, narrow, painter, option.widget)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        quiet = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.PlaceholderText
        clear = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
        painter.save()
        painter.setFont(font)
        for role, (text, place) in places.items():
            painter.setPen(option.palette.color(clear if role == BADGE_ROLE else quiet))
            inner = place.adjusted(0, 0, -GAP_PX, 0)
            if role == BADGE_ROLE:
                frame = QRectF(inner.left(), place.center().y() - metrics.height() / 2, inner.width(), metrics.height())
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, 0.5), 4, 4)
                painter.drawText(frame.translated(0, 0.5), Qt.AlignmentFlag.AlignCenter, text)
            else:
                painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        painter.restore()

    def beside(self, option: QStyleOptionViewItem, index: Index) -> dict[int, tuple[str, QRect]]:
        """The badge and the date that stand at the right of a name, by their roles, with their places."""
        metrics = QFontMetrics(smaller(option.font))
        badge, date = str(index.data(BADGE_ROLE) or ""), str(index.data(DATE_ROLE) or "")
        name = str(index.data() or "").removesuffix(f", {date}")
        name_px = option.fontMetrics.horizontalAdvance(name) + 2 * TEXT_MARGIN_PX
        least_px = min(max(name_px, LEAST_NAME_PX), LONGEST_NAME_PX)
        room = option.rect.width() - least_px - option.rect.height() * 2
        texts = texts_beside(badge, date, metrics, room, str(index.data(SIGN_ROLE) or ALERT))
        widths = {role: metrics.horizontalAdvance(text) + _PADDING_PX[role] for role, text in texts.items()}
        left, beside = option.rect.right() + 1 - sum(widths.values()), {}
        for role, width in widths.items():
            beside[role] = texts[role], QRect(left, option.rect.top(), width, option.rect.height())
            left += width
        return beside

    def is_on_date(self, option: QStyleOptionViewItem, index: Index, at: QPoint) -> bool:
        """True at a place of a row's date, or of a badge that tells of its date, which a click may change."""
        links = index.data(DATE_LINKS_ROLE) or ()
        places = self.beside(self._head(option, index), index) if links else {}
        return any(role in links and place.contains(at) for role, (_, place) in places.items())

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Paint the row's own ground over its whole width; the name is then painted over a part."""
        widget = option.widget
        widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)


def texts_beside(badge: str, date: str, metrics: QFontMetrics, room: int, sign: str = ALERT) -> dict[int, str]:
    """The forms of a badge and of a date that stand beside a name in so many pixels, by their roles.

    A badge is always there, at the cost of the name: it says what a map does not show. Its longer forms say little
    more, and leave room for the date; in a narrow list its `sign` does, and the name gives way a little: the tooltip
    has the words.
    """

    def width(text: str, role: int) -> int:
        return metrics.horizontalAdvance(text) + _PADDING_PX[role]

    def alone(badge: str) -> str:
        return sign if badge and width(badge, BADGE_ROLE) > max(room, LONGEST_ALONE_PX) else badge

    def texts(badge: str, date: str) -> dict[int, str]:
        return {role: text for role, text in ((BADGE_ROLE, badge), (DATE_ROLE, date)) if text}

    badges, dates = _ever_shorter(badge, is_badge=True), _ever_shorter(date, is_badge=False)
    if not badges or not dates:
        role = BADGE_ROLE if badges else DATE_ROLE
        last = alone(min(badges, key=metrics.horizontalAdvance, default=""))
        shown = next((text for text in badges or dates if width(text, role) <= room), last)
        return texts(shown, "") if badges else texts("", shown)
    shortest = min(badges, key=metrics.horizontalAdvance)
    pairs = [(text, dates[-1], 0) for text in badges] + [(text, dates[-1], YIELDED_PX) for text in (shortest, sign)]
    if width(shortest, BADGE_ROLE) + width(dates[0], DATE_ROLE) <= room:
        pairs = [(text, dates[0], 0) for text in badges]
    fitting = (pair for pair in pairs if width(pair[0], BADGE_ROLE) + width(pair[1], DATE_ROLE) <= room + pair[2])
    return texts(*next(fitting, (alone(shortest), "", 0))[:2])


def with_last_word(text: str, metrics: QFontMetrics, room: int) -> str:
    """A text, shortened to so many pixels before its last word; in its middle where that word alone lacks room."""
    if metrics.horizontalAdvance(text) <= room:
        return text
    head, space, tail = text.rpartition(" ")
    left = room - metrics.horizontalAdvance(space + tail)
    if not space or left < metrics.horizontalAdvance(text[:LEAST_HEAD] + "…"):
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
    return metrics.elidedText(head.rstrip(","), Qt.TextElideMode.ElideRight, left) + space + tail


def _line_px(option: QStyleOptionViewItem) -> int:
    return max(HEIGHT_PX, QFontMetrics(smaller(option.font)).height() + 2)


def _ever_shorter(text: str, is_badge: bool) -> list[str]:
    """Ever shorter forms of a date or badge: a date with its kind, then without; a badge with its word, then alone."""
    first, comma, last = text.partition(",")
    forms = (text, first, last.strip()) if is_badge and comma else (text, first.replace(" – ", "–"))
    return list(dict.fromkeys(forms)) if text else []
