"""The panel of products: those that the case keeps, opened, reissued, renamed and deleted."""

from __future__ import annotations

from typing import Any, override

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.rows import Product
from viewer.commands.products import LONGEST_NAME
from viewer.panels.bookmarks.bookmark_list import BookmarkView
from viewer.panels.products.product_desk import ProductDesk, product_facts
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.support.text import one_line, tooltip

type Index = QModelIndex | QPersistentModelIndex

_NOWHERE = QModelIndex()


class ProductRows(QAbstractListModel):
    """By number and version. A name that is typed is told, not taken."""

    name_typed = Signal(str, str)

    def __init__(self, desk: ProductDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rows: list[Product] = []

    def read(self) -> None:
        """Take the rows of the document. Where they are the same ones an editor that is open stays so."""
        rows = self._desk.rows
        if [row.uuid for row in rows] == [row.uuid for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def uuid_at(self, row: int) -> str:
        return self._rows[row].uuid

    def row_of(self, uuid: str) -> int:
        """-1 where there is none."""
        return next((at for at, row in enumerate(self._rows) if row.uuid == uuid), -1)

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        name, facts = one_line(row.name) or self.tr("(no name)"), product_facts(row)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{name}\n{facts}"
            case Qt.ItemDataRole.EditRole:
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(f"{name}\n{facts}")
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{name}, {facts}"
        return None

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        self.name_typed.emit(self.uuid_at(index.row()), str(value))
        return True

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        return flag.ItemIsSelectable | flag.ItemIsEnabled | flag.ItemIsEditable if index.isValid() else flag.NoItemFlags


class _NameDelegate(QStyledItemDelegate):
    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_NAME)
        editor.setAccessibleName(self.tr("Name of the product"))
        return editor


class ProductListPanel(QWidget):
    """Follows the document; everything is done by the desk."""

    def __init__(self, desk: ProductDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model = ProductRows(desk, self)
        self.view = BookmarkView()
        self._set_up_view()
        self._build_buttons()
        self.pages = QStackedWidget()
        hint = muted(
            self.tr("A product is a finished map that the case keeps, to be issued and reissued. Add the first.")
        )
        hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.pages.addWidget(hint)
        self.pages.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.pages, 1)
        layout.addLayout(side_by_side(self.add_button, self.open_button, self.reissue_button, self.delete_button))
        desk.context.changed.connect(lambda changes: self._read() if changes.touches("products") else None)
        desk.context.document_replaced.connect(self._read)
        self._read()

    def _set_up_view(self) -> None:
        view = self.view
        view.setAccessibleName(self.tr("Products"))
        view.setModel(self.model)
        view.setItemDelegate(_NameDelegate(view))
        view.setFrameShape(QFrame.Shape.StyledPanel)
        view.setUniformItemSizes(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._menu)
        view.doubleClicked.connect(lambda index: self._desk.open(self.model.uuid_at(index.row())))
        view.entered_row.connect(self.open)
        view.delete_wanted.connect(self.delete)
        self.model.name_typed.connect(self._desk.rename)
        view.selectionModel().currentChanged.connect(lambda *_: self._show_offers())

    def _build_buttons(self) -> None:
        tr = self.tr
        self.add_button, self.open_button = QPushButton(tr("Add…")), QPushButton(tr("Open"))
        self.reissue_button, self.delete_button = QPushButton(tr("Reissue…")), QPushButton(tr("Delete"))
        says = (
            (self.add_button, tr("Make a product of what the map shows"), self._desk.begin),
            (self.open_button, tr("Open the product"), self.open),
            (self.reissue_button, tr("Issue the product again as its next version"), self.reissue),
            (self.delete_button, tr("Delete the product"), self.delete),
        )
        for button, says_it, do in says:
            button.setAccessibleName(says_it)
            button.setToolTip(tooltip(says_it))
            button.clicked.connect(do)

    @property
    def chosen(self) -> str:
        """The uuid of the current row; empty for none."""
        index = self.view.currentIndex()
        return self.model.uuid_at(index.row()) if index.isValid() else ""

    def open(self) -> None:
        if self.chosen:
            self._desk.open(self.chosen)

    def reissue(self) -> None:
        if self.chosen:
            self._desk.reissue(self.chosen)

    def delete(self) -> None:
        if self.chosen:
            self._desk.delete([self.chosen])

    def rename(self) -> None:
        if self.chosen:
            self.view.edit(self.view.currentIndex())

    def _menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if not index.isValid():
            return
        self.view.setCurrentIndex(index)
        menu, tr = QMenu(self), self.tr
        for text, keys, do, is_offered in (
            (tr("&Open"), "Return", self.open, True),
            (tr("Re&issue…"), "", self.reissue, self._desk.can_reissue(self.chosen)),
            (tr("&Rename"), "F2", self.rename, True),
            (tr("D&elete"), "Delete", self.delete, True),
        ):
            action = QAction(text, menu)
            action.setShortcut(QKeySequence(keys))
            action.setEnabled(is_offered)
            action.triggered.connect(lambda _checked=False, do=do: do())
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _read(self) -> None:
        chosen, scrolled = self.chosen, self.view.verticalScrollBar().value()
        self.model.read()
        self.pages.setCurrentIndex(1 if self.model.rowCount() else 0)
        at = self.model.row_of(chosen)
        if at >= 0 and at != self.view.currentIndex().row():
            self.view.setCurrentIndex(self.model.index(at))
        elif at < 0 and self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(self.model.rowCount() - 1))
        self.view.verticalScrollBar().setValue(scrolled)
        self._show_offers()

    def _show_offers(self) -> None:
        is_chosen = self.view.currentIndex().isValid()
        for button in (self.open_button, self.delete_button):
            button.setEnabled(is_chosen)
        self.reissue_button.setEnabled(is_chosen and self._desk.can_reissue(self.chosen))
