"""A list of the rows of one table, with buttons to add and to delete; the chosen row opens in the inspector."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.edit import Edit, Table
from layers.document.rows import Row
from viewer.commands.stamps import new_uuid
from viewer.panels.comments.row_menu import add_history
from viewer.panels.context import PanelContext
from viewer.panels.filter_note import FilterNote
from viewer.panels.mark_filter import ROWS_AFTER_MS
from viewer.panels.products.printed_in import add_printing
from viewer.panels.widgets.form_page import side_by_side
from viewer.panels.widgets.icon_button import CompactButton
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import RowTable


class Listed(Struct, frozen=True):
    """The rows of a list, and the commands that add and delete them."""

    table: Table
    link_table: Table
    link_end: str
    """The column of `link_table` with the uuid of a row of `table`: cells of that row change with its links."""
    add: Callable[..., Edit]
    delete: Callable[..., Edit]


class RowListPanel(QWidget):
    """The panel. A subclass calls `build` once, and may add widgets to `below_list`, under the buttons."""

    def __init__(self, context: PanelContext, listed: Listed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._listed = context, listed

    def build(self, rows: RowList, model: RowTable, add_text: str) -> None:
        """Lay out and connect the list."""
        self.model, self.list = model, rows
        self.add_button = CompactButton(add_text)
        self.delete_button = CompactButton(self.tr("Delete"))
        for button in (self.add_button, self.delete_button):
            button.setAccessibleName(button.text())
        self.below_list = QVBoxLayout(self)
        self.below_list.setContentsMargins(8, 8, 8, 8)
        self.filtered = FilterNote(self._context)
        self.below_list.addWidget(self.filtered)
        self.below_list.addWidget(self.list, 1)
        self.below_list.addLayout(side_by_side(self.add_button, self.delete_button))
        self.list.chosen.connect(self.chosen)
        self.list.clicked.connect(self._open)
        self.list.activated.connect(self._open)
        self.list.delete_wanted.connect(self.delete_wanted)
        self.list.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.view.customContextMenuRequested.connect(self.open_menu)
        self.add_button.clicked.connect(self._add)
        self.delete_button.clicked.connect(self.delete_wanted)
        self._context.document_replaced.connect(self.list.begin_anew)
        self._context.document_replaced.connect(self._read)
        self._context.changed.connect(self._heard)
        self._soon = QTimer(self, singleShot=True, interval=ROWS_AFTER_MS)
        self._soon.timeout.connect(self._list_rows)
        self._context.mark_filter.changed.connect(self._list_soon)
        self._context.row_shown.connect(self._shown)
        self._read()

    def chosen(self, uuids: frozenset[str]) -> None:
        """Open the only selected row; with several, or none, the form is emptied."""
        self.delete_button.setEnabled(bool(uuids))
        if len(uuids) == 1:
            self._open(next(iter(uuids)))
        else:
            self._context.show_row(self._listed.table, "")

    def delete_wanted(self) -> None:
        """Delete the selected rows, at once where no confirmation is needed."""
        self.delete_selected()

    def delete_selected(self) -> None:
        if self.list.selected():
            self._context.do(self._listed.delete, sorted(self.list.selected()))

    def open_menu(self, place: QPoint) -> QMenu | None:
        """The menu of the selected rows; None without any."""
        uuids = sorted(self.list.selected())
        if not uuids:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(uuids) == 1:
            menu.addAction(self.tr("&Open"), lambda: self._open(uuids[0]))
            add_printing(menu, self._context, self._listed.table, uuids[0])
            add_history(menu, self._context, self._listed.table, uuids[0])
        menu.addAction(self.tr("&Delete"), self.delete_wanted)
        menu.popup(self.list.view.viewport().mapToGlobal(place))
        return menu

    def _open(self, uuid: str) -> None:
        self._context.show_row(self._listed.table, uuid, raise_form=True)

    def _shown(self, table: str, uuid: str) -> None:
        if table == self._listed.table and (uuid or len(self.list.selected()) == 1):
            self.list.select({uuid} if uuid else ())
            self.delete_button.setEnabled(bool(uuid))

    def _list_soon(self) -> None:
        """List the rows in a turn of its own, as there may be very many."""
        if self._shown_uuids() is not None or self.filtered.text():
            self._soon.start()

    def _list_rows(self) -> None:
        self.model.set_rows(self._shown_rows())
        self._say_filtered()

    def _shown_rows(self) -> Mapping[str, Row]:
        """The rows that the filter of the window leaves, and those that are selected."""
        rows, shown = self._context.document.table(self._listed.table), self._shown_uuids()
        if shown is None:
            return rows
        chosen = self.list.selected()
        return {uuid: row for uuid, row in rows.items() if uuid in shown or uuid in chosen}

    def _shown_uuids(self) -> frozenset[str] | None:
        return self._context.mark_filter.listed(self._listed.table)

    def _say_filtered(self) -> None:
        total = len(self._context.document.table(self._listed.table))
        self.filtered.say(self.model.total, None if self._shown_uuids() is None else total)

    def _read(self) -> None:
        self._list_rows()
        self.list.select(())
        self.delete_button.setEnabled(False)

    def _heard(self, changes: Changes) -> None:
        if changes.everything:
            self._read()
            return
        listed, rows = self._listed, self._context.document.table(self._listed.table)
        touched = changes.uuids(listed.table) | changes.linked(listed.link_table, listed.link_end)
        touched |= changes.linked("comments", "target_uuid") & rows.keys()
        if touched:
            self.model.refresh(touched, self._shown_rows())
            self._say_filtered()
        gone = self.list.selected() - rows.keys()
        if gone:
            self.list.select(self.list.selected() - gone)
            self.delete_button.setEnabled(bool(self.list.selected()))

    def _add(self) -> None:
        uuid = new_uuid()
        if self._context.do(self._listed.add, uuid=uuid):
            self.list.filter.clear()
            self._context.begin_row(self._listed.table, uuid)
