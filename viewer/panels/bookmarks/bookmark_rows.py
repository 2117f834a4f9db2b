"""The rows of the list of bookmarks: a small picture, the name, and what it shows."""

from __future__ import annotations

from typing import Any, override

from PySide6.QtCore import QByteArray, QMimeData, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from layers.document.bookmark_state import state_of
from layers.document.rows import Bookmark
from viewer.panels.bookmarks.bookmark_desk import BookmarkDesk
from viewer.panels.named_lists.named_rows import Index, NameDelegate, NamedRows
from viewer.panels.widgets.row_delegate import paint_selection_bar
from viewer.support.icons import line_icon
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import translate

MIME_TYPE = "application/x-geoloupe-bookmark"
WIDE_PX, HIGH_PX, GAP_PX = 72, 45, 6
FACTS_ROLE = Qt.ItemDataRole.UserRole + 1


class BookmarkRows(NamedRows[Bookmark]):
    """The bookmarks in the order of the tour. A dropped row is reported, and not moved here."""

    dropped = Signal(str, int)
    """Emitted with the uuid of a bookmark and its new position in the tour."""

    def __init__(self, desk: BookmarkDesk) -> None:
        super().__init__(lambda: desk.tour)
        self._desk = desk
        self._facts: dict[str, str] = {}

    @override
    def taken(self) -> None:
        layers = self._desk.context.document.layers
        self._facts = {}
        for row in self.rows:
            shown = [layer for layer in state_of(row.state_json).layers if layer.visible]
            lost = sum(layer.uuid not in layers for layer in shown)
            days = sorted({layer.time for layer in shown if layer.time})
            facts = [
                translate("BookmarkRows", "{count} layers", "{count} layer", len(shown)) if shown else "",
                one_line(", ".join(days[:2]), 40),
            ]
            facts.append(self.tr("{0} gone").format(lost) if lost else "")
            self._facts[row.uuid] = " · ".join(fact for fact in facts if fact)

    def show_picture(self, uuid: str) -> None:
        """Update the picture of a row."""
        at = self.row_of(uuid)
        if at >= 0:
            self.dataChanged.emit(self.index(at), self.index(at))

    @override
    def facts_of(self, row: Bookmark) -> str:
        return self._facts[row.uuid]

    @override
    def shown(self, at: int, row: Bookmark, role: int) -> Any:
        name, facts = self.name_of(row), self.facts_of(row)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{at + 1}. {name}"
            case Qt.ItemDataRole.DecorationRole:
                return self._desk.thumbnails.picture(row)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(f"{name}\n{facts}" if facts else name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{at + 1}. {name}, {facts}" if facts else f"{at + 1}. {name}"
        return facts if role == FACTS_ROLE else None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled  # between two rows, never onto one
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    # -- dragging -----------------------------------------------------------------------------------------------

    @override
    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    @override
    def mimeTypes(self) -> list[str]:
        return [MIME_TYPE]

    @override
    def mimeData(self, indexes: Any) -> QMimeData:
        data = QMimeData()
        if indexes:
            data.setData(MIME_TYPE, QByteArray(self.uuid_at(indexes[0].row()).encode("utf-8", "surrogatepass")))
        return data

    @override
    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        uuid = bytes(data.data(MIME_TYPE).data()).decode("utf-8", "surrogatepass")
        at = self.row_of(uuid)
        if at >= 0:
            before = len(self.rows) if row < 0 else row
            self.dropped.emit(uuid, before - 1 if before > at else before)
        return False  # the edit moves the row, not the view


class BookmarkDelegate(NameDelegate):
    """Paints a picture at the left, and two lines beside it."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDE_PX + 2 * GAP_PX, max(HIGH_PX, 2 * option.fontMetrics.lineSpacing()) + GAP_PX)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        style, rect = option.widget.style(), option.rect
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        loud = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
        quiet = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.PlaceholderText
        place = QRect(rect.left() + GAP_PX, rect.center().y() - HIGH_PX // 2, WIDE_PX, HIGH_PX)
        painter.save()
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, picture)
        else:  # one of another program: its picture is taken when somebody goes there
            icon = line_icon("bookmarks", option.palette)
            icon.paint(painter, place.adjusted(0, HIGH_PX // 4, 0, -HIGH_PX // 4), mode=QIcon.Mode.Disabled)
        painter.setPen(option.palette.color(QPalette.ColorRole.Mid))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        text = _beside(rect)
        metrics, line_px = option.fontMetrics, option.fontMetrics.lineSpacing()
        facts = str(index.data(FACTS_ROLE) or "")
        top = text.center().y() - (line_px if facts else line_px // 2)
        elide = Qt.TextElideMode.ElideRight
        painter.setFont(option.font)
        painter.setPen(option.palette.color(loud))
        painter.drawText(text.left(), top + metrics.ascent(), metrics.elidedText(option.text, elide, text.width()))
        painter.setPen(option.palette.color(quiet))
        painter.drawText(text.left(), top + line_px + metrics.ascent(), metrics.elidedText(facts, elide, text.width()))
        painter.restore()
        paint_selection_bar(painter, option)

    @override
    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Place the editor over the name, above the facts where there are any."""
        text = _beside(option.rect)
        high = editor.sizeHint().height()
        top = text.center().y() - (high if index.data(FACTS_ROLE) else high // 2)
        editor.setGeometry(text.left() - 2, max(option.rect.top(), top), text.width() + 2, high)


def _beside(rect: QRect) -> QRect:
    return rect.adjusted(WIDE_PX + 2 * GAP_PX, 0, -GAP_PX, 0)
