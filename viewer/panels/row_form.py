"""The base of forms that edit one row of the case, on a page of their own; each field is its own undo step."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from layers.document.edit import Edit, Table
from viewer.panels.context import PanelContext
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.form_page import FormPage, wrapping_form


class RowForm(QWidget):
    """A form. `form` is the layout of its `fields`; a subclass puts both at their places on its `page`."""

    def __init__(
        self, context: PanelContext, table: Table, update: Callable[..., Edit], parent: QWidget | None = None
    ) -> None:
        """`update` is the command that sets columns of the row that is shown."""
        super().__init__(parent)
        self._context, self._table, self._update = context, table, update
        self._uuid = self._first_field = ""
        self.page = FormPage(self.hint())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.page)
        self.form = wrapping_form()
        self.fields = FieldSet(self.form, self._commit, self)
        context.tell_dropped(table, self.fields)
        context.keep_typing(self.fields, self._commit)

    def follow(self, first_field: str) -> None:
        """Show the row of the table that the context shows; `begin` focuses `first_field`."""
        context, table = self._context, self._table
        self._first_field = first_field
        context.row_shown.connect(lambda shown, uuid: self.show_uuid(uuid) if shown == table else None)
        context.document_replaced.connect(self.refresh)
        self.show_uuid(context.shown_row(table))

    def put_above(self, widget: QWidget) -> None:
        """Add a widget above the page, where it stays in sight while the form is scrolled."""
        self._column.insertWidget(0, widget)

    def begin(self) -> None:
        """Focus the first field, scrolled into sight."""
        if self.row() is not None:
            self.page.show_form(from_top=True)
            self.fields.fields[self._first_field].setFocus(Qt.FocusReason.OtherFocusReason)

    @abstractmethod
    def hint(self) -> str:
        """The text where no row is shown."""

    @abstractmethod
    def show_row(self, row: Any) -> None:
        """Fill in the values of the row; the caller shows the page."""

    @property
    def uuid(self) -> str:
        return self._uuid

    def row(self) -> Any:
        """The row of `uuid`, or None."""
        return self._context.document.table(self._table).get(self._uuid)

    def show_uuid(self, uuid: str) -> None:
        """Show another row, from its top; an empty uuid shows none."""
        if uuid != self._uuid:
            self.fields.flush()
            self._uuid = uuid
            row = self.row()
            if row is None:
                self.fields.forget()
            else:
                self.fields.show_other(row)
                self.page.show_form(from_top=True)
        self.refresh()

    def refresh(self) -> None:
        """Show the present row, or the hint without one."""
        row = self.row()
        if row is None:
            self.page.show_hint()
            return
        self.show_row(row)
        self.page.show_form()

    def _commit(self, column: str, value: Any, series: str = "") -> str:
        return self._commit_columns({column: value}, series)

    def _commit_columns(self, values: Mapping[str, Any], series: str = "") -> str:
        if self.row() is None:
            return ""
        return self._context.attempt_typed(series, self._update, self._uuid, **values)
