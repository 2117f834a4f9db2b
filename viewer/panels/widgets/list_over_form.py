"""A list of the rows of one table over the form of the one chosen, with buttons to add and to delete between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSplitter, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.edit import Edit, Table
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import side_by_side
from viewer.panels.widgets.row_form import RowForm
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import RowTable

FORM_PX = 420


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a list, and the commands that add and delete them. In a new row `first_field` is typed first."""

    table: Table
    link_table: Table
    link_end: str
    """The column of `link_table` that names a row of `table`: its cells are new when a link is."""
    add: Callable[..., Edit]
    delete: Callable[..., Edit]
    first_field: str


class ListOverForm(QWidget):
    """Call `build` once; `below_list` is the layout under the buttons."""

    def __init__(self, context: PanelContext, listed: Listed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._listed = context, listed

    def build(self, rows: RowList, model: RowTable, form: RowForm, add_text: str, list_px: int) -> None:
        """Lay out and connect; the list is `list_px` high at first."""
        self.model, self.list, self.form = model, rows, form
        self.add_button = QPushButton(add_text)
        self.delete_button = QPushButton(self.tr("Delete"))
        for button in (self.add_button, self.delete_button):
            button.setAccessibleName(button.text())
        top = QWidget()
        self.below_list = QVBoxLayout(top)
        self.below_list.setContentsMargins(8, 8, 8, 4)
        self.below_list.addWidget(self.list, 1)
        self.below_list.addLayout(side_by_side(self.add_button, self.delete_button))
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(top)
        splitter.addWidget(self.form)
        splitter.setSizes([list_px, FORM_PX])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.list.chosen.connect(self.chosen)
        self.list.delete_wanted.connect(self.delete_wanted)
        self.add_button.clicked.connect(self._add)
        self.delete_button.clicked.connect(self.delete_wanted)
        self._context.document_replaced.connect(self._read)
        self._context.changed.connect(self._heard)
        self._read()

    def chosen(self, uuids: frozenset[str]) -> None:
        """These rows are selected."""
        self.delete_button.setEnabled(bool(uuids))
        self.form.show_uuid(next(iter(uuids)) if len(uuids) == 1 else "")

    def delete_wanted(self) -> None:
        """The rows selected are to go: at once, where nothing has to be asked."""
        self.delete_selected()

    def delete_selected(self) -> None:
        if self.list.selected():
            self._context.do(self._listed.delete, sorted(self.list.selected()))

    def _read(self) -> None:
        self.model.set_rows(self._context.document.table(self._listed.table).values())
        self.list.select(())
        self.chosen(frozenset())

    def _heard(self, changes: Changes) -> None:
        if changes.everything:
            self._read()
            return
        listed, rows = self._listed, self._context.document.table(self._listed.table)
        touched = changes.uuids(listed.table) | changes.linked(listed.link_table, listed.link_end)
        if touched:
            self.model.refresh(touched, rows)
        gone = self.list.selected() - rows.keys()
        if gone:
            self.list.select(self.list.selected() - gone)
            self.chosen(self.list.selected())

    def _add(self) -> None:
        uuid = new_uuid()
        if self._context.do(self._listed.add, uuid=uuid):
            self.list.filter.clear()
            self.list.select({uuid})
            self.chosen(frozenset({uuid}))
            self.form.fields.fields[self._listed.first_field].setFocus()
