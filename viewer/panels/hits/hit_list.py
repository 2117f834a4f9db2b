"""The list of hits: stepped through by arrows, added by Enter, compared by K; no row moves under the pointer."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QCursor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from viewer.panels.hits.hit import ArchiveHit
from viewer.panels.hits.hit_rows import PICTURE_PX, HitColumn, HitRows

ROW_GAP_PX = 6
LEAST_ROWS = 2
_WIDEST = ("2026-03-01 – 03-31, composite", "", "100 % over the site", "100 % of the site", "Added")
"""The longest usual text of each column, by which it is as wide."""
_CELL_PX = 16


class HitList(QTableView):
    """The list. What is chosen are its selected rows; else it is the current one."""

    add_wanted = Signal()
    compare_wanted = Signal()
    chosen_changed = Signal()
    current_changed = Signal(object)
    """Emitted with the current `ArchiveHit`, or None."""
    pointed = Signal(object)
    """Emitted with the `ArchiveHit` under the pointer, or None."""
    menu_wanted = Signal(QPoint)
    """Emitted with the place in the viewport of a menu of the chosen hits."""

    def __init__(self, rows: HitRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = rows
        self._under: ArchiveHit | None = None
        self.follows_top = False
        """True until the analyst steps or clicks: the current row is the first one, while more come above it."""
        self._held: tuple[str, int] | None = None
        """The key of a hit and its place in the view, kept while rows come."""
        self.setModel(rows)
        self.setAccessibleName(self.tr("Scenes that the archive lists"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setIconSize(PICTURE_PX)
        self.setMouseTracking(True)
        upright, header = self.verticalHeader(), self.horizontalHeader()
        upright.hide()
        upright.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        upright.setDefaultSectionSize(PICTURE_PX.height() + ROW_GAP_PX)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in HitColumn:
            self.setColumnWidth(column, self._width_of(column))
        header.setSectionResizeMode(HitColumn.SENSOR, QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)
        self.sortByColumn(HitColumn.DATE, Qt.SortOrder.DescendingOrder)
        self.doubleClicked.connect(lambda _: self.add_wanted.emit())
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.selectionModel().currentChanged.connect(lambda *_: self.current_changed.emit(self.current))
        for begun in (rows.rowsAboutToBeInserted, rows.layoutAboutToBeChanged):
            begun.connect(self._hold)
        for ended in (rows.rowsInserted, rows.layoutChanged):
            ended.connect(self._put_back)
        rows.modelReset.connect(self._begin_anew)

    # -- what is chosen -------------------------------------------------------------------------------------------

    @property
    def current(self) -> ArchiveHit | None:
        return self._hit_at(self.currentIndex().row())

    @property
    def chosen(self) -> list[ArchiveHit]:
        """The hits of the selected rows, from the top."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [hit for row in rows if (hit := self._hit_at(row)) is not None]

    def begin(self) -> None:
        """Take the keyboard, at the first row."""
        self.setFocus()
        self.follows_top = True
        self.go_to(0)

    def follow_top(self) -> None:
        """Go to the first row, unless the analyst has stepped or points at a row."""
        if self.follows_top and self._model.hits and self._pointer_row() < 0:
            self.go_to(0)
            self.scrollToTop()

    def go_to(self, row: int) -> None:
        """Make a row the current one, and choose it."""
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self._model.index(row, 0), flag.ClearAndSelect | flag.Rows)

    def _hit_at(self, row: int) -> ArchiveHit | None:
        return self._model.hits[row] if 0 <= row < len(self._model.hits) else None

    # -- its place ------------------------------------------------------------------------------------------------

    def _pointer_row(self) -> int:
        """The row under the pointer; -1 where the pointer is elsewhere."""
        at = self.viewport().mapFromGlobal(QCursor.pos())
        inside = self.viewport().rect().contains(at) and self.viewport().underMouse()
        return self.rowAt(at.y()) if inside else -1

    def _hold(self, *_: object) -> None:
        """Note where the row under the pointer is, else the first row of a list that was scrolled."""
        row = self._pointer_row()
        if row < 0 and self.verticalScrollBar().value() > 0:
            row = self.rowAt(0)
        hit = self._hit_at(row)
        self._held = None if hit is None else (hit.scene.key, self.rowViewportPosition(row))

    def _put_back(self, *_: object) -> None:
        held, self._held = self._held, None
        if held is None:
            return
        row = self._model.row_of(held[0])
        if row >= 0:
            self.updateGeometries()
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(row) - held[1])

    def _begin_anew(self) -> None:
        self.scrollToTop()
        self._point_at(None)
        self.chosen_changed.emit()

    def _width_of(self, column: HitColumn) -> int:
        picture = PICTURE_PX.width() if column == HitColumn.DATE else 0
        return self.fontMetrics().horizontalAdvance(_WIDEST[column]) + picture + _CELL_PX

    @override
    def minimumSizeHint(self) -> QSize:
        rows = LEAST_ROWS * self.verticalHeader().defaultSectionSize()
        height = self.horizontalHeader().sizeHint().height() + rows + 2 * self.frameWidth()
        return QSize(super().minimumSizeHint().width(), height)

    # -- events ---------------------------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.follows_top = False
        super().mousePressEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.follows_top = False
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.add_wanted.emit()
        elif event.key() == Qt.Key.Key_K and is_plain:
            self.compare_wanted.emit()
        elif event.text().isprintable() and event.text().strip() and is_plain:
            event.ignore()  # no letter searches a list of dates
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row under the pointer, or of the current one by the menu key."""
        self.follows_top = False
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        row = self.currentIndex().row() if by_key else self.rowAt(self.viewport().mapFromGlobal(event.globalPos()).y())
        if self._hit_at(row) is None:
            return
        if not self.selectionModel().isRowSelected(row):
            self.go_to(row)
        place = self.visualRect(self._model.index(row, 0)).center()
        self.menu_wanted.emit(place if by_key else self.viewport().mapFromGlobal(event.globalPos()))

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._point_at(self._hit_at(self.rowAt(round(event.position().y()))))

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        return super().viewportEvent(event)

    def _point_at(self, hit: ArchiveHit | None) -> None:
        if hit is not self._under:
            self._under = hit
            self.pointed.emit(hit)
