"""A filter line over a table of rows, shared by the lists of sites, claims, sources and responses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import override

import numpy as np
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.widgets.row_delegate import RowDelegate, two_lines_px
from viewer.panels.widgets.row_table import RowTable
from viewer.support.focus_filter import keeps_delete
from viewer.support.painting import painting
from viewer.support.plain_label import plain_label

LEAST_LINES = 2
"""Least number of one-line rows that are visible in the lowest panel, on a small screen with large letters."""
LINE_PADDING_PX = 9
HINT_PX = 8
"""Room around the hint of a list without rows, in logical pixels."""
FIRST_PX = 150
"""Least width of the first column in logical pixels before a further column is shown."""


class RowTableView(QTableView):
    """The table: as many columns as its width can hold, whole rows, Enter and Delete as signals."""

    entered_row = Signal()
    delete_wanted = Signal()
    narrowed = Signal()
    restyled = Signal()
    """Emitted when its letters may have another size."""

    def __init__(self, hint: str) -> None:
        """`hint` says what to do while the case has no such row."""
        super().__init__()
        self.hint = hint
        self.setAccessibleDescription(hint)

    def say_hint(self, hint: str) -> None:
        """Show another hint, as another kind of rows is listed."""
        if hint != self.hint:
            self.hint = hint
            self.setAccessibleDescription(hint)
            self.viewport().update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.shown_hint:
            with painting(self.viewport()) as painter:
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                room = self.viewport().rect().adjusted(HINT_PX, HINT_PX, -HINT_PX, -HINT_PX)
                painter.drawText(room, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, self.hint)

    @property
    def shown_hint(self) -> str:
        """The hint, while there is no row, also none that a filter hides."""
        model = self.model()
        return self.hint if isinstance(model, RowTable) and not model.total else ""

    @override
    def minimumSizeHint(self) -> QSize:
        rows = LEAST_LINES * (self.fontMetrics().height() + LINE_PADDING_PX)
        height = self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth()
        return QSize(super().minimumSizeHint().width(), height)

    @override
    def event(self, event: QEvent) -> bool:
        return keeps_delete(event) or super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.narrowed.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.restyled.emit()


class RowList(QWidget):
    """The list. `chosen` carries the uuids selected by hand, `activated` the one double-clicked or entered."""

    chosen = Signal(object)
    """Emitted with a frozenset[str]."""
    activated = Signal(str)
    clicked = Signal(str)
    """Emitted with the uuid of the only selected row after a click on it, even if it was selected before."""
    delete_wanted = Signal()

    def __init__(
        self,
        model: RowTable,
        name: str,
        *,
        first_px: int = FIRST_PX,
        first_shown: tuple[int, ...] = (),
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`first_shown` are columns that get room before the others; `hint` says what to do while there is no row."""
        super().__init__(parent)
        self._first_shown = first_shown
        self._first_px = first_px
        self.model = model
        self._selected: frozenset[str] = frozenset()
        self._unwanted: set[int] = set()
        self._needed_px: dict[int, int] = {}
        self._measured: set[tuple[int, str]] = set()
        """Numbers that columns have been measured for, by column."""
        self._restoring = False
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter"))
        self.filter.setAccessibleName(self.tr("Filter: %1").replace("%1", name))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(model.set_filter)
        self.filter.installEventFilter(self)
        self.count = plain_label()
        self.count.setObjectName("muted")
        self.view = RowTableView(hint)
        self.view.setAccessibleName(name)
        self._set_up_view()
        top = QHBoxLayout()
        top.addWidget(self.filter, 1)
        top.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._make_note())  # below the rows, which stay under the pointer as it comes
        model.refreshed.connect(self._count)
        model.modelReset.connect(self._after_reset)
        model.rowsInserted.connect(self._after_insertion)
        model.rowsRemoved.connect(self._after_removal)
        self._after_reset()

    def _make_note(self) -> QWidget:
        """Make the line on selected rows that the filter hides, with a button to show them."""
        self.hidden_note, self._hidden_text = QWidget(), plain_label()
        self._hidden_text.setWordWrap(True)
        self.show_button = QPushButton(self.tr("Clear filter"))
        self.show_button.setAccessibleName(self.tr("Clear the filter, to show what is selected"))
        self.show_button.clicked.connect(self._show_hidden)
        row = QHBoxLayout(self.hidden_note)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._hidden_text, 1)
        row.addWidget(self.show_button)
        self.hidden_note.hide()
        return self.hidden_note

    def _set_up_view(self) -> None:
        view, header = self.view, self.view.horizontalHeader()
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setShowGrid(False)
        view.setAlternatingRowColors(True)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        one_line_px = view.fontMetrics().height() + LINE_PADDING_PX
        row_px = two_lines_px(view.fontMetrics()) if self.model.has_chips else one_line_px
        view.verticalHeader().setDefaultSectionSize(row_px)
        view.setItemDelegateForColumn(0, RowDelegate(view))
        view.setModel(self.model)
        view.setDragEnabled(bool(self.model.dragged_as))
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        view.setSortingEnabled(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        # Qt would ask of each column whether all its cells are selected, one by one: of 100,000 rows half a second.
        header.setSelectionModel(QItemSelectionModel(self.model, header))
        header.setResizeContentsPrecision(0)  # of what is seen: of 100,000 rows a screen shows ten
        for section, column in enumerate(self.model.columns[1:], start=1):
            header.resizeSection(section, column.width)
            self._needed_px[section] = column.width
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._column_menu)
        view.selectionModel().selectionChanged.connect(self._selection_changed)
        view.doubleClicked.connect(self._activate)
        view.clicked.connect(self._click)
        view.entered_row.connect(lambda: self._activate(view.currentIndex()))
        view.delete_wanted.connect(self.delete_wanted)
        view.narrowed.connect(self._after_resize)
        view.restyled.connect(self._measure_anew)
        view.verticalScrollBar().valueChanged.connect(self._fit_numbers)
        self.model.dataChanged.connect(self._fit_numbers)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move the focus from the filter into the rows on Down and Enter."""
        keys = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if watched is not self.filter or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in keys or not self.model.rowCount():
            return False
        self.view.setFocus()
        if not self.model.rows_of(self._selected):
            self.view.selectRow(0)
        return True

    def begin_anew(self) -> None:
        """Clear the filter and the rows, as another case comes."""
        self.filter.clear()
        self.model.set_rows({})
        self._count()

    # -- selection ----------------------------------------------------------------------------------------------

    def selected(self) -> frozenset[str]:
        """The selected uuids, including those that the filter hides."""
        return self._selected

    def select(self, uuids: Iterable[str]) -> None:
        """Select rows by program; `chosen` is not emitted."""
        uuids = frozenset(uuids)
        if uuids == self._selected:
            return
        self._selected = uuids
        rows = self._restore()
        self._count()
        self._scroll_to(rows)

    def scroll_to_selected(self) -> None:
        """Bring the first selected row into sight, unless the list has the focus."""
        self._scroll_to(self.model.rows_of(self._selected))

    def _scroll_to(self, rows: list[int]) -> None:
        if rows and not self.view.hasFocus():
            self.view.scrollTo(self.model.index(rows[0], 0))

    def _show_hidden(self) -> None:
        self.filter.clear()
        self.scroll_to_selected()

    def _restore(self) -> list[int]:
        """Select the rows that are to be selected, and return them from the top."""
        rows = self.model.rows_of(self._selected)
        chosen, last = QItemSelection(), self.model.columnCount() - 1
        ends = np.flatnonzero(np.diff(rows) > 1)
        firsts, lasts = [0, *(ends + 1).tolist()], [*ends.tolist(), len(rows) - 1]
        for first, end in zip(firsts, lasts, strict=True) if rows else ():
            chosen.select(self.model.index(rows[first], 0), self.model.index(rows[end], last))
        self._restoring = True
        flag = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().select(chosen, flag.ClearAndSelect | flag.Rows)
        if rows:
            self.view.selectionModel().setCurrentIndex(self.model.index(rows[0], 0), flag.NoUpdate)
        self._restoring = False
        return rows

    def _selection_changed(self) -> None:
        if self._restoring:
            return
        selection = self.view.selectionModel().selection()
        parts = (selection.at(place) for place in range(selection.count()))
        rows = (row for part in parts for row in range(part.top(), part.bottom() + 1))
        chosen = frozenset(map(self.model.uuid_at, rows))
        adds = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        if adds and QGuiApplication.mouseButtons():  # a click that adds, not Ctrl+A
            chosen |= frozenset(filter(self.model.is_hidden, self._selected))
        self._selected = chosen
        self._count()
        self.chosen.emit(self._selected)

    def _activate(self, index: QModelIndex) -> None:
        if index.isValid():
            self.activated.emit(self.model.uuid_at(index.row()))

    def _click(self, index: QModelIndex) -> None:
        """Let go of selected rows that the filter hides, unless a row is being added: Qt knows none of them."""
        uuid = self.model.uuid_at(index.row())
        more = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if len(self._selected) > 1 and not QGuiApplication.keyboardModifiers() & more:
            self._selection_changed()
        if self._selected == {uuid}:
            self.clicked.emit(uuid)

    def _after_reset(self) -> None:
        self._count()
        self._restore()
        self._after_resize()

    def _after_insertion(self, _parent: QModelIndex, first: int, last: int) -> None:
        """Select inserted rows that are to be selected, as Qt keeps only the selection of earlier ones."""
        self._count()
        if self._selected and not self._selected.isdisjoint(map(self.model.uuid_at, range(first, last + 1))):
            self._restore()
        self._fit_numbers()

    def _after_removal(self) -> None:
        self._count()
        self._fit_numbers()

    def _count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        shown_of_total = self.tr("%1 of %2").replace("%1", str(shown)).replace("%2", str(total))
        self.count.setText(str(total) if shown == total else shown_of_total)
        hidden = sum(map(self.model.is_hidden, self._selected)) if shown < total else 0
        self._hidden_text.setText(self.tr("{0} selected, hidden by the filter").format(hidden) if hidden else "")
        self.hidden_note.setVisible(bool(hidden))

    # -- columns ------------------------------------------------------------------------------------------------

    def hide_columns(self, *sections: int) -> None:
        """Hide columns until they are chosen in the header's menu."""
        self._unwanted |= set(sections)
        self._fit_columns()

    def _fit_numbers(self) -> None:
        """Widen number columns, as other rows may be in sight, or have other texts."""
        if self._widen_numbers():
            self._fit_columns()

    def _widen_numbers(self) -> bool:
        """Widen columns of numbers to their texts in sight, as a cut number is useless; True where one was widened.

        Each text is measured once.
        """
        numbers = [section for section, column in enumerate(self.model.columns) if section and column.align_right]
        is_wider = False
        for row in self._rows_in_sight() if numbers else ():
            cells = self.model.cells_at(row)
            for section in numbers:
                if (section, cells[section]) in self._measured:
                    continue
                self._measured.add((section, cells[section]))
                wanted_px = self.view.sizeHintForIndex(self.model.index(row, section)).width()
                if wanted_px > self._needed_px[section]:
                    self._needed_px[section] = wanted_px
                    self.view.horizontalHeader().resizeSection(section, wanted_px)
                    is_wider = True
        return is_wider

    def _rows_in_sight(self) -> range:
        """Rows in sight, including partly visible ones."""
        first, last = self.view.rowAt(0), self.view.rowAt(self.view.viewport().height() - 1)
        return range(max(first, 0), (last if last >= 0 else self.model.rowCount() - 1) + 1)

    def _measure_anew(self) -> None:
        self._measured.clear()
        self._fit_numbers()

    def _after_resize(self) -> None:
        self._widen_numbers()
        self._fit_columns()

    def _fit_columns(self) -> None:
        room = self.view.viewport().width() - self._first_px
        for section in sorted(range(1, len(self.model.columns)), key=lambda section: section not in self._first_shown):
            if section not in self._unwanted:
                room -= self.view.horizontalHeader().sectionSize(section) or self._needed_px[section]
            self.view.setColumnHidden(section, section in self._unwanted or room < 0)

    def _column_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        for section, column in enumerate(self.model.columns[1:], start=1):
            action = QAction(column.title, menu, checkable=True, checked=section not in self._unwanted)
            action.toggled.connect(lambda wanted, section=section: self.want_column(section, wanted))
            menu.addAction(action)
        menu.exec(self.view.horizontalHeader().mapToGlobal(position))

    def want_column(self, section: int, wanted: bool) -> None:
        """Show a column where there is room for it, or hide it."""
        if wanted:
            self._unwanted.discard(section)
        else:
            self._unwanted.add(section)
        self._fit_columns()
