"""The panel Find: rows of the case by their words and by a filter, ranked as one types; a click or Enter goes there."""

from __future__ import annotations

from typing import override

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from layers.finding.about_sites import row_with_form, sites_about
from layers.finding.case_index import FoundRow
from layers.finding.row_filter import LONGEST_TEXT, RowFilter
from layers.text.counted import grouped
from viewer.panels.context import PanelContext
from viewer.panels.finding.case_finder import CaseFinder, FindAnswer
from viewer.panels.finding.filter_fields import FilterFields
from viewer.panels.finding.found_rows import FoundDelegate, FoundRows
from viewer.panels.finding.marks_filtering import marks_filtering
from viewer.panels.finding.saved_filters import SavedFilters
from viewer.panels.kept_words import kept_words
from viewer.panels.widgets.begin_typing import begin_typing
from viewer.panels.widgets.fold_section import FoldSection
from viewer.support.language.text import tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

FILTER_PX, WIDE_PX = 300, 600
"""Width of the filter beside the list, and the least width of a panel with room for it."""
AGAIN_MS = 400
"""Milliseconds after an edit or a move of the map in which further ones may follow, before it is searched again."""
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FoundView(QListView):
    """The list of what was found: a click goes to a row, as Enter does; the arrow keys only move through the list."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class FindPanel(QWidget):
    """The panel. It searches while it can be seen."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._is_stale = self._is_wide = True
        self.finder = CaseFinder(context, self)
        self.model = FoundRows(context, self)
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Words of the case, “a phrase”"))
        self.line.setAccessibleName(self.tr("Words to find in the case"))
        self.line.setClearButtonEnabled(True)
        self.line.setMaxLength(LONGEST_TEXT)
        self.setFocusProxy(self.line)
        self.fields = FilterFields(context)
        self.filters = FoldSection(self.tr("Filter"))
        self.filters.header.hide()
        self.filters.content.addWidget(self.fields)
        self.count, self.view = plain_label(), FoundView()
        self.count.setObjectName("muted")
        self.saved = SavedFilters(context, lambda: self.wanted)
        self.on_map = QCheckBox(self.tr("Filter map and lists"))
        says = self.tr(
            "Show only what passes the words and the filter: marks on the map; marks, claims and sources in lists"
        )
        self.on_map.setToolTip(tooltip(says))
        self.on_map.setAccessibleName(says)
        self.filters.content.addWidget(self.saved)
        self.filters.content.addWidget(self.on_map)
        self._set_up_view()
        self._lay_out()
        self._again = QTimer(self, interval=AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._read_anew)
        self._moved = QTimer(self, interval=AGAIN_MS, singleShot=True)
        self._moved.timeout.connect(self.search)
        self._connect()
        self._show_count(None)

    def _lay_out(self) -> None:
        """Put the filter beside the list, or, in a narrow panel, folded above it."""
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.filters)
        self._column.addStretch(1)
        scroll.setWidget(inside)
        self._beside, self._above = scroll, QVBoxLayout()
        self._list = QVBoxLayout()
        top = QHBoxLayout()
        top.addWidget(self.line, 1)
        top.addWidget(self.count)
        self._list.setSpacing(6)
        self._list.addLayout(top)
        self._list.addLayout(self._above)
        self._list.addWidget(self.view, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(10)
        layout.addLayout(self._list, 1)
        layout.addWidget(scroll)
        scroll.setFixedWidth(FILTER_PX)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_PX
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            self._beside.setVisible(is_wide)
            if is_wide:
                self._column.insertWidget(0, self.filters)
            else:
                self._above.addWidget(self.filters)
            self.filters.header.setVisible(not is_wide)
            self.filters.set_folded(not is_wide)

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(FoundDelegate(view))
        view.setUniformItemSizes(True)
        view.setAccessibleName(self.tr("Found rows"))
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def _connect(self) -> None:
        context = self._context
        self.line.textChanged.connect(self.search)
        self.line.installEventFilter(self)
        self.fields.changed.connect(self.search)
        self.saved.chosen.connect(self._show_saved)
        self.on_map.clicked.connect(self._filter_marks)
        context.mark_filter.changed.connect(lambda: self.on_map.setChecked(context.mark_filter.is_on))
        self.finder.answered.connect(self._answered)
        self.finder.offered.connect(self.fields.offer)
        self.finder.failed.connect(lambda sentence: context.report(in_language(sentence)))
        self.view.clicked.connect(self.go)
        self.view.activated.connect(self.go)
        context.changed.connect(lambda _changes: self._look_again())
        context.document_replaced.connect(self._begin_anew)
        context.view.follow(self._follow_view)

    # -- what is asked ------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> RowFilter:
        """The words and the filter that are asked for."""
        return replace(self.fields.wanted, words=self.line.text().strip())

    def begin(self) -> None:
        """Move the keyboard into the line for words."""
        begin_typing(self.line)

    def search(self) -> None:
        """Search for what is asked now."""
        self._say_filter()
        self.saved.show_offers()
        if self.on_map.isChecked():
            self._filter_marks()
        self._is_stale = not self.isVisible()
        if self.isVisible():
            self.finder.ask(self.wanted)

    def _show_saved(self, _name: str, wanted: RowFilter) -> None:
        """Ask for a saved filter, with its words."""
        self.fields.show_filter(wanted)
        self.line.setText(wanted.words)
        self.search()

    def _filter_marks(self) -> None:
        """Show on the map and in the list what passes, or all marks again."""
        context = self._context
        if self.on_map.isChecked() and not self.wanted.of_marks.is_empty:
            marks_filtering(context).apply(self.wanted)
            return
        if self.on_map.isChecked() and not context.mark_filter.is_on:
            context.report(self.tr("Type words or choose a filter first, other than the kind and the view."))
        context.mark_filter.clear()
        self.on_map.setChecked(False)

    def _say_filter(self) -> None:
        """Say in the heading of the folded filter that it asks for something."""
        asks = not self.fields.wanted.is_empty
        self.filters.header.setText(self.tr("Filter (on)") if asks else self.tr("Filter"))

    def _read_anew(self) -> None:
        self._is_stale = not self.isVisible()
        if self.isVisible():
            self.finder.ask_offers()
            self.finder.ask(self.wanted)

    def _look_again(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self._again.start()

    def _follow_view(self) -> None:
        """Search again once the map has come to rest, where what is in view is asked for."""
        if self.fields.in_view.isChecked():
            self._is_stale = True
            if self.isVisible():
                self._moved.start()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._again.start(0)

    def _begin_anew(self) -> None:
        self.fields.show_filter(RowFilter())
        self.line.clear()
        self.model.show_rows((), "")
        self._show_count(None)
        self._say_filter()
        self._look_again()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.model.recolor()
            self.view.viewport().update()

    # -- what was found -----------------------------------------------------------------------------------------

    def _answered(self, answer: FindAnswer) -> None:
        current = self.current
        self.model.show_rows(answer.answer.rows, answer.wanted.words)
        at = self.model.row_of(current.table, current.uuid) if current is not None else -1
        if self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(max(at, 0)))
        self._show_count(answer)

    def _show_count(self, answer: FindAnswer | None) -> None:
        if answer is None or self.wanted.is_empty:
            self.count.setText("")
        elif not answer.is_ready:
            self.count.setText(self.tr("Reading the words of the case…"))
        elif not answer.answer.rows:
            self.count.setText(self.tr("Nothing found."))
        elif answer.answer.total > len(answer.answer.rows):
            best, total = grouped(len(answer.answer.rows)), grouped(answer.answer.total)
            self.count.setText(self.tr("{0} found; the best {1} are listed.").format(total, best))
        else:
            self.count.setText(self.tr("{0} found").format(grouped(answer.answer.total)))

    @property
    def current(self) -> FoundRow | None:
        """The current row of the list; None without one."""
        at = self.view.currentIndex().row()
        return self.model.rows[at] if 0 <= at < len(self.model.rows) else None

    def go(self, _index: QModelIndex | None = None) -> None:
        """Show the current row in its form, and the sites that it is about on the map."""
        row = self.current
        if row is None:
            return
        context, document = self._context, self._context.document
        if row.is_gone and row.uuid not in document.table(row.table):
            context.history_wanted.emit(row.table, row.uuid)
            return
        sites = [document.sites[uuid] for uuid in sites_about(document, row.table, row.uuid)]
        form = row_with_form(document, row.table, row.uuid)
        if form is not None:
            context.open_row(*form)
            if row.table == "source_files":
                kept_words(context).wanted.emit(row.uuid, self.line.text())
        elif not sites:
            context.report(self.tr("These words belong to nothing that has a form or a place."))
        if sites:
            context.zoom_to_sites(sites)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list while the keyboard is in the line; Enter goes to the current row."""
        if watched is not self.line or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in _LIST_KEYS:
            QApplication.sendEvent(self.view, event)
            return True
        if event.key() in _ENTER:
            self.go()
            return True
        return False
