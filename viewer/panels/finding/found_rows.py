"""The rows of the list of what was found, and their painting: kind, title and words, with the searched ones marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, override

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPalette, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from layers.document.document import Document
from layers.document.edit import Table
from layers.finding.about_sites import sites_about
from layers.finding.case_index import FoundRow
from layers.finding.snippet import marks_in
from layers.finding.text_query import TextQuery, read_query
from viewer.panels.context import PanelContext
from viewer.panels.listed_marks import kind_of
from viewer.panels.widgets.row_delegate import paint_selection_bar, smaller, two_lines_px
from viewer.panels.words import kind_title, no_name, no_words, site_name
from viewer.support.icons import line_icon
from viewer.support.language.stored_words import capital
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language, translate

type Index = QModelIndex | QPersistentModelIndex

NOWHERE = QModelIndex()
KIND_ROLE, BELOW_ROLE, QUERY_ROLE = (Qt.ItemDataRole.UserRole + number for number in range(3))
ICON_PX, MARGIN_PX, GAP_PX = 18, 8, 8
LONGEST_TITLE, LONGEST_BELOW = 160, 200
ALIKE = 40
"""First letters by which words are told from a title that begins with them."""
BEFORE_MARK = 14
"""Letters that stay before the first marked word where a line is too narrow for all that comes before it."""
MARK_ALPHA = 90
"""Opacity, of 255, of the ground of a marked word."""
ABOUT = 2
"""Sites that a row is said to be about, where there are no other words to show."""
_ICONS: dict[str, str] = {
    "sites": "sites",
    "claims": "claims",
    "sources": "sources",
    "source_files": "sources",
    "responses": "responses",
    "observations": "eye",
    "searches": "search_area",
    "chips": "chip",
    "products": "export",
    "meta": "info",
}


class FoundRows(QAbstractListModel):
    """The list. The texts of a row are made when it is painted."""

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._query = TextQuery()
        self._icons: dict[str, QIcon] = {}
        self.rows: tuple[FoundRow, ...] = ()

    def show_rows(self, rows: Sequence[FoundRow], typed: str) -> None:
        """Show other rows, in which the words of a typed text are marked."""
        self.beginResetModel()
        self.rows, self._query = tuple(rows), read_query(typed)
        self.endResetModel()

    def recolor(self) -> None:
        """Draw the icons in other colours."""
        self._icons.clear()

    def row_of(self, table: Table, uuid: str) -> int:
        """The place of a row in the list; -1 where it is not there."""
        places = (at for at, row in enumerate(self.rows) if row.uuid == uuid and row.table == table)
        return next(places, -1)

    @override
    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        row, document = self.rows[index.row()], self._context.document
        if role == Qt.ItemDataRole.DisplayRole:
            return _title(row, document)
        if role == KIND_ROLE:
            return _kind(row, document)
        if role == BELOW_ROLE:
            return _below(row, document)
        if role == QUERY_ROLE:
            return self._query
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(_ICONS.get(row.table, "text"))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            parts = _kind(row, document), _title(row, document), _below(row, document)
            is_tip = role == Qt.ItemDataRole.ToolTipRole
            return tooltip("\n".join(filter(None, parts))) if is_tip else ", ".join(filter(None, parts))
        return None

    def _icon(self, name: str) -> QIcon:
        if name not in self._icons:
            self._icons[name] = line_icon(name, QPalette())
        return self._icons[name]


def _kind(row: FoundRow, document: Document) -> str:
    """The word for the kind of a row that was found, which may be deleted."""
    kind = kind_word(document, row.table, row.uuid)
    is_gone = row.is_gone and row.uuid not in document.table(row.table)
    return translate("Find", "{0} (deleted)").format(kind) if is_gone else kind


def kind_word(document: Document, table: Table, uuid: str) -> str:
    """The word for the kind of a row."""
    site = document.sites.get(uuid) if table == "sites" else None
    if site is not None and not site.is_site:
        return capital(kind_of(site))
    words = {
        "sites": translate("Find", "Site"),
        "claims": translate("Find", "Claim"),
        "sources": translate("Find", "Source"),
        "source_files": translate("Find", "Kept copy"),
        "responses": translate("Find", "Response"),
        "claim_sources": translate("Find", "Citation"),
        "claim_evidence": translate("Find", "Evidence"),
        "comments": translate("Find", "Comment"),
        "observations": translate("Find", "Observation"),
        "searches": translate("Find", "Search"),
        "chips": translate("Find", "Image chip"),
        "products": translate("Find", "Product"),
        "meta": translate("Find", "The case"),
    }
    return words.get(table, table)


def _title(row: FoundRow, document: Document) -> str:
    site = document.sites.get(row.uuid) if row.table == "sites" else None
    if site is not None:
        return site_name(site, document)
    title = one_line(row.title, LONGEST_TITLE)
    return title or (no_words() if row.table == "claims" else no_name())


def _below(row: FoundRow, document: Document) -> str:
    """The second line: the words that were found, or, where the title has them already, what the row is about."""
    words = one_line(row.snippet, LONGEST_BELOW)
    if row.page or (words and words[:ALIKE] != one_line(row.title, LONGEST_TITLE)[:ALIKE].rstrip("…")):
        return one_line(in_language(row.words), LONGEST_BELOW)
    site = document.sites.get(row.uuid) if row.table == "sites" else None
    if site is not None:
        return " · ".join(filter(None, (kind_title(site, document), one_line(site.location_country, 40))))
    sites = [document.sites[uuid] for uuid in sites_about(document, row.table, row.uuid)[: ABOUT + 1]]
    names = ", ".join(one_line(site_name(site, document), 60) for site in sites[:ABOUT])
    return names + ("…" if len(sites) > ABOUT else "")


class FoundDelegate(QStyledItemDelegate):
    """Paints a row on two lines: its title with its kind at the right, and below it the words."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, two_lines_px(option.fontMetrics) + 2)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        title, icon = option.text, QIcon(index.data(Qt.ItemDataRole.DecorationRole) or QIcon())
        option.text, option.icon = "", QIcon()
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        ink = palette.color(QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text)
        quiet = ink if is_chosen else palette.color(QPalette.ColorRole.PlaceholderText)
        tint = QColor(palette.color(QPalette.ColorRole.Accent))
        tint.setAlpha(MARK_ALPHA)
        room = option.rect.adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)
        mode = QIcon.Mode.Selected if is_chosen else QIcon.Mode.Normal
        line_px, top = option.fontMetrics.lineSpacing(), room.center().y() - option.fontMetrics.lineSpacing()
        icon.paint(painter, QRect(room.left(), top + (line_px - ICON_PX) // 2, ICON_PX, ICON_PX), mode=mode)
        room.setLeft(room.left() + ICON_PX + GAP_PX)
        query = index.data(QUERY_ROLE)
        painter.save()
        kind, small = str(index.data(KIND_ROLE)), smaller(option.font)
        kind_px = QFontMetrics(small).horizontalAdvance(kind) + 1
        painter.setFont(small)
        painter.setPen(quiet)
        painter.drawText(
            QRect(room.right() - kind_px, top, kind_px + 1, line_px),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            kind,
        )
        whole_px, title_px = room.width(), room.width() - kind_px - GAP_PX
        _draw_marked(painter, QPointF(room.left(), top), title, query, option.font, title_px, ink, tint)
        below = str(index.data(BELOW_ROLE))
        _draw_marked(painter, QPointF(room.left(), top + line_px), below, query, option.font, whole_px, quiet, tint)
        painter.restore()
        paint_selection_bar(painter, option)


def _draw_marked(
    painter: QPainter,
    at: QPointF,
    text: str,
    query: TextQuery,
    font: QFont,
    width_px: int,
    ink: QColor,
    tint: QColor,
) -> None:
    """Draw a line of text with its marked words on a tinted ground, cut where it is too long."""
    metrics = QFontMetrics(font)
    text = _from_mark(text, query, metrics, width_px)
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(width_px, 0))
    if not cut:
        return
    formats = []
    for begin, end in marks_in(cut, query):
        marked = QTextLayout.FormatRange()
        marked.start, marked.length, marked.format = begin, end - begin, QTextCharFormat()
        marked.format.setBackground(tint)
        marked.format.setForeground(ink)
        formats.append(marked)
    layout = QTextLayout(cut, font)
    layout.setFormats(formats)
    layout.beginLayout()
    layout.createLine().setLineWidth(2 * width_px + 100)
    layout.endLayout()
    painter.setPen(ink)
    layout.draw(painter, at)


def _from_mark(text: str, query: TextQuery, metrics: QFontMetrics, width_px: int) -> str:
    """The text, or its part from before its first marked word on where that would be cut off."""
    marks = marks_in(text, query)
    if not marks or metrics.horizontalAdvance(text[: marks[0][1]] + "…") <= width_px:
        return text
    begin = max(0, marks[0][0] - BEFORE_MARK)
    space = text.find(" ", begin, marks[0][0])
    return "…" + text[space + 1 if space >= 0 else marks[0][0] :]
